/* SPDX-License-Identifier: BSD-2-Clause */
/* Any bytes as a photo and as a portrait from a card: decoding ends, and what comes out has the size it says. */
#include <stdlib.h>

#include "sdc/photo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static volatile uint8_t sink;

static void touch(struct sdc_photo *photo, enum sdc_status status)
{
    if ((status == SDC_OK) != (photo->rgb != NULL))
        abort();
    if (photo->rgb) {
        size_t bytes = (size_t)photo->width * photo->height * 3;
        for (size_t i = 0; i < bytes; i += 97)
            sink = photo->rgb[i];
        sink = photo->rgb[bytes - 1];
    }
    sdc_photo_free(photo);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct sdc_photo photo;
    touch(&photo, sdc_photo_decode(data, len, &photo, NULL));
    touch(&photo, sdc_portrait_decode(data, len, &photo, NULL));
    return 0;
}
