/* SPDX-License-Identifier: BSD-2-Clause */
#include "flash.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "card.h"

static uint8_t *at(void *ctx, unsigned bank, size_t offset)
{
    const struct flash *flash = ctx;
    return flash->bank + bank * (size_t)FLASH_BANK_LEN + offset;
}

static void nv_read(void *ctx, unsigned bank, size_t offset, uint8_t *data, size_t len)
{
    memcpy(data, at(ctx, bank, offset), len);
}

static bool nv_program(void *ctx, unsigned bank, size_t offset, const uint8_t *data, size_t len)
{
    uint8_t *cell = at(ctx, bank, offset);
    for (size_t i = 0; i < len; i++) {
        cell[i] &= data[i];
        if (cell[i] != data[i]) /* a 0 stays 0: the memory can't hold what was asked */
            return false;
    }
    return true;
}

static bool nv_erase(void *ctx, unsigned bank)
{
    memset(at(ctx, bank, 0), 0xFF, FLASH_BANK_LEN);
    return true;
}

static bool entropy(void *ctx, uint8_t *data, size_t len)
{
    (void)ctx;
    while (len > 0) {
        ssize_t n = getrandom(data, len, 0);
        if (n < 0 && errno != EINTR)
            return false;
        if (n > 0) {
            data += n;
            len -= (size_t)n;
        }
    }
    return true;
}

static void delay_ms(void *ctx, uint32_t ms)
{
    (void)ctx;
    struct timespec left = { .tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000 };
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
}

struct card_port flash_port(struct flash *flash)
{
    return (struct card_port) {
        .ctx = flash,
        .bank_len = FLASH_BANK_LEN,
        .nv_read = nv_read,
        .nv_program = nv_program,
        .nv_erase = nv_erase,
        .entropy = entropy,
        .delay_ms = delay_ms,
    };
}

static bool complain(const char *path, const char *what)
{
    fprintf(stderr, "sdc-vcard: %s: %s\n", path, what);
    return false;
}

static bool map(struct flash *flash, const char *path)
{
    struct stat st;
    if (fstat(flash->fd, &st) != 0)
        return complain(path, strerror(errno));
    if (st.st_size != FLASH_FILE_LEN)
        return complain(path, "not a card's flash: wrong size");
    flash->bank = mmap(NULL, FLASH_FILE_LEN, PROT_READ | PROT_WRITE, MAP_SHARED, flash->fd, 0);
    if (flash->bank == MAP_FAILED) {
        flash->bank = NULL;
        return complain(path, strerror(errno));
    }
    return true;
}

void flash_close(struct flash *flash)
{
    if (flash->bank != NULL)
        munmap(flash->bank, FLASH_FILE_LEN);
    if (flash->fd >= 0)
        close(flash->fd);
    *flash = (struct flash) { .fd = -1 };
}

/* A blank card in the open file, which is written in full: a mapped hole would kill the process on a full disk. */
static bool blank_write(struct flash *flash, const char *path)
{
    int err = posix_fallocate(flash->fd, 0, FLASH_FILE_LEN);
    if (err != 0)
        return complain(path, strerror(err));
    if (!map(flash, path))
        return false;
    struct card_port port = flash_port(flash);
    if (!card_format(&port, NULL))
        return complain(path, "can't be formatted");
    if (msync(flash->bank, FLASH_FILE_LEN, MS_SYNC) != 0)
        return complain(path, strerror(errno));
    return true;
}

/* Made aside and linked into place, so that 'path' is never half a card; losing a race to another maker is no error. */
static bool blank_make(const char *path)
{
    struct flash flash = { .fd = -1 };
    char *temp = NULL;
    if (asprintf(&temp, "%s.XXXXXX", path) < 0)
        return complain(path, strerror(ENOMEM));
    flash.fd = mkostemp(temp, O_CLOEXEC);
    bool ok = flash.fd >= 0 ? blank_write(&flash, temp) : complain(temp, strerror(errno));
    if (ok && link(temp, path) != 0 && errno != EEXIST)
        ok = complain(path, strerror(errno));
    if (flash.fd >= 0)
        unlink(temp);
    flash_close(&flash);
    free(temp);
    return ok;
}

bool flash_open(struct flash *flash, const char *path)
{
    *flash = (struct flash) { .fd = open(path, O_RDWR | O_CLOEXEC) };
    if (flash->fd < 0 && errno == ENOENT) {
        if (!blank_make(path))
            return false;
        flash->fd = open(path, O_RDWR | O_CLOEXEC);
    }
    if (flash->fd < 0)
        return complain(path, strerror(errno));
    bool ok = flock(flash->fd, LOCK_EX | LOCK_NB) == 0 || complain(path, "in use by another process");
    ok = ok && map(flash, path);
    if (!ok)
        flash_close(flash);
    return ok;
}
