/* SPDX-License-Identifier: BSD-2-Clause */
#include "sdc/bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum sdc_status read_all(int fd, const char *path, size_t max, struct sdc_buf *out, struct sdc_error *e)
{
    uint8_t chunk[4096];
    size_t total = 0;
    enum sdc_status status = SDC_OK;
    for (;;) {
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            status = sdc_fail(e, SDC_E_IO, "can't read %s: %s", path, strerror(errno));
            break;
        }
        if (n == 0)
            break;
        if ((size_t)n > max - total) {
            status = sdc_fail(e, SDC_E_INPUT, "%s is larger than %zu bytes", path, max);
            break;
        }
        sdc_buf_put(out, chunk, (size_t)n);
        total += (size_t)n;
    }
    sdc_wipe(chunk, sizeof chunk);
    return status != SDC_OK ? status : sdc_buf_status(out, e);
}

enum sdc_status sdc_file_read(const char *path, size_t max, struct sdc_buf *out, struct sdc_error *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY); /* a pipe without writer mustn't hold us up */
    if (fd < 0)
        return sdc_fail(e, SDC_E_INPUT, "can't open %s: %s", path, strerror(errno));
    struct stat st;
    size_t before = out->len;
    enum sdc_status status;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        status = sdc_fail(e, SDC_E_INPUT, "%s is not a regular file", path);
    else if (st.st_size < 0 || (uintmax_t)st.st_size > max)
        status = sdc_fail(e, SDC_E_INPUT, "%s is larger than %zu bytes", path, max);
    else
        status = read_all(fd, path, max, out, e);
    if (status != SDC_OK)
        sdc_buf_cut(out, before);
    close(fd);
    return status;
}

enum sdc_status sdc_file_guarded(const char *path, unsigned forbidden, struct sdc_error *e)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return sdc_fail(e, SDC_E_INPUT, "can't open %s: %s", path, strerror(errno));
    if (st.st_mode & forbidden)
        return sdc_fail(e, SDC_E_INPUT, "%s: others may %s it: chmod %s", path, forbidden & S_IROTH ? "use" : "change",
                        forbidden & S_IROTH ? "go= (and change what was secret in it)" : "go-w");
    if (st.st_uid != geteuid() && st.st_uid != 0)
        return sdc_fail(e, SDC_E_INPUT, "%s: it belongs to another user", path);
    return SDC_OK;
}

static bool write_all(int fd, const void *data, size_t len)
{
    struct sdc_rd r = sdc_rd_init(data, len);
    while (r.left > 0) {
        ssize_t n = write(fd, r.p, r.left);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        sdc_rd_skip(&r, (size_t)n);
    }
    return true;
}

/* The rename is safe only once the folder itself is on the disk. */
static bool sync_folder(const char *path)
{
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (slash == folder)
        slash[1] = '\0';
    else if (slash)
        *slash = '\0';
    int fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool ok = fsync(fd) == 0;
    close(fd);
    return ok;
}

enum sdc_status sdc_file_write(const char *path, const void *data, size_t len, unsigned mode, struct sdc_error *e)
{
    uint8_t random[8];
    char suffix[2 * sizeof random + 1], temp[PATH_MAX];
    enum sdc_status status = sdc_random(random, sizeof random, e);
    if (status != SDC_OK)
        return status;
    sdc_hex(random, sizeof random, suffix);
    if ((size_t)snprintf(temp, sizeof temp, "%s.%s", path, suffix) >= sizeof temp)
        return sdc_fail(e, SDC_E_IO, "the path is too long: %.100s…", path);
    int fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)mode);
    if (fd < 0)
        return sdc_fail(e, SDC_E_IO, "can't write %s: %s", path, strerror(errno));
    bool ok = write_all(fd, data, len) && fsync(fd) == 0;
    int error = errno;
    if (close(fd) != 0 && ok) {
        ok = false;
        error = errno;
    }
    if (ok && rename(temp, path) != 0) {
        ok = false;
        error = errno;
    }
    if (!ok) {
        unlink(temp);
        return sdc_fail(e, SDC_E_IO, "can't write %s: %s", path, strerror(error));
    }
    if (!sync_folder(path))
        return sdc_fail(e, SDC_E_IO, "can't sync the folder of %s: %s", path, strerror(errno));
    return SDC_OK;
}
