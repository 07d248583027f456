/* SPDX-License-Identifier: BSD-2-Clause */
#include "bytes.h"
#include "card_edge.h"
#include "piv_private.h"
#include "records.h"

const struct piv_object piv_objects[] = {
    /* tag              len_max      record                     read       container */
    { OBJ_CCC, 512, RECORD_OBJECT_CCC, AC_ALWAYS, 0xDB00 },
    { OBJ_CHUID, 4096, RECORD_OBJECT_CHUID, AC_ALWAYS, 0x3000 },
    { OBJ_CERT_9A, 16384, RECORD_OBJECT_CERT_9A, AC_ALWAYS, 0x0101 },
    { OBJ_SECURITY, 2048, RECORD_OBJECT_SECURITY, AC_ALWAYS, 0x9000 },
    { OBJ_FACE, OBJ_MAX_LEN, RECORD_OBJECT_FACE, AC_PIN, 0x6030 },
    { OBJ_CERT_9E, 16384, RECORD_OBJECT_CERT_9E, AC_ALWAYS, 0x0500 },
    { OBJ_CERT_9C, 16384, RECORD_OBJECT_CERT_9C, AC_ALWAYS, 0x0100 },
    { OBJ_CERT_9D, 16384, RECORD_OBJECT_CERT_9D, AC_ALWAYS, 0x0102 },
    { OBJ_PRINTED, 512, RECORD_OBJECT_PRINTED, AC_PIN, 0x3001 },
    { OBJ_DISCOVERY, 64, RECORD_OBJECT_DISCOVERY, AC_ALWAYS, 0x6050 },
    { OBJ_KEY_HISTORY, 256, RECORD_OBJECT_KEY_HISTORY, AC_ALWAYS, 0x6060 },
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

uint32_t piv_object_template(const struct piv_object *object)
{
    return object->tag == OBJ_DISCOVERY ? OBJ_DISCOVERY : TAG_OBJECT;
}
