/* SPDX-License-Identifier: BSD-2-Clause */
/* The PIV data objects of one card, and the one table of them: identifier, who may read it, its place in the security
 * object, its builder. SP 800-73-4 part 1; limits as conformance checkers for non-federal issuers keep them. */
#ifndef ISSUE_DATA_H
#define ISSUE_DATA_H

#include "config.h"
#include "fascn.h"
#include "pki.h"

#include "sdc/piv.h"

#define DATA_SERIAL_LEN   20 /* random base32 characters in printed information: they salt its public hash */
#define DATA_NAME_MAX     125
#define DATA_SECURITY_MAX 1298 /* bytes of BB in the security object */

/* What the objects of one card are made from. */
struct data_input {
    uint8_t guid[SDC_GUID_LEN];
    struct sdc_date issued, expiry;
    char name[DATA_NAME_MAX + 1]; /* UTF-8 */
    char serial[DATA_SERIAL_LEN + 1];
    struct sdc_rd portrait; /* JPEG 2000 */
    unsigned portrait_width, portrait_height;
    const struct config *config;
    const X509 *signer; /* content signer */
    EVP_PKEY *signer_key;
};

/* Index of the objects that the host makes alone, in the order they are made and written. */
enum data_id {
    DATA_CHUID,
    DATA_CCC,
    DATA_FACE,
    DATA_PRINTED,
    DATA_DISCOVERY,
    DATA_KEY_HISTORY,
    DATA_SECURITY,
    DATA_OBJECTS
};

/* All contents as PUT DATA takes them and GET DATA gives them: the value of tag 53; Discovery whole. */
struct data_set {
    struct sdc_buf content[DATA_OBJECTS];
};

typedef enum sdc_status (*data_builder)(const struct data_input *input, const struct data_set *set, struct sdc_buf *out,
                                        struct sdc_error *e);
struct data_object {
    uint32_t object;
    const char *name;
    uint16_t container; /* id in the security object (SP 800-73-4 part 1, table 3), 0 = not listed there */
    bool pin;           /* read with the holder's PIN only */
    data_builder build;
};
extern const struct data_object data_objects[DATA_OBJECTS];

/* Makes every object. Free the set with data_free in any case (wipes). */
enum sdc_status data_build(const struct data_input *input, struct data_set *set, struct sdc_error *e) SDC_WARN_UNUSED;
void data_free(struct data_set *set);

/* The certificate object of a key: 70 certificate, 71 00, FE. */
enum sdc_status data_certificate(const X509 *certificate, struct sdc_buf *out, struct sdc_error *e) SDC_WARN_UNUSED;

/* DATA_SERIAL_LEN random base32 characters (100 bits) and a NUL. */
enum sdc_status data_serial(char out[static DATA_SERIAL_LEN + 1], struct sdc_error *e) SDC_WARN_UNUSED;
/* "SURNAME, GIVEN NAMES", or the one that is there; cut at a character where it is longer than DATA_NAME_MAX bytes. */
void data_name(const char *surname, const char *given_names, char out[static DATA_NAME_MAX + 1]);

/* The builders; each appends one object's content. */
enum sdc_status data_build_chuid(const struct data_input *input, const struct data_set *set, struct sdc_buf *out,
                                 struct sdc_error *e) SDC_WARN_UNUSED;
enum sdc_status data_build_ccc(const struct data_input *input, const struct data_set *set, struct sdc_buf *out,
                               struct sdc_error *e) SDC_WARN_UNUSED;
enum sdc_status data_build_face(const struct data_input *input, const struct data_set *set, struct sdc_buf *out,
                                struct sdc_error *e) SDC_WARN_UNUSED;
enum sdc_status data_build_printed(const struct data_input *input, const struct data_set *set, struct sdc_buf *out,
                                   struct sdc_error *e) SDC_WARN_UNUSED;
enum sdc_status data_build_discovery(const struct data_input *input, const struct data_set *set, struct sdc_buf *out,
                                     struct sdc_error *e) SDC_WARN_UNUSED;
enum sdc_status data_build_key_history(const struct data_input *input, const struct data_set *set, struct sdc_buf *out,
                                       struct sdc_error *e) SDC_WARN_UNUSED;
enum sdc_status data_build_security(const struct data_input *input, const struct data_set *set, struct sdc_buf *out,
                                    struct sdc_error *e) SDC_WARN_UNUSED;

/* The signer's subject name as DER, appended: the value of pivSigner-DN. */
enum sdc_status data_signer_name(const struct data_input *input, struct sdc_buf *out,
                                 struct sdc_error *e) SDC_WARN_UNUSED;

#endif
