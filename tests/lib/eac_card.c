/* SPDX-License-Identifier: BSD-2-Clause */
/* The card that eac_talk.h's terminal talks to, made through the issuer's session as an issuer would. */
#include <stdlib.h>
#include <string.h>

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include "card_edge.h"
#include "domain_talk.h"
#include "eac_talk.h"
#include "eac_vectors.h"
#include "p256.h"
#include "suite.h"

/* RFC 6979 is not OpenSSL 3.0's: a signature differs each time. */
void key_sign(const char *name, const uint8_t *data, size_t len, uint8_t rs[static 64])
{
    uint8_t scalar[32], hash[32], point[65];
    key_scalar(name, scalar);
    ck_assert(p256_multiply(NULL, scalar, point));
    SHA256(data, len, hash);
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    BIGNUM *d = BN_bin2bn(scalar, 32, NULL), *k = BN_new(), *r = BN_new(), *s = BN_new(),
           *e = BN_bin2bn(hash, 32, NULL), *n = BN_new();
    BN_CTX *ctx = BN_CTX_new();
    EC_GROUP_get_order(group, n, ctx);
    EC_POINT *p = EC_POINT_new(group);
    BN_rand_range(k, n);
    EC_POINT_mul(group, p, k, NULL, NULL, ctx);
    EC_POINT_get_affine_coordinates(group, p, r, NULL, ctx);
    BN_nnmod(r, r, n, ctx);
    BN_mod_mul(s, r, d, n, ctx);
    BN_mod_add(s, s, e, n, ctx);
    BN_mod_inverse(k, k, n, ctx);
    BN_mod_mul(s, s, k, n, ctx);
    BN_bn2binpad(r, rs, 32);
    BN_bn2binpad(s, rs + 32, 32);
    EC_POINT_free(p);
    EC_GROUP_free(group);
    BN_CTX_free(ctx);
    BN_free(d);
    BN_free(k);
    BN_free(r);
    BN_free(s);
    BN_free(e);
    BN_free(n);
}

static void store(struct domain_session *s, uint8_t p1, uint16_t dgi, const void *value, size_t len)
{
    unsigned sw = domain_store(s, p1, dgi, value, len);
    ck_assert_msg(sw == 0x9000, "DGI %04X: %04X", dgi, sw);
}

static void store_secrets(struct domain_session *s)
{
    uint8_t secret[32], mrz[24];
    struct sdc_buf trust = SDC_BUF_INIT;
    store(s, STORE_SENSITIVE, DGI_CAN, "846201", 6);
    vector_copy("MRZ_info", mrz, sizeof mrz);
    SHA1(mrz, sizeof mrz, secret);
    store(s, STORE_SENSITIVE, DGI_MRZ, secret, 20);
    vector_copy("d_ca1_card", secret, 32);
    store(s, STORE_SENSITIVE, DGI_CHIP_KEY_1, secret, 32);
    vector_copy("d_ca_card", secret, 32);
    store(s, STORE_SENSITIVE, DGI_CHIP_KEY_2, secret, 32);
    /* CVCA of the vectors: EE1D000030, 26-01-01 to 36-01-01 */
    uint8_t value[160], *at = value;
    struct sdc_buf point = vector("Q_CVCA");
    *at++ = 0x86;
    *at++ = 65;
    memcpy(at, point.data, 65);
    at += 65;
    at += talk_unhex("5F200E5553534443435643413030303031 7F4C12060904007F0007030102025305EE1D000030 5F2506020600010001"
                     "5F2406030600010001",
                     at, 90);
    store(s, STORE_PLAIN, DGI_TRUST_POINT, value, (size_t)(at - value));
    store(s, STORE_PLAIN, DGI_CARD_DATE, "\2\6\1\1\0\1", 6);
    sdc_buf_free(&point);
    sdc_buf_free(&trust);
}

/* A file of its tag and size, filled with a pattern. */
static void update(struct domain_session *s, uint8_t sfi, uint8_t tag, size_t size, bool docket)
{
    uint8_t *file = calloc(1, size);
    for (size_t i = 0; i < size; i++)
        file[i] = (uint8_t)(i * 7 + sfi);
    file[0] = tag;
    if (size < 0x80) {
        file[1] = (uint8_t)(size - 2);
    } else {
        file[1] = 0x82;
        file[2] = (uint8_t)((size - 4) >> 8);
        file[3] = (uint8_t)(size - 4);
    }
    if (docket)
        memcpy(file + 4, (const uint8_t[]) { 0x80, 0x04, 0, 0, 0, 1 }, 6);
    unsigned sw = domain_chained(s, 0x00D68000u | (uint32_t)sfi << 8, file, size, 200);
    ck_assert_msg(sw == 0x9000, "SFI %02X: %04X", sfi, sw);
    free(file);
}

static void update_dg1(struct domain_session *s)
{
    uint8_t file[95];
    memcpy(file, (const uint8_t[]) { 0x61, 0x5D, 0x5F, 0x1F, 0x5A }, 5);
    memcpy(file + 5, "I<USASDC0000018<<<<<<<<<<<<<<<9001011M3112319GTM<<<<<<<<<<<0LOPEZ<<MARIA<<<<<<<<<<<<<<<<<<", 90);
    ck_assert_uint_eq(domain_send(s, 0x00D68100, file, sizeof file), 0x9000);
}

static void open_session(struct domain_session *s, struct talk *talk, const char *select)
{
    static const uint8_t known[] = { BLANK_TRANSPORT_KEY };
    struct domain_keys keys = { .version = KEY_VERSION_TRANSPORT, .len = sizeof known };
    for (size_t i = 0; i < 3; i++)
        memcpy(keys.key[i], known, sizeof known);
    ck_assert_uint_eq(talk_hex(talk, select), 0x9000);
    domain_open(s, talk, &keys, 8, 0x33);
}

static void personalize(struct talk *talk, uint8_t suite)
{
    struct domain_session s;
    memset(&s, 0, sizeof s);
    ck_assert_uint_eq(talk_select(talk), 0x9000);
    ck_assert_uint_eq(talk_two(talk, 0x24, 0x80, "123456", "123456"), 0x9000);
    open_session(&s, talk, "00A40400 08 A000000151000000");
    if (suite != 0)
        store(&s, STORE_PLAIN, DGI_SUITE, &suite, 1);
    store_secrets(&s);
    open_session(&s, talk, "00A4000C");
    update(&s, SFI_CARD_SECURITY, 0x30, 974, false);
    open_session(&s, talk, "00A4040C 07 A0000002471001");
    update(&s, SFI_COM, 0x60, 30, false);
    update(&s, SFI_SOD, 0x77, 1250, false);
    update_dg1(&s);
    update(&s, 2, 0x75, 3000, false);
    update(&s, 14, 0x6E, 442, false);
    open_session(&s, talk, "00A4040C 0A F0534443444F434B4554");
    update(&s, 17, 0x71, DG17_LEN, true);
    update(&s, 19, 0x73, DG19_LEN, true);
    update(&s, 20, 0x74, DG20_LEN, true);
    update(&s, 21, 0x75, DG21_LEN, true);
    card_memory_reset(&talk->memory);
}

static struct talk *copy(const struct talk *made)
{
    struct talk *talk = talk_new();
    memcpy(talk->memory.banks, made->memory.banks, sizeof talk->memory.banks);
    card_memory_reset(&talk->memory);
    return talk;
}

static struct talk *make(uint8_t suite)
{
    struct card_blank blank;
    struct talk *talk = talk_new();
    card_blank_default(&blank);
    blank.eid_alias = true;
    card_memory_port(&talk->memory);
    ck_assert(card_format_as(&talk->memory.port, &blank));
    card_memory_reset(&talk->memory);
    personalize(talk, suite);
    return talk;
}

struct talk *eac_card(void)
{
    static struct talk *made;
    if (made == NULL)
        made = make(0);
    return copy(made);
}

struct talk *eac_card_256(void)
{
    static struct talk *made;
    if (made == NULL)
        made = make(SUITE_AES_256);
    return copy(made);
}
