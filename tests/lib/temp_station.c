/* SPDX-License-Identifier: BSD-2-Clause */
#include "temp_station.h"

#include <check.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "suite.h"

static char folders[16][256];
static size_t folders_len;
static pid_t owner;

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

static void remove_folders(void)
{
    for (size_t i = 0; i < folders_len && getpid() == owner; i++)
        (void)nftw(folders[i], remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

const char *temp_folder(void)
{
    const char *base = getenv("TMPDIR");
    if (!base) /* in memory where that is possible: the product syncs every file, a disk makes that slow */
        base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    if (owner != getpid()) {
        owner = getpid();
        folders_len = 0;
        atexit(remove_folders);
    }
    ck_assert_uint_lt(folders_len, sizeof folders / sizeof *folders);
    char *path = folders[folders_len];
    snprintf(path, sizeof folders[0], "%s/sdc-test-XXXXXX", base);
    ck_assert_ptr_nonnull(mkdtemp(path));
    folders_len++;
    return path;
}

const char *temp_path(const char *folder, const char *name)
{
    static struct kept {
        struct kept *before;
        char text[];
    } * kept; /* stays reachable: nothing that a leak checker minds */
    size_t len = strlen(folder) + strlen(name) + 2;
    struct kept *path = malloc(sizeof *path + len);
    ck_assert_ptr_nonnull(path);
    path->before = kept;
    kept = path;
    snprintf(path->text, len, "%s/%s", folder, name);
    return path->text;
}

const char *temp_station(void)
{
    struct sdc_error e = { .status = SDC_OK };
    static const char conf[] = "unlisted_blanks = true\n"; /* the cards of most tests come from no maker */
    const char *home = temp_path(temp_folder(), "station");
    ck_assert_int_eq(mkdir(home, 0700), 0);
    ck_assert_int_eq(sdc_file_write(temp_path(home, "station.conf"), conf, sizeof conf - 1, 0600, NULL), SDC_OK);
    ck_assert_msg(sdc_station_init(home, NULL, &e) == SDC_OK, "%s", e.text);
    return home;
}

struct sdc_station *temp_station_open(const char *home)
{
    struct sdc_error e = { .status = SDC_OK };
    struct sdc_station *station = NULL;
    ck_assert_msg(sdc_station_open(home, &station, &e) == SDC_OK, "%s", e.text);
    return station;
}

void sample_batch(struct sdc_batch *batch)
{
    struct sdc_error e = { .status = SDC_OK };
    struct sdc_codes *codes = NULL;
    struct sdc_date today = sdc_date_today();
    ck_assert_msg(sdc_codes_load("host/data", &codes, &e) == SDC_OK, "%s", e.text);
    ck_assert_msg(sdc_batch_read(suite_data("enrolment-sample.json"), codes, &today, batch, &e) == SDC_OK, "%s",
                  e.text);
    sdc_codes_free(codes);
}

void file_content(const char *path, struct sdc_buf *out)
{
    struct sdc_error e = { .status = SDC_OK };
    ck_assert_msg(sdc_file_read(path, SDC_BUF_CAP, out, &e) == SDC_OK, "%s", e.text);
}

static struct sdc_buf *collected;
static size_t collected_files;

static int collect(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)ftw;
    if (type == FTW_F) {
        file_content(path, collected);
        collected_files++;
    }
    return 0;
}

size_t folder_content(const char *folder, struct sdc_buf *out)
{
    collected = out;
    collected_files = 0;
    ck_assert_int_eq(nftw(folder, collect, 16, FTW_PHYS), 0);
    return collected_files;
}

bool bytes_hold(const struct sdc_buf *b, const char *needle)
{
    return b->len > 0 && memmem(b->data, b->len, needle, strlen(needle)) != NULL;
}
