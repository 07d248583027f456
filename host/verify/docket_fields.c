/* SPDX-License-Identifier: BSD-2-Clause */
#include "sdc/docket.h"

#include <string.h>

#include "sdc/tlv.h"

/* clang-format off */
const struct sdc_docket_group sdc_docket_groups[SDC_DOCKET_GROUPS] = {
    /* file    DG  file  payload name */
    { SDC_DG17, 17, 1024, 400,  "address" },
    { SDC_DG19, 19, 768,  200,  "status" },
    { SDC_DG20, 20, 2048, 1200, "docket and reporting" },
    { SDC_DG21, 21, 1024, 432,  "benefits" },
};

const struct sdc_docket_field sdc_docket_fields[] = {
    { 17, 0x80, false, "line1" },
    { 17, 0x81, false, "line2" },
    { 17, 0x82, false, "city" },
    { 17, 0x83, false, "state" },
    { 17, 0x84, false, "zip" },
    { 19, 0x80, false, "asylum application" },
    { 19, 0x81, false, "asylum kind" },
    { 19, 0x82, false, "asylum filed" },
    { 19, 0x83, false, "case type" },
    { 19, 0x84, false, "calendar" },
    { 19, 0x85, false, "employment category" },
    { 19, 0x86, false, "employment until" },
    { 20, 0x80, false, "A-number" },
    { 20, 0x81, false, "court" },
    { 20, 0x82, false, "charging document" },
    { 20, 0x83, false, "hearing" },
    { 20, 0x84, false, "hearing date" },
    { 20, 0x85, false, "hearing time" },
    { 20, 0x86, false, "hearing medium" },
    { 20, 0x87, false, "reporting office" },
    { 20, 0x88, false, "reporting schedule" },
    { 20, 0x89, false, "reporting next" },
    { 21, 0x80, true,  "program" },
    { 21, 0x81, true,  "state" },
    { 21, 0x82, true,  "from" },
    { 21, 0x83, true,  "until" },
};
/* clang-format on */
const size_t sdc_docket_fields_len = sizeof sdc_docket_fields / sizeof sdc_docket_fields[0];

struct sdc_field_walk sdc_statement_walk(const struct sdc_statement *statement)
{
    return (struct sdc_field_walk) { .rest = sdc_buf_rd(&statement->fields) };
}

static const struct sdc_docket_field *field_of(uint8_t dg, uint32_t tag, bool group)
{
    for (size_t i = 0; i < sdc_docket_fields_len; i++) {
        const struct sdc_docket_field *field = &sdc_docket_fields[i];
        if (field->dg == dg && field->tag == tag && field->group == group)
            return field;
    }
    return NULL;
}

/* The next TLV, inside a group or outside; a group is entered. */
static bool next_tlv(struct sdc_field_walk *walk, uint32_t *tag, struct sdc_rd *value)
{
    for (;;) {
        if (walk->inside.left > 0)
            return sdc_tlv_next(&walk->inside, tag, value);
        if (walk->rest.left == 0 || !sdc_tlv_next(&walk->rest, tag, value))
            return false;
        if (*tag != SDC_DOCKET_GROUP_TAG)
            return true;
        walk->inside = *value;
        walk->entry++;
    }
}

/* Fields that a later issuer added are passed over. */
bool sdc_statement_next(const struct sdc_statement *statement, struct sdc_field_walk *walk,
                        const struct sdc_docket_field **field, char text[static SDC_FIELD_MAX + 1])
{
    uint32_t tag;
    struct sdc_rd value;
    while (next_tlv(walk, &tag, &value)) {
        size_t len = value.left < SDC_FIELD_MAX ? value.left : SDC_FIELD_MAX;
        *field = field_of(statement->dg, tag, tag != SDC_DOCKET_GROUP_TAG && walk->entry > 0);
        sdc_rd_copy(&value, text, len);
        text[len] = '\0';
        if (*field)
            return true;
    }
    return false;
}
