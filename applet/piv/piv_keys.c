/* SPDX-License-Identifier: BSD-2-Clause */
#include "bytes.h"
#include "card_edge.h"
#include "piv_private.h"
#include "records.h"

const struct piv_key piv_keys[] = {
    { KEY_PIV_AUTHENTICATION, ALG_ECC_P256, KEY_SIGNS, RECORD_KEY_9A },
    { KEY_DIGITAL_SIGNATURE, ALG_ECC_P256, KEY_SIGNS, RECORD_KEY_9C },
    { KEY_KEY_MANAGEMENT, ALG_ECC_P256, KEY_AGREES, RECORD_KEY_9D },
    { KEY_CARD_AUTHENTICATION, ALG_ECC_P256, KEY_SIGNS, RECORD_KEY_9E },
};
const uint8_t piv_key_count = COUNT(piv_keys);

const struct piv_key *piv_key_find(uint8_t ref)
{
    for (uint8_t i = 0; i < piv_key_count; i++)
        if (piv_keys[i].ref == ref)
            return &piv_keys[i];
    return NULL;
}
