/* SPDX-License-Identifier: BSD-2-Clause */
#include "signed_data.h"
#include "data.h"

#include "sdc/tlv.h"

#include <stdio.h>

#define TAG_FASCN     0x30
#define TAG_GUID      0x34
#define TAG_EXPIRY    0x35
#define TAG_SIGNATURE 0x3E
#define TAG_LRC       0xFE /* error detection code: empty */

/* SP 800-73-4 part 1 3.1.2, 3.1.4: the signature covers what stands before it and the empty FE after it. */
enum sdc_status data_build_chuid(const struct data_input *input, const struct data_set *set, struct sdc_buf *out,
                                 struct sdc_error *e)
{
    (void)set;
    uint8_t fascn[FASCN_LEN];
    char expiry[36];
    struct sdc_buf head = SDC_BUF_INIT, content = SDC_BUF_INIT, name = SDC_BUF_INIT, signature = SDC_BUF_INIT;
    fascn_encode(fascn);
    int expiry_len =
        snprintf(expiry, sizeof expiry, "%04d%02d%02d", input->expiry.year, input->expiry.month, input->expiry.day);
    sdc_tlv_put(&head, TAG_FASCN, fascn, sizeof fascn);
    sdc_tlv_put(&head, TAG_GUID, input->guid, sizeof input->guid);
    sdc_tlv_put(&head, TAG_EXPIRY, expiry, (size_t)expiry_len);
    sdc_buf_put(&content, head.data, head.len);
    sdc_tlv_put(&content, TAG_LRC, NULL, 0);
    enum sdc_status status = data_signer_name(input, &name, e);
    if (status == SDC_OK)
        status = sdc_buf_status(&content, e);
    if (status == SDC_OK) {
        const struct signed_attribute attributes[] = { { &signed_oid_signer_dn, name.data, name.len } };
        const struct signed_request request = { .type = &signed_oid_chuid,
                                                .content = content.data,
                                                .content_len = content.len,
                                                .certificate = true,
                                                .attributes = attributes,
                                                .attributes_len = 1 };
        status = signed_data_make(input->signer, input->signer_key, &request, &signature, e);
    }
    sdc_buf_put(out, head.data, head.len);
    sdc_tlv_put(out, TAG_SIGNATURE, signature.data, signature.len);
    sdc_tlv_put(out, TAG_LRC, NULL, 0);
    sdc_buf_free(&head);
    sdc_buf_free(&content);
    sdc_buf_free(&name);
    sdc_buf_free(&signature);
    return status;
}
