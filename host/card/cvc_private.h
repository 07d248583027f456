/* SPDX-License-Identifier: BSD-2-Clause */
/* What reading and making CV certificates share: tags, identifiers, the curve's parameters. */
#ifndef SDC_CARD_CVC_PRIVATE_H
#define SDC_CARD_CVC_PRIVATE_H

#include "sdc/cvc.h"

enum cvc_tag {
    CVC_CERTIFICATE = 0x7F21,
    CVC_BODY = 0x7F4E,
    CVC_PROFILE = 0x5F29,
    CVC_CAR = 0x42,
    CVC_PUBLIC_KEY = 0x7F49,
    CVC_CHR = 0x5F20,
    CVC_CHAT = 0x7F4C,
    CVC_EFFECTIVE = 0x5F25,
    CVC_EXPIRY = 0x5F24,
    CVC_EXTENSIONS = 0x65,
    CVC_SIGNATURE = 0x5F37,
    CVC_OID = 0x06,
    CVC_DISCRETIONARY = 0x53,
    CVC_POINT = 0x86
};

/* Content octets: id-TA-ECDSA-SHA-256, id-AT */
#define CVC_OID_TA_LEN 10
#define CVC_OID_AT_LEN 9
extern const uint8_t cvc_oid_ta[CVC_OID_TA_LEN], cvc_oid_at[CVC_OID_AT_LEN];

/* Domain parameters as a CVCA's key states them, in the order of their tags; the public point (86) stands among them.
 */
#define CVC_PARAMETERS 6
struct cvc_parameter {
    uint8_t tag, len;
    uint8_t value[SDC_P256_POINT_LEN];
};
extern const struct cvc_parameter cvc_parameters[CVC_PARAMETERS];

/* Readers of parts that certificates and requests share; the reader's sticky error where they are malformed. */
void cvc_read_reference(struct sdc_rd *r, uint32_t tag, char out[static SDC_CVC_REF_MAX + 1]);
void cvc_read_profile(struct sdc_rd *r);
/* Writers, and the end of both: the body hashed and signed, both put into 7F21. */
void cvc_put_part(struct sdc_buf *b, uint32_t tag, struct sdc_buf *part);
enum sdc_status cvc_sign(struct sdc_buf *body, const struct sdc_cvc_signer *signer, struct sdc_buf *out,
                         struct sdc_error *e) SDC_WARN_UNUSED;

#endif
