/* SPDX-License-Identifier: BSD-2-Clause */
/* Exchange of APDUs: what goes over the transport byte for byte, what is counted, and how hostile replies end. */
#include "suite.h"

#include <stdlib.h>
#include <string.h>

#include "fake_card.h"
#include "private.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const uint8_t zeroes[70000];

/* One command, one reply, good in itself; the form on the wire is what is tested. */
static const struct {
    bool extended;
    size_t data_len;
    bool le;
    size_t le_max;
    const char *wire;
} encodings[] = {
    { false, 0, false, 0, "00 CB 3F FF" },   /* case 1 */
    { false, 0, true, 0, "00 CB 3F FF 00" }, /* case 2S */
    { false, 0, true, 49, "00 CB 3F FF 31" },
    { false, 0, true, 256, "00 CB 3F FF 00" },
    { false, 0, true, 4000, "00 CB 3F FF 00" },
    { false, 1, false, 0, "00 CB 3F FF 01 00" }, /* case 3S */
    { false, 255, false, 0, "00 CB 3F FF FF 00(255)" },
    { false, 255, true, 0, "00 CB 3F FF FF 00(255) 00" }, /* case 4S */
    { true, 0, false, 0, "00 CB 3F FF" },                 /* short stays short */
    { true, 255, false, 0, "00 CB 3F FF FF 00(255)" },
    { true, 255, true, 256, "00 CB 3F FF FF 00(255) 00" },
    { true, 5, true, 49, "00 CB 3F FF 05 00(5) 31" },
    { true, 0, true, 0, "00 CB 3F FF 00 00 00" }, /* case 2E */
    { true, 0, true, 257, "00 CB 3F FF 00 01 01" },
    { true, 0, true, 65536, "00 CB 3F FF 00 00 00" },
    { true, 0, true, 70000, "00 CB 3F FF 00 00 00" },
    { true, 5, true, 0, "00 CB 3F FF 00 00 05 00(5) 00 00" }, /* case 4E */
    { true, 256, false, 0, "00 CB 3F FF 00 01 00 00(256)" },  /* case 3E */
    { true, 65535, true, 10, "00 CB 3F FF 00 FF FF 00(65535) 00 0A" },
};

START_TEST(command_is_encoded)
{
    const struct fake_step steps[] = { { encodings[_i].wire, "90 00" } };
    struct fake_card card;
    struct sdc_link *link = fake_card_open(&card, steps, COUNT(steps), encodings[_i].extended);
    const struct sdc_apdu apdu = { .ins = 0xCB,
                                   .p1 = 0x3F,
                                   .p2 = 0xFF,
                                   .data = encodings[_i].data_len ? zeroes : NULL,
                                   .data_len = encodings[_i].data_len,
                                   .le = encodings[_i].le,
                                   .le_max = encodings[_i].le_max };
    struct sdc_buf out = SDC_BUF_INIT;
    uint16_t sw;
    ck_assert_int_eq(sdc_link_exchange(link, &apdu, &out, &sw, NULL), SDC_OK);
    ck_assert_ptr_null(fake_card_fault(&card));
    ck_assert_uint_eq(sw, 0x9000);
    ck_assert_uint_eq(out.len, 0);
    sdc_buf_free(&out);
    sdc_link_close(link);
    ck_assert_uint_eq(card.closes, 1);
}
END_TEST

/* Exchanges of several APDUs. status and sw are what comes out; apdus and bytes what the link must have counted. */
struct dialogue {
    const char *name;
    size_t data_len;
    bool le;
    size_t le_max;
    bool no_out;
    struct fake_step steps[4];
    enum sdc_status status;
    uint16_t sw;
    size_t answer_len, apdus, bytes_out, bytes_in;
};
static const struct dialogue dialogues[] = {
    { "the rest by GET RESPONSE",
      5,
      true,
      0,
      false,
      { { "00 CB 3F FF 05 00(5) 00", "11(256) 61 00" },
        { "00 C0 00 00 00", "22(256) 61 20" },
        { "00 C0 00 00 20", "33(32) 90 00" } },
      SDC_OK,
      0x9000,
      544,
      3,
      21,
      550 },
    { "61xx without data first",
      0,
      true,
      0,
      false,
      { { "00 CB 3F FF 00", "61 02" }, { "00 C0 00 00 02", "11(2) 90 00" } },
      SDC_OK,
      0x9000,
      2,
      2,
      10,
      6 },
    { "a warning after the data is kept",
      0,
      true,
      0,
      false,
      { { "00 CB 3F FF 00", "61 02" }, { "00 C0 00 00 02", "11(2) 62 82" } },
      SDC_OK,
      0x6282,
      2,
      2,
      10,
      6 },
    { "right Le once",
      1,
      true,
      0,
      false,
      { { "00 CB 3F FF 01 00 00", "6C 10" }, { "00 CB 3F FF 01 00 10", "11(16) 90 00" } },
      SDC_OK,
      0x9000,
      16,
      2,
      14,
      20 },
    { "right Le is not asked for twice",
      0,
      true,
      0,
      false,
      { { "00 CB 3F FF 00", "6C 10" }, { "00 CB 3F FF 10", "6C 11" } },
      SDC_OK,
      0x6C11,
      0,
      2,
      10,
      4 },
    { "6Cxx without Le is an answer like others",
      1,
      false,
      0,
      false,
      { { "00 CB 3F FF 01 00", "6C 10" } },
      SDC_OK,
      0x6C10,
      0,
      1,
      6,
      2 },
    { "right Le of a GET RESPONSE",
      0,
      true,
      0,
      false,
      { { "00 CB 3F FF 00", "61 10" }, { "00 C0 00 00 10", "6C 08" }, { "00 C0 00 00 08", "11(8) 90 00" } },
      SDC_OK,
      0x9000,
      8,
      3,
      15,
      14 },
    { "no more than wanted",
      0,
      true,
      49,
      false,
      { { "00 CB 3F FF 31", "11(49) 61 00" } },
      SDC_OK,
      0x6100,
      49,
      1,
      5,
      51 },
    { "wanted in two parts",
      0,
      true,
      49,
      false,
      { { "00 CB 3F FF 31", "11(40) 61 00" }, { "00 C0 00 00 09", "22(9) 61 70" } },
      SDC_OK,
      0x6170,
      49,
      2,
      10,
      53 },
    { "chain of three",
      600,
      true,
      0,
      false,
      { { "10 CB 3F FF FF 00(255)", "90 00" },
        { "10 CB 3F FF FF 00(255)", "90 00" },
        { "00 CB 3F FF 5A 00(90) 00", "11 90 00" } },
      SDC_OK,
      0x9000,
      1,
      3,
      260 + 260 + 96,
      7 },
    { "chain that is refused in the middle",
      600,
      false,
      0,
      true,
      { { "10 CB 3F FF FF 00(255)", "90 00" }, { "10 CB 3F FF FF 00(255)", "69 82" } },
      SDC_OK,
      0x6982,
      0,
      2,
      520,
      4 },
    { "data in the middle of a chain",
      600,
      true,
      0,
      false,
      { { "10 CB 3F FF FF 00(255)", "11 90 00" } },
      SDC_E_REPLY,
      0,
      0,
      1,
      260,
      3 },
    { "answer without Le (EC keys)",
      1,
      false,
      0,
      false,
      { { "00 CB 3F FF 01 00", "11(70) 90 00" } },
      SDC_OK,
      0x9000,
      70,
      1,
      6,
      72 },
    { "data where none belongs",
      1,
      false,
      0,
      true,
      { { "00 CB 3F FF 01 00", "11 90 00" } },
      SDC_E_REPLY,
      0,
      0,
      1,
      6,
      3 },
    { "an offer of data where none belongs",
      1,
      false,
      0,
      true,
      { { "00 CB 3F FF 01 00", "61 02" } },
      SDC_E_REPLY,
      0,
      0,
      1,
      6,
      2 },
    { "more than asked for",
      0,
      true,
      16,
      false,
      { { "00 CB 3F FF 10", "11(17) 90 00" } },
      SDC_E_REPLY,
      0,
      0,
      1,
      5,
      19 },
    { "GET RESPONSE with more than offered",
      0,
      true,
      0,
      false,
      { { "00 CB 3F FF 00", "11(3) 61 02" }, { "00 C0 00 00 02", "11(3) 90 00" } },
      SDC_E_REPLY,
      0,
      0,
      2,
      10,
      10 },
    { "half a status word", 0, true, 0, false, { { "00 CB 3F FF 00", "90" } }, SDC_E_REPLY, 0, 0, 1, 5, 0 },
    { "no reply at all", 0, true, 0, false, { { "00 CB 3F FF 00", "" } }, SDC_E_REPLY, 0, 0, 1, 5, 0 },
};

START_TEST(dialogue_is_followed)
{
    const struct dialogue *d = &dialogues[_i];
    size_t count = 0;
    while (count < COUNT(d->steps) && d->steps[count].command)
        count++;
    struct fake_card card;
    struct sdc_link *link = fake_card_open(&card, d->steps, count, false);
    const struct sdc_apdu apdu = { .ins = 0xCB,
                                   .p1 = 0x3F,
                                   .p2 = 0xFF,
                                   .data = d->data_len ? zeroes : NULL,
                                   .data_len = d->data_len,
                                   .le = d->le,
                                   .le_max = d->le_max };
    struct sdc_buf out = SDC_BUF_INIT;
    sdc_buf_string(&out, "before");
    uint16_t sw;
    struct sdc_error e = { .text = "" };
    enum sdc_status status = sdc_link_exchange(link, &apdu, d->no_out ? NULL : &out, &sw, &e);
    ck_assert_msg(status == d->status, "%s: %d %s", d->name, status, e.text);
    ck_assert_msg(!fake_card_fault(&card), "%s: %s", d->name, fake_card_fault(&card));
    if (status == SDC_OK)
        ck_assert_msg(sw == d->sw, "%s: SW %04X", d->name, sw);
    ck_assert_uint_eq(out.len, 6 + d->answer_len);
    ck_assert_msg(link->stats.apdus == d->apdus, "%s: %lu APDUs", d->name, (unsigned long)link->stats.apdus);
    ck_assert_msg(link->stats.bytes_out == d->bytes_out, "%s: %lu out", d->name, (unsigned long)link->stats.bytes_out);
    ck_assert_msg(link->stats.bytes_in == d->bytes_in, "%s: %lu in", d->name, (unsigned long)link->stats.bytes_in);
    sdc_buf_free(&out);
    sdc_link_close(link);
}
END_TEST

/* A transport that always has one more reply of the same kind. */
struct forever {
    size_t data_len;
    uint16_t sw;
};

static enum sdc_status forever_transmit(void *ctx, const uint8_t *cmd, size_t cmd_len, uint8_t *resp, size_t cap,
                                        size_t *resp_len, struct sdc_error *e)
{
    (void)cmd;
    (void)cmd_len;
    (void)e;
    const struct forever *f = ctx;
    ck_assert_uint_ge(cap, f->data_len + 2);
    memset(resp, 0xAA, f->data_len);
    resp[f->data_len] = (uint8_t)(f->sw >> 8);
    resp[f->data_len + 1] = (uint8_t)f->sw;
    *resp_len = f->data_len + 2;
    return SDC_OK;
}

START_TEST(reply_that_never_ends_is_cut)
{
    static const struct {
        struct forever f;
        uint64_t apdus;
    } kinds[] = {
        { { 0, 0x6100 }, 1 + SDC_REPLY_BLOCKS },      /* no progress */
        { { 1, 0x6101 }, 1 + SDC_REPLY_BLOCKS },      /* a byte at a time */
        { { 256, 0x6100 }, SDC_REPLY_MAX / 256 + 1 }, /* full blocks: the cap on bytes */
        { { 0, 0x6C00 }, 2 },                         /* always another Le */
    };
    const struct sdc_link_ops ops = { .transmit = forever_transmit };
    struct forever f = kinds[_i].f;
    struct sdc_link *link;
    ck_assert_int_eq(sdc_link_open_process(&ops, &f, fake_atr_short, sizeof fake_atr_short, &link, NULL), SDC_OK);
    const struct sdc_apdu apdu = { .ins = 0xCB, .le = true };
    struct sdc_buf out = SDC_BUF_INIT;
    uint16_t sw;
    enum sdc_status status = sdc_link_exchange(link, &apdu, &out, &sw, NULL);
    ck_assert_int_eq(status, f.sw == 0x6C00 ? SDC_OK : SDC_E_REPLY);
    ck_assert_uint_eq(out.len, 0);
    ck_assert_uint_eq(link->stats.apdus, kinds[_i].apdus);
    ck_assert_int_eq(sdc_link_begin(link, NULL), SDC_OK); /* parts that the transport leaves out */
    ck_assert_int_eq(sdc_link_reset(link, NULL), SDC_OK);
    sdc_link_end(link);
    sdc_buf_free(&out);
    sdc_link_close(link);
}
END_TEST

START_TEST(whole_answer_of_64_kib_in_one)
{
    const struct sdc_link_ops ops = { .transmit = forever_transmit };
    struct forever f = { 65536, 0x9000 };
    struct sdc_link *link;
    ck_assert_int_eq(sdc_link_open_process(&ops, &f, fake_atr_extended, sizeof fake_atr_extended, &link, NULL), SDC_OK);
    const struct sdc_apdu apdu = { .ins = 0xCB, .le = true };
    struct sdc_buf out = SDC_BUF_INIT;
    uint16_t sw;
    ck_assert_int_eq(sdc_link_exchange(link, &apdu, &out, &sw, NULL), SDC_OK);
    ck_assert_uint_eq(out.len, 65536);
    sdc_buf_free(&out);
    sdc_link_close(link);
}
END_TEST

/* The flag stops before the next APDU, and the one under way was finished. */
START_TEST(cancel_finishes_the_running_apdu)
{
    const struct fake_step steps[] = { { "*", "11(256) 61 00" }, { "*", "11(256) 61 00" } };
    struct fake_card card;
    struct sdc_link *link = fake_card_open(&card, steps, COUNT(steps), false);
    volatile sig_atomic_t stop = 0;
    card.raise = &stop;
    card.raise_at = 2;
    link->cancel = &stop;
    const struct sdc_apdu apdu = { .ins = 0xCB, .le = true };
    struct sdc_buf out = SDC_BUF_INIT;
    uint16_t sw;
    ck_assert_int_eq(sdc_link_exchange(link, &apdu, &out, &sw, NULL), SDC_E_CANCELLED);
    ck_assert_ptr_null(fake_card_fault(&card));
    ck_assert_uint_eq(link->stats.apdus, 2);
    ck_assert_uint_eq(out.len, 0);
    sdc_buf_free(&out);
    sdc_link_close(link);
}
END_TEST

START_TEST(fault_of_the_transport_comes_through)
{
    static const enum sdc_status faults[] = { SDC_E_REMOVED, SDC_E_RESET, SDC_E_NO_CARD, SDC_E_BUSY };
    struct fake_card card;
    struct sdc_link *link = fake_card_open(&card, NULL, 0, false);
    card.fault = faults[_i];
    const struct sdc_apdu apdu = { .ins = 0xCB };
    uint16_t sw;
    struct sdc_error e;
    ck_assert_int_eq(sdc_link_exchange(link, &apdu, NULL, &sw, &e), faults[_i]);
    ck_assert_uint_eq(link->stats.apdus, faults[_i] == SDC_E_RESET ? 0 : 1); /* a reset: nothing was sent */
    const struct sdc_apdu broken = { .ins = 0xCB, .data_len = 3 };
    ck_assert_int_eq(sdc_link_exchange(link, &broken, NULL, &sw, &e), SDC_E_BUG);
    sdc_link_close(link);
}
END_TEST

struct begin_after_resets {
    unsigned resets, begins;
};

static enum sdc_status begin_after_resets(void *ctx, struct sdc_error *e)
{
    struct begin_after_resets *card = ctx;
    card->begins++;
    return card->begins <= card->resets ? sdc_fail(e, SDC_E_RESET, "reset") : SDC_OK;
}

/* One reset since is no harm; a card that somebody resets all the time is not waited for. */
START_TEST(begin_anew_forgives_one_reset)
{
    const struct sdc_link_ops ops = { .transmit = forever_transmit, .begin = begin_after_resets };
    struct begin_after_resets card = { .resets = (unsigned)_i };
    struct sdc_link *link;
    ck_assert_int_eq(sdc_link_open_process(&ops, &card, fake_atr_short, sizeof fake_atr_short, &link, NULL), SDC_OK);
    ck_assert_int_eq(sdc_link_begin_anew(link, NULL), _i < 2 ? SDC_OK : SDC_E_RESET);
    ck_assert_uint_eq(card.begins, _i == 0 ? 1 : 2);
    sdc_link_close(link);
}
END_TEST

/* Extended length by the ATR's card capabilities (7816-4 8.1.1.2.7); whatever is odd says no. */
static const struct {
    const char *atr;
    bool extended;
} atrs[] = {
    { "3B 95 96 80 01 80 73 C0 01 C0 70", true },
    { "3B 95 96 80 01 80 73 C0 01 80 30", false },
    { "3B 95 96 80 01 80 73 C0 01 40 F0", true },
    { "3B 07 80 31 80 73 C0 01 40", true },    /* after another data object */
    { "3B 08 00 73 C0 01 40 07 90 00", true }, /* category 00: status at the end */
    { "3B 07 00 73 C0 01 40 90 00", false },   /* status takes the capabilities' last byte */
    { "3B 05 10 73 C0 01 40", false },         /* another category */
    { "3B 04 80 72 C0 01", false },            /* capabilities too short */
    { "3B 05 80 73 C0 01", false },            /* cut */
    { "3B 04 80 7F C0 01", false },            /* longer than there is */
    { "3B 00", false },
    { "3B", false },
    { "", false },
    { "3B FF FF(40)", false },
    { "3B 80 80 80 80 80 80 80 80 80 80 80 80", false }, /* TD without end */
};

START_TEST(atr_says_extended_length)
{
    struct sdc_buf b = SDC_BUF_INIT;
    fake_hex(&b, atrs[_i].atr);
    ck_assert_msg(sdc_atr_extended(b.data, b.len) == atrs[_i].extended, "%s", atrs[_i].atr);
    sdc_buf_free(&b);
}
END_TEST

START_TEST(reader_is_chosen)
{
    static const struct sdc_reader readers[] = { { "Virtual PCD 00 00", false },
                                                 { "Virtual PCD 00 01", true },
                                                 { "7", true } };
    static const struct {
        const char *which;
        size_t first, count;
        enum sdc_status status;
        size_t chosen;
    } rows[] = {
        { NULL, 0, 0, SDC_E_NO_READER, 0 },
        { "0", 0, 0, SDC_E_NO_READER, 0 },
        { NULL, 0, 1, SDC_E_NO_CARD, 0 },
        { NULL, 0, 2, SDC_OK, 1 },
        { NULL, 1, 2, SDC_E_USAGE, 0 }, /* two cards: say which */
        { "0", 0, 3, SDC_OK, 0 },       /* a reader without card may be named: opening it says so */
        { "2", 0, 3, SDC_OK, 2 },
        { "3", 0, 3, SDC_E_NO_READER, 0 },
        { "7", 0, 3, SDC_E_NO_READER, 0 }, /* digits are a number */
        { "18446744073709551616", 0, 3, SDC_E_NO_READER, 0 },
        { "Virtual PCD 00 00", 0, 3, SDC_OK, 0 },
        { "Virtual PCD", 0, 3, SDC_E_NO_READER, 0 },
        { "", 0, 3, SDC_E_NO_READER, 0 },
        { "-1", 0, 3, SDC_E_NO_READER, 0 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t chosen = 0;
        struct sdc_error e;
        ck_assert_int_eq(sdc_reader_choose(rows[i].which, readers + rows[i].first, rows[i].count, &chosen, &e),
                         rows[i].status);
        if (rows[i].status == SDC_OK)
            ck_assert_uint_eq(chosen, rows[i].chosen);
    }
}
END_TEST

/* All of the 65536 status words. */
START_TEST(every_sw_has_a_meaning)
{
    for (unsigned sw = 0; sw <= 0xFFFF; sw++) {
        struct sdc_error e = { .tries = 77 };
        enum sdc_status status = sdc_sw_status((uint16_t)sw, "doing", &e);
        ck_assert_int_eq(sdc_sw_status((uint16_t)sw, "doing", NULL), status);
        bool good = sw == 0x9000 || (sw & 0xFF00) == 0x6100;
        ck_assert_msg(good == (status == SDC_OK), "%04X", sw);
        if (good)
            continue;
        ck_assert_uint_eq(e.sw, sw);
        ck_assert_int_eq(e.status, status);
        ck_assert_int_eq(strncmp(e.text, "doing: ", 7), 0);
        bool wrong = (sw & 0xFFF0) == 0x63C0 && sw != 0x63C0;
        ck_assert(wrong == (status == SDC_E_PIN_WRONG));
        ck_assert_int_eq(e.tries, wrong ? (int)(sw & 15) : -1);
    }
    static const struct {
        uint16_t sw;
        enum sdc_status status;
    } rows[] = { { 0x63C0, SDC_E_PIN_BLOCKED }, { 0x6983, SDC_E_PIN_BLOCKED }, { 0x6982, SDC_E_DENIED },
                 { 0x6300, SDC_E_DENIED },      { 0x6985, SDC_E_CONDITIONS },  { 0x6A82, SDC_E_NOT_FOUND },
                 { 0x6A88, SDC_E_NOT_FOUND },   { 0x6A84, SDC_E_CARD_FULL },   { 0x6581, SDC_E_CARD_FULL },
                 { 0x6A80, SDC_E_CARD },        { 0x6D00, SDC_E_CARD },        { 0x6282, SDC_E_CARD } };
    for (size_t i = 0; i < COUNT(rows); i++)
        ck_assert_int_eq(sdc_sw_status(rows[i].sw, "x", NULL), rows[i].status);
    struct sdc_error e;
    ck_assert_int_eq(sdc_sw_status(0x63C1, "PIN", &e), SDC_E_PIN_WRONG);
    ck_assert_str_eq(e.text, "PIN: wrong, 1 try left");
}
END_TEST

START_TEST(no_pcscd_is_told)
{
    setenv("PCSCLITE_CSOCK_NAME", "/nowhere/pcscd.comm", 1); /* libpcsclite's own variable */
    struct sdc_error e;
    struct sdc_link *link = NULL;
    struct sdc_reader readers[2];
    size_t count = 9;
    ck_assert_int_eq(sdc_link_open_pcsc(NULL, &link, &e), SDC_E_NO_SERVICE);
    ck_assert_ptr_null(link);
    ck_assert_ptr_nonnull(strstr(e.text, "pcscd"));
    ck_assert_int_eq(sdc_reader_list(readers, 2, &count, &e), SDC_E_NO_SERVICE);
    ck_assert_uint_eq(count, 0);
    sdc_link_close(NULL);
}
END_TEST

/* The model's worked figures: tenths of milliseconds of the line alone, at 4.8 MHz. */
static const struct {
    size_t out, in;
    uint64_t etus, at_11, at_95, at_96;
} lines[] = {
    { 4, 2, 188, 145, 12, 6 },
    { 43, 74, 1520, 1178, 101, 50 },
    { 5, 2050, 25704, 19920, 1713, 856 },
};

START_TEST(time_on_the_line)
{
    struct sdc_stats stats = { .apdus = 0 };
    sdc_stats_count(&stats, lines[_i].out, lines[_i].in);
    ck_assert_uint_eq(stats.etus, lines[_i].etus);
    ck_assert_uint_eq(stats.etus * 372 / 480, lines[_i].at_11);
    ck_assert_uint_eq(stats.etus * 32 / 480, lines[_i].at_95);
    ck_assert_uint_eq(stats.etus * 16 / 480, lines[_i].at_96);
    ck_assert_uint_eq(sdc_stats_line_ms(&stats, 372), lines[_i].at_11 / 10 + 1);
    sdc_stats_count(&stats, lines[_i].out, 0); /* no answer */
    ck_assert_uint_eq(stats.apdus, 2);
    ck_assert_uint_eq(stats.bytes_in, lines[_i].in);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { time_on_the_line, COUNT(lines) },
        { command_is_encoded, COUNT(encodings) },
        { dialogue_is_followed, COUNT(dialogues) },
        { reply_that_never_ends_is_cut, 4 },
        { whole_answer_of_64_kib_in_one, 0 },
        { cancel_finishes_the_running_apdu, 0 },
        { fault_of_the_transport_comes_through, 4 },
        { begin_anew_forgives_one_reset, 3 },
        { atr_says_extended_length, COUNT(atrs) },
        { reader_is_chosen, 0 },
        { every_sw_has_a_meaning, 0 },
        { no_pcscd_is_told, 0 },
    };
    return suite_run("host link", tests, COUNT(tests));
}
