/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs a fuzzer's inputs once, without libFuzzer: what was found stays found, with any compiler.
 *   replay-NAME FOLDER...      Ends with the number of inputs; what a fuzzer finds ends it by a signal. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stdint.h>

enum { INPUT_MAX = 65536 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
size_t LLVMFuzzerMutate(uint8_t *data, size_t len, size_t cap);

/* For fuzzers that bring a way to change inputs: here none is changed. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t len, size_t cap)
{
    (void)data;
    (void)cap;
    return len;
}

static int replay(const char *folder, const char *name)
{
    static uint8_t input[INPUT_MAX];
    char path[4096];
    int n = snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = n > 0 && (size_t)n < sizeof path ? fopen(path, "rb") : NULL;
    if (file == NULL) {
        perror(name);
        return EXIT_FAILURE;
    }
    size_t len = fread(input, 1, sizeof input, file);
    fclose(file);
    /* exactly so many bytes, so that a sanitizer sees one too far */
    uint8_t *exact = malloc(len > 0 ? len : 1);
    if (exact == NULL)
        return EXIT_FAILURE;
    memcpy(exact, input, len);
    fprintf(stderr, "%s\n", path);
    (void)LLVMFuzzerTestOneInput(exact, len);
    free(exact);
    return EXIT_SUCCESS;
}

static int replay_all(const char *folder, unsigned *count)
{
    DIR *dir = opendir(folder);
    int status = EXIT_SUCCESS;
    if (dir == NULL) {
        perror(folder);
        return EXIT_FAILURE;
    }
    for (struct dirent *entry = readdir(dir); entry != NULL && status == EXIT_SUCCESS; entry = readdir(dir))
        if (entry->d_name[0] != '.') {
            status = replay(folder, entry->d_name);
            ++*count;
        }
    closedir(dir);
    return status;
}

int main(int argc, char **argv)
{
    unsigned count = 0;
    int status = argc > 1 ? EXIT_SUCCESS : EXIT_FAILURE;
    for (int i = 1; i < argc && status == EXIT_SUCCESS; i++)
        status = replay_all(argv[i], &count);
    printf("%u inputs\n", count);
    return count > 0 ? status : EXIT_FAILURE;
}
