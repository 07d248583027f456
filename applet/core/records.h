/* SPDX-License-Identifier: BSD-2-Clause */
/* The numbers of the values in the store: one list, since they share one store. A number keeps its meaning for ever. */
#ifndef RECORDS_H
#define RECORDS_H

#include <stdint.h>

enum record {
    /* secrets: by key reference */
    RECORD_PIN = 0x0180, /* keys K_pi, reference.h */
    RECORD_PUK = 0x0181,
    RECORD_KEY = 0x0100,        /* asymmetric keys, struct piv_secret: 0100 and the key reference, 0182 to 01F9 */
    RECORD_MANAGEMENT = 0x019B, /* reference.h: an AES key of 16, 24 or 32 bytes; 3DES with 03 before it */
    RECORD_TRIES = 0x0280,      /* of PIN and of PUK, each: left, altogether, flags; reference.c */
    /* issuer security domain */
    RECORD_LIFE_CYCLE = 0x0401,      /* one byte: LIFE_* */
    RECORD_DOMAIN_KEYS = 0x0402,     /* version, key length, ENC, MAC, DEK: one value, so that they change as one */
    RECORD_DOMAIN_COUNTERS = 0x0403, /* failed authentications in a row; sequence counter, 3 bytes */
    RECORD_DOMAIN_I = 0x0404,        /* the parameter i of SCP03 */
    RECORD_SERIAL = 0x0405,          /* of the chip */
    RECORD_ISSUER = 0x0406,
    RECORD_PRODUCTION_DATA = 0x0407,
    RECORD_CAN = 0x0408, /* digits */
    RECORD_MRZ = 0x0409, /* SHA-1 of the MRZ information */
    /* files, PACE, terminal and chip authentication */
    RECORD_PASSWORD_FAILURES = 0x0501, /* wrong tokens in a row with the MRZ or CAN */
    RECORD_SUITE = 0x0502,             /* SUITE_* */
    RECORD_CARD_DATE = 0x0503,         /* six digits */
    RECORD_TRUST_CURRENT = 0x0504,     /* trust.c */
    RECORD_TRUST_PREVIOUS = 0x0505,
    RECORD_EID_ALIAS = 0x0506,  /* one byte: the docket has its other name */
    RECORD_CHIP_KEY_1 = 0x0511, /* scalars of P-256 */
    RECORD_CHIP_KEY_2 = 0x0512,
    RECORD_FILE_COM = 0x0600,
    RECORD_FILE_SOD = 0x0601,
    RECORD_FILE_CARD_SECURITY = 0x0602,
    RECORD_FILE_DG = 0x0610, /* and the number of the data group */
    /* PIV data objects: what is inside tag 53 */
    RECORD_OBJECT_CERT_9E = 0x0301,
    RECORD_OBJECT_CHUID = 0x0302,
    RECORD_OBJECT_CERT_9A = 0x0305,
    RECORD_OBJECT_SECURITY = 0x0306,
    RECORD_OBJECT_CCC = 0x0307,
    RECORD_OBJECT_FACE = 0x0308,
    RECORD_OBJECT_PRINTED = 0x0309,
    RECORD_OBJECT_CERT_9C = 0x030A,
    RECORD_OBJECT_CERT_9D = 0x030B,
    RECORD_OBJECT_KEY_HISTORY = 0x030C,
    RECORD_OBJECT_FINGERPRINTS = 0x0303,
    RECORD_OBJECT_RETIRED = 0x030D, /* certificates of retired keys, 030D to 0320 */
    RECORD_OBJECT_IRIS = 0x0321,
    RECORD_OBJECT_SM_SIGNER = 0x0322,
    RECORD_OBJECT_PAIRING_CODE = 0x0323,
    RECORD_OBJECT_BIT_GROUP = 0x0361,
    RECORD_OBJECT_DISCOVERY = 0x037E,
    RECORD_OBJECT_CERT_ATTESTATION = 0x03F9,
};

#endif
