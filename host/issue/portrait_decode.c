/* SPDX-License-Identifier: BSD-2-Clause */
#include "photo_parts.h"
#include "portrait_parts.h"

/* 8 bits each, as the header was held against; a decoder may overshoot. */
static uint8_t sample(const opj_image_comp_t *c, size_t i)
{
    OPJ_INT32 v = c->data[i];
    return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
}

static bool matches(const opj_image_t *image, const struct portrait_header *h)
{
    bool good = image->numcomps == h->components;
    for (unsigned i = 0; good && i < image->numcomps; i++) {
        const opj_image_comp_t *c = &image->comps[i];
        good = c->data && c->w == h->width && c->h == h->height && c->prec == 8 && c->sgnd == 0;
    }
    return good;
}

static enum sdc_status copy_pixels(const opj_image_t *image, const struct portrait_header *h, struct sdc_photo *photo,
                                   struct sdc_error *e)
{
    if (!matches(image, h))
        return sdc_fail(e, SDC_E_INPUT, "the portrait isn't what its header says");
    enum sdc_status status = photo_allocate(h->width, h->height, photo, e);
    if (status != SDC_OK)
        return status;
    size_t pixels = (size_t)h->width * h->height;
    for (size_t i = 0; i < pixels; i++)
        for (size_t k = 0; k < 3; k++)
            photo->rgb[3 * i + k] = sample(&image->comps[h->components == 3 ? k : 0], i);
    return SDC_OK;
}

static bool run(opj_codec_t *codec, opj_stream_t *stream, opj_image_t **image)
{
    opj_dparameters_t p;
    opj_set_default_decoder_parameters(&p);
    return opj_setup_decoder(codec, &p) && opj_decoder_set_strict_mode(codec, OPJ_TRUE) &&
           opj_read_header(stream, codec, image) && opj_decode(codec, stream, *image) &&
           opj_end_decompress(codec, stream);
}

enum sdc_status sdc_portrait_decode(const void *jp2, size_t len, struct sdc_photo *photo, struct sdc_error *e)
{
    struct portrait_header header;
    *photo = (struct sdc_photo) { 0 };
    enum sdc_status status = portrait_check(jp2, len, &header, e);
    if (status != SDC_OK)
        return status;
    struct portrait_memory memory = { .data = (uint8_t *)(uintptr_t)jp2, .len = len, .cap = 0 }; /* only read */
    opj_codec_t *codec = opj_create_decompress(OPJ_CODEC_JP2);
    opj_stream_t *stream = portrait_stream(&memory, true);
    opj_image_t *image = NULL;
    if (!codec || !stream)
        status = sdc_fail(e, SDC_E_NO_MEMORY, "out of memory");
    else if (!run(codec, stream, &image))
        status = sdc_fail(e, SDC_E_INPUT, "the portrait is damaged");
    else
        status = copy_pixels(image, &header, photo, e);
    if (image)
        opj_image_destroy(image);
    if (stream)
        opj_stream_destroy(stream);
    if (codec)
        opj_destroy_codec(codec);
    if (status != SDC_OK)
        sdc_photo_free(photo);
    return status;
}
