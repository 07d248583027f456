/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of JPEG 2000 portraits: OpenJPEG's streams on memory, and what is looked at before OpenJPEG is. */
#ifndef ISSUE_PORTRAIT_PARTS_H
#define ISSUE_PORTRAIT_PARTS_H

#include "sdc/photo.h"

#include <openjpeg.h>

#define PORTRAIT_SIDE_MAX 1000 /* pixels of a portrait from a card, each way */

/* A file in memory, of fixed room. */
struct portrait_memory {
    uint8_t *data;
    size_t len, cap; /* bytes written so far (or to be read), room */
    size_t at;
};
/* An OpenJPEG stream on it that reads or writes; NULL without memory. Destroy with opj_stream_destroy. */
opj_stream_t *portrait_stream(struct portrait_memory *memory, bool reads);

/* What a header promises. */
struct portrait_header {
    unsigned width, height, components; /* components: 1 (grey) or 3 (RGB) */
};
/* Looks at a JP2 file from a stranger before OpenJPEG does: boxes jP, ftyp, jp2h (ihdr, colr: sRGB or grey), jp2c; one
 * tile from the origin, 8 bits a component, no subsampling, default precincts, at most 32 layers and 8 levels; no
 * marker that isn't known to be harmless (ISO/IEC 15444-1 annexes A and I). So what OpenJPEG allocates is bounded by
 * the pixels. SDC_E_INPUT otherwise. */
enum sdc_status portrait_check(const void *jp2, size_t len, struct portrait_header *header,
                               struct sdc_error *e) SDC_WARN_UNUSED;

#endif
