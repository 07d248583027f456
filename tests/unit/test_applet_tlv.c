/* SPDX-License-Identifier: BSD-2-Clause */
/* The core's reader, writer and TLV. */
#include <string.h>

#include "suite.h"
#include "tlv.h"

START_TEST(reader_takes_all_or_nothing)
{
    const uint8_t data[] = { 1, 2, 3 };
    struct rd r = rd_init(data, sizeof data);
    ck_assert_uint_eq(rd_u16(&r), 0x0102);
    ck_assert_uint_eq(rd_u16(&r), 0); /* one byte is left: nothing is consumed, the error sticks */
    ck_assert(r.err);
    ck_assert_uint_eq(r.left, 1);
    ck_assert_uint_eq(rd_u8(&r), 0);
    ck_assert(!rd_end(&r));
    struct rd whole = rd_init(data, sizeof data);
    struct rd sub = rd_take(&whole, 3);
    ck_assert(rd_end(&whole));
    ck_assert_uint_eq(rd_u8(&sub), 1);
    ck_assert(!rd_end(&sub));
    struct rd empty = rd_init(NULL, 0);
    ck_assert(rd_end(&empty));
    struct rd none = rd_take(&empty, 1);
    ck_assert(none.err);
}
END_TEST

START_TEST(writer_stops_at_its_end)
{
    uint8_t buffer[4] = { 0 };
    struct wr w = wr_init(buffer, 3);
    wr_u16(&w, 0x0102);
    wr_u16(&w, 0x0304);
    ck_assert(w.err);
    ck_assert_uint_eq(w.len, 2);
    wr_u8(&w, 5); /* it would fit, but something is missing before it */
    ck_assert_uint_eq(w.len, 2);
    ck_assert_uint_eq(buffer[2], 0);
    w = wr_init(buffer, 4);
    wr_u32(&w, 0x01020304);
    ck_assert(!w.err);
    ck_assert_mem_eq(buffer, "\x01\x02\x03\x04", 4);
}
END_TEST

/* Headers as they stand in the standards, and their neighbours. */
static const struct {
    const char *bytes;
    size_t n;
    bool good;
    uint32_t tag;
    size_t len;
} headers[] = {
    { "\x53\x00", 2, true, 0x53, 0 },
    { "\x53\x7F", 2, true, 0x53, 127 },
    { "\x53\x80", 2, false, 0, 0 },     /* indefinite */
    { "\x53\x81\x7F", 3, false, 0, 0 }, /* not minimal */
    { "\x53\x81\x80", 3, true, 0x53, 128 },
    { "\x53\x81\xFF", 3, true, 0x53, 255 },
    { "\x53\x82\x00\xFF", 4, false, 0, 0 },
    { "\x53\x82\x01\x00", 4, true, 0x53, 256 },
    { "\x53\x82\xFF\xFF", 4, true, 0x53, 65535 },
    { "\x53\x83\x01\x00\x00", 5, false, 0, 0 },
    { "\x53\x82\x01", 3, false, 0, 0 },
    { "\x53", 1, false, 0, 0 },
    { "", 0, false, 0, 0 },
    { "\x7E\x12", 2, true, 0x7E, 0x12 },
    { "\x7F\x49\x43", 3, true, 0x7F49, 0x43 },
    { "\x7F\x1F\x00", 3, true, 0x7F1F, 0 },
    { "\x7F\x1E\x00", 3, false, 0, 0 }, /* the short form holds it */
    { "\x5F\xC1\x07\x00", 4, true, 0x5FC107, 0 },
    { "\x5F\x80\x07\x00", 4, false, 0, 0 },
    { "\x5F\xC1\x87\x01\x00", 5, false, 0, 0 }, /* four bytes of tag */
    { "\x5F\xC1", 2, false, 0, 0 },
};

START_TEST(headers_are_read_in_minimal_form_only)
{
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        struct rd r = rd_init((const uint8_t *)headers[i].bytes, headers[i].n);
        uint32_t tag;
        size_t len;
        bool good = tlv_read_header(&r, &tag, &len);
        ck_assert_msg(good == headers[i].good && r.err == !good, "header %zu", i);
        ck_assert_uint_eq(tag, headers[i].tag);
        ck_assert_uint_eq(len, headers[i].len);
        ck_assert_msg(!good || rd_end(&r), "header %zu: something is left", i);
    }
}
END_TEST

START_TEST(what_is_written_is_read)
{
    static const uint32_t tags[] = { 0x53, 0x7E, 0x7F49, 0x5FC107, 0x5FFF20 };
    static const size_t lens[] = { 0, 1, 127, 128, 255, 256, 257, 32768, 65535 };
    static uint8_t value[65535], buffer[65545];
    memset(value, 0xA5, sizeof value);
    for (size_t t = 0; t < sizeof tags / sizeof tags[0]; t++) {
        for (size_t l = 0; l < sizeof lens / sizeof lens[0]; l++) {
            struct wr w = wr_init(buffer, sizeof buffer);
            tlv_write(&w, tags[t], value, lens[l]);
            ck_assert(!w.err);
            ck_assert_uint_eq(w.len, tlv_header_len(tags[t], lens[l]) + lens[l]);
            struct rd r = rd_init(buffer, w.len), content;
            ck_assert(tlv_read_tag(&r, tags[t], &content));
            ck_assert(rd_end(&r));
            ck_assert_uint_eq(content.left, lens[l]);
            struct rd cut = rd_init(buffer, w.len - 1); /* one byte less */
            ck_assert(!tlv_read_tag(&cut, tags[t], &content));
            struct rd other = rd_init(buffer, w.len);
            ck_assert(!tlv_read_tag(&other, 0x70, &content));
            ck_assert(content.err && !rd_more(&content)); /* a loop over it ends */
        }
    }
    struct wr w = wr_init(buffer, sizeof buffer);
    tlv_write_header(&w, 0x53, 65536);
    ck_assert(w.err);
}
END_TEST

START_TEST(names)
{
    static const uint8_t name[] = { 0x5F, 0xC1, 0x07, 0x00 };
    for (size_t len = 0; len <= 4; len++) {
        struct rd r = rd_init(name, len);
        uint32_t tag = tlv_read_name(&r);
        ck_assert_uint_eq(tag, len == 1 ? 0x5F : len == 2 ? 0x5FC1 : len == 3 ? 0x5FC107 : 0);
        ck_assert(rd_end(&r) == (len >= 1 && len <= 3));
    }
    struct rd failed = rd_init(name, 3);
    rd_fail(&failed);
    ck_assert_uint_eq(tlv_read_name(&failed), 0);
    ck_assert(!rd_end(&failed));
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { reader_takes_all_or_nothing, 0 },
        { writer_stops_at_its_end, 0 },
        { headers_are_read_in_minimal_form_only, 0 },
        { what_is_written_is_read, 0 },
        { names, 0 },
    };
    return suite_run("applet tlv", tests, sizeof tests / sizeof tests[0]);
}
