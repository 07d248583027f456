/* SPDX-License-Identifier: BSD-2-Clause */
/* Portraits for the card, and those that come from a card. */
#include "sdc/photo.h"
#include "pictures.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COUNT(a) ((int)(sizeof(a) / sizeof(a)[0]))

static const char *const samples[] = { "portraits/portrait-f.jpg", "portraits/portrait-f-cap.jpg" };

static struct sdc_buf encode(const struct sdc_photo *photo)
{
    struct sdc_buf jp2 = SDC_BUF_INIT;
    struct sdc_error e = { 0 };
    unsigned width = 0, height = 0;
    ck_assert_msg(sdc_portrait_encode(photo, &jp2, &width, &height, &e) == SDC_OK, "%s", e.text);
    ck_assert_uint_eq(width, 300);
    ck_assert_uint_eq(height, 400);
    ck_assert_msg(jp2.len >= SDC_PORTRAIT_MIN && jp2.len <= SDC_PORTRAIT_MAX, "%zu bytes", jp2.len);
    return jp2;
}

START_TEST(sample_becomes_a_portrait)
{
    struct sdc_photo photo = picture_load(samples[_i]), seen;
    struct sdc_buf jp2 = encode(&photo), again = encode(&photo);
    ck_assert_uint_eq(jp2.len, again.len);
    ck_assert_mem_eq(jp2.data, again.data, jp2.len);
    ck_assert_int_eq(sdc_portrait_decode(jp2.data, jp2.len, &seen, NULL), SDC_OK);
    ck_assert(seen.width == 300 && seen.height == 400);
    double squares = 0; /* against the photo by nearest pixel: alike, not equal */
    for (unsigned y = 0; y < 400; y++)
        for (unsigned x = 0; x < 300; x++) {
            unsigned sx = 7 + x * 398 / 300, sy = y * 531 / 400;
            double d = seen.rgb[(y * 300 + x) * 3 + 1] - photo.rgb[(sy * 413 + sx) * 3 + 1];
            squares += d * d;
        }
    ck_assert_msg(squares / (300 * 400) < 400, "mean square %f", squares / (300 * 400));
    sdc_buf_free(&jp2);
    sdc_buf_free(&again);
    sdc_photo_free(&photo);
    sdc_photo_free(&seen);
}
END_TEST

static struct sdc_photo drawn(unsigned width, unsigned height, int noise)
{
    struct sdc_photo photo = { .width = width, .height = height, .rgb = malloc((size_t)width * height * 3) };
    unsigned seed = 3;
    for (size_t i = 0; i < (size_t)width * height * 3; i++)
        photo.rgb[i] = (uint8_t)(100 + (noise ? rand_r(&seed) % noise : 0));
    return photo;
}

static const struct {
    unsigned width, height;
    int noise;
    enum sdc_status status;
} contents[] = {
    { 300, 400, 3, SDC_OK },       /* hardly anything */
    { 300, 400, 155, SDC_OK },     /* nothing but noise */
    { 400, 400, 40, SDC_OK },      /* cropped at the sides */
    { 300, 500, 40, SDC_OK },      /* cropped above and below */
    { 1201, 1603, 155, SDC_OK },   /* no whole ratio */
    { 300, 400, 0, SDC_E_INPUT },  /* nothing at all */
    { 299, 400, 40, SDC_E_INPUT }, /* too small */
};

START_TEST(any_content_lands_inside_the_size)
{
    struct sdc_photo photo = drawn(contents[_i].width, contents[_i].height, contents[_i].noise);
    struct sdc_buf jp2 = SDC_BUF_INIT;
    struct sdc_error e = { 0 };
    unsigned width, height;
    ck_assert_msg(sdc_portrait_encode(&photo, &jp2, &width, &height, &e) == contents[_i].status, "%s", e.text);
    if (contents[_i].status == SDC_OK)
        ck_assert_msg(jp2.len >= SDC_PORTRAIT_MIN && jp2.len <= SDC_PORTRAIT_MAX, "%zu bytes", jp2.len);
    else
        ck_assert_uint_eq(jp2.len, 0);
    sdc_buf_free(&jp2);
    sdc_photo_free(&photo);
}
END_TEST

START_TEST(pixels_survive_png)
{
    struct sdc_photo photo = picture_load(samples[0]), again;
    struct sdc_buf png = SDC_BUF_INIT;
    ck_assert_int_eq(sdc_photo_png(&photo, &png, NULL), SDC_OK);
    ck_assert_int_eq(sdc_photo_decode(png.data, png.len, &again, NULL), SDC_OK);
    ck_assert_uint_eq(again.width, photo.width);
    ck_assert_mem_eq(again.rgb, photo.rgb, (size_t)photo.width * photo.height * 3);
    sdc_buf_free(&png);
    sdc_photo_free(&photo);
    sdc_photo_free(&again);
}
END_TEST

/* ---- hostile portraits ---- */

/* A byte of a good portrait changed: offsets as our encoder writes them (ISO/IEC 15444-1 A.5, A.6, I.5). */
static const struct {
    const char *what;
    size_t at;
    uint8_t value;
} changes[] = {
    { "signature", 8, 0 },
    { "file type box", 16, 'x' },
    { "header box length", 35, 0x2e },
    { "ihdr: height", 0x33, 0x91 },
    { "ihdr: width", 0x37, 0x2d },
    { "ihdr: components", 0x39, 4 },
    { "ihdr: bits", 0x3a, 15 },
    { "colr: method", 0x46, 2 },
    { "colr: sYCC", 0x4c, 18 },
    { "colr: grey for three components", 0x4c, 17 },
    { "codestream box length", 0x50, 0xff },
    { "SOC", 0x56, 0x50 },
    { "SIZ: width", 0x5d, 1 },
    { "SIZ: origin", 0x69, 1 },
    { "SIZ: tiles of a pixel", 0x70, 0 },
    { "SIZ: tile origin", 0x78, 1 },
    { "SIZ: components", 0x80, 4 },
    { "SIZ: bits", 0x81, 15 },
    { "SIZ: subsampling", 0x82, 2 },
    { "COD: precincts", 0x8c, 1 },
    { "COD: layers 257", 0x8e, 1 },
    { "COD: no layer", 0x8f, 0 },
    { "COD: layers 33", 0x8f, 33 },
    { "COD: levels 9", 0x91, 9 },
    { "COD became COC", 0x89, 0x53 },
    { "QCD became POC", 0x97, 0x5f },
    { "COM became PPM", 0xbd, 0x60 },
};

START_TEST(strange_header_is_refused)
{
    struct sdc_photo photo = picture_load(samples[1]), seen;
    struct sdc_buf jp2 = encode(&photo);
    struct sdc_error e = { 0 };
    ck_assert_uint_ne(jp2.data[changes[_i].at], changes[_i].value);
    jp2.data[changes[_i].at] = changes[_i].value;
    ck_assert_msg(sdc_portrait_decode(jp2.data, jp2.len, &seen, &e) == SDC_E_INPUT, "%s", changes[_i].what);
    ck_assert_msg(strstr(e.text, "plain JPEG 2000"), "%s: %s", changes[_i].what, e.text);
    ck_assert_ptr_null(seen.rgb);
    sdc_buf_free(&jp2);
    sdc_photo_free(&photo);
}
END_TEST

START_TEST(cut_portraits_are_refused)
{
    struct sdc_photo photo = picture_load(samples[0]), seen;
    struct sdc_buf jp2 = encode(&photo);
    for (size_t len = 0; len < jp2.len; len += len < 300 ? 1 : 97) {
        ck_assert_int_eq(sdc_portrait_decode(jp2.data, len, &seen, NULL), SDC_E_INPUT);
        ck_assert_ptr_null(seen.rgb);
    }
    sdc_buf_u8(&jp2, 0);
    ck_assert_int_eq(sdc_portrait_decode(jp2.data, jp2.len, &seen, NULL), SDC_E_INPUT);
    ck_assert_int_eq(sdc_portrait_decode(NULL, 0, &seen, NULL), SDC_E_INPUT);
    sdc_buf_free(&jp2);
    sdc_photo_free(&photo);
}
END_TEST

/* The libraries have messages of their own; a program's stderr must not get them. */
START_TEST(damage_is_silent)
{
    struct sdc_photo photo = picture_load(samples[0]), seen;
    struct sdc_buf files[] = { encode(&photo), picture_write(&photo, &(struct picture_kind) { .jpeg = true }),
                               picture_write(&photo, &(struct picture_kind) { .color = PICTURE_RGB, .depth = 8 }) };
    FILE *noise = tmpfile();
    int before = dup(STDERR_FILENO);
    ck_assert(noise && before >= 0 && dup2(fileno(noise), STDERR_FILENO) >= 0);
    unsigned seed = 1;
    for (int i = 0; i < 300; i++) {
        struct sdc_buf *file = &files[i % 3];
        size_t at = 200 + (size_t)rand_r(&seed) % (file->len - 200);
        uint8_t was = file->data[at];
        file->data[at] ^= (uint8_t)(1 + rand_r(&seed) % 255);
        enum sdc_status status = i % 3 == 0 ? sdc_portrait_decode(file->data, file->len, &seen, NULL)
                                            : sdc_photo_decode(file->data, file->len, &seen, NULL);
        if (status == SDC_OK)
            sdc_photo_free(&seen);
        file->data[at] = was;
    }
    fflush(stderr);
    long said = lseek(STDERR_FILENO, 0, SEEK_END);
    dup2(before, STDERR_FILENO);
    ck_assert_int_eq(said, 0);
    for (size_t i = 0; i < 3; i++)
        sdc_buf_free(&files[i]);
    sdc_photo_free(&photo);
    close(before);
    fclose(noise);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { sample_becomes_a_portrait, COUNT(samples) },
        { any_content_lands_inside_the_size, COUNT(contents) },
        { pixels_survive_png, 0 },
        { strange_header_is_refused, COUNT(changes) },
        { cut_portraits_are_refused, 0 },
        { damage_is_silent, 0 },
    };
    return suite_run("photo_portrait", tests, sizeof tests / sizeof tests[0]);
}
