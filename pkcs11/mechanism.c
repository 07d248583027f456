/* SPDX-License-Identifier: BSD-2-Clause */
#include "mechanism.h"

#define EC      (CKF_EC_F_P | CKF_EC_NAMEDCURVE | CKF_EC_UNCOMPRESS)
#define SIGNS   (CKF_HW | CKF_SIGN | CKF_VERIFY | EC)
#define DERIVES (CKF_HW | CKF_DERIVE | EC)
#define P256    256, 256

/* CKF_HW only where the card does the private operation. */
const struct p11_mechanism p11_mechanisms[] = {
    /* clang-format off */
    { CKM_ECDSA,        P256, SIGNS,      CKK_EC, NULL     },
    { CKM_ECDSA_SHA1,   P256, SIGNS,      CKK_EC, "SHA1"   },
    { CKM_ECDSA_SHA224, P256, SIGNS,      CKK_EC, "SHA224" },
    { CKM_ECDSA_SHA256, P256, SIGNS,      CKK_EC, "SHA256" },
    { CKM_ECDSA_SHA384, P256, SIGNS,      CKK_EC, "SHA384" },
    { CKM_ECDSA_SHA512, P256, SIGNS,      CKK_EC, "SHA512" },
    { CKM_ECDH1_DERIVE, P256, DERIVES,    CKK_EC, NULL     },
    { CKM_SHA_1,        0, 0, CKF_DIGEST, 0,      "SHA1"   },
    { CKM_SHA224,       0, 0, CKF_DIGEST, 0,      "SHA224" },
    { CKM_SHA256,       0, 0, CKF_DIGEST, 0,      "SHA256" },
    { CKM_SHA384,       0, 0, CKF_DIGEST, 0,      "SHA384" },
    { CKM_SHA512,       0, 0, CKF_DIGEST, 0,      "SHA512" },
    /* clang-format on */
};
const size_t p11_mechanisms_len = sizeof p11_mechanisms / sizeof p11_mechanisms[0];

const struct p11_mechanism *p11_mechanism_find(CK_MECHANISM_TYPE type)
{
    for (size_t i = 0; i < p11_mechanisms_len; i++)
        if (p11_mechanisms[i].type == type)
            return &p11_mechanisms[i];
    return NULL;
}

CK_RV p11_mechanism_check(const CK_MECHANISM *mechanism, CK_FLAGS does, int parameter,
                          const struct p11_mechanism **found)
{
    *found = p11_mechanism_find(mechanism->mechanism);
    if (!*found || !((*found)->flags & does))
        return CKR_MECHANISM_INVALID;
    if (!parameter && mechanism->ulParameterLen > 0)
        return CKR_MECHANISM_PARAM_INVALID;
    return CKR_OK;
}

CK_RV p11_mechanism_list(CK_MECHANISM_TYPE *list, CK_ULONG *count)
{
    CK_ULONG room = *count;
    *count = p11_mechanisms_len;
    if (!list)
        return CKR_OK;
    if (room < p11_mechanisms_len)
        return CKR_BUFFER_TOO_SMALL;
    for (size_t i = 0; i < p11_mechanisms_len; i++)
        list[i] = p11_mechanisms[i].type;
    return CKR_OK;
}

CK_RV p11_mechanism_info(CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *info)
{
    const struct p11_mechanism *m = p11_mechanism_find(type);
    if (!m)
        return CKR_MECHANISM_INVALID;
    *info = (CK_MECHANISM_INFO) { .ulMinKeySize = m->min, .ulMaxKeySize = m->max, .flags = m->flags };
    return CKR_OK;
}
