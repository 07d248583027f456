/* SPDX-License-Identifier: BSD-2-Clause */
#include "token_module.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

struct result_name {
    CK_RV rv;
    const char *name;
};

/* What an operator may meet; others are printed as a number. */
static const struct result_name result_names[] = {
    { CKR_HOST_MEMORY, "CKR_HOST_MEMORY" },
    { CKR_GENERAL_ERROR, "CKR_GENERAL_ERROR" },
    { CKR_FUNCTION_FAILED, "CKR_FUNCTION_FAILED" },
    { CKR_ATTRIBUTE_VALUE_INVALID, "CKR_ATTRIBUTE_VALUE_INVALID" },
    { CKR_DEVICE_ERROR, "CKR_DEVICE_ERROR" },
    { CKR_DEVICE_MEMORY, "CKR_DEVICE_MEMORY" },
    { CKR_DEVICE_REMOVED, "CKR_DEVICE_REMOVED" },
    { CKR_KEY_FUNCTION_NOT_PERMITTED, "CKR_KEY_FUNCTION_NOT_PERMITTED" },
    { CKR_MECHANISM_INVALID, "CKR_MECHANISM_INVALID" },
    { CKR_PIN_INCORRECT, "CKR_PIN_INCORRECT: the token's PIN is wrong" },
    { CKR_PIN_LEN_RANGE, "CKR_PIN_LEN_RANGE" },
    { CKR_PIN_LOCKED, "CKR_PIN_LOCKED: the token's PIN is locked" },
    { CKR_SESSION_HANDLE_INVALID, "CKR_SESSION_HANDLE_INVALID" },
    { CKR_TOKEN_NOT_PRESENT, "CKR_TOKEN_NOT_PRESENT" },
    { CKR_TOKEN_WRITE_PROTECTED, "CKR_TOKEN_WRITE_PROTECTED" },
    { CKR_USER_PIN_NOT_INITIALIZED, "CKR_USER_PIN_NOT_INITIALIZED" },
    { CKR_USER_NOT_LOGGED_IN, "CKR_USER_NOT_LOGGED_IN" },
};

enum sdc_status token_result(CK_RV rv, const char *what, struct sdc_error *e)
{
    if (rv == CKR_OK)
        return SDC_OK;
    for (size_t i = 0; i < sizeof result_names / sizeof *result_names; i++)
        if (result_names[i].rv == rv)
            return sdc_fail(e, SDC_E_TOKEN, "%s: %s", what, result_names[i].name);
    return sdc_fail(e, SDC_E_TOKEN, "%s: PKCS#11 error 0x%lx", what, rv);
}

enum sdc_status token_module_load(const struct token_place *place, struct token_module *module, struct sdc_error *e)
{
    *module = (struct token_module) { 0 };
    /* SoftHSM2 reads it when it is initialised */
    if (place->softhsm_conf && setenv("SOFTHSM2_CONF", place->softhsm_conf, 1) != 0)
        return sdc_fail(e, SDC_E_NO_MEMORY, "no memory for the environment");
    module->handle = dlopen(place->module, RTLD_NOW | RTLD_LOCAL);
    if (!module->handle)
        return sdc_fail(e, SDC_E_TOKEN, "can't load the PKCS#11 module %s", place->module);
    CK_C_GetFunctionList list;
    void *symbol = dlsym(module->handle, "C_GetFunctionList");
    memcpy(&list, &symbol, sizeof list); /* C has no cast from an object's to a function's address */
    enum sdc_status status;
    if (!symbol)
        status = sdc_fail(e, SDC_E_TOKEN, "%s is not a PKCS#11 module", place->module);
    else
        status = token_result(list(&module->call), "can't use the PKCS#11 module", e);
    if (status == SDC_OK) {
        CK_RV rv = module->call->C_Initialize(NULL);
        status = rv == CKR_CRYPTOKI_ALREADY_INITIALIZED ? SDC_OK : token_result(rv, "can't start the token", e);
    }
    if (status != SDC_OK)
        token_module_unload(module, false);
    return status;
}

void token_module_unload(struct token_module *module, bool finalize)
{
    if (finalize && module->call)
        (void)module->call->C_Finalize(NULL);
    if (module->handle)
        dlclose(module->handle);
    *module = (struct token_module) { 0 };
}

static bool label_is(const CK_TOKEN_INFO *info, const char *label)
{
    size_t len = strlen(label);
    if (len > TOKEN_LABEL_LEN || memcmp(info->label, label, len) != 0)
        return false;
    for (size_t i = len; i < TOKEN_LABEL_LEN; i++)
        if (info->label[i] != ' ')
            return false;
    return true;
}

/* The first slot with an initialised token of this label; label NULL: with a token that is not initialised. */
static enum sdc_status slot_search(const struct token_module *module, const char *label, CK_SLOT_ID *slot,
                                   struct sdc_error *e)
{
    CK_SLOT_ID slots[TOKEN_SLOTS_MAX];
    CK_ULONG count = TOKEN_SLOTS_MAX;
    enum sdc_status status = token_result(module->call->C_GetSlotList(CK_TRUE, slots, &count), "can't list tokens", e);
    if (status != SDC_OK)
        return status;
    for (CK_ULONG i = 0; i < count; i++) {
        CK_TOKEN_INFO info;
        if (module->call->C_GetTokenInfo(slots[i], &info) != CKR_OK)
            continue;
        bool initialised = (info.flags & CKF_TOKEN_INITIALIZED) != 0;
        if (label ? initialised && label_is(&info, label) : !initialised) {
            *slot = slots[i];
            return SDC_OK;
        }
    }
    return sdc_fail(e, SDC_E_TOKEN, label ? "there is no token '%s'" : "there is no blank token%s", label ? label : "");
}

enum sdc_status token_slot_find(const struct token_module *module, const char *label, CK_SLOT_ID *slot,
                                struct sdc_error *e)
{
    return slot_search(module, label, slot, e);
}

enum sdc_status token_slot_blank(const struct token_module *module, CK_SLOT_ID *slot, struct sdc_error *e)
{
    return slot_search(module, NULL, slot, e);
}
