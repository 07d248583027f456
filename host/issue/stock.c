/* SPDX-License-Identifier: BSD-2-Clause */
#include "stock.h"

#include "card_edge.h"
#include "key_derivation.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#define STOCK_FOLDER   "stock"
#define MANIFEST_END   ".p7"
#define MAKER_END      ".pem"
#define MAKER_FILE_MAX 65536
#define KEY_HEX        64
#define LABEL_MAX      (sizeof "transport-" + MANIFEST_NAME_MAX)

static void key_label(const char *name, char label[static LABEL_MAX])
{
    snprintf(label, LABEL_MAX, "transport-%s", name);
}

static enum sdc_status read_maker(const char *path, struct sdc_buf *pem, X509 **maker, struct sdc_error *e)
{
    *maker = NULL;
    enum sdc_status status = sdc_file_read(path, MAKER_FILE_MAX, pem, e);
    if (status != SDC_OK)
        return status;
    BIO *bio = BIO_new_mem_buf(pem->data, (int)pem->len);
    *maker = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    BIO_free(bio);
    ERR_clear_error();
    return *maker ? SDC_OK : sdc_fail(e, SDC_E_INPUT, "%s is no certificate", path);
}

/* ---- looking up ---- */

static enum sdc_status entry_path(const struct sdc_station *station, const char *batch, const char *end,
                                  char path[static PATH_MAX], struct sdc_error *e)
{
    char name[sizeof STOCK_FOLDER + MANIFEST_NAME_MAX + 8];
    snprintf(name, sizeof name, STOCK_FOLDER "/%s%s", batch, end);
    return station_path(station->home, name, path, e);
}

/* A delivery that was received: checked again each time, so that nobody adds a chip by hand. */
static enum sdc_status load(const struct sdc_station *station, const char *batch, struct manifest *manifest,
                            X509 **maker, struct sdc_error *e)
{
    char path[PATH_MAX];
    struct sdc_buf pem = SDC_BUF_INIT, der = SDC_BUF_INIT;
    *maker = NULL;
    enum sdc_status status = entry_path(station, batch, MAKER_END, path, e);
    if (status == SDC_OK)
        status = read_maker(path, &pem, maker, e);
    if (status == SDC_OK)
        status = entry_path(station, batch, MANIFEST_END, path, e);
    if (status == SDC_OK)
        status = sdc_file_read(path, MANIFEST_FILE_MAX, &der, e);
    if (status == SDC_OK)
        status = manifest_read(sdc_buf_rd(&der), *maker, manifest, e);
    sdc_buf_free(&pem);
    sdc_buf_free(&der);
    if (status != SDC_OK) {
        X509_free(*maker);
        *maker = NULL;
    }
    return status;
}

/* The batch of a manifest's file name; false for any other file. */
static bool batch_name(const char *file, char batch[static MANIFEST_NAME_MAX + 1])
{
    size_t len = strlen(file), end = strlen(MANIFEST_END);
    if (file[0] == '.' || len <= end || len - end > MANIFEST_NAME_MAX || strcmp(file + len - end, MANIFEST_END) != 0)
        return false;
    snprintf(batch, MANIFEST_NAME_MAX + 1, "%.*s", (int)(len - end), file);
    return true;
}

enum sdc_status stock_each(const struct sdc_station *station, stock_visit visit, void *ctx, struct sdc_error *e)
{
    char folder[PATH_MAX], batch[MANIFEST_NAME_MAX + 1];
    enum sdc_status status = station_path(station->home, STOCK_FOLDER, folder, e);
    if (status != SDC_OK)
        return status;
    DIR *dir = opendir(folder);
    if (!dir)
        return errno == ENOENT ? SDC_OK : sdc_fail(e, SDC_E_IO, "%s: %s", folder, strerror(errno));
    bool more = true;
    for (struct dirent *entry; status == SDC_OK && more && (entry = readdir(dir)) != NULL;) {
        struct manifest manifest = { .chips = NULL };
        X509 *maker = NULL;
        if (!batch_name(entry->d_name, batch))
            continue;
        status = load(station, batch, &manifest, &maker, e);
        if (status == SDC_OK)
            status = visit(ctx, &manifest, maker, &more, e);
        X509_free(maker);
        manifest_free(&manifest);
    }
    closedir(dir);
    return status;
}

struct search {
    const uint8_t *serial;
    struct stock_chip *chip;
};

static enum sdc_status look_in(void *ctx, const struct manifest *manifest, X509 *maker, bool *more, struct sdc_error *e)
{
    struct search *s = ctx;
    if (!manifest_lists(manifest, s->serial))
        return SDC_OK;
    if (X509_up_ref(maker) != 1)
        return sdc_fail(e, SDC_E_CRYPTO, "a certificate can't be kept");
    s->chip->listed = true;
    s->chip->maker = maker;
    memcpy(s->chip->batch, manifest->batch, sizeof s->chip->batch);
    memcpy(s->chip->transport_key, manifest->transport_key, sizeof s->chip->transport_key);
    *more = false;
    return SDC_OK;
}

/* As stock_find, whatever the policy. */
static enum sdc_status find(const struct sdc_station *station, const uint8_t serial[static SDC_SERIAL_LEN],
                            struct stock_chip *chip, struct sdc_error *e)
{
    *chip = (struct stock_chip) { .listed = false };
    struct search s = { serial, chip };
    return stock_each(station, look_in, &s, e);
}

enum sdc_status stock_find(const struct sdc_station *station, const uint8_t serial[static SDC_SERIAL_LEN],
                           struct stock_chip *chip, struct sdc_error *e)
{
    char text[SDC_SERIAL_TEXT];
    enum sdc_status status = find(station, serial, chip, e);
    if (status != SDC_OK || chip->listed || strcmp(station->config.unlisted_blanks, "true") == 0)
        return status;
    sdc_hex(serial, SDC_SERIAL_LEN, text);
    return sdc_fail(e, SDC_E_DENIED, "chip %s came with no delivery", text);
}

void stock_chip_free(struct stock_chip *chip)
{
    X509_free(chip->maker);
    *chip = (struct stock_chip) { .listed = false };
}

enum sdc_status stock_transport_keys(const struct sdc_station *station, const struct stock_chip *chip,
                                     const uint8_t serial[static SDC_SERIAL_LEN], struct sdc_scp03_keys *keys,
                                     struct sdc_error *e)
{
    static const uint8_t known[] = { BLANK_TRANSPORT_KEY };
    if (!chip->listed) {
        *keys = (struct sdc_scp03_keys) { .version = KEY_VERSION_TRANSPORT, .len = sizeof known };
        memcpy(keys->enc, known, sizeof known);
        memcpy(keys->mac, known, sizeof known);
        memcpy(keys->dek, known, sizeof known);
        return SDC_OK;
    }
    char label[LABEL_MAX];
    key_label(chip->transport_key, label);
    struct card_context context = { .master = label, .issuer = chip->batch, .version = KEY_VERSION_TRANSPORT };
    memcpy(context.serial, serial, sizeof context.serial);
    return card_key_domain(station->token, &context, keys, e);
}

/* ---- receiving ---- */

/* The token keeps a key that it has under this name: it must be the same one. */
static enum sdc_status check_key(const struct sdc_station *station, const char *label,
                                 const uint8_t key[static KEY_HEX / 2], struct sdc_error *e)
{
    static const uint8_t probe[] = "transport key";
    uint8_t held[TOKEN_CMAC_LEN], wanted[TOKEN_CMAC_LEN];
    size_t len = 0;
    enum sdc_status status = token_cmac(station->token, label, probe, sizeof probe, held, e);
    if (status == SDC_OK && (!EVP_Q_mac(NULL, "CMAC", NULL, "AES-256-CBC", NULL, key, KEY_HEX / 2, probe, sizeof probe,
                                        wanted, sizeof wanted, &len) ||
                             len != sizeof wanted))
        status = sdc_fail(e, SDC_E_CRYPTO, "a transport key can't be checked");
    if (status == SDC_OK && !sdc_equal(held, wanted, sizeof held))
        status =
            sdc_fail(e, SDC_E_CONFLICT, "the token has another key '%s': a delivery before this one brought it", label);
    sdc_wipe(held, sizeof held);
    sdc_wipe(wanted, sizeof wanted);
    return status;
}

static enum sdc_status import_key(const struct sdc_station *station, const char *path, const char *name,
                                  struct sdc_error *e)
{
    struct sdc_buf file = SDC_BUF_INIT;
    uint8_t key[KEY_HEX / 2];
    char hex[KEY_HEX + 1] = "", label[LABEL_MAX];
    enum sdc_status status = sdc_file_read(path, KEY_HEX + 2, &file, e);
    struct sdc_rd r = sdc_buf_rd(&file);
    if (status == SDC_OK) {
        sdc_rd_copy(&r, hex, KEY_HEX);
        bool whole = !r.err && (r.left == 0 || sdc_rd_equal(&r, "\n", 1)) && sdc_unhex(hex, key, sizeof key);
        status = whole ? SDC_OK : sdc_fail(e, SDC_E_INPUT, "%s holds no transport key", path);
    }
    key_label(name, label);
    if (status == SDC_OK)
        status = token_import_aes(station->token, label, key, sizeof key, e);
    if (status == SDC_OK)
        status = check_key(station, label, key, e);
    sdc_wipe(key, sizeof key);
    sdc_wipe(hex, sizeof hex);
    sdc_buf_free(&file);
    return status;
}

/* None of the chips came with another batch, and the batch not with other content. */
static enum sdc_status check_new(const struct sdc_station *station, const struct manifest *manifest,
                                 const struct sdc_buf *der, struct sdc_error *e)
{
    char path[PATH_MAX];
    struct sdc_buf held = SDC_BUF_INIT;
    enum sdc_status status = entry_path(station, manifest->batch, MANIFEST_END, path, e);
    if (status == SDC_OK && sdc_file_read(path, MANIFEST_FILE_MAX, &held, NULL) == SDC_OK &&
        (held.len != der->len || memcmp(held.data, der->data, der->len) != 0))
        status = sdc_fail(e, SDC_E_CONFLICT, "batch %s was received with other content", manifest->batch);
    for (size_t i = 0; i < manifest->chips_len && status == SDC_OK; i++) {
        struct stock_chip chip;
        status = find(station, manifest->chips[i], &chip, e);
        if (status == SDC_OK && chip.listed && strcmp(chip.batch, manifest->batch) != 0)
            status = sdc_fail(e, SDC_E_CONFLICT, "a chip of this delivery came with batch %s", chip.batch);
        stock_chip_free(&chip);
    }
    sdc_buf_free(&held);
    return status;
}

/* The manifest comes last: a delivery is there once all of it is. */
static enum sdc_status keep(const struct sdc_station *station, const struct manifest *manifest,
                            const struct sdc_buf *der, const struct sdc_buf *pem, struct sdc_error *e)
{
    char path[PATH_MAX];
    enum sdc_status status = station_path(station->home, STOCK_FOLDER, path, e);
    if (status == SDC_OK && mkdir(path, 0700) != 0 && errno != EEXIST)
        status = sdc_fail(e, SDC_E_IO, "can't make %s: %s", path, strerror(errno));
    if (status == SDC_OK)
        status = entry_path(station, manifest->batch, MAKER_END, path, e);
    if (status == SDC_OK)
        status = sdc_file_write(path, pem->data, pem->len, 0600, e);
    if (status == SDC_OK)
        status = entry_path(station, manifest->batch, MANIFEST_END, path, e);
    return status == SDC_OK ? sdc_file_write(path, der->data, der->len, 0600, e) : status;
}

/* The names that a delivery's files have. */
enum { IN_MANIFEST, IN_MAKER, IN_KEY, IN_FILES };
static const char *const file_names[IN_FILES] = { "manifest.p7", "maker.pem", "transport.key" };

enum sdc_status sdc_stock_receive(struct sdc_station *station, const char *folder, size_t *chips, struct sdc_error *e)
{
    char path[IN_FILES][PATH_MAX];
    struct manifest manifest = { .chips = NULL };
    struct sdc_buf der = SDC_BUF_INIT, pem = SDC_BUF_INIT;
    X509 *maker = NULL;
    enum sdc_status status = SDC_OK;
    for (size_t i = 0; i < IN_FILES && status == SDC_OK; i++)
        status = station_path(folder, file_names[i], path[i], e);
    if (status == SDC_OK)
        status = read_maker(path[IN_MAKER], &pem, &maker, e);
    if (status == SDC_OK && X509_check_ca(maker) != 1)
        status = sdc_fail(e, SDC_E_INPUT, "%s is no certificate of a CA", path[IN_MAKER]);
    if (status == SDC_OK)
        status = sdc_file_read(path[IN_MANIFEST], MANIFEST_FILE_MAX, &der, e);
    if (status == SDC_OK)
        status = manifest_read(sdc_buf_rd(&der), maker, &manifest, e);
    if (status == SDC_OK)
        status = check_new(station, &manifest, &der, e);
    if (status == SDC_OK)
        status = import_key(station, path[IN_KEY], manifest.transport_key, e);
    if (status == SDC_OK)
        status = keep(station, &manifest, &der, &pem, e);
    *chips = status == SDC_OK ? manifest.chips_len : 0;
    manifest_free(&manifest);
    X509_free(maker);
    sdc_buf_free(&der);
    sdc_buf_free(&pem);
    return status;
}
