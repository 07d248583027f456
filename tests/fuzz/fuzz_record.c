/* SPDX-License-Identifier: BSD-2-Clause */
/* Any bytes as a batch file: reading ends, every fault can be shown on a terminal, and a record without fault has what
 * a card needs of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sdc/mrz.h"
#include "sdc/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct sdc_codes *codes(void)
{
    static struct sdc_codes *loaded;
    if (!loaded && sdc_codes_load(sdc_data_dir(), &loaded, NULL) != SDC_OK)
        abort();
    return loaded;
}

static void check_fault(const struct sdc_fault *fault, const struct sdc_batch *b)
{
    char text[512];
    sdc_fault_text(fault, text, sizeof text);
    for (const char *c = text; *c != '\0'; c++)
        if (*c < ' ' || *c > '~')
            abort();
    if (fault->record > b->records_len || (fault->record > 0 && !b->records[fault->record - 1].faulty))
        abort();
}

static void check_record(const struct sdc_record *r)
{
    char lines[3][SDC_MRZ_LINE + 1];
    if (sdc_mrz_td1(r, "SD0000001", &r->card.valid_until, lines, NULL) != SDC_OK)
        abort();
    for (int i = 0; i < 3; i++)
        if (strlen(lines[i]) != SDC_MRZ_LINE)
            abort();
    if (strlen(r->transaction_id) != 36 || strlen(r->a_number) != 10 || !r->photo[0])
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static int fd = -1;
    char path[64];
    const struct sdc_date today = { 2026, 11, 25 };
    struct sdc_batch batch;
    if (fd < 0)
        fd = memfd_create("batch", MFD_CLOEXEC);
    if (fd < 0 || ftruncate(fd, 0) != 0 || pwrite(fd, data, len, 0) != (ssize_t)len)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    enum sdc_status status = sdc_batch_read(path, codes(), &today, &batch, NULL);
    if (status != SDC_OK && batch.faults_len == 0)
        abort();
    for (size_t i = 0; i < batch.faults_len; i++)
        check_fault(&batch.faults[i], &batch);
    for (size_t i = 0; i < batch.records_len; i++)
        if (!batch.records[i].faulty)
            check_record(&batch.records[i]);
    sdc_batch_free(&batch);

    char name[201], copy[121] = "";
    memcpy(copy, data, len < 120 ? len : 120);
    if (sdc_mrz_name(copy, name, sizeof name) && strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ<") != strlen(name))
        abort();
    return 0;
}
