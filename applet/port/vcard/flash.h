/* SPDX-License-Identifier: BSD-2-Clause */
/* The virtual card's flash: a file of fixed size, mapped. It models NOR flash as card_port.h describes it. What was
 * programmed survives the death of the process at any moment.
 *
 * The power cut of the machine is a power cut of the chip: the kernel may write changed pages of the file in any order,
 * so there is never more than one; before another page is changed, the changed one goes to the disk. Whatever the disk
 * holds is therefore what the chip held at some moment, up to the last flash_sync at least. A disk is taken to write
 * one page of the file whole or not at all. */
#ifndef FLASH_H
#define FLASH_H

#include <stdbool.h>

#include "card.h"

#define FLASH_BANK_LEN (256 * 1024)
#define FLASH_FILE_LEN (CARD_NV_BANKS * FLASH_BANK_LEN)

struct flash {
    int fd;        /* locked: no other process has this card */
    uint8_t *bank; /* both, mapped */
    bool no_sync;  /* the machine's power is not cared for */
    bool changed;  /* there is a page that the disk hasn't yet: */
    size_t page;   /* its offset */
};

/* Opens the card in 'path'; a file that is missing becomes a blank card, whole or not at all. False, with a line on
 * stderr, where the file can't be had, has another size or is another process's card. */
bool flash_open(struct flash *flash, const char *path);
/* The same, but what is missing becomes this blank card; NULL: that of card_format(). */
bool flash_open_as(struct flash *flash, const char *path, const struct card_blank *blank);
/* What was programmed is on the disk. False where that failed. */
bool flash_sync(struct flash *flash);
void flash_close(struct flash *flash);

/* The port on this flash, with the system's entropy; flash must outlive it. */
struct card_port flash_port(struct flash *flash);

#endif
