/* SPDX-License-Identifier: BSD-2-Clause */
/* How verification behaves: what is shown, when a PIN is shown to a card, what a card that leaves or cheats comes to,
 * and in which order verdicts apply. */
#include "suite.h"
#include "verify_kit.h"

#include "card_edge.h"

#include <openssl/cms.h>
#include <string.h>

#define COUNT(a) (int)(sizeof(a) / sizeof(a)[0])

static void issue(struct fake_piv *card, enum test_part part, enum test_fault fault)
{
    struct test_recipe recipe = { .fault = { FAULT_NONE } };
    recipe.fault[part] = fault;
    test_issue(&recipe, card);
}

static void finish(struct fake_piv *card, struct sdc_report *report)
{
    sdc_report_free(report);
    fake_piv_free(card);
}

/* ---- what is shown ---- */

START_TEST(without_pin_free_data_are_shown)
{
    struct fake_piv card;
    struct sdc_report report;
    issue(&card, PART_CHUID, FAULT_NONE);
    kit_verify(&card, NULL, &report);
    kit_assert(&report, "genuine", NULL, SDC_VERDICT_ACCEPT);
    ck_assert(report.has_guid && memcmp(report.guid, test_issuer.guid, SDC_GUID_LEN) == 0);
    ck_assert_int_eq(sdc_date_compare(&report.expiry, &test_issuer.expiry), 0);
    ck_assert_str_eq(report.issuer, "Test Issuer");
    ck_assert(report.name[0] == '\0' && report.card_serial[0] == '\0' && report.portrait.len == 0);
    static const char *const behind_pin[] = { "pin",         "hash-face",      "hash-printed",
                                              "face-format", "face-signature", "printed-format",
                                              "key-9a" };
    for (int i = 0; i < COUNT(behind_pin); i++) {
        ck_assert_int_eq(kit_check(&report, behind_pin[i])->state, SDC_CHECK_NOT_MADE);
        ck_assert_str_eq(kit_check(&report, behind_pin[i])->why, "no PIN given");
    }
    ck_assert_int_eq(kit_check(&report, "status")->state, SDC_CHECK_NOT_MADE);
    ck_assert_int_eq(card.verifies, 0);
    finish(&card, &report);
}
END_TEST

START_TEST(with_pin_the_holder_is_shown)
{
    struct fake_piv card;
    struct sdc_report report;
    issue(&card, PART_CHUID, FAULT_NONE);
    kit_verify(&card, TEST_PIN, &report);
    kit_assert(&report, "genuine", NULL, SDC_VERDICT_ACCEPT);
    ck_assert_str_eq(report.name, TEST_NAME);
    ck_assert_str_eq(report.card_serial, "ABCDEFGHIJKLMNOP2345");
    ck_assert_uint_eq(report.portrait.len, TEST_IMAGE_LEN);
    ck_assert(memcmp(report.portrait.data, test_image, TEST_IMAGE_LEN) == 0);
    for (size_t i = 0; i < report.checks_len; i++)
        if (strcmp(report.checks[i].id, "status") != 0)
            ck_assert_msg(report.checks[i].state == SDC_CHECK_PASSED, "%s", report.checks[i].id);
    ck_assert_int_eq(card.verifies, 1);
    sdc_report_free(&report);
    ck_assert(report.portrait.data == NULL && report.name[0] == '\0');
    fake_piv_free(&card);
}
END_TEST

/* An expired card is genuine all the same: its data are shown. */
static const struct {
    struct sdc_date today;
    enum sdc_verdict verdict;
} days[] = {
    { { 2026, 11, 22 }, SDC_VERDICT_REJECT_EXPIRED }, { { 2026, 11, 23 }, SDC_VERDICT_ACCEPT },
    { { 2031, 11, 20 }, SDC_VERDICT_ACCEPT },         { { 2031, 11, 21 }, SDC_VERDICT_REJECT_EXPIRED },
    { { 2025, 11, 19 }, SDC_VERDICT_REJECT_EXPIRED }, { { 2037, 1, 1 }, SDC_VERDICT_REJECT_EXPIRED },
};
START_TEST(dates_count_as_whole_days)
{
    struct fake_piv card;
    struct sdc_report report;
    issue(&card, PART_CHUID, FAULT_NONE);
    kit_verify_on(&card, NULL, days[_i].today, &report);
    kit_assert(&report, "date", NULL, days[_i].verdict);
    ck_assert(report.has_guid);
    finish(&card, &report);
}
END_TEST

START_TEST(no_card_lives_seven_years)
{
    struct fake_piv card;
    struct sdc_report report;
    issue(&card, PART_CHUID, SEVEN_YEARS);
    kit_verify(&card, NULL, &report);
    kit_assert(&report, "seven years", "card-date", SDC_VERDICT_REJECT_EXPIRED);
    finish(&card, &report);
}
END_TEST

/* ---- PIN ---- */

static const struct {
    const char *what, *pin;
    int tries;
    bool transport;
    const char *id;
    enum sdc_verdict verdict;
    int left, shown; /* tries reported, PINs that the card saw */
} pins[] = {
    { "right", TEST_PIN, 3, false, NULL, SDC_VERDICT_ACCEPT, -1, 1 },
    { "right at the last try", TEST_PIN, 1, false, NULL, SDC_VERDICT_ACCEPT, -1, 1 },
    { "wrong", "246811", 3, false, "pin", SDC_VERDICT_PIN_WRONG, 2, 1 },
    { "longer", TEST_PIN "1", 2, false, "pin", SDC_VERDICT_PIN_WRONG, 1, 1 },
    { "wrong at the last try", "246811", 1, false, "pin-tries", SDC_VERDICT_PIN_BLOCKED, -1, 1 },
    { "blocked", TEST_PIN, 0, false, "pin-tries", SDC_VERDICT_PIN_BLOCKED, -1, 0 },
    { "too short", "24681", 3, false, "pin", SDC_VERDICT_PIN_WRONG, 3, 0 },
    { "no digits", "abcdef", 2, false, "pin", SDC_VERDICT_PIN_WRONG, 2, 0 },
    { "empty", "", 3, false, "pin", SDC_VERDICT_PIN_WRONG, 3, 0 },
    { "not handed over", TEST_PIN, 3, true, "handed-over", SDC_VERDICT_REFER, -1, 0 },
    { "not handed over, no PIN", NULL, 3, true, NULL, SDC_VERDICT_ACCEPT, -1, 0 },
    { "blocked, no PIN", NULL, 0, false, NULL, SDC_VERDICT_ACCEPT, -1, 0 },
};
START_TEST(pin)
{
    struct fake_piv card;
    struct sdc_report report;
    issue(&card, PART_CHUID, FAULT_NONE);
    card.tries = pins[_i].tries;
    card.transport = pins[_i].transport;
    kit_verify(&card, pins[_i].pin, &report);
    kit_assert(&report, pins[_i].what, pins[_i].id, pins[_i].verdict);
    ck_assert_int_eq(report.tries, pins[_i].left);
    ck_assert_int_eq(card.verifies, pins[_i].shown);
    bool opened = pins[_i].pin && pins[_i].verdict == SDC_VERDICT_ACCEPT;
    ck_assert(opened == (report.name[0] != '\0') && opened == (report.portrait.len > 0));
    ck_assert(report.has_guid);
    if (pins[_i].transport)
        ck_assert_str_eq(kit_check(&report, "pin")->why, "transport PIN stands, hand the card over");
    finish(&card, &report);
}
END_TEST

/* A card that isn't genuine gets no PIN to see. */
static const struct {
    enum test_part part;
    enum test_fault fault;
} forged[] = {
    { PART_CHUID, FASCN_FEDERAL },    { PART_CHUID_CMS, CMS_OTHER_KEY }, { PART_SIGNER, CERT_OTHER_CA },
    { PART_SECURITY, LIST_HASH },     { PART_9A, CERT_SIGNATURE },       { PART_9E, CERT_SAN_GUID },
    { PART_HISTORY, LAST_NOT_EMPTY },
};
START_TEST(forged_card_sees_no_pin)
{
    struct fake_piv card;
    struct sdc_report report;
    issue(&card, forged[_i].part, forged[_i].fault);
    kit_verify(&card, TEST_PIN, &report);
    ck_assert_int_ge(report.verdict, SDC_VERDICT_REJECT_NOT_A_DOCKET_CARD);
    ck_assert_int_le(report.verdict, SDC_VERDICT_REJECT_CLONE);
    ck_assert_int_eq(card.verifies, 0);
    finish(&card, &report);
}
END_TEST

/* ---- copies ---- */

enum { KEY_9A, KEY_9C, KEY_9D, KEY_9E };
static const struct {
    const char *what;
    int key;
    bool stranger; /* another key */
    uint16_t sw;   /* refused; 0 = not */
    const char *pin, *id;
    enum sdc_verdict verdict;
    int shown;
} copies[] = {
    { "9E is another key", KEY_9E, true, 0, NULL, "key-9e", SDC_VERDICT_REJECT_CLONE, 0 },
    { "9E is another key, PIN", KEY_9E, true, 0, TEST_PIN, "key-9e", SDC_VERDICT_REJECT_CLONE, 0 },
    { "no 9E", KEY_9E, false, SW_REFERENCE_NOT_FOUND, NULL, "key-9e", SDC_VERDICT_REJECT_CLONE, 0 },
    { "9E refused", KEY_9E, false, SW_SECURITY_STATUS, NULL, "key-9e", SDC_VERDICT_REJECT_CLONE, 0 },
    { "9A is another key", KEY_9A, true, 0, TEST_PIN, "key-9a", SDC_VERDICT_REJECT_CLONE, 1 },
    { "9A refused", KEY_9A, false, SW_CONDITIONS, TEST_PIN, "key-9a", SDC_VERDICT_REJECT_CLONE, 1 },
    { "9A is another key, not asked", KEY_9A, true, 0, NULL, NULL, SDC_VERDICT_ACCEPT, 0 },
};
START_TEST(copy)
{
    struct fake_piv card;
    struct sdc_report report;
    issue(&card, PART_CHUID, FAULT_NONE);
    if (copies[_i].stranger)
        card.keys[copies[_i].key] = test_issuer.stranger_key;
    card.sign_sw[copies[_i].key] = copies[_i].sw;
    kit_verify(&card, copies[_i].pin, &report);
    kit_assert(&report, copies[_i].what, copies[_i].id, copies[_i].verdict);
    ck_assert_int_eq(card.verifies, copies[_i].shown);
    finish(&card, &report);
}
END_TEST

/* A signature recorded from the genuine chip doesn't answer another challenge. */
struct replay {
    struct sdc_buf recorded;
};
static void replay(void *ctx, const uint8_t *cmd, size_t cmd_len, uint8_t *resp, size_t cap, size_t *len)
{
    struct replay *r = ctx;
    if (cmd_len < 4 || cmd[1] != INS_GENERAL_AUTHENTICATE)
        return;
    if (r->recorded.len == 0) {
        sdc_buf_put(&r->recorded, resp, *len);
        return;
    }
    ck_assert_uint_le(r->recorded.len, cap);
    memcpy(resp, r->recorded.data, r->recorded.len);
    *len = r->recorded.len;
}
START_TEST(recorded_signature_is_refused)
{
    struct fake_piv card;
    struct sdc_report report;
    struct replay ctx = { SDC_BUF_INIT };
    issue(&card, PART_CHUID, FAULT_NONE);
    card.tamper = replay;
    card.tamper_ctx = &ctx;
    kit_verify(&card, NULL, &report);
    kit_assert(&report, "first", NULL, SDC_VERDICT_ACCEPT);
    sdc_report_free(&report);
    kit_verify(&card, NULL, &report);
    kit_assert(&report, "replayed", "key-9e", SDC_VERDICT_REJECT_CLONE);
    finish(&card, &report);
    sdc_buf_free(&ctx.recorded);
}
END_TEST

/* ---- other cards, and cards that leave ---- */

static const struct {
    uint16_t sw;
    const char *id;
    enum sdc_verdict verdict;
} selects[] = {
    { SW_NOT_FOUND, "docket-card", SDC_VERDICT_REJECT_NOT_A_DOCKET_CARD },
    { SW_INS_UNSUPPORTED, "docket-card", SDC_VERDICT_REJECT_NOT_A_DOCKET_CARD },
    { SW_CONDITIONS, "docket-card", SDC_VERDICT_REJECT_NOT_A_DOCKET_CARD },
    { SW_SELF_TEST_FAILED, "card", SDC_VERDICT_RETRY },
};
START_TEST(not_a_piv_card)
{
    struct fake_piv card;
    struct sdc_report report;
    issue(&card, PART_CHUID, FAULT_NONE);
    card.select_sw = selects[_i].sw;
    kit_verify(&card, TEST_PIN, &report);
    kit_assert(&report, "select", selects[_i].id, selects[_i].verdict);
    finish(&card, &report);
}
END_TEST

enum { APDUS_FREE = 12, APDUS_PIN = 17 };

START_TEST(card_leaves_after_each_apdu)
{
    struct fake_piv card;
    struct sdc_report report;
    issue(&card, PART_CHUID, FAULT_NONE);
    card.leaves_after = _i + 1;
    struct sdc_link *link = fake_piv_link(&card, true);
    const struct sdc_verify_options options = { "chip", TEST_PIN, 6, test_issuer.today };
    ck_assert_int_eq(sdc_verify(link, kit_trust, &options, &report, NULL), SDC_OK);
    /* the last APDU logs out: the report stands by then */
    kit_assert(&report, "leaves", _i + 1 < APDUS_PIN - 1 ? "card" : NULL,
               _i + 1 < APDUS_PIN - 1 ? SDC_VERDICT_RETRY : SDC_VERDICT_ACCEPT);
    ck_assert(report.has_guid == (report.verdict == SDC_VERDICT_ACCEPT));
    ck_assert((report.name[0] != '\0') == (report.verdict == SDC_VERDICT_ACCEPT));
    sdc_link_close(link);
    finish(&card, &report);
}
END_TEST

START_TEST(somebody_reset_the_card_before)
{
    struct fake_piv card;
    struct sdc_report report;
    issue(&card, PART_CHUID, FAULT_NONE);
    card.was_reset = true;
    kit_verify(&card, NULL, &report);
    kit_assert(&report, "reset", NULL, SDC_VERDICT_ACCEPT);
    finish(&card, &report);
}
END_TEST

/* Budget: with extended length one APDU each for SELECT, nine objects, key 9E, PIN state; with PIN five more. */
START_TEST(apdu_budget)
{
    struct fake_piv card;
    struct sdc_report report;
    issue(&card, PART_CHUID, FAULT_NONE);
    kit_verify(&card, NULL, &report);
    ck_assert_int_eq(card.apdus, APDUS_FREE);
    sdc_report_free(&report);
    card.apdus = 0;
    kit_verify(&card, TEST_PIN, &report);
    ck_assert_int_eq(card.apdus, APDUS_PIN);
    finish(&card, &report);
}
END_TEST

START_TEST(short_length_does_too)
{
    struct fake_piv card;
    struct sdc_report report;
    issue(&card, PART_CHUID, FAULT_NONE);
    struct sdc_link *link = fake_piv_link(&card, false);
    const struct sdc_verify_options options = { "chip", TEST_PIN, 6, test_issuer.today };
    ck_assert_int_eq(sdc_verify(link, kit_trust, &options, &report, NULL), SDC_OK);
    kit_assert(&report, "short", NULL, SDC_VERDICT_ACCEPT);
    size_t bytes = 0;
    for (size_t i = 0; i < FAKE_OBJECTS; i++)
        bytes += card.objects[i].content.len + 4;
    ck_assert_uint_le((size_t)card.apdus, APDUS_PIN + bytes / 256 + FAKE_OBJECTS);
    sdc_link_close(link);
    finish(&card, &report);
}
END_TEST

/* ---- several faults ---- */

enum more { PLAIN, WRONG_PIN, BLOCKED, TRANSPORT, CLONE, OTHER_APPLICATION };
static const struct {
    const char *what;
    enum test_part part1, part2;
    enum test_fault fault1, fault2;
    enum more more;
    bool expired;
    enum sdc_verdict verdict;
} several[] = {
    /* clang-format off */
    { "wrong PIN, expired", PART_CHUID, PART_CHUID, FAULT_NONE, FAULT_NONE, WRONG_PIN, true, SDC_VERDICT_PIN_WRONG },
    { "wrong PIN, face forged", PART_FACE_CMS, PART_FACE_CMS, CMS_SIGNATURE, CMS_SIGNATURE, WRONG_PIN, false, SDC_VERDICT_PIN_WRONG },
    { "blocked, expired", PART_CHUID, PART_CHUID, FAULT_NONE, FAULT_NONE, BLOCKED, true, SDC_VERDICT_PIN_BLOCKED },
    { "transport PIN, expired", PART_CHUID, PART_CHUID, FAULT_NONE, FAULT_NONE, TRANSPORT, true, SDC_VERDICT_REJECT_EXPIRED },
    { "no PIV, all else", PART_CHUID, PART_9A, CMS_SIGNATURE, CERT_OTHER_CA, OTHER_APPLICATION, true, SDC_VERDICT_REJECT_NOT_A_DOCKET_CARD },
    { "another's FASC-N, signature", PART_CHUID, PART_CHUID_CMS, FASCN_FEDERAL, CMS_SIGNATURE, PLAIN, true, SDC_VERDICT_REJECT_NOT_A_DOCKET_CARD },
    { "signature, unknown issuer", PART_SIGNER, PART_CHUID_CMS, CERT_OTHER_CA, CMS_SIGNATURE, CLONE, true, SDC_VERDICT_REJECT_SIGNATURE },
    { "signature, clone, expired", PART_SECURITY_CMS, PART_SECURITY_CMS, CMS_SIGNATURE, CMS_SIGNATURE, CLONE, true, SDC_VERDICT_REJECT_SIGNATURE },
    { "certificate of an unknown issuer, hash", PART_9A, PART_SECURITY, CERT_OTHER_CA, LIST_HASH, PLAIN, false, SDC_VERDICT_REJECT_SIGNATURE },
    { "unknown issuer, clone, expired", PART_SIGNER, PART_SIGNER, CERT_OTHER_CA, CERT_OTHER_CA, CLONE, true, SDC_VERDICT_REJECT_UNKNOWN_ISSUER },
    { "clone, expired", PART_CHUID, PART_CHUID, FAULT_NONE, FAULT_NONE, CLONE, true, SDC_VERDICT_REJECT_CLONE },
    { "face forged and out of date", PART_FACE, PART_FACE_CMS, FACE_FROM_TOMORROW, CMS_SIGNATURE, PLAIN, false, SDC_VERDICT_REJECT_SIGNATURE },
    { "SHA-1 under RSA", PART_SIGNER, PART_CHUID_CMS, CERT_RSA, CMS_SHA1, PLAIN, false, SDC_VERDICT_REJECT_SIGNATURE },
    { "certificate expired, P-384", PART_9A, PART_9C, CERT_P384, CERT_EXPIRED, PLAIN, false, SDC_VERDICT_REJECT_EXPIRED },
    /* clang-format on */
};
START_TEST(several_faults)
{
    struct test_recipe recipe = { .fault = { FAULT_NONE } };
    struct fake_piv card;
    struct sdc_report report;
    enum more more = several[_i].more;
    recipe.fault[several[_i].part1] = several[_i].fault1;
    recipe.fault[several[_i].part2] = several[_i].fault2;
    test_issue(&recipe, &card);
    card.tries = more == BLOCKED ? 0 : 3;
    card.transport = more == TRANSPORT;
    card.select_sw = more == OTHER_APPLICATION ? SW_NOT_FOUND : 0;
    if (more == CLONE)
        card.keys[KEY_9E] = test_issuer.stranger_key;
    const struct sdc_date late = { 2031, 11, 21 };
    kit_verify_on(&card, more == WRONG_PIN ? "111111" : TEST_PIN, several[_i].expired ? late : test_issuer.today,
                  &report);
    kit_assert(&report, several[_i].what, NULL, several[_i].verdict);
    finish(&card, &report);
}
END_TEST

/* ---- the host's side ---- */

START_TEST(unknown_profile_is_the_callers_mistake)
{
    static const char *const names[] = { "chips", "", NULL };
    struct fake_piv card;
    struct sdc_report report;
    issue(&card, PART_CHUID, FAULT_NONE);
    struct sdc_link *link = fake_piv_link(&card, true);
    for (int i = 0; i < COUNT(names); i++) {
        const struct sdc_verify_options options = { .profile = names[i], .today = test_issuer.today };
        ck_assert_int_eq(sdc_verify(link, kit_trust, &options, &report, NULL), SDC_E_USAGE);
        ck_assert_int_eq(card.apdus, 0);
        sdc_report_free(&report);
    }
    sdc_link_close(link);
    fake_piv_free(&card);
}
END_TEST

START_TEST(stopped_by_the_user)
{
    const volatile sig_atomic_t stop = 1;
    struct fake_piv card;
    struct sdc_report report;
    struct sdc_error e = { .text = "" };
    issue(&card, PART_CHUID, FAULT_NONE);
    struct sdc_link *link = fake_piv_link(&card, true);
    const struct sdc_verify_options options = { .profile = "chip", .today = test_issuer.today };
    link->cancel = &stop;
    ck_assert_int_eq(sdc_verify(link, kit_trust, &options, &report, &e), SDC_E_CANCELLED);
    ck_assert_int_eq(e.status, SDC_E_CANCELLED);
    ck_assert_int_eq(card.held, 0);
    kit_assert_nothing(&report);
    sdc_link_close(link);
    finish(&card, &report);
}
END_TEST

/* The issuer of these tests is no judge of itself: OpenSSL takes its SignedData too. */
START_TEST(openssl_agrees_with_the_test_issuer)
{
    struct test_recipe recipe = { .fault = { FAULT_NONE } };
    struct sdc_buf content = SDC_BUF_INIT, cms = SDC_BUF_INIT;
    X509 *signer = test_cert(&recipe, PART_SIGNER, test_issuer.signer_key);
    STACK_OF(X509) *certs = sk_X509_new_null();
    sk_X509_push(certs, signer);
    sdc_buf_string(&content, "what is signed");
    for (enum test_cms_kind kind = CMS_OF_CHUID; kind <= CMS_OF_SECURITY; kind++) {
        sdc_buf_clear(&cms);
        test_cms(FAULT_NONE, kind, signer, &content, &cms);
        const unsigned char *at = cms.data;
        CMS_ContentInfo *info = d2i_CMS_ContentInfo(NULL, &at, (long)cms.len);
        ck_assert_ptr_nonnull(info);
        BIO *bio = kind == CMS_OF_SECURITY ? NULL : BIO_new_mem_buf(content.data, (int)content.len);
        ck_assert_int_eq(CMS_verify(info, certs, NULL, bio, NULL, CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY), 1);
        BIO_free(bio);
        CMS_ContentInfo_free(info);
    }
    sk_X509_pop_free(certs, X509_free);
    sdc_buf_free(&content);
    sdc_buf_free(&cms);
}
END_TEST

int main(void)
{
    kit_init();
    const struct suite_test tests[] = {
        { without_pin_free_data_are_shown, 0 },
        { with_pin_the_holder_is_shown, 0 },
        { dates_count_as_whole_days, COUNT(days) },
        { no_card_lives_seven_years, 0 },
        { pin, COUNT(pins) },
        { forged_card_sees_no_pin, COUNT(forged) },
        { copy, COUNT(copies) },
        { recorded_signature_is_refused, 0 },
        { not_a_piv_card, COUNT(selects) },
        { card_leaves_after_each_apdu, APDUS_PIN },
        { somebody_reset_the_card_before, 0 },
        { apdu_budget, 0 },
        { short_length_does_too, 0 },
        { several_faults, COUNT(several) },
        { unknown_profile_is_the_callers_mistake, 0 },
        { stopped_by_the_user, 0 },
        { openssl_agrees_with_the_test_issuer, 0 },
    };
    return suite_run("verify", tests, COUNT(tests));
}
