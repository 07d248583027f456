/* SPDX-License-Identifier: BSD-2-Clause */
/* A certificate of the card, taken apart into what attributes ask for. */
#ifndef P11_CERTIFICATE_H
#define P11_CERTIFICATE_H

#include <openssl/evp.h>

#include "cryptoki.h"
#include "sdc/bytes.h"

#define P11_CERTIFICATE_MAX 16384 /* bytes of DER: the card is not trusted */

struct p11_certificate {
    struct sdc_buf der;
    struct sdc_buf subject, issuer, serial; /* DER, with tags */
    struct sdc_buf spki;                    /* SubjectPublicKeyInfo, DER */
    CK_DATE start, end;
    EVP_PKEY *key;
    CK_KEY_TYPE type;
    CK_ULONG bits;                    /* of field or modulus */
    struct sdc_buf ec_params;         /* EC: OID of the named curve, DER */
    struct sdc_buf ec_point;          /* EC: OCTET STRING around 04 X Y */
    struct sdc_buf modulus, exponent; /* RSA: big-endian, no leading zeroes */
};

/* Parses the value of tag 53 of a certificate object (70 certificate, 71 00, FE; SP 800-73-4 part 1, 3.1 and table 10).
 * NULL where anything in it is malformed, too long, compressed, or of a key type that isn't EC on a named curve or RSA,
 * and without memory. To be freed by p11_certificate_free. */
struct p11_certificate *p11_certificate_parse(struct sdc_rd object);
void p11_certificate_free(struct p11_certificate *certificate); /* NULL is fine */

#endif
