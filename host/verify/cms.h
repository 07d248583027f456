/* SPDX-License-Identifier: BSD-2-Clause */
/* CMS SignedData (RFC 5652 section 5) in exactly the profile that an issued card carries (SP 800-73-4 part 1 3.1.2,
 * SP 800-76-2 section 9, ICAO 9303-10 4.6.2): DER throughout, nothing optional that the profile doesn't name, nothing
 * left over. The grammar is read here, byte by byte, so that no byte outside the signature is free; OpenSSL does the
 * hashes and the signature. */
#ifndef VERIFY_CMS_H
#define VERIFY_CMS_H

#include "der.h"

#include <openssl/x509.h>

/* SHA-256 and SHA-384 with their identifiers. */
struct vf_hash {
    struct vf_oid oid, ecdsa; /* the hash; ECDSA with it */
    const EVP_MD *(*md)(void);
    size_t len;
};
#define VF_HASH_MAX 48
/* Reads an AlgorithmIdentifier of a hash that is allowed here (parameters absent or NULL): NULL and the reader's
 * error otherwise. *whole (may be NULL) gets its encoding. */
const struct vf_hash *vf_hash_read(struct sdc_rd *r, struct sdc_rd *whole);
/* Hash over several pieces, in order. False where the crypto library fails. */
bool vf_hash_pieces(const struct vf_hash *hash, const struct sdc_rd *pieces, size_t count,
                    uint8_t out[static VF_HASH_MAX]);

/* Signed attributes that a profile may name. */
enum vf_attr {
    VF_ATTR_CONTENT_TYPE,
    VF_ATTR_MESSAGE_DIGEST,
    VF_ATTR_SIGNING_TIME, /* optional everywhere: signed, and without any meaning for the verdict */
    VF_ATTR_SIGNER_DN,
    VF_ATTR_FASCN,
    VF_ATTR_ENTRY_UUID,
    VF_ATTR_COUNT
};

/* What one kind of signed object must look like. */
struct vf_cms_rule {
    struct vf_oid content_type;
    bool embedded;    /* eContent stands inside; otherwise it must be absent */
    bool certificate; /* exactly one certificate; otherwise none */
    unsigned attrs;   /* bit per enum vf_attr: all of these, and no other but signing time */
};
extern const struct vf_cms_rule vf_cms_chuid, vf_cms_biometric, vf_cms_security;
extern const struct vf_cms_rule vf_cms_sod, vf_cms_card_security, vf_cms_docket;

/* A parsed SignedData: readers into the caller's bytes. */
struct vf_cms {
    const struct vf_cms_rule *rule;
    const struct vf_hash *hash;
    struct sdc_rd content;             /* eContent, where embedded */
    struct sdc_rd certificate;         /* whole Certificate, where the rule has one */
    struct sdc_rd issuer, serial;      /* of issuerAndSerialNumber; whole encodings */
    struct sdc_rd attrs;               /* value of signedAttrs */
    struct sdc_rd attr[VF_ATTR_COUNT]; /* the one value of each, whole encoding; in error where absent */
    bool ecdsa;                        /* otherwise RSA PKCS#1 v1.5 */
    struct sdc_rd signature;
};
/* NULL where der is exactly of this profile; otherwise what is wrong, a constant text. */
const char *vf_cms_parse(struct sdc_rd der, const struct vf_cms_rule *rule, struct vf_cms *cms) SDC_WARN_UNUSED;

/* Values that signed attributes must have: compared where the rule names the attribute. */
struct vf_cms_values {
    struct sdc_rd fascn, guid;
};
/* NULL where signer's key made the signature over 'pieces' (the detached content in order) and every signed attribute
 * says what it must; otherwise what is wrong, a constant text. The signer's certificate itself isn't judged here. */
const char *vf_cms_verify(const struct vf_cms *cms, X509 *signer, const struct sdc_rd *pieces, size_t count,
                          const struct vf_cms_values *values) SDC_WARN_UNUSED;

#endif
