/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of reading a photo. All fail with SDC_E_INPUT and a reason that holds nothing of the photo or its name. */
#ifndef ISSUE_PHOTO_PARTS_H
#define ISSUE_PHOTO_PARTS_H

#include "sdc/photo.h"

/* The size a header promises: at least SDC_PHOTO_MIN_*, at most SDC_PHOTO_PIXELS_MAX, upright (width 0.6 to 1.0 of the
 * height). Asked before anything is decoded. */
enum sdc_status photo_size_check(unsigned width, unsigned height, struct sdc_error *e) SDC_WARN_UNUSED;
/* Memory for the pixels of such a size; *photo is empty before. */
enum sdc_status photo_allocate(unsigned width, unsigned height, struct sdc_photo *photo,
                               struct sdc_error *e) SDC_WARN_UNUSED;
/* Decoders; on failure *photo may be allocated, the caller frees it. */
enum sdc_status photo_jpeg_decode(const void *file, size_t len, struct sdc_photo *photo,
                                  struct sdc_error *e) SDC_WARN_UNUSED;
enum sdc_status photo_png_decode(const void *file, size_t len, struct sdc_photo *photo,
                                 struct sdc_error *e) SDC_WARN_UNUSED;

#define PORTRAIT_WIDTH  300
#define PORTRAIT_HEIGHT 400
/* The middle of the photo in the ratio 3:4, scaled down to PORTRAIT_WIDTH by PORTRAIT_HEIGHT by averaging areas:
 * integer arithmetic, the same on every machine; black where the photo is smaller. rgb: PORTRAIT_WIDTH *
 * PORTRAIT_HEIGHT * 3 bytes. */
void photo_scale(const struct sdc_photo *photo, uint8_t *rgb);

/* Figures of a scaled portrait's luma (0 to 255). */
struct photo_measures {
    double mean;       /* exposure */
    double contrast;   /* variance */
    double sharpness;  /* variance of the Laplacian */
    double background; /* variance along the upper edge and the upper halves of the sides */
};
void photo_measure(const uint8_t *rgb, struct photo_measures *m);

/* The way for kernels without openat2: folder by folder, no link followed anywhere. A descriptor, or -1 with errno. */
int photo_walk_open(int folder, const char *path);

#endif
