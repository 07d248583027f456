/* SPDX-License-Identifier: BSD-2-Clause */
#include "token_module.h"

#include <string.h>

#define SO_PIN_BYTES 16

static enum sdc_status init_token(const struct token_module *module, CK_SLOT_ID slot, const char *label,
                                  uint8_t *so_pin, CK_ULONG so_len, struct sdc_error *e)
{
    uint8_t padded[TOKEN_LABEL_LEN];
    size_t len = strlen(label);
    if (len == 0 || len > sizeof padded)
        return sdc_fail(e, SDC_E_INPUT, "the token's label takes 1 to 32 bytes");
    memset(padded, ' ', sizeof padded);
    memcpy(padded, label, len);
    return token_result(module->call->C_InitToken(slot, so_pin, so_len, padded), "can't initialise the token", e);
}

static enum sdc_status init_pin(const struct token_module *module, CK_SLOT_ID slot, uint8_t *so_pin, CK_ULONG so_len,
                                const char *pin, struct sdc_error *e)
{
    CK_SESSION_HANDLE session = 0;
    const CK_FLAGS flags = CKF_SERIAL_SESSION | CKF_RW_SESSION;
    enum sdc_status status = token_result(module->call->C_OpenSession(slot, flags, NULL, NULL, &session),
                                          "can't open a session with the token", e);
    if (status != SDC_OK)
        return status;
    uint8_t user[64];
    size_t len = strlen(pin);
    status = len <= sizeof user ? SDC_OK : sdc_fail(e, SDC_E_INPUT, "the token's PIN is too long");
    if (status == SDC_OK) {
        memcpy(user, pin, len);
        status = token_result(module->call->C_Login(session, CKU_SO, so_pin, so_len), "can't log in to the token", e);
    }
    if (status == SDC_OK)
        status = token_result(module->call->C_InitPIN(session, user, len), "can't set the token's PIN", e);
    sdc_wipe(user, sizeof user);
    (void)module->call->C_CloseSession(session); /* logs out as well */
    return status;
}

enum sdc_status token_create(const struct token_place *place, const char *pin, struct sdc_error *e)
{
    uint8_t random[SO_PIN_BYTES];
    char so_pin[2 * SO_PIN_BYTES + 1];
    uint8_t so[2 * SO_PIN_BYTES];
    struct token_module module;
    CK_SLOT_ID slot = 0;
    enum sdc_status status = sdc_random(random, sizeof random, e);
    if (status != SDC_OK)
        return status;
    sdc_hex(random, sizeof random, so_pin);
    memcpy(so, so_pin, sizeof so);
    status = token_module_load(place, &module, e);
    if (status == SDC_OK) {
        status = token_slot_blank(&module, &slot, e);
        if (status == SDC_OK)
            status = init_token(&module, slot, place->label, so, sizeof so, e);
        if (status == SDC_OK) /* SoftHSM2 gives an initialised token another slot number */
            status = token_slot_find(&module, place->label, &slot, e);
        if (status == SDC_OK)
            status = init_pin(&module, slot, so, sizeof so, pin, e);
        token_module_unload(&module, true);
    }
    sdc_wipe(random, sizeof random);
    sdc_wipe(so_pin, sizeof so_pin);
    sdc_wipe(so, sizeof so);
    return status;
}
