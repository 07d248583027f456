/* SPDX-License-Identifier: BSD-2-Clause */
#include "terminal_private.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>

#include "sdc/tlv.h"

enum { CERTIFICATE = 0x7F21, COUNTRY_LEN = 2, SEQUENCE_LEN = 5, SIGNATURE_MAX = 80 };

#define EVERYTHING                                                                                                     \
    (SDC_CHAT_READ(17) | SDC_CHAT_READ(19) | SDC_CHAT_READ(20) | SDC_CHAT_READ(21) | SDC_CHAT_CAN_ALLOWED)

/* clang-format off */
const struct sdc_terminal_profile sdc_terminal_profiles[] = {
    { "officer",  EVERYTHING,                            1,  "reads the whole docket, with the CAN or the PIN" },
    { "update",   SDC_CHAT_KNOWN,                        1,  "reads the whole docket and writes what the issuer signed" },
    { "benefits", SDC_CHAT_READ(17) | SDC_CHAT_READ(21), 30, "reads address and benefits, with the holder's PIN" },
    { "status",   SDC_CHAT_READ(19),                     30, "reads the immigration status, with the holder's PIN" },
    { "lane",     0,                                     30, "reads nothing of the docket; brings cards a fresh date" },
};
/* clang-format on */
const size_t sdc_terminal_profiles_len = sizeof sdc_terminal_profiles / sizeof sdc_terminal_profiles[0];

const struct sdc_terminal_profile *sdc_terminal_profile(const char *name)
{
    for (size_t i = 0; i < sdc_terminal_profiles_len; i++)
        if (strcmp(sdc_terminal_profiles[i].name, name) == 0)
            return &sdc_terminal_profiles[i];
    return NULL;
}

/* ---- keys of the token ---- */

/* DER to r || s */
static bool plain_signature(const uint8_t *der, size_t len, uint8_t rs[static SDC_RS_LEN])
{
    ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, (long)len);
    bool good = sig && BN_bn2binpad(ECDSA_SIG_get0_r(sig), rs, SDC_RS_LEN / 2) == SDC_RS_LEN / 2 &&
                BN_bn2binpad(ECDSA_SIG_get0_s(sig), rs + SDC_RS_LEN / 2, SDC_RS_LEN / 2) == SDC_RS_LEN / 2;
    ECDSA_SIG_free(sig);
    return good;
}

static enum sdc_status sign(void *ctx, const uint8_t hash[static 32], uint8_t rs[static SDC_RS_LEN],
                            struct sdc_error *e)
{
    uint8_t der[SIGNATURE_MAX];
    size_t len = sizeof der;
    EVP_PKEY_CTX *key = EVP_PKEY_CTX_new(ctx, NULL);
    bool good = key && EVP_PKEY_sign_init(key) == 1 && EVP_PKEY_sign(key, der, &len, hash, 32) == 1 &&
                plain_signature(der, len, rs);
    EVP_PKEY_CTX_free(key);
    return good ? SDC_OK : crypto_fail(e, "can't sign with the token");
}

struct sdc_cvc_signer terminal_signer(EVP_PKEY *key)
{
    return (struct sdc_cvc_signer) { sign, key };
}

enum sdc_status terminal_point(EVP_PKEY *key, uint8_t point[static SDC_P256_POINT_LEN], struct sdc_error *e)
{
    unsigned char *encoded = NULL;
    size_t len = EVP_PKEY_get1_encoded_public_key(key, &encoded);
    bool good = len == SDC_P256_POINT_LEN;
    if (good)
        memcpy(point, encoded, len);
    OPENSSL_free(encoded);
    return good ? SDC_OK : crypto_fail(e, "a key has no point of P-256");
}

/* ---- names ---- */

static bool is_name(const char *name)
{
    size_t len = strlen(name);
    return len > 0 && len <= SDC_TERMINAL_NAME_MAX && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789") == len;
}

/* Country, name in capitals, sequence number */
static void reference_of(const struct config *config, const char *name, char chr[static SDC_CVC_REF_MAX + 1])
{
    snprintf(chr, SDC_CVC_REF_MAX + 1, "%.2s%.9s00001", config->country, name);
    for (; *chr; chr++)
        *chr = (char)toupper((unsigned char)*chr);
}

bool terminal_name_of(const char *chr, char name[static SDC_TERMINAL_NAME_MAX + 1])
{
    size_t len = strlen(chr);
    if (len <= COUNTRY_LEN + SEQUENCE_LEN || len > COUNTRY_LEN + SDC_TERMINAL_NAME_MAX + SEQUENCE_LEN)
        return false;
    len -= COUNTRY_LEN + SEQUENCE_LEN;
    memcpy(name, chr + COUNTRY_LEN, len);
    name[len] = '\0';
    for (size_t i = 0; i < len; i++)
        name[i] = (char)tolower((unsigned char)name[i]);
    return is_name(name);
}

enum sdc_status terminal_path(const char *home, const char *name, const char *kind, char path[static PATH_MAX],
                              struct sdc_error *e)
{
    char file[64];
    if (!is_name(name))
        return sdc_fail(e, SDC_E_USAGE, "a terminal's name has 1 to %d characters a-z 0-9", SDC_TERMINAL_NAME_MAX);
    snprintf(file, sizeof file, TERMINAL_FOLDER "/%.9s.%.10s", name, kind);
    return station_path(home, file, path, e);
}

static enum sdc_status save(const struct sdc_station *station, const char *name, const char *kind, struct sdc_rd data,
                            struct sdc_error *e)
{
    char folder[PATH_MAX], path[PATH_MAX];
    enum sdc_status status = station_path(station->home, TERMINAL_FOLDER, folder, e);
    if (status == SDC_OK)
        status = terminal_path(station->home, name, kind, path, e);
    if (status == SDC_OK && mkdir(folder, 0755) != 0 && access(folder, X_OK) != 0)
        status = sdc_fail(e, SDC_E_IO, "can't make %s", folder);
    return status == SDC_OK ? sdc_file_write(path, data.p, data.left, 0644, e) : status;
}

void terminal_label(const char *name, char label[static 32])
{
    snprintf(label, 32, "terminal-%.9s", name);
}

/* ---- request ---- */

enum sdc_status sdc_terminal_request(struct sdc_station *station, const char *name, struct sdc_buf *out,
                                     struct sdc_error *e)
{
    char label[32];
    struct sdc_cvc_ask ask;
    EVP_PKEY *key = NULL;
    struct sdc_buf request = SDC_BUF_INIT;
    if (!is_name(name))
        return sdc_fail(e, SDC_E_USAGE, "a terminal's name has 1 to %d characters a-z 0-9", SDC_TERMINAL_NAME_MAX);
    terminal_label(name, label);
    enum sdc_status status = token_make_key(station->token, TOKEN_KEY_P256, label, &key, e);
    reference_of(&station->config, name, ask.chr);
    if (status == SDC_OK)
        status = terminal_point(key, ask.point, e);
    if (status == SDC_OK) {
        struct sdc_cvc_signer signer = terminal_signer(key);
        status = sdc_cvc_ask_make(&ask, &signer, &request, e);
    }
    if (status == SDC_OK)
        status = save(station, name, "request", sdc_buf_rd(&request), e);
    if (status == SDC_OK) {
        sdc_buf_put(out, request.data, request.len);
        status = sdc_buf_status(out, e);
    }
    EVP_PKEY_free(key);
    sdc_buf_free(&request);
    return status;
}

/* ---- installing ---- */

enum sdc_status terminal_split(struct sdc_rd chain, struct sdc_rd *parts, struct sdc_cvc *cvcs, size_t *count,
                               struct sdc_error *e)
{
    *count = 0;
    while (!sdc_rd_end(&chain)) {
        struct sdc_rd whole = chain, value = sdc_tlv_take(&chain, CERTIFICATE);
        if (value.err || *count == SDC_TERMINAL_CHAIN_MAX)
            return sdc_fail(e, SDC_E_INPUT, "not a terminal's chain of certificates");
        parts[*count] = sdc_rd_take(&whole, whole.left - chain.left);
        enum sdc_status status = sdc_cvc_parse(parts[*count].p, parts[*count].left, &cvcs[*count], e);
        if (status != SDC_OK)
            return status;
        ++*count;
    }
    return *count >= 2 && cvcs[*count - 1].role == SDC_CVC_TERMINAL
               ? SDC_OK
               : sdc_fail(e, SDC_E_INPUT, "not a terminal's chain of certificates");
}

static enum sdc_status check_chain(const struct sdc_station *station, const struct sdc_cvc *cvcs, size_t count,
                                   struct sdc_error *e)
{
    struct anchors a;
    const struct sdc_date today = sdc_date_today();
    enum sdc_status status = anchors_load(station->home, &a, e);
    if (status == SDC_OK) {
        status = sdc_fail(e, SDC_E_SIGNATURE, "%s is no CVCA that this station trusts (sdc trust add)", cvcs[0].car);
        for (size_t i = 0; i < a.count; i++)
            if (strcmp(a.cvc[i].chr, cvcs[0].car) == 0)
                status = sdc_cvc_check_issued(&a.cvc[i], &cvcs[0], e);
    }
    for (size_t i = 1; i < count && status == SDC_OK; i++)
        status = sdc_cvc_check_issued(&cvcs[i - 1], &cvcs[i], e);
    for (size_t i = 0; i < count && status == SDC_OK; i++)
        if (sdc_date_compare(&cvcs[i].expiry, &today) < 0)
            status = sdc_fail(e, SDC_E_SIGNATURE, "%s is over", cvcs[i].chr);
    anchors_free(&a);
    return status;
}

static enum sdc_status check_key(const struct sdc_station *station, const struct sdc_cvc *cvc, const char *name,
                                 struct sdc_error *e)
{
    char label[32];
    uint8_t point[SDC_P256_POINT_LEN];
    EVP_PKEY *key = NULL;
    terminal_label(name, label);
    enum sdc_status status = token_private_key(station->token, label, &key, e);
    if (status == SDC_OK)
        status = terminal_point(key, point, e);
    if (status == SDC_OK && memcmp(point, cvc->point, sizeof point) != 0)
        status = sdc_fail(e, SDC_E_SIGNATURE, "%s: the token has another key of this name", name);
    EVP_PKEY_free(key);
    return status;
}

enum sdc_status sdc_terminal_install(struct sdc_station *station, struct sdc_rd chain, char *name, struct sdc_error *e)
{
    struct sdc_rd parts[SDC_TERMINAL_CHAIN_MAX];
    struct sdc_cvc cvcs[SDC_TERMINAL_CHAIN_MAX];
    size_t count = 0;
    enum sdc_status status = terminal_split(chain, parts, cvcs, &count, e);
    if (status == SDC_OK && !terminal_name_of(cvcs[count - 1].chr, name))
        status = sdc_fail(e, SDC_E_INPUT, "%s is no name of a terminal of ours", cvcs[count - 1].chr);
    if (status == SDC_OK)
        status = check_chain(station, cvcs, count, e);
    if (status == SDC_OK)
        status = check_key(station, &cvcs[count - 1], name, e);
    return status == SDC_OK ? save(station, name, "chain", chain, e) : status;
}
