/* SPDX-License-Identifier: BSD-2-Clause */
/* The PKCS#11 module's objects: tables walked, attributes, searches, what is absent, session objects. */
#include <openssl/x509.h>
#include <string.h>

#include "attribute.h"
#include "mechanism.h"
#include "module_fixture.h"
#include "sdc/piv.h"
#include "sdc/tlv.h"

/* ---- tables ---- */
START_TEST(tables_agree)
{
    for (size_t i = 0; i < p11_objects_len; i++) {
        const struct p11_object *o = &p11_objects[i];
        bool data = o->class == CKO_DATA;
        ck_assert_int_eq(o->key == 0, data);
        ck_assert_int_eq(o->id == 0, data);
        ck_assert_int_eq(o->oid_len > 0, data);
        ck_assert(o->label && strlen(o->label) > 0 && !strchr(o->label, ':'));
        for (size_t k = 0; k < i; k++)
            ck_assert(o->class != p11_objects[k].class ||
                      (strcmp(o->label, p11_objects[k].label) != 0 && (data || o->id != p11_objects[k].id)));
        if (data) { /* the OID is DER from end to end */
            struct sdc_rd r = sdc_rd_init(o->oid, o->oid_len), value = sdc_tlv_take(&r, 0x06);
            ck_assert(sdc_rd_end(&r) && value.left > 7);
        }
    }
    for (size_t k = 0; k < sdc_piv_keys_len; k++) { /* the card's keys, each with its container and three objects */
        int found = 0;
        for (size_t i = 0; i < p11_objects_len; i++) {
            if (p11_objects[i].key != sdc_piv_keys[k].ref)
                continue;
            found++;
            ck_assert_uint_eq(p11_content_tag(p11_objects[i].content), sdc_piv_keys[k].cert_object);
        }
        ck_assert_int_eq(found, 3);
    }
    for (size_t s = 0; s < p11_schemas_len; s++) {
        const struct p11_schema *schema = &p11_schemas[s];
        for (size_t i = 0; i < schema->len; i++)
            for (size_t k = 0; k < i; k++)
                ck_assert_uint_ne(schema->attributes[i].type, schema->attributes[k].type);
    }
}
END_TEST

/* What an attribute of this object should give on a card of this key type. */
static CK_RV expected(const struct p11_attribute *want, bool rsa)
{
    switch (want->source) {
    case P11_SECRET:
        return CKR_ATTRIBUTE_SENSITIVE;
    case P11_MODULUS:
    case P11_MODULUS_BITS:
    case P11_EXPONENT:
        return rsa ? CKR_OK : CKR_ATTRIBUTE_TYPE_INVALID;
    case P11_EC_PARAMS:
    case P11_EC_POINT:
        return rsa ? CKR_ATTRIBUTE_TYPE_INVALID : CKR_OK;
    default:
        return CKR_OK;
    }
}

/* A length that holds, then the value, then a buffer that is one byte short. */
static void take_attribute(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE object, const struct p11_attribute *want, bool rsa)
{
    CK_BYTE value[4096];
    CK_ATTRIBUTE a = { want->type, NULL, 0 };
    CK_RV rv = C_GetAttributeValue(s, object, &a, 1);
    RV(rv, expected(want, rsa));
    if (rv != CKR_OK) {
        ck_assert_uint_eq(a.ulValueLen, CK_UNAVAILABLE_INFORMATION);
        return;
    }
    CK_ULONG len = a.ulValueLen;
    ck_assert_uint_le(len, sizeof value);
    a.pValue = value;
    RV(C_GetAttributeValue(s, object, &a, 1), CKR_OK);
    ck_assert_uint_eq(a.ulValueLen, len);
    if (len > 0) {
        a.ulValueLen = len - 1;
        RV(C_GetAttributeValue(s, object, &a, 1), CKR_BUFFER_TOO_SMALL);
        ck_assert_uint_eq(a.ulValueLen, CK_UNAVAILABLE_INFORMATION);
    }
}

static size_t schema_of(CK_OBJECT_CLASS class)
{
    size_t schema = 0;
    while (p11_schemas[schema].class != class)
        ck_assert_uint_lt(++schema, p11_schemas_len);
    return schema;
}

/* Every attribute of every schema, on the objects of real cards. */
START_TEST(gives_every_attribute)
{
    static const struct {
        const struct card_memory *card;
        CK_ULONG keys;
    } cards[] = { { &issued, 4 }, { &p384_card, 6 }, { &rsa_card, 6 } };
    module_start(cards[_i].card);
    CK_SESSION_HANDLE s = module_session(0);
    module_login(s);
    CK_OBJECT_HANDLE found[100];
    CK_ULONG count = 0, keys = 0, data = 0;
    RV(C_FindObjectsInit(s, NULL, 0), CKR_OK);
    RV(C_FindObjects(s, found, 100, &count), CKR_OK);
    RV(C_FindObjectsFinal(s), CKR_OK);
    for (CK_ULONG i = 0; i < count; i++) {
        CK_OBJECT_CLASS class = 99;
        CK_ATTRIBUTE a = { CKA_CLASS, &class, sizeof class }, value = { CKA_VALUE, NULL, 0 };
        RV(C_GetAttributeValue(s, found[i], &a, 1), CKR_OK);
        keys += class == CKO_PRIVATE_KEY;
        data += class == CKO_DATA;
        if (class == CKO_DATA && C_GetAttributeValue(s, found[i], &value, 1) == CKR_OBJECT_HANDLE_INVALID)
            continue; /* not on this card */
        const struct p11_schema *schema = &p11_schemas[schema_of(class)];
        for (size_t k = 0; k < schema->len; k++)
            take_attribute(s, found[i], &schema->attributes[k], cards[_i].card == &rsa_card);
    }
    ck_assert_uint_eq(keys, cards[_i].keys);
    ck_assert_uint_eq(count, 3 * keys + data);
    ck_assert_uint_ge(data, 6);
}
END_TEST

START_TEST(takes_certificates_apart)
{
    CK_BYTE der[4096], spki[256], serial[8], subject[256], id, point[80], params[16];
    CK_DATE start, end;
    CK_ATTRIBUTE a[] = {
        { CKA_VALUE, der, sizeof der },
        { CKA_PUBLIC_KEY_INFO, spki, sizeof spki },
        { CKA_SERIAL_NUMBER, serial, sizeof serial },
        { CKA_SUBJECT, subject, sizeof subject },
        { CKA_ID, &id, 1 },
        { CKA_START_DATE, &start, sizeof start },
        { CKA_END_DATE, &end, sizeof end },
    };
    CK_ATTRIBUTE ec[] = { { CKA_EC_POINT, point, sizeof point }, { CKA_EC_PARAMS, params, sizeof params } };
    static const CK_BYTE p256[] = { 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07 };
    module_start(&issued);
    CK_SESSION_HANDLE s = module_session(0);
    RV(C_GetAttributeValue(s, module_find(s, CKO_CERTIFICATE, 1), a, 7), CKR_OK);
    const unsigned char *p = der;
    X509 *x = d2i_X509(NULL, &p, (long)a[0].ulValueLen);
    ck_assert_ptr_nonnull(x);
    ck_assert_int_eq(EVP_PKEY_eq(X509_get0_pubkey(x), issued_keys[0]), 1);
    p = spki;
    EVP_PKEY *key = d2i_PUBKEY(NULL, &p, (long)a[1].ulValueLen);
    ck_assert_int_eq(EVP_PKEY_eq(key, issued_keys[0]), 1);
    ck_assert_uint_eq(serial[0], 0x02); /* DER with its tag */
    ck_assert_uint_eq(subject[0], 0x30);
    ck_assert_uint_eq(id, 1);
    ck_assert_mem_eq(&start, "20260101", 8);
    ck_assert_mem_eq(&end, "20310101", 8);
    RV(C_GetAttributeValue(s, module_find(s, CKO_PUBLIC_KEY, 1), ec, 2), CKR_OK);
    ck_assert_uint_eq(ec[0].ulValueLen, 67);
    ck_assert(point[0] == 0x04 && point[1] == 0x41 && point[2] == 0x04);
    ck_assert_uint_eq(ec[1].ulValueLen, sizeof p256);
    ck_assert_mem_eq(params, p256, sizeof p256);
    EVP_PKEY_free(key);
    X509_free(x);
}
END_TEST

/* What is wrong with one attribute doesn't keep the others back. */
START_TEST(fills_what_it_can)
{
    CK_BYTE label[64], small[1], id;
    CK_ATTRIBUTE a[] = { { CKA_LABEL, label, sizeof label },
                         { CKA_MODULUS, NULL, 0 },
                         { CKA_PRIME_1, label, 1 },
                         { CKA_SUBJECT, small, 1 },
                         { CKA_ID, &id, 1 } };
    module_start(&issued);
    CK_SESSION_HANDLE s = module_session(0);
    CK_RV rv = C_GetAttributeValue(s, module_find(s, CKO_PRIVATE_KEY, 4), a, 5);
    ck_assert(rv == CKR_ATTRIBUTE_TYPE_INVALID || rv == CKR_ATTRIBUTE_SENSITIVE || rv == CKR_BUFFER_TOO_SMALL);
    ck_assert_uint_eq(a[0].ulValueLen, strlen("CARD AUTH key"));
    for (int i = 1; i < 4; i++)
        ck_assert_uint_eq(a[i].ulValueLen, CK_UNAVAILABLE_INFORMATION);
    ck_assert_uint_eq(a[4].ulValueLen, 1);
    ck_assert_uint_eq(id, 4);
}
END_TEST

struct usage {
    CK_OBJECT_CLASS class;
    CK_BYTE id;
    CK_ATTRIBUTE_TYPE type;
    CK_BBOOL value;
};
static const struct usage usages[] = {
    { CKO_PRIVATE_KEY, 1, CKA_SIGN, CK_TRUE },     { CKO_PUBLIC_KEY, 1, CKA_VERIFY, CK_TRUE },
    { CKO_PRIVATE_KEY, 1, CKA_DERIVE, CK_FALSE },  { CKO_PRIVATE_KEY, 1, CKA_ALWAYS_AUTHENTICATE, CK_FALSE },
    { CKO_PRIVATE_KEY, 2, CKA_SIGN, CK_TRUE },     { CKO_PRIVATE_KEY, 2, CKA_ALWAYS_AUTHENTICATE, CK_TRUE },
    { CKO_PRIVATE_KEY, 3, CKA_SIGN, CK_FALSE },    { CKO_PUBLIC_KEY, 3, CKA_VERIFY, CK_FALSE },
    { CKO_PRIVATE_KEY, 3, CKA_DERIVE, CK_TRUE },   { CKO_PUBLIC_KEY, 3, CKA_DERIVE, CK_TRUE },
    { CKO_PRIVATE_KEY, 3, CKA_DECRYPT, CK_FALSE }, { CKO_PRIVATE_KEY, 4, CKA_SIGN, CK_TRUE },
    { CKO_PRIVATE_KEY, 4, CKA_PRIVATE, CK_FALSE }, { CKO_PRIVATE_KEY, 1, CKA_PRIVATE, CK_TRUE },
    { CKO_CERTIFICATE, 1, CKA_PRIVATE, CK_FALSE }, { CKO_PRIVATE_KEY, 1, CKA_LOCAL, CK_TRUE },
    { CKO_CERTIFICATE, 1, CKA_TOKEN, CK_TRUE },    { CKO_CERTIFICATE, 1, CKA_MODIFIABLE, CK_FALSE },
};
#define USAGES (sizeof usages / sizeof usages[0])

START_TEST(says_what_keys_are_for)
{
    module_start(&issued);
    CK_SESSION_HANDLE s = module_session(0);
    module_login(s);
    for (size_t i = 0; i < USAGES; i++) {
        CK_BBOOL value = 9;
        CK_ATTRIBUTE a = { usages[i].type, &value, 1 };
        RV(C_GetAttributeValue(s, module_find(s, usages[i].class, usages[i].id), &a, 1), CKR_OK);
        ck_assert_msg(value == usages[i].value, "usage %zu", i);
    }
}
END_TEST

/* ---- searching ---- */
START_TEST(finds_the_same_in_any_steps)
{
    static const CK_ULONG steps[] = { 1, 3, 10, 64 };
    CK_OBJECT_HANDLE all[64], some[64];
    CK_ULONG total = 0;
    module_start(&issued);
    CK_SESSION_HANDLE s = module_session(0);
    RV(C_FindObjectsInit(s, NULL, 0), CKR_OK);
    RV(C_FindObjectsInit(s, NULL, 0), CKR_OPERATION_ACTIVE);
    RV(C_FindObjects(s, NULL, 1, &total), CKR_ARGUMENTS_BAD);
    RV(C_FindObjects(s, all, 1, NULL), CKR_ARGUMENTS_BAD); /* and the search goes on */
    RV(C_FindObjects(s, all, 64, &total), CKR_OK);
    RV(C_FindObjectsFinal(s), CKR_OK);
    RV(C_FindObjects(s, all, 64, &total), CKR_OPERATION_NOT_INITIALIZED);
    ck_assert_uint_eq(
        total,
        4 + 4 + 1 + 4); /* certificates, public keys, 9E, public data but for the key history, which isn't there */
    CK_ULONG step = steps[_i], got = 0, n = 0;
    RV(C_FindObjectsInit(s, NULL, 0), CKR_OK);
    do {
        RV(C_FindObjects(s, some + got, step, &n), CKR_OK);
        got += n;
    } while (n > 0 && got < total);
    RV(C_FindObjects(s, some, 1, &n), CKR_OK);
    ck_assert_uint_eq(n, 0);
    ck_assert_uint_eq(got, total);
    if (got < 64)
        ck_assert_uint_ne(got, 0);
}
END_TEST

START_TEST(searches_by_any_attribute)
{
    CK_BYTE subject[256], one = 1;
    CK_BBOOL yes = CK_TRUE;
    CK_OBJECT_CLASS class = CKO_CERTIFICATE;
    CK_KEY_TYPE rsa = CKK_RSA, ec = CKK_EC;
    module_start(&issued);
    CK_SESSION_HANDLE s = module_session(0);
    module_apdus();
    CK_ATTRIBUTE by_id[] = { { CKA_ID, &one, 1 } };
    ck_assert_uint_eq(module_count(s, by_id, 1), 2); /* certificate, public key: nobody is logged in */
    CK_ATTRIBUTE by_label[] = { { CKA_LABEL, (void *)(uintptr_t) "CARD AUTH key", 13 } };
    ck_assert_uint_eq(module_count(s, by_label, 1), 1);
    by_label[0].ulValueLen = 12;
    ck_assert_uint_eq(module_count(s, by_label, 1), 0);
    ck_assert_uint_eq(module_apdus(), 0);

    CK_ATTRIBUTE a = { CKA_SUBJECT, subject, sizeof subject };
    RV(C_GetAttributeValue(s, module_find(s, CKO_CERTIFICATE, 3), &a, 1), CKR_OK);
    CK_ATTRIBUTE by_subject[] = { a, { CKA_CLASS, &class, sizeof class } };
    ck_assert_uint_eq(module_count(s, by_subject, 2), 1);
    CK_ATTRIBUTE by_type[] = { { CKA_KEY_TYPE, &ec, sizeof ec } };
    ck_assert_uint_eq(module_count(s, by_type, 1), 5);
    by_type[0].pValue = &rsa;
    ck_assert_uint_eq(module_count(s, by_type, 1), 0);
    CK_ATTRIBUTE private[] = { { CKA_PRIVATE, &yes, 1 } };
    ck_assert_uint_eq(module_count(s, private, 1), 0);
    module_login(s);
    ck_assert_uint_eq(module_count(s, private, 1), 3 + 2);
}
END_TEST

/* A search that doesn't say which certificate reads them one by one as it is asked. */
START_TEST(reads_no_more_than_asked)
{
    CK_OBJECT_CLASS class = CKO_CERTIFICATE;
    CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof class } };
    CK_OBJECT_HANDLE object;
    CK_ULONG n = 0;
    module_start(&issued);
    CK_SESSION_HANDLE s = module_session(0);
    module_apdus();
    RV(C_FindObjectsInit(s, template, 1), CKR_OK);
    ck_assert_uint_eq(module_apdus(), 0);
    RV(C_FindObjects(s, &object, 1, &n), CKR_OK);
    ck_assert_uint_eq(module_apdus(), 1);
    RV(C_FindObjectsFinal(s), CKR_OK);
}
END_TEST

START_TEST(drops_what_is_absent_or_broken)
{
    CK_OBJECT_CLASS class = CKO_CERTIFICATE;
    CK_ATTRIBUTE certificates[] = { { CKA_CLASS, &class, sizeof class } };
    CK_BYTE value[64], id = 2;
    CK_ATTRIBUTE a = { CKA_VALUE, value, sizeof value }, by_id[] = { { CKA_ID, &id, 1 } };
    module_start(&sparse);
    CK_SESSION_HANDLE s = module_session(0);
    CK_OBJECT_HANDLE missing = module_find(s, CKO_CERTIFICATE, 2);
    CK_OBJECT_HANDLE public = module_find(s, CKO_PUBLIC_KEY, 2);
    RV(C_GetAttributeValue(s, missing, &a, 1), CKR_OBJECT_HANDLE_INVALID);
    a.type = CKA_EC_POINT;
    RV(C_GetAttributeValue(s, public, &a, 1), CKR_OBJECT_HANDLE_INVALID);
    ck_assert_uint_eq(module_count(s, by_id, 1), 0);        /* known to be absent now */
    ck_assert_uint_eq(module_count(s, certificates, 1), 2); /* 9C is missing, 9D is garbage */
    module_login(s);
    class = CKO_PRIVATE_KEY;
    ck_assert_uint_eq(module_count(s, certificates, 1), 2);
    CK_BYTE signature[64];
    RV(module_sign(s, module_find(s, CKO_PRIVATE_KEY, 1), signature), CKR_OK);
    RV(module_sign(s, missing, signature), CKR_KEY_HANDLE_INVALID);
}
END_TEST

START_TEST(reads_data_objects)
{
    CK_BYTE value[4096];
    CK_ULONG size = 0;
    CK_ATTRIBUTE a = { CKA_VALUE, value, sizeof value };
    CK_ATTRIBUTE printed[] = { { CKA_LABEL, (void *)(uintptr_t) "Printed Information", 19 } };
    CK_ATTRIBUTE discovery[] = { { CKA_APPLICATION, (void *)(uintptr_t) "Discovery Object", 16 } };
    CK_OBJECT_HANDLE object = 0;
    CK_ULONG n = 0;
    module_start(&issued);
    CK_SESSION_HANDLE s = module_session(0);
    RV(C_FindObjectsInit(s, discovery, 1), CKR_OK);
    RV(C_FindObjects(s, &object, 1, &n), CKR_OK);
    RV(C_FindObjectsFinal(s), CKR_OK);
    RV(C_GetObjectSize(s, object, &size), CKR_OK);
    ck_assert_uint_eq(size, CK_UNAVAILABLE_INFORMATION); /* nobody read it yet */
    RV(C_GetAttributeValue(s, object, &a, 1), CKR_OK);
    ck_assert_uint_eq(a.ulValueLen, 20);
    ck_assert_uint_eq(value[0], 0x7E);
    RV(C_GetObjectSize(s, object, &size), CKR_OK);
    ck_assert_uint_eq(size, 20);

    ck_assert_uint_eq(module_count(s, printed, 1), 0);
    module_login(s);
    RV(C_FindObjectsInit(s, printed, 1), CKR_OK);
    RV(C_FindObjects(s, &object, 1, &n), CKR_OK);
    RV(C_FindObjectsFinal(s), CKR_OK);
    ck_assert_uint_eq(n, 1);
    a.ulValueLen = sizeof value;
    RV(C_GetAttributeValue(s, object, &a, 1), CKR_OK);
    ck_assert_mem_eq(value,
                     "\x01\x09"
                     "DOE, JANE",
                     11);
    RV(C_Logout(s), CKR_OK);
    RV(C_GetAttributeValue(s, object, &a, 1), CKR_OBJECT_HANDLE_INVALID);
}
END_TEST

START_TEST(protects_token_objects)
{
    CK_BYTE label = 'x';
    CK_ATTRIBUTE template[] = { { CKA_LABEL, &label, 1 } };
    CK_OBJECT_HANDLE copy;
    module_start(&issued);
    CK_SESSION_HANDLE s = module_session(CKF_RW_SESSION);
    CK_OBJECT_HANDLE object = module_find(s, CKO_CERTIFICATE, 1);
    RV(C_SetAttributeValue(s, object, template, 1), CKR_ACTION_PROHIBITED);
    RV(C_CopyObject(s, object, template, 1, &copy), CKR_ACTION_PROHIBITED);
    RV(C_DestroyObject(s, object), CKR_ACTION_PROHIBITED);
}
END_TEST

/* ---- session objects ---- */
START_TEST(keeps_session_data)
{
    CK_OBJECT_CLASS class = CKO_DATA, other = CKO_CERTIFICATE;
    CK_BBOOL yes = CK_TRUE, odd = 7;
    CK_BYTE read[8];
    CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof class },
                                { CKA_LABEL, (void *)(uintptr_t) "note", 4 },
                                { CKA_VALUE, (void *)(uintptr_t) "abc", 3 } };
    CK_ATTRIBUTE on_token[] = { template [0], { CKA_TOKEN, &yes, 1 } };
    CK_ATTRIBUTE certificate[] = { { CKA_CLASS, &other, sizeof other } };
    CK_ATTRIBUTE malformed[] = { template [0], { CKA_PRIVATE, &odd, 1 } };
    CK_ATTRIBUTE unknown[] = { template [0], { CKA_MODULUS, read, 1 } };
    CK_ATTRIBUTE hidden[] = { template [0], { CKA_PRIVATE, &yes, 1 } };
    CK_ATTRIBUTE by_label[] = { template[1] }, class_only[] = { template[0] };
    CK_ATTRIBUTE value = { CKA_VALUE, read, sizeof read };
    CK_ATTRIBUTE longer[] = { { CKA_VALUE, (void *)(uintptr_t) "defgh", 5 } };
    CK_OBJECT_HANDLE object = 0, copy = 0;
    CK_ULONG size = 0;
    module_start(&issued);
    CK_SESSION_HANDLE s = module_session(0), reader = module_session(0);
    RV(C_CreateObject(s, on_token, 2, &object), CKR_TOKEN_WRITE_PROTECTED);
    RV(C_CreateObject(s, certificate, 1, &object), CKR_ATTRIBUTE_VALUE_INVALID);
    RV(C_CreateObject(s, malformed, 2, &object), CKR_ATTRIBUTE_VALUE_INVALID);
    RV(C_CreateObject(s, unknown, 2, &object), CKR_ATTRIBUTE_TYPE_INVALID);
    RV(C_CreateObject(s, hidden, 2, &object), CKR_USER_NOT_LOGGED_IN);
    RV(C_CreateObject(s, template, 3, &object), CKR_OK);
    ck_assert_uint_eq(module_count(reader, by_label, 1), 1);
    RV(C_GetAttributeValue(reader, object, &value, 1), CKR_OK);
    ck_assert_uint_eq(value.ulValueLen, 3);
    RV(C_GetObjectSize(s, object, &size), CKR_OK);
    ck_assert_uint_eq(size, 3);
    RV(C_SetAttributeValue(s, object, class_only, 1), CKR_ATTRIBUTE_READ_ONLY);
    RV(C_CopyObject(s, object, class_only, 1, &copy), CKR_ATTRIBUTE_READ_ONLY);
    RV(C_SetAttributeValue(s, object, longer, 1), CKR_OK);
    RV(C_CopyObject(s, object, NULL, 0, &copy), CKR_OK);
    ck_assert_uint_eq(module_count(reader, by_label, 1), 2);
    RV(C_DestroyObject(s, object), CKR_OK);
    RV(C_DestroyObject(s, object), CKR_OBJECT_HANDLE_INVALID);
    value.ulValueLen = sizeof read;
    RV(C_GetAttributeValue(s, copy, &value, 1), CKR_OK);
    ck_assert_mem_eq(read, "defgh", 5);
    RV(C_CloseSession(s), CKR_OK); /* they go with their session */
    RV(C_GetAttributeValue(reader, copy, &value, 1), CKR_OBJECT_HANDLE_INVALID);
    module_login(reader);
    RV(C_CreateObject(reader, hidden, 2, &object), CKR_OK);
    RV(C_Logout(reader), CKR_OK);
    module_login(reader);
    RV(C_GetAttributeValue(reader, object, &value, 1), CKR_OBJECT_HANDLE_INVALID);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { tables_agree, 0 },
        { gives_every_attribute, 3 },
        { takes_certificates_apart, 0 },
        { fills_what_it_can, 0 },
        { says_what_keys_are_for, 0 },
        { finds_the_same_in_any_steps, 4 },
        { searches_by_any_attribute, 0 },
        { reads_no_more_than_asked, 0 },
        { drops_what_is_absent_or_broken, 0 },
        { reads_data_objects, 0 },
        { protects_token_objects, 0 },
        { keeps_session_data, 0 },
    };
    module_fixture_cards();
    module_fixture_other_keys();
    return suite_run("pkcs11 objects", tests, sizeof tests / sizeof tests[0]);
}
