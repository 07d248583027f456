/* SPDX-License-Identifier: BSD-2-Clause */
/* Photos for tests, written as any kind of JPEG or PNG. */
#ifndef TESTS_PICTURES_H
#define TESTS_PICTURES_H

#include "sdc/photo.h"

enum picture_subsampling { PICTURE_444, PICTURE_420, PICTURE_GREY };
enum picture_color { PICTURE_GRAY, PICTURE_GRAY_ALPHA, PICTURE_RGB, PICTURE_RGBA, PICTURE_PALETTE };

struct picture_kind {
    bool jpeg; /* else PNG */
    enum picture_subsampling subsampling;
    bool progressive, cmyk;
    enum picture_color color;
    int depth;
    bool interlaced;
    unsigned clear_rows; /* with alpha: so many upper rows are transparent, and black below */
};

struct sdc_photo picture_load(const char *file); /* of tests/data/ */
struct sdc_photo picture_copy(const struct sdc_photo *photo);
struct sdc_buf picture_write(const struct sdc_photo *photo, const struct picture_kind *kind);
/* Changes the size that the header of a written JPEG or PNG promises. */
void picture_set_size(struct sdc_buf *file, unsigned width, unsigned height);

#endif
