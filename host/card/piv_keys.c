/* SPDX-License-Identifier: BSD-2-Clause */
#include "private.h"

#include "card_edge.h"

const struct sdc_piv_key sdc_piv_keys[] = {
    { KEY_PIV_AUTHENTICATION, OBJ_CERT_9A, "PIV Authentication" },
    { KEY_DIGITAL_SIGNATURE, OBJ_CERT_9C, "Digital Signature" },
    { KEY_KEY_MANAGEMENT, OBJ_CERT_9D, "Key Management" },
    { KEY_CARD_AUTHENTICATION, OBJ_CERT_9E, "Card Authentication" },
};
const size_t sdc_piv_keys_len = sizeof sdc_piv_keys / sizeof sdc_piv_keys[0];
