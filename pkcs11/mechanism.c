/* SPDX-License-Identifier: BSD-2-Clause */
#include "mechanism.h"

#include <string.h>

#include "library.h"

#define EC      (CKF_EC_F_P | CKF_EC_NAMEDCURVE | CKF_EC_UNCOMPRESS)
#define EC_SIGN 256, 384, CKF_HW | CKF_SIGN | CKF_VERIFY | EC, CKK_EC, P11_ECDSA
#define DERIVE  256, 384, CKF_HW | CKF_DERIVE | EC, CKK_EC, P11_ECDH
#define SIGN    2048, 2048, CKF_HW | CKF_SIGN | CKF_VERIFY, CKK_RSA
#define CRYPT   2048, 2048, CKF_HW | CKF_ENCRYPT | CKF_DECRYPT, CKK_RSA
#define ALL     2048, 2048, CKF_HW | CKF_SIGN | CKF_VERIFY | CKF_ENCRYPT | CKF_DECRYPT, CKK_RSA
#define DIGEST  0, 0, CKF_DIGEST, 0, P11_NOTHING

/* CKF_HW only where the card does the private operation. */
const struct p11_mechanism p11_mechanisms[] = {
    /* clang-format off */
    { CKM_ECDSA,               EC_SIGN,          NULL     },
    { CKM_ECDSA_SHA1,          EC_SIGN,          "SHA1"   },
    { CKM_ECDSA_SHA224,        EC_SIGN,          "SHA224" },
    { CKM_ECDSA_SHA256,        EC_SIGN,          "SHA256" },
    { CKM_ECDSA_SHA384,        EC_SIGN,          "SHA384" },
    { CKM_ECDSA_SHA512,        EC_SIGN,          "SHA512" },
    { CKM_ECDH1_DERIVE,        DERIVE,           NULL     },
    { CKM_RSA_PKCS,            ALL,   P11_PKCS1, NULL     },
    { CKM_RSA_X_509,           ALL,   P11_RAW,   NULL     },
    { CKM_SHA1_RSA_PKCS,       SIGN,  P11_PKCS1, "SHA1"   },
    { CKM_SHA224_RSA_PKCS,     SIGN,  P11_PKCS1, "SHA224" },
    { CKM_SHA256_RSA_PKCS,     SIGN,  P11_PKCS1, "SHA256" },
    { CKM_SHA384_RSA_PKCS,     SIGN,  P11_PKCS1, "SHA384" },
    { CKM_SHA512_RSA_PKCS,     SIGN,  P11_PKCS1, "SHA512" },
    { CKM_RSA_PKCS_PSS,        SIGN,  P11_PSS,   NULL     },
    { CKM_SHA1_RSA_PKCS_PSS,   SIGN,  P11_PSS,   "SHA1"   },
    { CKM_SHA224_RSA_PKCS_PSS, SIGN,  P11_PSS,   "SHA224" },
    { CKM_SHA256_RSA_PKCS_PSS, SIGN,  P11_PSS,   "SHA256" },
    { CKM_SHA384_RSA_PKCS_PSS, SIGN,  P11_PSS,   "SHA384" },
    { CKM_SHA512_RSA_PKCS_PSS, SIGN,  P11_PSS,   "SHA512" },
    { CKM_RSA_PKCS_OAEP,       CRYPT, P11_OAEP,  NULL     },
    { CKM_MD5,                 DIGEST,           "MD5"    },
    { CKM_SHA_1,               DIGEST,           "SHA1"   },
    { CKM_SHA224,              DIGEST,           "SHA224" },
    { CKM_SHA256,              DIGEST,           "SHA256" },
    { CKM_SHA384,              DIGEST,           "SHA384" },
    { CKM_SHA512,              DIGEST,           "SHA512" },
    /* clang-format on */
};
const size_t p11_mechanisms_len = sizeof p11_mechanisms / sizeof p11_mechanisms[0];

/* The hashes of PSS and OAEP, with the mask generation function of each. */
static const struct hash {
    CK_MECHANISM_TYPE type;
    CK_RSA_PKCS_MGF_TYPE mgf;
    const char *digest;
    size_t len;
} hashes[] = {
    /* clang-format off */
    { CKM_SHA_1,  CKG_MGF1_SHA1,   "SHA1",   20 },
    { CKM_SHA224, CKG_MGF1_SHA224, "SHA224", 28 },
    { CKM_SHA256, CKG_MGF1_SHA256, "SHA256", 32 },
    { CKM_SHA384, CKG_MGF1_SHA384, "SHA384", 48 },
    { CKM_SHA512, CKG_MGF1_SHA512, "SHA512", 64 },
    /* clang-format on */
};

const struct p11_mechanism *p11_mechanism_find(CK_MECHANISM_TYPE type)
{
    for (size_t i = 0; i < p11_mechanisms_len; i++)
        if (p11_mechanisms[i].type == type)
            return &p11_mechanisms[i];
    return NULL;
}

static bool read_hashes(CK_MECHANISM_TYPE hash, CK_RSA_PKCS_MGF_TYPE mgf, struct p11_padding *p)
{
    *p = (struct p11_padding) { 0 };
    for (size_t i = 0; i < sizeof hashes / sizeof hashes[0]; i++) {
        if (hashes[i].type == hash) {
            p->hash = hashes[i].digest;
            p->hash_len = hashes[i].len;
        }
        if (hashes[i].mgf == mgf)
            p->mgf = hashes[i].digest;
    }
    return p->hash && p->mgf;
}

static bool read_pss(const CK_MECHANISM *mechanism, const char *digest, struct p11_padding *p)
{
    CK_RSA_PKCS_PSS_PARAMS given;
    if (!mechanism->pParameter || mechanism->ulParameterLen != sizeof given)
        return false;
    memcpy(&given, mechanism->pParameter, sizeof given);
    if (!read_hashes(given.hash_alg, given.mgf, p) || given.s_len > P11_RSA_LEN - p->hash_len - 2)
        return false;
    p->salt_len = given.s_len;
    return !digest || strcmp(digest, p->hash) == 0;
}

static bool read_oaep(const CK_MECHANISM *mechanism, struct p11_padding *p)
{
    CK_RSA_PKCS_OAEP_PARAMS given;
    if (!mechanism->pParameter || mechanism->ulParameterLen != sizeof given)
        return false;
    memcpy(&given, mechanism->pParameter, sizeof given);
    bool label = given.source_data_len > 0;
    if (!read_hashes(given.hash_alg, given.mgf, p) || (label && !given.source_data) ||
        (given.source != CKZ_DATA_SPECIFIED && (given.source != 0 || label)))
        return false;
    size_t len = 0;
    return p11_hash(p->hash, label ? given.source_data : "", given.source_data_len, p->label_hash, &len) &&
           len == p->hash_len;
}

CK_RV p11_mechanism_read(const CK_MECHANISM *mechanism, CK_FLAGS does, const struct p11_mechanism **found,
                         struct p11_padding *padding)
{
    bool ok = false;
    *padding = (struct p11_padding) { 0 };
    *found = p11_mechanism_find(mechanism->mechanism);
    if (!*found || !((*found)->flags & does))
        return CKR_MECHANISM_INVALID;
    switch ((*found)->scheme) {
    case P11_PSS:
        ok = read_pss(mechanism, (*found)->digest, padding);
        break;
    case P11_OAEP:
        ok = read_oaep(mechanism, padding);
        break;
    case P11_ECDH:
        ok = true;
        break;
    default:
        ok = mechanism->ulParameterLen == 0;
        break;
    }
    return ok ? CKR_OK : CKR_MECHANISM_PARAM_INVALID;
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
