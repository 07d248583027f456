/* SPDX-License-Identifier: BSD-2-Clause */
/* A certificate of the card, taken apart into what attributes ask for. */
#ifndef P11_CERTIFICATE_H
#define P11_CERTIFICATE_H

#include <openssl/evp.h>
#include <stdatomic.h>

#include "cryptoki.h"
#include "sdc/bytes.h"
#include "sdc/piv.h"

#define P11_CERTIFICATE_MAX 16384 /* bytes, as the card has it: the card is not trusted */
#define P11_INFLATED_MAX    32768 /* bytes of DER that a compressed one may become */

/* Never changed once it is parsed; shared by reference, also between threads. */
struct p11_certificate {
    atomic_uint references;
    struct sdc_buf der;
    struct sdc_buf subject, issuer, serial; /* DER, with tags */
    struct sdc_buf spki;                    /* SubjectPublicKeyInfo, DER */
    CK_DATE start, end;
    EVP_PKEY *key;
    CK_KEY_TYPE type;
    CK_ULONG bits;                    /* of field or modulus */
    enum sdc_piv_alg alg;             /* as the card names it; 0: no algorithm of a PIV card */
    size_t unit;                      /* bytes of field or modulus, where there is an algorithm */
    struct sdc_buf ec_params;         /* EC: OID of the named curve, DER */
    struct sdc_buf ec_point;          /* EC: OCTET STRING around 04 X Y */
    struct sdc_buf modulus, exponent; /* RSA: big-endian, no leading zeroes */
};

/* Parses the value of tag 53 of a certificate object (70 certificate, 71 00 or 01 for gzip, FE; SP 800-73-4 part 1, 3.1
 * and table 10). NULL where anything in it is malformed, too long, or of a key type that isn't EC on a named curve or
 * RSA, and without memory. To be freed by p11_certificate_free. */
struct p11_certificate *p11_certificate_parse(struct sdc_rd object);
/* One reference more; returns the certificate. */
struct p11_certificate *p11_certificate_keep(struct p11_certificate *certificate);
/* One less: the last one frees. NULL is fine. */
void p11_certificate_free(struct p11_certificate *certificate);

#endif
