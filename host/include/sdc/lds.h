/* SPDX-License-Identifier: BSD-2-Clause */
/* Driver of the card's files: MF, travel document (ICAO 9303-10) and docket. Stateless but for the link: the caller
 * opens the channel (eac.h) and knows what is selected. */
#ifndef SDC_LDS_H
#define SDC_LDS_H

#include "link.h"

/* Object identifiers of our own below 2.25.166301136262461358633308419742068037892, content octets: .1 the SecurityInfo
 * of EF.CardSecurity that names the card's GUID, .2 the content of a docket data group's SignedData. */
#define SDC_OID_OWN                                                                                                    \
    0x69, 0x81, 0xFA, 0x9C, 0xB7, 0xC3, 0xC8, 0xAB, 0xBA, 0xBD, 0xB5, 0x9C, 0x9F, 0x96, 0x9C, 0x9A, 0xB5, 0xCB, 0xB2,  \
        0x04
#define SDC_OID_GUID    SDC_OID_OWN, 0x01
#define SDC_OID_DOCKET  SDC_OID_OWN, 0x02
#define SDC_OID_OWN_LEN 21

enum sdc_lds_application { SDC_LDS_MF, SDC_LDS_TRAVEL, SDC_LDS_DOCKET };
enum sdc_lds_id {
    SDC_EF_CARD_ACCESS,
    SDC_EF_CARD_SECURITY,
    SDC_EF_DIR,
    SDC_EF_ATR,
    SDC_EF_COM,
    SDC_EF_SOD,
    SDC_DG1,
    SDC_DG2,
    SDC_DG11,
    SDC_DG12,
    SDC_DG13,
    SDC_DG14,
    SDC_DG17,
    SDC_DG19,
    SDC_DG20,
    SDC_DG21,
    SDC_LDS_FILES
};
struct sdc_lds_file {
    const char *name; /* "EF.SOD", "DG17" */
    enum sdc_lds_application application;
    uint16_t fid;
    uint8_t sfi;
    uint8_t dg;   /* number of the data group, 0 = none */
    uint32_t tag; /* outermost; 0 = none of its own */
    size_t max;   /* longest that is read */
};
extern const struct sdc_lds_file sdc_lds_files[SDC_LDS_FILES];

/* SELECT of an application, or of the MF. 7816-4 11.1.1 */
enum sdc_status sdc_lds_select(struct sdc_link *link, enum sdc_lds_application application,
                               struct sdc_error *e) SDC_WARN_UNUSED;
/* READ BINARY of the file's one TLV (of EF.CardAccess and the like: of their SET or SEQUENCE), whole, appended to out;
 * what the file holds behind it stays unread. The tag must be the file's. 7816-4 11.3.3
 * SDC_E_NOT_FOUND, SDC_E_DENIED; SDC_E_REPLY: no such TLV, longer than the file's maximum or than the file. */
enum sdc_status sdc_lds_read(struct sdc_link *link, enum sdc_lds_id id, struct sdc_buf *out,
                             struct sdc_error *e) SDC_WARN_UNUSED;
/* UPDATE BINARY of a whole docket data group as one chain: the card takes all of it or nothing. SDC_E_CONDITIONS: the
 * card has this version or a newer one, or the step is too wide; SDC_E_DENIED: no right. */
enum sdc_status sdc_lds_update(struct sdc_link *link, enum sdc_lds_id id, const void *data, size_t len,
                               struct sdc_error *e) SDC_WARN_UNUSED;
/* The same in the issuer's session: any file but the card's own constants, any version; one command where the card
 * takes extended length. */
enum sdc_status sdc_lds_put(struct sdc_link *link, enum sdc_lds_id id, const void *data, size_t len,
                            struct sdc_error *e) SDC_WARN_UNUSED;
/* Learns from EF.ATR/INFO which extended lengths the card takes, with the MF selected; the link and every channel over
 * it that is opened later use them. A card without that file keeps to short ones: SDC_OK. */
enum sdc_status sdc_lds_learn_lengths(struct sdc_link *link, struct sdc_error *e) SDC_WARN_UNUSED;

#endif
