/* SPDX-License-Identifier: BSD-2-Clause */
#include "sdc/pki.h"

#include <stdio.h>
#include <string.h>

#include "station_state.h"
#include "terminal_private.h"

#define PKI_LOCK "pki" /* no transaction has this id */

static struct sdc_date date_of(time_t time)
{
    struct tm tm;
    gmtime_r(&time, &tm);
    return (struct sdc_date) { tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday };
}

static void list_signer(const struct pki *pki, enum pki_id id, struct sdc_pki_key *key)
{
    const X509 *certificate = pki->certificate[id];
    *key = (struct sdc_pki_key) { .generation = pki->generation[id],
                                  .from = date_of(pki_not_before(certificate)),
                                  .sign_until = date_of(pki_usage_end(certificate)),
                                  .until = date_of(pki_not_after(certificate)) };
    snprintf(key->name, sizeof key->name, "%s", pki_signers[id].stem);
    snprintf(key->what, sizeof key->what, "%s", certificate_profiles[pki_signers[id].kind].name);
    snprintf(key->file, sizeof key->file, STATION_TRUST "/%.31s.pem", pki_names(id, key->generation).file);
}

static enum sdc_status list_cvca(struct sdc_station *station, struct sdc_pki_key *key, struct sdc_error *e)
{
    struct cvca cvca;
    enum sdc_status status = cvca_open(station->token, station->home, &cvca, e);
    if (status == SDC_OK) {
        const struct sdc_cvc *certificate = &cvca.anchors.cvc[cvca.own];
        *key = (struct sdc_pki_key) { .name = "cvca",
                                      .what = "CVCA",
                                      .generation = cvca.generation,
                                      .from = certificate->effective,
                                      .sign_until = certificate->expiry,
                                      .until = certificate->expiry };
        snprintf(key->file, sizeof key->file, STATION_TRUST "/cvca-%zu.cvc", cvca.own + 1);
    }
    cvca_close(&cvca);
    return status;
}

static enum sdc_status list_dv(struct sdc_station *station, bool next, struct sdc_pki_key *key, struct sdc_error *e)
{
    EVP_PKEY *private = NULL;
    *key = (struct sdc_pki_key) { .name = "dv", .what = "document verifier" };
    enum sdc_status status = dv_key(station->token, next, &private, &key->generation, e);
    EVP_PKEY_free(private);
    return status;
}

enum sdc_status sdc_pki_list(struct sdc_station *station, struct sdc_pki_key keys[static SDC_PKI_KEYS],
                             struct sdc_error *e)
{
    _Static_assert(SDC_PKI_KEYS == PKI_SIGNERS + 2, "a row for each");
    for (enum pki_id id = 0; id < PKI_SIGNERS; id++)
        list_signer(&station->pki, id, &keys[id]);
    enum sdc_status status = list_cvca(station, &keys[PKI_SIGNERS], e);
    return status == SDC_OK ? list_dv(station, false, &keys[PKI_SIGNERS + 1], e) : status;
}

/* Another process may have rolled since the station was opened, or be about it. */
static enum sdc_status begin(struct sdc_station *station, char trust[static PATH_MAX], int *lock, struct sdc_error *e)
{
    struct pki fresh;
    enum sdc_status status = station_lock(station, PKI_LOCK, lock, e);
    if (status == SDC_E_CONFLICT)
        (void)sdc_fail(e, status, "another process is making keys for this station");
    if (status == SDC_OK)
        status = station_path(station->home, STATION_TRUST, trust, e);
    if (status == SDC_OK)
        status = pki_open(station->token, trust, &fresh, e);
    if (status == SDC_OK) {
        pki_close(&station->pki);
        station->pki = fresh;
    }
    return status;
}

static enum sdc_status roll(struct sdc_station *station, const char *trust, const char *name, struct sdc_error *e)
{
    struct sdc_pki_key unused;
    for (enum pki_id id = 0; id < PKI_SIGNERS; id++)
        if (strcmp(pki_signers[id].stem, name) == 0)
            return pki_roll(station->token, &station->config, trust, &station->pki, id, e);
    if (strcmp(name, "cvca") == 0)
        return cvca_roll(station->token, station->home, e);
    if (strcmp(name, "dv") == 0)
        return list_dv(station, true, &unused, e);
    return sdc_fail(e, SDC_E_USAGE, "no key '%.40s': csca, ds, card-ca, content-signer, cvca or dv", name);
}

enum sdc_status sdc_pki_roll(struct sdc_station *station, const char *name, struct sdc_error *e)
{
    char trust[PATH_MAX];
    int lock = -1;
    enum sdc_status status = station_check_clock(station, e);
    if (status == SDC_OK)
        status = begin(station, trust, &lock, e);
    if (status == SDC_OK)
        status = roll(station, trust, name, e);
    station_unlock(lock);
    return status;
}
