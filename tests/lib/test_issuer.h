/* SPDX-License-Identifier: BSD-2-Clause */
/* An issuer for tests, with software keys, independent of host/issue: it makes all that an issued card carries, and can
 * make any one part of it wrong. A part has at most one fault; several parts may have one each. */
#ifndef TESTS_TEST_ISSUER_H
#define TESTS_TEST_ISSUER_H

#include "fake_piv.h"
#include "sdc/codes.h"

#include <openssl/x509.h>

enum test_part {
    PART_CHUID,
    PART_CHUID_CMS,
    PART_SIGNER, /* the content signer's certificate */
    PART_SECURITY,
    PART_SECURITY_CMS,
    PART_CCC,
    PART_DISCOVERY,
    PART_HISTORY,
    PART_9A, /* certificates, in the order of enum vf_cert_kind */
    PART_9C,
    PART_9D,
    PART_9E,
    PART_FACE,
    PART_FACE_CMS,
    PART_PRINTED,
    PART_COUNT
};

enum test_fault {
    FAULT_NONE,
    /* any object */
    ABSENT,
    SURPLUS,        /* a TLV after the last */
    NO_LAST,        /* without FE */
    LAST_NOT_EMPTY, /* FE 01 00 */
    OUT_OF_ORDER,
    LONG_LENGTH, /* a length not in its shortest form */
    /* CHUID */
    FASCN_FEDERAL,
    FASCN_PERSON,
    FASCN_PARITY,
    FASCN_LRC,
    GUID_VERSION_1,
    GUID_VARIANT,
    SEVEN_YEARS,
    BAD_DATE,
    BUFFER_LENGTH, /* tag EE, from old cards */
    HOLDER_UUID,   /* good */
    /* CMS */
    CMS_VERSION,
    CMS_SHA1,
    CMS_SHA384, /* good */
    CMS_TWO_HASHES,
    CMS_HASH_ENCODING,
    CMS_CONTENT_TYPE,
    CMS_SIGNED_TYPE,
    CMS_EMBEDDED, /* content where it is detached, none where it is embedded */
    CMS_CERTS,    /* one more than belongs */
    CMS_CRLS,
    CMS_TWO_SIGNERS,
    CMS_SIGNER_VERSION,
    CMS_NO_ATTRS,
    CMS_UNSIGNED_ATTRS,
    CMS_ATTR_ORDER,
    CMS_ATTR_EXTRA,
    CMS_ATTR_MISSING, /* the last of the profile */
    CMS_ATTR_TWICE,
    CMS_SIGNING_TIME, /* good */
    CMS_DIGEST,
    CMS_DN,
    CMS_FASCN,
    CMS_UUID,
    CMS_SERIAL,
    CMS_ISSUER,
    CMS_ALGORITHM, /* says RSA, is ECDSA */
    CMS_SIGNATURE,
    CMS_OTHER_KEY,
    CMS_SURPLUS,
    CMS_INDEFINITE,
    CMS_SURPLUS_INSIDE,
    CMS_LONG_VERSION,
    CMS_HASH_PARAMETERS, /* an INTEGER */
    CMS_HASH_NULLS,
    CMS_HASH_NULL_FILLED, /* 05 01 00 */
    CMS_HASH_NULL,        /* good: NULL in both places */
    CMS_SIGNATURE_PARAMETERS,
    CMS_SID_SURPLUS,
    CMS_CONTENT_SURPLUS,
    /* certificates */
    CERT_EXPIRED,
    CERT_NOT_YET,
    CERT_LAST_DAY,  /* good: ends this morning */
    CERT_FIRST_DAY, /* good: begins tonight */
    CERT_BEYOND_CARD,
    CERT_USAGE,
    CERT_USAGE_MORE,
    CERT_NO_USAGE,
    CERT_EKU,
    CERT_EKU_TWO,
    CERT_EKU_NONE,
    CERT_EKU_CRITICALITY,
    CERT_NO_SAN,
    CERT_SAN_GUID,
    CERT_SAN_MORE,
    CERT_NO_AIA,
    CERT_NO_OCSP,
    CERT_AIA_NAME,
    CERT_AIA_HTTPS,
    CERT_AIA_NUL,
    CERT_AIA_OTHER_NAME,
    CERT_NO_CRLDP,
    CERT_CRL_NAME,
    CERT_CRL_RELATIVE,
    CERT_BAD_DATE,
    CERT_BAD_KEY,
    CERT_SUBJECT_NAME,
    CERT_SUBJECT_GUID,
    CERT_IS_CA,
    CERT_CRITICAL,
    CERT_OTHER_CA,    /* a CA that nobody trusts */
    CERT_NAMESAKE_CA, /* the same name, another key */
    CERT_SELF_SIGNED,
    CERT_SIGNATURE,
    CERT_SHA1,
    CERT_P384, /* good, but not challenged */
    CERT_P521,
    CERT_RSA,
    CERT_RSA_1024,
    CERT_OF_9E, /* the same key as 9E's */
    CERT_COMPRESSED,
    CERT_TRAILING, /* a byte after the certificate */
    /* security object */
    LIST_LACKS, /* + 0..5: that entry is left out */
    LIST_LACKS_LAST = LIST_LACKS + 5,
    LIST_HASH, /* + 0..5: that hash is wrong */
    LIST_HASH_LAST = LIST_HASH + 5,
    LIST_FINGER,
    LIST_DG_TWICE,
    LIST_DG_ZERO,
    LIST_ODD,
    LIST_SWAPPED,
    LDS_VERSION,
    LDS_EXTRA,
    LDS_TWICE,
    LDS_SHORT_HASH,
    LDS_SURPLUS,
    LDS_INFO,
    LDS_SHA384, /* good */
    /* small objects */
    CCC_VERSION,
    CCC_VERSIONS_DIFFER,
    CCC_MODEL,
    CCC_PKCS15,
    CCC_SHORT_ID,
    CCC_BIG_URL,
    CCC_EMPTY, /* good: all that may be empty is */
    DISCOVERY_AID,
    DISCOVERY_POLICY,
    HISTORY_MANY,
    HISTORY_NO_URL,
    HISTORY_LONG_URL,
    HISTORY_URL, /* good */
    /* face */
    FACE_VERSION,
    FACE_FORMAT,
    FACE_LENGTHS,
    FACE_TRAILING,
    FACE_TIME,
    FACE_FROM_TOMORROW,
    FACE_UNTIL_YESTERDAY,
    FACE_TYPE,
    FACE_QUALITY,
    FACE_CREATOR,
    FACE_FASCN,
    FACE_RESERVED,
    FACE_MAGIC,
    FACE_RECORD_LENGTH,
    FACE_BLOCK_LENGTH,
    FACE_COUNT,
    FACE_POINTS,
    FACE_IMAGE_TYPE,
    FACE_DATA_TYPE,
    FACE_COLOUR,
    FACE_SOURCE,
    FACE_IMAGE,
    FACE_JPEG, /* good */
    /* printed information */
    PRINTED_NO_NAME,
    PRINTED_LONG_NAME, /* 126 bytes */
    PRINTED_FULL_NAME, /* good: 125 bytes */
    PRINTED_CONTROL,
    PRINTED_UTF8,
    PRINTED_EXPIRY,
    PRINTED_OTHER_EXPIRY,
    PRINTED_SERIAL,
    PRINTED_SERIAL_TEXT,
    PRINTED_ISSUER,
    PRINTED_LINE,       /* good: 07 and 08 */
    PRINTED_LINE_ALONE, /* 08 without 07 */
    FAULT_COUNT
};

struct test_recipe {
    enum test_fault fault[PART_COUNT];
};

/* Keys and CAs, made once a program: tests run in forks of it. */
struct test_issuer {
    EVP_PKEY *ca_key, *other_ca_key, *namesake_key, *signer_key, *stranger_key;
    EVP_PKEY *rsa, *rsa_1024, *p384, *p521;
    EVP_PKEY *keys[FAKE_KEYS];
    X509 *ca, *other_ca, *namesake;
    struct sdc_date today, expiry;
    uint8_t guid[16], fascn[25];
};
extern struct test_issuer test_issuer;
#define TEST_PIN       "246810"
#define TEST_NAME      "DOE, JANE"
#define TEST_IMAGE_LEN 512
extern const uint8_t test_image[TEST_IMAGE_LEN]; /* begins as JP2; JPEG with FACE_JPEG is another */
void test_issuer_init(void);                     /* aborts on failure */
/* From now on the card CA has this key: another certificate of the same name. */
void test_issuer_roll(EVP_PKEY *ca_key);

/* Issues: everything onto a card with keys, the holder's PIN set, three tries. Free with fake_piv_free. */
void test_issue(const struct test_recipe *recipe, struct fake_piv *card);
/* Writes the CA as a reader's trust folder below a fresh temporary folder, gives its path (heap). */
char *test_trust_folder(X509 *ca);
void test_trust_remove(char *folder); /* and frees the path */

/* ---- pieces, for the issuer's own files ---- */
X509 *test_cert(const struct test_recipe *recipe, enum test_part part, EVP_PKEY *key);
void test_fascn(enum test_fault fault, uint8_t out[static 25]);

enum test_cms_kind { CMS_OF_CHUID, CMS_OF_FACE, CMS_OF_SECURITY };
/* Appends a SignedData over content by the signer's certificate. */
void test_cms(enum test_fault fault, enum test_cms_kind kind, X509 *signer, const struct sdc_buf *content,
              struct sdc_buf *out);
void test_put_cert(struct sdc_buf *b, X509 *cert);               /* DER */
void test_date(const struct sdc_date *date, char out[static 9]); /* YYYYMMDD */

#endif
