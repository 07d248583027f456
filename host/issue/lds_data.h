/* SPDX-License-Identifier: BSD-2-Clause */
/* The files of one card beside PIV: EF.CardAccess, EF.CardSecurity, the travel document and the docket, each field of a
 * record where the field table of the issue puts it and nowhere else. ICAO 9303-10; BSI TR-03110 part 3, A.1. */
#ifndef ISSUE_LDS_DATA_H
#define ISSUE_LDS_DATA_H

#include "sdc/docket.h"
#include "sdc/mrz.h"

#include <openssl/x509.h>
#include <time.h>

#define LDS_SALT_LEN 32

struct lds_input {
    const struct sdc_record *record;
    uint8_t guid[SDC_GUID_LEN];
    const char (*mrz)[SDC_MRZ_LINE + 1]; /* three lines */
    const char *authority;               /* issuing authority */
    struct sdc_date issued, expiry;
    struct sdc_rd portrait; /* JPEG 2000 */
    unsigned portrait_width, portrait_height;
    uint16_t status_list;
    uint32_t status_index;
    size_t suite; /* bytes of the card's AES keys, 16 or 32 */
    /* The chip's keys for chip authentication: [0] for version 1, [1] for version 2. */
    uint8_t chip[2][SDC_P256_POINT_LEN];
    const X509 *signer; /* document signer */
    EVP_PKEY *signer_key;
};

/* Contents by enum sdc_lds_id; files that are the card's own (EF.DIR, EF.ATR/INFO) stay empty. */
struct lds_set {
    struct sdc_buf content[SDC_LDS_FILES];
};

/* Makes every file; docket groups in version 1, valid until the card's last second. Free the set with lds_free in any
 * case (wipes). */
enum sdc_status lds_build(const struct lds_input *input, struct lds_set *set, struct sdc_error *e) SDC_WARN_UNUSED;
void lds_free(struct lds_set *set);

/* One docket group: what is said, of which card, how long it holds. */
struct lds_statement {
    const struct sdc_docket_group *group;
    const uint8_t *guid;
    uint32_t version;
    time_t signed_at, not_after;
    const struct sdc_buf *fields; /* the payload without padding */
    const X509 *signer;
    EVP_PKEY *signer_key;
};
/* The whole file, signed, appended to out. SDC_E_INPUT: more than the group holds. */
enum sdc_status lds_statement_make(const struct lds_statement *statement, struct sdc_buf *out,
                                   struct sdc_error *e) SDC_WARN_UNUSED;
/* The fields of a group from a record. */
enum sdc_status lds_fields(const struct sdc_record *record, uint8_t dg, struct sdc_buf *out,
                           struct sdc_error *e) SDC_WARN_UNUSED;

/* The SecurityInfos (a whole SET) of EF.CardAccess, and with keys of EF.CardSecurity and DG14. */
void lds_infos_access(const struct lds_input *input, struct sdc_buf *out);
void lds_infos_security(const struct lds_input *input, struct sdc_buf *out);
void lds_infos_travel(const struct lds_input *input, struct sdc_buf *out);

#endif
