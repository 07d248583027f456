/* SPDX-License-Identifier: BSD-2-Clause */
/* Does the chip hold the keys that its certificates name? A copy of the data alone doesn't. */
#include "run.h"

#include <openssl/evp.h>

static const uint8_t key_refs[VF_CARD_CERTS] = { 0x9A, 0x9C, 0x9D, 0x9E };

static bool signature_good(X509 *cert, const uint8_t *hash, size_t hash_len, const struct sdc_buf *signature)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(X509_get0_pubkey(cert), NULL);
    bool good = ctx && EVP_PKEY_verify_init(ctx) == 1 &&
                EVP_PKEY_verify(ctx, signature->data, signature->len, hash, hash_len) == 1;
    EVP_PKEY_CTX_free(ctx);
    return good;
}

void vf_check_key(struct vf_run *run, enum vf_cert_kind kind, enum vf_check check)
{
    struct sdc_error e = { .status = SDC_OK };
    struct sdc_buf signature = SDC_BUF_INIT;
    uint8_t challenge[32];
    if (!vf_cert_is_p256(run->cert[kind])) {
        vf_skip(run->report, check, "this reader challenges keys of P-256 only");
        return;
    }
    enum sdc_status status = sdc_random(challenge, sizeof challenge, &e);
    if (status == SDC_OK)
        status = sdc_piv_sign(run->link, key_refs[kind], challenge, &signature, &e);
    if (status == SDC_OK)
        vf_result(run->report, check, "",
                  signature_good(run->cert[kind], challenge, sizeof challenge, &signature)
                      ? NULL
                      : "the chip's signature is not by the certified key");
    else if (!vf_taken(run, status, &e))
        vf_fail(run->report, check, "%s", e.text);
    sdc_buf_free(&signature);
}

void vf_stage_chip(struct vf_run *run)
{
    vf_check_key(run, VF_CERT_9E, VF_KEY_9E);
}
