/* SPDX-License-Identifier: BSD-2-Clause */
#include "station_state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

const char *sdc_home(void)
{
    const char *home = getenv("SDC_HOME");
    return home && home[0] ? home : "/var/lib/sdc";
}

enum sdc_status station_path(const char *home, const char *name, char out[static PATH_MAX], struct sdc_error *e)
{
    int len = snprintf(out, PATH_MAX, "%s/%s", home, name);
    return len > 0 && len < PATH_MAX ? SDC_OK : sdc_fail(e, SDC_E_IO, "the station's path is too long");
}

enum sdc_status station_softhsm_text(const char *home, struct sdc_buf *out, struct sdc_error *e)
{
    sdc_buf_string(out, "# SoftHSM2 for this station alone; written by sdc.\n");
    sdc_buf_string(out, "directories.tokendir = ");
    sdc_buf_string(out, home);
    sdc_buf_string(out, "/" STATION_TOKEN "\n"
                        "objectstore.backend = file\n"
                        "log.level = ERROR\n"
                        "slots.removable = false\n");
    return sdc_buf_status(out, e);
}

enum sdc_status station_pin(const char *home, char pin[static STATION_PIN_MAX + 1], struct sdc_error *e)
{
    const char *given = getenv("SDC_TOKEN_PIN");
    struct sdc_buf file = SDC_BUF_INIT;
    enum sdc_status status = SDC_OK;
    if (given && given[0]) {
        sdc_buf_string(&file, given);
    } else {
        char path[PATH_MAX];
        status = station_path(home, STATION_PIN, path, e);
        if (status == SDC_OK)
            status = sdc_file_guarded(path, 077, e); /* who reads it has the issuer's keys */
        if (status == SDC_OK)
            status = sdc_file_read(path, 256, &file, e);
    }
    if (status == SDC_OK)
        status = sdc_buf_status(&file, e);
    if (status == SDC_OK) {
        size_t len = file.len;
        while (len > 0 && strchr("\r\n", file.data[len - 1])) /* also cuts a NUL, which no PIN holds */
            len--;
        if (len == 0 || len > STATION_PIN_MAX || memchr(file.data, 0, len)) {
            status = sdc_fail(e, SDC_E_INPUT, "the token's PIN takes 1 to %d characters", STATION_PIN_MAX);
        } else {
            memcpy(pin, file.data, len);
            pin[len] = '\0';
        }
    }
    sdc_buf_free(&file);
    return status;
}

/* A station's folder may have been moved: SoftHSM2's file, which holds its path, is written again where it differs. A
 * station without that file uses another module. */
static enum sdc_status place_softhsm(const char *home, char path[static PATH_MAX], bool *used, struct sdc_error *e)
{
    struct sdc_buf wanted = SDC_BUF_INIT, held = SDC_BUF_INIT;
    enum sdc_status status = station_path(home, STATION_SOFTHSM, path, e);
    *used = status == SDC_OK && access(path, F_OK) == 0;
    if (status == SDC_OK && *used) {
        status = station_softhsm_text(home, &wanted, e);
        if (status == SDC_OK)
            status = sdc_file_read(path, CONFIG_FILE_MAX, &held, e);
        if (status == SDC_OK && (held.len != wanted.len || memcmp(held.data, wanted.data, held.len) != 0))
            status = sdc_file_write(path, wanted.data, wanted.len, 0600, e);
    }
    sdc_buf_free(&wanted);
    sdc_buf_free(&held);
    return status;
}

enum sdc_status station_open_token(const char *home, const struct config *config, struct token **token,
                                   struct sdc_error *e)
{
    char conf[PATH_MAX], pin[STATION_PIN_MAX + 1];
    bool softhsm = false;
    *token = NULL;
    enum sdc_status status = place_softhsm(home, conf, &softhsm, e);
    if (status == SDC_OK)
        status = station_pin(home, pin, e);
    if (status == SDC_OK) {
        const struct token_place place = { config->module, config->token_label, softhsm ? conf : NULL };
        status = token_open(&place, pin, token, e);
        sdc_wipe(pin, sizeof pin);
    }
    return status;
}

static enum sdc_status open_parts(struct sdc_station *station, struct sdc_error *e)
{
    char path[PATH_MAX];
    enum sdc_status status = station_path(station->home, STATION_CONF, path, e);
    if (status == SDC_OK)
        status = config_read(path, &station->config, e);
    if (status == SDC_OK)
        status = station_open_token(station->home, &station->config, &station->token, e);
    if (status == SDC_OK)
        status = station_path(station->home, STATION_TRUST, path, e);
    if (status == SDC_OK)
        status = pki_open(station->token, path, &station->pki, e);
    if (status == SDC_OK)
        status = station_path(station->home, STATION_REGISTRY, path, e);
    if (status == SDC_OK)
        status = sdc_registry_open(path, false, &station->registry, e);
    return status;
}

enum sdc_status sdc_station_open(const char *home, struct sdc_station **out, struct sdc_error *e)
{
    *out = NULL;
    char path[PATH_MAX];
    enum sdc_status status = station_path(home, STATION_CONF, path, e);
    if (status != SDC_OK)
        return status;
    if (access(path, F_OK) != 0)
        return sdc_fail(e, SDC_E_INPUT, "there is no station in %s: make one with `sdc init`", home);
    struct sdc_station *station = calloc(1, sizeof *station);
    if (!station)
        return sdc_fail(e, SDC_E_NO_MEMORY, "no memory for the station");
    if (!realpath(home, station->home))
        status = sdc_fail(e, SDC_E_IO, "can't find %s: %s", home, strerror(errno));
    if (status == SDC_OK)
        status = open_parts(station, e);
    if (status != SDC_OK) {
        sdc_station_close(station);
        return status;
    }
    *out = station;
    return SDC_OK;
}

void sdc_station_close(struct sdc_station *station)
{
    if (!station)
        return;
    sdc_registry_close(station->registry);
    pki_close(&station->pki); /* its keys live in the token */
    token_close(station->token);
    free(station);
}

enum sdc_status station_check_clock(struct sdc_station *station, struct sdc_error *e)
{
    char newest[SDC_TIME_TEXT], now[SDC_TIME_TEXT];
    enum sdc_status status = sdc_registry_newest(station->registry, newest, e);
    if (status != SDC_OK)
        return status;
    time_t seconds = time(NULL);
    struct tm tm;
    if (!gmtime_r(&seconds, &tm) || strftime(now, sizeof now, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
        return sdc_fail(e, SDC_E_IO, "the clock can't be read");
    if (strcmp(now, newest) < 0)
        return sdc_fail(e, SDC_E_INPUT, "the clock (%s) is before the newest registry entry (%s)", now, newest);
    return SDC_OK;
}
