/* SPDX-License-Identifier: BSD-2-Clause */
#include "signed_data.h"
#include "data.h"

#include "sdc/tlv.h"

#include <openssl/evp.h>

#define TAG_MAPPING  0xBA
#define TAG_SECURITY 0xBB
#define TAG_LRC      0xFE

/* LDSSecurityObject ::= SEQUENCE { version INTEGER (0), hashAlgorithm, SEQUENCE OF { dataGroupNumber, OCTET STRING } }
 * (ICAO 9303-10 4.6.2.3). The data group numbers are ours, from 1, and BA maps them to containers. */
static enum sdc_status put_lds(const struct data_set *set, struct sdc_buf *mapping, struct sdc_buf *out,
                               struct sdc_error *e)
{
    static const uint8_t head[] = { 0x02, 0x01, 0x00,                         /* version */
                                    0x30, 0x0B, 0x06, 0x09, 0x60, 0x86, 0x48, /* SHA-256 */
                                    0x01, 0x65, 0x03, 0x04, 0x02, 0x01 };
    struct sdc_buf hashes = SDC_BUF_INIT, inside = SDC_BUF_INIT;
    uint8_t group = 0;
    enum sdc_status status = SDC_OK;
    for (size_t i = 0; i < DATA_OBJECTS && status == SDC_OK; i++) {
        if (data_objects[i].container == 0)
            continue;
        uint8_t hash[32];
        group++;
        if (EVP_Digest(set->content[i].data, set->content[i].len, hash, NULL, EVP_sha256(), NULL) != 1)
            status = crypto_fail(e, "can't hash");
        sdc_buf_u8(mapping, group);
        sdc_buf_u16(mapping, data_objects[i].container);
        struct sdc_buf entry = SDC_BUF_INIT;
        sdc_tlv_put(&entry, 0x02, &group, 1);
        sdc_tlv_put(&entry, 0x04, hash, sizeof hash);
        sdc_tlv_put(&hashes, 0x30, entry.data, entry.len);
        hashes.err = hashes.err || entry.err;
        sdc_buf_free(&entry);
    }
    sdc_buf_put(&inside, head, sizeof head);
    sdc_tlv_put(&inside, 0x30, hashes.data, hashes.len);
    sdc_tlv_put(out, 0x30, inside.data, inside.len);
    if (status == SDC_OK && (hashes.err || inside.err || mapping->err))
        status = sdc_fail(e, SDC_E_NO_MEMORY, "no memory");
    sdc_buf_free(&hashes);
    sdc_buf_free(&inside);
    return status;
}

/* SP 800-73-4 part 1 3.1.7 and table 12: signed by the CHUID's signer, whose certificate stands there. */
enum sdc_status data_build_security(const struct data_input *input, const struct data_set *set, struct sdc_buf *out,
                                    struct sdc_error *e)
{
    struct sdc_buf mapping = SDC_BUF_INIT, lds = SDC_BUF_INIT, signature = SDC_BUF_INIT;
    enum sdc_status status = put_lds(set, &mapping, &lds, e);
    if (status == SDC_OK)
        status = sdc_buf_status(&lds, e);
    if (status == SDC_OK) {
        const struct signed_request request = {
            .type = &signed_oid_lds, .content = lds.data, .content_len = lds.len, .attached = true
        };
        status = signed_data_make(input->signer, input->signer_key, &request, &signature, e);
    }
    if (status == SDC_OK && signature.len > DATA_SECURITY_MAX)
        status = sdc_fail(e, SDC_E_INPUT, "the content signer's name is too long");
    if (status == SDC_OK) {
        sdc_tlv_put(out, TAG_MAPPING, mapping.data, mapping.len);
        sdc_tlv_put(out, TAG_SECURITY, signature.data, signature.len);
        sdc_tlv_put(out, TAG_LRC, NULL, 0);
    }
    sdc_buf_free(&mapping);
    sdc_buf_free(&lds);
    sdc_buf_free(&signature);
    return status;
}
