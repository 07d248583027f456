/* SPDX-License-Identifier: BSD-2-Clause */
/* A hostile card before a whole reading of travel document and docket. The card is an issued one that knows its
 * passwords and has its keys: what is changed is what it holds, and what it answers. The input:
 *   1 byte   bits 0-1: which reader; bit 2: short APDUs alone; bit 3: the issuer signed what is changed
 *   edits    target (1): a file, or from 128 on an answer, counted; kind (1), offset (2), then by kind: 0 XOR (1), 1
 * cut there, 2 insert n (1) bytes that follow, 3 copy n (1) bytes to here from another offset (2) Whatever comes: no
 * crash, no end that doesn't come, and what is shown is what the issuer signed for this card. With bit 3 every
 * signature and hash is right, so that the readers of what is proven meet it, too. */
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "cms.h"
#include "issue_kit.h"
#include "records.h"
#include "sdc/docket.h"
#include "sdc/terminal.h"
#include "store.h"
#include "suite.h"
#include "trust.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerInitialize(int *argc, char ***argv);

enum { XOR, CUT, INSERT, COPY, KINDS, EDITS_MAX = 8, ANSWERS = 128, COMMANDS_MAX = 2000 };

static const uint16_t files[] = {
    RECORD_FILE_COM,     RECORD_FILE_SOD,     RECORD_FILE_CARD_SECURITY, RECORD_FILE_DG + 1,  RECORD_FILE_DG + 2,
    RECORD_FILE_DG + 11, RECORD_FILE_DG + 12, RECORD_FILE_DG + 13,       RECORD_FILE_DG + 14, RECORD_FILE_DG + 17,
    RECORD_FILE_DG + 19, RECORD_FILE_DG + 20, RECORD_FILE_DG + 21,
};
#define FILES (sizeof files / sizeof *files)

static const struct reader {
    const char *terminal;
    enum sdc_password_kind password;
} readers[] = { { NULL, SDC_PASSWORD_CAN }, { "benefits", SDC_PASSWORD_PIN }, { "officer", SDC_PASSWORD_CAN } };
#define READERS (sizeof readers / sizeof *readers)

struct edit {
    uint8_t target, kind, n;
    uint16_t at, from;
    struct sdc_rd bytes;
};

static struct kit kit;
static struct card_memory card, genuine;
static struct sdc_issued issued;
static struct sdc_trust *trust;
static struct sdc_terminal_use *terminal[READERS];
static struct sdc_docket_view right[READERS], view;
static const char pin[] = "271828";
static struct edit edits[EDITS_MAX];
static size_t edits_len;
static unsigned commands;

/* ---- signatures: these two are called in the library's place (--wrap) ---- */

const char *__wrap_vf_cms_verify(const struct vf_cms *cms, X509 *signer, const struct sdc_rd *pieces, size_t count,
                                 const struct vf_cms_values *values);
const char *__real_vf_cms_verify(const struct vf_cms *cms, X509 *signer, const struct sdc_rd *pieces, size_t count,
                                 const struct vf_cms_values *values);
const char *__wrap_vf_trust_signer(const struct sdc_trust *trusted, X509 *signer, const struct sdc_date *today);
const char *__real_vf_trust_signer(const struct sdc_trust *trusted, X509 *signer, const struct sdc_date *today);

static bool all_signed; /* by the issuer, whatever it is */

const char *__wrap_vf_cms_verify(const struct vf_cms *cms, X509 *signer, const struct sdc_rd *pieces, size_t count,
                                 const struct vf_cms_values *values)
{
    return all_signed ? NULL : __real_vf_cms_verify(cms, signer, pieces, count, values);
}

const char *__wrap_vf_trust_signer(const struct sdc_trust *trusted, X509 *signer, const struct sdc_date *today)
{
    return all_signed ? NULL : __real_vf_trust_signer(trusted, signer, today);
}

/* ---- edits ---- */

static bool read_edit(struct sdc_rd *r, struct edit *edit)
{
    edit->target = sdc_rd_u8(r);
    edit->kind = (uint8_t)(sdc_rd_u8(r) % KINDS);
    edit->at = sdc_rd_u16(r);
    edit->n = edit->kind == CUT ? 0 : sdc_rd_u8(r);
    edit->from = edit->kind == COPY ? sdc_rd_u16(r) : 0;
    edit->bytes = edit->kind == INSERT ? sdc_rd_take(r, edit->n) : sdc_rd_init(NULL, 0);
    return !r->err;
}

/* Changes len bytes in place, at most cap of them afterwards. */
static size_t apply(uint8_t *bytes, size_t len, size_t cap, const struct edit *edit)
{
    const size_t at = len ? edit->at % len : 0, n = edit->n;
    switch (edit->kind) {
    case XOR:
        if (len > 0)
            bytes[at] ^= edit->n;
        return len;
    case CUT:
        return at;
    case INSERT:
        if (len + n > cap)
            return len;
        memmove(bytes + at + n, bytes + at, len - at);
        memcpy(bytes + at, edit->bytes.p, n);
        return len + n;
    default:
        if (len > 0 && at + n <= len && edit->from % len + n <= len)
            memmove(bytes + at, bytes + edit->from % len, n);
        return len;
    }
}

static size_t file_get(struct store *store, uint16_t record, uint8_t value[static STORE_VALUE_MAX])
{
    if (!store_mount(store, &card.port))
        abort();
    size_t len = store_len(store, record);
    return len > 0 && store_read(store, record, 0, value, len) ? len : 0;
}

static void file_put(struct store *store, uint16_t record, const uint8_t *value, size_t len)
{
    if (len > 0 && store_begin(store, 1, len) == STORE_OK && store_put(store, record, value, len) == STORE_OK)
        (void)store_commit(store);
}

/* EF.SOD has this hash in the other's place. */
static void sod_follows(struct store *store, const uint8_t old[static 32], const uint8_t new[static 32])
{
    static uint8_t sod[STORE_VALUE_MAX];
    size_t len = file_get(store, RECORD_FILE_SOD, sod);
    uint8_t *at = memmem(sod, len, old, 32);
    if (at) {
        memcpy(at, new, 32);
        file_put(store, RECORD_FILE_SOD, sod, len);
    }
}

static void edit_file(const struct edit *edit)
{
    static struct store store;
    static uint8_t value[STORE_VALUE_MAX];
    const uint16_t record = files[edit->target % FILES];
    uint8_t old[32], new[32];
    size_t len = file_get(&store, record, value);
    if (len == 0)
        return;
    if (EVP_Digest(value, len, old, NULL, EVP_sha256(), NULL) != 1)
        abort();
    len = apply(value, len, sizeof value, edit);
    if (EVP_Digest(value, len, new, NULL, EVP_sha256(), NULL) != 1)
        abort();
    file_put(&store, record, value, len);
    if (all_signed && len > 0)
        sod_follows(&store, old, new);
}

static enum sdc_status transmit(void *ctx, const uint8_t *cmd, size_t cmd_len, uint8_t *resp, size_t cap,
                                size_t *resp_len, struct sdc_error *e)
{
    (void)ctx;
    if (commands == COMMANDS_MAX)
        abort(); /* a card that keeps a reader busy */
    *resp_len = card_memory_apdu(&card, cmd, cmd_len, resp, cap);
    for (size_t i = 0; i < edits_len; i++)
        if (edits[i].target >= ANSWERS && edits[i].target - ANSWERS == (int)commands)
            *resp_len = apply(resp, *resp_len, cap, &edits[i]);
    commands++;
    return *resp_len > 0 ? SDC_OK : sdc_fail(e, SDC_E_REMOVED, "no answer");
}

static enum sdc_status read_card(size_t reader, bool short_only)
{
    static const struct sdc_link_ops ops = { .transmit = transmit };
    struct sdc_link *link = NULL;
    const uint8_t *atr;
    size_t atr_len;
    const char *text = readers[reader].password == SDC_PASSWORD_PIN ? pin : issued.can;
    const struct sdc_password password = { readers[reader].password, text, 6 };
    struct sdc_docket_request request = {
        .password = &password, .travel = true, .trust = trust, .today = sdc_date_today()
    };
    if (terminal[reader]) {
        request.terminal = sdc_terminal_of(terminal[reader]);
        request.rights = sdc_terminal_rights(terminal[reader]);
    }
    card_memory_reset(&card);
    card_atr(&atr, &atr_len);
    if (sdc_link_open_process(&ops, NULL, atr, atr_len, &link, NULL) != SDC_OK)
        abort();
    link->short_only = short_only;
    commands = 0;
    sdc_docket_view_free(&view);
    enum sdc_status status = sdc_docket_read(link, &request, &view, NULL);
    sdc_link_close(link);
    return status;
}

static bool same_buffer(const struct sdc_buf *a, const struct sdc_buf *b)
{
    return a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

static bool same_view(const struct sdc_docket_view *a, const struct sdc_docket_view *b)
{
    bool same = memcmp(a->guid, b->guid, sizeof a->guid) == 0 && strcmp(a->mrz, b->mrz) == 0 &&
                strcmp(a->name, b->name) == 0 && same_buffer(&a->portrait, &b->portrait) && a->chip == b->chip;
    for (size_t i = 0; i < SDC_DOCKET_GROUPS; i++)
        same = same && a->has_statement[i] == b->has_statement[i] &&
               same_buffer(&a->statement[i].fields, &b->statement[i].fields) &&
               a->statement[i].version == b->statement[i].version;
    return same;
}

/* What is shown, whatever it says, can be shown: texts end, fields end. */
static void look_through(void)
{
    char text[SDC_FIELD_MAX + 1];
    const struct sdc_docket_field *field;
    if (strnlen(view.mrz, sizeof view.mrz) == sizeof view.mrz ||
        strnlen(view.name, sizeof view.name) == sizeof view.name)
        abort();
    for (size_t i = 0; i < SDC_DOCKET_GROUPS; i++) {
        struct sdc_field_walk walk = sdc_statement_walk(&view.statement[i]);
        memset(text, 'x', sizeof text);
        for (size_t n = 0; sdc_statement_next(&view.statement[i], &walk, &field, text); n++) {
            if (n > view.statement[i].fields.len || strnlen(text, sizeof text) == sizeof text || !field->name)
                abort();
            memset(text, 'x', sizeof text);
        }
    }
}

/* The kit belongs to tests. */
START_TEST(prepare)
{
    char transport[9];
    kit_open(&kit);
    kit_blank(&card, 1);
    kit_link(&kit, &card, -1, KIT_BEFORE, true);
    if (kit_issue(&kit, 0, &issued) != SDC_OK)
        abort();
    kit_transport(&issued, transport);
    if (sdc_handover(kit.station, kit.link, transport, 8, pin, 6, NULL) != SDC_OK ||
        sdc_trust_load(temp_path(kit.home, "trust"), &trust, NULL) != SDC_OK)
        abort();
    for (size_t i = 0; i < READERS; i++) {
        if (readers[i].terminal && sdc_terminal_open(kit.station, readers[i].terminal, &terminal[i], NULL) != SDC_OK)
            abort();
        if (read_card(i, false) != SDC_OK)
            abort();
        right[i] = view;
        view = (struct sdc_docket_view) { .chip = false };
    }
    memcpy(genuine.banks, card.banks, sizeof genuine.banks);
}
END_TEST

static void init(void)
{
    const struct suite_test test = { prepare, 0 };
    setenv("CK_FORK", "no", 1);
    if (suite_run("fuzz_docket", &test, 1) != 0)
        abort();
}

static void init_once(void)
{
    static bool ready;
    if (!ready)
        init();
    ready = true;
}

/* Before the clock of the first input runs. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    init_once();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    init_once();
    struct sdc_rd r = sdc_rd_init(data, len);
    const uint8_t options = sdc_rd_u8(&r);
    const size_t reader = (options & 3) % READERS;
    all_signed = (options & 8) != 0;
    memcpy(card.banks, genuine.banks, sizeof card.banks);
    for (edits_len = 0; edits_len < EDITS_MAX && read_edit(&r, &edits[edits_len]); edits_len++)
        if (edits[edits_len].target < ANSWERS)
            edit_file(&edits[edits_len]);
    if (read_card(reader, options & 4) == SDC_OK) {
        look_through();
        if (!all_signed && !same_view(&view, &right[reader]))
            abort();
    } else if (view.mrz[0] || view.name[0] || view.portrait.len || view.chip || view.has_travel) {
        abort();
    }
    return 0;
}
