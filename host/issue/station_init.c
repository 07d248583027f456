/* SPDX-License-Identifier: BSD-2-Clause */
#include "station_state.h"
#include "terminal_private.h"

#include "sdc/stock.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIN_BYTES 16

/* A station is built in a folder beside its place and moved there whole, so that there is never half of one. */
struct build {
    char home[PATH_MAX];   /* where it will stand, absolute */
    char folder[PATH_MAX]; /* where it is built */
    bool replaces;         /* 'home' is there: empty, or with a station.conf that somebody wrote before */
    struct config config;
    char pin[2 * PIN_BYTES + 1];
    struct sdc_init init;
};

/* The next step; SDC_E_CANCELLED where somebody wants none. */
static enum sdc_status step(const struct build *b, const char *line, struct sdc_error *e)
{
    if (b->init.cancel && *b->init.cancel)
        return sdc_fail(e, SDC_E_CANCELLED, "stopped on request; no station was made");
    if (b->init.progress)
        b->init.progress(b->init.ctx, line);
    return SDC_OK;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

static void remove_tree(const char *folder)
{
    (void)nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* The absolute path of a folder that need not be there, whose parent must. */
static enum sdc_status resolve(const char *home, char out[static PATH_MAX], struct sdc_error *e)
{
    char copy[PATH_MAX], parent[PATH_MAX];
    if (realpath(home, out))
        return SDC_OK;
    if (errno != ENOENT || snprintf(copy, sizeof copy, "%s", home) >= PATH_MAX)
        return sdc_fail(e, SDC_E_INPUT, "can't use %s: %s", home, strerror(errno));
    size_t len = strlen(copy);
    while (len > 1 && copy[len - 1] == '/')
        copy[--len] = '\0';
    char *slash = strrchr(copy, '/');
    const char *name = slash ? slash + 1 : copy;
    const char *above = !slash ? "." : slash == copy ? "/" : copy;
    if (slash && slash != copy)
        *slash = '\0';
    if (!realpath(above, parent))
        return sdc_fail(e, SDC_E_INPUT, "can't use %s: its parent folder: %s", home, strerror(errno));
    if (slash == copy) /* "/name": the slash is the parent's own */
        parent[0] = '\0';
    return station_path(parent, name, out, e);
}

static enum sdc_status inspect(struct build *b, struct sdc_error *e)
{
    DIR *dir = opendir(b->home);
    b->replaces = dir != NULL;
    if (!dir)
        return errno == ENOENT ? SDC_OK : sdc_fail(e, SDC_E_CONFLICT, "%s: %s", b->home, strerror(errno));
    enum sdc_status status = SDC_OK;
    bool conf = false;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL && status == SDC_OK;) {
        if (strcmp(entry->d_name, STATION_CONF) == 0)
            conf = true;
        else if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            status = sdc_fail(e, SDC_E_CONFLICT, "%s is not empty: a station is made in a folder of its own", b->home);
    }
    closedir(dir);
    char path[PATH_MAX];
    if (status == SDC_OK && conf)
        status = station_path(b->home, STATION_CONF, path, e);
    if (status == SDC_OK && conf)
        status = config_read(path, &b->config, e);
    return status;
}

static enum sdc_status make_folder(const struct build *b, const char *name, mode_t mode, struct sdc_error *e)
{
    char path[PATH_MAX];
    enum sdc_status status = station_path(b->folder, name, path, e);
    if (status == SDC_OK && (mkdir(path, mode) != 0 || chmod(path, mode) != 0))
        status = sdc_fail(e, SDC_E_IO, "can't make %s: %s", path, strerror(errno));
    return status;
}

static enum sdc_status write_file(const struct build *b, const char *name, const struct sdc_buf *content, mode_t mode,
                                  struct sdc_error *e)
{
    char path[PATH_MAX];
    enum sdc_status status = sdc_buf_status(content, e);
    if (status == SDC_OK)
        status = station_path(b->folder, name, path, e);
    if (status == SDC_OK)
        status = sdc_file_write(path, content->data, content->len, mode, e);
    return status;
}

static enum sdc_status write_softhsm(const struct build *b, const char *home, struct sdc_error *e)
{
    struct sdc_buf text = SDC_BUF_INIT;
    enum sdc_status status = station_softhsm_text(home, &text, e);
    if (status == SDC_OK)
        status = write_file(b, STATION_SOFTHSM, &text, 0600, e);
    sdc_buf_free(&text);
    return status;
}

static enum sdc_status build_files(struct build *b, struct sdc_error *e)
{
    struct sdc_buf conf = SDC_BUF_INIT, pin = SDC_BUF_INIT;
    uint8_t random[PIN_BYTES];
    enum sdc_status status = step(b, "configuration", e);
    if (status == SDC_OK)
        status = make_folder(b, STATION_TOKEN, 0700, e);
    if (status == SDC_OK)
        status = make_folder(b, STATION_LETTERS, 0700, e);
    if (status == SDC_OK)
        status = make_folder(b, STATION_TRUST, 0755, e);
    config_print(&b->config, &conf);
    if (status == SDC_OK)
        status = write_file(b, STATION_CONF, &conf, 0644, e);
    if (status == SDC_OK)
        status = sdc_random(random, sizeof random, e);
    if (status == SDC_OK) {
        sdc_hex(random, sizeof random, b->pin);
        sdc_buf_string(&pin, b->pin);
        sdc_buf_u8(&pin, '\n');
        status = write_file(b, STATION_PIN, &pin, 0600, e);
    }
    if (status == SDC_OK)
        status = write_softhsm(b, b->folder, e);
    sdc_wipe(random, sizeof random);
    sdc_buf_free(&conf);
    sdc_buf_free(&pin);
    return status;
}

static enum sdc_status build_keys(struct build *b, struct sdc_error *e)
{
    char conf[PATH_MAX], trust[PATH_MAX];
    struct token *token = NULL;
    enum sdc_status status = station_path(b->folder, STATION_SOFTHSM, conf, e);
    if (status == SDC_OK)
        status = station_path(b->folder, STATION_TRUST, trust, e);
    if (status != SDC_OK)
        return status;
    const struct token_place place = { b->config.module, b->config.token_label, conf };
    status = step(b, "token", e);
    if (status == SDC_OK)
        status = token_create(&place, b->pin, e);
    if (status == SDC_OK)
        status = token_open(&place, b->pin, &token, e);
    if (status == SDC_OK)
        status = step(b, "keys: CSCA, document signer, card CA, content signer, card master key", e);
    if (status == SDC_OK)
        status = pki_make_keys(token, e);
    if (status == SDC_OK)
        status = step(b, "certificates", e);
    if (status == SDC_OK)
        status = pki_make_certificates(token, &b->config, trust, e);
    if (status == SDC_OK)
        status = cvca_make(token, &b->config, b->folder, e);
    token_close(token);
    return status;
}

static enum sdc_status build_registry(struct build *b, struct sdc_error *e)
{
    char path[PATH_MAX];
    struct sdc_registry *registry = NULL;
    enum sdc_status status = step(b, "registry", e);
    if (status == SDC_OK)
        status = station_path(b->folder, STATION_REGISTRY, path, e);
    if (status == SDC_OK)
        status = sdc_registry_open(path, true, &registry, e);
    sdc_registry_close(registry);
    return status;
}

static enum sdc_status build_stock(struct build *b, struct sdc_error *e)
{
    struct sdc_station *station = NULL;
    size_t chips = 0;
    if (!b->init.delivery)
        return SDC_OK;
    enum sdc_status status = step(b, "stock", e);
    if (status == SDC_OK)
        status = sdc_station_open(b->folder, &station, e);
    if (status == SDC_OK)
        status = sdc_stock_receive(station, b->init.delivery, &chips, e);
    sdc_station_close(station);
    return status;
}

/* One terminal: its key in this station's token, its request granted and installed. */
static enum sdc_status build_terminal(struct sdc_station *station, const char *name, struct sdc_error *e)
{
    char granted[SDC_TERMINAL_NAME_MAX + 1];
    struct sdc_buf request = SDC_BUF_INIT, chain = SDC_BUF_INIT;
    enum sdc_status status = sdc_terminal_request(station, name, &request, e);
    if (status == SDC_OK)
        status = sdc_terminal_grant(station, sdc_buf_rd(&request), sdc_terminal_profile(name), &chain, granted, e);
    if (status == SDC_OK)
        status = sdc_terminal_install(station, sdc_buf_rd(&chain), granted, e);
    sdc_buf_free(&request);
    sdc_buf_free(&chain);
    return status;
}

static enum sdc_status build_terminals(struct build *b, struct sdc_error *e)
{
    static const char *const names[] = { "benefits", "status", "officer" };
    struct sdc_station *station = NULL;
    if (strcmp(b->config.demo_terminals, "true") != 0)
        return SDC_OK;
    enum sdc_status status = step(b, "terminals", e);
    if (status == SDC_OK)
        status = sdc_station_open(b->folder, &station, e);
    for (size_t i = 0; i < sizeof names / sizeof *names && status == SDC_OK; i++)
        status = build_terminal(station, names[i], e);
    sdc_station_close(station);
    return status;
}

static void sync_parent(const char *path)
{
    char parent[PATH_MAX];
    snprintf(parent, sizeof parent, "%s", path);
    char *slash = strrchr(parent, '/');
    slash[slash == parent ? 1 : 0] = '\0';
    int fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
}

/* One rename brings the station into its place; what stood there (nothing, or one file that was read) goes after. */
static enum sdc_status move_in(const struct build *b, struct sdc_error *e)
{
    enum sdc_status status = write_softhsm(b, b->home, e);
    if (status != SDC_OK)
        return status;
    unsigned flags = b->replaces ? RENAME_EXCHANGE : RENAME_NOREPLACE;
    if (renameat2(AT_FDCWD, b->folder, AT_FDCWD, b->home, flags) != 0)
        return sdc_fail(e, SDC_E_IO, "can't move the new station to %s: %s", b->home, strerror(errno));
    if (b->replaces)
        remove_tree(b->folder);
    sync_parent(b->home);
    return SDC_OK;
}

static enum sdc_status build(struct build *b, struct sdc_error *e)
{
    if (snprintf(b->folder, sizeof b->folder, "%s.new.XXXXXX", b->home) >= PATH_MAX)
        return sdc_fail(e, SDC_E_IO, "the station's path is too long");
    if (!mkdtemp(b->folder))
        return sdc_fail(e, SDC_E_IO, "can't make a folder beside %s: %s", b->home, strerror(errno));
    enum sdc_status status = SDC_OK;
    if (chmod(b->folder, 0755) != 0) /* readers take what they trust from here; secrets have modes of their own */
        status = sdc_fail(e, SDC_E_IO, "can't make %s: %s", b->folder, strerror(errno));
    if (status == SDC_OK)
        status = build_files(b, e);
    if (status == SDC_OK)
        status = build_keys(b, e);
    if (status == SDC_OK)
        status = build_registry(b, e);
    if (status == SDC_OK)
        status = build_terminals(b, e);
    if (status == SDC_OK)
        status = build_stock(b, e);
    if (status == SDC_OK)
        status = step(b, "in its place", e);
    if (status == SDC_OK)
        status = move_in(b, e);
    if (status != SDC_OK)
        remove_tree(b->folder);
    return status;
}

enum sdc_status sdc_station_init(const char *home, const struct sdc_init *init, struct sdc_error *e)
{
    struct build *b = calloc(1, sizeof *b);
    if (!b)
        return sdc_fail(e, SDC_E_NO_MEMORY, "no memory for the station");
    if (init)
        b->init = *init;
    config_default(&b->config);
    enum sdc_status status = resolve(home, b->home, e);
    if (status == SDC_OK)
        status = inspect(b, e);
    if (status == SDC_OK)
        status = build(b, e);
    sdc_wipe(b, sizeof *b);
    free(b);
    return status;
}
