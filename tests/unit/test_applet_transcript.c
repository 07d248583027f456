/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs every transcript of tests/data/transcripts/ on a card in memory, and the language of transcripts itself. */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "card_memory.h"
#include "suite.h"
#include "transcript.h"

static struct card_memory memory;

static bool reset(void *ctx)
{
    card_memory_reset(ctx);
    return true;
}

static bool transmit(void *ctx, const uint8_t *cmd, size_t cmd_len, uint8_t *resp, size_t *resp_len)
{
    *resp_len = card_memory_apdu(ctx, cmd, cmd_len, resp, *resp_len);
    return true;
}

static const struct transcript_card in_memory = { &memory, reset, transmit };

START_TEST(every_transcript)
{
    glob_t files;
    ck_assert_int_eq(glob(suite_data("transcripts/*.txt"), 0, NULL, &files), 0);
    ck_assert_uint_ge(files.gl_pathc, 6);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        char why[256];
        unsigned exchanges;
        card_memory_init(&memory);
        bool good = transcript_run(files.gl_pathv[i], &in_memory, &exchanges, why, sizeof why);
        ck_assert_msg(good, "%s: %s", files.gl_pathv[i], why);
        ck_assert_uint_gt(exchanges, 5);
    }
    globfree(&files);
}
END_TEST

/* A transcript that the card doesn't follow, or that isn't one, fails; its neighbour that is right doesn't. */
static const struct {
    const char *text;
    bool good;
} transcripts[] = {
    { "> 00200080\n< 6D00\n", true },
    { "> 00200080\n< 6D01\n", false },
    { "> 00200080\n< 6D0?\n", true },
    { "> 00200080\n< 6D\n", false },
    { "> 00200080\n< 6D0000\n", false },
    { "> 00200080\n< *\n", true },
    { "> 00200080\n< * 00\n", true },
    { "> 00200080\n< * 6D00\n", true },
    { "> 00200080\n< * 006D00\n", false },
    { "> 00200080\n", false },
    { "> 00200080\n> 00200080\n< 6D00\n", false },
    { "< 6D00\n", false },
    { "> 0020008\n< 6D00\n", false },
    { "> 00xx\n< 6D00\n", false },
    { "> 00200080 08 {31 x 8}\n< 6D00\n", true },
    { "> 00200080 08 {31 x 7}\n< 6D00\n", false },
    { "> 00200080 01 {v}\n< 6D00\n", false },
    { "> 00200080\n< {v:2}\n> 00200080 02 {v}\n< {v}\n", true },
    { "> 00200080\n< {v:3}\n", false },
    { "> 00200080\n< {v:1} 00\n> 00A40400 05 A000000308\n< * FF \\\n 90 00 # over two lines\n", true },
    { "> 00A40400 05 \\\nA000000308\n< 613B * \\\n 9000 # over two lines\n", true },
    { "key 00\n", false },
    { "nonsense\n", false },
    { "reset\n\n# nothing\n", true },
};

START_TEST(the_language)
{
    char path[] = "/tmp/transcript.XXXXXX", why[256];
    unsigned exchanges;
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(ftruncate(fd, 0), 0);
    ck_assert_int_eq(pwrite(fd, transcripts[_i].text, strlen(transcripts[_i].text), 0),
                     (int)strlen(transcripts[_i].text));
    close(fd);
    card_memory_init(&memory);
    bool good = transcript_run(path, &in_memory, &exchanges, why, sizeof why);
    unlink(path);
    ck_assert_msg(good == transcripts[_i].good, "%s: %s", transcripts[_i].text, good ? "passed" : why);
}
END_TEST

START_TEST(no_file)
{
    char why[256];
    unsigned exchanges;
    ck_assert(!transcript_run("/nonexistent", &in_memory, &exchanges, why, sizeof why));
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { every_transcript, 0 },
        { the_language, sizeof transcripts / sizeof transcripts[0] },
        { no_file, 0 },
    };
    return suite_run("applet transcripts", tests, sizeof tests / sizeof tests[0]);
}
