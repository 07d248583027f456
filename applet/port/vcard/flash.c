/* SPDX-License-Identifier: BSD-2-Clause */
#include "flash.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FLASH_PAGE 4096 /* of the system's memory, and at least a disk's block */
_Static_assert(FLASH_PAGE % CARD_NV_PAGE == 0 && FLASH_BANK_LEN % FLASH_PAGE == 0, "a call touches one page");

static uint8_t *at(void *ctx, unsigned bank, size_t offset)
{
    const struct flash *flash = ctx;
    return flash->bank + bank * (size_t)FLASH_BANK_LEN + offset;
}

static void nv_read(void *ctx, unsigned bank, size_t offset, uint8_t *data, size_t len)
{
    memcpy(data, at(ctx, bank, offset), len);
}

bool flash_sync(struct flash *flash)
{
    bool ok = !flash->changed || flash->no_sync || msync(flash->bank + flash->page, FLASH_PAGE, MS_SYNC) == 0;
    flash->changed = false;
    return ok;
}

/* Before anything changes in the page of that cell. */
static bool enter_page(struct flash *flash, const uint8_t *cell)
{
    size_t page = (size_t)(cell - flash->bank) / FLASH_PAGE * FLASH_PAGE;
    bool ok = !flash->changed || page == flash->page || flash_sync(flash);
    flash->changed = true;
    flash->page = page;
    return ok;
}

static bool nv_program(void *ctx, unsigned bank, size_t offset, const uint8_t *data, size_t len)
{
    uint8_t *cell = at(ctx, bank, offset); /* in one page of the file: no call crosses CARD_NV_PAGE */
    if (!enter_page(ctx, cell))
        return false;
    for (size_t i = 0; i < len; i++) {
        cell[i] &= data[i];
        if (cell[i] != data[i]) /* a 0 stays 0: the memory can't hold what was asked */
            return false;
    }
    return true;
}

static bool nv_erase(void *ctx, unsigned bank)
{
    struct flash *flash = ctx;
    bool ok = flash_sync(flash);
    memset(at(flash, bank, 0), 0xFF, FLASH_BANK_LEN);
    return ok && (flash->no_sync || msync(at(flash, bank, 0), FLASH_BANK_LEN, MS_SYNC) == 0);
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
static bool blank_write(struct flash *flash, const char *path, const struct card_blank *blank)
{
    int err = posix_fallocate(flash->fd, 0, FLASH_FILE_LEN);
    if (err != 0)
        return complain(path, strerror(err));
    if (!map(flash, path))
        return false;
    struct card_port port = flash_port(flash);
    flash->no_sync = true; /* once, at the end */
    if (!(blank == NULL ? card_format(&port) : card_format_as(&port, blank)))
        return complain(path, "can't be formatted");
    if (msync(flash->bank, FLASH_FILE_LEN, MS_SYNC) != 0)
        return complain(path, strerror(errno));
    return true;
}

/* The file's name is on the disk too. */
static bool sync_folder(const char *path)
{
    char *copy = strdup(path);
    int fd = copy == NULL ? -1 : open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL); /* not every file system has that */
    if (!ok)
        complain(path, strerror(errno));
    if (fd >= 0)
        close(fd);
    free(copy);
    return ok;
}

/* Made aside and linked into place, so that 'path' is never half a card; losing a race to another maker is no error. */
static bool blank_make(const char *path, const struct card_blank *blank)
{
    struct flash flash = { .fd = -1 };
    char *temp = NULL;
    if (asprintf(&temp, "%s.XXXXXX", path) < 0)
        return complain(path, strerror(ENOMEM));
    flash.fd = mkostemp(temp, O_CLOEXEC);
    bool ok = flash.fd >= 0 ? blank_write(&flash, temp, blank) : complain(temp, strerror(errno));
    if (ok && link(temp, path) != 0 && errno != EEXIST)
        ok = complain(path, strerror(errno));
    if (flash.fd >= 0)
        unlink(temp);
    ok = ok && sync_folder(path);
    flash_close(&flash);
    free(temp);
    return ok;
}

bool flash_open(struct flash *flash, const char *path)
{
    return flash_open_as(flash, path, NULL);
}

bool flash_open_as(struct flash *flash, const char *path, const struct card_blank *blank)
{
    *flash = (struct flash) { .fd = open(path, O_RDWR | O_CLOEXEC) };
    if (flash->fd < 0 && errno == ENOENT) {
        if (!blank_make(path, blank))
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
