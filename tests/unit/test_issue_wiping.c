/* SPDX-License-Identifier: BSD-2-Clause */
/* Whatever way an issue ends, no transport key is left anywhere in this program's memory: not on the dead stack, not in
 * freed blocks. Only the chip has them, in its own memory, which is not looked at. */
#include <stdio.h>
#include <string.h>

#include "card_maker.h"
#include "issue_kit.h"
#include "sdc/stock.h"
#include "station_state.h"
#include "stock.h"
#include "suite.h"

#define CHIP  "53444300000000000A01"
#define SPARE "53444300000000000A02"
#define KEYS  3
#define MASK  0x5A

static struct kit kit;
static struct card_maker maker;
static struct card_memory card;
static uint8_t masked[KEYS][16]; /* the first halves of the three keys, so that this copy isn't found */

static bool is_key(const uint8_t *at, const uint8_t *key)
{
    for (size_t i = 0; i < sizeof masked[0]; i++)
        if ((at[i] ^ MASK) != key[i])
            return false;
    return true;
}

#ifdef __SANITIZE_ADDRESS__ /* its own memory is too large to look through, and looking is what it forbids */
#define LOOKS false
#else
#define LOOKS true
#endif

static unsigned keys_in(const uint8_t *from, const uint8_t *to)
{
    unsigned found = 0;
    for (const uint8_t *at = from; at + sizeof masked[0] <= to; at++)
        for (size_t k = 0; k < KEYS; k++)
            found += is_key(at, masked[k]);
    return found;
}

/* Copies in everything that this process may write to, but for the chip. */
static unsigned keys_in_memory(void)
{
    const uint8_t *chip = (const uint8_t *)&card, *chip_end = chip + sizeof card;
    char line[512];
    unsigned found = 0;
    FILE *maps = LOOKS ? fopen("/proc/self/maps", "re") : fopen("/dev/null", "re");
    ck_assert_ptr_nonnull(maps);
    while (fgets(line, sizeof line, maps)) {
        unsigned long from, to;
        char mode[5];
        if (sscanf(line, "%lx-%lx %4s", &from, &to, mode) != 3 || mode[0] != 'r' || mode[1] != 'w')
            continue;
        const uint8_t *at = (const uint8_t *)from, *end = (const uint8_t *)to;
        if (chip >= at && chip < end) {
            found += keys_in(at, chip);
            at = chip_end < end ? chip_end : end;
        }
        unsigned here = keys_in(at, end);
        if (here > 0)
            printf("%u in %s", here, line);
        found += here;
    }
    fclose(maps);
    return found;
}

/* ---- who gets transport keys wipes them: also where later calls happen to write over what was left ---- */

static const struct sdc_scp03_keys *handed_out; /* not wiped yet */
static unsigned times;

enum sdc_status __real_stock_transport_keys(const struct sdc_station *station, const struct stock_chip *chip,
                                            const uint8_t serial[static SDC_SERIAL_LEN], struct sdc_scp03_keys *keys,
                                            struct sdc_error *e);
enum sdc_status __wrap_stock_transport_keys(const struct sdc_station *station, const struct stock_chip *chip,
                                            const uint8_t serial[static SDC_SERIAL_LEN], struct sdc_scp03_keys *keys,
                                            struct sdc_error *e);
void __real_sdc_wipe(void *data, size_t len);
void __wrap_sdc_wipe(void *data, size_t len);

enum sdc_status __wrap_stock_transport_keys(const struct sdc_station *station, const struct stock_chip *chip,
                                            const uint8_t serial[static SDC_SERIAL_LEN], struct sdc_scp03_keys *keys,
                                            struct sdc_error *e)
{
    enum sdc_status status = __real_stock_transport_keys(station, chip, serial, keys, e);
    ck_assert_ptr_null(handed_out);
    if (status == SDC_OK) {
        handed_out = keys;
        times++;
    }
    return status;
}

void __wrap_sdc_wipe(void *data, size_t len)
{
    const uint8_t *from = data, *keys = (const uint8_t *)handed_out;
    if (handed_out && from <= keys && keys + sizeof *handed_out <= from + len)
        handed_out = NULL;
    __real_sdc_wipe(data, len);
}

static void setup(void)
{
    static const char *const serials[] = { CHIP, SPARE };
    const char *folder = temp_folder();
    size_t chips = 0;
    struct stock_chip chip;
    struct sdc_scp03_keys keys;
    uint8_t serial[SDC_SERIAL_LEN];
    card_maker_open(&maker);
    kit_open(&kit);
    card_maker_deliver(&maker, folder, "B1", serials, 2, NULL);
    ck_assert_int_eq(sdc_stock_receive(kit.station, folder, &chips, NULL), SDC_OK);
    ck_assert(sdc_unhex(CHIP, serial, sizeof serial));
    ck_assert_int_eq(stock_find(kit.station, serial, &chip, NULL), SDC_OK);
    ck_assert_int_eq(stock_transport_keys(kit.station, &chip, serial, &keys, NULL), SDC_OK);
    for (size_t i = 0; i < sizeof masked[0]; i++) {
        masked[0][i] = keys.enc[i] ^ MASK;
        masked[1][i] = keys.mac[i] ^ MASK;
        masked[2][i] = keys.dek[i] ^ MASK;
    }
    ck_assert(!LOOKS || keys_in_memory() >= KEYS); /* it finds what there is */
    ck_assert_ptr_eq(handed_out, &keys);
    sdc_wipe(&keys, sizeof keys);
    stock_chip_free(&chip);
    ck_assert_uint_eq(keys_in_memory(), 0);
}

START_TEST(no_key_is_left)
{
    struct sdc_issued issued;
    setup();
    card_maker_chip(&maker, &card, "B1", CHIP, NULL, NULL);
    for (long at = 4; at < 16; at++) {
        kit_link(&kit, &card, at, at % 2 ? KIT_AFTER : KIT_BEFORE, true);
        ck_assert_int_ne(kit_issue(&kit, 0, &issued), SDC_OK);
        ck_assert_msg(keys_in_memory() == 0, "cut at APDU %ld", at);
        ck_assert_msg(!handed_out, "cut at APDU %ld", at);
    }
    ck_assert_uint_ge(times, 4);
    kit_link(&kit, &card, -1, KIT_BEFORE, true);
    ck_assert_msg(kit_issue(&kit, 0, &issued) == SDC_OK, "%s", kit_error.text);
    ck_assert_uint_eq(keys_in_memory(), 0);
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = { { no_key_is_left, 0 } };
    return suite_run("issue-wiping", tests, sizeof tests / sizeof *tests);
}
