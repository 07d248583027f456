/* SPDX-License-Identifier: BSD-2-Clause */
/* The PKCS#11 module's certificates of cards that come again: what they save, and that no stale one is believed. */
#include <string.h>

#include "cache.h"
#include "module_fixture.h"
#include "sdc/tlv.h"

/* Cards with the GUID of 'issued': with other keys of its kind, and of another kind. */
static struct card_memory renewed, changed;
static EVP_PKEY *renewed_keys[CARD_ISSUE_KEYS], *changed_keys[CARD_ISSUE_KEYS];
static const CK_BYTE hash[32] = { 1, 2, 3 };
static struct card_memory second; /* in the reader, after the first */

/* Signs with 9E once, so that its certificate is known, and exchanges the card. */
static CK_SESSION_HANDLE swap(const struct card_memory *next)
{
    CK_BYTE signature[64];
    module_start(&issued);
    CK_SESSION_HANDLE s = module_session(0);
    RV(module_sign(s, module_find(s, CKO_PRIVATE_KEY, 4), signature), CKR_OK);
    desk_remove(&desk, 0);
    card_memory_copy(&second, next);
    desk_insert(&desk, 0, &second);
    module_apdus();
    return module_session(0);
}

START_TEST(signs_after_three_apdus)
{
    CK_BYTE signature[64], der[4096];
    CK_TOKEN_INFO info;
    CK_ATTRIBUTE value = { CKA_VALUE, der, sizeof der };
    CK_SESSION_HANDLE s = swap(&issued);
    CK_OBJECT_HANDLE key = module_find(s, CKO_PRIVATE_KEY, 4);
    RV(module_sign(s, key, signature), CKR_OK);
    ck_assert_uint_eq(module_apdus(), 3); /* SELECT, GUID, GENERAL AUTHENTICATE */
    ck_assert(module_signature_good(issued_keys[3], hash, sizeof hash, signature));
    RV(module_sign(s, key, signature), CKR_OK);
    ck_assert_uint_eq(module_apdus(), 1);
    RV(C_GetAttributeValue(s, module_find(s, CKO_CERTIFICATE, 4), &value, 1), CKR_OK);
    ck_assert_uint_eq(module_apdus(), 0);
    RV(C_GetTokenInfo(0, &info), CKR_OK); /* the counter, now that somebody asks */
    ck_assert_uint_eq(info.flags & CKF_USER_PIN_COUNT_LOW, 0);
    ck_assert_uint_eq(module_apdus(), 1);
    RV(C_GetTokenInfo(0, &info), CKR_OK);
    ck_assert_uint_eq(module_apdus(), 0);
    value.ulValueLen = sizeof der;
    RV(C_GetAttributeValue(s, module_find(s, CKO_CERTIFICATE, 1), &value, 1), CKR_OK);
    ck_assert_uint_eq(module_apdus(), 1); /* nobody asked for that one yet */
}
END_TEST

/* The card was given new keys since. */
START_TEST(reads_again_what_does_not_fit)
{
    CK_BYTE signature[64], old[256], new[256];
    CK_ATTRIBUTE before = { CKA_EC_POINT, old, sizeof old }, after = { CKA_EC_POINT, new, sizeof new };
    CK_SESSION_HANDLE s = swap(&renewed);
    CK_OBJECT_HANDLE key = module_find(s, CKO_PRIVATE_KEY, 4), public = module_find(s, CKO_PUBLIC_KEY, 4);
    RV(C_GetAttributeValue(s, public, &before, 1), CKR_OK);
    RV(module_sign(s, key, signature), CKR_OK);
    ck_assert_uint_eq(module_apdus(), 4); /* and the certificate */
    ck_assert(module_signature_good(renewed_keys[3], hash, sizeof hash, signature));
    RV(C_GetAttributeValue(s, public, &after, 1), CKR_OK);
    ck_assert_mem_ne(old, new, sizeof old);
    RV(module_sign(s, key, signature), CKR_OK);
    ck_assert_uint_eq(module_apdus(), 1);
}
END_TEST

START_TEST(reads_again_where_the_key_is_of_another_kind)
{
    CK_MECHANISM ecdsa = { CKM_ECDSA, NULL, 0 };
    CK_BYTE data[32] = { 1, 2, 3 }, signature[96];
    CK_ULONG len = sizeof signature;
    CK_SESSION_HANDLE s = swap(&changed);
    CK_OBJECT_HANDLE key = module_find(s, CKO_PRIVATE_KEY, 4);
    RV(module_sign(s, key, signature), CKR_DEVICE_ERROR);
    RV(C_SignInit(s, &ecdsa, key), CKR_OK);
    RV(C_Sign(s, data, sizeof data, signature, &len), CKR_OK);
    ck_assert_uint_eq(len, 96);
    ck_assert(module_signature_good(changed_keys[3], data, sizeof data, signature));
}
END_TEST

/* The last byte of the signature. */
static void spoil(struct desk_reader *reader, unsigned long number, uint8_t *resp, size_t cap, size_t *len)
{
    (void)reader;
    (void)number;
    (void)cap;
    if (*len > 60 && *len < 90 && resp[0] == 0x7C)
        resp[*len - 3] ^= 1;
}

/* Neither the certificate that was kept nor the one on the card fits: nothing is given away. */
START_TEST(gives_no_signature_that_fits_nothing)
{
    CK_BYTE signature[64] = { 0x5A };
    CK_SESSION_HANDLE s = swap(&issued);
    desk.readers[0].tamper = spoil;
    RV(module_sign(s, module_find(s, CKO_PRIVATE_KEY, 4), signature), CKR_DEVICE_ERROR);
    ck_assert_uint_eq(signature[0], 0x5A);
    desk.readers[0].tamper = NULL;
    RV(module_sign(s, module_find(s, CKO_PRIVATE_KEY, 4), signature), CKR_OK);
}
END_TEST

/* An operation that runs keeps the certificate that it began with. */
START_TEST(keeps_what_runs)
{
    CK_MECHANISM ecdsa = { CKM_ECDSA, NULL, 0 };
    CK_BYTE data[32] = { 1, 2, 3 }, signature[64];
    CK_SESSION_HANDLE s = swap(&renewed), other = module_session(0);
    RV(C_VerifyInit(other, &ecdsa, module_find(s, CKO_PUBLIC_KEY, 4)), CKR_OK);
    RV(module_sign(s, module_find(s, CKO_PRIVATE_KEY, 4), signature), CKR_OK); /* drops it elsewhere */
    RV(C_Verify(other, data, sizeof data, signature, 64), CKR_SIGNATURE_INVALID);
    RV(C_VerifyInit(other, &ecdsa, module_find(s, CKO_PUBLIC_KEY, 4)), CKR_OK);
    RV(C_Verify(other, data, sizeof data, signature, 64), CKR_OK);
}
END_TEST

START_TEST(is_bounded)
{
    static struct p11_cache cache;
    uint8_t guid[16] = { 1 }, nobody[16] = { 0 };
    CK_BYTE der[4096];
    CK_ATTRIBUTE value = { CKA_VALUE, der, sizeof der };
    module_start(&issued);
    CK_SESSION_HANDLE s = module_session(0);
    RV(C_GetAttributeValue(s, module_find(s, CKO_CERTIFICATE, 1), &value, 1), CKR_OK);
    struct sdc_buf object = { 0 };
    sdc_tlv_put(&object, 0x70, der, value.ulValueLen);
    sdc_tlv_put(&object, 0x71, "", 1);
    struct p11_certificate *c = p11_certificate_parse(sdc_buf_rd(&object));
    sdc_buf_free(&object);
    ck_assert_ptr_nonnull(c);
    p11_cache_init(&cache);
    p11_cache_put(&cache, nobody, 1, c);
    ck_assert(!p11_cache_knows(&cache, nobody));
    for (uint32_t i = 0; i < P11_CACHE_MAX; i++)
        p11_cache_put(&cache, guid, i, c);
    p11_certificate_free(p11_cache_find(&cache, guid, 0)); /* wanted: the oldest is 1 now */
    p11_cache_put(&cache, guid, P11_CACHE_MAX, c);
    ck_assert_uint_eq(atomic_load(&c->references), 1 + P11_CACHE_MAX);
    ck_assert_ptr_null(p11_cache_find(&cache, guid, 1));
    struct p11_certificate *found = p11_cache_find(&cache, guid, 0);
    ck_assert_ptr_eq(found, c);
    p11_certificate_free(found);
    p11_cache_drop(&cache, guid, 0);
    ck_assert_ptr_null(p11_cache_find(&cache, guid, 0));
    guid[15] = 1;
    ck_assert_ptr_null(p11_cache_find(&cache, guid, 2));
    p11_cache_free(&cache);
    ck_assert_uint_eq(atomic_load(&c->references), 1);
    p11_certificate_free(c);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { signs_after_three_apdus, 0 },
        { reads_again_what_does_not_fit, 0 },
        { reads_again_where_the_key_is_of_another_kind, 0 },
        { gives_no_signature_that_fits_nothing, 0 },
        { keeps_what_runs, 0 },
        { is_bounded, 0 },
    };
    module_fixture_cards();
    module_make_card(&renewed, issued_guid, WITHOUT_NOTHING, renewed_keys);
    module_make_card(&changed, issued_guid, WITH_P384, changed_keys);
    return suite_run("pkcs11 cache", tests, sizeof tests / sizeof tests[0]);
}
