/* SPDX-License-Identifier: BSD-2-Clause */
#include "photo_parts.h"

#include <string.h>

#define W PORTRAIT_WIDTH
#define H PORTRAIT_HEIGHT

/* One line of weights: the part of source pixel s that lies in target pixel t, in units of 1/targets of a pixel. */
static unsigned overlap(unsigned s, unsigned t, unsigned sources, unsigned targets)
{
    unsigned from = s * targets, to = from + targets, low = t * sources, high = low + sources;
    if (from < low)
        from = low;
    if (to > high)
        to = high;
    return to > from ? to - from : 0;
}

struct crop {
    unsigned x, y, width, height;
};

static struct crop middle(unsigned width, unsigned height)
{
    struct crop c = { 0, 0, width, height };
    if (width * (uint64_t)H > height * (uint64_t)W)
        c.width = height * W / H;
    else
        c.height = (unsigned)(width * (uint64_t)H / W);
    c.x = (width - c.width) / 2;
    c.y = (height - c.height) / 2;
    return c;
}

static void average(const struct sdc_photo *photo, const struct crop *c, unsigned tx, unsigned ty,
                    uint8_t out[static 3])
{
    uint64_t sum[3] = { 0 }, weights = (uint64_t)c->width * c->height; /* what the weights add up to */
    for (unsigned y = ty * c->height / H; y < c->height && y * H < (ty + 1) * c->height; y++) {
        uint64_t weight_y = overlap(y, ty, c->height, H);
        const uint8_t *row = photo->rgb + (size_t)(c->y + y) * photo->width * 3;
        for (unsigned x = tx * c->width / W; x < c->width && x * W < (tx + 1) * c->width; x++) {
            uint64_t weight = weight_y * overlap(x, tx, c->width, W);
            const uint8_t *pixel = row + (size_t)(c->x + x) * 3;
            for (int k = 0; k < 3; k++)
                sum[k] += weight * pixel[k];
        }
    }
    for (int k = 0; k < 3; k++)
        out[k] = (uint8_t)((sum[k] + weights / 2) / weights);
}

void photo_scale(const struct sdc_photo *photo, uint8_t *rgb)
{
    struct crop c = middle(photo->width, photo->height);
    memset(rgb, 0, (size_t)W * H * 3);
    if (c.width < W || c.height < H)
        return;
    for (unsigned y = 0; y < H; y++)
        for (unsigned x = 0; x < W; x++)
            average(photo, &c, x, y, rgb + ((size_t)y * W + x) * 3);
}

/* ITU-R BT.601 luma */
static double luma(const uint8_t *rgb, unsigned x, unsigned y)
{
    const uint8_t *p = rgb + ((size_t)y * W + x) * 3;
    return 0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2];
}

struct sums {
    double n, sum, squares;
};

static void add(struct sums *s, double v)
{
    s->n++;
    s->sum += v;
    s->squares += v * v;
}

static double variance(const struct sums *s)
{
    double mean = s->sum / s->n, v = s->squares / s->n - mean * mean;
    return v > 0 ? v : 0;
}

static bool is_background(unsigned x, unsigned y)
{
    return y < H / 20 || (y < H / 2 && (x < W / 15 || x >= W - W / 15));
}

void photo_measure(const uint8_t *rgb, struct photo_measures *m)
{
    struct sums all = { 0 }, edges = { 0 }, background = { 0 };
    for (unsigned y = 0; y < H; y++) {
        for (unsigned x = 0; x < W; x++) {
            double v = luma(rgb, x, y);
            add(&all, v);
            if (is_background(x, y))
                add(&background, v);
            if (x > 0 && y > 0 && x < W - 1 && y < H - 1)
                add(&edges,
                    luma(rgb, x - 1, y) + luma(rgb, x + 1, y) + luma(rgb, x, y - 1) + luma(rgb, x, y + 1) - 4 * v);
        }
    }
    m->mean = all.sum / all.n;
    m->contrast = variance(&all);
    m->sharpness = variance(&edges);
    m->background = variance(&background);
}
