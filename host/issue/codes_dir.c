/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the code tables are: beside the library or program that runs, so that an installation can be moved as a whole.
 */
#include "sdc/codes.h"

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char found[PATH_MAX]; /* "" = nowhere; written once */
static pthread_once_t searched = PTHREAD_ONCE_INIT;

static bool has_tables(const char *dir)
{
    char path[PATH_MAX];
    return snprintf(path, sizeof path, "%s/icao-states.tsv", dir) < (int)sizeof path && access(path, R_OK) == 0;
}

/* Tries share/sdc one and two folders above the file's own (lib/, bin/, and Debian's lib/x86_64-linux-gnu/). */
static bool search_from(const char *file)
{
    static const char *const ways[] = { "../share/sdc", "../../share/sdc" };
    char real[PATH_MAX], dir[2 * PATH_MAX];
    if (!file || !realpath(file, real))
        return false;
    char *slash = strrchr(real, '/');
    *slash = '\0';
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        snprintf(dir, sizeof dir, "%s/%s", real, ways[i]);
        if (has_tables(dir) && realpath(dir, found))
            return true;
    }
    found[0] = '\0';
    return false;
}

static void search(void)
{
    Dl_info info;
    /* the library's own path where it is one; a statically linked program may be named by a bare argv[0] here */
    if (dladdr(&searched, &info) == 0 || !search_from(info.dli_fname))
        search_from("/proc/self/exe");
}

const char *sdc_data_dir(void)
{
    const char *set = secure_getenv("SDC_DATA");
    if (set && *set)
        return set;
    pthread_once(&searched, search);
    return found[0] ? found : NULL;
}
