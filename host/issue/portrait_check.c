/* SPDX-License-Identifier: BSD-2-Clause */
#include "portrait_parts.h"

#include <string.h>

#define BOX(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))
#define BOX_JP          BOX('j', 'P', ' ', ' ')
#define BOX_FTYP        BOX('f', 't', 'y', 'p')
#define BOX_JP2H        BOX('j', 'p', '2', 'h')
#define BOX_IHDR        BOX('i', 'h', 'd', 'r')
#define BOX_COLR        BOX('c', 'o', 'l', 'r')
#define BOX_JP2C        BOX('j', 'p', '2', 'c')

/* ISO/IEC 15444-1 table A.2 */
#define SOC 0xff4f
#define SIZ 0xff51
#define COD 0xff52
#define PLT 0xff58
#define QCD 0xff5c
#define QCC 0xff5d
#define COM 0xff64
#define SOT 0xff90
#define SOD 0xff93
#define EOC 0xffd9

#define LAYERS_MAX     32
#define LEVELS_MAX     8
#define TILE_PARTS_MAX 32

/* The next box, which must be of this type. A length of 0 means "to the end", I.4. */
static struct sdc_rd box(struct sdc_rd *r, uint32_t type)
{
    uint32_t len = sdc_rd_u32(r);
    if (sdc_rd_u32(r) != type || (len > 0 && len < 8))
        r->err = true;
    return sdc_rd_take(r, len ? len - 8 : r->left);
}

/* I.5.3: size and components, then one enumerated colour space. */
static bool check_header_box(struct sdc_rd r, struct portrait_header *h)
{
    struct sdc_rd ihdr = box(&r, BOX_IHDR), colr = box(&r, BOX_COLR);
    h->height = sdc_rd_u32(&ihdr);
    h->width = sdc_rd_u32(&ihdr);
    h->components = sdc_rd_u16(&ihdr);
    bool eight_bits = sdc_rd_u8(&ihdr) == 7, wavelet = sdc_rd_u8(&ihdr) == 7;
    sdc_rd_skip(&ihdr, 2); /* colour space known or not, property rights */
    bool enumerated = sdc_rd_u8(&colr) == 1;
    sdc_rd_skip(&colr, 2); /* precedence, approximation */
    uint32_t space = sdc_rd_u32(&colr);
    bool fits = (space == 16 && h->components == 3) || (space == 17 && h->components == 1);
    return sdc_rd_end(&ihdr) && sdc_rd_end(&colr) && sdc_rd_end(&r) && eight_bits && wavelet && enumerated && fits &&
           h->width >= 1 && h->width <= PORTRAIT_SIDE_MAX && h->height >= 1 && h->height <= PORTRAIT_SIDE_MAX;
}

/* A.5.1 */
static bool check_size(struct sdc_rd r, const struct portrait_header *h)
{
    struct place {
        uint32_t x, y;
    } place[4];         /* size, origin, size of a tile, origin of the tiles */
    sdc_rd_skip(&r, 2); /* capabilities */
    for (int i = 0; i < 4; i++) {
        place[i].x = sdc_rd_u32(&r);
        place[i].y = sdc_rd_u32(&r);
    }
    bool good = place[0].x == h->width && place[0].y == h->height && place[1].x == 0 && place[1].y == 0 &&
                place[2].x >= h->width && place[2].y >= h->height && place[3].x == 0 && place[3].y == 0 &&
                sdc_rd_u16(&r) == h->components;
    for (unsigned i = 0; good && i < h->components; i++) {
        unsigned bits = sdc_rd_u8(&r), every_x = sdc_rd_u8(&r), every_y = sdc_rd_u8(&r);
        good = bits == 7 && every_x == 1 && every_y == 1;
    }
    return good && sdc_rd_end(&r);
}

/* A.6.1 */
static bool check_coding(struct sdc_rd r)
{
    bool precincts = sdc_rd_u8(&r) & 1;
    sdc_rd_skip(&r, 1); /* progression */
    unsigned layers = sdc_rd_u16(&r);
    sdc_rd_skip(&r, 1); /* component transformation */
    unsigned levels = sdc_rd_u8(&r);
    sdc_rd_skip(&r, 4); /* code-blocks, wavelet */
    return sdc_rd_end(&r) && !precincts && layers >= 1 && layers <= LAYERS_MAX && levels <= LEVELS_MAX;
}

static struct sdc_rd segment(struct sdc_rd *r)
{
    unsigned len = sdc_rd_u16(r);
    if (len < 2)
        r->err = true;
    return sdc_rd_take(r, len < 2 ? 0 : len - 2);
}

/* From SOC to the first SOT, which is consumed. */
static bool check_main_header(struct sdc_rd *r, const struct portrait_header *h)
{
    if (sdc_rd_u16(r) != SOC || sdc_rd_u16(r) != SIZ || !check_size(segment(r), h))
        return false;
    bool coded = false;
    for (;;) {
        unsigned marker = sdc_rd_u16(r);
        if (marker == SOT)
            return coded && !r->err;
        if (marker != COD && marker != QCD && marker != QCC && marker != COM)
            return false;
        struct sdc_rd content = segment(r);
        if (marker == COD && (coded || !check_coding(content)))
            return false;
        coded = coded || marker == COD;
    }
}

/* One tile-part behind its SOT marker: A.4.2. The length it names counts from that marker. */
static bool check_tile_part(struct sdc_rd *r)
{
    size_t before = r->left + 2;
    struct sdc_rd sot = segment(r);
    unsigned tile = sdc_rd_u16(&sot);
    size_t len = sdc_rd_u32(&sot);
    sdc_rd_skip(&sot, 2); /* number of this tile-part, and of all */
    if (!sdc_rd_end(&sot) || tile != 0)
        return false;
    unsigned marker;
    while ((marker = sdc_rd_u16(r)) == COM || marker == PLT)
        segment(r);
    size_t read = before - r->left;
    if (marker != SOD || r->err || len < read)
        return false;
    sdc_rd_skip(r, len - read);
    return !r->err;
}

static bool check_codestream(struct sdc_rd r, const struct portrait_header *h)
{
    if (!check_main_header(&r, h))
        return false;
    for (int i = 0; i < TILE_PARTS_MAX; i++) {
        if (!check_tile_part(&r))
            return false;
        unsigned marker = sdc_rd_u16(&r);
        if (marker == EOC)
            return sdc_rd_end(&r);
        if (marker != SOT)
            return false;
    }
    return false;
}

enum sdc_status portrait_check(const void *jp2, size_t len, struct portrait_header *header, struct sdc_error *e)
{
    static const uint8_t signature[] = { 0x0d, 0x0a, 0x87, 0x0a };
    struct sdc_rd r = sdc_rd_init(jp2, len);
    struct sdc_rd jp = box(&r, BOX_JP), type = box(&r, BOX_FTYP), head = box(&r, BOX_JP2H), code = box(&r, BOX_JP2C);
    (void)type;
    *header = (struct portrait_header) { 0 };
    if (!sdc_rd_end(&r) || !sdc_rd_equal(&jp, signature, sizeof signature) || !check_header_box(head, header) ||
        !check_codestream(code, header))
        return sdc_fail(e, SDC_E_INPUT, "the portrait isn't a plain JPEG 2000 file of at most %d by %d pixels",
                        PORTRAIT_SIDE_MAX, PORTRAIT_SIDE_MAX);
    return SDC_OK;
}
