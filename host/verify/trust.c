/* SPDX-License-Identifier: BSD-2-Clause */
#include "trust.h"

#include "cert.h"

#include <dirent.h>
#include <fnmatch.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>

#define ANCHOR_FILE_MAX 65536

/* A trust anchor signs for itself and may sign certificates. */
static bool anchor_good(X509 *cert)
{
    EVP_PKEY *key = X509_get0_pubkey(cert);
    return key && X509_get_version(cert) == X509_VERSION_3 && X509_check_ca(cert) == 1 &&
           (X509_get_key_usage(cert) & KU_KEY_CERT_SIGN) && X509_check_issued(cert, cert) == X509_V_OK &&
           X509_verify(cert, key) == 1;
}

/* All certificates of one PEM text onto the stack; at least one, and nothing that isn't a certificate. */
static bool pem_read(const struct sdc_buf *pem, bool anchors, STACK_OF(X509) * stack)
{
    BIO *bio = BIO_new_mem_buf(pem->data, (int)pem->len);
    X509 *cert = NULL;
    int before = sk_X509_num(stack);
    bool good = bio != NULL;
    while (good && (cert = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
        good = (!anchors || anchor_good(cert)) && sk_X509_push(stack, cert) > 0;
        if (!good)
            X509_free(cert);
    }
    good = good && ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE && sk_X509_num(stack) > before;
    ERR_clear_error();
    BIO_free(bio);
    return good;
}

static enum sdc_status file_load(const char *folder, const char *name, bool anchors, STACK_OF(X509) * stack,
                                 struct sdc_error *e)
{
    char *path = NULL;
    struct sdc_buf pem = SDC_BUF_INIT;
    if (asprintf(&path, "%s/%s", folder, name) < 0)
        return sdc_fail(e, SDC_E_NO_MEMORY, "out of memory");
    enum sdc_status status = sdc_file_read(path, ANCHOR_FILE_MAX, &pem, e);
    if (status == SDC_OK && !pem_read(&pem, anchors, stack))
        status = sdc_fail(e, SDC_E_INPUT, "%s: no PEM file of %s", path,
                          anchors ? "self-signed CA certificates" : "certificates");
    sdc_buf_free(&pem);
    free(path);
    return status;
}

static enum sdc_status folder_load(const char *folder, struct sdc_trust *trust, struct sdc_error *e)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, NULL, alphasort);
    if (count < 0)
        return sdc_fail(e, SDC_E_INPUT, "%s: can't read the folder of trust anchors", folder);
    enum sdc_status status = SDC_OK;
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        if (status == SDC_OK && fnmatch("card-ca*.pem", name, 0) == 0)
            status = file_load(folder, name, true, trust->card_ca, e);
        else if (status == SDC_OK && fnmatch("csca*.pem", name, 0) == 0)
            status = file_load(folder, name, true, trust->csca, e);
        else if (status == SDC_OK && fnmatch("ds-*.pem", name, 0) == 0)
            status = file_load(folder, name, false, trust->signers, e);
        free(entries[i]);
    }
    free(entries);
    if (status == SDC_OK && sk_X509_num(trust->card_ca) == 0)
        return sdc_fail(e, SDC_E_INPUT, "%s: no card CA certificate (card-ca*.pem)", folder);
    return status;
}

static bool store_fill(X509_STORE *store, const STACK_OF(X509) * certs)
{
    for (int i = 0; i < sk_X509_num(certs); i++)
        if (X509_STORE_add_cert(store, sk_X509_value(certs, i)) != 1)
            return false;
    return true;
}

enum sdc_status sdc_trust_load(const char *folder, struct sdc_trust **out, struct sdc_error *e)
{
    *out = NULL;
    struct sdc_trust *trust = calloc(1, sizeof *trust);
    if (!trust)
        return sdc_fail(e, SDC_E_NO_MEMORY, "out of memory");
    trust->csca = sk_X509_new_null();
    trust->card_ca = sk_X509_new_null();
    trust->signers = sk_X509_new_null();
    trust->store = X509_STORE_new();
    trust->csca_store = X509_STORE_new();
    enum sdc_status status = SDC_OK;
    if (!trust->csca || !trust->card_ca || !trust->signers || !trust->store || !trust->csca_store)
        status = sdc_fail(e, SDC_E_NO_MEMORY, "out of memory");
    if (status == SDC_OK)
        status = folder_load(folder, trust, e);
    if (status == SDC_OK && (!store_fill(trust->store, trust->card_ca) || !store_fill(trust->csca_store, trust->csca)))
        status = sdc_fail(e, SDC_E_NO_MEMORY, "out of memory");
    if (status != SDC_OK) {
        sdc_trust_free(trust);
        return status;
    }
    *out = trust;
    return SDC_OK;
}

void sdc_trust_free(struct sdc_trust *trust)
{
    if (!trust)
        return;
    sk_X509_pop_free(trust->csca, X509_free);
    sk_X509_pop_free(trust->card_ca, X509_free);
    sk_X509_pop_free(trust->signers, X509_free);
    X509_STORE_free(trust->store);
    X509_STORE_free(trust->csca_store);
    free(trust);
}

static enum vf_chain chain_result(int error, const char **why)
{
    switch (error) {
    case X509_V_OK:
        *why = NULL;
        return VF_CHAIN_GOOD;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        *why = "is not issued by a card CA that this reader trusts";
        return VF_CHAIN_UNKNOWN;
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
        *why = "has a wrong signature";
        return VF_CHAIN_BAD;
    default:
        *why = X509_verify_cert_error_string(error);
        return VF_CHAIN_BAD;
    }
}

/* Depth 0: no certificate between the card CA and the card's. Dates are a check of their own, with the caller's date
 * instead of the clock. */
enum vf_chain vf_trust_chain(const struct sdc_trust *trust, X509 *cert, const X509 **ca, const char **why)
{
    enum vf_chain result = VF_CHAIN_BAD;
    *why = "could not be checked: the crypto library failed";
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    if (!ctx || X509_STORE_CTX_init(ctx, trust->store, cert, NULL) != 1)
        goto out;
    X509_STORE_CTX_set_depth(ctx, 0);
    X509_STORE_CTX_set_flags(ctx, X509_V_FLAG_NO_CHECK_TIME);
    int verified = X509_verify_cert(ctx);
    int error = X509_STORE_CTX_get_error(ctx);
    if (verified != 1 && error == X509_V_OK)
        goto out;
    result = chain_result(error, why);
    const STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(ctx);
    if (result == VF_CHAIN_GOOD && sk_X509_num(chain) != 2) {
        *why = "is a CA's own certificate";
        result = VF_CHAIN_BAD;
    }
    if (result == VF_CHAIN_GOOD && ca)
        for (int i = 0; i < sk_X509_num(trust->card_ca); i++)
            if (X509_cmp(sk_X509_value(trust->card_ca, i), sk_X509_value(chain, 1)) == 0)
                *ca = sk_X509_value(trust->card_ca, i);
out:
    X509_STORE_CTX_free(ctx);
    ERR_clear_error();
    return result;
}

const char *vf_trust_signer(const struct sdc_trust *trust, X509 *cert, const struct sdc_date *today)
{
    const char *why = NULL;
    int error = X509_V_ERR_UNSPECIFIED;
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    if (ctx && X509_STORE_CTX_init(ctx, trust->csca_store, cert, NULL) == 1) {
        X509_STORE_CTX_set_depth(ctx, 0);
        X509_STORE_CTX_set_flags(ctx, X509_V_FLAG_NO_CHECK_TIME);
        int verified = X509_verify_cert(ctx);
        error = X509_STORE_CTX_get_error(ctx);
        if (verified != 1 && error == X509_V_OK)
            error = X509_V_ERR_UNSPECIFIED;
    }
    if (error != X509_V_OK)
        why = "the document signer is not issued by a CSCA that this reader trusts";
    else if (X509_check_ca(cert) != 0 || !(X509_get_key_usage(cert) & KU_DIGITAL_SIGNATURE) || !vf_cert_is_p256(cert))
        why = "the signer's certificate is no document signer's";
    else if (vf_cert_dates(cert, today))
        why = "the document signer's certificate is not valid today";
    X509_STORE_CTX_free(ctx);
    ERR_clear_error();
    return why;
}
