/* SPDX-License-Identifier: BSD-2-Clause */
/* Facial image: SP 800-73-4 part 1 table 12; CBEFF header SP 800-76-2 section 9, table 14; facial record INCITS
 * 385-2004 section 5 with the values of SP 800-76-2 section 7.2. Big-endian throughout. */
#include "objects.h"

#include <stdio.h>
#include <string.h>

enum { CBEFF_LEN = 88, CREATOR_LEN = 18, RECORD_HEADER = 14 };

struct lengths {
    uint32_t bdb, sb;
};

/* The reader's next bytes are these. */
static void expect(struct sdc_rd *r, const void *bytes, size_t len)
{
    struct sdc_rd got = sdc_rd_take(r, len);
    if (!sdc_rd_equal(&got, bytes, len))
        r->err = true;
}

/* Seven bytes, each two decimal digits as a number (century, year … second), then 'Z'. */
static void read_time(struct sdc_rd *r, struct sdc_date *date)
{
    char text[16];
    unsigned century = sdc_rd_u8(r), year = sdc_rd_u8(r), month = sdc_rd_u8(r), day = sdc_rd_u8(r);
    unsigned hour = sdc_rd_u8(r), minute = sdc_rd_u8(r), second = sdc_rd_u8(r);
    snprintf(text, sizeof text, "%02u%02u-%02u-%02u", century, year, month, day);
    if (!sdc_date_parse(text, false, date) || hour > 23 || minute > 59 || second > 59 || sdc_rd_u8(r) != 'Z')
        r->err = true;
}

/* Printable ASCII, then NULs to the end, at least one. */
static void read_creator(struct sdc_rd *r)
{
    struct sdc_rd creator = sdc_rd_take(r, CREATOR_LEN);
    bool padding = false, good = true;
    while (creator.left > 0) {
        uint8_t c = sdc_rd_u8(&creator);
        good = good && (c == 0 || (!padding && c >= 0x20 && c < 0x7F));
        padding = padding || c == 0;
    }
    if (!good || !padding)
        r->err = true;
}

static bool read_cbeff(struct sdc_rd header, struct vf_face *face, struct lengths *lengths)
{
    static const uint8_t version[] = { 0x03, 0x0D }, format[] = { 0x00, 0x1B, 0x05, 0x01 };
    static const uint8_t type[] = { 0x00, 0x00, 0x02, 0x20 }, zeros[4] = { 0 };
    struct sdc_date created;
    expect(&header, version, sizeof version);
    lengths->bdb = sdc_rd_u32(&header);
    lengths->sb = sdc_rd_u16(&header);
    expect(&header, format, sizeof format);
    read_time(&header, &created);
    read_time(&header, &face->from);
    read_time(&header, &face->until);
    expect(&header, type, sizeof type);
    uint8_t quality = sdc_rd_u8(&header);
    if (quality > 100 && quality != 0xFE)
        header.err = true;
    read_creator(&header);
    face->fascn = sdc_rd_take(&header, VF_FASCN_LEN);
    expect(&header, zeros, sizeof zeros);
    return sdc_rd_end(&header) && sdc_date_compare(&face->from, &face->until) <= 0;
}

static bool begins(struct sdc_rd image, const void *bytes, size_t len)
{
    expect(&image, bytes, len);
    return !image.err;
}

static bool image_is(struct sdc_rd image, uint8_t data_type)
{
    static const uint8_t jpeg[] = { 0xFF, 0xD8, 0xFF }, codestream[] = { 0xFF, 0x4F, 0xFF, 0x51 };
    static const uint8_t jp2[] = { 0, 0, 0, 12, 'j', 'P', ' ', ' ', 0x0D, 0x0A, 0x87, 0x0A };
    if (data_type == 0)
        return begins(image, jpeg, sizeof jpeg);
    return data_type == 1 && (begins(image, jp2, sizeof jp2) || begins(image, codestream, sizeof codestream));
}

static bool read_record(struct sdc_rd bdb, struct vf_face *face)
{
    static const char magic[] = "FAC\0"
                                "010"; /* each with its NUL */
    size_t len = bdb.left;
    expect(&bdb, magic, sizeof magic);
    bool good = sdc_rd_u32(&bdb) == len && sdc_rd_u16(&bdb) == 1;
    /* facial information: length of the block, no feature points, then what describes the face */
    good = good && sdc_rd_u32(&bdb) == len - RECORD_HEADER && sdc_rd_u16(&bdb) == 0;
    sdc_rd_skip(&bdb, 14);
    /* image information: full frontal, type of data, size, sRGB, a still camera, device, quality */
    good = good && sdc_rd_u8(&bdb) == 1;
    uint8_t data_type = sdc_rd_u8(&bdb);
    uint16_t width = sdc_rd_u16(&bdb), height = sdc_rd_u16(&bdb);
    uint8_t colour = sdc_rd_u8(&bdb), source = sdc_rd_u8(&bdb);
    sdc_rd_skip(&bdb, 4);
    good = good && width > 0 && height > 0 && colour == 1 && (source == 2 || source == 6);
    face->image = bdb;
    return good && !bdb.err && image_is(bdb, data_type);
}

const char *vf_face_parse(struct sdc_rd object, struct vf_face *face)
{
    struct sdc_rd r = object;
    struct lengths lengths;
    struct sdc_rd record = vf_field(&r, 0xBC, CBEFF_LEN, 32768);
    if (!vf_field_last(&r))
        return "fields missing, surplus or out of order";
    struct sdc_rd rest = record;
    if (!read_cbeff(sdc_rd_take(&rest, CBEFF_LEN), face, &lengths))
        return "a biometric header that is not of the profile";
    struct sdc_rd bdb = sdc_rd_take(&rest, lengths.bdb);
    face->signature = sdc_rd_take(&rest, lengths.sb);
    if (!sdc_rd_end(&rest))
        return "lengths that don't add up";
    face->content = sdc_rd_take(&record, CBEFF_LEN + (size_t)lengths.bdb);
    return read_record(bdb, face) ? NULL : "a facial record that is not of the profile";
}
