/* SPDX-License-Identifier: BSD-2-Clause */
/* Reader profiles are data: which checks must have passed for ACCEPT. */
#ifndef VERIFY_PROFILE_H
#define VERIFY_PROFILE_H

#include "report.h"

struct vf_profile {
    const char *name;
    uint64_t required; /* VF_BIT of each check that must be made */
    uint64_t with_pin; /* and of those that must be made besides where a PIN was given */
};
extern const struct vf_profile vf_profiles[];
extern const size_t vf_profiles_len;

const struct vf_profile *vf_profile_find(const char *name); /* NULL where there is none of that name */

#endif
