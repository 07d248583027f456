/* SPDX-License-Identifier: BSD-2-Clause */
/* The certificates that readers need, out of trust/ into a folder of their own. They are read and written anew, so that
 * nothing else that stands in a file goes along. */
#include "sdc/pki.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "sdc/cvc.h"
#include "station_state.h"

enum { HASH_LEN = 32 };

static const char *const exported[] = {
    "csca*.pem", "link-csca-*.pem", "ds-*.pem", "card-ca*.pem", "content-signer-*.pem", "cvca-*.cvc",
};

static int is_exported(const struct dirent *entry)
{
    for (size_t i = 0; i < sizeof exported / sizeof *exported; i++)
        if (fnmatch(exported[i], entry->d_name, FNM_PERIOD) == 0)
            return 1;
    return 0;
}

/* A folder that is missing is made; one with something in it isn't ours to fill. */
static enum sdc_status take_folder(const char *folder, struct sdc_error *e)
{
    enum sdc_status status = SDC_OK;
    if (mkdir(folder, 0755) == 0)
        return SDC_OK;
    DIR *dir = errno == EEXIST ? opendir(folder) : NULL;
    if (!dir)
        return sdc_fail(e, SDC_E_IO, "can't use %s: %s", folder, strerror(errno));
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            status = sdc_fail(e, SDC_E_CONFLICT, "%s is not empty", folder);
    closedir(dir);
    return status;
}

static enum sdc_status fingerprint(struct sdc_rd data, char text[static 2 * HASH_LEN + 1], struct sdc_error *e)
{
    uint8_t hash[HASH_LEN];
    if (EVP_Digest(data.p, data.left, hash, NULL, EVP_sha256(), NULL) != 1)
        return crypto_fail(e, "can't hash");
    sdc_hex(hash, sizeof hash, text);
    return SDC_OK;
}

static enum sdc_status export_x509(const char *from, const char *to, char text[static 2 * HASH_LEN + 1],
                                   struct sdc_error *e)
{
    X509 *certificate = NULL;
    struct sdc_buf der = SDC_BUF_INIT;
    enum sdc_status status = certificate_load(from, &certificate, e);
    if (status == SDC_OK)
        status = certificate_der(certificate, &der, e);
    if (status == SDC_OK)
        status = fingerprint(sdc_buf_rd(&der), text, e);
    if (status == SDC_OK)
        status = certificate_save(certificate, to, e);
    X509_free(certificate);
    sdc_buf_free(&der);
    return status;
}

static enum sdc_status export_cvc(const char *from, const char *to, char text[static 2 * HASH_LEN + 1],
                                  struct sdc_error *e)
{
    struct sdc_cvc cvc;
    struct sdc_buf file = SDC_BUF_INIT;
    enum sdc_status status = sdc_file_read(from, SDC_CVC_MAX, &file, e);
    if (status == SDC_OK)
        status = sdc_cvc_parse(file.data, file.len, &cvc, e); /* exactly one, nothing behind it */
    if (status == SDC_OK)
        status = fingerprint(sdc_buf_rd(&file), text, e);
    if (status == SDC_OK)
        status = sdc_file_write(to, file.data, file.len, 0644, e);
    sdc_buf_free(&file);
    return status;
}

static enum sdc_status export_one(const char *trust, const char *folder, const char *name, struct sdc_pki_exported *out,
                                  struct sdc_error *e)
{
    char from[PATH_MAX], to[PATH_MAX];
    enum sdc_status status = station_path(trust, name, from, e);
    if (status == SDC_OK)
        status = station_path(folder, name, to, e);
    if (status != SDC_OK)
        return status;
    snprintf(out->file, sizeof out->file, "%s", name);
    status = fnmatch("*.cvc", name, 0) == 0 ? export_cvc(from, to, out->fingerprint, e)
                                            : export_x509(from, to, out->fingerprint, e);
    if (status != SDC_OK && e)
        (void)sdc_fail_in(e, "%s", from);
    return status;
}

enum sdc_status sdc_pki_export(const char *home, const char *folder, struct sdc_pki_exported *out, size_t cap,
                               size_t *count, struct sdc_error *e)
{
    char trust[PATH_MAX];
    struct dirent **entries = NULL;
    *count = 0;
    enum sdc_status status = station_path(home, STATION_TRUST, trust, e);
    if (status != SDC_OK)
        return status;
    const int found = scandir(trust, &entries, is_exported, alphasort);
    if (found < 0)
        return sdc_fail(e, SDC_E_IO, "can't read %s: %s", trust, strerror(errno));
    if (found == 0)
        status = sdc_fail(e, SDC_E_INPUT, "there are no certificates in %s", trust);
    else if ((size_t)found > cap)
        status = sdc_fail(e, SDC_E_INPUT, "there are more than %zu certificates in %s", cap, trust);
    else
        status = take_folder(folder, e);
    for (int i = 0; i < found; i++) {
        if (status == SDC_OK)
            status = export_one(trust, folder, entries[i]->d_name, &out[i], e);
        free(entries[i]);
    }
    free(entries);
    if (status == SDC_OK)
        *count = (size_t)found;
    return status;
}
