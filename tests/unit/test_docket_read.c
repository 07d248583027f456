/* SPDX-License-Identifier: BSD-2-Clause */
/* A whole card read by terminals of a station: what each may see and no more, at what cost, and clones. The card is
 * OpenPACE's; its files are made as an issue makes them. */
#include <stdio.h>
#include <string.h>

#include "eac_vectors.h"
#include "issue_kit.h"
#include "lds_sample.h"
#include "lds_data.h"
#include "openpace_card.h"
#include "sdc/docket.h"
#include "sdc/update.h"
#include "station_state.h"
#include "suite.h"
#include "terminal_private.h"

static struct kit kit;
static struct openpace_card card;
static struct sdc_link *link_to_card;
static struct sdc_error error;
static struct sdc_trust *trust;
static struct sdc_record *record;
static struct sdc_docket_view view;
static char mrz[3][SDC_MRZ_LINE + 1], mrz_secret[SDC_MRZ_INFORMATION + 1], mrz_all[91];

enum { PORTRAIT_LEN = 12000 };
static uint8_t portrait[PORTRAIT_LEN];

static struct lds_input input_of(uint8_t guid_byte)
{
    struct lds_input input = lds_sample(&kit, record, guid_byte, mrz);
    input.portrait = sdc_rd_init(portrait, sizeof portrait);
    return input;
}

static void take_files(struct openpace_card *c, struct lds_set *set)
{
    for (size_t i = 0; i < SDC_LDS_FILES; i++) {
        sdc_buf_free(&c->file[i]);
        c->file[i] = set->content[i];
    }
}

static void make_files(struct openpace_card *c, uint8_t guid_byte)
{
    struct lds_set set;
    struct lds_input input = input_of(guid_byte);
    ck_assert_msg(lds_build(&input, &set, &error) == SDC_OK, "%s", error.text);
    take_files(c, &set);
}

static void open_all(void)
{
    kit_open(&kit);
    record = &kit.batch.records[0];
    memset(portrait, 0x5A, sizeof portrait);
    ck_assert_int_eq(sdc_trust_load(temp_path(kit.home, "trust"), &trust, &error), SDC_OK);
    memset(&card, 0, sizeof card);
    make_files(&card, 7);
    snprintf(mrz_secret, sizeof mrz_secret, "%.10s%.7s%.7s", mrz[0] + 5, mrz[1], mrz[1] + 8);
    card.can = "846201";
    card.pin = "735195";
    snprintf(mrz_all, sizeof mrz_all, "%s%s%s", mrz[0], mrz[1], mrz[2]);
    card.mrz = mrz_all;
    file_content(temp_path(kit.home, TERMINAL_CVCA_FILE), &card.cvca);
    openpace_card_reset(&card);
    link_to_card = openpace_card_link(&card);
}

static void close_all(void)
{
    sdc_docket_view_free(&view);
    sdc_link_close(link_to_card);
    openpace_card_free(&card);
    sdc_trust_free(trust);
    kit_close(&kit);
}

static enum sdc_status read_once(const char *terminal, enum sdc_password_kind kind, bool travel)
{
    struct sdc_terminal_use *use = NULL;
    const char *text = kind == SDC_PASSWORD_MRZ ? mrz_secret : kind == SDC_PASSWORD_CAN ? card.can : card.pin;
    const struct sdc_password password = { kind, text, strlen(text) };
    struct sdc_docket_request request = {
        .password = &password, .travel = travel, .trust = trust, .today = sdc_date_today()
    };
    if (terminal) {
        ck_assert_msg(sdc_terminal_open(kit.station, terminal, &use, &error) == SDC_OK, "%s", error.text);
        request.terminal = sdc_terminal_of(use);
        request.rights = sdc_terminal_rights(use);
    }
    sdc_docket_view_free(&view);
    openpace_card_reset(&card);
    link_to_card->stats = (struct sdc_stats) { 0 };
    enum sdc_status status = sdc_docket_read(link_to_card, &request, &view, &error);
    sdc_terminal_close(use);
    return status;
}

/* OpenPACE drops leading zeros of keys: such a run is made again. */
static enum sdc_status read_card(const char *terminal, enum sdc_password_kind kind, bool travel)
{
    enum sdc_status status;
    do
        status = read_once(terminal, kind, travel);
    while (openpace_card_unlucky(&card));
    return status;
}

static bool sees(const char *text)
{
    struct sdc_buf all = SDC_BUF_INIT;
    for (size_t i = 0; i < SDC_DOCKET_GROUPS; i++)
        sdc_buf_put(&all, view.statement[i].fields.data, view.statement[i].fields.len);
    bool found = bytes_hold(&all, text);
    sdc_buf_free(&all);
    return found;
}

static const struct {
    const char *terminal;
    enum sdc_password_kind kind;
    unsigned groups; /* bit 0 DG17, 1 DG19, 2 DG20, 3 DG21 */
    enum sdc_status status;
} readers[] = {
    { "officer", SDC_PASSWORD_CAN, 15, SDC_OK },
    { "officer", SDC_PASSWORD_PIN, 15, SDC_OK },
    { "benefits", SDC_PASSWORD_PIN, 9, SDC_OK },
    { "status", SDC_PASSWORD_PIN, 2, SDC_OK },
    { "benefits", SDC_PASSWORD_CAN, 0, SDC_E_DENIED },
    { "status", SDC_PASSWORD_CAN, 0, SDC_E_DENIED },
    { "officer", SDC_PASSWORD_MRZ, 0, SDC_E_DENIED },
    { NULL, SDC_PASSWORD_CAN, 0, SDC_OK },
    { NULL, SDC_PASSWORD_MRZ, 0, SDC_OK },
    { NULL, SDC_PASSWORD_PIN, 0, SDC_OK },
};
#define READERS ((int)(sizeof readers / sizeof *readers))

START_TEST(each_reader)
{
    open_all();
    enum sdc_status status = read_card(readers[_i].terminal, readers[_i].kind, false);
    ck_assert_msg(status == readers[_i].status, "%s", error.text);
    if (status == SDC_OK) {
        ck_assert(view.chip);
        for (size_t i = 0; i < SDC_DOCKET_GROUPS; i++)
            ck_assert_int_eq(view.has_statement[i], readers[_i].groups >> i & 1);
        ck_assert_int_eq(sees(record->address.line1), readers[_i].groups & 1);
        ck_assert_int_eq(sees(record->asylum.kind), readers[_i].groups >> 1 & 1);
        ck_assert_int_eq(sees(record->a_number), readers[_i].groups >> 2 & 1);
        ck_assert_int_eq(view.has_travel, readers[_i].terminal == NULL);
    } else {
        ck_assert_uint_eq(link_to_card->stats.apdus, 0); /* refused before the card was asked */
    }
    close_all();
}
END_TEST

START_TEST(travel_document)
{
    open_all();
    ck_assert_msg(read_card(NULL, SDC_PASSWORD_MRZ, true) == SDC_OK, "%s", error.text);
    ck_assert_str_eq(view.mrz, mrz_all);
    ck_assert_ptr_nonnull(strstr(view.name, record->surname));
    ck_assert_uint_eq(view.portrait.len, sizeof portrait);
    ck_assert_mem_eq(view.portrait.data, portrait, sizeof portrait);
    close_all();
}
END_TEST

/* Short APDUs */
START_TEST(budget)
{
    open_all();
    ck_assert_int_eq(read_card("officer", SDC_PASSWORD_CAN, false), SDC_OK);
    ck_assert_uint_le(link_to_card->stats.apdus, 48);
    ck_assert_int_eq(read_card("benefits", SDC_PASSWORD_PIN, false), SDC_OK);
    ck_assert_uint_le(link_to_card->stats.apdus, 36);
    ck_assert_int_eq(read_card("officer", SDC_PASSWORD_CAN, true), SDC_OK);
    ck_assert_uint_le(link_to_card->stats.apdus, 145);
    close_all();
}
END_TEST

/* One file of the card is another card's, or changed: nothing is shown. */
START_TEST(clones)
{
    static const enum sdc_lds_id files[] = {
        SDC_EF_CARD_SECURITY, SDC_EF_SOD, SDC_DG1, SDC_DG2, SDC_DG13, SDC_DG14, SDC_DG17, SDC_DG19, SDC_DG20, SDC_DG21
    };
    static struct openpace_card other;
    open_all();
    make_files(&other, 8);
    make_files(&card, 7);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct sdc_buf *own = &card.file[files[i]], *foreign = &other.file[files[i]], kept = *own;
        bool same = own->len == foreign->len && memcmp(own->data, foreign->data, own->len) == 0; /* no GUID in it */
        *own = *foreign;
        ck_assert_int_eq(read_card("officer", SDC_PASSWORD_CAN, true), same ? SDC_OK : SDC_E_SIGNATURE);
        ck_assert(same || (!view.has_travel && !view.has_statement[0]));
        *own = kept;
        own->data[own->len / 2] ^= 1;
        ck_assert_int_ne(read_card("officer", SDC_PASSWORD_CAN, true), SDC_OK);
        own->data[own->len / 2] ^= 1;
    }
    ck_assert_int_eq(read_card("officer", SDC_PASSWORD_CAN, true), SDC_OK);
    for (size_t i = 0; i < SDC_LDS_FILES; i++)
        sdc_buf_free(&other.file[i]);
    close_all();
}
END_TEST

/* Data copied to a card with other keys: the chip is not the one that was signed for. */
START_TEST(copied_to_another_chip)
{
    open_all();
    struct lds_set set;
    struct lds_input input = input_of(7);
    vector_copy("Q_AT", input.chip[0], SDC_P256_POINT_LEN);
    vector_copy("Q_AT", input.chip[1], SDC_P256_POINT_LEN);
    ck_assert_int_eq(lds_build(&input, &set, &error), SDC_OK);
    take_files(&card, &set);
    ck_assert_int_eq(read_card("officer", SDC_PASSWORD_CAN, false), SDC_E_SIGNATURE);
    ck_assert_ptr_nonnull(strstr(error.text, "chip"));
    ck_assert_int_eq(read_card(NULL, SDC_PASSWORD_CAN, true), SDC_E_SIGNATURE);
    ck_assert(!view.has_travel && view.mrz[0] == '\0');
    close_all();
}
END_TEST

/* ---- updates ---- */

static enum sdc_status write_once(const char *terminal, enum sdc_password_kind kind, struct sdc_rd file)
{
    struct sdc_terminal_use *use = NULL;
    unsigned dg = 0;
    const struct sdc_password password = { kind, kind == SDC_PASSWORD_CAN ? card.can : card.pin, 6 };
    ck_assert_msg(sdc_terminal_open(kit.station, terminal, &use, &error) == SDC_OK, "%s", error.text);
    const struct sdc_docket_request request = { .password = &password,
                                                .terminal = sdc_terminal_of(use),
                                                .rights = sdc_terminal_rights(use),
                                                .trust = trust,
                                                .today = sdc_date_today() };
    enum sdc_status status;
    do {
        openpace_card_reset(&card);
        link_to_card->stats = (struct sdc_stats) { 0 };
        status = sdc_docket_write(link_to_card, &request, file, &dg, &error);
    } while (openpace_card_unlucky(&card));
    sdc_terminal_close(use);
    return status;
}

/* A card of the record in the registry, and in the reader with that GUID. */
static void enter_card(enum sdc_card_state state)
{
    struct sdc_card_row row = { .expires = "2031-01-01" };
    bool known = false;
    uint8_t guid[SDC_GUID_LEN];
    struct lds_set set;
    snprintf(row.transaction_id, sizeof row.transaction_id, "%s", record->transaction_id);
    memset(row.record_digest, 'A', 64);
    memset(row.person_tag, 'B', 32);
    ck_assert_int_eq(sdc_registry_assign(kit.station->registry, &row, "2026-11-25", &known, &error), SDC_OK);
    ck_assert_int_eq(sdc_registry_bind(kit.station->registry, &row, "00112233445566778899", &error), SDC_OK);
    if (state == SDC_CARD_ISSUED)
        ck_assert_int_eq(sdc_registry_move(kit.station->registry, row.guid, SDC_CARD_ASSIGNED, SDC_CARD_ISSUED, &error),
                         SDC_OK);
    ck_assert(sdc_uuid_parse(row.guid, guid));
    struct lds_input input = input_of(0);
    memcpy(input.guid, guid, sizeof guid);
    ck_assert_int_eq(lds_build(&input, &set, &error), SDC_OK);
    take_files(&card, &set);
}

static void read_blob(const char *base, unsigned dg, struct sdc_buf *blob)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%.4000s.dg%u", base, dg);
    sdc_buf_clear(blob);
    file_content(path, blob);
}

static void grant_update(void)
{
    char name[SDC_TERMINAL_NAME_MAX + 1];
    struct sdc_buf request = SDC_BUF_INIT, chain = SDC_BUF_INIT;
    ck_assert_int_eq(sdc_terminal_request(kit.station, "desk", &request, &error), SDC_OK);
    ck_assert_int_eq(
        sdc_terminal_grant(kit.station, sdc_buf_rd(&request), sdc_terminal_profile("update"), &chain, name, &error),
        SDC_OK);
    ck_assert_int_eq(sdc_terminal_install(kit.station, sdc_buf_rd(&chain), name, &error), SDC_OK);
    sdc_buf_free(&request);
    sdc_buf_free(&chain);
}

START_TEST(updates)
{
    char base[PATH_MAX];
    struct sdc_buf first = SDC_BUF_INIT, second = SDC_BUF_INIT;
    open_all();
    enter_card(SDC_CARD_ISSUED);
    grant_update();
    strcpy(record->address.line1, "ONE NEW STREET");
    ck_assert_msg(sdc_update_sign(kit.station, &kit.batch, 0, base, &error) == SDC_OK, "%s", error.text);
    read_blob(base, 17, &first);
    strcpy(record->address.line1, "TWO NEWER STREET");
    ck_assert_int_eq(sdc_update_sign(kit.station, &kit.batch, 0, base, &error), SDC_OK);
    read_blob(base, 17, &second);

    ck_assert_int_eq(write_once("officer", SDC_PASSWORD_CAN, sdc_buf_rd(&first)), SDC_E_DENIED);
    ck_assert_uint_eq(link_to_card->stats.apdus, 0);
    ck_assert_msg(write_once("desk", SDC_PASSWORD_CAN, sdc_buf_rd(&first)) == SDC_OK, "%s", error.text);
    ck_assert_int_eq(read_card("officer", SDC_PASSWORD_CAN, false), SDC_OK);
    ck_assert_uint_eq(view.statement[0].version, 2);
    ck_assert(sees("ONE NEW STREET"));
    ck_assert_int_eq(write_once("desk", SDC_PASSWORD_PIN, sdc_buf_rd(&second)), SDC_OK);
    ck_assert_int_eq(write_once("desk", SDC_PASSWORD_PIN, sdc_buf_rd(&second)), SDC_E_CONDITIONS); /* the same */
    ck_assert_int_eq(write_once("desk", SDC_PASSWORD_PIN, sdc_buf_rd(&first)), SDC_E_CONDITIONS);  /* an older one */
    ck_assert_int_eq(read_card("officer", SDC_PASSWORD_CAN, false), SDC_OK);
    ck_assert_uint_eq(view.statement[0].version, 3);
    ck_assert(sees("TWO NEWER STREET"));

    /* changed, or another card's: nothing is written */
    second.data[300] ^= 1;
    ck_assert_int_eq(write_once("desk", SDC_PASSWORD_CAN, sdc_buf_rd(&second)), SDC_E_SIGNATURE);
    make_files(&card, 9);
    read_blob(base, 19, &second);
    ck_assert_int_eq(write_once("desk", SDC_PASSWORD_CAN, sdc_buf_rd(&second)), SDC_E_SIGNATURE);
    ck_assert_ptr_nonnull(strstr(error.text, "another card"));
    second.data[0] = 0x72;
    ck_assert_int_eq(write_once("desk", SDC_PASSWORD_CAN, sdc_buf_rd(&second)), SDC_E_INPUT);
    sdc_buf_free(&first);
    sdc_buf_free(&second);
    close_all();
}
END_TEST

START_TEST(updates_refused)
{
    char base[PATH_MAX];
    open_all();
    ck_assert_int_eq(sdc_update_sign(kit.station, &kit.batch, 0, base, &error), SDC_E_INPUT);
    ck_assert_int_eq(sdc_update_sign(kit.station, &kit.batch, 60, base, &error), SDC_E_USAGE);
    enter_card(SDC_CARD_ASSIGNED);
    ck_assert_int_eq(sdc_update_sign(kit.station, &kit.batch, 0, base, &error), SDC_E_CONFLICT);
    record->faulty = true;
    ck_assert_int_eq(sdc_update_sign(kit.station, &kit.batch, 0, base, &error), SDC_E_INPUT);
    close_all();
}
END_TEST

START_TEST(mrz_information)
{
    static const struct {
        const char *text, *out; /* NULL: refused */
    } cases[] = {
        { "SDC000001890010113112319", "SDC000001890010113112319" },
        { "SDC000001 900101 311231", "SDC000001890010113112319" },
        { "SDC000001890010123112319", NULL },
        { "SDC00000189001011311231", NULL },
        { "SDC0000018900101131123190", NULL },
        { "SDC000001 900101", NULL },
        { "SDC0000012 900101 311231", NULL },
        { "", NULL },
        { "sdc000001 900101 311231", NULL },
        { "AB12 900101 311231", "AB12<<<<<690010113112319" },
    };
    char out[SDC_MRZ_INFORMATION + 1];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool good = sdc_mrz_information(cases[i].text, out);
        ck_assert_msg(good == (cases[i].out != NULL), "%s", cases[i].text);
        if (good && i < 9)
            ck_assert_str_eq(out, cases[i].out);
    }
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { each_reader, READERS },      { travel_document, 0 }, { budget, 0 },  { clones, 0 },
        { copied_to_another_chip, 0 }, { mrz_information, 0 }, { updates, 0 }, { updates_refused, 0 },
    };
    return suite_run("docket_read", tests, sizeof tests / sizeof *tests);
}
