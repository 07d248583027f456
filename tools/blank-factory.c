/* SPDX-License-Identifier: BSD-2-Clause */
/* Plays the card maker: virtual blank cards and the delivery that goes with them.
 *   blank-factory [--first N] CARDS BATCH FOLDER
 * FOLDER must be there; it gets
 *   0, 1, …         flash files: chips with a serial number, transport keys and an attestation key of their own
 *   maker.pem       certificate of the maker's attestation CA
 *   manifest.p7     the delivery manifest, signed by it (host/issue/manifest.h)
 *   transport.key   what the transport keys are derived from, hex; mode 0600
 * Every run is another maker: the CA's key is forgotten at the end. Exit: 0 done, 64 usage, 73 can't write, 70 else. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include <openssl/cms.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "card.h"
#include "card_edge.h"
#include "flash.h"

enum {
    CARDS_MAX = 10000,
    KEY_LEN = 32,
    SCALAR_LEN = 32,
    DAYS = 3650,
    SERIAL_TEXT = 2 * SCP_SERIAL + 1,
    OBJECT_MAX = 2048
};

struct maker {
    const char *batch, *folder;
    EVP_PKEY *key;
    X509 *certificate;
    uint8_t transport[KEY_LEN];
};

__attribute__((format(printf, 2, 3))) static _Noreturn void die(int status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("blank-factory: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(status);
}

static void must(bool ok)
{
    if (!ok)
        die(EX_SOFTWARE, "the crypto library failed");
}

static void write_file(const struct maker *m, const char *name, const void *data, size_t len, mode_t mode)
{
    char path[4096];
    const uint8_t *at = data;
    snprintf(path, sizeof path, "%s/%s", m->folder, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    for (ssize_t n = 1; fd >= 0 && len > 0 && n > 0; at += n, len -= (size_t)n)
        n = write(fd, at, len);
    if (fd < 0 || len > 0 || close(fd) != 0)
        die(EX_CANTCREAT, "%s: %s", path, strerror(errno));
}

static void hex(const uint8_t *data, size_t len, char *out)
{
    for (size_t i = 0; i < len; i++)
        snprintf(out + 2 * i, 3, "%02X", data[i]);
}

/* ---- certificates ---- */

static void extension(X509 *x, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
    X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    must(e && X509_add_ext(x, e, -1) == 1);
    X509_EXTENSION_free(e);
}

static void name_add(X509_NAME *name, const char *field, const char *text)
{
    must(X509_NAME_add_entry_by_txt(name, field, MBSTRING_ASC, (const unsigned char *)text, -1, -1, 0) == 1);
}

/* issuer NULL: self-signed, the CA */
static X509 *certificate(const struct maker *m, EVP_PKEY *key, const char *serial)
{
    X509 *x = X509_new(), *issuer = serial ? m->certificate : x;
    uint8_t number[16];
    must(x && RAND_bytes(number, sizeof number) == 1);
    number[0] = (uint8_t)((number[0] & 0x7F) | 0x40);
    BIGNUM *bn = BN_bin2bn(number, sizeof number, NULL);
    must(bn && BN_to_ASN1_INTEGER(bn, X509_get_serialNumber(x)) && X509_set_version(x, X509_VERSION_3) == 1);
    BN_free(bn);
    X509_NAME *subject = X509_get_subject_name(x);
    name_add(subject, "O", "Example Card Maker");
    name_add(subject, "CN", serial ? "Chip attestation" : "Attestation CA");
    if (serial)
        name_add(subject, "serialNumber", serial);
    must(X509_set_issuer_name(x, X509_get_subject_name(issuer)) == 1 && X509_set_pubkey(x, key) == 1 &&
         X509_time_adj_ex(X509_getm_notBefore(x), -1, 0, NULL) &&
         X509_time_adj_ex(X509_getm_notAfter(x), DAYS, 0, NULL));
    extension(x, issuer, NID_basic_constraints, serial ? "critical,CA:TRUE,pathlen:0" : "critical,CA:TRUE");
    extension(x, issuer, NID_key_usage, "critical,keyCertSign");
    must(X509_sign(x, m->key, EVP_sha256()) > 0);
    return x;
}

/* ---- transport keys: SP 800-108 in counter mode with AES-CMAC, as host/issue/key_derivation.h says ---- */

static void derive(const struct maker *m, const uint8_t serial[static SCP_SERIAL], const char *label,
                   uint8_t out[static KEY_LEN])
{
    for (unsigned i = 1; i <= KEY_LEN / 16; i++) {
        uint8_t input[128] = { 0, 0, 0, (uint8_t)i };
        size_t len = 4, got = 0;
        memcpy(input + len, label, strlen(label) + 1);
        len += strlen(label) + 1;
        memcpy(input + len, m->batch, strlen(m->batch));
        len += strlen(m->batch);
        memcpy(input + len, serial, SCP_SERIAL);
        len += SCP_SERIAL;
        const uint8_t tail[] = { 0, KEY_VERSION_TRANSPORT, 0, 0, KEY_LEN * 8 >> 8, KEY_LEN * 8 & 0xFF };
        memcpy(input + len, tail, sizeof tail);
        len += sizeof tail;
        must(EVP_Q_mac(NULL, "CMAC", NULL, "AES-256-CBC", NULL, m->transport, KEY_LEN, input, len, out + 16 * (i - 1),
                       16, &got) != NULL &&
             got == 16);
    }
}

/* ---- cards: the core on an array, which becomes the flash file ---- */

static uint8_t nv[FLASH_FILE_LEN];

static uint8_t *at(unsigned bank, size_t offset)
{
    return nv + bank * (size_t)FLASH_BANK_LEN + offset;
}

static void nv_read(void *ctx, unsigned bank, size_t offset, uint8_t *data, size_t len)
{
    (void)ctx;
    memcpy(data, at(bank, offset), len);
}

static bool nv_program(void *ctx, unsigned bank, size_t offset, const uint8_t *data, size_t len)
{
    (void)ctx;
    for (size_t i = 0; i < len; i++)
        at(bank, offset)[i] &= data[i];
    return memcmp(at(bank, offset), data, len) == 0;
}

static bool nv_erase(void *ctx, unsigned bank)
{
    (void)ctx;
    memset(at(bank, 0), 0xFF, FLASH_BANK_LEN);
    return true;
}

static bool entropy(void *ctx, uint8_t *data, size_t len)
{
    (void)ctx;
    return RAND_bytes(data, (int)len) == 1;
}

static void delay_ms(void *ctx, uint32_t ms)
{
    (void)ctx, (void)ms;
}

/* 70 certificate, 71 00, FE (SP 800-73-4 part 1, table 10) */
static size_t certificate_object(X509 *x, uint8_t out[static OBJECT_MAX])
{
    static const uint8_t tail[] = { 0x71, 0x01, 0x00, 0xFE, 0x00 };
    enum { HEAD = 4 };
    int len = i2d_X509(x, NULL);
    must(len > 0xFF && (size_t)len + HEAD + sizeof tail <= OBJECT_MAX);
    const uint8_t head[HEAD] = { TAG_CERTIFICATE, 0x82, (uint8_t)(len >> 8), (uint8_t)len };
    memcpy(out, head, HEAD);
    uint8_t *at = out + HEAD;
    must(i2d_X509(x, &at) == len);
    memcpy(at, tail, sizeof tail);
    return HEAD + (size_t)len + sizeof tail;
}

static void make_card(const struct maker *m, unsigned number, char serial_text[static SERIAL_TEXT])
{
    static const char *const labels[SCP_KEYS] = { "SCP03 ENC", "SCP03 MAC", "SCP03 DEK" };
    const struct card_port port = { .bank_len = FLASH_BANK_LEN,
                                    .nv_read = nv_read,
                                    .nv_program = nv_program,
                                    .nv_erase = nv_erase,
                                    .entropy = entropy,
                                    .delay_ms = delay_ms };
    uint8_t serial[SCP_SERIAL] = { BLANK_SERIAL }, scalar[SCALAR_LEN];
    struct card_blank blank;
    card_blank_default(&blank);
    blank.key_len = KEY_LEN;
    must(RAND_bytes(serial + 3, SCP_SERIAL - 3) == 1);
    hex(serial, sizeof serial, serial_text);
    for (size_t i = 0; i < SCP_KEYS; i++)
        derive(m, serial, labels[i], blank.keys[i]);
    EVP_PKEY *key = EVP_EC_gen("P-256");
    BIGNUM *bn = NULL;
    must(key && EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &bn) == 1 &&
         BN_bn2binpad(bn, scalar, sizeof scalar) == sizeof scalar);
    BN_clear_free(bn);
    X509 *x = certificate(m, key, serial_text);
    uint8_t object[OBJECT_MAX];
    memcpy(blank.serial, serial, sizeof blank.serial);
    blank.attestation_key = scalar;
    blank.attestation_certificate = object;
    blank.attestation_certificate_len = certificate_object(x, object);
    char name[16];
    memset(nv, 0xFF, sizeof nv);
    if (!card_format_as(&port, &blank))
        die(EX_SOFTWARE, "a card can't be made");
    snprintf(name, sizeof name, "%u", number);
    write_file(m, name, nv, sizeof nv, 0600);
    OPENSSL_cleanse(&blank, sizeof blank);
    OPENSSL_cleanse(scalar, sizeof scalar);
    X509_free(x);
    EVP_PKEY_free(key);
}

/* ---- the delivery ---- */

static void write_bio(const struct maker *m, const char *name, BIO *bio)
{
    char *data = NULL;
    long len = BIO_get_mem_data(bio, &data);
    write_file(m, name, data, (size_t)len, 0644);
    BIO_free(bio);
}

static void sign_manifest(const struct maker *m, BIO *content)
{
    BIO *out = BIO_new(BIO_s_mem());
    CMS_ContentInfo *cms = CMS_sign(m->certificate, m->key, NULL, content, CMS_BINARY);
    must(out && cms && i2d_CMS_bio(out, cms) == 1);
    write_bio(m, "manifest.p7", out);
    CMS_ContentInfo_free(cms);
    BIO_free(content);
}

static void deliver(const struct maker *m, unsigned first, unsigned cards)
{
    char serial[SERIAL_TEXT], key[2 * KEY_LEN + 1], date[11];
    time_t now = time(NULL);
    struct tm tm;
    BIO *content = BIO_new(BIO_s_mem()), *pem = BIO_new(BIO_s_mem());
    must(content && pem && gmtime_r(&now, &tm) && strftime(date, sizeof date, "%Y-%m-%d", &tm) == 10);
    BIO_printf(
        content,
        "{\"format\":\"sdc-delivery-1\",\"batch\":\"%s\",\"created\":\"%s\",\"transport_key\":\"%s\",\"chips\":[",
        m->batch, date, m->batch);
    for (unsigned i = 0; i < cards; i++) {
        make_card(m, first + i, serial);
        BIO_printf(content, "%s\"%s\"", i > 0 ? "," : "", serial);
    }
    BIO_puts(content, "]}");
    sign_manifest(m, content);
    must(PEM_write_bio_X509(pem, m->certificate) == 1);
    write_bio(m, "maker.pem", pem);
    hex(m->transport, sizeof m->transport, key);
    write_file(m, "transport.key", key, 2 * KEY_LEN, 0600);
    OPENSSL_cleanse(key, sizeof key);
}

static bool number(const char *text, unsigned long max, unsigned *value)
{
    char *end;
    errno = 0;
    unsigned long n = strtoul(text, &end, 10);
    *value = (unsigned)n;
    return errno == 0 && *text >= '0' && *text <= '9' && *end == '\0' && n <= max;
}

int main(int argc, char **argv)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_";
    struct maker m = { .batch = NULL };
    unsigned cards = 0, first = 0;
    int i = 1;
    bool good = true;
    if (argc > 2 && strcmp(argv[1], "--first") == 0) {
        good = number(argv[2], CARDS_MAX, &first);
        i = 3;
    }
    if (!good || argc - i != 3 || !number(argv[i], CARDS_MAX, &cards) || cards == 0 || argv[i + 1][0] == '.' ||
        argv[i + 1][0] == '\0' || strlen(argv[i + 1]) > 32 || argv[i + 1][strspn(argv[i + 1], allowed)])
        die(EX_USAGE, "usage: blank-factory [--first N] CARDS BATCH FOLDER");
    m.batch = argv[i + 1];
    m.folder = argv[i + 2];
    m.key = EVP_EC_gen("P-256");
    must(m.key && RAND_bytes(m.transport, sizeof m.transport) == 1);
    m.certificate = certificate(&m, m.key, NULL);
    deliver(&m, first, cards);
    X509_free(m.certificate);
    EVP_PKEY_free(m.key);
    OPENSSL_cleanse(m.transport, sizeof m.transport);
    return 0;
}
