/* SPDX-License-Identifier: BSD-2-Clause */
/* One run of sdc_verify: what was read, and the stages that read and judge it. A stage that disbelieves the card
 * (vf_disbelieved) ends the run: nothing more is asked of the card, above all no PIN is shown to it. */
#ifndef VERIFY_RUN_H
#define VERIFY_RUN_H

#include "cert.h"
#include "cms.h"
#include "objects.h"
#include "profile.h"
#include "trust.h"

/* The objects of an issued card, in the order in which they are read. */
enum vf_object {
    VF_OBJECT_CHUID,
    VF_OBJECT_SECURITY,
    VF_OBJECT_CCC,
    VF_OBJECT_DISCOVERY,
    VF_OBJECT_HISTORY,
    VF_OBJECT_CERT_9A,
    VF_OBJECT_CERT_9C,
    VF_OBJECT_CERT_9D,
    VF_OBJECT_CERT_9E,
    VF_OBJECT_FACE,
    VF_OBJECT_PRINTED,
    VF_OBJECT_COUNT
};
struct vf_object_row {
    uint32_t tag;
    uint16_t container;   /* id in the security object (SP 800-73-4 part 1 table 7); 0 = not listed there */
    enum vf_check format; /* the check that fails where the object is missing or malformed */
    enum vf_check hash;   /* the check of its hash, where it has a container */
    bool pin;             /* readable with the PIN only */
};
extern const struct vf_object_row vf_objects[VF_OBJECT_COUNT];

#define VF_CARD_CERTS 4 /* 9A 9C 9D 9E, as enum vf_cert_kind */

struct vf_run {
    struct sdc_link *link;
    const struct sdc_trust *trust;
    const struct sdc_verify_options *options;
    struct sdc_report *report;
    struct sdc_error *e;
    enum sdc_status host; /* what went wrong on the host's side: ends the run */
    bool logged_in;

    struct sdc_buf object[VF_OBJECT_COUNT]; /* content as read */
    bool present[VF_OBJECT_COUNT];
    struct vf_chuid chuid;
    struct vf_cert_values values; /* GUID and expiry of the CHUID */
    struct vf_cms_values signed_values;
    struct vf_cms chuid_cms;
    struct vf_security security;
    struct vf_lds lds;
    X509 *signer;
    X509 *cert[VF_CARD_CERTS];
};

/* The run ends: the card left, the host failed, or the card is disbelieved. */
bool vf_over(const struct vf_run *run);
/* Takes the failure of an exchange where it isn't the card's fault alone: a card that left or went mute (RETRY), the
 * host's own failures. False where the status tells of the card's answer: then the caller judges it. */
bool vf_taken(struct vf_run *run, enum sdc_status status, const struct sdc_error *e);
/* Reads an object into run->object; where it isn't there or its answer is malformed, its format check fails. */
bool vf_read(struct vf_run *run, enum vf_object object);
struct sdc_rd vf_content(const struct vf_run *run, enum vf_object object);

/* ---- stages, in their order ---- */
void vf_stage_select(struct vf_run *run);
void vf_stage_chuid(struct vf_run *run);   /* the CHUID and its signature */
void vf_stage_issuer(struct vf_run *run);  /* who signed it */
void vf_stage_objects(struct vf_run *run); /* all that is free to read, certificates, hashes, dates */
void vf_stage_chip(struct vf_run *run);    /* key 9E */
void vf_stage_pin(struct vf_run *run);     /* PIN state, and the PIN where one was given */
void vf_stage_holder(struct vf_run *run);  /* what the PIN opens */

/* The hash of one listed object against the security object. */
void vf_check_hash(struct vf_run *run, enum vf_object object);
/* Challenges a key of the card with a fresh random value and verifies with its certificate. */
void vf_check_key(struct vf_run *run, enum vf_cert_kind kind, enum vf_check check);

#endif
