/* SPDX-License-Identifier: BSD-2-Clause */
/* The PIV driver and the card core face to face: two implementations of one edge, with exact counts of what it costs.
 */
#include "suite.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/core_names.h>

#include "card_edge.h"
#include "memory_link.h"
#include "sdc/domain.h"
#include "sdc/piv.h"

static struct card_memory memory;
static struct sdc_link *link_;
static const uint8_t blank_key[] = { BLANK_MANAGEMENT_KEY };

#define ok(call) ck_assert_int_eq(call, SDC_OK)

/* A blank card; _i even: extended length, odd: chaining. */
static void open_card(int form)
{
    card_memory_init(&memory);
    link_ = memory_link_open(&memory);
    link_->short_only = form % 2 != 0;
    ok(sdc_piv_select(link_, NULL));
    ck_assert(link_->extended == (form % 2 == 0));
}

/* The issuer's and the holder's rights at once. */
static void take_all_rights(void)
{
    ok(sdc_piv_admin(link_, blank_key, NULL));
    ok(sdc_piv_change(link_, REF_PIN, BLANK_TRANSPORT_PIN, 6, "87654321", 8, NULL));
    ok(sdc_piv_verify(link_, "87654321", 8, NULL));
}

static EVP_PKEY *public_key(const uint8_t point[static SDC_P256_POINT_LEN])
{
    char group[] = "P-256";
    uint8_t copy[SDC_P256_POINT_LEN];
    memcpy(copy, point, sizeof copy);
    OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
                            OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, copy, sizeof copy),
                            OSSL_PARAM_construct_end() };
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    ck_assert_int_eq(EVP_PKEY_fromdata_init(ctx), 1);
    ck_assert_int_eq(EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params), 1);
    EVP_PKEY_CTX_free(ctx);
    return key;
}

static int verifies(const uint8_t point[static SDC_P256_POINT_LEN], const uint8_t hash[static 32],
                    const struct sdc_buf *sig)
{
    EVP_PKEY *key = public_key(point);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
    ck_assert_int_eq(EVP_PKEY_verify_init(ctx), 1);
    int result = EVP_PKEY_verify(ctx, sig->data, sig->len, hash, 32);
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(key);
    return result;
}

static const size_t lengths[] = { 0,   1,   100, 127, 128,  200,   245,   246,        247,
                                  255, 256, 257, 509, 3200, 12704, 32767, OBJ_MAX_LEN };

START_TEST(objects_come_back_as_written)
{
    open_card(_i);
    size_t len = lengths[_i / 2];
    struct sdc_buf data = SDC_BUF_INIT, back = SDC_BUF_INIT;
    for (size_t i = 0; i < len; i++)
        sdc_buf_u8(&data, (uint8_t)(i * 7));
    ck_assert_int_eq(sdc_piv_put(link_, OBJ_FACE, data.data, data.len, NULL), SDC_E_DENIED);
    take_all_rights();
    ok(sdc_piv_put(link_, OBJ_FACE, data.data, data.len, NULL));
    ck_assert_int_eq(sdc_piv_get(link_, OBJ_FACE, &back, NULL),
                     len > 0 ? SDC_OK : SDC_E_NOT_FOUND); /* empty: deleted */
    ck_assert_uint_eq(back.len, len);
    ck_assert(len == 0 || memcmp(back.data, data.data, len) == 0);
    sdc_buf_free(&data);
    sdc_buf_free(&back);
    sdc_link_close(link_);
}
END_TEST

START_TEST(one_byte_too_many_is_refused)
{
    open_card(_i);
    struct sdc_buf data = SDC_BUF_INIT, back = SDC_BUF_INIT;
    sdc_buf_fill(&data, 1, OBJ_MAX_LEN + 1);
    take_all_rights();
    ck_assert_int_ne(sdc_piv_put(link_, OBJ_FACE, data.data, data.len, NULL), SDC_OK);
    ck_assert_int_eq(sdc_piv_get(link_, OBJ_FACE, &back, NULL), SDC_E_NOT_FOUND);
    sdc_buf_free(&data);
    sdc_link_close(link_);
}
END_TEST

START_TEST(discovery_and_guid)
{
    static const uint8_t discovery[] = { 0x7E, 18, 0x4F, 11, PIV_AID, 0x5F, 0x2F, 2, 0x40, 0x00 };
    static const uint8_t head[] = { 0x30, 25 };
    open_card(_i);
    struct sdc_buf chuid = SDC_BUF_INIT, back = SDC_BUF_INIT;
    uint8_t guid[SDC_GUID_LEN], want[SDC_GUID_LEN];
    memset(want, 0x5A, sizeof want);
    sdc_buf_put(&chuid, head, sizeof head);
    sdc_buf_fill(&chuid, 0xD4, 25);
    sdc_buf_u16(&chuid, 0x3410);
    sdc_buf_put(&chuid, want, sizeof want);
    sdc_buf_fill(&chuid, 0xFE, 900);
    ck_assert_int_eq(sdc_piv_get_guid(link_, guid, NULL), SDC_E_NOT_FOUND);
    ok(sdc_piv_admin(link_, blank_key, NULL));
    ok(sdc_piv_put(link_, OBJ_DISCOVERY, discovery, sizeof discovery, NULL));
    ok(sdc_piv_put(link_, OBJ_CHUID, chuid.data, chuid.len, NULL));
    ok(sdc_piv_get(link_, OBJ_DISCOVERY, &back, NULL));
    ck_assert_uint_eq(back.len, sizeof discovery);
    ck_assert_mem_eq(back.data, discovery, sizeof discovery);
    struct sdc_stats before = link_->stats;
    ok(sdc_piv_get_guid(link_, guid, NULL));
    ck_assert_mem_eq(guid, want, sizeof want);
    ck_assert_uint_eq(link_->stats.apdus - before.apdus, 1);
    ck_assert_uint_eq(link_->stats.bytes_in - before.bytes_in, 51);
    ok(sdc_piv_select(link_, NULL)); /* the rest that was left unread does no harm */
    sdc_buf_free(&chuid);
    sdc_buf_free(&back);
    sdc_link_close(link_);
}
END_TEST

START_TEST(keys_sign_and_agree)
{
    open_card(_i);
    uint8_t points[4][SDC_P256_POINT_LEN], hash[32] = { 0x42 }, z1[32], z2[32];
    ck_assert_int_eq(sdc_piv_generate(link_, KEY_CARD_AUTHENTICATION, points[3], NULL), SDC_E_DENIED);
    ok(sdc_piv_admin(link_, blank_key, NULL));
    for (size_t i = 0; i < sdc_piv_keys_len; i++)
        ok(sdc_piv_generate(link_, sdc_piv_keys[i].ref, points[i], NULL));
    struct sdc_buf sig = SDC_BUF_INIT;
    ok(sdc_piv_sign(link_, KEY_CARD_AUTHENTICATION, hash, &sig, NULL)); /* without PIN */
    ck_assert_int_eq(verifies(points[3], hash, &sig), 1);
    ck_assert_int_ne(verifies(points[0], hash, &sig), 1);
    sdc_buf_clear(&sig);
    ck_assert_int_eq(sdc_piv_sign(link_, KEY_PIV_AUTHENTICATION, hash, &sig, NULL), SDC_E_DENIED);
    ok(sdc_piv_change(link_, REF_PIN, BLANK_TRANSPORT_PIN, 6, "87654321", 8, NULL));
    ok(sdc_piv_verify(link_, "87654321", 8, NULL));
    ok(sdc_piv_sign(link_, KEY_PIV_AUTHENTICATION, hash, &sig, NULL));
    ck_assert_int_eq(verifies(points[0], hash, &sig), 1);
    /* 9D with the other keys' points: the same shared secret must come twice, and not with another point */
    ok(sdc_piv_derive(link_, KEY_KEY_MANAGEMENT, points[0], z1, NULL));
    ok(sdc_piv_derive(link_, KEY_KEY_MANAGEMENT, points[0], z2, NULL));
    ck_assert_mem_eq(z1, z2, 32);
    ok(sdc_piv_derive(link_, KEY_KEY_MANAGEMENT, points[1], z2, NULL));
    ck_assert_mem_ne(z1, z2, 32);
    sdc_buf_free(&sig);
    sdc_link_close(link_);
}
END_TEST

START_TEST(pin_life)
{
    open_card(_i);
    struct sdc_error e;
    static const volatile sig_atomic_t stop = 1;
    int tries = -1;
    bool verified;
    /* transport PIN: VERIFY neither compares nor counts, CHANGE sets the holder's */
    ck_assert_int_eq(sdc_piv_verify(link_, BLANK_TRANSPORT_PIN, 6, &e), SDC_E_CONDITIONS);
    ck_assert_int_eq(sdc_piv_tries(link_, &tries, NULL, &e), SDC_E_CONDITIONS);
    ck_assert_int_eq(sdc_piv_change(link_, REF_PIN, "999999", 6, "24680246", 8, &e), SDC_E_PIN_WRONG);
    ck_assert_int_eq(e.tries, PIN_TRIES - 1);
    ok(sdc_piv_change(link_, REF_PIN, BLANK_TRANSPORT_PIN, 6, "2468024", 7, &e));
    ok(sdc_piv_verify(link_, "2468024", 7, &e));
    ok(sdc_piv_tries(link_, &tries, &verified, &e));
    ck_assert(verified);
    link_->cancel = &stop; /* who stops still leaves the PIN state */
    ok(sdc_piv_logout(link_, &e));
    ck_assert(link_->cancel == &stop);
    link_->cancel = NULL;
    ok(sdc_piv_tries(link_, &tries, &verified, &e));
    ck_assert(!verified);
    ck_assert_int_eq(tries, PIN_TRIES);
    for (int left = PIN_TRIES - 1; left >= 0; left--) {
        enum sdc_status want = left > 0 ? SDC_E_PIN_WRONG : SDC_E_PIN_BLOCKED;
        ck_assert_int_eq(sdc_piv_verify(link_, "000000", 6, &e), want);
        if (left > 0)
            ck_assert_int_eq(e.tries, left);
    }
    ck_assert_int_eq(sdc_piv_verify(link_, "2468024", 7, &e), SDC_E_PIN_BLOCKED);
    ok(sdc_piv_tries(link_, &tries, NULL, &e));
    ck_assert_int_eq(tries, 0);
    ok(sdc_piv_unblock(link_, BLANK_PUK, 8, "135790", 6, &e));
    ok(sdc_piv_verify(link_, "135790", 6, &e));
    ok(sdc_piv_change(link_, REF_PUK, BLANK_PUK, 8, "11112222", 8, &e));
    ok(sdc_link_reset(link_, &e)); /* nothing verified survives */
    ok(sdc_piv_select(link_, &e));
    ok(sdc_piv_tries(link_, &tries, &verified, &e));
    ck_assert(!verified);
    sdc_link_close(link_);
}
END_TEST

START_TEST(secrets_are_replaced)
{
    static const uint8_t known[] = { BLANK_TRANSPORT_KEY };
    static const uint8_t new_key[16] = { 9, 8, 7, 6, 5, 4, 3, 2, 1 };
    open_card(_i);
    struct sdc_error e;
    struct sdc_scp03_keys keys = { .version = KEY_VERSION_TRANSPORT, .len = sizeof known };
    struct sdc_scp03 *session;
    memcpy(keys.enc, known, sizeof known);
    memcpy(keys.mac, known, sizeof known);
    memcpy(keys.dek, known, sizeof known);
    ok(sdc_domain_select(link_, &e));
    ok(sdc_scp03_open(link_, &keys, SDC_SCP03_FULL, false, &session, &e));
    ok(sdc_domain_store(session, DGI_TRANSPORT_PIN, true,
                        "\x03"
                        "777777",
                        7, &e));
    ok(sdc_domain_store(session, DGI_PUK, true,
                        "\x05"
                        "88888888",
                        9, &e));
    ok(sdc_domain_store(session, DGI_MANAGEMENT_KEY, true, new_key, sizeof new_key, &e));
    sdc_scp03_close(session);
    ok(sdc_link_reset(link_, &e));
    ok(sdc_piv_select(link_, &e));
    enum sdc_status status = sdc_piv_admin(link_, blank_key, &e);
    ck_assert(status == SDC_E_DENIED || status == SDC_E_SIGNATURE);
    ok(sdc_piv_admin(link_, new_key, &e));
    ok(sdc_piv_change(link_, REF_PIN, "777777", 6, "123123", 6, &e));
    ok(sdc_piv_unblock(link_, "88888888", 8, "321321", 6, &e));
    sdc_link_close(link_);
}
END_TEST

/* What the edge costs, to the byte. Both forms of length; a change here is a change of what a reader pays. */
static const struct {
    const char *name;
    size_t object_len; /* 0: no reading */
    struct {
        uint64_t apdus, bytes_out, bytes_in;
    } cost[2]; /* extended, chained */
} costs[] = {
    { "read 900 bytes", 900, { { 1, 14, 906 }, { 4, 11 + 15, 904 + 8 } } },
    { "read 12704 bytes", 12704, { { 1, 14, 12710 }, { 50, 11 + 49 * 5, 12708 + 100 } } },
    { "read 32768 bytes", 32768, { { 1, 14, 32774 }, { 129, 11 + 128 * 5, 32772 + 258 } } },
};

START_TEST(cost_of_reading)
{
    open_card(_i);
    struct sdc_buf data = SDC_BUF_INIT, back = SDC_BUF_INIT;
    sdc_buf_fill(&data, 1, costs[_i / 2].object_len);
    take_all_rights();
    ok(sdc_piv_put(link_, OBJ_FACE, data.data, data.len, NULL));
    struct sdc_stats before = link_->stats;
    ok(sdc_piv_get(link_, OBJ_FACE, &back, NULL));
    ck_assert_uint_eq(link_->stats.apdus - before.apdus, costs[_i / 2].cost[_i % 2].apdus);
    ck_assert_uint_eq(link_->stats.bytes_out - before.bytes_out, costs[_i / 2].cost[_i % 2].bytes_out);
    ck_assert_uint_eq(link_->stats.bytes_in - before.bytes_in, costs[_i / 2].cost[_i % 2].bytes_in);
    sdc_buf_free(&data);
    sdc_buf_free(&back);
    sdc_link_close(link_);
}
END_TEST

START_TEST(cost_of_writing)
{
    static const struct {
        uint64_t apdus, bytes_out;
    } cost[2] = { { 1, 7 + 9 + 12704 }, { 50, 50 * 5 + 9 + 12704 } };
    open_card(_i);
    struct sdc_buf data = SDC_BUF_INIT;
    sdc_buf_fill(&data, 1, 12704);
    struct sdc_stats before = link_->stats;
    ok(sdc_piv_admin(link_, blank_key, NULL));
    ck_assert_uint_eq(link_->stats.apdus - before.apdus, 2);
    ck_assert_uint_eq(link_->stats.bytes_out - before.bytes_out, 10 + 46);
    before = link_->stats;
    ok(sdc_piv_put(link_, OBJ_FACE, data.data, data.len, NULL));
    ck_assert_uint_eq(link_->stats.apdus - before.apdus, cost[_i].apdus);
    ck_assert_uint_eq(link_->stats.bytes_out - before.bytes_out, cost[_i].bytes_out);
    ck_assert_uint_eq(link_->stats.bytes_in - before.bytes_in, 2 * cost[_i].apdus);
    sdc_buf_free(&data);
    sdc_link_close(link_);
}
END_TEST

START_TEST(card_without_power_is_told)
{
    open_card(0);
    ok(sdc_piv_admin(link_, blank_key, NULL));
    memory.cut_at = (long)memory.operations;
    ck_assert_int_eq(sdc_piv_put(link_, OBJ_CCC, "x", 1, NULL), SDC_E_REMOVED);
    ok(sdc_link_reset(link_, NULL));
    ok(sdc_piv_select(link_, NULL));
    sdc_link_close(link_);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { objects_come_back_as_written, 2 * sizeof lengths / sizeof lengths[0] },
        { one_byte_too_many_is_refused, 2 },
        { discovery_and_guid, 2 },
        { keys_sign_and_agree, 2 },
        { pin_life, 2 },
        { secrets_are_replaced, 2 },
        { cost_of_reading, 2 * sizeof costs / sizeof costs[0] },
        { cost_of_writing, 2 },
        { card_without_power_is_told, 0 },
    };
    return suite_run("host PIV with the card", tests, sizeof tests / sizeof tests[0]);
}
