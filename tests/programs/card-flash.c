/* SPDX-License-Identifier: BSD-2-Clause */
/* Looks into the flash file of a virtual card that is switched off, past every access rule, and forges it.
 *   card-flash FLASH list                     a line an object: tag, length, SHA-256
 *   card-flash FLASH read TAG                 the object's content to standard output
 *   card-flash FLASH flip TAG BIT             turns one bit of the object (bit 0 is the first byte's highest)
 *   card-flash FLASH whole                    checks that each object is whole: TLVs that add up, closed by FE 00
 *   card-flash FLASH domain                   the issuer domain's key version (hex), wrong tries since the last right
 * one, tries in all TAG in hex, as 5FC102. Exit: 0 done, 1 not (no such object, not whole), 64 usage, 66 no card in
 * FLASH. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "card_crypto.h"
#include "card_edge.h"
#include "flash.h"
#include "piv_private.h"
#include "records.h"
#include "sdc/tlv.h"
#include "store.h"

enum { EXIT_USAGE = 64, EXIT_NO_INPUT = 66 };

struct content {
    uint8_t data[STORE_VALUE_MAX];
    size_t len;
};

static bool load(const struct store *store, const struct piv_object *object, struct content *content)
{
    content->len = object->record == 0 ? 0 : store_len(store, object->record);
    return content->len > 0 && store_read(store, object->record, 0, content->data, content->len);
}

static void print_hash(const uint8_t *data, size_t len)
{
    uint8_t hash[CRYPTO_SHA256_LEN];
    char text[2 * CRYPTO_SHA256_LEN + 1];
    crypto_sha256(data, len, hash);
    sdc_hex(hash, sizeof(hash), text);
    puts(text);
}

static int list(const struct store *store)
{
    static struct content content;
    for (uint8_t i = 0; i < piv_object_count; i++)
        if (load(store, &piv_objects[i], &content)) {
            printf("%06lX %5zu ", (unsigned long)piv_objects[i].tag, content.len);
            print_hash(content.data, content.len);
        }
    return EXIT_SUCCESS;
}

/* Every object but Discovery is a row of TLVs that ends with FE 00 (SP 800-73-4 part 1, appendix A). */
static bool is_whole(const struct piv_object *object, const struct content *content)
{
    struct sdc_rd r = sdc_rd_init(content->data, content->len), value;
    uint32_t tag = 0, last = 0;
    size_t last_len = 0;
    while (sdc_tlv_next(&r, &tag, &value)) {
        last = tag;
        last_len = value.left;
    }
    if (!sdc_rd_end(&r))
        return false;
    return object->tag == OBJ_DISCOVERY ? last == 0x5F2F && last_len == 2 : last == 0xFE && last_len == 0;
}

static int whole(const struct store *store)
{
    static struct content content;
    int status = EXIT_SUCCESS;
    for (uint8_t i = 0; i < piv_object_count; i++)
        if (load(store, &piv_objects[i], &content) && !is_whole(&piv_objects[i], &content)) {
            printf("%06lX is torn: %zu bytes\n", (unsigned long)piv_objects[i].tag, content.len);
            status = EXIT_FAILURE;
        }
    return status;
}

/* What applet/issuer/key_set.h keeps: the version before the keys; the wrong tries before the number of all. */
static int domain(const struct store *store)
{
    uint8_t version, counters[4];
    if (!store_read(store, RECORD_DOMAIN_KEYS, 0, &version, 1) ||
        !store_read(store, RECORD_DOMAIN_COUNTERS, 0, counters, sizeof counters))
        return EXIT_FAILURE;
    struct sdc_rd r = sdc_rd_init(counters, sizeof counters);
    uint8_t failures = sdc_rd_u8(&r), high = sdc_rd_u8(&r);
    printf("%02X %u %u\n", version, failures, (unsigned)high << 16 | sdc_rd_u16(&r));
    return EXIT_SUCCESS;
}

static int flip(struct store *store, const struct piv_object *object, struct content *content, unsigned long bit)
{
    if (bit / 8 >= content->len)
        return EXIT_FAILURE;
    content->data[bit / 8] ^= (uint8_t)(0x80 >> (bit % 8));
    bool ok = store_begin(store, 1, content->len) == STORE_OK &&
              store_put(store, object->record, content->data, content->len) == STORE_OK &&
              store_commit(store) == STORE_OK;
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int run(struct store *store, int argc, char **argv)
{
    static struct content content;
    if (argc == 3 && strcmp(argv[2], "list") == 0)
        return list(store);
    if (argc == 3 && strcmp(argv[2], "whole") == 0)
        return whole(store);
    if (argc == 3 && strcmp(argv[2], "domain") == 0)
        return domain(store);
    if (argc < 4)
        return EXIT_USAGE;
    const struct piv_object *object = piv_object_find((uint32_t)strtoul(argv[3], NULL, 16));
    if (!object || !load(store, object, &content))
        return EXIT_FAILURE;
    if (argc == 4 && strcmp(argv[2], "read") == 0)
        return fwrite(content.data, 1, content.len, stdout) == content.len ? EXIT_SUCCESS : EXIT_FAILURE;
    if (argc == 5 && strcmp(argv[2], "flip") == 0)
        return flip(store, object, &content, strtoul(argv[4], NULL, 10));
    return EXIT_USAGE;
}

int main(int argc, char **argv)
{
    struct flash flash;
    static struct store store;
    if (argc < 3) {
        fputs("usage: card-flash FLASH list|whole|domain|read TAG|flip TAG BIT\n", stderr);
        return EXIT_USAGE;
    }
    FILE *there = fopen(argv[1], "re"); /* flash_open would make a missing card */
    if (!there || fclose(there) != 0 || !flash_open(&flash, argv[1]))
        return EXIT_NO_INPUT;
    struct card_port port = flash_port(&flash);
    int status = store_mount(&store, &port) ? run(&store, argc, argv) : EXIT_NO_INPUT;
    flash_close(&flash);
    return status;
}
