/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"

enum sdc_status cli_batch_read(struct cli *cli, struct sdc_codes **codes, struct sdc_batch *batch, struct sdc_error *e)
{
    *codes = NULL;
    *batch = (struct sdc_batch) { .records = NULL };
    const struct sdc_date today = sdc_date_today();
    const char *folder = sdc_data_dir();
    if (!folder)
        return sdc_fail(e, SDC_E_INPUT, "the code tables are missing: set SDC_DATA to their folder");
    enum sdc_status status = sdc_codes_load(folder, codes, e);
    return status != SDC_OK ? status : sdc_batch_read(cli->operand, *codes, &today, batch, e);
}

static json_t *faults_json(const struct sdc_batch *batch)
{
    json_t *faults = json_array();
    for (size_t i = 0; i < batch->faults_len; i++) {
        const struct sdc_fault *f = &batch->faults[i];
        json_array_append_new(faults,
                              json_pack("{s:I, s:s, s:s, s:o}", "record", (json_int_t)f->record, "transaction_id",
                                        f->transaction_id, "pointer", f->pointer, "reason", cli_json_text(f->reason)));
    }
    return faults;
}

static size_t count_faulty(const struct sdc_batch *batch)
{
    size_t n = 0;
    for (size_t i = 0; i < batch->records_len; i++)
        n += batch->records[i].faulty;
    return n;
}

static void print_faults(const struct sdc_batch *batch)
{
    for (size_t i = 0; i < batch->faults_len; i++) {
        char text[512];
        sdc_fault_text(&batch->faults[i], text, sizeof text);
        cli_print_text(stdout, text);
        putchar('\n');
    }
    if (batch->faults_len == 0)
        printf("%zu records, no fault\n", batch->records_len);
    else
        printf("%zu record%s, %zu of them faulty; %zu fault%s\n", batch->records_len,
               batch->records_len == 1 ? "" : "s", count_faulty(batch), batch->faults_len,
               batch->faults_len == 1 ? "" : "s");
}

int cmd_records_check(struct cli *cli)
{
    struct sdc_codes *codes;
    struct sdc_batch batch;
    struct sdc_error e = { .tries = -1 };
    enum sdc_status status = cli_batch_read(cli, &codes, &batch, &e);
    int code = batch.faults_len > 0 ? EXIT_INPUT : EXIT_ACCEPT;
    if (status != SDC_OK && batch.faults_len == 0)
        code = cli_fail(cli, &e);
    else if (cli->value[OPT_JSON])
        code = cli_print_json(cli,
                              json_pack("{s:o, s:I, s:I, s:o}", "batch", cli_json_text(batch.name), "records",
                                        (json_int_t)batch.records_len, "faulty", (json_int_t)count_faulty(&batch),
                                        "faults", faults_json(&batch)),
                              code);
    else
        print_faults(&batch);
    sdc_batch_free(&batch);
    sdc_codes_free(codes);
    return code;
}
