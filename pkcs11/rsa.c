/* SPDX-License-Identifier: BSD-2-Clause */
#include "rsa.h"

#include <openssl/rsa.h>
#include <string.h>

#include "library.h"
#include "sdc/bytes.h"

/* ---- DigestInfo (9.2, note 1): what stands before the hash ---- */
struct digest_info {
    const char *digest;
    size_t len;
    uint8_t bytes[19];
};
#define SHA2_INFO(name, whole, last, hash)                                                                             \
    {                                                                                                                  \
        name, 19,                                                                                                      \
        {                                                                                                              \
            0x30, whole, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, last, 0x05, 0x00,     \
                0x04, hash                                                                                             \
        }                                                                                                              \
    }
static const struct digest_info digest_infos[] = {
    { "SHA1", 15, { 0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2B, 0x0E, 0x03, 0x02, 0x1A, 0x05, 0x00, 0x04, 0x14 } },
    SHA2_INFO("SHA224", 0x2D, 0x04, 0x1C),
    SHA2_INFO("SHA256", 0x31, 0x01, 0x20),
    SHA2_INFO("SHA384", 0x41, 0x02, 0x30),
    SHA2_INFO("SHA512", 0x51, 0x03, 0x40),
};

static const struct digest_info *info_of(const char *digest)
{
    for (size_t i = 0; i < sizeof digest_infos / sizeof digest_infos[0]; i++)
        if (strcmp(digest_infos[i].digest, digest) == 0)
            return &digest_infos[i];
    return NULL;
}

/* Puts a built block where it belongs; wipes it. */
static bool give_block(struct sdc_buf *b, uint8_t block[static P11_RSA_LEN])
{
    struct sdc_rd r = sdc_buf_rd(b);
    bool ok = !b->err && b->len == P11_RSA_LEN;
    sdc_rd_copy(&r, block, P11_RSA_LEN);
    sdc_buf_free(b);
    return ok;
}

bool p11_rsa_sign_pad(const char *digest, const uint8_t *data, size_t len, uint8_t block[static P11_RSA_LEN])
{
    static const struct digest_info none = { "", 0, { 0 } };
    const struct digest_info *info = digest ? info_of(digest) : &none;
    if (!info || len > P11_PKCS1_MAX - info->len)
        return false;
    struct sdc_buf b = SDC_BUF_INIT;
    sdc_buf_u16(&b, 0x0001);
    sdc_buf_fill(&b, 0xFF, P11_RSA_LEN - 3 - info->len - len);
    sdc_buf_u8(&b, 0x00);
    sdc_buf_put(&b, info->bytes, info->len);
    sdc_buf_put(&b, data, len);
    return give_block(&b, block);
}

/* ---- mask generation (B.2.1): data ^= MGF1(seed) ---- */
static bool mask(const char *digest, const uint8_t *seed, size_t seed_len, uint8_t *data, size_t len)
{
    uint8_t part[EVP_MAX_MD_SIZE];
    bool ok = true;
    for (uint32_t counter = 0; ok && len > 0; counter++) {
        struct sdc_buf input = SDC_BUF_INIT;
        size_t part_len = 0;
        sdc_buf_put(&input, seed, seed_len);
        sdc_buf_u32(&input, counter);
        ok = !input.err && p11_hash(digest, input.data, input.len, part, &part_len) && part_len > 0;
        sdc_buf_free(&input);
        for (size_t i = 0; ok && i < part_len && len > 0; i++, len--)
            *data++ ^= part[i];
    }
    sdc_wipe(part, sizeof part);
    return ok;
}

/* ---- PSS ---- */
#define PSS_TRAILER 0xBC

bool p11_pss_pad(const struct p11_padding *p, const uint8_t *hash, uint8_t block[static P11_RSA_LEN])
{
    if (p->salt_len > P11_RSA_LEN - p->hash_len - 2)
        return false;
    const size_t db_len = P11_RSA_LEN - p->hash_len - 1;
    uint8_t salt[P11_RSA_LEN], h[EVP_MAX_MD_SIZE];
    size_t h_len = 0;
    struct sdc_buf m = SDC_BUF_INIT, b = SDC_BUF_INIT;
    bool ok = p11_random(salt, p->salt_len);
    sdc_buf_fill(&m, 0, 8);
    sdc_buf_put(&m, hash, p->hash_len);
    sdc_buf_put(&m, salt, p->salt_len);
    ok = ok && !m.err && p11_hash(p->hash, m.data, m.len, h, &h_len) && h_len == p->hash_len;
    sdc_buf_fill(&b, 0, db_len - p->salt_len - 1);
    sdc_buf_u8(&b, 0x01);
    sdc_buf_put(&b, salt, p->salt_len);
    ok = ok && !b.err && mask(p->mgf, h, h_len, b.data, db_len);
    if (ok)
        *b.data &= 0x7F; /* the block has one bit less than the modulus */
    sdc_buf_put(&b, h, p->hash_len);
    sdc_buf_u8(&b, PSS_TRAILER);
    sdc_buf_free(&m);
    return give_block(&b, block) && ok;
}

bool p11_pss_verify(EVP_PKEY *key, const struct p11_padding *p, const uint8_t *hash,
                    const uint8_t signature[static P11_RSA_LEN])
{
    EVP_MD *md = EVP_MD_fetch(p11_library(), p->hash, NULL), *mgf = EVP_MD_fetch(p11_library(), p->mgf, NULL);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(p11_library(), key, NULL);
    bool good = md && mgf && ctx && EVP_PKEY_verify_init(ctx) == 1 &&
                EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
                EVP_PKEY_CTX_set_signature_md(ctx, md) == 1 && EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, mgf) == 1 &&
                EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, (int)p->salt_len) == 1 &&
                EVP_PKEY_verify(ctx, signature, P11_RSA_LEN, hash, p->hash_len) == 1;
    EVP_PKEY_CTX_free(ctx);
    EVP_MD_free(md);
    EVP_MD_free(mgf);
    return good;
}

/* ---- padding for encryption ---- */
bool p11_rsa_encrypt_pad(const uint8_t *data, size_t len, uint8_t block[static P11_RSA_LEN])
{
    if (len > P11_PKCS1_MAX)
        return false;
    struct sdc_buf b = SDC_BUF_INIT;
    size_t fill = P11_RSA_LEN - 3 - len;
    bool ok = true;
    sdc_buf_u16(&b, 0x0002);
    while (ok && fill > 0 && !b.err) { /* bytes that aren't zero */
        uint8_t random = 0;
        ok = p11_random(&random, 1);
        if (random != 0) {
            sdc_buf_u8(&b, random);
            fill--;
        }
    }
    sdc_buf_u8(&b, 0x00);
    sdc_buf_put(&b, data, len);
    return give_block(&b, block) && ok;
}

bool p11_oaep_pad(const struct p11_padding *p, const uint8_t *data, size_t len, uint8_t block[static P11_RSA_LEN])
{
    const size_t h = p->hash_len, db_len = P11_RSA_LEN - h - 1;
    if (len > P11_RSA_LEN - 2 * h - 2)
        return false;
    uint8_t seed[P11_RSA_HASH_MAX];
    struct sdc_buf b = SDC_BUF_INIT, db = SDC_BUF_INIT;
    bool ok = p11_random(seed, h);
    sdc_buf_put(&db, p->label_hash, h);
    sdc_buf_fill(&db, 0, db_len - h - 1 - len);
    sdc_buf_u8(&db, 0x01);
    sdc_buf_put(&db, data, len);
    ok = ok && !db.err && mask(p->mgf, seed, h, db.data, db_len) && mask(p->mgf, db.data, db_len, seed, h);
    sdc_buf_u8(&b, 0x00);
    sdc_buf_put(&b, seed, h);
    sdc_buf_put(&b, db.data, db.len);
    sdc_wipe(seed, sizeof seed);
    sdc_buf_free(&db);
    return give_block(&b, block) && ok;
}

/* ---- unpadding, in constant time: masks of all ones or zeroes instead of branches ---- */
static uint32_t is_zero(uint32_t v)
{
    return ((v | (0u - v)) >> 31) - 1u;
}

/* Both below 2^31. */
static uint32_t is_less(uint32_t a, uint32_t b)
{
    return 0u - ((a - b) >> 31);
}

/* Moves the block's bytes from 'offset' on to its beginning, in the same steps whatever the offset is. */
static void move_down(uint8_t block[static P11_RSA_LEN], uint32_t offset)
{
    for (uint32_t step = 1; step < P11_RSA_LEN; step <<= 1) {
        uint8_t moves = (uint8_t)~is_zero(offset & step);
        for (size_t i = 0; i < P11_RSA_LEN; i++) {
            uint8_t from = i + step < P11_RSA_LEN ? block[i + step] : 0;
            block[i] = (uint8_t)((block[i] & ~moves) | (from & moves));
        }
    }
}

static bool finish(uint8_t block[static P11_RSA_LEN], uint32_t good, uint32_t begin, size_t *len)
{
    begin &= good;
    move_down(block, begin);
    *len = (P11_RSA_LEN - begin) & good;
    for (size_t i = 0; i < P11_RSA_LEN; i++)
        block[i] &= (uint8_t)good;
    return good != 0;
}

bool p11_rsa_decrypt_unpad(uint8_t block[static P11_RSA_LEN], size_t *len)
{
    enum { FILL_AT = 2, FILL_MIN = 8 };
    uint32_t good = is_zero(block[0]) & is_zero(block[1] ^ 0x02u), looking = ~0u, begin = 0;
    for (uint32_t i = FILL_AT; i < P11_RSA_LEN; i++) {
        uint32_t end = is_zero(block[i]) & looking;
        begin |= (i + 1) & end;
        looking &= ~end;
    }
    good &= ~looking & ~is_less(begin, FILL_AT + FILL_MIN + 1);
    return finish(block, good, begin, len);
}

bool p11_oaep_unpad(const struct p11_padding *p, uint8_t block[static P11_RSA_LEN], size_t *len)
{
    const size_t h = p->hash_len, db_len = P11_RSA_LEN - h - 1;
    uint8_t *seed = block + 1, *db = seed + h;
    *len = 0;
    if (!mask(p->mgf, db, db_len, seed, h) || !mask(p->mgf, seed, h, db, db_len))
        return false;
    uint32_t good = is_zero(block[0]), looking = ~0u, begin = 0;
    for (size_t i = 0; i < h; i++)
        good &= is_zero((uint32_t)(db[i] ^ p->label_hash[i]));
    for (uint32_t i = (uint32_t)(1 + 2 * h); i < P11_RSA_LEN; i++) {
        uint32_t one = is_zero(block[i] ^ 0x01u) & looking;
        begin |= (i + 1) & one;
        good &= is_zero(block[i]) | one | ~looking; /* zeroes before the 01 */
        looking &= ~one;
    }
    good &= ~looking;
    return finish(block, good, begin, len);
}

bool p11_rsa_public(EVP_PKEY *key, const uint8_t in[static P11_RSA_LEN], uint8_t out[static P11_RSA_LEN])
{
    size_t len = P11_RSA_LEN;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(p11_library(), key, NULL);
    bool ok = ctx && EVP_PKEY_get_size(key) == P11_RSA_LEN && EVP_PKEY_encrypt_init(ctx) == 1 &&
              EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) == 1 &&
              EVP_PKEY_encrypt(ctx, out, &len, in, P11_RSA_LEN) == 1 && len == P11_RSA_LEN;
    EVP_PKEY_CTX_free(ctx);
    return ok;
}
