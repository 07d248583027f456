/* SPDX-License-Identifier: BSD-2-Clause */
/* The PKCS#11 module in this process with cards in memory: what each of its tests begins with. */
#ifndef TESTS_MODULE_FIXTURE_H
#define TESTS_MODULE_FIXTURE_H

#include "card_issue.h"
#include "cryptoki.h"
#include "desk_memory.h"
#include "suite.h"

extern struct desk_memory desk;
/* Made once by module_fixture_cards, copied by those that insert them. */
extern struct card_memory issued, unfinished /* transport PIN stands */, sparse /* without 9C, 9D is garbage */, blank;
/* Cards of other keys, each with two retired ones. */
extern struct card_memory rsa_card, p384_card;
extern EVP_PKEY *issued_keys[CARD_ISSUE_KEYS], *rsa_keys[CARD_ISSUE_KEYS],
    *p384_keys[CARD_ISSUE_KEYS]; /* 9A 9C 9D 9E … */
extern const uint8_t issued_guid[16], other_guid[16];

/* Issues a card: see card_issue.h. 'keys' may be NULL. */
void module_make_card(struct card_memory *card, const uint8_t guid[static 16], unsigned without,
                      EVP_PKEY *keys[CARD_ISSUE_KEYS]);
/* Before any test: issues the cards; those of other keys, whose making takes longer, only where they are wanted. */
void module_fixture_cards(void);
void module_fixture_other_keys(void);
/* One reader; a copy of 'card' in it, or none where NULL; C_Initialize. */
void module_start(const struct card_memory *card);
/* The card that module_start inserted. */
struct card_memory *module_card(void);
/* APDUs on reader 0 since the last call of this. */
unsigned long module_apdus(void);

#define RV(call, expected) ck_assert_uint_eq((call), (expected))

CK_SESSION_HANDLE module_session(CK_FLAGS flags); /* slot 0; CKF_SERIAL_SESSION is added */
void module_login(CK_SESSION_HANDLE session);     /* the holder's PIN */
/* The object of this class and id; fails the test where there isn't exactly one. */
CK_OBJECT_HANDLE module_find(CK_SESSION_HANDLE session, CK_OBJECT_CLASS class, CK_BYTE id);
/* How many objects match. */
CK_ULONG module_count(CK_SESSION_HANDLE session, CK_ATTRIBUTE *template, CK_ULONG count);
CK_FLAGS module_token_flags(void);
CK_STATE module_state(CK_SESSION_HANDLE session);
/* C_SignInit and C_Sign of 32 bytes by CKM_ECDSA; the first that isn't CKR_OK. */
CK_RV module_sign(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key, CK_BYTE signature[64]);
/* True where r and s, of the key's field length, sign the hash, by OpenSSL alone. */
bool module_signature_good(EVP_PKEY *key, const CK_BYTE *hash, size_t len, const CK_BYTE *signature);

#endif
