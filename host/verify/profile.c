/* SPDX-License-Identifier: BSD-2-Clause */
#include "profile.h"

#include <string.h>

/* A set of all checks from one to another, in their order. */
#define RANGE(first, last) ((VF_BIT(last) << 1) - VF_BIT(first))

#define PIN_HASHES (VF_BIT(VF_HASH_FACE) | VF_BIT(VF_HASH_PRINTED))

const struct vf_profile vf_profiles[] = {
    /* "A card of this issuer", no more: free data and key 9E; no status. */
    { .name = "chip",
      .required = RANGE(VF_CARD, VF_KEY_9E) & ~PIN_HASHES,
      .with_pin = RANGE(VF_HANDED_OVER, VF_KEY_9A) | PIN_HASHES },
};
const size_t vf_profiles_len = sizeof vf_profiles / sizeof vf_profiles[0];

const struct vf_profile *vf_profile_find(const char *name)
{
    for (size_t i = 0; i < vf_profiles_len; i++)
        if (strcmp(name, vf_profiles[i].name) == 0)
            return &vf_profiles[i];
    return NULL;
}

bool sdc_profile_known(const char *name)
{
    return vf_profile_find(name) != NULL;
}
