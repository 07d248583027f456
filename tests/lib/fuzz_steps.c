/* SPDX-License-Identifier: BSD-2-Clause */
#include "fuzz_steps.h"

#include <string.h>

#include "card_talk.h"

enum { STEP_CAP = 2 + 255 };

/* libFuzzer's own way to change bytes. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t len, size_t cap);

struct dice {
    uint32_t state;
};

static uint32_t roll(struct dice *d, uint32_t sides)
{
    d->state = d->state * 1664525 + 1013904223;
    return (d->state >> 8) % sides;
}

/* Where the steps begin; the last is the end. Returns their number, at least 1. */
static size_t boundaries(const uint8_t *data, size_t len, size_t head, size_t at[static FUZZ_STEPS_MAX + 1])
{
    size_t n = 0, here = head;
    for (; here < len && n < FUZZ_STEPS_MAX; n++) {
        at[n] = here;
        size_t own = here + 1 < len ? data[here + 1] : 0;
        here = here + 2 + own <= len ? here + 2 + own : len;
    }
    at[n] = here < len ? here : len;
    return n + 1;
}

/* Puts bytes in at 'at'; the new length. */
static size_t put_in(uint8_t *data, size_t len, size_t cap, size_t at, const uint8_t *step, size_t step_len)
{
    if (step_len > cap - len)
        return len;
    memmove(data + at + step_len, data + at, len - at);
    memcpy(data + at, step, step_len);
    return len + step_len;
}

static size_t take_out(uint8_t *data, size_t len, size_t from, size_t to)
{
    memmove(data + from, data + to, len - to);
    return len - (to - from);
}

static size_t put_example(const struct fuzz_step *example, uint8_t out[static STEP_CAP])
{
    out[0] = example->op;
    out[1] = (uint8_t)talk_unhex(example->hex, out + 2, 255);
    return 2u + out[1];
}

/* The step from 'from' to 'to' gets other arguments. */
static size_t change_step(uint8_t *data, size_t len, size_t cap, size_t from, size_t to)
{
    uint8_t step[STEP_CAP] = { 0 };
    size_t n = to - from < sizeof step ? to - from : sizeof step;
    memcpy(step, data + from, n);
    n = n < 2 ? 2 : n;
    step[1] = (uint8_t)LLVMFuzzerMutate(step + 2, n - 2, 255);
    len = take_out(data, len, from, to);
    return put_in(data, len, cap, from, step, 2u + step[1]);
}

size_t fuzz_steps_mutate(uint8_t *data, size_t len, size_t cap, unsigned seed, size_t head,
                         const struct fuzz_step *examples, size_t count)
{
    struct dice d = { seed };
    uint8_t step[STEP_CAP];
    size_t at[FUZZ_STEPS_MAX + 1];
    if (len < head)
        return LLVMFuzzerMutate(data, len, cap);
    const size_t marks = boundaries(data, len, head, at), i = roll(&d, (uint32_t)marks);
    const size_t own = i + 1 < marks ? at[i + 1] - at[i] : 0; /* 0: the end */
    switch (roll(&d, 8)) {
    case 0:
        data[roll(&d, (uint32_t)head)] = (uint8_t)roll(&d, 256);
        return len;
    case 1:
        return own > 0 ? take_out(data, len, at[i], at[i + 1]) : len;
    case 2: /* again, elsewhere */
        if (own == 0 || own > sizeof step)
            return len;
        memcpy(step, data + at[i], own);
        return put_in(data, len, cap, at[roll(&d, (uint32_t)marks)], step, own);
    case 3:
        return LLVMFuzzerMutate(data, len, cap);
    case 4:
    case 5:
        return own > 0 ? change_step(data, len, cap, at[i], at[i + 1]) : len;
    default:
        return put_in(data, len, cap, at[i], step, put_example(&examples[roll(&d, (uint32_t)count)], step));
    }
}
