/* SPDX-License-Identifier: BSD-2-Clause */
/* Input: a byte 17 k + n for a card of keys of kind k, then n lies of four bytes {APDU, how, where, what} (RAW ones are
 * followed by two bytes of length and so many bytes), then calls of a byte each; the APDU is counted from the start of
 * the input. */
#include "hostile_card.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "module_fixture.h"
#include "module.h"

#define LIES_MAX   16
#define CALLS_MAX  48
#define APDUS_MAX  40000UL /* of one call: each object of a card read twice in 300 blocks each is less */
#define HANDLES    48
#define REPLAYABLE 16

enum how { XOR, CUT, GROW, WORD, MORE_FOR_EVER, LENGTH_FOR_EVER, HUGE, LEAVE, RESET, RAW, REPLAY, HOWS };
struct lie {
    uint8_t at, how, where, what;
    struct sdc_rd raw;
};
static struct lie lies[LIES_MAX];
static size_t lies_len;
static struct card_memory card;
static unsigned card_kind; /* P-256, RSA, P-384 */
static struct {
    uint8_t bytes[512];
    size_t len;
} earlier[REPLAYABLE]; /* replies of this card that it may give again */

static void must(bool good)
{
    if (!good)
        abort();
}

/* ---- the card ---- */
static size_t put(uint8_t *resp, size_t cap, const uint8_t *bytes, size_t len)
{
    size_t n = len < cap ? len : cap;
    memcpy(resp, bytes, n);
    return n;
}

static size_t word(uint8_t *resp, uint8_t sw1, uint8_t sw2)
{
    resp[0] = sw1;
    resp[1] = sw2;
    return 2;
}

static void tell(struct desk_reader *r, const struct lie *lie, uint8_t *resp, size_t cap, size_t *len)
{
    static const uint8_t huge[] = { 0x53, 0x84, 0xFF, 0xFF, 0xFF, 0xFF, 0x90, 0x00 };
    size_t where = *len > 0 ? (size_t)(lie->where * 5) % *len : 0;
    switch ((enum how)(lie->how % HOWS)) {
    case XOR:
        resp[where] ^= lie->what;
        break;
    case CUT:
        *len = where;
        break;
    case GROW:
        *len = *len + lie->what < cap ? *len + lie->what : cap;
        break;
    case WORD:
    case LENGTH_FOR_EVER:
        *len = word(resp, lie->how % HOWS == WORD ? lie->where : 0x6C, lie->what);
        break;
    case MORE_FOR_EVER:
        if (*len >= 2)
            word(resp + *len - 2, 0x61, lie->what);
        break;
    case HUGE:
        *len = put(resp, cap, huge, sizeof huge);
        break;
    case LEAVE:
        r->remove_after = 0; /* instead of the next APDU */
        break;
    case RESET:
        r->reset = true;
        break;
    case RAW:
        *len = put(resp, cap, lie->raw.p, lie->raw.left);
        break;
    case REPLAY:
        *len = put(resp, cap, earlier[lie->what % REPLAYABLE].bytes, earlier[lie->what % REPLAYABLE].len);
        break;
    case HOWS:
        break;
    }
}

static void tamper(struct desk_reader *r, unsigned long number, uint8_t *resp, size_t cap, size_t *len)
{
    if (number < REPLAYABLE)
        earlier[number].len = put(earlier[number].bytes, sizeof earlier[number].bytes, resp, *len);
    for (size_t i = 0; i < lies_len; i++) {
        bool for_ever = lies[i].how % HOWS == MORE_FOR_EVER || lies[i].how % HOWS == LENGTH_FOR_EVER;
        if (number == lies[i].at || (for_ever && number > lies[i].at))
            tell(r, &lies[i], resp, cap, len);
    }
}

/* ---- the program ---- */
struct program {
    CK_SESSION_HANDLE session;
    CK_OBJECT_HANDLE handle[HANDLES], made;
    CK_ULONG handles;
    uint8_t argument;
};

static void open_session(struct program *p)
{
    CK_FLAGS flags = CKF_SERIAL_SESSION | (p->argument & 1 ? CKF_RW_SESSION : 0);
    (void)C_OpenSession(0, flags, NULL, NULL, &p->session);
}

static void close_session(struct program *p)
{
    (void)(p->argument & 1 ? C_CloseAllSessions(0) : C_CloseSession(p->session));
}

static void login(struct program *p)
{
    CK_UTF8CHAR pin[] = CARD_ISSUE_PIN, puk[] = CARD_ISSUE_PUK;
    switch (p->argument % 4) {
    case 0:
    case 1:
        (void)C_Login(p->session, CKU_USER, pin, 6);
        break;
    case 2:
        (void)C_Login(p->session, CKU_SO, puk, 8);
        break;
    default:
        (void)C_Login(p->session, CKU_CONTEXT_SPECIFIC, pin, 6);
        break;
    }
}

static void logout(struct program *p)
{
    (void)C_Logout(p->session);
}

static void pins(struct program *p)
{
    CK_UTF8CHAR pin[] = CARD_ISSUE_PIN, puk[] = CARD_ISSUE_PUK;
    if (p->argument & 1)
        (void)C_InitPIN(p->session, pin, 6);
    else
        (void)C_SetPIN(p->session, p->argument & 2 ? puk : pin, p->argument & 2 ? 8 : 6, pin, 6);
}

static void find(struct program *p)
{
    static CK_OBJECT_CLASS classes[] = { CKO_DATA, CKO_CERTIFICATE, CKO_PUBLIC_KEY, CKO_PRIVATE_KEY };
    CK_BYTE id = (CK_BYTE)(1 + p->argument / 4 % 4);
    CK_ATTRIBUTE template[] = { { CKA_CLASS, &classes[p->argument % 4], sizeof classes[0] }, { CKA_ID, &id, 1 } };
    CK_ULONG attributes = p->argument < 16 ? 0 : p->argument < 128 ? 1 : 2;
    p->handles = 0;
    if (C_FindObjectsInit(p->session, template, attributes) == CKR_OK &&
        C_FindObjects(p->session, p->handle, HANDLES, &p->handles) != CKR_OK)
        p->handles = 0;
    must(p->handles <= HANDLES);
    (void)C_FindObjectsFinal(p->session);
}

static CK_OBJECT_HANDLE any(const struct program *p)
{
    return p->handles ? p->handle[p->argument % p->handles] : p->made;
}

static void attributes(struct program *p)
{
    static const CK_ATTRIBUTE_TYPE types[] = { CKA_VALUE,      CKA_SUBJECT,         CKA_ISSUER,   CKA_SERIAL_NUMBER,
                                               CKA_START_DATE, CKA_EC_POINT,        CKA_MODULUS,  CKA_MODULUS_BITS,
                                               CKA_EC_PARAMS,  CKA_PUBLIC_KEY_INFO, CKA_KEY_TYPE, CKA_OBJECT_ID };
    static CK_BYTE value[70000];
    CK_ULONG size;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        size_t room = p->argument & 0x80 ? p->argument : sizeof value - 1;
        CK_ATTRIBUTE a = { types[i], value, room };
        value[room] = 0xA5;
        CK_RV rv = C_GetAttributeValue(p->session, any(p), &a, 1);
        must(value[room] == 0xA5);
        must(rv != CKR_OK || a.ulValueLen <= room);
    }
    (void)C_GetObjectSize(p->session, any(p), &size);
}

/* The public key as the module shows it beside a private key; NULL where session or card are gone meanwhile, or the
 * certificate isn't one any more. */
static EVP_PKEY *shown_key(const struct program *p, CK_OBJECT_HANDLE private)
{
    static CK_BYTE spki[20000];
    CK_BYTE id = 0;
    CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
    CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof class }, { CKA_ID, &id, 1 } },
                 info = { CKA_PUBLIC_KEY_INFO, spki, sizeof spki };
    CK_OBJECT_HANDLE public = 0;
    CK_ULONG count = 0;
    bool found = C_GetAttributeValue(p->session, private, &template[1], 1) == CKR_OK &&
                 C_FindObjectsInit(p->session, template, 2) == CKR_OK &&
                 C_FindObjects(p->session, &public, 1, &count) == CKR_OK && count == 1;
    (void)C_FindObjectsFinal(p->session);
    const unsigned char *at = spki;
    if (!found || C_GetAttributeValue(p->session, public, &info, 1) != CKR_OK)
        return NULL;
    return d2i_PUBKEY(NULL, &at, (long)info.ulValueLen);
}

static bool signature_good(EVP_PKEY *key, const CK_BYTE *hash, size_t len, const CK_BYTE *signature,
                           CK_ULONG signature_len)
{
    if (EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA)
        return signature_len == 2 * ((size_t)EVP_PKEY_get_bits(key) / 8) &&
               module_signature_good(key, hash, len, signature);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    bool good = EVP_PKEY_verify_init(ctx) == 1 && EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
                EVP_PKEY_verify(ctx, signature, signature_len, hash, len) == 1;
    EVP_PKEY_CTX_free(ctx);
    return good;
}

static void sign(struct program *p)
{
    CK_MECHANISM mechanism = { card_kind == 1 ? CKM_RSA_PKCS : CKM_ECDSA, NULL, 0 };
    CK_BYTE hash[32] = { p->argument }, signature[257];
    CK_ULONG len = 256;
    signature[256] = 0xA5;
    if (C_SignInit(p->session, &mechanism, any(p)) != CKR_OK)
        return;
    EVP_PKEY *key = shown_key(p, any(p)); /* afterwards a reset may have hidden it */
    if (p->argument & 0x40) {             /* 9C, as it wants it */
        CK_UTF8CHAR pin[] = CARD_ISSUE_PIN;
        (void)C_Login(p->session, CKU_CONTEXT_SPECIFIC, pin, 6);
    }
    CK_RV rv = p->argument & 0x80 ? CKR_CANCEL /* it stays open */
                                  : C_Sign(p->session, hash, sizeof hash, signature, &len);
    must(signature[256] == 0xA5);
    must(rv != CKR_OK || (key && signature_good(key, hash, sizeof hash, signature, len)));
    EVP_PKEY_free(key);
}

static void derive(struct program *p)
{
    CK_BYTE point[120];
    CK_ATTRIBUTE a = { CKA_EC_POINT, point, sizeof point };
    CK_OBJECT_HANDLE made = 0;
    if (C_GetAttributeValue(p->session, any(p), &a, 1) != CKR_OK)
        return;
    struct ck_ecdh1_derive_params parameters = { CKD_NULL, 0, NULL, a.ulValueLen, point };
    CK_MECHANISM ecdh = { CKM_ECDH1_DERIVE, &parameters, sizeof parameters };
    for (CK_ULONG i = 0; i < p->handles; i++)
        if (C_DeriveKey(p->session, &ecdh, p->handle[i], NULL, 0, &made) == CKR_OK)
            p->made = made;
}

static void verify_and_digest(struct program *p)
{
    CK_MECHANISM ecdsa = { CKM_ECDSA_SHA256, NULL, 0 }, sha = { CKM_SHA256, NULL, 0 };
    CK_BYTE bytes[64] = { p->argument }, digest[32];
    CK_ULONG len = sizeof digest;
    if (C_VerifyInit(p->session, &ecdsa, any(p)) == CKR_OK)
        must(C_Verify(p->session, bytes, sizeof bytes, bytes, sizeof bytes) != CKR_OK);
    if (C_DigestInit(p->session, &sha) == CKR_OK && C_DigestKey(p->session, any(p)) == CKR_OK)
        (void)C_DigestFinal(p->session, digest, &len);
}

static void ask(struct program *p)
{
    union {
        CK_SLOT_INFO slot;
        CK_TOKEN_INFO token;
        CK_SESSION_INFO session;
    } info;
    CK_ULONG list[64], count = 64;
    CK_SLOT_ID slot;
    (void)C_GetSlotInfo(0, &info.slot);
    (void)C_GetTokenInfo(0, &info.token);
    (void)C_GetSessionInfo(p->session, &info.session);
    (void)C_GetSlotList(p->argument & 1, list, &count);
    count = 64;
    (void)C_GetMechanismList(0, list, &count);
    (void)C_WaitForSlotEvent(CKF_DONT_BLOCK, &slot, NULL);
    (void)C_SessionCancel(p->session, p->argument);
}

static void objects(struct program *p)
{
    CK_OBJECT_CLASS class = CKO_DATA;
    CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof class }, { CKA_VALUE, &p->argument, 1 } };
    (void)C_CreateObject(p->session, template, 2, &p->made);
    (void)C_CopyObject(p->session, any(p), template + 1, 1, &p->made);
    (void)C_SetAttributeValue(p->session, any(p), template + 1, 1);
    if (p->argument & 1)
        (void)C_DestroyObject(p->session, any(p));
}

static void refused(struct program *p)
{
    CK_MECHANISM rsa = { CKM_RSA_PKCS, NULL, 0 };
    CK_BYTE bytes[256] = { 1 }, out[256];
    CK_ULONG len = sizeof out;
    if (C_EncryptInit(p->session, &rsa, any(p)) == CKR_OK)
        (void)C_Encrypt(p->session, bytes, 8, out, &len);
    len = sizeof out;
    if (C_DecryptInit(p->session, &rsa, any(p)) == CKR_OK)
        (void)C_Decrypt(p->session, bytes, sizeof bytes, out, &len);
    (void)C_GenerateRandom(p->session, out, 8);
}

/* What happens around the card: taken out, put in, reset by another program, the module begun anew. */
static void around(struct program *p)
{
    switch (p->argument % 4) {
    case 0:
        desk_remove(&desk, 0);
        desk_insert(&desk, 0, &card);
        break;
    case 1:
        if (desk.readers[0].card)
            desk_reset(&desk, 0);
        break;
    case 2:
        desk_remove(&desk, 0);
        break;
    default:
        must(C_Finalize(NULL) == CKR_OK);
        must(C_Initialize(NULL) == CKR_OK);
        break;
    }
}

static void (*const calls[])(struct program *) = { open_session, close_session, login,   logout, pins,
                                                   find,         attributes,    sign,    derive, verify_and_digest,
                                                   ask,          objects,       refused, around, find,
                                                   sign };
#define CALLS (sizeof calls / sizeof calls[0])

/* ---- an input ---- */
void hostile_init(void)
{
    must(setenv("SDC_PKCS11_CHECK", "1", 1) == 0);
    module_fixture_cards();
    module_fixture_other_keys();
}

static void read_lies(struct sdc_rd *r)
{
    lies_len = 0;
    unsigned first = sdc_rd_u8(r);
    card_kind = first / (LIES_MAX + 1) % 3;
    for (unsigned n = first % (LIES_MAX + 1); n > 0 && r->left >= 4; n--) {
        struct lie *lie = &lies[lies_len++];
        *lie = (struct lie) { .at = sdc_rd_u8(r) % 64 };
        lie->how = sdc_rd_u8(r);
        lie->where = sdc_rd_u8(r);
        lie->what = sdc_rd_u8(r);
        if (lie->how % HOWS == RAW && r->left >= 2) {
            size_t len = sdc_rd_u16(r);
            lie->raw = sdc_rd_take(r, len < r->left ? len : r->left);
        }
    }
}

/* As module_start, without Check's assertions, which only work inside its runner. */
static void start(void)
{
    static const struct card_memory *const kinds[] = { &issued, &rsa_card, &p384_card };
    desk_memory_init(&desk, 1);
    card_memory_copy(&card, kinds[card_kind]);
    desk_insert(&desk, 0, &card);
    desk.readers[0].tamper = tamper;
    p11_set_desk(&desk.desk);
    must(C_Initialize(NULL) == CKR_OK);
}

void hostile_run(const uint8_t *data, size_t len)
{
    struct sdc_rd r = sdc_rd_init(data, len);
    struct program p = { .session = 0 };
    read_lies(&r);
    start();
    unsigned long told = 0;
    for (int i = 0; i < CALLS_MAX && r.left >= 2; i++) {
        size_t call = sdc_rd_u8(&r) % CALLS;
        p.argument = sdc_rd_u8(&r);
        calls[call](&p);
        must(desk.readers[0].apdus - told <= APDUS_MAX);
        told = desk.readers[0].apdus;
        must(desk.readers[0].open_transactions <= 1); /* one may wait for 9C */
    }
    must(C_Finalize(NULL) == CKR_OK);
    must(desk.links == 0 && desk.watches == 0 && desk.readers[0].open_transactions == 0);
}
