/* SPDX-License-Identifier: BSD-2-Clause */
#include "token_module.h"

#include <stdlib.h>
#include <string.h>

#include <libp11.h>
#include <openssl/ui.h>

struct token {
    struct token_module module;
    CK_SESSION_HANDLE session;
    PKCS11_CTX *p11;
    bool loaded;
    PKCS11_SLOT *slots, *slot;
    unsigned slots_len;
};

/* P-256 1.2.840.10045.3.1.7 and P-384 1.3.132.0.34 as DER (CKA_EC_PARAMS) */
static const uint8_t curve_p256[] = { 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07 };
static const uint8_t curve_p384[] = { 0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22 };

static enum sdc_status open_direct(struct token *token, const char *label, const char *pin, struct sdc_error *e)
{
    CK_SLOT_ID slot = 0;
    enum sdc_status status = token_slot_find(&token->module, label, &slot, e);
    if (status != SDC_OK)
        return status;
    const CK_FUNCTION_LIST *call = token->module.call;
    const CK_FLAGS flags = CKF_SERIAL_SESSION | CKF_RW_SESSION;
    status = token_result(call->C_OpenSession(slot, flags, NULL, NULL, &token->session), "can't open the token", e);
    if (status != SDC_OK)
        return status;
    uint8_t user[64];
    size_t len = strlen(pin);
    if (len > sizeof user)
        return sdc_fail(e, SDC_E_INPUT, "the token's PIN is too long");
    memcpy(user, pin, len);
    CK_RV rv = call->C_Login(token->session, CKU_USER, user, len);
    sdc_wipe(user, sizeof user);
    return rv == CKR_USER_ALREADY_LOGGED_IN ? SDC_OK : token_result(rv, "can't log in to the token", e);
}

/* libp11 asks on the terminal, and waits for ever, where a login is missing: it gets an interface that never asks, the
 * slot that was found by label, and a PIN that was proven right before. */
static enum sdc_status open_libp11(struct token *token, const struct token_place *place, const char *pin,
                                   struct sdc_error *e)
{
    token->p11 = PKCS11_CTX_new();
    if (!token->p11)
        return sdc_fail(e, SDC_E_NO_MEMORY, "no memory for the token");
    if (PKCS11_CTX_load(token->p11, place->module) != 0)
        return sdc_fail(e, SDC_E_TOKEN, "libp11 can't load %s", place->module);
    token->loaded = true;
    (void)PKCS11_set_ui_method(token->p11, (UI_METHOD *)(uintptr_t)UI_null(), NULL);
    if (PKCS11_enumerate_slots(token->p11, &token->slots, &token->slots_len) != 0)
        return sdc_fail(e, SDC_E_TOKEN, "libp11 can't list the tokens");
    for (unsigned i = 0; i < token->slots_len && !token->slot; i++) {
        PKCS11_TOKEN *found = token->slots[i].token;
        if (found && found->initialized && found->label && strcmp(found->label, place->label) == 0)
            token->slot = &token->slots[i];
    }
    if (!token->slot)
        return sdc_fail(e, SDC_E_TOKEN, "there is no token '%s'", place->label);
    if (PKCS11_login(token->slot, 0, pin) != 0)
        return sdc_fail(e, SDC_E_TOKEN, "libp11 can't log in to the token");
    return SDC_OK;
}

enum sdc_status token_open(const struct token_place *place, const char *pin, struct token **out, struct sdc_error *e)
{
    *out = NULL;
    struct token *token = calloc(1, sizeof *token);
    if (!token)
        return sdc_fail(e, SDC_E_NO_MEMORY, "no memory for the token");
    enum sdc_status status = token_module_load(place, &token->module, e);
    if (status == SDC_OK)
        status = open_direct(token, place->label, pin, e);
    if (status == SDC_OK)
        status = open_libp11(token, place, pin, e);
    if (status != SDC_OK) {
        token_close(token);
        return status;
    }
    *out = token;
    return SDC_OK;
}

void token_close(struct token *token)
{
    if (!token)
        return;
    if (token->session)
        (void)token->module.call->C_CloseSession(token->session);
    if (token->slots)
        PKCS11_release_all_slots(token->p11, token->slots, token->slots_len);
    if (token->loaded)
        PKCS11_CTX_unload(token->p11); /* finalizes the module for the whole process */
    if (token->p11)
        PKCS11_CTX_free(token->p11);
    token_module_unload(&token->module, !token->loaded);
    free(token);
}

static CK_ATTRIBUTE attribute(CK_ATTRIBUTE_TYPE type, void *value, size_t len)
{
    return (CK_ATTRIBUTE) { .type = type, .pValue = value, .ulValueLen = len };
}

static enum sdc_status generate_aes(struct token *token, char *label, struct sdc_error *e)
{
    CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
    CK_ULONG len = 32;
    CK_ATTRIBUTE attributes[] = {
        attribute(CKA_TOKEN, &yes, sizeof yes),     attribute(CKA_PRIVATE, &yes, sizeof yes),
        attribute(CKA_SENSITIVE, &yes, sizeof yes), attribute(CKA_EXTRACTABLE, &no, sizeof no),
        attribute(CKA_SIGN, &yes, sizeof yes),      attribute(CKA_VERIFY, &no, sizeof no),
        attribute(CKA_ENCRYPT, &no, sizeof no),     attribute(CKA_DECRYPT, &no, sizeof no),
        attribute(CKA_WRAP, &no, sizeof no),        attribute(CKA_UNWRAP, &no, sizeof no),
        attribute(CKA_VALUE_LEN, &len, sizeof len), attribute(CKA_LABEL, label, strlen(label)),
        attribute(CKA_ID, label, strlen(label)),
    };
    CK_MECHANISM mechanism = { CKM_AES_KEY_GEN, NULL, 0 };
    CK_OBJECT_HANDLE key = 0;
    return token_result(token->module.call->C_GenerateKey(token->session, &mechanism, attributes,
                                                          sizeof attributes / sizeof *attributes, &key),
                        "can't make a key in the token", e);
}

static enum sdc_status generate_ec(struct token *token, const uint8_t *curve, size_t curve_len, char *label,
                                   struct sdc_error *e)
{
    CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
    uint8_t params[16];
    memcpy(params, curve, curve_len);
    CK_ATTRIBUTE public_attributes[] = {
        attribute(CKA_TOKEN, &yes, sizeof yes),     attribute(CKA_PRIVATE, &no, sizeof no),
        attribute(CKA_VERIFY, &yes, sizeof yes),    attribute(CKA_EC_PARAMS, params, curve_len),
        attribute(CKA_LABEL, label, strlen(label)), attribute(CKA_ID, label, strlen(label)),
    };
    CK_ATTRIBUTE private_attributes[] = {
        attribute(CKA_TOKEN, &yes, sizeof yes),     attribute(CKA_PRIVATE, &yes, sizeof yes),
        attribute(CKA_SENSITIVE, &yes, sizeof yes), attribute(CKA_EXTRACTABLE, &no, sizeof no),
        attribute(CKA_SIGN, &yes, sizeof yes),      attribute(CKA_DERIVE, &no, sizeof no),
        attribute(CKA_LABEL, label, strlen(label)), attribute(CKA_ID, label, strlen(label)),
    };
    CK_MECHANISM mechanism = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
    CK_OBJECT_HANDLE public_key = 0, private_key = 0;
    CK_RV rv = token->module.call->C_GenerateKeyPair(
        token->session, &mechanism, public_attributes, sizeof public_attributes / sizeof *public_attributes,
        private_attributes, sizeof private_attributes / sizeof *private_attributes, &public_key, &private_key);
    return token_result(rv, "can't make a key in the token", e);
}

enum sdc_status token_generate(struct token *token, enum token_key kind, const char *label, struct sdc_error *e)
{
    char name[64];
    size_t len = strlen(label);
    if (len == 0 || len >= sizeof name)
        return sdc_fail(e, SDC_E_BUG, "bad key label");
    memcpy(name, label, len + 1);
    switch (kind) {
    case TOKEN_KEY_P256:
        return generate_ec(token, curve_p256, sizeof curve_p256, name, e);
    case TOKEN_KEY_P384:
        return generate_ec(token, curve_p384, sizeof curve_p384, name, e);
    case TOKEN_KEY_AES256:
        return generate_aes(token, name, e);
    }
    return sdc_fail(e, SDC_E_BUG, "unknown kind of key");
}

enum sdc_status token_find_key(struct token *token, const char *label, EVP_PKEY **key, struct sdc_error *e)
{
    *key = NULL;
    PKCS11_KEY *keys = NULL;
    unsigned count = 0;
    if (PKCS11_enumerate_keys(token->slot->token, &keys, &count) != 0)
        return sdc_fail(e, SDC_E_TOKEN, "can't list the token's keys");
    for (unsigned i = 0; i < count && !*key; i++) {
        if (!keys[i].label || strcmp(keys[i].label, label) != 0)
            continue;
        *key = PKCS11_get_private_key(&keys[i]);
        if (!*key)
            return sdc_fail(e, SDC_E_TOKEN, "the token's key '%s' can't be used", label);
    }
    return SDC_OK;
}

enum sdc_status token_private_key(struct token *token, const char *label, EVP_PKEY **key, struct sdc_error *e)
{
    enum sdc_status status = token_find_key(token, label, key, e);
    if (status == SDC_OK && !*key)
        status = sdc_fail(e, SDC_E_TOKEN, "the token has no usable key '%s'", label);
    return status;
}

enum sdc_status token_make_key(struct token *token, enum token_key kind, const char *label, EVP_PKEY **key,
                               struct sdc_error *e)
{
    enum sdc_status status = token_find_key(token, label, key, e);
    if (status != SDC_OK || *key)
        return status;
    status = token_generate(token, kind, label, e);
    return status == SDC_OK ? token_private_key(token, label, key, e) : status;
}

static enum sdc_status find_secret(struct token *token, const char *label, CK_OBJECT_HANDLE *key, struct sdc_error *e)
{
    char name[64];
    size_t len = strlen(label);
    if (len >= sizeof name)
        return sdc_fail(e, SDC_E_BUG, "bad key label");
    memcpy(name, label, len + 1);
    CK_OBJECT_CLASS class = CKO_SECRET_KEY;
    CK_ATTRIBUTE query[] = { attribute(CKA_CLASS, &class, sizeof class), attribute(CKA_LABEL, name, len) };
    const CK_FUNCTION_LIST *call = token->module.call;
    enum sdc_status status =
        token_result(call->C_FindObjectsInit(token->session, query, 2), "can't search the token", e);
    if (status != SDC_OK)
        return status;
    CK_ULONG found = 0;
    CK_RV rv = call->C_FindObjects(token->session, key, 1, &found);
    (void)call->C_FindObjectsFinal(token->session);
    status = token_result(rv, "can't search the token", e);
    if (status == SDC_OK && found != 1)
        status = sdc_fail(e, SDC_E_TOKEN, "the token has no key '%s'", label);
    return status;
}

enum sdc_status token_import_aes(struct token *token, const char *label, const uint8_t *key, size_t len,
                                 struct sdc_error *e)
{
    CK_OBJECT_HANDLE object = 0;
    CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
    CK_OBJECT_CLASS class = CKO_SECRET_KEY;
    CK_KEY_TYPE type = CKK_AES;
    char name[64];
    uint8_t value[32];
    size_t label_len = strlen(label);
    if (label_len >= sizeof name || len > sizeof value)
        return sdc_fail(e, SDC_E_BUG, "bad key to import");
    if (find_secret(token, label, &object, NULL) == SDC_OK)
        return SDC_OK;
    memcpy(name, label, label_len + 1);
    memcpy(value, key, len);
    CK_ATTRIBUTE attributes[] = {
        attribute(CKA_CLASS, &class, sizeof class), attribute(CKA_KEY_TYPE, &type, sizeof type),
        attribute(CKA_TOKEN, &yes, sizeof yes),     attribute(CKA_PRIVATE, &yes, sizeof yes),
        attribute(CKA_SENSITIVE, &yes, sizeof yes), attribute(CKA_EXTRACTABLE, &no, sizeof no),
        attribute(CKA_SIGN, &yes, sizeof yes),      attribute(CKA_VERIFY, &no, sizeof no),
        attribute(CKA_ENCRYPT, &no, sizeof no),     attribute(CKA_DECRYPT, &no, sizeof no),
        attribute(CKA_WRAP, &no, sizeof no),        attribute(CKA_UNWRAP, &no, sizeof no),
        attribute(CKA_LABEL, name, label_len),      attribute(CKA_ID, name, label_len),
        attribute(CKA_VALUE, value, len),
    };
    CK_RV rv =
        token->module.call->C_CreateObject(token->session, attributes, sizeof attributes / sizeof *attributes, &object);
    sdc_wipe(value, sizeof value);
    return token_result(rv, "can't put a key into the token", e);
}

enum sdc_status token_cmac(struct token *token, const char *label, const void *data, size_t len,
                           uint8_t mac[static TOKEN_CMAC_LEN], struct sdc_error *e)
{
    CK_OBJECT_HANDLE key = 0;
    uint8_t input[512];
    if (len > sizeof input)
        return sdc_fail(e, SDC_E_BUG, "too much for one CMAC");
    enum sdc_status status = find_secret(token, label, &key, e);
    if (status != SDC_OK)
        return status;
    memcpy(input, data, len);
    CK_MECHANISM mechanism = { CKM_AES_CMAC, NULL, 0 };
    CK_ULONG mac_len = TOKEN_CMAC_LEN;
    const CK_FUNCTION_LIST *call = token->module.call;
    status = token_result(call->C_SignInit(token->session, &mechanism, key), "can't start a CMAC in the token", e);
    if (status == SDC_OK)
        status = token_result(call->C_Sign(token->session, input, len, mac, &mac_len), "can't make a CMAC", e);
    if (status == SDC_OK && mac_len != TOKEN_CMAC_LEN)
        status = sdc_fail(e, SDC_E_TOKEN, "the token's CMAC has %lu bytes", mac_len);
    sdc_wipe(input, sizeof input);
    return status;
}
