/* SPDX-License-Identifier: BSD-2-Clause */
#include "photo_parts.h"

#include <turbojpeg.h>

/* Progressive photos have about ten; each costs a pass over all pixels, however few its bytes. */
#define SCANS_MAX 100

/* Entropy-coded data never holds FF DA, so this counts every scan (and those of a thumbnail in EXIF). */
static size_t count_scans(const void *file, size_t len)
{
    struct sdc_rd r = sdc_rd_init(file, len);
    size_t scans = 0;
    uint8_t before = 0;
    while (r.left > 0) {
        uint8_t c = sdc_rd_u8(&r);
        scans += before == 0xff && c == 0xda;
        before = c;
    }
    return scans;
}

static enum sdc_status decode(tjhandle tj, const unsigned char *file, size_t len, struct sdc_photo *photo,
                              struct sdc_error *e)
{
    int width = 0, height = 0, subsampling = 0, colors = 0;
    if (tjDecompressHeader3(tj, file, len, &width, &height, &subsampling, &colors) != 0 || width <= 0 || height <= 0)
        return sdc_fail(e, SDC_E_INPUT, "is a damaged JPEG file");
    if (colors == TJCS_CMYK || colors == TJCS_YCCK)
        return sdc_fail(e, SDC_E_INPUT, "is a CMYK JPEG: RGB or grey is needed");
    enum sdc_status status = photo_size_check((unsigned)width, (unsigned)height, e);
    if (status == SDC_OK)
        status = photo_allocate((unsigned)width, (unsigned)height, photo, e);
    if (status != SDC_OK)
        return status;
    /* a truncated file is a mere warning to the library */
    int flags = TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS | TJFLAG_ACCURATEDCT;
    if (tjDecompress2(tj, file, len, photo->rgb, width, 0, height, TJPF_RGB, flags) != 0)
        return sdc_fail(e, SDC_E_INPUT, "is a damaged or truncated JPEG file");
    return SDC_OK;
}

enum sdc_status photo_jpeg_decode(const void *file, size_t len, struct sdc_photo *photo, struct sdc_error *e)
{
    if (count_scans(file, len) > SCANS_MAX)
        return sdc_fail(e, SDC_E_INPUT, "is a JPEG file with more than %d scans", SCANS_MAX);
    tjhandle tj = tjInitDecompress();
    if (!tj)
        return sdc_fail(e, SDC_E_NO_MEMORY, "out of memory");
    enum sdc_status status = decode(tj, file, len, photo, e);
    tjDestroy(tj);
    return status;
}
