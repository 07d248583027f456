/* SPDX-License-Identifier: BSD-2-Clause */
/* Errors, reader, buffer, small helpers and files. */
#include "suite.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <dirent.h>

#include "sdc/bytes.h"

START_TEST(error_is_filled_and_prefixed)
{
    struct sdc_error e = { .sw = 0x6982, .tries = 3 };
    ck_assert_int_eq(sdc_fail(&e, SDC_E_CARD, "no %s", "luck"), SDC_E_CARD);
    ck_assert_int_eq(e.status, SDC_E_CARD);
    ck_assert_int_eq(e.sw, 0);
    ck_assert_int_eq(e.tries, -1);
    ck_assert_str_eq(e.text, "no luck");
    e.sw = 0x6A80;
    ck_assert_int_eq(sdc_fail_in(&e, "step %d", 4), SDC_E_CARD);
    ck_assert_str_eq(e.text, "step 4: no luck");
    ck_assert_int_eq(e.sw, 0x6A80);
    ck_assert_int_eq(sdc_fail(&e, SDC_E_IO, "again: %s", e.text), SDC_E_IO); /* its own text as an argument */
    ck_assert_str_eq(e.text, "again: step 4: no luck");
    ck_assert_int_eq(sdc_fail(NULL, SDC_E_IO, "x"), SDC_E_IO);
    ck_assert_int_eq(sdc_fail_in(NULL, "x"), SDC_E_BUG);
}
END_TEST

/* A text that is too long is cut between characters, never inside one. */
START_TEST(error_text_is_cut_between_characters)
{
    for (int pad = 0; pad < 8; pad++) {
        char text[400] = "";
        memset(text, 'a', (size_t)pad);
        while (strlen(text) < 300)
            strcat(text, "€");
        struct sdc_error e;
        (void)sdc_fail(&e, SDC_E_IO, "%s", text);
        size_t len = strlen(e.text);
        ck_assert_uint_gt(len, 250);
        ck_assert_uint_eq((len - (size_t)pad) % 3, 0);
        ck_assert_int_eq(strncmp(text, e.text, len), 0);
        (void)sdc_fail_in(&e, "p");
        ck_assert_uint_eq((strlen(e.text) - 3 - (size_t)pad) % 3, 0);
    }
}
END_TEST

START_TEST(every_status_has_a_text)
{
    for (int s = SDC_OK; s <= SDC_E_BUG; s++)
        ck_assert_str_ne(sdc_status_text((enum sdc_status)s), "unknown error");
    ck_assert_str_eq(sdc_status_text((enum sdc_status)(SDC_E_BUG + 1)), "unknown error");
    ck_assert_str_eq(sdc_status_text((enum sdc_status) - 1), "unknown error");
}
END_TEST

START_TEST(reader_reads)
{
    static const uint8_t data[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
    struct sdc_rd r = sdc_rd_init(data, sizeof data);
    ck_assert_uint_eq(sdc_rd_u8(&r), 1);
    ck_assert_uint_eq(sdc_rd_u16(&r), 0x0203);
    ck_assert_uint_eq(sdc_rd_u32(&r), 0x04050607);
    struct sdc_rd sub = sdc_rd_take(&r, 2);
    ck_assert(sdc_rd_equal(&sub, "\x08\x09", 2));
    ck_assert(!sdc_rd_equal(&sub, "\x08\x08", 2));
    ck_assert(!sdc_rd_equal(&sub, "\x08", 1));
    ck_assert(!sdc_rd_end(&r));
    sdc_rd_skip(&r, 1);
    ck_assert(sdc_rd_end(&r));
    ck_assert(sdc_rd_end(&(struct sdc_rd) { NULL, 0, false }));
}
END_TEST

/* One byte more than there is: nothing is consumed, zeroes come, and the error stays. */
START_TEST(reader_error_is_sticky)
{
    static const uint8_t data[] = { 1, 2, 3 };
    for (int way = 0; way < 5; way++) {
        struct sdc_rd r = sdc_rd_init(data, sizeof data);
        uint8_t out[4] = { 9, 9, 9, 9 };
        switch (way) {
        case 0:
            ck_assert_uint_eq(sdc_rd_u32(&r), 0);
            break;
        case 1:
            sdc_rd_copy(&r, out, 4);
            ck_assert_mem_eq(out, "\0\0\0\0", 4);
            break;
        case 2:
            sdc_rd_skip(&r, 4);
            break;
        case 3: {
            struct sdc_rd sub = sdc_rd_take(&r, SIZE_MAX);
            ck_assert(sub.err);
            ck_assert_uint_eq(sub.left, 0);
            break;
        }
        default:
            sdc_rd_skip(&r, 2);
            ck_assert_uint_eq(sdc_rd_u16(&r), 0);
        }
        ck_assert(r.err);
        ck_assert(!sdc_rd_end(&r));
        size_t left = r.left;
        ck_assert_uint_eq(sdc_rd_u8(&r), 0); /* one byte is there, but the reader has failed */
        ck_assert_uint_eq(r.left, left);
    }
    struct sdc_rd nothing = sdc_rd_init(NULL, 3);
    ck_assert(nothing.err);
}
END_TEST

START_TEST(buffer_grows_and_keeps_its_content)
{
    struct sdc_buf b = SDC_BUF_INIT;
    for (unsigned i = 0; i < 1000; i++)
        sdc_buf_u16(&b, (uint16_t)i);
    sdc_buf_u32(&b, 0xDEADBEEF);
    sdc_buf_fill(&b, 0xFF, 3);
    sdc_buf_string(&b, "end");
    ck_assert_uint_eq(b.len, 2000 + 4 + 3 + 3);
    struct sdc_rd r = sdc_buf_rd(&b);
    for (unsigned i = 0; i < 1000; i++)
        ck_assert_uint_eq(sdc_rd_u16(&r), i);
    ck_assert_uint_eq(sdc_rd_u32(&r), 0xDEADBEEF);
    ck_assert(sdc_rd_equal(&r,
                           "\xFF\xFF\xFF"
                           "end",
                           6));
    sdc_buf_cut(&b, 2);
    ck_assert_uint_eq(b.len, 2);
    ck_assert_uint_eq(b.data[3], 0); /* it was 1: wiped, not only forgotten */
    sdc_buf_cut(&b, 5);
    ck_assert_uint_eq(b.len, 2);
    sdc_buf_clear(&b);
    ck_assert_uint_eq(b.len, 0);
    sdc_buf_free(&b);
    ck_assert_ptr_null(b.data);
    ck_assert_int_eq(sdc_buf_status(&b, NULL), SDC_OK);
}
END_TEST

START_TEST(buffer_limit_is_exact_and_sticky)
{
    struct sdc_buf b = { .cap_max = 100 };
    sdc_buf_fill(&b, 1, 100);
    ck_assert(!b.err);
    sdc_buf_u8(&b, 1);
    ck_assert(b.err);
    ck_assert_uint_eq(b.len, 100);
    struct sdc_rd r = sdc_buf_rd(&b);
    ck_assert(r.err); /* who reads on must not take a part for the whole */
    struct sdc_error e;
    ck_assert_int_eq(sdc_buf_status(&b, &e), SDC_E_NO_MEMORY);
    sdc_buf_clear(&b);
    sdc_buf_fill(&b, 1, SIZE_MAX);
    ck_assert(b.err);
    sdc_buf_free(&b);
    struct sdc_buf most = SDC_BUF_INIT;
    sdc_buf_fill(&most, 0, SDC_BUF_CAP);
    ck_assert(!most.err);
    sdc_buf_u8(&most, 0);
    ck_assert(most.err);
    sdc_buf_free(&most);
}
END_TEST

START_TEST(hex_and_back)
{
    uint8_t bytes[4];
    char text[9];
    ck_assert(sdc_unhex("00fFA95e", bytes, 4));
    sdc_hex(bytes, 4, text);
    ck_assert_str_eq(text, "00FFA95E");
    ck_assert(!sdc_unhex("00fFA95", bytes, 4));
    ck_assert(!sdc_unhex("00fFA95e0", bytes, 4));
    ck_assert(!sdc_unhex("00fFA9 e", bytes, 4));
    ck_assert(!sdc_unhex("00fFA9-1", bytes, 4));
    ck_assert(sdc_unhex("", bytes, 0));
}
END_TEST

START_TEST(compare_wipe_random)
{
    uint8_t a[32], b[32];
    ck_assert_int_eq(sdc_random(a, sizeof a, NULL), SDC_OK);
    ck_assert_int_eq(sdc_random(b, sizeof b, NULL), SDC_OK);
    ck_assert(!sdc_equal(a, b, sizeof a));
    memcpy(b, a, sizeof b);
    ck_assert(sdc_equal(a, b, sizeof a));
    b[31] ^= 1;
    ck_assert(!sdc_equal(a, b, sizeof a));
    ck_assert(sdc_equal(a, b, 31));
    sdc_wipe(a, sizeof a);
    static const uint8_t zeroes[32];
    ck_assert_mem_eq(a, zeroes, sizeof a);
}
END_TEST

static char *make_folder(void)
{
    char *folder = strdup("/tmp/sdc-base-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    return folder;
}

static unsigned count_files(const char *folder)
{
    unsigned n = 0;
    DIR *d = opendir(folder);
    for (struct dirent *entry = readdir(d); entry; entry = readdir(d))
        n += entry->d_name[0] != '.';
    closedir(d);
    return n;
}

START_TEST(file_is_written_whole_and_read_back)
{
    char *folder = make_folder(), path[200];
    snprintf(path, sizeof path, "%s/file", folder);
    umask(0022);
    ck_assert_int_eq(sdc_file_write(path, "first", 5, 0600, NULL), SDC_OK);
    ck_assert_int_eq(sdc_file_write(path, "second", 6, 0666, NULL), SDC_OK);
    struct stat st;
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_uint_eq(st.st_mode & 0777, 0644);
    ck_assert_uint_eq(count_files(folder), 1);
    struct sdc_buf b = SDC_BUF_INIT;
    sdc_buf_string(&b, "<");
    ck_assert_int_eq(sdc_file_read(path, 6, &b, NULL), SDC_OK);
    ck_assert_uint_eq(b.len, 7);
    ck_assert_mem_eq(b.data, "<second", 7);
    struct sdc_error e;
    ck_assert_int_eq(sdc_file_read(path, 5, &b, &e), SDC_E_INPUT); /* one byte too long */
    ck_assert_ptr_nonnull(strstr(e.text, "larger than 5 bytes"));
    ck_assert_uint_eq(b.len, 7);
    ck_assert_int_eq(sdc_file_write(path, NULL, 0, 0600, NULL), SDC_OK);
    ck_assert_int_eq(sdc_file_read(path, 0, &b, NULL), SDC_OK);
    sdc_buf_free(&b);
    unlink(path);
    rmdir(folder);
    free(folder);
}
END_TEST

START_TEST(what_is_no_file_is_refused)
{
    char *folder = make_folder(), path[200];
    struct sdc_error e;
    struct sdc_buf b = SDC_BUF_INIT;
    snprintf(path, sizeof path, "%s/pipe", folder);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert_int_eq(sdc_file_read(path, 10, &b, &e), SDC_E_INPUT); /* and doesn't wait for a writer */
    ck_assert_int_eq(sdc_file_read(folder, 10, &b, &e), SDC_E_INPUT);
    ck_assert_int_eq(sdc_file_read("/nowhere/file", 10, &b, &e), SDC_E_INPUT);
    ck_assert_ptr_nonnull(strstr(e.text, "/nowhere/file"));
    ck_assert_int_eq(sdc_file_write("/nowhere/file", "x", 1, 0600, &e), SDC_E_IO);
    unlink(path);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    ck_assert_int_eq(sdc_file_write(path, "x", 1, 0600, &e), SDC_E_IO); /* renaming onto a folder fails */
    ck_assert_uint_eq(count_files(folder), 1);                          /* no temporary file stays */
    rmdir(path);
    rmdir(folder);
    free(folder);
    sdc_buf_free(&b);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { error_is_filled_and_prefixed, 0 },
        { error_text_is_cut_between_characters, 0 },
        { every_status_has_a_text, 0 },
        { reader_reads, 0 },
        { reader_error_is_sticky, 0 },
        { buffer_grows_and_keeps_its_content, 0 },
        { buffer_limit_is_exact_and_sticky, 0 },
        { hex_and_back, 0 },
        { compare_wipe_random, 0 },
        { file_is_written_whole_and_read_back, 0 },
        { what_is_no_file_is_refused, 0 },
    };
    return suite_run("host base", tests, sizeof tests / sizeof tests[0]);
}
