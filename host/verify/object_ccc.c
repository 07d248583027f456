/* SPDX-License-Identifier: BSD-2-Clause */
/* Card capability container, SP 800-73-4 part 1 table 8. */
#include "objects.h"

#include <string.h>

static bool empty_or_value(const struct sdc_rd *field, uint8_t value)
{
    return field->left == 0 || sdc_rd_equal(field, &value, 1);
}

const char *vf_ccc_parse(struct sdc_rd object)
{
    static const uint8_t always_empty[] = { 0xF7, 0xFA, 0xFB, 0xFC, 0xFD };
    static const uint8_t data_model = 0x10;
    struct sdc_rd r = object;
    struct sdc_rd identifier = vf_field(&r, 0xF0, 0, 21);
    struct sdc_rd container_version = vf_field(&r, 0xF1, 0, 1), grammar_version = vf_field(&r, 0xF2, 0, 1);
    (void)vf_field(&r, 0xF3, 0, 128);
    struct sdc_rd pkcs15 = vf_field(&r, 0xF4, 0, 1), model = vf_field(&r, 0xF5, 1, 1);
    struct sdc_rd rules = vf_field(&r, 0xF6, 0, 17);
    for (size_t i = 0; i < sizeof always_empty; i++)
        (void)vf_field(&r, always_empty[i], 0, 0);
    if (!vf_field_last(&r))
        return "fields missing, surplus or out of order";
    if ((identifier.left != 0 && identifier.left != 21) || (rules.left != 0 && rules.left != 17))
        return "a field of a length that is not allowed";
    if (!empty_or_value(&container_version, 0x21) || !vf_rd_same(&container_version, &grammar_version))
        return "another version";
    if (!empty_or_value(&pkcs15, 0x00) || !sdc_rd_equal(&model, &data_model, 1))
        return "another data model";
    return NULL;
}
