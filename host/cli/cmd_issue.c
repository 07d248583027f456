/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

static void show_step(void *ctx, unsigned step, unsigned steps, const char *name)
{
    (void)ctx;
    cli_progress(step, steps, name);
}

enum sdc_status cli_record_choose(const struct cli *cli, const struct sdc_batch *batch, size_t *index,
                                  struct sdc_error *e)
{
    const char *number = cli->value[OPT_RECORD], *id = cli->value[OPT_TRANSACTION];
    if (!number == !id)
        return sdc_fail(e, SDC_E_USAGE, "say which record: --record N (from 1) or --transaction ID");
    if (id) {
        *index = sdc_batch_find(batch, id);
        return *index < batch->records_len ? SDC_OK
                                           : sdc_fail(e, SDC_E_INPUT, "the batch has no record with this transaction");
    }
    size_t len = strlen(number);
    unsigned long n = len > 0 && len < 9 && strspn(number, "0123456789") == len ? strtoul(number, NULL, 10) : 0;
    if (n == 0)
        return sdc_fail(e, SDC_E_USAGE, "--record takes a number from 1");
    if (n > batch->records_len)
        return sdc_fail(e, SDC_E_INPUT, "the batch has %zu records, no record %lu", batch->records_len, n);
    *index = n - 1;
    return SDC_OK;
}

enum sdc_status cli_record_refuse(const struct sdc_batch *batch, size_t index, struct sdc_error *e)
{
    size_t found = 0;
    for (size_t i = 0; i < batch->faults_len; i++) {
        const struct sdc_fault *fault = &batch->faults[i];
        char text[512];
        if (fault->record != 0 && fault->record != index + 1)
            continue;
        sdc_fault_text(fault, text, sizeof text);
        fputs("sdc: ", stderr);
        cli_print_text(stderr, text);
        fputc('\n', stderr);
        found++;
    }
    if (found == 0 && !batch->records[index].faulty)
        return SDC_OK;
    return sdc_fail(e, SDC_E_INPUT, "record %zu is refused: %zu fault%s; nothing was written to a card", index + 1,
                    found, found == 1 ? "" : "s");
}

static int print_issued(struct cli *cli, struct sdc_issued *issued)
{
    if (cli->value[OPT_JSON]) {
        json_t *can = *issued->can ? json_string(issued->can) : json_null();
        return cli_print_json(cli,
                              json_pack("{s:s, s:s, s:o, s:[s,s,s], s:o, s:b}", "guid", issued->guid, "document_number",
                                        issued->document_number, "can", can, "mrz", issued->mrz[0], issued->mrz[1],
                                        issued->mrz[2], "letter", cli_json_text(issued->letter), "repeated",
                                        issued->repeated),
                              EXIT_ACCEPT);
    }
    printf(issued->repeated ? "This request was issued before; no card was written now.\n"
                            : "Issued, and verified as a reader would.\n");
    printf("  document number  %s\n  GUID             %s\n", issued->document_number, issued->guid);
    if (*issued->can)
        printf("  CAN              %s\n", issued->can);
    printf("  MRZ              %s\n                   %s\n                   %s\n", issued->mrz[0], issued->mrz[1],
           issued->mrz[2]);
    if (*issued->letter)
        printf("  PIN letter       %s\n", issued->letter);
    if (!issued->repeated)
        printf("Next: the holder sets the PIN with the card and the letter: sdc handover\n");
    return EXIT_ACCEPT;
}

static enum sdc_status issue(struct cli *cli, const struct sdc_batch *batch, size_t index, struct sdc_issued *issued,
                             struct sdc_error *e)
{
    struct sdc_station *station = NULL;
    struct sdc_link *link = NULL;
    enum sdc_status status = sdc_station_open(sdc_home(), &station, e);
    if (status == SDC_OK)
        status = cli_card_open(cli, &link, e);
    if (status == SDC_OK)
        status = sdc_issue(station, batch, index, link, show_step, NULL, issued, e);
    if (status == SDC_E_CANCELLED || status == SDC_E_REMOVED)
        (void)sdc_fail_in(e, "interrupted; the same command with the same card goes on");
    cli_card_close(cli, link);
    if (station)
        sdc_station_close(station);
    return status;
}

int cmd_issue(struct cli *cli)
{
    struct sdc_codes *codes;
    struct sdc_batch batch;
    struct sdc_issued issued = { .repeated = false };
    struct sdc_error e = { .tries = -1 };
    size_t index = 0;
    if (!cli->value[OPT_RECORD] == !cli->value[OPT_TRANSACTION]) {
        (void)!cli_record_choose(cli, NULL, &index, &e);
        return cli_fail(cli, &e);
    }
    enum sdc_status status = cli_batch_read(cli, &codes, &batch, &e);
    if (status == SDC_OK)
        status = cli_record_choose(cli, &batch, &index, &e);
    if (status == SDC_OK)
        status = cli_record_refuse(&batch, index, &e);
    if (status == SDC_OK)
        status = issue(cli, &batch, index, &issued, &e);
    cli_progress_end();
    int code = status == SDC_OK ? print_issued(cli, &issued) : cli_fail(cli, &e);
    sdc_batch_free(&batch);
    sdc_codes_free(codes);
    sdc_wipe(&issued, sizeof issued);
    return code;
}
