/* SPDX-License-Identifier: BSD-2-Clause */
/* Entry points: the module, its slots and mechanisms (PKCS#11 3.0, 5.4 and 5.5). */
#include <string.h>

#include "mechanism.h"
#include "slot.h"
#include "text.h"

CK_RV C_Initialize(void *args)
{
    return p11_initialize(args);
}

CK_RV C_Finalize(void *reserved)
{
    struct p11_module *m = NULL;
    CK_RV rv = p11_enter(&m);
    if (rv != CKR_OK)
        return rv;
    p11_leave(m, CKR_OK);
    return reserved ? CKR_ARGUMENTS_BAD : p11_finalize();
}

CK_RV C_GetInfo(CK_INFO *info)
{
    struct p11_module *m = NULL;
    CK_RV rv = p11_enter(&m);
    if (rv != CKR_OK)
        return rv;
    if (!info)
        return p11_leave(m, CKR_ARGUMENTS_BAD);
    memset(info, 0, sizeof *info);
    info->cryptokiVersion = (CK_VERSION) { 3, 0 };
    info->libraryVersion = (CK_VERSION) { 0, 1 };
    p11_text(info->manufacturerID, sizeof info->manufacturerID, "Secure Docket Card");
    p11_text(info->libraryDescription, sizeof info->libraryDescription, "Docket card PKCS#11 module");
    return p11_leave(m, CKR_OK);
}

CK_RV C_GetSlotList(CK_BBOOL token_present, CK_SLOT_ID *list, CK_ULONG *count)
{
    struct p11_module *m = NULL;
    CK_RV rv = p11_enter(&m);
    if (rv != CKR_OK)
        return rv;
    return p11_leave(m, count ? p11_slots_list(m, token_present != CK_FALSE, list, count) : CKR_ARGUMENTS_BAD);
}

CK_RV C_WaitForSlotEvent(CK_FLAGS flags, CK_SLOT_ID *slot, void *reserved)
{
    struct p11_module *m = NULL;
    CK_RV rv = p11_enter(&m);
    if (rv != CKR_OK)
        return rv;
    if (!slot || reserved)
        return p11_leave(m, CKR_ARGUMENTS_BAD);
    return p11_leave(m, p11_slots_wait(m, !(flags & CKF_DONT_BLOCK), slot));
}

CK_RV C_GetSlotInfo(CK_SLOT_ID id, CK_SLOT_INFO *info)
{
    struct p11_slot *slot = NULL;
    CK_RV rv = p11_slot_enter(id, &slot);
    if (rv != CKR_OK)
        return rv;
    if (info)
        p11_slot_info(slot, info);
    return p11_slot_leave(slot, info ? CKR_OK : CKR_ARGUMENTS_BAD);
}

CK_RV C_GetTokenInfo(CK_SLOT_ID id, CK_TOKEN_INFO *info)
{
    struct p11_slot *slot = NULL;
    CK_RV rv = p11_slot_enter(id, &slot);
    return rv == CKR_OK ? p11_slot_leave(slot, info ? p11_token_info(slot, info) : CKR_ARGUMENTS_BAD) : rv;
}

/* Mechanisms are a token's: an empty slot has none (PKCS#11 3.0, 5.5.5). */
CK_RV C_GetMechanismList(CK_SLOT_ID id, CK_MECHANISM_TYPE *list, CK_ULONG *count)
{
    struct p11_slot *slot = NULL;
    CK_RV rv = p11_slot_enter(id, &slot);
    if (rv != CKR_OK)
        return rv;
    rv = count ? p11_token_there(slot) : CKR_ARGUMENTS_BAD;
    return p11_slot_leave(slot, rv == CKR_OK ? p11_mechanism_list(list, count) : rv);
}

CK_RV C_GetMechanismInfo(CK_SLOT_ID id, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *info)
{
    struct p11_slot *slot = NULL;
    CK_RV rv = p11_slot_enter(id, &slot);
    if (rv != CKR_OK)
        return rv;
    rv = info ? p11_token_there(slot) : CKR_ARGUMENTS_BAD;
    return p11_slot_leave(slot, rv == CKR_OK ? p11_mechanism_info(type, info) : rv);
}

/* The issuer's tool makes cards, not this module. */
CK_RV C_InitToken(CK_SLOT_ID id, CK_UTF8CHAR *pin, CK_ULONG pin_len, CK_UTF8CHAR *label)
{
    struct p11_slot *slot = NULL;
    (void)pin_len;
    CK_RV rv = p11_slot_enter(id, &slot);
    return rv == CKR_OK ? p11_slot_leave(slot, pin && label ? CKR_FUNCTION_NOT_SUPPORTED : CKR_ARGUMENTS_BAD) : rv;
}
