/* SPDX-License-Identifier: BSD-2-Clause */
/* The signed documents of a card: EF.CardSecurity, EF.SOD with the travel document's data groups, and the docket's data
 * groups, each a signed statement of its own about one card. How they are made stands in host/issue; here is their form
 * and how a reader proves them. The card is hostile input. */
#ifndef SDC_DOCKET_H
#define SDC_DOCKET_H

#include "eac.h"
#include "lds.h"
#include "verify.h"

/* ---- form ---- */

/* A docket data group is a file of fixed size: 7n 82 LLLL { 80 04 version, ContentInfo, 00.. }. ContentInfo (RFC 5652)
 * is SignedData without certificates over
 *   SEQUENCE { INTEGER 0, GUID OCTET STRING (16), group INTEGER, version OCTET STRING (4), signedAt GeneralizedTime,
 *              notAfter GeneralizedTime, salt OCTET STRING (16 or more), payload OCTET STRING }
 * The payload, fields and then 80 00.., has one length on every card. */
struct sdc_docket_group {
    enum sdc_lds_id file;
    uint8_t dg;
    size_t file_len, payload_len;
    const char *name; /* "address" */
};
#define SDC_DOCKET_GROUPS 4
extern const struct sdc_docket_group sdc_docket_groups[SDC_DOCKET_GROUPS];

/* A field of a payload: a TLV of its tag with text in UTF-8 (dates YYYY-MM-DD). A field that says nothing is left out.
 * 'group': the fields stand inside a TLV A0, of which there may be several. */
struct sdc_docket_field {
    uint8_t dg, tag;
    bool group;
    const char *name; /* for people and for JSON */
};
extern const struct sdc_docket_field sdc_docket_fields[];
extern const size_t sdc_docket_fields_len;
#define SDC_DOCKET_GROUP_TAG 0xA0

/* ---- proof ---- */

/* What is proven of one card in one channel. */
struct sdc_document;
/* trust and today as in verify.h; trust must live as long. */
enum sdc_status sdc_document_new(const struct sdc_trust *trust, const struct sdc_date *today,
                                 struct sdc_document **document, struct sdc_error *e) SDC_WARN_UNUSED;
void sdc_document_free(struct sdc_document *document); /* wipes; NULL is fine */

/* EF.CardSecurity: its signature up to the CSCA, and that it repeats all of EF.CardAccess. From then on the GUID and
 * the chip's key are known, and the card's document signer. SDC_E_SIGNATURE with what is wrong. */
enum sdc_status sdc_document_card_security(struct sdc_document *document, struct sdc_rd file, struct sdc_rd card_access,
                                           struct sdc_error *e) SDC_WARN_UNUSED;
/* EF.SOD: its signature up to the CSCA. From then on the data groups' hashes are known. SDC_E_SIGNATURE */
enum sdc_status sdc_document_sod(struct sdc_document *document, struct sdc_rd file,
                                 struct sdc_error *e) SDC_WARN_UNUSED;
/* A data group of the travel document against EF.SOD's hash; DG13 also against the GUID of EF.CardSecurity, where that
 * came first. SDC_E_SIGNATURE */
enum sdc_status sdc_document_travel(struct sdc_document *document, enum sdc_lds_id id, struct sdc_rd file,
                                    struct sdc_error *e) SDC_WARN_UNUSED;
/* The key for chip authentication 2 (of EF.CardSecurity) or 1 (of DG14); NULL where it isn't proven. */
const struct sdc_chip_key *sdc_document_chip_key(const struct sdc_document *document, unsigned version);
/* The card's GUID; false where it isn't proven. */
bool sdc_document_guid(const struct sdc_document *document, uint8_t guid[static SDC_GUID_LEN]);

struct sdc_statement {
    uint8_t dg;
    uint32_t version;
    char signed_at[21], not_after[21]; /* 2026-11-25T08:30:00Z */
    bool stale;                        /* notAfter has passed: ask the issuer */
    struct sdc_buf fields;             /* the payload without its padding; free with sdc_buf_free */
};
/* A docket data group as the file holds it: signed by a document signer of the reader's trust folder or the one in
 * EF.CardSecurity, about this card (EF.CardSecurity first) and this group, both versions the same, nothing behind.
 * SDC_E_SIGNATURE with what is wrong; then *statement holds nothing. */
enum sdc_status sdc_document_statement(const struct sdc_document *document, enum sdc_lds_id id, struct sdc_rd file,
                                       struct sdc_statement *statement, struct sdc_error *e) SDC_WARN_UNUSED;

/* One field after the other, of a statement that is proven: its row of the table and its text (at most SDC_FIELD_MAX
 * bytes, NUL-terminated). *entry counts the A0 that a field stands in, from 1; 0: none. False at the end. */
#define SDC_FIELD_MAX 255
struct sdc_field_walk {
    struct sdc_rd rest, inside;
    unsigned entry;
};
struct sdc_field_walk sdc_statement_walk(const struct sdc_statement *statement);
bool sdc_statement_next(const struct sdc_statement *statement, struct sdc_field_walk *walk,
                        const struct sdc_docket_field **field, char text[static SDC_FIELD_MAX + 1]);

/* ---- reading a card ---- */

struct sdc_docket_request {
    const struct sdc_password *password;
    const struct sdc_terminal *terminal; /* NULL: the travel document alone, as any reader sees it */
    uint64_t rights;                     /* the terminal's; what the password doesn't allow is left out */
    bool travel;                         /* the travel document too; always where there is no terminal */
    const struct sdc_trust *trust;
    struct sdc_date today;
};
/* What was read, all of it proven. */
struct sdc_docket_view {
    uint8_t guid[SDC_GUID_LEN];
    bool chip; /* chip authentication: it is the chip that the issuer signed for */
    bool has_statement[SDC_DOCKET_GROUPS];
    struct sdc_statement statement[SDC_DOCKET_GROUPS];
    bool has_travel;
    char mrz[91];            /* of DG1: three lines of 30 */
    char name[256];          /* of DG11 */
    struct sdc_buf portrait; /* of DG2: JPEG 2000 */
};
/* Opens a channel, proves the terminal and the chip, reads what the rights allow and proves it. The card is used
 * exclusively meanwhile; its channel's keys are gone afterwards, and the next plain command ends it on the card. Errors
 * as in eac.h and above; nothing stays in *view then. Free the view with sdc_docket_view_free in any case (wipes). */
enum sdc_status sdc_docket_read(struct sdc_link *link, const struct sdc_docket_request *request,
                                struct sdc_docket_view *view, struct sdc_error *e) SDC_WARN_UNUSED;
void sdc_docket_view_free(struct sdc_docket_view *view);
/* The rights that hold with a password: none with the MRZ; with the CAN only where the terminal may use it. */
uint64_t sdc_docket_rights(uint64_t rights, enum sdc_password_kind kind);

/* Writes a docket group that the issuer signed, by a terminal with the right to: channel, terminal and chip as for
 * reading; that the file is a group of this card, signed by its issuer, is checked before anything is written. *dg gets
 * its number. SDC_E_CONDITIONS: the card has this version or a newer one, or one more than 256 behind; SDC_E_DENIED: no
 * right; SDC_E_SIGNATURE: not for this card. The card takes all of it or nothing. */
enum sdc_status sdc_docket_write(struct sdc_link *link, const struct sdc_docket_request *request, struct sdc_rd file,
                                 unsigned *dg, struct sdc_error *e) SDC_WARN_UNUSED;

#endif
