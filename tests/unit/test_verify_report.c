/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables of checks, verdicts and profiles, the order of verdicts, and the folder of trust anchors. */
#include "suite.h"
#include "verify_kit.h"

#include "profile.h"
#include "report.h"
#include "run.h"

#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COUNT(a) (int)(sizeof(a) / sizeof(a)[0])

/* ---- tables ---- */

START_TEST(table_of_checks)
{
    for (int i = 0; i < VF_CHECK_COUNT; i++) {
        ck_assert_msg(vf_checks[i].id && vf_checks[i].name && vf_checks[i].name[0], "row %d", i);
        ck_assert_uint_eq(strspn(vf_checks[i].id, "abcdefghijklmnopqrstuvwxyz0123456789-"), strlen(vf_checks[i].id));
        ck_assert_int_lt(vf_checks[i].verdict, SDC_VERDICT_ACCEPT_STALE);
        for (int k = 0; k < i; k++)
            ck_assert_str_ne(vf_checks[i].id, vf_checks[k].id);
    }
}
END_TEST

/* As the specification of verification lists them. */
static const struct {
    enum sdc_verdict verdict;
    const char *name;
    int exit;
} verdicts[] = {
    { SDC_VERDICT_RETRY, "RETRY", 30 },
    { SDC_VERDICT_PIN_WRONG, "PIN_WRONG", 30 },
    { SDC_VERDICT_PIN_BLOCKED, "PIN_BLOCKED", 30 },
    { SDC_VERDICT_REJECT_NOT_A_DOCKET_CARD, "REJECT_NOT_A_DOCKET_CARD", 20 },
    { SDC_VERDICT_REJECT_SIGNATURE, "REJECT_SIGNATURE", 20 },
    { SDC_VERDICT_REJECT_UNKNOWN_ISSUER, "REJECT_UNKNOWN_ISSUER", 20 },
    { SDC_VERDICT_REJECT_CLONE, "REJECT_CLONE", 20 },
    { SDC_VERDICT_REJECT_CANCELLED, "REJECT_CANCELLED", 20 },
    { SDC_VERDICT_REJECT_SUSPENDED, "REJECT_SUSPENDED", 20 },
    { SDC_VERDICT_REJECT_EXPIRED, "REJECT_EXPIRED", 20 },
    { SDC_VERDICT_REFER, "REFER", 10 },
    { SDC_VERDICT_ACCEPT_STALE, "ACCEPT_STALE", 10 },
    { SDC_VERDICT_ACCEPT, "ACCEPT", 0 },
};
START_TEST(table_of_verdicts)
{
    for (int i = 0; i < COUNT(verdicts); i++) {
        ck_assert_int_eq((int)verdicts[i].verdict, i);
        ck_assert_str_eq(sdc_verdict_name(verdicts[i].verdict), verdicts[i].name);
        ck_assert_int_eq(sdc_verdict_exit(verdicts[i].verdict), verdicts[i].exit);
    }
    ck_assert_int_eq(sdc_verdict_exit((enum sdc_verdict)COUNT(verdicts)), 70);
}
END_TEST

START_TEST(table_of_objects)
{
    for (int i = 0; i < VF_OBJECT_COUNT; i++) {
        ck_assert_int_lt(vf_objects[i].format, VF_CHECK_COUNT);
        ck_assert((vf_objects[i].container != 0) == (vf_objects[i].hash != VF_CHECK_COUNT));
        for (int k = 0; k < i; k++) {
            ck_assert_uint_ne(vf_objects[i].tag, vf_objects[k].tag);
            ck_assert(vf_objects[i].container == 0 || vf_objects[i].container != vf_objects[k].container);
        }
    }
}
END_TEST

/* Whatever a profile leaves out is left out on purpose: chip asks for everything but the status, once there is a PIN.
 */
START_TEST(table_of_profiles)
{
    const uint64_t all = (VF_BIT(VF_CHECK_COUNT - 1) << 1) - 1;
    for (size_t i = 0; i < vf_profiles_len; i++) {
        ck_assert_ptr_eq(vf_profile_find(vf_profiles[i].name), &vf_profiles[i]);
        ck_assert((vf_profiles[i].required & ~all) == 0 && (vf_profiles[i].with_pin & ~all) == 0);
        ck_assert((vf_profiles[i].required & vf_profiles[i].with_pin) == 0);
    }
    const struct vf_profile *chip = vf_profile_find("chip");
    ck_assert((chip->required | chip->with_pin) == (all & ~VF_BIT(VF_STATUS)));
}
END_TEST

/* ---- verdicts ---- */

static void all_passed(struct sdc_report *report)
{
    vf_report_init(report);
    for (enum vf_check i = 0; i < VF_CHECK_COUNT; i++)
        vf_pass(report, i);
    report->has_guid = true;
    memcpy(report->name, "NAME", 5);
    sdc_buf_string(&report->portrait, "portrait");
}

/* One check failed, every other check failed too or not: the earlier class wins. */
START_TEST(the_first_verdict_that_applies)
{
    struct sdc_report report;
    for (enum vf_check other = 0; other < VF_CHECK_COUNT; other++) {
        enum sdc_verdict a = vf_checks[_i].verdict, b = vf_checks[other].verdict, first = a < b ? a : b;
        all_passed(&report);
        vf_fail(&report, (enum vf_check)_i, "one");
        vf_fail(&report, other, "other");
        vf_report_close(&report, 0);
        ck_assert_int_eq(report.verdict, first);
        bool disbelieved = (a >= SDC_VERDICT_REJECT_NOT_A_DOCKET_CARD && a <= SDC_VERDICT_REJECT_CLONE) ||
                           (b >= SDC_VERDICT_REJECT_NOT_A_DOCKET_CARD && b <= SDC_VERDICT_REJECT_CLONE);
        ck_assert(vf_disbelieved(&report) == disbelieved);
        if (disbelieved)
            kit_assert_nothing(&report);
        ck_assert(report.has_guid == (!disbelieved && first != SDC_VERDICT_RETRY));
        sdc_report_free(&report);
    }
}
END_TEST

START_TEST(required_but_not_made_is_refer)
{
    struct sdc_report report;
    all_passed(&report);
    vf_skip(&report, (enum vf_check)_i, "not made");
    vf_report_close(&report, ~VF_BIT(_i));
    ck_assert_int_eq(report.verdict, SDC_VERDICT_ACCEPT);
    vf_report_close(&report, VF_BIT(_i));
    ck_assert_int_eq(report.verdict, SDC_VERDICT_REFER);
    ck_assert(report.has_guid);
    sdc_report_free(&report);
}
END_TEST

START_TEST(a_failed_check_stays_failed)
{
    struct sdc_report report;
    vf_report_init(&report);
    vf_fail(&report, VF_GUID, "first %s", "reason");
    vf_pass(&report, VF_GUID);
    vf_skip(&report, VF_GUID, "skipped");
    vf_fail(&report, VF_GUID, "second reason");
    ck_assert_int_eq(report.checks[VF_GUID].state, SDC_CHECK_FAILED);
    ck_assert_str_eq(report.checks[VF_GUID].why, "first reason");
    sdc_report_free(&report);
}
END_TEST

/* ---- trust ---- */

static char folder[64];

static void folder_open(void)
{
    snprintf(folder, sizeof folder, "/tmp/sdc-trust-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void put(const char *name, X509 *cert, const char *text, bool append)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, append ? "a" : "w");
    ck_assert_ptr_nonnull(file);
    if (cert)
        ck_assert_int_eq(PEM_write_X509(file, cert), 1);
    if (text)
        fputs(text, file);
    fclose(file);
}

static enum sdc_status load(struct sdc_trust **trust)
{
    struct sdc_error e = { .text = "" };
    enum sdc_status status = sdc_trust_load(folder, trust, &e);
    ck_assert((status == SDC_OK) == (*trust != NULL));
    ck_assert(status == SDC_OK || e.text[0]);
    return status;
}

static void folder_close(void)
{
    static const char *const names[] = { "card-ca.pem", "card-ca-2.pem", "csca.pem", "notes.txt" };
    char path[128];
    for (int i = 0; i < COUNT(names); i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        (void)unlink(path);
    }
    ck_assert_int_eq(rmdir(folder), 0);
}

static enum sdc_verdict verdict_under(struct sdc_trust *trust)
{
    const struct test_recipe recipe = { .fault = { FAULT_NONE } };
    struct fake_piv card;
    struct sdc_report report;
    test_issue(&recipe, &card);
    struct sdc_trust *own = kit_trust;
    kit_trust = trust;
    kit_verify(&card, NULL, &report);
    kit_trust = own;
    enum sdc_verdict verdict = report.verdict;
    sdc_report_free(&report);
    fake_piv_free(&card);
    return verdict;
}

START_TEST(trust_is_the_folder)
{
    struct sdc_trust *trust;
    folder_open();
    put("card-ca.pem", test_issuer.other_ca, NULL, false);
    put("notes.txt", test_issuer.ca, NULL, false);
    put("csca.pem", test_issuer.ca, NULL, false);
    ck_assert_int_eq(load(&trust), SDC_OK);
    ck_assert_int_eq(verdict_under(trust), SDC_VERDICT_REJECT_UNKNOWN_ISSUER);
    sdc_trust_free(trust);
    /* two card CAs of one name, as after a roll: the key identifier tells which */
    put("card-ca.pem", test_issuer.namesake, NULL, false);
    put("card-ca-2.pem", test_issuer.ca, NULL, false);
    ck_assert_int_eq(load(&trust), SDC_OK);
    ck_assert_int_eq(verdict_under(trust), SDC_VERDICT_ACCEPT);
    sdc_trust_free(trust);
    put("card-ca.pem", test_issuer.other_ca, NULL, false);
    put("card-ca.pem", test_issuer.ca, NULL, true);
    put("card-ca-2.pem", test_issuer.other_ca, NULL, false);
    ck_assert_int_eq(load(&trust), SDC_OK);
    ck_assert_int_eq(verdict_under(trust), SDC_VERDICT_ACCEPT);
    sdc_trust_free(trust);
    folder_close();
}
END_TEST

/* For relying parties whose software can't follow an ECDSA CA: the same cards under RSA. And under P-384. */
START_TEST(card_ca_of_another_key_type)
{
    EVP_PKEY *const keys[] = { test_issuer.rsa, test_issuer.p384 };
    struct sdc_trust *trust;
    for (int i = 0; i < COUNT(keys); i++) {
        test_issuer_roll(keys[i]);
        ck_assert_int_eq(verdict_under(kit_trust), SDC_VERDICT_REJECT_UNKNOWN_ISSUER);
        folder_open();
        put("card-ca.pem", test_issuer.ca, NULL, false);
        ck_assert_int_eq(load(&trust), SDC_OK);
        ck_assert_int_eq(verdict_under(trust), SDC_VERDICT_ACCEPT);
        sdc_trust_free(trust);
        folder_close();
    }
}
END_TEST

START_TEST(trust_refuses_what_is_no_anchor)
{
    struct test_recipe recipe = { .fault = { FAULT_NONE } };
    struct sdc_trust *trust;
    X509 *leaf = test_cert(&recipe, PART_9A, test_issuer.keys[0]);
    recipe.fault[PART_9A] = CERT_SELF_SIGNED;
    X509 *self = test_cert(&recipe, PART_9A, test_issuer.keys[0]);
    folder_open();
    ck_assert_int_eq(load(&trust), SDC_E_INPUT); /* empty */
    put("card-ca.pem", leaf, NULL, false);
    ck_assert_int_eq(load(&trust), SDC_E_INPUT);
    put("card-ca.pem", self, NULL, false);
    ck_assert_int_eq(load(&trust), SDC_E_INPUT);
    put("card-ca.pem", NULL, "no certificate\n", false);
    ck_assert_int_eq(load(&trust), SDC_E_INPUT);
    put("card-ca.pem", NULL, "", false);
    ck_assert_int_eq(load(&trust), SDC_E_INPUT);
    put("card-ca.pem", test_issuer.ca, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", false);
    ck_assert_int_eq(load(&trust), SDC_E_INPUT);
    put("card-ca.pem", test_issuer.ca, NULL, false);
    put("csca.pem", leaf, NULL, false);
    ck_assert_int_eq(load(&trust), SDC_E_INPUT);
    put("csca.pem", test_issuer.other_ca, NULL, false);
    ck_assert_int_eq(load(&trust), SDC_OK);
    sdc_trust_free(trust);
    folder_close();
    ck_assert_int_eq(load(&trust), SDC_E_INPUT); /* no folder */
    X509_free(leaf);
    X509_free(self);
}
END_TEST

int main(void)
{
    kit_init();
    const struct suite_test tests[] = {
        { table_of_checks, 0 },
        { table_of_verdicts, 0 },
        { table_of_objects, 0 },
        { table_of_profiles, 0 },
        { the_first_verdict_that_applies, VF_CHECK_COUNT },
        { required_but_not_made_is_refer, VF_CHECK_COUNT },
        { a_failed_check_stays_failed, 0 },
        { trust_is_the_folder, 0 },
        { card_ca_of_another_key_type, 0 },
        { trust_refuses_what_is_no_anchor, 0 },
    };
    return suite_run("verify: report and trust", tests, COUNT(tests));
}
