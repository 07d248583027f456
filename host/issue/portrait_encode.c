/* SPDX-License-Identifier: BSD-2-Clause */
#include "photo_parts.h"
#include "portrait_parts.h"

#include <stdlib.h>
#include <string.h>

#define PIXELS    ((size_t)PORTRAIT_WIDTH * PORTRAIT_HEIGHT)
#define RAW_BYTES (PIXELS * 3)
#define TARGET    11000 /* bytes: between SDC_PORTRAIT_MIN and _MAX, as much of it as a bit of overshoot allows */
#define TRIES     8
#define FILE_ROOM (2 * RAW_BYTES)

static opj_image_t *make_image(const uint8_t *rgb)
{
    opj_image_cmptparm_t parts[3];
    memset(parts, 0, sizeof parts);
    for (size_t k = 0; k < 3; k++) {
        parts[k].dx = parts[k].dy = 1;
        parts[k].w = PORTRAIT_WIDTH;
        parts[k].h = PORTRAIT_HEIGHT;
        parts[k].prec = 8;
    }
    opj_image_t *image = opj_image_create(3, parts, OPJ_CLRSPC_SRGB);
    if (!image)
        return NULL;
    image->x1 = PORTRAIT_WIDTH;
    image->y1 = PORTRAIT_HEIGHT;
    for (size_t i = 0; i < PIXELS; i++)
        for (size_t k = 0; k < 3; k++)
            image->comps[k].data[i] = rgb[3 * i + k];
    return image;
}

/* Bytes of RAW_BYTES / ratio, as far as the content has so many. */
static bool run(opj_codec_t *codec, opj_stream_t *stream, opj_image_t *image, double ratio)
{
    static char comment[] = "portrait"; /* in place of OpenJPEG's version: the same file wherever it is made */
    opj_cparameters_t p;
    opj_set_default_encoder_parameters(&p);
    p.tcp_numlayers = 1;
    p.tcp_rates[0] = (float)ratio;
    p.cp_disto_alloc = 1;
    p.irreversible = 1;
    p.tcp_mct = 1;
    p.cp_comment = comment;
    return opj_setup_encoder(codec, &p, image) && opj_start_compress(codec, image, stream) &&
           opj_encode(codec, stream) && opj_end_compress(codec, stream);
}

static enum sdc_status encode(const uint8_t *rgb, double ratio, struct portrait_memory *memory, struct sdc_error *e)
{
    enum sdc_status status = SDC_OK;
    opj_codec_t *codec = opj_create_compress(OPJ_CODEC_JP2);
    opj_image_t *image = make_image(rgb); /* each time: the encoder changes its samples */
    memset(memory->data, 0, memory->len);
    memory->len = memory->at = 0;
    opj_stream_t *stream = portrait_stream(memory, false);
    if (!codec || !image || !stream)
        status = sdc_fail(e, SDC_E_NO_MEMORY, "out of memory");
    else if (!run(codec, stream, image, ratio))
        status = sdc_fail(e, SDC_E_INPUT, "the portrait can't be made into JPEG 2000");
    if (stream)
        opj_stream_destroy(stream);
    if (image)
        opj_image_destroy(image);
    if (codec)
        opj_destroy_codec(codec);
    return status;
}

static enum sdc_status encode_to_size(const uint8_t *rgb, struct portrait_memory *memory, struct sdc_error *e)
{
    double ratio = (double)RAW_BYTES / TARGET;
    for (int i = 0; i < TRIES; i++) {
        enum sdc_status status = encode(rgb, ratio, memory, e);
        if (status != SDC_OK)
            return status;
        if (memory->len >= SDC_PORTRAIT_MIN && memory->len <= SDC_PORTRAIT_MAX)
            return SDC_OK;
        ratio *= (double)memory->len / TARGET;
        if (ratio < 1)
            break; /* even without loss it is too small */
    }
    return sdc_fail(e, SDC_E_INPUT, "the photo has too little detail for a portrait of %d to %d bytes",
                    SDC_PORTRAIT_MIN, SDC_PORTRAIT_MAX);
}

enum sdc_status sdc_portrait_encode(const struct sdc_photo *photo, struct sdc_buf *jp2, unsigned *width,
                                    unsigned *height, struct sdc_error *e)
{
    *width = PORTRAIT_WIDTH;
    *height = PORTRAIT_HEIGHT;
    if (photo->width < SDC_PHOTO_MIN_WIDTH || photo->height < SDC_PHOTO_MIN_HEIGHT)
        return sdc_fail(e, SDC_E_INPUT, "the photo is smaller than %d by %d pixels", SDC_PHOTO_MIN_WIDTH,
                        SDC_PHOTO_MIN_HEIGHT);
    uint8_t *rgb = calloc(PIXELS, 3);
    struct portrait_memory memory = { .data = calloc(FILE_ROOM, 1), .cap = FILE_ROOM };
    enum sdc_status status = SDC_E_NO_MEMORY;
    if (rgb && memory.data) {
        photo_scale(photo, rgb);
        status = encode_to_size(rgb, &memory, e);
    } else {
        sdc_fail(e, status, "out of memory");
    }
    if (status == SDC_OK) {
        sdc_buf_put(jp2, memory.data, memory.len);
        status = sdc_buf_status(jp2, e);
    }
    if (rgb)
        sdc_wipe(rgb, RAW_BYTES);
    if (memory.data)
        sdc_wipe(memory.data, FILE_ROOM);
    free(rgb);
    free(memory.data);
    return status;
}
