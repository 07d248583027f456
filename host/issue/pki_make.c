/* SPDX-License-Identifier: BSD-2-Clause */
/* Making the issuer's keys and their certificates: the first of each, and the next. */
#include "key_derivation.h"
#include "pki_private.h"

#include <stdio.h>
#include <unistd.h>

static time_t add_months(const struct sdc_date *date, int months)
{
    int total = date->year * 12 + date->month - 1 + months;
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    struct sdc_date end = { total / 12, total % 12 + 1, date->day };
    if (end.day > days[end.month - 1]) /* the 29th to 31st of a month that ends earlier */
        end.day = days[end.month - 1];
    return pki_day(&end);
}

enum sdc_status pki_make_keys(struct token *token, struct sdc_error *e)
{
    enum sdc_status status = SDC_OK;
    for (enum pki_id i = 0; i < PKI_SIGNERS && status == SDC_OK; i++)
        status = token_generate(token, pki_signers[i].key, pki_names(i, 1).label, e);
    if (status == SDC_OK)
        status = token_generate(token, TOKEN_KEY_AES256, CARD_MASTER_LABEL, e);
    if (status == SDC_OK)
        status = token_generate(token, TOKEN_KEY_AES256, PKI_PERSON_LABEL, e);
    return status;
}

/* What one run makes: of which signers is a set of bits 1 << pki_id. */
struct making {
    struct token *token;
    const struct config *config;
    const char *trust;
    struct pki *pki; /* what there is */
    unsigned which;
    EVP_PKEY *key[PKI_SIGNERS];
    X509 *certificate[PKI_SIGNERS], *link;
};

static bool makes(const struct making *m, enum pki_id id)
{
    return (m->which >> id & 1) != 0;
}

static unsigned generation(const struct making *m, enum pki_id id)
{
    return m->pki->generation[id] + makes(m, id);
}

/* The next key, where it isn't there from a run that was interrupted. A certificate without it is another's. */
static enum sdc_status make_key(struct making *m, enum pki_id id, struct sdc_error *e)
{
    char path[PATH_MAX];
    const struct pki_names names = pki_names(id, generation(m, id));
    pki_file_path(m->trust, names.file, path);
    enum sdc_status status = token_find_key(m->token, names.label, &m->key[id], e);
    if (status == SDC_OK && !m->key[id] && access(path, F_OK) == 0)
        status = sdc_fail(e, SDC_E_CONFLICT, "%s is there, and is not of this station's making", path);
    return status == SDC_OK && !m->key[id] ? token_make_key(m->token, pki_signers[id].key, names.label, &m->key[id], e)
                                           : status;
}

/* The certificate of a new key by its issuer's newest: what this run makes, else what there is. */
static enum sdc_status make_certificate(struct making *m, enum pki_id id, struct sdc_error *e)
{
    const struct pki_signer *signer = &pki_signers[id];
    const enum pki_id by = signer->issuer;
    const struct pki_names names = pki_names(id, generation(m, id)), issuer = pki_names(by, generation(m, by));
    const struct sdc_date today = sdc_date_today();
    X509_NAME *subject = NULL;
    enum sdc_status status =
        certificate_name(m->config->country, m->config->organisation, "CN", names.common, &subject, e);
    if (status != SDC_OK)
        return status;
    const struct certificate_request request = {
        .kind = signer->kind,
        .key = m->key[id],
        .subject = subject,
        .issuer = by == id       ? NULL
                  : makes(m, by) ? m->certificate[by]
                                 : m->pki->certificate[by],
        .issuer_key = makes(m, by) ? m->key[by] : m->pki->key[by],
        .issuer_file = issuer.file,
        .not_before = pki_day(&today),
        .not_after = add_months(&today, signer->months),
        .usage_end = signer->usage_months ? add_months(&today, signer->usage_months) : 0,
    };
    status = certificate_make(m->config, &request, &m->certificate[id], e);
    X509_NAME_free(subject);
    return status;
}

/* The new CSCA's certificate by the old one's key. */
static enum sdc_status make_link(struct making *m, struct sdc_error *e)
{
    const struct pki *pki = m->pki;
    const struct sdc_date today = sdc_date_today();
    const struct pki_names old = pki_names(PKI_CSCA, pki->generation[PKI_CSCA]);
    const struct certificate_request request = { .kind = CERTIFICATE_CSCA,
                                                 .key = m->key[PKI_CSCA],
                                                 .subject = X509_get_subject_name(m->certificate[PKI_CSCA]),
                                                 .issuer = pki->certificate[PKI_CSCA],
                                                 .issuer_key = pki->key[PKI_CSCA],
                                                 .issuer_file = old.file,
                                                 .not_before = pki_day(&today),
                                                 .not_after = pki_not_after(pki->certificate[PKI_CSCA]) };
    return certificate_make(m->config, &request, &m->link, e);
}

/* Issuers stand before those they certify, and are written after them: with the issuer's file all of it counts, before
 * it nothing. A link's name is none that a reader takes for an anchor. */
static enum sdc_status save(const struct making *m, struct sdc_error *e)
{
    char path[PATH_MAX], file[48];
    enum sdc_status status = SDC_OK;
    snprintf(file, sizeof file, "link-%s", pki_names(PKI_CSCA, generation(m, PKI_CSCA)).file);
    pki_file_path(m->trust, file, path);
    if (m->link)
        status = certificate_save(m->link, path, e);
    for (int id = PKI_SIGNERS - 1; id >= 0 && status == SDC_OK; id--) {
        pki_file_path(m->trust, pki_names((enum pki_id)id, generation(m, (enum pki_id)id)).file, path);
        if (makes(m, (enum pki_id)id))
            status = certificate_save(m->certificate[id], path, e);
    }
    return status;
}

static enum sdc_status make(struct making *m, struct sdc_error *e)
{
    enum sdc_status status = SDC_OK;
    for (enum pki_id id = 0; id < PKI_SIGNERS && status == SDC_OK; id++)
        if (makes(m, id))
            status = make_key(m, id, e);
    for (enum pki_id id = 0; id < PKI_SIGNERS && status == SDC_OK; id++)
        if (makes(m, id))
            status = make_certificate(m, id, e);
    if (status == SDC_OK && makes(m, PKI_CSCA) && m->pki->generation[PKI_CSCA] > 0)
        status = make_link(m, e);
    if (status == SDC_OK)
        status = save(m, e);
    for (enum pki_id id = 0; id < PKI_SIGNERS; id++) {
        if (status == SDC_OK && makes(m, id))
            status = pki_load_newest(m->token, m->trust, m->pki, id, e);
        EVP_PKEY_free(m->key[id]);
        X509_free(m->certificate[id]);
    }
    X509_free(m->link);
    return status;
}

enum sdc_status pki_make_certificates(struct token *token, const struct config *config, const char *trust,
                                      struct sdc_error *e)
{
    struct pki none = { .generation = { 0 } };
    struct making m = { token, config, trust, &none, .which = (1U << PKI_SIGNERS) - 1 };
    enum sdc_status status = make(&m, e);
    pki_close(&none);
    return status;
}

enum sdc_status pki_roll(struct token *token, const struct config *config, const char *trust, struct pki *pki,
                         enum pki_id which, struct sdc_error *e)
{
    struct making m = { token, config, trust, pki, .which = 0 };
    for (enum pki_id id = 0; id < PKI_SIGNERS; id++)
        if (id == which || pki_signers[id].issuer == which)
            m.which |= 1U << id;
    return make(&m, e);
}
