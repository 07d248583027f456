/* SPDX-License-Identifier: BSD-2-Clause */
/* PINs come from the terminal or from a descriptor, never from the command line or the environment. */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <termios.h>
#include <unistd.h>

/* A program that core files are piped to (core(5)) gets them whatever the limit says: hence both. */
void cli_keep_memory(void)
{
    const struct rlimit none = { 0, 0 };
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

bool cli_secret_source(const char *word, int *fd)
{
    *fd = -1;
    if (strcmp(word, "ask") == 0)
        return true;
    if (strncmp(word, "fd:", 3) != 0)
        return false;
    const char *digits = word + 3;
    size_t len = strlen(digits);
    if (len == 0 || len > 4 || strspn(digits, "0123456789") != len)
        return false;
    long number = strtol(digits, NULL, 10);
    if (number <= 1023)
        *fd = (int)number;
    return number <= 1023;
}

void cli_secret_wipe(struct cli_secret *secret)
{
    sdc_wipe(secret, sizeof *secret);
    (void)munlock(secret, sizeof *secret);
}

/* One line, byte by byte: what follows it stays for the next reader. */
static enum sdc_status read_line(int fd, struct cli_secret *secret, struct sdc_error *e)
{
    bool any = false;
    for (;;) {
        char c;
        ssize_t n = read(fd, &c, 1);
        if (n < 0 && errno == EINTR && !cli_stop)
            continue;
        if (n < 0 && errno == EINTR)
            return sdc_fail(e, SDC_E_CANCELLED, "stopped; nothing was sent to the card");
        if (n < 0)
            return sdc_fail(e, SDC_E_INPUT, "the PIN can't be read: %s", strerror(errno));
        if (n == 0 && !any)
            return sdc_fail(e, SDC_E_INPUT, "there is no line to read the PIN from");
        any = true;
        if (n == 0 || c == '\n')
            break;
        if (secret->len == CLI_SECRET_MAX)
            return sdc_fail(e, SDC_E_INPUT, "the line with the PIN is longer than %d characters", CLI_SECRET_MAX);
        secret->text[secret->len++] = c;
        c = 0;
    }
    secret->text[secret->len] = '\0';
    return SDC_OK;
}

/* While somebody types, a signal must end the reading: no SA_RESTART. */
static void on_signal(int signal)
{
    (void)signal;
    cli_stop = 1;
}

static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
enum { SIGNALS = sizeof signals / sizeof signals[0] };

static enum sdc_status read_without_echo(int tty, struct cli_secret *secret, struct sdc_error *e)
{
    struct termios before, quiet;
    struct sigaction old[SIGNALS];
    const struct sigaction action = { .sa_handler = on_signal };
    if (tcgetattr(tty, &before) != 0)
        return sdc_fail(e, SDC_E_INPUT, "the terminal can't be asked: %s", strerror(errno));
    for (size_t i = 0; i < SIGNALS; i++)
        sigaction(signals[i], &action, &old[i]);
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
    tcsetattr(tty, TCSAFLUSH, &quiet);
    enum sdc_status status = read_line(tty, secret, e);
    tcsetattr(tty, TCSAFLUSH, &before);
    for (size_t i = 0; i < SIGNALS; i++)
        sigaction(signals[i], &old[i], NULL);
    return status;
}

static enum sdc_status ask(const char *prompt, struct cli_secret *secret, struct sdc_error *e)
{
    int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (tty < 0)
        return sdc_fail(e, SDC_E_INPUT, "there is no terminal to ask for the PIN: give fd:N");
    enum sdc_status status = SDC_OK;
    if (dprintf(tty, "%s: ", prompt) < 0)
        status = sdc_fail(e, SDC_E_INPUT, "the terminal can't be asked: %s", strerror(errno));
    if (status == SDC_OK)
        status = read_without_echo(tty, secret, e);
    (void)!write(tty, "\n", 1);
    close(tty);
    return status;
}

enum sdc_status cli_secret_read(const char *source, const char *prompt, struct cli_secret *secret, struct sdc_error *e)
{
    int fd;
    *secret = (struct cli_secret) { .len = 0 };
    if (!cli_secret_source(source, &fd))
        return sdc_fail(e, SDC_E_BUG, "not a source of a PIN");
    (void)mlock(secret, sizeof *secret); /* better not swapped out; works without */
    enum sdc_status status = fd < 0 ? ask(prompt, secret, e) : read_line(fd, secret, e);
    if (status != SDC_OK)
        cli_secret_wipe(secret);
    return status;
}
