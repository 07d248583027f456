/* SPDX-License-Identifier: BSD-2-Clause */
/* What a blank card of the profile legacy-3des attests with. Like its other secrets this key is known to everybody, and
 * proves nothing but that the command works. */
#ifndef LEGACY_ATTESTATION_H
#define LEGACY_ATTESTATION_H

#include <stddef.h>
#include <stdint.h>

extern const uint8_t legacy_attestation_key[32];  /* a scalar of P-256 */
extern const uint8_t legacy_attestation_object[]; /* content of OBJ_CERT_ATTESTATION, self-signed, until 2076 */
extern const size_t legacy_attestation_object_len;

#endif
