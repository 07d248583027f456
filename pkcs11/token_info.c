/* SPDX-License-Identifier: BSD-2-Clause */
#include "token.h"

#include <stdio.h>
#include <string.h>

#include "session.h"
#include "slot.h"
#include "text.h"

#define PIN_TRIES 3 /* of a PIN that nobody got wrong, on our card */

/* The counter is the last one seen: no APDU is spent on a further query. */
static CK_FLAGS pin_flags(const struct p11_token *t)
{
    CK_FLAGS flags = 0;
    if (t->wrong || (t->tries >= 0 && t->tries < PIN_TRIES && !t->transport))
        flags |= CKF_USER_PIN_COUNT_LOW;
    if (t->transport)
        flags |= CKF_USER_PIN_TO_BE_CHANGED;
    else if (t->tries == 1)
        flags |= CKF_USER_PIN_FINAL_TRY;
    else if (t->tries == 0)
        flags |= CKF_USER_PIN_LOCKED;
    return flags;
}

CK_RV p11_token_info(struct p11_slot *slot, CK_TOKEN_INFO *info)
{
    const struct p11_token *t = &slot->token;
    CK_RV rv = p11_token_there(slot);
    if (rv == CKR_OK)
        rv = p11_token_counter(slot);
    if (rv != CKR_OK)
        return rv;

    /* Neither label nor serial says whose card it is; no colon, which NSS takes for the end of the token's name. */
    char guid[2 * SDC_GUID_LEN + 1], label[33];
    sdc_hex(t->guid, sizeof t->guid, guid);
    snprintf(label, sizeof label, "Docket Card %s", guid + 2 * SDC_GUID_LEN - 8);
    guid[16] = '\0';

    memset(info, 0, sizeof *info);
    p11_text(info->label, sizeof info->label, label);
    p11_text(info->manufacturerID, sizeof info->manufacturerID, "Secure Docket Card");
    p11_text(info->model, sizeof info->model, "PIV");
    p11_text(info->serialNumber, sizeof info->serialNumber, guid);
    p11_text(info->utcTime, sizeof info->utcTime, "");
    info->flags = CKF_RNG | CKF_LOGIN_REQUIRED | CKF_USER_PIN_INITIALIZED | CKF_TOKEN_INITIALIZED | pin_flags(t);
    if (t->pad)
        info->flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
    info->ulMaxSessionCount = info->ulMaxRwSessionCount = CK_EFFECTIVELY_INFINITE;
    p11_sessions_count(slot, &info->ulSessionCount, &info->ulRwSessionCount);
    info->ulMinPinLen = SDC_PIV_PIN_MIN;
    info->ulMaxPinLen = SDC_PIV_PIN_MAX;
    info->ulTotalPublicMemory = info->ulFreePublicMemory = CK_UNAVAILABLE_INFORMATION;
    info->ulTotalPrivateMemory = info->ulFreePrivateMemory = CK_UNAVAILABLE_INFORMATION;
    info->hardwareVersion = info->firmwareVersion = (CK_VERSION) { 1, 0 };
    return CKR_OK;
}
