/* SPDX-License-Identifier: BSD-2-Clause */
/* The data objects of an issued card, each parsed whole in exactly the form of SP 800-73-4 part 1 appendix A: order,
 * lengths, nothing left over. Parsers take the value of tag 53 (Discovery: the whole 7E) and give readers into it.
 * What comes back is NULL where the object is well formed, otherwise a constant text. Nothing is judged here but form:
 * hashes, signatures and dates are the caller's. */
#ifndef VERIFY_OBJECTS_H
#define VERIFY_OBJECTS_H

#include "der.h"
#include "sdc/codes.h"
#include "sdc/piv.h"

#define VF_FASCN_LEN 25

/* ---- card holder unique identifier ---- */
struct vf_chuid {
    struct sdc_rd fascn, guid;
    struct sdc_date expiry;
    struct sdc_rd signature;  /* CMS */
    struct sdc_rd content[2]; /* what the signature covers: the TLVs before it, and FE 00 after it. 3.1.2 */
};
const char *vf_chuid_parse(struct sdc_rd object, struct vf_chuid *chuid) SDC_WARN_UNUSED;
/* Does the object begin as a CHUID of a non-federal issuer with no person in it does: FASC-N of agency and system 9999,
 * credential 999999, person identifier 0, right parity? */
bool vf_chuid_marked(struct sdc_rd object);

/* ---- security object ---- */
#define VF_LIST_MAX 10
struct vf_security {
    size_t count;
    struct {
        uint8_t dg;
        uint16_t container;
    } map[VF_LIST_MAX];      /* each data group number and container once */
    struct sdc_rd signature; /* CMS with the LDS security object inside */
};
const char *vf_security_parse(struct sdc_rd object, struct vf_security *security) SDC_WARN_UNUSED;
/* LDSSecurityObject version 0 (ICAO 9303-10 4.6.2.3): the hash of each data group. */
struct vf_lds {
    const struct vf_hash *hash;
    struct sdc_rd value[17]; /* by data group number; in error where absent */
    size_t count;
};
const char *vf_lds_parse(struct sdc_rd content, struct vf_lds *lds) SDC_WARN_UNUSED;

/* ---- face ---- */
struct vf_face {
    struct sdc_date from, until; /* validity of the biometric data */
    struct sdc_rd fascn;
    struct sdc_rd content;   /* what the signature covers: CBEFF header and BDB */
    struct sdc_rd image;     /* JPEG 2000 or JPEG */
    struct sdc_rd signature; /* CMS */
};
const char *vf_face_parse(struct sdc_rd object, struct vf_face *face) SDC_WARN_UNUSED;

/* ---- printed information ---- */
struct vf_printed {
    struct sdc_rd name, serial; /* UTF-8 without control characters */
    struct sdc_date expiry;
};
const char *vf_printed_parse(struct sdc_rd object, struct vf_printed *printed) SDC_WARN_UNUSED;

/* ---- the small ones ---- */
const char *vf_ccc_parse(struct sdc_rd object) SDC_WARN_UNUSED;
const char *vf_discovery_parse(struct sdc_rd object) SDC_WARN_UNUSED;
const char *vf_history_parse(struct sdc_rd object) SDC_WARN_UNUSED;
const char *vf_cert_object_parse(struct sdc_rd object, struct sdc_rd *certificate) SDC_WARN_UNUSED;

/* ---- shared ---- */
/* The next TLV has this tag and a value of min to max bytes; else r's error. */
struct sdc_rd vf_field(struct sdc_rd *r, uint32_t tag, size_t min, size_t max);
/* The last TLV: error detection code, always empty, and nothing after it. */
bool vf_field_last(struct sdc_rd *r);
/* UTF-8 (RFC 3629) of at least one character, no control characters (C0, DEL, C1). */
bool vf_text_good(struct sdc_rd text);
/* Copies text into out, NUL-terminated; what doesn't fit is cut between characters. */
void vf_text_copy(struct sdc_rd text, char *out, size_t cap);
/* Reads four digits of year, two of month and two of day; false (and the reader's error) for anything but a date. */
bool vf_date_read(struct sdc_rd *r, struct sdc_date *date);

#endif
