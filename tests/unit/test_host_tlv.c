/* SPDX-License-Identifier: BSD-2-Clause */
/* The host's BER-TLV: what is one, what isn't, and that what is written reads back. */
#include "suite.h"

#include <stdlib.h>
#include <string.h>

#include "fake_card.h"
#include "sdc/tlv.h"

static const struct {
    const char *hex;
    bool good;
    uint32_t tag;
    size_t len;
} cases[] = {
    { "30 00", true, 0x30, 0 },
    { "30 01 AA", true, 0x30, 1 },
    { "7E 7F 00(127)", true, 0x7E, 127 },
    { "53 81 80 00(128)", true, 0x53, 128 },
    { "53 81 FF 00(255)", true, 0x53, 255 },
    { "53 82 01 00 00(256)", true, 0x53, 256 },
    { "53 82 FF FF 00(65535)", true, 0x53, 65535 },
    { "53 83 01 00 00 00(65536)", true, 0x53, 65536 },
    { "7F49 00", true, 0x7F49, 0 },
    { "5F2F 02 40 00", true, 0x5F2F, 2 },
    { "5FC102 01 00", true, 0x5FC102, 1 },
    { "5FFF01 00", true, 0x5FFF01, 0 },
    { "5F1F 00", true, 0x5F1F, 0 },      /* the least second byte */
    { "00 00", false, 0, 0 },            /* tag 00 */
    { "30", false, 0, 0 },               /* no length */
    { "30 02 AA", false, 0, 0 },         /* a byte short */
    { "30 80 00 00", false, 0, 0 },      /* indefinite */
    { "30 81", false, 0, 0 },            /* length of a length */
    { "30 81 7F 00(127)", false, 0, 0 }, /* longer form than needed */
    { "30 82 00 FF 00(255)", false, 0, 0 },
    { "30 83 00 FF FF 00(65535)", false, 0, 0 },
    { "30 84 00 00 00 01 AA", false, 0, 0 }, /* five length bytes */
    { "30 FF 00(300)", false, 0, 0 },
    { "5F 00", false, 0, 0 }, /* second byte of a tag */
    { "5F 1E 00", false, 0, 0 },
    { "5F 80 01 00", false, 0, 0 },
    { "5F", false, 0, 0 },
    { "5FC1", false, 0, 0 },
    { "5FC1 81 01 00", false, 0, 0 }, /* four tag bytes */
};

START_TEST(heads)
{
    struct sdc_buf b = SDC_BUF_INIT;
    fake_hex(&b, cases[_i].hex);
    struct sdc_rd r = sdc_buf_rd(&b), value;
    uint32_t tag;
    bool good = sdc_tlv_next(&r, &tag, &value);
    ck_assert_msg(good == cases[_i].good, "%s", cases[_i].hex);
    ck_assert_uint_eq(tag, cases[_i].tag);
    ck_assert_uint_eq(value.left, cases[_i].len);
    ck_assert(r.err == !good);
    ck_assert_uint_eq(r.left, good ? 0 : b.len); /* an error consumes nothing */
    sdc_buf_free(&b);
    if (good) {
        struct sdc_buf again = SDC_BUF_INIT, content = SDC_BUF_INIT, want = SDC_BUF_INIT;
        sdc_buf_fill(&content, 0, cases[_i].len);
        fake_hex(&want, cases[_i].hex);
        sdc_tlv_put(&again, tag, content.data, content.len);
        ck_assert_uint_eq(again.len, want.len);
        ck_assert_mem_eq(again.data, want.data, want.len - content.len);
        sdc_buf_free(&again);
        sdc_buf_free(&content);
        sdc_buf_free(&want);
    }
}
END_TEST

START_TEST(clean_end_is_no_error)
{
    struct sdc_rd r = sdc_rd_init("\x30\x00", 2), value;
    uint32_t tag;
    ck_assert(sdc_tlv_next(&r, &tag, &value));
    ck_assert(!sdc_tlv_next(&r, &tag, &value));
    ck_assert(!r.err);
    ck_assert(sdc_rd_end(&r));
}
END_TEST

START_TEST(take_and_try)
{
    struct sdc_rd r = sdc_rd_init("\x30\x01\x07\x31\x00", 5), value;
    ck_assert(!sdc_tlv_try(&r, 0x31, &value));
    ck_assert(!r.err);
    ck_assert_uint_eq(r.left, 5);
    value = sdc_tlv_take(&r, 0x30);
    ck_assert(sdc_rd_equal(&value, "\x07", 1));
    ck_assert(sdc_tlv_try(&r, 0x31, &value));
    ck_assert(sdc_rd_end(&r));
    ck_assert(!sdc_tlv_try(&r, 0x31, &value)); /* nothing there: not yet an error */
    ck_assert(!r.err);
    value = sdc_tlv_take(&r, 0x31);
    ck_assert(value.err && r.err);
    r = sdc_rd_init("\x30\x00", 2);
    value = sdc_tlv_take(&r, 0x31); /* another tag */
    ck_assert(value.err && r.err);
}
END_TEST

START_TEST(open_reads_the_head_alone)
{
    struct sdc_rd r = sdc_rd_init("\x53\x82\x0C\x00\x30\x19", 6);
    uint32_t tag;
    size_t len;
    ck_assert(sdc_tlv_open(&r, &tag, &len));
    ck_assert_uint_eq(tag, 0x53);
    ck_assert_uint_eq(len, 0x0C00);
    ck_assert_uint_eq(r.left, 2);
}
END_TEST

START_TEST(writer_refuses_what_it_cannot_write)
{
    struct sdc_buf b = SDC_BUF_INIT;
    sdc_tlv_head(&b, 0, 1);
    ck_assert(b.err);
    sdc_buf_clear(&b);
    sdc_tlv_head(&b, 0x1000000, 1);
    ck_assert(b.err);
    sdc_buf_clear(&b);
    sdc_tlv_head(&b, 0x53, 0x1000000);
    ck_assert(b.err);
    sdc_buf_clear(&b);
    sdc_tlv_head(&b, 0x53, 0xFFFFFF);
    ck_assert(!b.err);
    ck_assert_mem_eq(b.data, "\x53\x83\xFF\xFF\xFF", 5);
    sdc_buf_free(&b);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { heads, sizeof cases / sizeof cases[0] },
        { clean_end_is_no_error, 0 },
        { take_and_try, 0 },
        { open_reads_the_head_alone, 0 },
        { writer_refuses_what_it_cannot_write, 0 },
    };
    return suite_run("host TLV", tests, sizeof tests / sizeof tests[0]);
}
