/* SPDX-License-Identifier: BSD-2-Clause */
#include "trace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define LINE_CAP     512
#define HEADER_LEN   4
#define DATA_SHOWN   32 /* at most, of the commands that show theirs */
#define INS_SELECT   0xA4
#define INS_GET_DATA 0xCB

static _Thread_local const char *calling;

/* One line is one write: threads and programs may share the file. */
static void line(const struct p11_trace *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void line(const struct p11_trace *t, const char *format, ...)
{
    char text[LINE_CAP];
    struct timespec now;
    struct tm utc;
    va_list args;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    size_t len = strftime(text, sizeof text, "%FT%T", &utc);
    len += (size_t)snprintf(text + len, sizeof text - len, ".%06ldZ %ld ", now.tv_nsec / 1000, syscall(SYS_gettid));
    va_start(args, format);
    int more = vsnprintf(text + len, sizeof text - len - 1, format, args);
    va_end(args);
    if (more < 0)
        return;
    len = len + (size_t)more < sizeof text - 1 ? len + (size_t)more : sizeof text - 2;
    text[len++] = '\n';
    ssize_t written = write(t->fd, text, len);
    (void)written; /* a full disk is no reason to fail a signature */
}

void p11_trace_open(struct p11_trace *t, const struct p11_config *c)
{
    t->level = c->level;
    t->fd = -1;
    if (c->trace[0] == '\0' || c->level == P11_TRACE_OFF)
        return;
    t->fd = open(c->trace, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW, 0600);
    if (t->fd < 0)
        return;
    line(t, "begins in %s, process %ld", program_invocation_short_name, (long)getpid());
    if (c->fault[0] != '\0')
        line(t, "ignored: %s", c->fault);
}

void p11_trace_close(struct p11_trace *t)
{
    if (t->fd < 0)
        return;
    line(t, "ends");
    close(t->fd);
    t->fd = -1;
}

void p11_trace_call(const char *function)
{
    if (strncmp(function, "C_", 2) == 0)
        calling = function;
}

void p11_trace_result(const struct p11_trace *t, CK_RV rv)
{
    if (t->fd >= 0 && calling)
        line(t, "%s: %#lx", calling, rv);
    calling = NULL;
}

/* ---- APDUs: a transport around the link's own ---- */
struct traced {
    const struct p11_trace *trace;
    CK_SLOT_ID slot;
    const struct sdc_link_ops *ops;
    void *ctx;
};

static void show_command(const struct traced *t, const uint8_t *cmd, size_t len)
{
    char hex[2 * (HEADER_LEN + 1 + DATA_SHOWN) + 1] = "";
    struct sdc_rd r = sdc_rd_init(cmd, len);
    bool open = len > HEADER_LEN && (cmd[1] == INS_SELECT || cmd[1] == INS_GET_DATA);
    size_t shown = open && len < HEADER_LEN + 1 + DATA_SHOWN ? len : HEADER_LEN;
    for (size_t i = 0; i < shown; i++)
        snprintf(hex + 2 * i, sizeof hex - 2 * i, "%02X", sdc_rd_u8(&r));
    line(t->trace, "slot %lu > %s%s %zu bytes", t->slot, hex, r.left > 0 ? "..." : "", len);
}

static enum sdc_status transmit(void *ctx, const uint8_t *cmd, size_t cmd_len, uint8_t *resp, size_t cap,
                                size_t *resp_len, struct sdc_error *e)
{
    const struct traced *t = ctx;
    show_command(t, cmd, cmd_len);
    enum sdc_status status = t->ops->transmit(t->ctx, cmd, cmd_len, resp, cap, resp_len, e);
    if (status != SDC_OK || *resp_len < 2 || *resp_len > cap) {
        line(t->trace, "slot %lu < no answer", t->slot);
        return status;
    }
    struct sdc_rd answer = sdc_rd_init(resp, *resp_len);
    sdc_rd_skip(&answer, *resp_len - 2);
    line(t->trace, "slot %lu < %zu bytes, %04X", t->slot, *resp_len - 2, sdc_rd_u16(&answer));
    return status;
}

static enum sdc_status begin(void *ctx, struct sdc_error *e)
{
    const struct traced *t = ctx;
    return t->ops->begin ? t->ops->begin(t->ctx, e) : SDC_OK;
}

static void end(void *ctx)
{
    const struct traced *t = ctx;
    if (t->ops->end)
        t->ops->end(t->ctx);
}

static enum sdc_status reset(void *ctx, struct sdc_error *e)
{
    const struct traced *t = ctx;
    return t->ops->reset ? t->ops->reset(t->ctx, e) : SDC_OK;
}

static void close_link(void *ctx)
{
    struct traced *t = ctx;
    if (t->ops->close)
        t->ops->close(t->ctx);
    free(t);
}

/* What goes to the reader says only which command the PIN pad is for. */
static enum sdc_status control(void *ctx, uint32_t code, const uint8_t *in, size_t in_len, uint8_t *out, size_t cap,
                               size_t *out_len, struct sdc_error *e)
{
    const struct traced *t = ctx;
    if (!t->ops->control)
        return sdc_fail(e, SDC_E_CARD, "the reader takes no commands");
    line(t->trace, "slot %lu: control %08X, %zu bytes", t->slot, (unsigned)code, in_len);
    return t->ops->control(t->ctx, code, in, in_len, out, cap, out_len, e);
}

void p11_trace_link(const struct p11_trace *trace, CK_SLOT_ID slot, struct sdc_link *link)
{
    static const struct sdc_link_ops traced_ops = { transmit, begin, end, reset, close_link, control };
    struct traced *t = trace->fd >= 0 && trace->level == P11_TRACE_APDUS ? malloc(sizeof *t) : NULL;
    if (!t)
        return;
    *t = (struct traced) { .trace = trace, .slot = slot, .ops = link->ops, .ctx = link->ctx };
    link->ops = &traced_ops;
    link->ctx = t;
}
