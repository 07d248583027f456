/* SPDX-License-Identifier: BSD-2-Clause */
#include "errors.h"

#include <stddef.h>

struct row {
    enum sdc_status status;
    CK_RV operation, slot, pin;
};

/* Anything else is CKR_DEVICE_ERROR: status words without a meaning here, malformed or endless replies. */
static const struct row rows[] = {
    /* clang-format off */
    { SDC_OK,            CKR_OK,                    CKR_OK,                CKR_OK                 },
    { SDC_E_NO_MEMORY,   CKR_HOST_MEMORY,           CKR_HOST_MEMORY,       CKR_HOST_MEMORY        },
    { SDC_E_NO_SERVICE,  CKR_DEVICE_REMOVED,        CKR_TOKEN_NOT_PRESENT, CKR_DEVICE_REMOVED     },
    { SDC_E_NO_READER,   CKR_DEVICE_REMOVED,        CKR_TOKEN_NOT_PRESENT, CKR_DEVICE_REMOVED     },
    { SDC_E_NO_CARD,     CKR_DEVICE_REMOVED,        CKR_TOKEN_NOT_PRESENT, CKR_DEVICE_REMOVED     },
    { SDC_E_REMOVED,     CKR_DEVICE_REMOVED,        CKR_TOKEN_NOT_PRESENT, CKR_DEVICE_REMOVED     },
    { SDC_E_NOT_FOUND,   CKR_OBJECT_HANDLE_INVALID, CKR_DEVICE_ERROR,      CKR_DEVICE_ERROR       },
    { SDC_E_DENIED,      CKR_USER_NOT_LOGGED_IN,    CKR_DEVICE_ERROR,      CKR_USER_NOT_LOGGED_IN },
    { SDC_E_CONDITIONS,  CKR_FUNCTION_REJECTED,     CKR_DEVICE_ERROR,      CKR_PIN_EXPIRED        },
    { SDC_E_PIN_FORMAT,  CKR_DEVICE_ERROR,          CKR_DEVICE_ERROR,      CKR_PIN_INCORRECT      },
    { SDC_E_PIN_WRONG,   CKR_DEVICE_ERROR,          CKR_DEVICE_ERROR,      CKR_PIN_INCORRECT      },
    { SDC_E_PIN_BLOCKED, CKR_DEVICE_ERROR,          CKR_DEVICE_ERROR,      CKR_PIN_LOCKED         },
    { SDC_E_CARD_FULL,   CKR_DEVICE_MEMORY,         CKR_DEVICE_MEMORY,     CKR_DEVICE_MEMORY      },
    { SDC_E_CANCELLED,   CKR_FUNCTION_CANCELED,     CKR_FUNCTION_CANCELED, CKR_FUNCTION_CANCELED  },
    /* clang-format on */
};

CK_RV p11_rv(const struct sdc_error *e, enum p11_about about)
{
    if (e->status == SDC_E_PIN_WRONG && e->tries == 0)
        return CKR_PIN_LOCKED;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].status == e->status)
            return about == P11_ABOUT_PIN ? rows[i].pin : about == P11_ABOUT_SLOT ? rows[i].slot : rows[i].operation;
    }
    return CKR_DEVICE_ERROR;
}

int p11_is_gone(enum sdc_status status)
{
    return status == SDC_E_NO_SERVICE || status == SDC_E_NO_READER || status == SDC_E_NO_CARD ||
           status == SDC_E_REMOVED;
}
