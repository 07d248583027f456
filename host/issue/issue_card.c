/* SPDX-License-Identifier: BSD-2-Clause */
#include "issue_job.h"

#include "card_edge.h"
#include "letter.h"

#include <string.h>

#include <openssl/err.h>
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

/* An answer that was awaited is no error; any other is. */
static enum sdc_status pass_on(enum sdc_status status, const struct sdc_error *answer, struct sdc_error *e)
{
    if (status != SDC_OK && e)
        *e = *answer;
    return status;
}

static bool signature_good(const X509 *certificate, const uint8_t hash[static 32], const struct sdc_buf *signature)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(X509_get0_pubkey(certificate), NULL);
    bool good =
        ctx && EVP_PKEY_verify_init(ctx) == 1 && EVP_PKEY_verify(ctx, signature->data, signature->len, hash, 32) == 1;
    EVP_PKEY_CTX_free(ctx);
    ERR_clear_error();
    return good;
}

/* Does this chip hold the 9E key that was made for this request? A card without the key, or with another, does not. */
static enum sdc_status same_chip(struct job *job, const X509 *certificate, bool *same, struct sdc_error *e)
{
    uint8_t challenge[32];
    struct sdc_buf signature = SDC_BUF_INIT;
    struct sdc_error answer = { .status = SDC_OK };
    enum sdc_status status = sdc_random(challenge, sizeof challenge, &answer);
    if (status == SDC_OK)
        status = sdc_piv_sign(job->link, KEY_CARD_AUTHENTICATION, challenge, &signature, &answer);
    *same = status == SDC_OK && signature_good(certificate, challenge, &signature);
    sdc_buf_free(&signature);
    if (status == SDC_E_NOT_FOUND || status == SDC_E_CONDITIONS)
        return SDC_OK;
    return pass_on(status, &answer, e);
}

/* A CHUID makes a card no blank; it must be the one that this request wrote. */
static enum sdc_status check_chuid(struct job *job, bool expected, bool *present, struct sdc_error *e)
{
    uint8_t guid[SDC_GUID_LEN];
    char text[SDC_UUID_TEXT];
    struct sdc_error answer = { .status = SDC_OK };
    enum sdc_status status = sdc_piv_get_guid(job->link, guid, &answer);
    *present = status == SDC_OK;
    if (status == SDC_E_NOT_FOUND)
        return SDC_OK;
    if (status != SDC_OK)
        return pass_on(status, &answer, e);
    if (expected && memcmp(guid, job->input.guid, sizeof guid) == 0)
        return SDC_OK;
    sdc_uuid_text(guid, text);
    return sdc_fail(e, SDC_E_DENIED, "this card is not blank: it is %s", text);
}

/* Another blank takes the request over: what was begun must never come back under the same GUID. */
static enum sdc_status take_over(struct job *job, struct sdc_error *e)
{
    char before[SDC_UUID_TEXT];
    memcpy(before, job->row.guid, sizeof before);
    enum sdc_status status = sdc_registry_reassign(job->station->registry, &job->row, e);
    if (status != SDC_OK)
        return status;
    letter_remove(job->station->home, before);
    return job_plan(job, e);
}

enum sdc_status job_identify(struct job *job, struct sdc_error *e)
{
    X509 *certificate = NULL;
    bool same = false, present = false;
    enum sdc_status status = known_certificate(job, KEY_CARD_AUTHENTICATION, &certificate, e);
    if (status == SDC_OK)
        status = sdc_piv_select(job->link, e);
    if (status == SDC_OK)
        status = check_chuid(job, certificate != NULL, &present, e);
    if (status == SDC_OK && certificate)
        status = same_chip(job, certificate, &same, e);
    if (status == SDC_OK && certificate && !same)
        status = present ? sdc_fail(e, SDC_E_SIGNATURE, "this card has the GUID of another chip: a copy")
                         : take_over(job, e);
    X509_free(certificate);
    return status;
}

enum sdc_status job_authenticate(struct job *job, struct sdc_error *e)
{
    static const uint8_t blank[] = { BLANK_MANAGEMENT_KEY };
    struct sdc_error answer = { .status = SDC_OK };
    enum sdc_status status = SDC_E_SIGNATURE;
    if (job->row.state == SDC_CARD_SEALING)
        status = sdc_piv_admin(job->link, job->management, &answer);
    if (status != SDC_E_SIGNATURE && status != SDC_E_DENIED)
        return pass_on(status, &answer, e);
    /* 'assigned': the change was never sent. 'sealing' and refused: it never arrived. */
    status = sdc_piv_admin(job->link, blank, &answer);
    if (status == SDC_E_SIGNATURE || status == SDC_E_DENIED)
        return sdc_fail(e, SDC_E_DENIED, "this card is not blank: it refuses the blank's management key");
    return pass_on(status, &answer, e);
}

static enum sdc_status make_certificate(struct job *job, const struct job_key *key, X509 **certificate,
                                        struct sdc_error *e)
{
    uint8_t point[SDC_P256_POINT_LEN];
    char serial[2 * 20 + 1];
    struct sdc_buf der = SDC_BUF_INIT;
    enum sdc_status status = sdc_piv_generate(job->link, key->ref, point, e);
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
    enum sdc_status status = SDC_OK;
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
    enum sdc_status status = SDC_OK;
    for (size_t i = 0; i < DATA_OBJECTS && status == SDC_OK; i++)
        status = sdc_piv_put(job->link, data_objects[i].object, job->set.content[i].data, job->set.content[i].len, e);
    for (size_t i = 0; i < JOB_KEYS && status == SDC_OK; i++)
        status = sdc_piv_put(job->link, job_keys[i].object, job->certificate[i].data, job->certificate[i].len, e);
    return status;
}
