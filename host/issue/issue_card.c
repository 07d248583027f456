/* SPDX-License-Identifier: BSD-2-Clause */
#include "issue_job.h"

#include "attestation.h"
#include "card_edge.h"

#include <string.h>

#include <openssl/x509.h>

const struct job_key job_keys[JOB_KEYS] = {
    { KEY_CARD_AUTHENTICATION, CERTIFICATE_9E, OBJ_CERT_9E },
    { KEY_PIV_AUTHENTICATION, CERTIFICATE_9A, OBJ_CERT_9A },
    { KEY_DIGITAL_SIGNATURE, CERTIFICATE_9C, OBJ_CERT_9C },
    { KEY_KEY_MANAGEMENT, CERTIFICATE_9D, OBJ_CERT_9D },
};

/* The certificate that the registry holds for a key of this card; NULL where there is none yet. */
static enum sdc_status known_certificate(struct job *job, uint8_t ref, X509 **certificate, struct sdc_error *e)
{
    struct sdc_buf der = SDC_BUF_INIT;
    bool found = false;
    *certificate = NULL;
    enum sdc_status status = sdc_registry_get_certificate(job->station->registry, job->row.guid, ref, &der, &found, e);
    if (status == SDC_OK && found) {
        const unsigned char *p = der.data;
        *certificate = d2i_X509(NULL, &p, (long)der.len);
        if (!*certificate)
            status = sdc_fail(e, SDC_E_IO, "registry: a certificate is damaged");
    }
    sdc_buf_free(&der);
    return status;
}

/* A chip of a delivery proves that it made the key; of another there is nobody to vouch. */
static enum sdc_status attest(struct job *job, uint8_t ref, const uint8_t *point, struct sdc_error *e)
{
    struct attested what = { .ref = ref, .point = point };
    if (!job->chip.listed)
        return SDC_OK;
    if (!job->attestation)
        return sdc_fail(e, SDC_E_BUG, "a key can't be attested any more");
    memcpy(what.serial, job->context.serial, sizeof what.serial);
    return attestation_key(sdc_scp03_link(job->session), job->attestation, &what, e);
}

static enum sdc_status make_certificate(struct job *job, const struct job_key *key, X509 **certificate,
                                        struct sdc_error *e)
{
    uint8_t point[SDC_P256_POINT_LEN];
    char serial[2 * 20 + 1];
    struct sdc_buf der = SDC_BUF_INIT;
    enum sdc_status status = sdc_piv_generate(sdc_scp03_link(job->session), key->ref, point, e);
    if (status == SDC_OK)
        status = attest(job, key->ref, point, e);
    if (status != SDC_OK)
        return status;
    const struct pki_card_request request = {
        .kind = key->kind, .point = point, .guid = job->row.guid, .issued = job->today, .expiry = job->input.expiry
    };
    status = pki_card_certificate(&job->station->pki, &job->station->config, &request, certificate, e);
    if (status != SDC_OK)
        return status;
    const ASN1_INTEGER *number = X509_get0_serialNumber(*certificate);
    size_t len = (size_t)ASN1_STRING_length(number);
    status = certificate_der(*certificate, &der, e);
    if (status == SDC_OK && len > 20)
        status = sdc_fail(e, SDC_E_BUG, "a serial number is too long");
    if (status == SDC_OK) {
        sdc_hex(ASN1_STRING_get0_data(number), len, serial);
        status =
            sdc_registry_put_certificate(job->station->registry, job->row.guid, key->ref, serial, der.data, der.len, e);
    }
    sdc_buf_free(&der);
    return status;
}

/* A key with a certificate in the registry is on this chip, and is kept; any other is made new. */
enum sdc_status job_make_keys(struct job *job, struct sdc_error *e)
{
    enum sdc_status status = job_session(job, JOB_PIV, e);
    for (size_t i = 0; i < JOB_KEYS && status == SDC_OK; i++) {
        X509 *certificate = NULL;
        status = known_certificate(job, job_keys[i].ref, &certificate, e);
        if (status == SDC_OK && !certificate)
            status = make_certificate(job, &job_keys[i], &certificate, e);
        if (status == SDC_OK) {
            sdc_buf_clear(&job->certificate[i]);
            status = data_certificate(certificate, &job->certificate[i], e);
        }
        X509_free(certificate);
    }
    return status;
}

enum sdc_status job_write_objects(struct job *job, struct sdc_error *e)
{
    struct sdc_link *link = sdc_scp03_link(job->session);
    enum sdc_status status = SDC_OK;
    for (size_t i = 0; i < DATA_OBJECTS && status == SDC_OK; i++)
        status = sdc_piv_put(link, data_objects[i].object, job->set.content[i].data, job->set.content[i].len, e);
    for (size_t i = 0; i < JOB_KEYS && status == SDC_OK; i++)
        status = sdc_piv_put(link, job_keys[i].object, job->certificate[i].data, job->certificate[i].len, e);
    return status;
}
