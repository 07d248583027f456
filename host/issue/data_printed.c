/* SPDX-License-Identifier: BSD-2-Clause */
#include "data.h"

#include "sdc/tlv.h"

#include <stdio.h>
#include <string.h>

#define TAG_NAME        0x01
#define TAG_AFFILIATION 0x02
#define TAG_EXPIRY      0x04
#define TAG_SERIAL      0x05
#define TAG_ISSUER      0x06
#define TAG_LRC         0xFE

static const char base32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"; /* RFC 4648 6 */
static const char *const months[] = {
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"
};

enum sdc_status data_serial(char out[static DATA_SERIAL_LEN + 1], struct sdc_error *e)
{
    uint8_t random[DATA_SERIAL_LEN];
    enum sdc_status status = sdc_random(random, sizeof random, e);
    for (size_t i = 0; status == SDC_OK && i < DATA_SERIAL_LEN; i++)
        out[i] = base32[random[i] % 32]; /* 256 is a multiple of 32 */
    out[DATA_SERIAL_LEN] = '\0';
    sdc_wipe(random, sizeof random);
    return status;
}

void data_name(const char *surname, const char *given_names, char out[static DATA_NAME_MAX + 1])
{
    char whole[2 * DATA_NAME_MAX + 8];
    const char *separator = surname[0] && given_names[0] ? ", " : "";
    snprintf(whole, sizeof whole, "%s%s%s", surname, separator, given_names);
    size_t len = strlen(whole);
    if (len > DATA_NAME_MAX) {
        len = DATA_NAME_MAX;
        while (len > 0 && ((unsigned char)whole[len] & 0xC0) == 0x80) /* not inside a character */
            len--;
    }
    memcpy(out, whole, len);
    out[len] = '\0';
    sdc_wipe(whole, sizeof whole);
}

/* SP 800-73-4 part 1 3.3 and table 10. Its hash is free to read in the security object: the random serial salts it. */
enum sdc_status data_build_printed(const struct data_input *input, const struct data_set *set, struct sdc_buf *out,
                                   struct sdc_error *e)
{
    (void)set;
    char expiry[40];
    if (input->name[0] == '\0' || input->expiry.month < 1 || input->expiry.month > 12)
        return sdc_fail(e, SDC_E_BUG, "no name or expiry");
    snprintf(expiry, sizeof expiry, "%04d%s%02d", input->expiry.year, months[input->expiry.month - 1],
             input->expiry.day);
    const struct {
        uint32_t tag;
        const char *text;
    } fields[] = {
        { TAG_NAME, input->name },     { TAG_AFFILIATION, input->config->printed_affiliation }, { TAG_EXPIRY, expiry },
        { TAG_SERIAL, input->serial }, { TAG_ISSUER, input->config->printed_issuer },
    };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        sdc_tlv_put(out, fields[i].tag, fields[i].text, strlen(fields[i].text));
    sdc_tlv_put(out, TAG_LRC, NULL, 0);
    return SDC_OK;
}
