/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads one PIV object of the card in the reader: piv-read TAG [PIN]. TAG in hex. The content goes to standard output;
 * of a certificate object only the certificate. Exit: 0 read, 1 not (the reason on stderr), 64 usage. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sdc.h"

static bool is_certificate(uint32_t tag)
{
    for (size_t i = 0; i < sdc_piv_keys_len; i++)
        if (sdc_piv_keys[i].cert_object == tag)
            return true;
    return false;
}

static enum sdc_status read_object(struct sdc_link *link, uint32_t tag, const char *pin, struct sdc_buf *out,
                                   struct sdc_error *e)
{
    enum sdc_status status = sdc_piv_select(link, e);
    if (status == SDC_OK && pin)
        status = sdc_piv_verify(link, pin, strlen(pin), e);
    if (status == SDC_OK)
        status = sdc_piv_get(link, tag, out, e);
    if (pin && sdc_piv_logout(link, NULL) != SDC_OK) /* or the next program would read as the holder */
        fputs("piv-read: the card stays open\n", stderr);
    return status;
}

int main(int argc, char **argv)
{
    struct sdc_link *link = NULL;
    struct sdc_error error = { 0 };
    struct sdc_buf content = SDC_BUF_INIT;
    if (argc < 2 || argc > 3)
        return 64;
    uint32_t tag = (uint32_t)strtoul(argv[1], NULL, 16);
    enum sdc_status status = sdc_link_open_pcsc(NULL, &link, &error);
    if (status == SDC_OK)
        status = read_object(link, tag, argc == 3 ? argv[2] : NULL, &content, &error);
    if (status != SDC_OK)
        fprintf(stderr, "piv-read: %s\n", error.text);
    struct sdc_rd r = sdc_buf_rd(&content), shown = r;
    if (is_certificate(tag))
        shown = sdc_tlv_take(&r, 0x70);
    if (status == SDC_OK && fwrite(shown.p, 1, shown.left, stdout) != shown.left)
        status = SDC_E_IO;
    sdc_link_close(link);
    sdc_buf_free(&content);
    return status == SDC_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
