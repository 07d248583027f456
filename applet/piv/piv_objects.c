/* SPDX-License-Identifier: BSD-2-Clause */
#include "bytes.h"
#include "card_edge.h"
#include "piv_private.h"
#include "records.h"

/* The certificate of a retired key, from 0 on. */
#define RETIRED(n)                                                                                                     \
    {                                                                                                                  \
        OBJ_RETIRED_FIRST + (n), 1905, RECORD_OBJECT_RETIRED + (n), AC_ALWAYS, 0x1001 + (n)                            \
    }

const struct piv_object piv_objects[] = {
    /* tag              len_max      record                     read       container */
    { OBJ_CCC, 512, RECORD_OBJECT_CCC, AC_ALWAYS, 0xDB00 },
    { OBJ_CHUID, 4096, RECORD_OBJECT_CHUID, AC_ALWAYS, 0x3000 },
    { OBJ_CERT_9A, 4096, RECORD_OBJECT_CERT_9A, AC_ALWAYS, 0x0101 },
    { OBJ_SECURITY, 2048, RECORD_OBJECT_SECURITY, AC_ALWAYS, 0x9000 },
    { OBJ_FACE, OBJ_MAX_LEN, RECORD_OBJECT_FACE, AC_PIN, 0x6030 },
    { OBJ_CERT_9E, 4096, RECORD_OBJECT_CERT_9E, AC_ALWAYS, 0x0500 },
    { OBJ_CERT_9C, 4096, RECORD_OBJECT_CERT_9C, AC_ALWAYS, 0x0100 },
    { OBJ_CERT_9D, 4096, RECORD_OBJECT_CERT_9D, AC_ALWAYS, 0x0102 },
    { OBJ_PRINTED, 512, RECORD_OBJECT_PRINTED, AC_PIN, 0x3001 },
    { OBJ_DISCOVERY, 64, RECORD_OBJECT_DISCOVERY, AC_ALWAYS, 0x6050 },
    { OBJ_KEY_HISTORY, 256, RECORD_OBJECT_KEY_HISTORY, AC_ALWAYS, 0x6060 },
    { OBJ_FINGERPRINTS, 4006, RECORD_OBJECT_FINGERPRINTS, AC_PIN, 0x6010 },
    { OBJ_IRIS, 7106, RECORD_OBJECT_IRIS, AC_PIN, 0x1015 },
    { OBJ_BIT_GROUP, 65, RECORD_OBJECT_BIT_GROUP, AC_ALWAYS, 0x1016 },
    { OBJ_SM_SIGNER, 2471, RECORD_OBJECT_SM_SIGNER, AC_ALWAYS, 0x1017 },
    { OBJ_PAIRING_CODE, 12, RECORD_OBJECT_PAIRING_CODE, AC_PIN, 0x1018 },
    /* clang-format off */
    RETIRED(0),  RETIRED(1),  RETIRED(2),  RETIRED(3),  RETIRED(4),  RETIRED(5),  RETIRED(6),  RETIRED(7),  RETIRED(8),  RETIRED(9),
    RETIRED(10), RETIRED(11), RETIRED(12), RETIRED(13), RETIRED(14), RETIRED(15), RETIRED(16), RETIRED(17), RETIRED(18), RETIRED(19),
    /* clang-format on */
    { OBJ_CERT_ATTESTATION, 2048, RECORD_OBJECT_CERT_ATTESTATION, AC_UNTIL_SECURED, 0x0000 },
};
const uint8_t piv_object_count = COUNT(piv_objects);

const struct piv_object *piv_object_find(uint32_t tag)
{
    for (uint8_t i = 0; i < piv_object_count; i++)
        if (piv_objects[i].tag == tag)
            return &piv_objects[i];
    return NULL;
}

bool piv_object_stands_alone(uint32_t tag)
{
    return tag == OBJ_DISCOVERY || tag == OBJ_BIT_GROUP;
}

uint32_t piv_object_template(const struct piv_object *object)
{
    return piv_object_stands_alone(object->tag) ? object->tag : TAG_OBJECT;
}
