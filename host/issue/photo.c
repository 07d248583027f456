/* SPDX-License-Identifier: BSD-2-Clause */
#include "sdc/photo.h"
#include "photo_parts.h"

#include <stdlib.h>
#include <string.h>

/* What the measures of a portrait refuse and warn of. 'low' and 'high' say why it is refused.
 * Found with two portraits and what blur, light and fog make of them: mean 127 and 94 (a fifth of the light: 25 and
 * 18), contrast 5548 and 5130 (a tenth: 49), sharpness 105 and 602 (blurred over 9 pixels: 3 and 8), background 177 for
 * a plain wall, 4012 for flags and a cap that touches the edge. */
static const struct limit {
    size_t measure; /* offset in struct photo_measures */
    double refuse_below, warn_below, warn_above, refuse_above;
    unsigned warning;
    const char *low, *high;
} limits[] = {
    { offsetof(struct photo_measures, mean), 25, 60, 200, 235, SDC_PHOTO_EXPOSURE, "is nearly black",
      "is nearly white" },
    { offsetof(struct photo_measures, contrast), 100, 600, 1e9, 1e9, SDC_PHOTO_CONTRAST, "has next to no contrast",
      "" },
    { offsetof(struct photo_measures, sharpness), 4, 25, 1e9, 1e9, SDC_PHOTO_SHARPNESS, "is blurred", "" },
    { offsetof(struct photo_measures, background), -1, -1, 1000, 1e9, SDC_PHOTO_BACKGROUND, "", "" },
};

static const struct {
    unsigned warning;
    const char *text;
} warnings[] = {
    { SDC_PHOTO_EXPOSURE, "rather dark or bright" },
    { SDC_PHOTO_CONTRAST, "little contrast" },
    { SDC_PHOTO_SHARPNESS, "not quite sharp" },
    { SDC_PHOTO_BACKGROUND, "uneven background, or something that reaches the edge (hat, hair, other things)" },
};

const char *sdc_photo_warning_text(unsigned warning)
{
    for (size_t i = 0; i < sizeof warnings / sizeof warnings[0]; i++)
        if (warnings[i].warning == warning)
            return warnings[i].text;
    return NULL;
}

enum sdc_status photo_size_check(unsigned width, unsigned height, struct sdc_error *e)
{
    if (width < SDC_PHOTO_MIN_WIDTH || height < SDC_PHOTO_MIN_HEIGHT)
        return sdc_fail(e, SDC_E_INPUT, "is smaller than %d by %d pixels", SDC_PHOTO_MIN_WIDTH, SDC_PHOTO_MIN_HEIGHT);
    if ((uint64_t)width * height > SDC_PHOTO_PIXELS_MAX)
        return sdc_fail(e, SDC_E_INPUT, "has more than %d pixels", SDC_PHOTO_PIXELS_MAX);
    if (width > height || width * 10 < height * 6)
        return sdc_fail(e, SDC_E_INPUT, "isn't upright: the width must be 0.6 to 1 times the height");
    return SDC_OK;
}

enum sdc_status photo_allocate(unsigned width, unsigned height, struct sdc_photo *photo, struct sdc_error *e)
{
    photo->rgb = calloc((size_t)width * height, 3);
    if (!photo->rgb)
        return sdc_fail(e, SDC_E_NO_MEMORY, "out of memory");
    photo->width = width;
    photo->height = height;
    return SDC_OK;
}

void sdc_photo_free(struct sdc_photo *photo)
{
    if (photo->rgb)
        sdc_wipe(photo->rgb, (size_t)photo->width * photo->height * 3);
    free(photo->rgb);
    *photo = (struct sdc_photo) { 0 };
}

static enum sdc_status judge(struct sdc_photo *photo, struct sdc_error *e)
{
    struct photo_measures m;
    uint8_t *rgb = calloc(PORTRAIT_WIDTH * PORTRAIT_HEIGHT, 3);
    if (!rgb)
        return sdc_fail(e, SDC_E_NO_MEMORY, "out of memory");
    photo_scale(photo, rgb);
    photo_measure(rgb, &m);
    sdc_wipe(rgb, PORTRAIT_WIDTH * PORTRAIT_HEIGHT * 3);
    free(rgb);
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        const struct limit *l = &limits[i];
        double v;
        memcpy(&v, (const char *)&m + l->measure, sizeof v);
        if (v < l->refuse_below || v > l->refuse_above)
            return sdc_fail(e, SDC_E_INPUT, "%s", v < l->refuse_below ? l->low : l->high);
        if (v < l->warn_below || v > l->warn_above)
            photo->warnings |= l->warning;
    }
    return SDC_OK;
}

enum sdc_status sdc_photo_decode(const void *file, size_t len, struct sdc_photo *photo, struct sdc_error *e)
{
    static const uint8_t jpeg[] = { 0xff, 0xd8, 0xff };
    static const uint8_t png[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };
    enum sdc_status status;
    *photo = (struct sdc_photo) { 0 };
    if (len > SDC_PHOTO_FILE_MAX)
        status = sdc_fail(e, SDC_E_INPUT, "is a file of more than %zu bytes", SDC_PHOTO_FILE_MAX);
    else if (len >= sizeof jpeg && memcmp(file, jpeg, sizeof jpeg) == 0)
        status = photo_jpeg_decode(file, len, photo, e);
    else if (len >= sizeof png && memcmp(file, png, sizeof png) == 0)
        status = photo_png_decode(file, len, photo, e);
    else
        status = sdc_fail(e, SDC_E_INPUT, "is neither JPEG nor PNG");
    if (status == SDC_OK)
        status = judge(photo, e);
    if (status != SDC_OK)
        sdc_photo_free(photo);
    return status;
}
