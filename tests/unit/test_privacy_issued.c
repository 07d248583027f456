/* SPDX-License-Identifier: BSD-2-Clause */
/* Who may know what of a card that sdc issue made: each kind of reader takes all that the card gives it, files and
 * objects and every byte of every answer, and what it may not know is not there. And two cards that differ only in the
 * asylum answer are, to every reader without DG19's right, the same but for what is random or signed. */
#include <stdlib.h>
#include <string.h>

#include <openssl/ec.h>

#include "issue_kit.h"
#include "sdc/docket.h"
#include "sdc/piv.h"
#include "station_state.h"
#include "suite.h"
#include "terminal_private.h"

#define STEPS_MAX   512
#define SIGNED_VARY 8 /* bytes by which DER of signatures and random numbers makes an answer longer or shorter */

enum { APPLIED, NOT_APPLIED, CARDS };

static struct kit kit;
static struct card_memory card[CARDS];
static struct sdc_issued issued[CARDS];
static struct sdc_trust *trust;
static struct sdc_error error;
static const char pin[] = "271828";

/* ---- readers ---- */

enum credential { OWN, EXPIRED, FOREIGN };
/* What there is to know, and who may. The travel document is every reader's that opened a channel. */
enum know { TRAVEL = 1, HOLDER = 2, ADDRESS = 4, ASYLUM = 8, DOCKET = 16, BENEFITS = 32 };

static const struct reader {
    const char *name;
    enum sdc_password_kind password; /* 0: none */
    const char *terminal;            /* NULL: none; "*" with a credential that is none of the station's */
    enum credential credential;
    unsigned knows;
} readers[] = {
    { "nobody", 0, NULL, OWN, 0 },
    { "CAN", SDC_PASSWORD_CAN, NULL, OWN, TRAVEL },
    { "MRZ", SDC_PASSWORD_MRZ, NULL, OWN, TRAVEL },
    { "PIN", SDC_PASSWORD_PIN, NULL, OWN, TRAVEL | HOLDER },
    { "terminal without rights", SDC_PASSWORD_PIN, "lane", OWN, TRAVEL | HOLDER },
    { "benefits", SDC_PASSWORD_PIN, "benefits", OWN, TRAVEL | HOLDER | ADDRESS | BENEFITS },
    { "benefits with the CAN", SDC_PASSWORD_CAN, "benefits", OWN, TRAVEL },
    { "status", SDC_PASSWORD_PIN, "status", OWN, TRAVEL | HOLDER | ASYLUM },
    { "officer", SDC_PASSWORD_CAN, "officer", OWN, TRAVEL | ADDRESS | ASYLUM | DOCKET | BENEFITS },
    { "officer with the MRZ", SDC_PASSWORD_MRZ, "officer", OWN, TRAVEL },
    { "expired officer", SDC_PASSWORD_CAN, "officer", EXPIRED, TRAVEL },
    { "foreign officer", SDC_PASSWORD_CAN, "officer", FOREIGN, TRAVEL },
};
#define READERS (sizeof readers / sizeof *readers)

/* What must not be found where it isn't due. Words that binary data hold by chance are left out. */
static const struct {
    unsigned know; /* any of these; 0: nobody's */
    const char *word;
} words[] = {
    { TRAVEL | HOLDER, "ITZEL" },
    { TRAVEL, "IBANEZ" },
    { TRAVEL, "\x49\x42\xC3\x81\xC3\x91\x45\x5A" },
    { TRAVEL, "050402" },
    { ADDRESS, "CALLE OCHO" },
    { ADDRESS, "BUFFALO" },
    { ADDRESS, "14202" },
    { ASYLUM, "affirmative" },
    { ASYLUM, "2026-05-02" },
    { DOCKET, "99007000" },
    { DOCKET, "Houston" },
    { DOCKET, "monthly" },
    { DOCKET, "2027-02-03" },
    { BENEFITS, "housing" },
    { BENEFITS, "2028-03-26" },
    { 0, "KINSHASA" },
    { 0, "asylum" },
    { 0, "Asylum" },
    { 0, "0ed90475-9531-485d-9d9d" },
    { 0, "RMV affirmative" },
};

/* ---- what a reader takes ---- */

/* One card's answers, each with its command's length, and all that was in them, as sent and as opened. */
static struct taken {
    size_t steps;
    struct {
        size_t command, answer;
        uint16_t sw;
    } step[STEPS_MAX];
    struct sdc_buf all;
    bool read[SDC_LDS_FILES];
    struct sdc_buf file[SDC_LDS_FILES];
    struct sdc_buf fields[SDC_DOCKET_GROUPS];
} taken[CARDS];

static size_t at;                     /* the card in the reader */
static struct sdc_document *document; /* what is proven of it in this channel; NULL: nothing */

static enum sdc_status transmit(void *ctx, const uint8_t *cmd, size_t cmd_len, uint8_t *resp, size_t cap,
                                size_t *resp_len, struct sdc_error *e)
{
    struct taken *t = &taken[at];
    (void)ctx;
    (void)e;
    *resp_len = card_memory_apdu(&card[at], cmd, cmd_len, resp, cap);
    ck_assert_uint_lt(t->steps, STEPS_MAX);
    t->step[t->steps].command = cmd_len;
    t->step[t->steps].answer = *resp_len;
    t->step[t->steps].sw = (uint16_t)(resp[*resp_len - 2] << 8 | resp[*resp_len - 1]);
    t->steps++;
    sdc_buf_put(&t->all, resp, *resp_len);
    return SDC_OK;
}

static void take_piv(struct sdc_link *link, bool holder)
{
    static const uint32_t objects[] = {
        0x5FC107, 0x5FC102, 0x5FC105, 0x5FC103, 0x5FC106, 0x5FC108, 0x5FC101, 0x5FC10A,
        0x5FC10B, 0x5FC109, 0x7E,     0x5FC10C, 0x5FC121, 0x7F61,   0x5FC122, 0x5FC123
    };
    ck_assert_int_eq(sdc_piv_select(link, &error), SDC_OK);
    if (holder)
        ck_assert_int_eq(sdc_piv_verify(link, pin, 6, &error), SDC_OK);
    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++)
        (void)!sdc_piv_get(link, objects[i], &taken[at].all, NULL);
}

static void take_files(struct sdc_link *link)
{
    struct taken *t = &taken[at];
    for (enum sdc_lds_application a = SDC_LDS_MF; a <= SDC_LDS_DOCKET; a++) {
        ck_assert_int_eq(sdc_lds_select(link, a, &error), SDC_OK);
        for (enum sdc_lds_id id = 0; id < SDC_LDS_FILES; id++) {
            if (sdc_lds_files[id].application != a)
                continue;
            sdc_buf_clear(&t->file[id]);
            t->read[id] = sdc_lds_read(link, id, &t->file[id], NULL) == SDC_OK;
            sdc_buf_put(&t->all, t->file[id].data, t->file[id].len);
        }
    }
}

/* The fields of the docket's groups that were read, each signed for this card. */
static void take_fields(void)
{
    for (size_t g = 0; g < SDC_DOCKET_GROUPS; g++) {
        struct sdc_statement statement;
        const enum sdc_lds_id id = sdc_docket_groups[g].file;
        sdc_buf_clear(&taken[at].fields[g]);
        if (!taken[at].read[id])
            continue;
        ck_assert_int_eq(sdc_document_statement(document, id, sdc_buf_rd(&taken[at].file[id]), &statement, &error),
                         SDC_OK);
        sdc_buf_put(&taken[at].fields[g], statement.fields.data, statement.fields.len);
        sdc_buf_free(&statement.fields);
    }
}

/* ---- terminals ---- */

static EVP_PKEY *new_key(void)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    ck_assert_ptr_nonnull(key);
    EVP_PKEY_set_utf8_string_param(key, "point-format", "uncompressed");
    return key;
}

/* An officer's chain that the card must refuse: over for ten days, or by a CVCA of the same name with another key. */
static void make_chain(enum credential credential, const char *car, EVP_PKEY *own, struct sdc_buf *chain)
{
    struct cvca cvca;
    EVP_PKEY *dv = new_key(), *foreign = new_key();
    uint8_t point[SDC_P256_POINT_LEN];
    const struct sdc_date today = sdc_date_today();
    ck_assert_int_eq(cvca_open(kit.station->token, kit.home, &cvca, &error), SDC_OK);
    struct sdc_cvc_signer root = terminal_signer(credential == FOREIGN ? foreign : cvca.key);
    struct sdc_cvc_signer by = terminal_signer(dv);
    ck_assert_int_eq(terminal_point(dv, point, &error), SDC_OK);
    const struct sdc_cvc_request verifier = { car, "USDVOTHER00001", SDC_CVC_DV, SDC_CHAT_KNOWN, point, today, today };
    ck_assert_int_eq(sdc_cvc_make(&verifier, &root, chain, &error), SDC_OK);
    ck_assert_int_eq(terminal_point(own, point, &error), SDC_OK);
    const struct sdc_date past = { 2020, 1, 1 }, over = { 2020, 1, 31 };
    const bool expired = credential == EXPIRED;
    const struct sdc_cvc_request request = {
        "USDVOTHER00001",       "USOFFICER00001",      SDC_CVC_TERMINAL, SDC_CHAT_KNOWN, point,
        expired ? past : today, expired ? over : today
    };
    ck_assert_int_eq(sdc_cvc_make(&request, &by, chain, &error), SDC_OK);
    cvca_close(&cvca);
    EVP_PKEY_free(dv);
    EVP_PKEY_free(foreign);
}

/* Terminal and chip authentication; what of it fails leaves the channel as PACE made it. */
static void prove(struct sdc_eac *session, const struct reader *r, const struct sdc_terminal_use *use)
{
    struct sdc_terminal none = { .chain_len = 0 };
    const struct sdc_terminal *terminal = use ? sdc_terminal_of(use) : &none;
    const struct sdc_date today = sdc_date_today();
    struct sdc_buf chain = SDC_BUF_INIT, file = SDC_BUF_INIT;
    EVP_PKEY *own = new_key();
    if (r->credential != OWN) {
        struct sdc_cvc cvcs[SDC_TERMINAL_CHAIN_MAX];
        make_chain(r->credential, sdc_eac_authority(session, false), own, &chain);
        ck_assert_int_eq(terminal_split(sdc_buf_rd(&chain), none.chain, cvcs, &none.chain_len, &error), SDC_OK);
        none.signer = terminal_signer(own);
        terminal = &none;
    }
    enum sdc_status status = sdc_eac_terminal(session, terminal, NULL, &error);
    ck_assert_msg(status == (r->credential == OWN ? SDC_OK : SDC_E_DENIED), "%s: %s", r->name, error.text);
    if (status == SDC_OK) {
        ck_assert_int_eq(sdc_document_new(trust, &today, &document, &error), SDC_OK);
        ck_assert_int_eq(sdc_lds_select(sdc_eac_link(session), SDC_LDS_MF, &error), SDC_OK);
        ck_assert_int_eq(sdc_lds_read(sdc_eac_link(session), SDC_EF_CARD_SECURITY, &file, &error), SDC_OK);
        ck_assert_int_eq(sdc_document_card_security(document, sdc_buf_rd(&file), sdc_eac_card_access(session), &error),
                         SDC_OK);
        status = sdc_eac_chip(session, sdc_document_chip_key(document, 2), &error);
        ck_assert_msg(status == SDC_OK, "%s: %s", r->name, error.text);
    }
    sdc_buf_free(&chain);
    sdc_buf_free(&file);
    EVP_PKEY_free(own);
}

/* The 24 characters of the MRZ that open the card. */
static void mrz_secret(const struct sdc_issued *i, char out[static SDC_MRZ_SECRET_LEN + 1])
{
    snprintf(out, SDC_MRZ_SECRET_LEN + 1, "%.10s%.7s%.7s", i->mrz[0] + 5, i->mrz[1], i->mrz[1] + 8);
}

static void take(const struct reader *r)
{
    static const struct sdc_link_ops ops = { .transmit = transmit };
    struct sdc_link *link = NULL;
    struct sdc_eac *session = NULL;
    struct sdc_terminal_use *use = NULL;
    char mrz[SDC_MRZ_SECRET_LEN + 1];
    const uint8_t *atr;
    size_t atr_len;
    mrz_secret(&issued[at], mrz);
    const char *text = r->password == SDC_PASSWORD_MRZ ? mrz : r->password == SDC_PASSWORD_PIN ? pin : issued[at].can;
    const struct sdc_password password = { r->password, text, strlen(text) };
    taken[at].steps = 0;
    sdc_buf_clear(&taken[at].all);
    card_memory_reset(&card[at]);
    card_atr(&atr, &atr_len);
    ck_assert_int_eq(sdc_link_open_process(&ops, NULL, atr, atr_len, &link, NULL), SDC_OK);
    take_piv(link, r->knows & HOLDER);
    take_files(link);
    if (r->terminal && r->credential == OWN)
        ck_assert_msg(sdc_terminal_open(kit.station, r->terminal, &use, &error) == SDC_OK, "%s", error.text);
    const uint64_t rights = use ? sdc_docket_rights(sdc_terminal_rights(use), r->password) : SDC_CHAT_KNOWN;
    if (r->password) {
        ck_assert_msg(sdc_eac_open(link, &password, r->terminal ? &rights : NULL, &session, &error) == SDC_OK, "%s: %s",
                      r->name, error.text);
        if (r->terminal)
            prove(session, r, use);
        take_files(sdc_eac_link(session));
    }
    take_fields();
    sdc_document_free(document);
    document = NULL;
    sdc_eac_close(session);
    sdc_terminal_close(use);
    sdc_link_close(link);
}

/* ---- cards ---- */

static void make_lane(void)
{
    char name[SDC_TERMINAL_NAME_MAX + 1];
    struct sdc_buf request = SDC_BUF_INIT, chain = SDC_BUF_INIT;
    ck_assert_int_eq(sdc_terminal_request(kit.station, "lane", &request, &error), SDC_OK);
    ck_assert_int_eq(
        sdc_terminal_grant(kit.station, sdc_buf_rd(&request), sdc_terminal_profile("lane"), &chain, name, &error),
        SDC_OK);
    ck_assert_int_eq(sdc_terminal_install(kit.station, sdc_buf_rd(&chain), name, &error), SDC_OK);
    sdc_buf_free(&request);
    sdc_buf_free(&chain);
}

static void setup(void)
{
    kit_open(&kit);
    make_lane();
    for (at = 0; at < CARDS; at++) {
        char transport[9];
        struct sdc_record *record = &kit.batch.records[0];
        if (at == NOT_APPLIED) { /* the same person's, but for the answer; a number of its own, as the registry wants */
            kit_rename_request(&kit, 0, 1);
            memset(&record->asylum, 0, sizeof record->asylum);
        }
        kit_blank(&card[at], (unsigned)(1 + at));
        kit_link(&kit, &card[at], -1, KIT_BEFORE, true);
        ck_assert_msg(kit_issue(&kit, 0, &issued[at]) == SDC_OK, "%s", kit_error.text);
        kit_transport(&issued[at], transport);
        ck_assert_int_eq(sdc_handover(kit.station, kit.link, transport, 8, pin, 6, &error), SDC_OK);
    }
    ck_assert_int_eq(sdc_trust_load(temp_path(kit.home, "trust"), &trust, &error), SDC_OK);
}

static void teardown(void)
{
    for (size_t c = 0; c < CARDS; c++) {
        sdc_buf_free(&taken[c].all);
        for (size_t i = 0; i < SDC_LDS_FILES; i++)
            sdc_buf_free(&taken[c].file[i]);
        for (size_t g = 0; g < SDC_DOCKET_GROUPS; g++)
            sdc_buf_free(&taken[c].fields[g]);
    }
    sdc_trust_free(trust);
    kit_close(&kit);
}

START_TEST(nobody_learns_what_is_not_due)
{
    setup();
    at = APPLIED;
    unsigned seen = 0;
    for (size_t i = 0; i < READERS; i++) {
        take(&readers[i]);
        for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
            const bool found = memmem(taken[at].all.data, taken[at].all.len, words[w].word, strlen(words[w].word));
            ck_assert_msg(!found || (words[w].know & readers[i].knows), "%s sees %s", readers[i].name, words[w].word);
            seen |= found ? 1U << w : 0;
        }
        for (size_t g = 0; g < SDC_DOCKET_GROUPS; g++) {
            static const unsigned due[SDC_DOCKET_GROUPS] = { ADDRESS, ASYLUM, DOCKET, BENEFITS };
            ck_assert_msg(taken[at].read[sdc_docket_groups[g].file] == ((readers[i].knows & due[g]) != 0), "%s, DG%u",
                          readers[i].name, sdc_docket_groups[g].dg);
        }
        ck_assert_int_eq(taken[at].read[SDC_DG1], (readers[i].knows & TRAVEL) != 0);
    }
    for (size_t w = 0; w < sizeof words / sizeof *words; w++) /* what is somebody's was there to be found */
        ck_assert_msg(words[w].know == 0 || (seen & 1U << w), "%s is nowhere", words[w].word);
    teardown();
}
END_TEST

/* What each docket group holds of this record, all of it: a field that moved into another group, or a new one, is seen
 * here even where its text is too short to be searched for. */
static const char *const holds[SDC_DOCKET_GROUPS] = {
    "line1=1487 CALLE OCHO;city=BUFFALO;state=NY;zip=14202;",
    "asylum application=yes;asylum kind=affirmative;asylum filed=2026-05-02;case type=RMV;calendar=V;"
    "employment category=C08;employment until=2027-04-03;",
    "A-number=A990070000;court=BUF;charging document=2026-07-25;hearing=other;hearing date=2027-04-03;"
    "hearing time=08:30;hearing medium=telephone;reporting office=Houston Field Office;reporting schedule=monthly;"
    "reporting next=2027-02-03;",
    "program=housing;state=NY;from=2026-12-01;until=2028-03-26;",
};

START_TEST(groups_hold_their_own)
{
    static const struct reader officer = { "officer", SDC_PASSWORD_CAN, "officer", OWN, 0 };
    setup();
    at = APPLIED;
    take(&officer);
    for (size_t g = 0; g < SDC_DOCKET_GROUPS; g++) {
        const struct sdc_statement statement = { .dg = sdc_docket_groups[g].dg, .fields = taken[at].fields[g] };
        struct sdc_field_walk walk = sdc_statement_walk(&statement);
        const struct sdc_docket_field *field;
        char text[SDC_FIELD_MAX + 1], all[1024] = "";
        size_t len = 0;
        while (sdc_statement_next(&statement, &walk, &field, text)) {
            snprintf(all + strlen(all), sizeof all - strlen(all), "%s=%s;", field->name, text);
            len += 2 + strlen(text);
        }
        ck_assert_str_eq(all, holds[g]);
        ck_assert_uint_eq(statement.fields.len, len + 2 * walk.entry); /* and nothing that has no name */
    }
    teardown();
}
END_TEST

/* ---- indistinguishable ---- */

static void same_steps(const struct reader *r)
{
    ck_assert_msg(taken[0].steps == taken[1].steps, "%s: %zu and %zu APDUs", r->name, taken[0].steps, taken[1].steps);
    for (size_t i = 0; i < taken[0].steps; i++) {
        const size_t a = taken[0].step[i].answer, b = taken[1].step[i].answer;
        ck_assert_msg(taken[0].step[i].sw == taken[1].step[i].sw, "%s, APDU %zu: %04X and %04X", r->name, i,
                      taken[0].step[i].sw, taken[1].step[i].sw);
        ck_assert_msg(taken[0].step[i].command == taken[1].step[i].command, "%s, APDU %zu", r->name, i);
        /* signed and certified files end a little earlier or later; in a channel that shows in blocks */
        const size_t vary = a > 256 ? SIGNED_VARY + 16 : a > 128 ? SIGNED_VARY : 0;
        ck_assert_msg((a > b ? a - b : b - a) <= vary, "%s, APDU %zu: %zu and %zu bytes", r->name, i, a, b);
    }
}

/* Files without a signature or number of their own are equal to the byte, docket groups in length and fields. */
static void same_files(const struct reader *r)
{
    static const enum sdc_lds_id equal[] = { SDC_EF_CARD_ACCESS, SDC_EF_DIR, SDC_EF_ATR, SDC_EF_COM, SDC_DG2,
                                             SDC_DG11,           SDC_DG12 };
    for (size_t i = 0; i < sizeof equal / sizeof *equal; i++) {
        const struct sdc_buf *a = &taken[0].file[equal[i]], *b = &taken[1].file[equal[i]];
        ck_assert_msg(a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0), "%s: %s differs",
                      r->name, sdc_lds_files[equal[i]].name);
    }
    for (enum sdc_lds_id id = 0; id < SDC_LDS_FILES; id++)
        ck_assert_int_eq(taken[0].read[id], taken[1].read[id]);
    for (size_t g = 0; g < SDC_DOCKET_GROUPS; g++) {
        const struct sdc_buf *a = &taken[0].fields[g], *b = &taken[1].fields[g];
        ck_assert_uint_eq(taken[0].file[sdc_docket_groups[g].file].len, taken[1].file[sdc_docket_groups[g].file].len);
        ck_assert_msg(a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0), "%s: DG%u differs",
                      r->name, sdc_docket_groups[g].dg);
    }
}

START_TEST(the_answer_does_not_show)
{
    setup();
    for (size_t i = 0; i < READERS; i++) {
        if (readers[i].knows & ASYLUM)
            continue;
        for (at = 0; at < CARDS; at++)
            take(&readers[i]);
        same_steps(&readers[i]);
        same_files(&readers[i]);
    }
    teardown();
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = { { nobody_learns_what_is_not_due, 0 },
                                        { groups_hold_their_own, 0 },
                                        { the_answer_does_not_show, 0 } };
    return suite_run("privacy of issued cards", tests, sizeof tests / sizeof *tests);
}
