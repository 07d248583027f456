/* SPDX-License-Identifier: BSD-2-Clause */
/* The terminals of a station: which there are, and one of them at work. */
#include "terminal_private.h"

#include <dirent.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct sdc_terminal_use {
    struct sdc_terminal terminal;
    struct sdc_buf chain;
    uint64_t rights;
    EVP_PKEY *key;
};

/* What the chain says; the rights are those that every certificate grants. */
static enum sdc_status read_chain(const char *home, const char *name, struct sdc_buf *bytes, struct sdc_rd *parts,
                                  size_t *count, struct sdc_terminal_info *info, struct sdc_error *e)
{
    char path[PATH_MAX];
    struct sdc_cvc cvcs[SDC_TERMINAL_CHAIN_MAX];
    enum sdc_status status = terminal_path(home, name, "chain", path, e);
    if (status == SDC_OK && sdc_file_read(path, TERMINAL_FILE_MAX, bytes, NULL) != SDC_OK)
        status =
            sdc_fail(e, SDC_E_INPUT, "there is no terminal '%s' with certificates here (sdc terminal status)", name);
    if (status == SDC_OK)
        status = terminal_split(sdc_buf_rd(bytes), parts, cvcs, count, e);
    if (status != SDC_OK)
        return status;
    info->installed = true;
    info->rights = SDC_CHAT_KNOWN;
    info->effective = cvcs[*count - 1].effective;
    info->expiry = cvcs[*count - 1].expiry;
    snprintf(info->cvca, sizeof info->cvca, "%s", cvcs[*count - 2].car);
    for (size_t i = 0; i < *count; i++) {
        info->rights &= cvcs[i].rights;
        if (sdc_date_compare(&cvcs[i].expiry, &info->expiry) < 0)
            info->expiry = cvcs[i].expiry;
    }
    return SDC_OK;
}

static enum sdc_status list_one(const char *home, const char *file, struct sdc_terminal_info *info, struct sdc_error *e)
{
    struct sdc_buf bytes = SDC_BUF_INIT;
    struct sdc_rd parts[SDC_TERMINAL_CHAIN_MAX];
    char path[PATH_MAX];
    size_t count = 0, len = strcspn(file, ".");
    *info = (struct sdc_terminal_info) { .installed = false };
    snprintf(info->name, sizeof info->name, "%.*s", (int)len, file);
    enum sdc_status status = terminal_path(home, info->name, "chain", path, e);
    if (status == SDC_OK && access(path, F_OK) == 0)
        status = read_chain(home, info->name, &bytes, parts, &count, info, e);
    sdc_buf_free(&bytes);
    if (status != SDC_OK && e)
        (void)sdc_fail_in(e, "terminal '%s'", info->name);
    return status;
}

bool sdc_terminal_ends_soon(const struct sdc_terminal_info *info, const struct sdc_date *today)
{
    return 4 * sdc_date_days(today, &info->expiry) <= sdc_date_days(&info->effective, &info->expiry);
}

enum sdc_status terminal_list(const char *home, struct sdc_terminal_info *infos, size_t cap, size_t *count,
                              struct sdc_error *e)
{
    char folder[PATH_MAX];
    struct dirent **entries = NULL;
    *count = 0;
    enum sdc_status status = station_path(home, TERMINAL_FOLDER, folder, e);
    int found = status == SDC_OK ? scandir(folder, &entries, NULL, alphasort) : -1;
    for (int i = 0; i < found; i++) {
        if (status == SDC_OK && fnmatch("*.request", entries[i]->d_name, 0) == 0) {
            if (*count < cap)
                status = list_one(home, entries[i]->d_name, &infos[*count], e);
            ++*count;
        }
        free(entries[i]);
    }
    free(entries);
    return status;
}

enum sdc_status sdc_terminal_list(struct sdc_station *station, struct sdc_terminal_info *infos, size_t cap,
                                  size_t *count, struct sdc_error *e)
{
    return terminal_list(station->home, infos, cap, count, e);
}

enum sdc_status sdc_terminal_open(struct sdc_station *station, const char *name, struct sdc_terminal_use **use,
                                  struct sdc_error *e)
{
    char label[32];
    struct sdc_terminal_info info;
    const struct sdc_date today = sdc_date_today();
    *use = NULL;
    struct sdc_terminal_use *u = calloc(1, sizeof *u);
    if (!u)
        return sdc_fail(e, SDC_E_NO_MEMORY, "out of memory");
    enum sdc_status status =
        read_chain(station->home, name, &u->chain, u->terminal.chain, &u->terminal.chain_len, &info, e);
    if (status == SDC_OK && sdc_date_compare(&info.expiry, &today) < 0)
        status = sdc_fail(e, SDC_E_INPUT, "terminal '%s': its certificate is over: sdc terminal renew %s", name, name);
    if (status == SDC_OK) {
        terminal_label(name, label);
        status = token_private_key(station->token, label, &u->key, e);
    }
    if (status != SDC_OK) {
        sdc_terminal_close(u);
        return status;
    }
    u->rights = info.rights;
    u->terminal.signer = terminal_signer(u->key);
    *use = u;
    return SDC_OK;
}

const struct sdc_terminal *sdc_terminal_of(const struct sdc_terminal_use *use)
{
    return &use->terminal;
}

uint64_t sdc_terminal_rights(const struct sdc_terminal_use *use)
{
    return use->rights;
}

void sdc_terminal_close(struct sdc_terminal_use *use)
{
    if (!use)
        return;
    EVP_PKEY_free(use->key);
    sdc_buf_free(&use->chain);
    free(use);
}
