/* SPDX-License-Identifier: BSD-2-Clause */
#include "data.h"

#include "card_edge.h"

/* clang-format off */
const struct data_object data_objects[DATA_OBJECTS] = {
    /* The security object hashes the others: last. */
    /*                      object           name                   container pin    build */
    [DATA_CHUID]       = { OBJ_CHUID,       "CHUID",               0x3000,   false, data_build_chuid },
    [DATA_CCC]         = { OBJ_CCC,         "CCC",                 0xDB00,   false, data_build_ccc },
    [DATA_FACE]        = { OBJ_FACE,        "facial image",        0x6030,   true,  data_build_face },
    [DATA_PRINTED]     = { OBJ_PRINTED,     "printed information", 0x3001,   true,  data_build_printed },
    [DATA_DISCOVERY]   = { OBJ_DISCOVERY,   "discovery",           0x6050,   false, data_build_discovery },
    [DATA_KEY_HISTORY] = { OBJ_KEY_HISTORY, "key history",         0x6060,   false, data_build_key_history },
    [DATA_SECURITY]    = { OBJ_SECURITY,    "security object",     0,        false, data_build_security },
};
/* clang-format on */

enum sdc_status data_build(const struct data_input *input, struct data_set *set, struct sdc_error *e)
{
    *set = (struct data_set) { 0 };
    for (size_t i = 0; i < DATA_OBJECTS; i++) {
        enum sdc_status status = data_objects[i].build(input, set, &set->content[i], e);
        if (status == SDC_OK)
            status = sdc_buf_status(&set->content[i], e);
        if (status == SDC_OK && set->content[i].len > OBJ_MAX_LEN)
            status = sdc_fail(e, SDC_E_INPUT, "too long for the card");
        if (status != SDC_OK) {
            sdc_fail_in(e, "%s", data_objects[i].name);
            return status;
        }
    }
    return SDC_OK;
}

void data_free(struct data_set *set)
{
    for (size_t i = 0; i < DATA_OBJECTS; i++)
        sdc_buf_free(&set->content[i]);
}

enum sdc_status data_signer_name(const struct data_input *input, struct sdc_buf *out, struct sdc_error *e)
{
    uint8_t *der = NULL;
    int len = i2d_X509_NAME(X509_get_subject_name(input->signer), &der);
    if (len <= 0)
        return crypto_fail(e, "can't encode the signer's name");
    sdc_buf_put(out, der, (size_t)len);
    OPENSSL_free(der);
    return sdc_buf_status(out, e);
}
