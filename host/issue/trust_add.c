/* SPDX-License-Identifier: BSD-2-Clause */
/* First trust: a certificate from outside becomes an anchor where somebody vouches for its fingerprint. */
#include "terminal_private.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

enum { HASH_LEN = 32, WHAT_LEN = 64 };

/* Hex of 32 bytes, with or without colons and spaces between */
static bool read_fingerprint(const char *text, uint8_t out[static HASH_LEN])
{
    char digits[2 * HASH_LEN + 1];
    size_t len = 0;
    for (; *text; text++) {
        if (*text == ':' || *text == ' ')
            continue;
        if (len == sizeof digits - 1)
            return false;
        digits[len++] = *text;
    }
    digits[len] = '\0';
    return sdc_unhex(digits, out, HASH_LEN);
}

static enum sdc_status check_fingerprint(const char *fingerprint, const uint8_t *der, size_t len, struct sdc_error *e)
{
    uint8_t wanted[HASH_LEN], hash[HASH_LEN];
    char text[2 * HASH_LEN + 1];
    if (!fingerprint)
        return sdc_fail(e, SDC_E_USAGE, "first trust needs the fingerprint, by another way than the file");
    if (!read_fingerprint(fingerprint, wanted))
        return sdc_fail(e, SDC_E_USAGE, "a fingerprint is SHA-256 in 64 hex digits");
    if (EVP_Digest(der, len, hash, NULL, EVP_sha256(), NULL) != 1)
        return crypto_fail(e, "can't hash");
    sdc_hex(hash, sizeof hash, text);
    if (memcmp(wanted, hash, sizeof hash) != 0)
        return sdc_fail(e, SDC_E_SIGNATURE, "the file's fingerprint is %s", text);
    return SDC_OK;
}

/* ---- CVCA ---- */

/* Self-signed with its fingerprint, or a link certificate by one that is trusted. */
static enum sdc_status check_cvca(const struct anchors *a, const struct sdc_buf *file, const char *fingerprint,
                                  struct sdc_error *e)
{
    struct sdc_cvc cvc;
    enum sdc_status status = sdc_cvc_parse(file->data, file->len, &cvc, e);
    if (status == SDC_OK && cvc.role != SDC_CVC_CVCA)
        status = sdc_fail(e, SDC_E_INPUT, "%s is no CVCA's certificate", cvc.chr);
    for (size_t i = 0; i < a->count && status == SDC_OK; i++)
        if (strcmp(a->cvc[i].chr, cvc.chr) == 0)
            status = sdc_fail(e, SDC_E_CONFLICT, "%s is trusted already", cvc.chr);
    for (size_t i = 0; i < a->count && status == SDC_OK; i++)
        if (strcmp(a->cvc[i].chr, cvc.car) == 0)
            return sdc_cvc_check_issued(&a->cvc[i], &cvc, e);
    if (status == SDC_OK)
        status = check_fingerprint(fingerprint, file->data, file->len, e);
    if (status == SDC_OK && strcmp(cvc.car, cvc.chr) != 0)
        status = sdc_fail(e, SDC_E_INPUT, "%s is a link certificate of %s, which isn't trusted here", cvc.chr, cvc.car);
    return status == SDC_OK ? sdc_cvc_verify(&cvc, cvc.point, e) : status;
}

static enum sdc_status add_cvca(const char *home, const struct sdc_buf *file, const char *fingerprint, char *what,
                                struct sdc_error *e)
{
    struct anchors a;
    enum sdc_status status = anchors_load(home, &a, e);
    if (status == SDC_OK)
        status = check_cvca(&a, file, fingerprint, e);
    if (status == SDC_OK)
        status = anchors_add(home, &a, file, e);
    if (status == SDC_OK)
        snprintf(what, WHAT_LEN, "CVCA certificate");
    anchors_free(&a);
    return status;
}

/* ---- CSCA and card CA ---- */

/* One certificate, self-signed, of a CA. */
static enum sdc_status check_ca(const struct sdc_buf *file, const char *fingerprint, struct sdc_error *e)
{
    struct sdc_buf der = SDC_BUF_INIT;
    BIO *bio = BIO_new_mem_buf(file->data, (int)file->len);
    X509 *cert = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    X509 *second = cert ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    enum sdc_status status = SDC_OK;
    if (!cert || second || X509_check_ca(cert) != 1 || X509_check_issued(cert, cert) != X509_V_OK ||
        X509_verify(cert, X509_get0_pubkey(cert)) != 1)
        status = sdc_fail(e, SDC_E_INPUT, "not one self-signed CA certificate in PEM, and no CVCA's");
    if (status == SDC_OK)
        status = certificate_der(cert, &der, e);
    if (status == SDC_OK)
        status = check_fingerprint(fingerprint, der.data, der.len, e);
    X509_free(cert);
    X509_free(second);
    BIO_free(bio);
    sdc_buf_free(&der);
    return status;
}

/* Whether it is a CSCA or a card CA, its file name says. */
static enum sdc_status add_ca(const char *home, const char *from, const struct sdc_buf *file, const char *fingerprint,
                              char *what, struct sdc_error *e)
{
    char name[256], path[PATH_MAX];
    const char *slash = strrchr(from, '/'), *base = slash ? slash + 1 : from;
    const bool csca = fnmatch("csca*.pem", base, 0) == 0;
    if ((!csca && fnmatch("card-ca*.pem", base, 0) != 0) ||
        snprintf(name, sizeof name, STATION_TRUST "/%s", base) >= (int)sizeof name)
        return sdc_fail(e, SDC_E_USAGE, "the file's name says what it is: csca….pem or card-ca….pem");
    enum sdc_status status = check_ca(file, fingerprint, e);
    if (status == SDC_OK)
        status = station_path(home, name, path, e);
    if (status == SDC_OK && access(path, F_OK) == 0)
        status = sdc_fail(e, SDC_E_CONFLICT, "%s is there already", path);
    if (status == SDC_OK)
        status = sdc_file_write(path, file->data, file->len, 0644, e);
    if (status == SDC_OK)
        snprintf(what, WHAT_LEN, csca ? "CSCA certificate" : "card CA certificate");
    return status;
}

enum sdc_status sdc_trust_add(const char *home, const char *path, const char *fingerprint, char *what,
                              struct sdc_error *e)
{
    struct sdc_buf file = SDC_BUF_INIT;
    struct sdc_rd head;
    enum sdc_status status = sdc_file_read(path, TERMINAL_FILE_MAX * 4, &file, e);
    head = sdc_buf_rd(&file);
    if (status == SDC_OK && sdc_rd_u16(&head) == 0x7F21)
        status = add_cvca(home, &file, fingerprint, what, e);
    else if (status == SDC_OK)
        status = add_ca(home, path, &file, fingerprint, what, e);
    sdc_buf_free(&file);
    return status;
}
