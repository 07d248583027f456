/* SPDX-License-Identifier: BSD-2-Clause */
/* PNG by libpng's simplified interface: it keeps its own setjmp and says nothing on stderr. */
#include "photo_parts.h"

#include <png.h>
#include <string.h>

/* Decodes whatever colour type, depth and interlacing the file has to 8-bit RGB over white. */
static enum sdc_status decode(png_image *png, struct sdc_photo *photo, struct sdc_error *e)
{
    static const png_color white = { 255, 255, 255 };
    enum sdc_status status = photo_size_check(png->width, png->height, e);
    if (status == SDC_OK)
        status = photo_allocate(png->width, png->height, photo, e);
    if (status != SDC_OK)
        return status;
    png->format = PNG_FORMAT_RGB;
    png->flags |= PNG_IMAGE_FLAG_16BIT_sRGB; /* a file that doesn't say is sRGB at 16 bits as it is at 8 */
    if (!png_image_finish_read(png, &white, photo->rgb, 0, NULL))
        return sdc_fail(e, SDC_E_INPUT, "is a damaged or truncated PNG file");
    return SDC_OK;
}

enum sdc_status photo_png_decode(const void *file, size_t len, struct sdc_photo *photo, struct sdc_error *e)
{
    png_image png;
    memset(&png, 0, sizeof png);
    png.version = PNG_IMAGE_VERSION;
    enum sdc_status status;
    if (!png_image_begin_read_from_memory(&png, file, len))
        status = sdc_fail(e, SDC_E_INPUT, "is a damaged PNG file");
    else
        status = decode(&png, photo, e);
    png_image_free(&png);
    return status;
}

enum sdc_status sdc_photo_png(const struct sdc_photo *photo, struct sdc_buf *out, struct sdc_error *e)
{
    png_image png;
    memset(&png, 0, sizeof png);
    png.version = PNG_IMAGE_VERSION;
    png.width = photo->width;
    png.height = photo->height;
    png.format = PNG_FORMAT_RGB;
    png_alloc_size_t size = 0;
    struct sdc_buf room = SDC_BUF_INIT;
    enum sdc_status status = SDC_OK;
    if (!png_image_write_get_memory_size(png, size, 0, photo->rgb, 0, NULL))
        status = sdc_fail(e, SDC_E_INPUT, "the pixels can't be written as PNG");
    if (status == SDC_OK) {
        sdc_buf_fill(&room, 0, size);
        status = sdc_buf_status(&room, e);
    }
    if (status == SDC_OK && !png_image_write_to_memory(&png, room.data, &size, 0, photo->rgb, 0, NULL))
        status = sdc_fail(e, SDC_E_INPUT, "the pixels can't be written as PNG");
    if (status == SDC_OK) {
        sdc_buf_put(out, room.data, size);
        status = sdc_buf_status(out, e);
    }
    sdc_buf_free(&room);
    return status;
}
