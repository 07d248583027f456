/* SPDX-License-Identifier: BSD-2-Clause */
/* The objects that are the same on every card. */
#include "data.h"

#include "card_edge.h"

#include "sdc/tlv.h"

/* Card capability container, SP 800-73-4 part 1 3.1.1 and table 8. The card identifier F0 stays empty: it would be one
 * more number that follows the holder. */
enum sdc_status data_build_ccc(const struct data_input *input, const struct data_set *set, struct sdc_buf *out,
                               struct sdc_error *e)
{
    (void)input, (void)set, (void)e;
    static const struct {
        uint8_t tag, len, value;
    } fields[] = {
        { 0xF0, 0, 0 },    { 0xF1, 1, 0x21 }, { 0xF2, 1, 0x21 }, { 0xF3, 0, 0 }, { 0xF4, 1, 0x00 },
        { 0xF5, 1, 0x10 }, { 0xF6, 0, 0 },    { 0xF7, 0, 0 },    { 0xFA, 0, 0 }, { 0xFB, 0, 0 },
        { 0xFC, 0, 0 },    { 0xFD, 0, 0 },    { 0xFE, 0, 0 },
    };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        sdc_tlv_put(out, fields[i].tag, &fields[i].value, fields[i].len);
    return SDC_OK;
}

/* 3.3.2: AID; PIN usage policy 4000: the application PIN alone */
enum sdc_status data_build_discovery(const struct data_input *input, const struct data_set *set, struct sdc_buf *out,
                                     struct sdc_error *e)
{
    (void)input, (void)set;
    static const uint8_t aid[] = { PIV_AID }, policy[] = { 0x40, 0x00 };
    struct sdc_buf inside = SDC_BUF_INIT;
    sdc_tlv_put(&inside, 0x4F, aid, sizeof aid);
    sdc_tlv_put(&inside, 0x5F2F, policy, sizeof policy);
    enum sdc_status status = sdc_buf_status(&inside, e);
    sdc_tlv_put(out, OBJ_DISCOVERY, inside.data, inside.len);
    sdc_buf_free(&inside);
    return status;
}

/* 3.3.3: no retired keys, on the card or off it */
enum sdc_status data_build_key_history(const struct data_input *input, const struct data_set *set, struct sdc_buf *out,
                                       struct sdc_error *e)
{
    (void)input, (void)set, (void)e;
    static const uint8_t none = 0;
    sdc_tlv_put(out, 0xC1, &none, 1);
    sdc_tlv_put(out, 0xC2, &none, 1);
    sdc_tlv_put(out, 0xFE, NULL, 0);
    return SDC_OK;
}

/* Table 11: certificate, CertInfo 00 (not compressed) */
enum sdc_status data_certificate(const X509 *certificate, struct sdc_buf *out, struct sdc_error *e)
{
    static const uint8_t info = 0;
    struct sdc_buf der = SDC_BUF_INIT;
    enum sdc_status status = certificate_der(certificate, &der, e);
    if (status == SDC_OK) {
        sdc_tlv_put(out, 0x70, der.data, der.len);
        sdc_tlv_put(out, 0x71, &info, 1);
        sdc_tlv_put(out, 0xFE, NULL, 0);
        status = sdc_buf_status(out, e);
    }
    sdc_buf_free(&der);
    return status;
}
