/* SPDX-License-Identifier: BSD-2-Clause */
#include "pictures.h"
#include "suite.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>

struct sdc_photo picture_load(const char *file)
{
    struct sdc_buf content = SDC_BUF_INIT;
    struct sdc_photo photo;
    struct sdc_error e = { 0 };
    ck_assert_msg(sdc_file_read(suite_data(file), SDC_PHOTO_FILE_MAX, &content, &e) == SDC_OK, "%s", e.text);
    ck_assert_msg(sdc_photo_decode(content.data, content.len, &photo, &e) == SDC_OK, "%s", e.text);
    sdc_buf_free(&content);
    return photo;
}

struct sdc_photo picture_copy(const struct sdc_photo *photo)
{
    struct sdc_photo copy = *photo;
    size_t len = (size_t)photo->width * photo->height * 3;
    copy.rgb = malloc(len);
    ck_assert_ptr_nonnull(copy.rgb);
    memcpy(copy.rgb, photo->rgb, len);
    return copy;
}

static struct sdc_buf write_jpeg(const struct sdc_photo *photo, const struct picture_kind *kind)
{
    static const int subsampling[] = { TJSAMP_444, TJSAMP_420, TJSAMP_GRAY };
    unsigned char *jpeg = NULL;
    unsigned long len = 0;
    size_t pixels = (size_t)photo->width * photo->height;
    uint8_t *cmyk = calloc(pixels, 4);
    for (size_t i = 0; i < pixels; i++)
        memcpy(cmyk + 4 * i, photo->rgb + 3 * i, 3);
    tjhandle tj = tjInitCompress();
    ck_assert_int_eq(tjCompress2(tj, kind->cmyk ? cmyk : photo->rgb, (int)photo->width, 0, (int)photo->height,
                                 kind->cmyk ? TJPF_CMYK : TJPF_RGB, &jpeg, &len, subsampling[kind->subsampling], 92,
                                 kind->progressive ? TJFLAG_PROGRESSIVE : 0),
                     0);
    struct sdc_buf file = SDC_BUF_INIT;
    sdc_buf_put(&file, jpeg, len);
    tjFree(jpeg);
    tjDestroy(tj);
    free(cmyk);
    return file;
}

static void put(png_structp png, png_bytep data, png_size_t len)
{
    sdc_buf_put(png_get_io_ptr(png), data, len);
}

static void flush(png_structp png)
{
    (void)png;
}

static const struct {
    int type;
    unsigned channels;
} colors[] = {
    [PICTURE_GRAY] = { PNG_COLOR_TYPE_GRAY, 1 },       [PICTURE_GRAY_ALPHA] = { PNG_COLOR_TYPE_GRAY_ALPHA, 2 },
    [PICTURE_RGB] = { PNG_COLOR_TYPE_RGB, 3 },         [PICTURE_RGBA] = { PNG_COLOR_TYPE_RGB_ALPHA, 4 },
    [PICTURE_PALETTE] = { PNG_COLOR_TYPE_PALETTE, 1 },
};

/* One pixel's channels, 8 bits each. The palette has six steps of each colour. */
static void channels_of(const uint8_t *rgb, const struct picture_kind *kind, bool clear, uint8_t out[4])
{
    memcpy(out, rgb, 3);
    out[3] = clear ? 0 : 255;
    if (clear)
        memset(out, 0, 3);
    if (kind->color == PICTURE_GRAY || kind->color == PICTURE_GRAY_ALPHA) {
        out[0] = (uint8_t)((rgb[0] + rgb[1] + rgb[2]) / 3);
        out[1] = clear ? 0 : 255;
    }
    if (kind->color == PICTURE_PALETTE)
        out[0] = (uint8_t)((rgb[0] + 25) / 51 * 36 + (rgb[1] + 25) / 51 * 6 + (rgb[2] + 25) / 51);
}

/* A row in the depth of the file: samples of 16 bits twice the same byte, those below 8 bits packed. */
static void pack_row(const uint8_t *rgb, unsigned width, const struct picture_kind *kind, bool clear, uint8_t *row)
{
    unsigned channels = colors[kind->color].channels, depth = (unsigned)kind->depth;
    size_t bit = 0;
    for (unsigned x = 0; x < width; x++) {
        uint8_t pixel[4];
        channels_of(rgb + 3 * (size_t)x, kind, clear, pixel);
        for (unsigned k = 0; k < channels; k++, bit += depth) {
            if (depth == 16)
                row[bit / 8 + 1] = pixel[k];
            if (depth >= 8)
                row[bit / 8] = pixel[k];
            else
                row[bit / 8] = (uint8_t)(row[bit / 8] | (pixel[k] >> (8 - depth)) << (8 - depth - bit % 8));
        }
    }
}

static void put_palette(png_structp png, png_infop info)
{
    png_color palette[216];
    for (int i = 0; i < 216; i++)
        palette[i] = (png_color) { (uint8_t)(i / 36 * 51), (uint8_t)(i / 6 % 6 * 51), (uint8_t)(i % 6 * 51) };
    png_byte alpha[3] = { 255, 255, 255 };
    png_set_PLTE(png, info, palette, 216);
    png_set_tRNS(png, info, alpha, 3, NULL);
}

static struct sdc_buf write_png(const struct sdc_photo *photo, const struct picture_kind *kind)
{
    struct sdc_buf file = SDC_BUF_INIT;
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL); /* an error aborts the test */
    png_infop info = png_create_info_struct(png);
    size_t row_len = (size_t)photo->width * 8 + 8;
    png_bytep *rows = calloc(photo->height, sizeof *rows);
    for (unsigned y = 0; y < photo->height; y++) {
        rows[y] = calloc(row_len, 1);
        pack_row(photo->rgb + (size_t)y * photo->width * 3, photo->width, kind, y < kind->clear_rows, rows[y]);
    }
    png_set_write_fn(png, &file, put, flush);
    png_set_IHDR(png, info, photo->width, photo->height, kind->depth, colors[kind->color].type,
                 kind->interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    if (kind->color == PICTURE_PALETTE)
        put_palette(png, info);
    png_set_rows(png, info, rows);
    png_write_png(png, info, PNG_TRANSFORM_IDENTITY, NULL);
    png_destroy_write_struct(&png, &info);
    for (unsigned y = 0; y < photo->height; y++)
        free(rows[y]);
    free(rows);
    return file;
}

struct sdc_buf picture_write(const struct sdc_photo *photo, const struct picture_kind *kind)
{
    return kind->jpeg ? write_jpeg(photo, kind) : write_png(photo, kind);
}

static void put_u32(uint8_t *at, uint32_t v)
{
    for (int i = 3; i >= 0; i--, v >>= 8)
        at[i] = (uint8_t)v;
}

/* PNG annex D */
static uint32_t crc(const uint8_t *data, size_t len)
{
    uint32_t c = 0xffffffff;
    for (size_t i = 0; i < len; i++) {
        c ^= data[i];
        for (int bit = 0; bit < 8; bit++)
            c = c & 1 ? c >> 1 ^ 0xedb88320 : c >> 1;
    }
    return ~c;
}

void picture_set_size(struct sdc_buf *file, unsigned width, unsigned height)
{
    if (file->data[0] == 0x89) { /* IHDR: length, type, width, height, 5 bytes, CRC */
        put_u32(file->data + 16, width);
        put_u32(file->data + 20, height);
        put_u32(file->data + 29, crc(file->data + 12, 17));
        return;
    }
    for (size_t i = 0; i + 9 < file->len; i++)
        if (file->data[i] == 0xff && (file->data[i + 1] == 0xc0 || file->data[i + 1] == 0xc2)) { /* SOF0, SOF2 */
            file->data[i + 5] = (uint8_t)(height >> 8);
            file->data[i + 6] = (uint8_t)height;
            file->data[i + 7] = (uint8_t)(width >> 8);
            file->data[i + 8] = (uint8_t)width;
            return;
        }
    ck_abort_msg("no frame header");
}
