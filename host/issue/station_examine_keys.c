/* SPDX-License-Identifier: BSD-2-Clause */
/* sdc doctor: until when the issuer's keys may sign and the terminals may work. */
#include "station_examine.h"
#include "terminal_private.h"

#include <stdlib.h>
#include <string.h>

enum { DAY = 86400, WARN_DAYS = 30, CARD_YEARS = 6, TERMINALS_MAX = 256, TERMINALS_SHOWN = 8, NUMBER_LEN = 5 };

/* ---- keys that sign ---- */

struct tally {
    const char *what; /* the first to end */
    time_t end;
    int count, told;
};

/* A key that signs until 'end'; what it certifies for a card of six years must begin before 'whole'. */
static void examine_end(struct examination *x, struct tally *t, const char *what, const char *name, time_t end,
                        time_t whole)
{
    const time_t first = whole < end ? whole : end;
    const long days = (long)((first - x->now) / DAY);
    t->count++;
    if (t->count == 1 || first < t->end) {
        t->end = first;
        t->what = what;
    }
    if (end <= x->now)
        examination_add(x, SDC_FINDING_BAD, "certificates", "the %s's time is over: sdc pki roll %s", what, name);
    else if (whole <= x->now)
        examination_add(x, SDC_FINDING_WARN, "certificates",
                        "the %s's certificate ends before a card of %d years would: sdc pki roll %s", what, CARD_YEARS,
                        name);
    else if (days < WARN_DAYS)
        examination_add(x, SDC_FINDING_WARN, "certificates", "the %s may sign for %ld more %s: plan sdc pki roll %s",
                        what, days, days == 1 ? "day" : "days", name);
    else
        return;
    t->told++;
}

/* Cards live for six years at most, and what signs for them must outlive them; a CSCA signs for no card. */
static time_t whole_life(enum pki_id id, time_t not_after)
{
    struct tm tm;
    if (id == PKI_CSCA)
        return not_after;
    gmtime_r(&not_after, &tm);
    tm.tm_year -= CARD_YEARS;
    return timegm(&tm);
}

static void examine_cvca(struct examination *x, struct tally *t, struct token *token)
{
    struct cvca cvca;
    struct sdc_error e = { .status = SDC_OK };
    if (cvca_open(token, x->home, &cvca, &e) == SDC_OK) {
        const struct sdc_cvc *own = &cvca.anchors.cvc[cvca.own];
        examine_end(x, t, "CVCA", "cvca", pki_day(&own->expiry) + DAY, pki_day(&own->expiry) + DAY);
        examination_later(x, pki_day(&own->effective));
    } else {
        examination_add(x, SDC_FINDING_BAD, "certificates", "%.190s", e.text);
        t->told++;
    }
    cvca_close(&cvca);
}

void examine_certificates(struct examination *x, struct token *token, const struct pki *pki)
{
    struct tally t = { .what = "" };
    for (enum pki_id id = 0; id < PKI_SIGNERS; id++) {
        const X509 *certificate = pki->certificate[id];
        examination_later(x, pki_not_before(certificate));
        examine_end(x, &t, certificate_profiles[pki_signers[id].kind].name, pki_signers[id].stem,
                    pki_usage_end(certificate), whole_life(id, pki_not_after(certificate)));
    }
    examine_cvca(x, &t, token);
    if (t.told == 0)
        examination_add(x, SDC_FINDING_GOOD, "certificates", "%d in order; the first to end is the %s, in %ld days",
                        t.count, t.what, (long)((t.end - x->now) / DAY));
}

/* ---- terminals ---- */

static bool has_key(struct token *token, const char *name)
{
    char label[32];
    EVP_PKEY *key = NULL;
    terminal_label(name, label);
    const bool has = token_private_key(token, label, &key, NULL) == SDC_OK;
    EVP_PKEY_free(key);
    return has;
}

/* One line of CVCA keys: references alike but for the number at their end. */
static bool is_older_of(const char *reference, const char *own)
{
    const size_t len = strlen(own);
    return strlen(reference) == len && strncmp(reference, own, len - NUMBER_LEN) == 0 && strcmp(reference, own) < 0;
}

/* What is wrong with a terminal, and what helps; false where nothing is. */
static bool judge(const struct sdc_terminal_info *info, const struct sdc_date *today, const char *own, bool key,
                  int *level, char text[static 120])
{
    const int days = sdc_date_days(today, &info->expiry);
    *level = SDC_FINDING_WARN;
    if (!key) {
        *level = SDC_FINDING_BAD;
        snprintf(text, 120, "its key isn't in the token: sdc terminal request %s", info->name);
    } else if (!info->installed) {
        snprintf(text, 120, "it waits for its certificates: sdc terminal install FILE");
    } else if (days < 0) {
        snprintf(text, 120, "its time is over: sdc terminal renew %s", info->name);
    } else if (is_older_of(info->cvca, own)) {
        snprintf(text, 120, "newer cards don't know the CVCA key behind it: sdc terminal renew %s", info->name);
    } else if (sdc_terminal_ends_soon(info, today)) {
        snprintf(text, 120, "it works for %d more %s: sdc terminal renew %s", days, days == 1 ? "day" : "days",
                 info->name);
    } else {
        return false;
    }
    return true;
}

static void examine_each(struct examination *x, struct token *token, const struct sdc_terminal_info *infos,
                         size_t count)
{
    struct cvca cvca;
    struct sdc_date today = sdc_date_today();
    const struct sdc_terminal_info *first = &infos[0];
    int told = 0;
    const bool known = cvca_open(token, x->home, &cvca, NULL) == SDC_OK;
    const char *own = known ? cvca.anchors.cvc[cvca.own].chr : "00000";
    for (size_t i = 0; i < count; i++) {
        char text[120];
        int level;
        if (sdc_date_compare(&infos[i].expiry, &first->expiry) < 0)
            first = &infos[i];
        if (judge(&infos[i], &today, own, has_key(token, infos[i].name), &level, text) && told++ < TERMINALS_SHOWN)
            examination_add(x, level, "terminals", "%s: %s", infos[i].name, text);
    }
    if (told > TERMINALS_SHOWN)
        examination_add(x, SDC_FINDING_WARN, "terminals", "%d more: sdc terminal status", told - TERMINALS_SHOWN);
    const int days = sdc_date_days(&today, &first->expiry);
    if (told == 0)
        examination_add(x, SDC_FINDING_GOOD, "terminals", "%zu in order; the first to end is %s, in %d %s", count,
                        first->name, days, days == 1 ? "day" : "days");
    cvca_close(&cvca);
}

void examine_terminals(struct examination *x, struct token *token)
{
    struct sdc_error e = { .status = SDC_OK };
    size_t count = 0;
    struct sdc_terminal_info *infos = calloc(TERMINALS_MAX, sizeof *infos);
    if (!infos)
        return;
    if (terminal_list(x->home, infos, TERMINALS_MAX, &count, &e) != SDC_OK)
        examination_add(x, SDC_FINDING_BAD, "terminals", "%.190s", e.text);
    else if (count == 0)
        examination_add(x, SDC_FINDING_GOOD, "terminals", "none here");
    else
        examine_each(x, token, infos, count < TERMINALS_MAX ? count : TERMINALS_MAX);
    free(infos);
}
