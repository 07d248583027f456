/* SPDX-License-Identifier: BSD-2-Clause */
/* What sdc doctor says of keys that sign and of terminals, day by day. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sdc/pki.h"
#include "station_state.h"
#include "suite.h"
#include "temp_station.h"
#include "terminal_private.h"

enum { DAY = 86400, FINDINGS = 64 };

static struct sdc_error error;
static const char *home;

static void check(enum sdc_status status)
{
    ck_assert_msg(status == SDC_OK, "%s", error.text);
}

static struct sdc_date in_days(int days)
{
    const time_t time_then = time(NULL) + (time_t)days * DAY;
    struct tm tm;
    gmtime_r(&time_then, &tm);
    return (struct sdc_date) { tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday };
}

/* The findings of this name: exactly one, of this level, with this text in it. */
static void finding_is(const char *name, int level, const char *text)
{
    struct sdc_finding findings[FINDINGS];
    const struct sdc_finding *found = NULL;
    const size_t count = sdc_station_examine(home, findings, FINDINGS);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(findings[i].name, name) != 0)
            continue;
        ck_assert_msg(!found, "also: %s", findings[i].text);
        found = &findings[i];
    }
    ck_assert_msg(found != NULL, "nothing of %s", name);
    ck_assert_msg((int)found->level == level && strstr(found->text, text), "%d %s", (int)found->level, found->text);
}

/* ---- signers ---- */

/* Another certificate for the key of one, with these ends. */
static void certify(enum pki_id id, time_t usage_end, time_t not_after)
{
    char file[64];
    X509 *certificate = NULL;
    struct sdc_station *station = temp_station_open(home);
    const enum pki_id issuer = pki_signers[id].issuer;
    X509 *const old = station->pki.certificate[id];
    const struct certificate_request request = { .kind = pki_signers[id].kind,
                                                 .key = X509_get0_pubkey(old),
                                                 .subject = X509_get_subject_name(old),
                                                 .issuer = station->pki.certificate[issuer],
                                                 .issuer_key = station->pki.key[issuer],
                                                 .issuer_file = "x",
                                                 .not_before = time(NULL) - DAY,
                                                 .not_after = not_after,
                                                 .usage_end = usage_end };
    check(certificate_make(&station->config, &request, &certificate, &error));
    snprintf(file, sizeof file, STATION_TRUST "/%.31s.pem", pki_names(id, 1).file);
    check(certificate_save(certificate, temp_path(home, file), &error));
    X509_free(certificate);
    sdc_station_close(station);
}

static time_t years_on(int years, int days)
{
    const struct sdc_date today = sdc_date_today(), then = sdc_date_add_years(&today, years);
    return pki_day(&then) + (time_t)days * DAY;
}

START_TEST(signers)
{
    const time_t now = time(NULL), far = years_on(9, 0), minute = 60;
    home = temp_station();
    finding_is("certificates", SDC_FINDING_GOOD, "5 in order; the first to end is the document signer");
    certify(PKI_DOCUMENT_SIGNER, now + 30 * DAY + minute, far);
    finding_is("certificates", SDC_FINDING_GOOD, "in 30 days");
    certify(PKI_DOCUMENT_SIGNER, now + 29 * DAY + minute, far);
    finding_is("certificates", SDC_FINDING_WARN, "may sign for 29 more days: plan sdc pki roll ds");
    certify(PKI_DOCUMENT_SIGNER, now + DAY + minute, far);
    finding_is("certificates", SDC_FINDING_WARN, "for 1 more day:");
    certify(PKI_DOCUMENT_SIGNER, now - minute, far);
    finding_is("certificates", SDC_FINDING_BAD, "document signer's time is over: sdc pki roll ds");
    certify(PKI_DOCUMENT_SIGNER, now + 300 * DAY, far);

    /* a card of six years must not outlive what is signed for it */
    certify(PKI_CONTENT_SIGNER, 0, years_on(6, 40));
    finding_is("certificates", SDC_FINDING_GOOD, "first to end is the content signer");
    certify(PKI_CONTENT_SIGNER, 0, years_on(6, 20));
    finding_is("certificates", SDC_FINDING_WARN, "plan sdc pki roll content-signer");
    certify(PKI_CONTENT_SIGNER, 0, years_on(6, -1));
    finding_is("certificates", SDC_FINDING_WARN, "ends before a card of 6 years would: sdc pki roll content-signer");
    certify(PKI_CONTENT_SIGNER, 0, now - minute);
    finding_is("certificates", SDC_FINDING_BAD, "content signer's time is over");
}
END_TEST

/* The CVCA's own certificate, with this end. */
static void certify_cvca(struct sdc_date expiry)
{
    struct cvca cvca;
    struct sdc_buf out = SDC_BUF_INIT;
    struct sdc_station *station = temp_station_open(home);
    check(cvca_open(station->token, home, &cvca, &error));
    const struct sdc_cvc *own = &cvca.anchors.cvc[cvca.own];
    const struct sdc_cvc_request request = { own->chr,   own->chr,      SDC_CVC_CVCA, own->rights,
                                             own->point, in_days(-100), expiry };
    struct sdc_cvc_signer signer = terminal_signer(cvca.key);
    check(sdc_cvc_make(&request, &signer, &out, &error));
    check(sdc_file_write(temp_path(home, TERMINAL_CVCA_FILE), out.data, out.len, 0644, &error));
    cvca_close(&cvca);
    sdc_buf_free(&out);
    sdc_station_close(station);
}

START_TEST(cvca_ends)
{
    home = temp_station();
    certify_cvca(in_days(40));
    finding_is("certificates", SDC_FINDING_GOOD, "first to end is the CVCA");
    certify_cvca(in_days(20));
    finding_is("certificates", SDC_FINDING_WARN, "the CVCA may sign for 20 more days: plan sdc pki roll cvca");
    certify_cvca(in_days(0)); /* its last day */
    finding_is("certificates", SDC_FINDING_WARN, "0 more days");
    certify_cvca(in_days(-1));
    finding_is("certificates", SDC_FINDING_BAD, "CVCA's time is over: sdc pki roll cvca");
    ck_assert_int_eq(unlink(temp_path(home, TERMINAL_CVCA_FILE)), 0);
    finding_is("certificates", SDC_FINDING_BAD, "no CVCA here");
}
END_TEST

/* ---- terminals ---- */

static void terminal_until(const char *name, int from, int to)
{
    char path[PATH_MAX];
    struct sdc_rd parts[SDC_TERMINAL_CHAIN_MAX];
    struct sdc_cvc cvcs[SDC_TERMINAL_CHAIN_MAX];
    size_t count = 0;
    EVP_PKEY *key = NULL;
    struct sdc_buf old = SDC_BUF_INIT, chain = SDC_BUF_INIT;
    struct sdc_station *station = temp_station_open(home);
    check(terminal_path(home, name, "chain", path, &error));
    file_content(path, &old);
    check(terminal_split(sdc_buf_rd(&old), parts, cvcs, &count, &error));
    const struct sdc_cvc *is = &cvcs[count - 1];
    const struct sdc_cvc_request request = { is->car,   is->chr,       SDC_CVC_TERMINAL, is->rights,
                                             is->point, in_days(from), in_days(to) };
    check(token_private_key(station->token, TERMINAL_DV_KEY, &key, &error));
    struct sdc_cvc_signer signer = terminal_signer(key);
    sdc_buf_put(&chain, parts[0].p, parts[0].left);
    check(sdc_cvc_make(&request, &signer, &chain, &error));
    check(sdc_file_write(path, chain.data, chain.len, 0644, &error));
    EVP_PKEY_free(key);
    sdc_buf_free(&old);
    sdc_buf_free(&chain);
    sdc_station_close(station);
}

START_TEST(terminals_end)
{
    home = temp_station();
    finding_is("terminals", SDC_FINDING_GOOD, "3 in order; the first to end is officer, in 1 day");
    terminal_until("officer", -1, 0);
    finding_is("terminals", SDC_FINDING_WARN, "officer: it works for 0 more days: sdc terminal renew officer");
    terminal_until("officer", -2, -1);
    finding_is("terminals", SDC_FINDING_WARN, "officer: its time is over: sdc terminal renew officer");
    terminal_until("officer", 0, 1);
    terminal_until("benefits", -22, 8);
    finding_is("terminals", SDC_FINDING_GOOD, "3 in order");
    terminal_until("benefits", -23, 7);
    finding_is("terminals", SDC_FINDING_WARN, "benefits: it works for 7 more days");
}
END_TEST

static void renew(struct sdc_station *station, const char *name)
{
    char granted[SDC_TERMINAL_NAME_MAX + 1];
    struct sdc_buf request = SDC_BUF_INIT, chain = SDC_BUF_INIT;
    check(sdc_terminal_request(station, name, &request, &error));
    check(sdc_terminal_grant(station, sdc_buf_rd(&request), sdc_terminal_profile(name), &chain, granted, &error));
    check(sdc_terminal_install(station, sdc_buf_rd(&chain), granted, &error));
    sdc_buf_free(&request);
    sdc_buf_free(&chain);
}

/* Cards issued after a roll know the new key alone: the links are there for older ones. */
START_TEST(terminals_of_an_older_cvca)
{
    home = temp_station();
    struct sdc_station *station = temp_station_open(home);
    check(sdc_pki_roll(station, "cvca", &error));
    renew(station, "benefits");
    renew(station, "status");
    sdc_station_close(station);
    finding_is("terminals", SDC_FINDING_WARN, "officer: newer cards don't know the CVCA key behind it");
    station = temp_station_open(home);
    renew(station, "officer");
    sdc_station_close(station);
    finding_is("terminals", SDC_FINDING_GOOD, "3 in order");
}
END_TEST

START_TEST(terminals_that_are_not_whole)
{
    struct sdc_buf request = SDC_BUF_INIT;
    home = temp_station();
    file_content(temp_path(home, "terminals/officer.request"), &request);
    check(sdc_file_write(temp_path(home, "terminals/ghost.request"), request.data, request.len, 0644, &error));
    finding_is("terminals", SDC_FINDING_BAD, "ghost: its key isn't in the token");
    ck_assert_int_eq(unlink(temp_path(home, "terminals/ghost.request")), 0);
    ck_assert_int_eq(unlink(temp_path(home, "terminals/status.chain")), 0);
    finding_is("terminals", SDC_FINDING_WARN, "status: it waits for its certificates");
    check(sdc_file_write(temp_path(home, "terminals/status.chain"), request.data, request.len, 0644, &error));
    finding_is("terminals", SDC_FINDING_BAD, "terminal 'status': ");
    static const char *const names[] = { "benefits", "officer", "status" };
    for (size_t i = 0; i < 3; i++) {
        char file[64];
        snprintf(file, sizeof file, "terminals/%s.request", names[i]);
        ck_assert_int_eq(unlink(temp_path(home, file)), 0);
    }
    finding_is("terminals", SDC_FINDING_GOOD, "none here");
    sdc_buf_free(&request);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { signers, 0 },
        { cvca_ends, 0 },
        { terminals_end, 0 },
        { terminals_of_an_older_cvca, 0 },
        { terminals_that_are_not_whole, 0 },
    };
    return suite_run("station_keys", tests, sizeof tests / sizeof *tests);
}
