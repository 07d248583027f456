/* SPDX-License-Identifier: BSD-2-Clause */
#include "module_fixture.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <stdlib.h>

#include "memory_link.h"
#include "module.h"

struct desk_memory desk;
struct card_memory issued, unfinished, sparse, blank, rsa_card, p384_card;
EVP_PKEY *issued_keys[CARD_ISSUE_KEYS], *rsa_keys[CARD_ISSUE_KEYS], *p384_keys[CARD_ISSUE_KEYS];
const uint8_t issued_guid[16] = { 0xA1, 0xB2, 0xC3, 0xD4, 0x00, 0x11, 0x42, 0x22,
                                  0x83, 0x33, 0x44, 0x44, 0x0F, 0xEE, 0xD0, 0x0D };
const uint8_t other_guid[16] = { 0xFF, 0xB2, 0xC3, 0xD4, 0x00, 0x11, 0x42, 0x22,
                                 0x83, 0x33, 0x44, 0x44, 0x00, 0x00, 0x00, 0x01 };
static struct card_memory inserted;
static unsigned long apdus_told;

void module_make_card(struct card_memory *card, const uint8_t guid[static 16], unsigned without,
                      EVP_PKEY *keys[CARD_ISSUE_KEYS])
{
    static uint64_t kinds;
    card_memory_init(card);
    card->entropy_state = ++kinds << 32; /* other keys than the other cards */
    card_memory_reset(card);
    struct sdc_link *link = memory_link_open(card);
    card_issue(link, guid, without, keys);
    sdc_link_close(link);
}

void module_fixture_cards(void)
{
    module_make_card(&issued, issued_guid, WITHOUT_NOTHING, issued_keys);
    module_make_card(&unfinished, other_guid, WITHOUT_HANDOVER, NULL);
    module_make_card(&sparse, other_guid, WITHOUT_9C | WITHOUT_BAD_9D, NULL);
    card_memory_init(&blank);
}

void module_fixture_other_keys(void)
{
    module_make_card(&rsa_card, other_guid, WITH_RSA | WITH_RETIRED, rsa_keys);
    module_make_card(&p384_card, other_guid, WITH_P384 | WITH_RETIRED, p384_keys);
}

void module_start(const struct card_memory *card)
{
    desk_memory_init(&desk, 1);
    apdus_told = 0;
    if (card) {
        card_memory_copy(&inserted, card);
        desk_insert(&desk, 0, &inserted);
    }
    p11_set_desk(&desk.desk);
    setenv("SDC_PKCS11_CONF", "/dev/null", 0); /* nothing of this machine's */
    RV(C_Initialize(NULL), CKR_OK);
}

struct card_memory *module_card(void)
{
    return &inserted;
}

unsigned long module_apdus(void)
{
    unsigned long n = desk.readers[0].apdus - apdus_told;
    apdus_told = desk.readers[0].apdus;
    return n;
}

CK_SESSION_HANDLE module_session(CK_FLAGS flags)
{
    CK_SESSION_HANDLE session = 0;
    RV(C_OpenSession(0, CKF_SERIAL_SESSION | flags, NULL, NULL, &session), CKR_OK);
    return session;
}

void module_login(CK_SESSION_HANDLE session)
{
    CK_UTF8CHAR pin[] = CARD_ISSUE_PIN;
    RV(C_Login(session, CKU_USER, pin, 6), CKR_OK);
}

CK_OBJECT_HANDLE module_find(CK_SESSION_HANDLE session, CK_OBJECT_CLASS class, CK_BYTE id)
{
    CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof class }, { CKA_ID, &id, sizeof id } };
    CK_OBJECT_HANDLE found[2] = { 0 };
    CK_ULONG count = 0;
    RV(C_FindObjectsInit(session, template, 2), CKR_OK);
    RV(C_FindObjects(session, found, 2, &count), CKR_OK);
    RV(C_FindObjectsFinal(session), CKR_OK);
    ck_assert_uint_eq(count, 1);
    return found[0];
}

CK_ULONG module_count(CK_SESSION_HANDLE session, CK_ATTRIBUTE *template, CK_ULONG count)
{
    CK_OBJECT_HANDLE found[100];
    CK_ULONG n = 0;
    RV(C_FindObjectsInit(session, template, count), CKR_OK);
    RV(C_FindObjects(session, found, 100, &n), CKR_OK);
    RV(C_FindObjectsFinal(session), CKR_OK);
    return n;
}

CK_FLAGS module_token_flags(void)
{
    CK_TOKEN_INFO info;
    RV(C_GetTokenInfo(0, &info), CKR_OK);
    return info.flags;
}

CK_STATE module_state(CK_SESSION_HANDLE session)
{
    CK_SESSION_INFO info;
    RV(C_GetSessionInfo(session, &info), CKR_OK);
    return info.state;
}

CK_RV module_sign(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key, CK_BYTE signature[64])
{
    CK_MECHANISM ecdsa = { CKM_ECDSA, NULL, 0 };
    CK_BYTE hash[32] = { 1, 2, 3 };
    CK_ULONG len = 64;
    CK_RV rv = C_SignInit(session, &ecdsa, key);
    return rv == CKR_OK ? C_Sign(session, hash, sizeof hash, signature, &len) : rv;
}

bool module_signature_good(EVP_PKEY *key, const CK_BYTE *hash, size_t len, const CK_BYTE *signature)
{
    const int field = EVP_PKEY_get_bits(key) / 8;
    unsigned char *der = NULL;
    ECDSA_SIG *sig = ECDSA_SIG_new();
    ECDSA_SIG_set0(sig, BN_bin2bn(signature, field, NULL), BN_bin2bn(signature + field, field, NULL));
    int der_len = i2d_ECDSA_SIG(sig, &der);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    bool good = EVP_PKEY_verify_init(ctx) == 1 && EVP_PKEY_verify(ctx, der, (size_t)der_len, hash, len) == 1;
    EVP_PKEY_CTX_free(ctx);
    OPENSSL_free(der);
    ECDSA_SIG_free(sig);
    return good;
}
