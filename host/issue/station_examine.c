/* SPDX-License-Identifier: BSD-2-Clause */
#include "key_derivation.h"
#include "station_examine.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define DISK_BAD_MIB  16
#define DISK_WARN_MIB 256

void examination_add(struct examination *x, int level, const char *name, const char *format, ...)
{
    if (x->len == x->cap)
        return;
    struct sdc_finding *finding = &x->findings[x->len++];
    va_list args;
    va_start(args, format);
    snprintf(finding->name, sizeof finding->name, "%s", name);
    vsnprintf(finding->text, sizeof finding->text, format, args);
    va_end(args);
    finding->level = level == SDC_FINDING_GOOD   ? SDC_FINDING_GOOD
                     : level == SDC_FINDING_WARN ? SDC_FINDING_WARN
                                                 : SDC_FINDING_BAD;
}

void examination_later(struct examination *x, time_t time)
{
    if (time > x->newest)
        x->newest = time;
}

static void examine_token(struct examination *x)
{
    struct sdc_error e = { .status = SDC_OK };
    struct token *token = NULL;
    struct pki pki = { 0 };
    char trust[PATH_MAX];
    uint8_t mac[TOKEN_CMAC_LEN];
    enum sdc_status status = station_open_token(x->home, &x->config, &token, &e);
    if (status == SDC_OK)
        status = token_cmac(token, CARD_MASTER_LABEL, "", 0, mac, &e);
    if (status == SDC_OK)
        status = token_cmac(token, PKI_PERSON_LABEL, "", 0, mac, &e);
    sdc_wipe(mac, sizeof mac);
    if (status != SDC_OK) {
        examination_add(x, SDC_FINDING_BAD, "token", "%.190s", e.text);
    } else {
        examination_add(x, SDC_FINDING_GOOD, "token", "'%.40s' opens with its PIN and has its keys",
                        x->config.token_label);
        status = station_path(x->home, STATION_TRUST, trust, &e);
        if (status == SDC_OK)
            status = pki_open(token, trust, &pki, &e);
        if (status == SDC_OK)
            examine_certificates(x, token, &pki);
        else
            examination_add(x, SDC_FINDING_BAD, "certificates", "%.190s", e.text);
        examine_terminals(x, token);
    }
    pki_close(&pki);
    token_close(token);
}

/* What a station must not share; token.pin and station.conf refuse by themselves. */
static void examine_files(struct examination *x)
{
    static const struct {
        const char *name;
        unsigned forbidden;
    } files[] = {
        { ".", 022 },
        { STATION_TRUST, 022 },
        { STATION_TOKEN, 077 },
        { STATION_LETTERS, 077 },
        { STATION_REGISTRY, 077 },
    };
    struct sdc_error e = { .status = SDC_OK };
    char path[PATH_MAX];
    bool good = true;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        enum sdc_status status = station_path(x->home, files[i].name, path, &e);
        if (status == SDC_OK && access(path, F_OK) == 0) /* what is missing is told elsewhere */
            status = sdc_file_guarded(path, files[i].forbidden, &e);
        if (status != SDC_OK)
            examination_add(x, SDC_FINDING_BAD, "files", "%.190s", e.text);
        good = good && status == SDC_OK;
    }
    if (good)
        examination_add(x, SDC_FINDING_GOOD, "files", "nobody else may read a secret or change anything");
}

static void examine_registry(struct examination *x)
{
    struct sdc_error e = { .status = SDC_OK };
    struct sdc_registry_health health;
    char path[PATH_MAX];
    enum sdc_status status = station_path(x->home, STATION_REGISTRY, path, &e);
    if (status == SDC_OK)
        status = sdc_registry_examine(path, &health, &e);
    if (status != SDC_OK) {
        examination_add(x, SDC_FINDING_BAD, "registry", "%.190s", e.text);
        return;
    }
    struct tm tm = { 0 };
    if (strptime(health.newest, "%Y-%m-%dT%H:%M:%SZ", &tm))
        examination_later(x, timegm(&tm));
    unsigned long begun = health.count[SDC_CARD_ASSIGNED];
    examination_add(x, begun ? SDC_FINDING_WARN : SDC_FINDING_GOOD, "registry",
                    begun ? "sound; %lu issued, %lu active; %lu begun and not finished: give `sdc issue` for them again"
                          : "sound; %lu issued, %lu active",
                    health.count[SDC_CARD_ISSUED], health.count[SDC_CARD_ACTIVE], begun);
}

static void examine_clock(struct examination *x)
{
    if (x->now < x->newest)
        examination_add(x, SDC_FINDING_BAD, "clock", "it stands before the station's own newest entry: set it");
    else
        examination_add(x, SDC_FINDING_GOOD, "clock", "not before anything that the station has written");
}

static void examine_disk(struct examination *x)
{
    struct statvfs fs;
    if (statvfs(x->home, &fs) != 0) {
        examination_add(x, SDC_FINDING_BAD, "disk", "%s", strerror(errno));
        return;
    }
    unsigned long long mib = (unsigned long long)fs.f_bavail * fs.f_frsize >> 20;
    examination_add(x,
                    mib < DISK_BAD_MIB    ? SDC_FINDING_BAD
                    : mib < DISK_WARN_MIB ? SDC_FINDING_WARN
                                          : SDC_FINDING_GOOD,
                    "disk", "%llu MiB free", mib);
}

size_t sdc_station_examine(const char *home, struct sdc_finding *findings, size_t cap)
{
    struct sdc_error e = { .status = SDC_OK };
    char path[PATH_MAX];
    struct examination *x = calloc(1, sizeof *x);
    if (!x)
        return 0;
    x->findings = findings;
    x->cap = cap;
    x->now = time(NULL);
    if (!realpath(home, x->home) || station_path(x->home, STATION_CONF, path, &e) != SDC_OK || access(path, F_OK) != 0)
        examination_add(x, SDC_FINDING_BAD, "station", "there is none in %.120s: make one with `sdc init`", home);
    else if (config_read(path, &x->config, &e) != SDC_OK)
        examination_add(x, SDC_FINDING_BAD, "configuration", "%.190s", e.text);
    else {
        examination_add(x, SDC_FINDING_GOOD, "configuration", "%.190s", path);
        examine_token(x);
        examine_files(x);
        examine_registry(x);
        examine_clock(x);
        examine_disk(x);
    }
    size_t len = x->len;
    free(x);
    return len;
}
