/* SPDX-License-Identifier: BSD-2-Clause */
/* Inputs of fuzzers that are lists of steps, {op, length, so many bytes} behind a head: new ones are made of old ones
 * by whole steps that come, go, repeat and change, so that what was reached stays reached. For libFuzzer's
 * LLVMFuzzerCustomMutator. */
#ifndef TESTS_FUZZ_STEPS_H
#define TESTS_FUZZ_STEPS_H

#include <stddef.h>
#include <stdint.h>

#define FUZZ_STEPS_MAX 48 /* steps of an input that are changed; further ones are the last one's */

struct fuzz_step {
    uint8_t op;
    const char *hex; /* at most 255 bytes */
};

/* Changes data, of 'head' bytes and then steps, in place; cap bytes at most. Returns the new length. */
size_t fuzz_steps_mutate(uint8_t *data, size_t len, size_t cap, unsigned seed, size_t head,
                         const struct fuzz_step *examples, size_t count);

#endif
