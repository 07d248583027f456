/* SPDX-License-Identifier: BSD-2-Clause */
/* Portraits: read from JPEG or PNG, measured, and made into the JPEG 2000 that goes onto the card. */
#ifndef SDC_PHOTO_H
#define SDC_PHOTO_H

#include "bytes.h"

#define SDC_PHOTO_FILE_MAX   ((size_t)8 * 1024 * 1024) /* bytes of a photo file */
#define SDC_PHOTO_MIN_WIDTH  300
#define SDC_PHOTO_MIN_HEIGHT 400
#define SDC_PHOTO_PIXELS_MAX 24000000 /* checked in the header, before anything is decoded */
#define SDC_PORTRAIT_MIN     8192     /* bytes of the portrait on the card */
#define SDC_PORTRAIT_MAX     12288

/* What a portrait's measures warn of: usable, but somebody should look at it. */
#define SDC_PHOTO_EXPOSURE   0x01u
#define SDC_PHOTO_CONTRAST   0x02u
#define SDC_PHOTO_SHARPNESS  0x04u
#define SDC_PHOTO_BACKGROUND 0x08u
#define SDC_PHOTO_WARNINGS   0x0fu
const char *sdc_photo_warning_text(unsigned warning); /* of one bit; NULL for another number */

struct sdc_photo {
    unsigned width, height; /* pixels */
    uint8_t *rgb;           /* width * height * 3, heap */
    unsigned warnings;      /* SDC_PHOTO_..., from sdc_photo_decode */
};
/* Decodes a JPEG or PNG (by its content, not its name). SDC_E_INPUT with a plain reason that goes on after "the photo":
 * wrong type, CMYK, damaged, truncated, too small, too large, not upright, and what the measures refuse (exposure,
 * contrast, sharpness: only what nobody can use; limits stand in photo.c with how they were found). Greyscale and
 * progressive files are fine. Alpha over white; EXIF orientation is not applied. On failure *photo is empty. */
enum sdc_status sdc_photo_decode(const void *file, size_t len, struct sdc_photo *photo,
                                 struct sdc_error *e) SDC_WARN_UNUSED;
void sdc_photo_free(struct sdc_photo *photo); /* wipes */
/* Opens folder/path safely: relative, no "..", no link that leads out of the folder (openat2 RESOLVE_BENEATH or the
 * like), a regular file of at most SDC_PHOTO_FILE_MAX bytes; reads it (appended). SDC_E_INPUT with the reason, which
 * goes on after "the photo" and holds neither folder nor path. */
enum sdc_status sdc_photo_open(const char *folder, const char *path, struct sdc_buf *file,
                               struct sdc_error *e) SDC_WARN_UNUSED;
/* The portrait for the card: scaled to 300x400 or a size of that ratio by cropping to the middle, JPEG 2000 (JP2 file)
 * of SDC_PORTRAIT_MIN to SDC_PORTRAIT_MAX bytes. Deterministic for the same photo. */
enum sdc_status sdc_portrait_encode(const struct sdc_photo *photo, struct sdc_buf *jp2, unsigned *width,
                                    unsigned *height, struct sdc_error *e) SDC_WARN_UNUSED;
/* A portrait that came from a card (hostile): decoded to pixels, at most 1000x1000. For showing and for tests. */
enum sdc_status sdc_portrait_decode(const void *jp2, size_t len, struct sdc_photo *photo,
                                    struct sdc_error *e) SDC_WARN_UNUSED;
/* Pixels as PNG, for --photo. */
enum sdc_status sdc_photo_png(const struct sdc_photo *photo, struct sdc_buf *png, struct sdc_error *e) SDC_WARN_UNUSED;

#endif
