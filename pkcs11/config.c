/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SYSTEM_FILE "/etc/sdc/pkcs11.conf"
#define LINE_CAP    1024

/* ---- values: false leaves what was there ---- */
static bool copy(char *to, size_t cap, const char *value)
{
    size_t len = strlen(value);
    if (len >= cap)
        return false;
    memcpy(to, value, len + 1);
    return true;
}

static bool set_readers(struct p11_config *c, const char *value)
{
    return copy(c->readers, sizeof c->readers, value);
}

static bool set_ignore(struct p11_config *c, const char *value)
{
    return copy(c->ignore, sizeof c->ignore, value);
}

/* A relative name would mean another file in each program's folder. */
static bool set_trace(struct p11_config *c, const char *value)
{
    return (*value == '\0' || *value == '/') && copy(c->trace, sizeof c->trace, value);
}

static bool set_level(struct p11_config *c, const char *value)
{
    static const char *const names[] = {
        [P11_TRACE_OFF] = "off", [P11_TRACE_CALLS] = "calls", [P11_TRACE_APDUS] = "apdus"
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(value, names[i]) == 0) {
            c->level = (enum p11_trace_level)i;
            return true;
        }
    return false;
}

static bool set_check(struct p11_config *c, const char *value)
{
    bool yes = strcmp(value, "yes") == 0 || strcmp(value, "1") == 0;
    bool no = strcmp(value, "no") == 0 || strcmp(value, "0") == 0;
    if (yes || no)
        c->check = yes;
    return yes || no;
}

static const struct setting {
    const char *key, *variable;
    bool (*set)(struct p11_config *, const char *value);
} settings[] = {
    { "readers", "SDC_PKCS11_READERS", set_readers }, { "ignore-readers", "SDC_PKCS11_IGNORE_READERS", set_ignore },
    { "trace", "SDC_PKCS11_TRACE", set_trace },       { "trace-level", "SDC_PKCS11_TRACE_LEVEL", set_level },
    { "check", "SDC_PKCS11_CHECK", set_check },       { "check", "SDC_P11_CHECK", set_check },
};
#define SETTINGS (sizeof settings / sizeof settings[0])

/* ---- files ---- */
static char *trim(char *text)
{
    text += strspn(text, " \t\r\n");
    size_t len = strlen(text);
    while (len > 0 && strchr(" \t\r\n", text[len - 1]))
        text[--len] = '\0';
    return text;
}

static void blame(struct p11_config *c, const char *where, unsigned line)
{
    if (c->fault[0] != '\0')
        return;
    if (line > 0)
        snprintf(c->fault, sizeof c->fault, "%.150s: line %u isn't understood", where, line);
    else
        snprintf(c->fault, sizeof c->fault, "%.150s isn't understood", where);
}

static bool assign(struct p11_config *c, char *line)
{
    char *equals = strchr(line, '=');
    if (!equals)
        return false;
    *equals = '\0';
    const char *key = trim(line), *value = trim(equals + 1);
    for (size_t i = 0; i < SETTINGS; i++)
        if (strcmp(key, settings[i].key) == 0)
            return settings[i].set(c, value);
    return false;
}

static void read_file(struct p11_config *c, const char *path)
{
    char line[LINE_CAP];
    FILE *f = fopen(path, "re");
    for (unsigned n = 1; f && fgets(line, sizeof line, f); n++) {
        char *text = trim(line);
        if (*text != '\0' && *text != '#' && !assign(c, text))
            blame(c, path, n);
    }
    if (f)
        fclose(f);
}

static void read_user_file(struct p11_config *c)
{
    char path[PATH_MAX];
    const char *config_home = secure_getenv("XDG_CONFIG_HOME"), *home = secure_getenv("HOME");
    int len = -1;
    if (config_home && *config_home == '/')
        len = snprintf(path, sizeof path, "%s/sdc/pkcs11.conf", config_home);
    else if (home && *home == '/')
        len = snprintf(path, sizeof path, "%s/.config/sdc/pkcs11.conf", home);
    if (len > 0 && (size_t)len < sizeof path)
        read_file(c, path);
}

void p11_config_load(struct p11_config *c)
{
    *c = (struct p11_config) { .level = P11_TRACE_CALLS };
    const char *file = secure_getenv("SDC_PKCS11_CONF");
    if (file) {
        read_file(c, file);
    } else {
        read_file(c, SYSTEM_FILE);
        read_user_file(c);
    }
    for (size_t i = 0; i < SETTINGS; i++) {
        const char *value = secure_getenv(settings[i].variable);
        if (value && !settings[i].set(c, value))
            blame(c, settings[i].variable, 0);
    }
}

static bool matches(const char *patterns, const char *reader)
{
    char pattern[sizeof((struct p11_config *)0)->readers];
    while (*patterns != '\0') {
        size_t len = strcspn(patterns, ";");
        memcpy(pattern, patterns, len);
        pattern[len] = '\0';
        if (fnmatch(trim(pattern), reader, 0) == 0)
            return true;
        patterns += len + (patterns[len] == ';');
    }
    return false;
}

bool p11_config_reader(const struct p11_config *c, const char *reader)
{
    return (c->readers[0] == '\0' || matches(c->readers, reader)) && !matches(c->ignore, reader);
}
