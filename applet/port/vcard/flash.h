/* SPDX-License-Identifier: BSD-2-Clause */
/* The virtual card's flash: a file of fixed size, mapped. It models NOR flash as card_port.h describes it. What was
 * programmed survives the death of the process at any moment; the machine's own power cut may lose the last seconds. */
#ifndef FLASH_H
#define FLASH_H

#include <stdbool.h>

#include "card_port.h"

#define FLASH_BANK_LEN (256 * 1024)
#define FLASH_FILE_LEN (CARD_NV_BANKS * FLASH_BANK_LEN)

struct flash {
    int fd;        /* locked: no other process has this card */
    uint8_t *bank; /* both, mapped */
};

/* Opens the card in 'path'; a file that is missing becomes a blank card, whole or not at all. False, with a line on
 * stderr, where the file can't be had, has another size or is another process's card. */
bool flash_open(struct flash *flash, const char *path);
void flash_close(struct flash *flash);

/* The port on this flash, with the system's entropy; flash must outlive it. */
struct card_port flash_port(struct flash *flash);

#endif
