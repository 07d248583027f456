/* SPDX-License-Identifier: BSD-2-Clause */
/* A roll that fails at any step of it, whatever the step: all of it is done or nothing, and the same call goes on. The
 * steps (token, signatures, files) go through this test. */
#include <stdio.h>
#include <string.h>
#include <stdlib.h>
#include <unistd.h>

#include "sdc/pki.h"
#include "station_state.h"
#include "suite.h"
#include "temp_station.h"
#include "terminal_private.h"

/* ---- steps that fail ---- */

enum failure {
    NEVER,
    BEFORE, /* nothing of the step is done: token or disk full, session lost */
    AFTER,  /* it is done, and nobody gets to know: killed, power gone */
};
static enum failure failure;
static int countdown; /* steps until then */

static bool fails_now(enum failure when)
{
    return failure == when && countdown == 0;
}

#define STEP(call)                                                                                                     \
    do {                                                                                                               \
        const bool before = fails_now(BEFORE), after = fails_now(AFTER);                                               \
        countdown--;                                                                                                   \
        if (before)                                                                                                    \
            return sdc_fail(e, SDC_E_TOKEN, "injected");                                                               \
        const enum sdc_status status = (call);                                                                         \
        return status == SDC_OK && after ? sdc_fail(e, SDC_E_TOKEN, "injected") : status;                              \
    } while (0)

enum sdc_status __real_token_find_key(struct token *, const char *, EVP_PKEY **, struct sdc_error *);
enum sdc_status __wrap_token_find_key(struct token *, const char *, EVP_PKEY **, struct sdc_error *);
enum sdc_status __wrap_token_find_key(struct token *token, const char *label, EVP_PKEY **key, struct sdc_error *e)
{
    STEP(__real_token_find_key(token, label, key, e));
}

enum sdc_status __real_token_make_key(struct token *, enum token_key, const char *, EVP_PKEY **, struct sdc_error *);
enum sdc_status __wrap_token_make_key(struct token *, enum token_key, const char *, EVP_PKEY **, struct sdc_error *);
enum sdc_status __wrap_token_make_key(struct token *token, enum token_key kind, const char *label, EVP_PKEY **key,
                                      struct sdc_error *e)
{
    STEP(__real_token_make_key(token, kind, label, key, e));
}

enum sdc_status __real_certificate_make(const struct config *, const struct certificate_request *, X509 **,
                                        struct sdc_error *);
enum sdc_status __wrap_certificate_make(const struct config *, const struct certificate_request *, X509 **,
                                        struct sdc_error *);
enum sdc_status __wrap_certificate_make(const struct config *config, const struct certificate_request *request,
                                        X509 **certificate, struct sdc_error *e)
{
    STEP(__real_certificate_make(config, request, certificate, e));
}

enum sdc_status __real_sdc_cvc_make(const struct sdc_cvc_request *, const struct sdc_cvc_signer *, struct sdc_buf *,
                                    struct sdc_error *);
enum sdc_status __wrap_sdc_cvc_make(const struct sdc_cvc_request *, const struct sdc_cvc_signer *, struct sdc_buf *,
                                    struct sdc_error *);
enum sdc_status __wrap_sdc_cvc_make(const struct sdc_cvc_request *request, const struct sdc_cvc_signer *signer,
                                    struct sdc_buf *out, struct sdc_error *e)
{
    STEP(__real_sdc_cvc_make(request, signer, out, e));
}

enum sdc_status __real_sdc_file_write(const char *, const void *, size_t, unsigned, struct sdc_error *);
enum sdc_status __wrap_sdc_file_write(const char *, const void *, size_t, unsigned, struct sdc_error *);
enum sdc_status __wrap_sdc_file_write(const char *path, const void *data, size_t len, unsigned mode,
                                      struct sdc_error *e)
{
    STEP(__real_sdc_file_write(path, data, len, mode, e));
}

/* ---- what is there ---- */

static struct sdc_error error;

static void check(enum sdc_status status)
{
    ck_assert_msg(status == SDC_OK, "%s", error.text);
}

static struct sdc_pki_key kinds[SDC_PKI_KEYS]; /* as last looked at */

struct state {
    unsigned generation[SDC_PKI_KEYS];
};

/* As another process finds it: every certificate belongs to its key, and the newest signer to the newest CA. */
static struct state look(const char *home)
{
    struct state state;
    struct sdc_station *station = temp_station_open(home);
    check(sdc_pki_list(station, kinds, &error));
    for (size_t i = 0; i < SDC_PKI_KEYS; i++)
        state.generation[i] = kinds[i].generation;
    for (enum pki_id id = 0; id < PKI_SIGNERS; id++) {
        const EVP_PKEY *issuer = X509_get0_pubkey(station->pki.certificate[pki_signers[id].issuer]);
        ck_assert_int_eq(X509_verify(station->pki.certificate[id], (EVP_PKEY *)(uintptr_t)issuer), 1);
    }
    sdc_station_close(station);
    return state;
}

static bool same(const struct state *a, const struct state *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

/* ---- rolls ---- */

static const struct {
    const char *name;
    const char *takes; /* the kinds that get a new key */
    int steps;         /* at least */
} rolls[] = {
    { "ds", "ds", 4 },        { "content-signer", "content-signer", 4 },
    { "csca", "csca ds", 9 }, { "card-ca", "card-ca content-signer", 8 },
    { "cvca", "cvca", 5 },    { "dv", "dv", 3 },
};
enum { ROLLS = sizeof rolls / sizeof rolls[0], FAILURES = 2, STEPS_MAX = 60 };

static struct state after_roll(const struct state *before, const char *takes)
{
    struct state after = *before;
    for (size_t i = 0; i < SDC_PKI_KEYS; i++) {
        char all[80], word[40];
        snprintf(all, sizeof all, " %s ", takes);
        snprintf(word, sizeof word, " %.30s ", kinds[i].name);
        after.generation[i] += strstr(all, word) != NULL;
    }
    return after;
}

/* Lets the roll fail at one step; false where it has no such step. */
static bool fail_at(const char *home, size_t which, enum failure how, int step)
{
    const struct state before = look(home), wanted = after_roll(&before, rolls[which].takes);
    struct sdc_station *station = temp_station_open(home);
    countdown = step;
    failure = how;
    const enum sdc_status status = sdc_pki_roll(station, rolls[which].name, &error);
    const bool reached = countdown < 0;
    failure = NEVER;
    sdc_station_close(station);
    ck_assert_msg(reached == (status != SDC_OK), "%s: step %d: %s", rolls[which].name, step, error.text);
    const struct state found = look(home);
    if (!reached) {
        ck_assert(same(&found, &wanted));
        return false;
    }
    ck_assert_msg(same(&found, &before) || same(&found, &wanted), "%s: half of it is done after step %d",
                  rolls[which].name, step);
    if (same(&found, &before)) { /* the same call goes on */
        station = temp_station_open(home);
        check(sdc_pki_roll(station, rolls[which].name, &error));
        sdc_station_close(station);
        const struct state then = look(home);
        ck_assert(same(&then, &wanted));
    }
    return true;
}

/* The station as it was before the first roll. */
static void restore(const char *master, const char *home)
{
    char command[1024];
    ck_assert_int_lt(snprintf(command, sizeof command, "rm -rf '%s' && cp -a '%s' '%s'", home, master, home),
                     (int)sizeof command);
    ck_assert_int_eq(system(command), 0);
}

START_TEST(all_or_nothing)
{
    const size_t which = (size_t)_i / FAILURES;
    const enum failure how = _i % FAILURES == 0 ? BEFORE : AFTER;
    const char *master = temp_station(), *home = temp_path(temp_folder(), "station");
    int step = 0;
    restore(master, home);
    while (step < STEPS_MAX && fail_at(home, which, how, step)) {
        step++;
        restore(master, home);
    }
    ck_assert_int_ge(step, rolls[which].steps);
    ck_assert_int_lt(step, STEPS_MAX);
}
END_TEST

/* A CA's file is what makes the roll count: without it the signer that came with it counts for nothing, also for the
 * roll of that signer alone. */
START_TEST(signers_without_their_ca)
{
    const char *home = temp_station();
    const struct state before = look(home);
    struct sdc_station *station = temp_station_open(home);
    check(sdc_pki_roll(station, "csca", &error));
    sdc_station_close(station);
    ck_assert_int_eq(unlink(temp_path(home, STATION_TRUST "/csca-2.pem")), 0);
    ck_assert_int_eq(access(temp_path(home, STATION_TRUST "/ds-2.pem"), F_OK), 0);
    const struct state found = look(home);
    ck_assert(same(&found, &before));
    station = temp_station_open(home);
    check(sdc_pki_roll(station, "ds", &error));
    ck_assert_uint_eq(station->pki.generation[PKI_CSCA], 1);
    ck_assert_uint_eq(station->pki.generation[PKI_DOCUMENT_SIGNER], 2);
    check(sdc_pki_roll(station, "csca", &error));
    ck_assert_uint_eq(station->pki.generation[PKI_CSCA], 2);
    ck_assert_uint_eq(station->pki.generation[PKI_DOCUMENT_SIGNER], 3);
    sdc_station_close(station);
    (void)look(home);
}
END_TEST

/* One at a time; and who comes second sees what the first has made. */
START_TEST(two_at_once)
{
    int lock = -1;
    const char *home = temp_station();
    struct sdc_station *station = temp_station_open(home);
    check(station_lock(station, "pki", &lock, &error));
    ck_assert_int_eq(sdc_pki_roll(station, "ds", &error), SDC_E_CONFLICT);
    ck_assert_ptr_nonnull(strstr(error.text, "another process"));
    station_unlock(lock);
    check(sdc_pki_roll(station, "ds", &error));

    X509 *newest = station->pki.certificate[PKI_DOCUMENT_SIGNER]; /* as if it had been opened before */
    X509_up_ref(newest);
    station->pki.generation[PKI_DOCUMENT_SIGNER] = 1;
    check(sdc_pki_roll(station, "ds", &error));
    ck_assert_uint_eq(station->pki.generation[PKI_DOCUMENT_SIGNER], 3);
    X509 *kept = NULL;
    check(certificate_load(temp_path(home, STATION_TRUST "/ds-2.pem"), &kept, &error));
    ck_assert_int_eq(X509_cmp(kept, newest), 0);
    X509_free(kept);
    X509_free(newest);
    sdc_station_close(station);
}
END_TEST

/* Nothing takes the place of a CVCA certificate that can't be read. */
START_TEST(damaged_cvca)
{
    struct sdc_buf damaged = SDC_BUF_INIT, after = SDC_BUF_INIT;
    const char *home = temp_station(), *path = temp_path(home, STATION_TRUST "/cvca-2.cvc");
    struct sdc_station *station = temp_station_open(home);
    check(sdc_pki_roll(station, "cvca", &error));
    file_content(path, &damaged);
    damaged.data[20] ^= 0x40;
    check(sdc_file_write(path, damaged.data, damaged.len, 0644, &error));
    ck_assert_int_eq(sdc_pki_roll(station, "cvca", &error), SDC_E_INPUT);
    ck_assert_ptr_nonnull(strstr(error.text, "cvca-2.cvc"));
    file_content(path, &after);
    ck_assert_uint_eq(after.len, damaged.len);
    ck_assert_mem_eq(after.data, damaged.data, after.len);
    sdc_buf_free(&damaged);
    sdc_buf_free(&after);
    sdc_station_close(station);
}
END_TEST

/* Rolled too late: the link begins within the old key's time, as cards want it. */
START_TEST(cvca_that_is_over)
{
    struct cvca cvca;
    struct sdc_buf old = SDC_BUF_INIT;
    const struct sdc_date from = { 2024, 1, 1 }, until = { 2025, 1, 1 };
    const char *home = temp_station();
    struct sdc_station *station = temp_station_open(home);
    check(cvca_open(station->token, home, &cvca, &error));
    struct sdc_cvc *own = &cvca.anchors.cvc[cvca.own];
    const struct sdc_cvc_request request = { own->chr, own->chr, SDC_CVC_CVCA, own->rights, own->point, from, until };
    struct sdc_cvc_signer signer = terminal_signer(cvca.key);
    check(sdc_cvc_make(&request, &signer, &old, &error));
    check(sdc_file_write(temp_path(home, TERMINAL_CVCA_FILE), old.data, old.len, 0644, &error));
    sdc_buf_free(&old);
    cvca_close(&cvca);
    check(sdc_pki_roll(station, "cvca", &error));
    check(cvca_open(station->token, home, &cvca, &error));
    ck_assert_uint_eq(cvca.own, 1);
    check(sdc_cvc_check_issued(&cvca.anchors.cvc[0], &cvca.anchors.cvc[1], &error));
    ck_assert_int_eq(sdc_date_compare(&cvca.anchors.cvc[1].effective, &until), 0);
    const struct sdc_date today = sdc_date_today();
    ck_assert_int_gt(sdc_date_days(&today, &cvca.anchors.cvc[1].expiry), 1000);
    cvca_close(&cvca);
    sdc_station_close(station);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { all_or_nothing, ROLLS * FAILURES },
        { signers_without_their_ca, 0 },
        { two_at_once, 0 },
        { damaged_cvca, 0 },
        { cvca_that_is_over, 0 },
    };
    return suite_run("pki_faults", tests, sizeof tests / sizeof *tests);
}
