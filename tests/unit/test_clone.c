/* SPDX-License-Identifier: BSD-2-Clause */
/* Genuine cards of one issuer used to deceive a reader: the data of one on the chip of another, two chips behind a shim
 * that gives each APDU to either, and a whole run given again. Whatever the point, the reader shows nothing; and the
 * honest card reads as before. */
#include <stdlib.h>
#include <string.h>

#include "card_edge.h"
#include "issue_kit.h"
#include "records.h"
#include "sdc/docket.h"
#include "sdc/terminal.h"
#include "store.h"
#include "suite.h"

#define ANSWERS_MAX 128

enum chip { A, B, CHIPS };

static struct kit kit;
static struct card_memory card[CHIPS], fresh[CHIPS]; /* fresh: as they were handed over */
static struct sdc_issued issued[CHIPS];
static struct sdc_trust *trust;
static struct sdc_error error;
static struct sdc_docket_view view;
static const char pin[] = "271828";

/* ---- the shim ---- */

/* Both cards get what 'both' says; the answer is the first card's before APDU 'from', the second's up to 'to', the
 * first's again behind it. Or a tape runs: record, then play. */
static struct shim {
    bool both;
    long at, from, to;
    long nonce; /* the APDU with which PACE begins; 0: none yet */
    enum { LIVE, RECORD, PLAY } tape;
} shim;
static struct sdc_buf answers[ANSWERS_MAX]; /* the tape's */

static enum sdc_status transmit(void *ctx, const uint8_t *cmd, size_t cmd_len, uint8_t *resp, size_t cap,
                                size_t *resp_len, struct sdc_error *e)
{
    (void)ctx;
    static uint8_t unused[65536 + 2];
    const enum chip chip = shim.at >= shim.from && shim.at < shim.to ? B : A;
    struct sdc_buf *taped = &answers[shim.at < ANSWERS_MAX ? shim.at : ANSWERS_MAX - 1];
    if (shim.nonce == 0 && cmd_len > 1 && cmd[1] == INS_GENERAL_AUTHENTICATE_PROTOCOL)
        shim.nonce = shim.at;
    shim.at++;
    if (shim.tape == PLAY) {
        if (taped->len == 0 || taped->len > cap)
            return sdc_fail(e, SDC_E_REMOVED, "the tape is at its end");
        memcpy(resp, taped->data, taped->len);
        *resp_len = taped->len;
        return SDC_OK;
    }
    *resp_len = card_memory_apdu(&card[chip], cmd, cmd_len, resp, cap);
    if (shim.both)
        (void)card_memory_apdu(&card[chip == A ? B : A], cmd, cmd_len, unused, sizeof unused);
    if (shim.tape == RECORD) {
        sdc_buf_clear(taped);
        sdc_buf_put(taped, resp, *resp_len);
    }
    return SDC_OK;
}

static enum sdc_status reset(void *ctx, struct sdc_error *e)
{
    (void)ctx;
    (void)e;
    card_memory_reset(&card[A]);
    card_memory_reset(&card[B]);
    return SDC_OK;
}

/* ---- readers ---- */

static enum sdc_status read_with(const char *terminal, const char *can)
{
    static const struct sdc_link_ops ops = { .transmit = transmit, .reset = reset };
    struct sdc_terminal_use *use = NULL;
    struct sdc_link *link = NULL;
    const uint8_t *atr;
    size_t atr_len;
    const bool holder = terminal && strcmp(terminal, "benefits") == 0;
    const struct sdc_password password = { holder ? SDC_PASSWORD_PIN : SDC_PASSWORD_CAN, holder ? pin : can, 6 };
    struct sdc_docket_request request = {
        .password = &password, .travel = true, .trust = trust, .today = sdc_date_today()
    };
    reset(NULL, NULL);
    shim.at = 0;
    card_atr(&atr, &atr_len);
    ck_assert_int_eq(sdc_link_open_process(&ops, NULL, atr, atr_len, &link, NULL), SDC_OK);
    if (terminal) {
        ck_assert_int_eq(sdc_terminal_open(kit.station, terminal, &use, &error), SDC_OK);
        request.terminal = sdc_terminal_of(use);
        request.rights = sdc_terminal_rights(use);
    }
    sdc_docket_view_free(&view);
    enum sdc_status status = sdc_docket_read(link, &request, &view, &error);
    sdc_terminal_close(use);
    sdc_link_close(link);
    return status;
}

/* A view that was wiped has no byte but 0. */
static bool shows_anything(void)
{
    const uint8_t *bytes = (const uint8_t *)&view;
    size_t i = 0;
    while (i < sizeof view && bytes[i] == 0)
        i++;
    return i < sizeof view;
}

static const char *const readers[] = { NULL, "benefits", "officer" };
#define READERS (sizeof readers / sizeof *readers)

/* The card in the shim's first place, alone and honest. */
static long honest(size_t reader)
{
    shim = (struct shim) { .tape = shim.tape };
    ck_assert_msg(read_with(readers[reader], issued[A].can) == SDC_OK, "%s", error.text);
    ck_assert(view.chip && view.has_travel && view.mrz[0]);
    ck_assert(reader == 0 || view.has_statement[SDC_DOCKET_GROUPS - 1]);
    return shim.at;
}

static void setup(void)
{
    static const size_t records[CHIPS] = { 0, 5 }; /* of two portraits */
    kit_open(&kit);
    for (enum chip c = A; c < CHIPS; c++) {
        char transport[9];
        kit_blank(&card[c], 1 + c);
        kit_link(&kit, &card[c], -1, KIT_BEFORE, true);
        ck_assert_msg(kit_issue(&kit, records[c], &issued[c]) == SDC_OK, "%s", kit_error.text);
        kit_transport(&issued[c], transport);
        ck_assert_int_eq(sdc_handover(kit.station, kit.link, transport, 8, pin, 6, &error), SDC_OK);
    }
    ck_assert_int_eq(sdc_trust_load(temp_path(kit.home, "trust"), &trust, &error), SDC_OK);
    memcpy(fresh, card, sizeof fresh);
}

/* No try is spent, nothing written. */
static void restore(void)
{
    for (enum chip c = A; c < CHIPS; c++)
        memcpy(card[c].banks, fresh[c].banks, sizeof card[c].banks);
}

static void teardown(void)
{
    for (size_t i = 0; i < ANSWERS_MAX; i++)
        sdc_buf_free(&answers[i]);
    sdc_docket_view_free(&view);
    sdc_trust_free(trust);
    kit_close(&kit);
}

/* ---- flash ---- */

/* One value of card A becomes card B's, as if it had been written so; false where B has none. */
static void move_value(uint16_t record)
{
    static struct store from, to;
    static uint8_t value[STORE_VALUE_MAX];
    ck_assert(store_mount(&from, &card[B].port) && store_mount(&to, &card[A].port));
    const size_t len = store_len(&from, record);
    ck_assert_uint_gt(len, 0);
    ck_assert(store_read(&from, record, 0, value, len));
    ck_assert_int_eq(store_begin(&to, 1, len), STORE_OK);
    ck_assert_int_eq(store_put(&to, record, value, len), STORE_OK);
    ck_assert_int_eq(store_commit(&to), STORE_OK);
}

/* Card A with all its data and the one value that proves which chip it is, or that says whose it is, of card B. */
static const struct {
    const char *name;
    uint16_t record[4]; /* to the first 0 */
    bool seen[3];       /* by each of the readers: it reads it */
} moves[] = {
    { "chip keys", { RECORD_CHIP_KEY_1, RECORD_CHIP_KEY_2 }, { true, true, true } },
    { "chip key 1", { RECORD_CHIP_KEY_1 }, { true, false, false } },
    { "chip key 2", { RECORD_CHIP_KEY_2 }, { false, true, true } },
    { "EF.CardSecurity", { RECORD_FILE_CARD_SECURITY }, { false, true, true } },
    { "EF.CardSecurity and its key", { RECORD_FILE_CARD_SECURITY, RECORD_CHIP_KEY_2 }, { false, true, true } },
    { "EF.SOD", { RECORD_FILE_SOD }, { true, true, true } },
    { "DG1", { RECORD_FILE_DG + 1 }, { true, true, true } },
    { "DG2", { RECORD_FILE_DG + 2 }, { true, true, true } },
    { "DG13", { RECORD_FILE_DG + 13 }, { true, true, true } },
    { "DG14", { RECORD_FILE_DG + 14 }, { true, true, true } },
    { "DG14 and its key", { RECORD_FILE_DG + 14, RECORD_CHIP_KEY_1 }, { true, true, true } },
    { "DG21", { RECORD_FILE_DG + 21 }, { false, true, true } },
    { "DG19", { RECORD_FILE_DG + 19 }, { false, false, true } },
};

START_TEST(value_of_another_card)
{
    setup();
    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++) {
        for (size_t k = 0; k < 4 && moves[i].record[k]; k++)
            move_value(moves[i].record[k]);
        for (size_t reader = 0; reader < READERS; reader++) {
            const bool seen = moves[i].seen[reader];
            shim = (struct shim) { 0 };
            enum sdc_status status = read_with(readers[reader], issued[A].can);
            ck_assert_msg(status == (seen ? SDC_E_SIGNATURE : SDC_OK), "%s, reader %zu: %d %s", moves[i].name, reader,
                          status, error.text);
            ck_assert_msg(shows_anything() == !seen, "%s, reader %zu", moves[i].name, reader);
        }
        restore();
    }
    honest(2);
    teardown();
}
END_TEST

/* ---- two chips ---- */

/* What was shown is all of one card: a reader that was given another card from the start. */
static bool of_one_card(void)
{
    static char mrz[CHIPS][sizeof view.mrz];
    static uint8_t guid[CHIPS][SDC_GUID_LEN];
    bool one = false;
    for (enum chip c = A; c < CHIPS && !mrz[c][0]; c++) {
        const struct sdc_docket_view seen = view;
        const struct shim before = shim;
        shim = (struct shim) { .from = c == A ? 0 : -1, .to = c == A ? 0 : ANSWERS_MAX };
        view = (struct sdc_docket_view) { .chip = false };
        ck_assert_msg(read_with("officer", issued[c].can) == SDC_OK, "%s", error.text);
        memcpy(mrz[c], view.mrz, sizeof mrz[c]);
        memcpy(guid[c], view.guid, sizeof guid[c]);
        sdc_docket_view_free(&view);
        view = seen;
        shim = before;
    }
    for (enum chip c = A; c < CHIPS; c++)
        one = one || (memcmp(view.mrz, mrz[c], sizeof mrz[c]) == 0 && memcmp(view.guid, guid[c], sizeof guid[c]) == 0);
    return one;
}

/* From each APDU on the other card answers: for one APDU, for the rest; it has heard everything before, or nothing. The
 * shim's owner holds both cards and knows what is printed on them; the reader is told the CAN of the first, and the
 * holder's PIN is the same on both. */
START_TEST(two_chips)
{
    setup();
    for (size_t reader = 0; reader < READERS; reader++) {
        const long all = honest(reader);
        unsigned found = 0;
        for (long from = 0; from < all; from++) {
            for (int way = 0; way < 4; way++) {
                restore();
                shim = (struct shim) { .both = way & 1, .from = from, .to = way & 2 ? from + 1 : ANSWERS_MAX };
                enum sdc_status status = read_with(readers[reader], issued[A].can);
                ck_assert_msg(status != SDC_OK || from < shim.nonce || (from == shim.nonce && way == 1),
                              "reader %zu: APDU %ld, way %d shows", reader, from, way);
                ck_assert(status == SDC_OK ? of_one_card() : !shows_anything());
                found += status != SDC_OK;
            }
        }
        ck_assert_uint_ge(found, 4 * (unsigned)(all - 6));
        honest(reader);
    }
    teardown();
}
END_TEST

/* ---- once more ---- */

START_TEST(played_again)
{
    setup();
    for (size_t reader = 0; reader < READERS; reader++) {
        shim.tape = RECORD;
        honest(reader);
        shim.tape = PLAY;
        enum sdc_status status = read_with(readers[reader], issued[A].can);
        ck_assert_msg(status == SDC_E_SIGNATURE || status == SDC_E_REPLY, "reader %zu: %d %s", reader, status,
                      error.text);
        ck_assert(!shows_anything());
        shim.tape = LIVE;
        honest(reader);
    }
    teardown();
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = { { value_of_another_card, 0 }, { two_chips, 0 }, { played_again, 0 } };
    return suite_run("clone", tests, sizeof tests / sizeof *tests);
}
