/* SPDX-License-Identifier: BSD-2-Clause */
/* DER over the TLV reader: the few types that CMS needs, each consumed exactly or the reader's sticky error set.
 * X.690 section 10. Public data only: nothing here runs in constant time. */
#ifndef VERIFY_DER_H
#define VERIFY_DER_H

#include "sdc/tlv.h"

#define DER_INTEGER      0x02
#define DER_OCTET_STRING 0x04
#define DER_NULL         0x05
#define DER_OID          0x06
#define DER_SEQUENCE     0x30
#define DER_SET          0x31
#define DER_CONTEXT_0    0xA0 /* [0], constructed */

/* Content octets of an object identifier. */
struct vf_oid {
    uint8_t len, bytes[24];
};

/* The next TLV must have this tag: its whole encoding, tag and length included; *value gets its value (may be NULL). */
struct sdc_rd vf_der_whole(struct sdc_rd *r, uint32_t tag, struct sdc_rd *value);
/* The next TLV must be this OBJECT IDENTIFIER. */
void vf_der_oid(struct sdc_rd *r, const struct vf_oid *oid);
bool vf_oid_is(const struct sdc_rd *value, const struct vf_oid *oid);
/* The next TLV must be an INTEGER of one byte, 0 to 127: returns it, 0 on error. */
unsigned vf_der_small(struct sdc_rd *r);
/* Byte strings equal: false where either is in error. */
bool vf_rd_same(const struct sdc_rd *a, const struct sdc_rd *b);
/* DER's order of the elements of a SET OF (X.690 11.6): a stands before b. */
bool vf_der_before(const struct sdc_rd *a, const struct sdc_rd *b);

#endif
