/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening a file that a batch names. The batch is a stranger's: its paths may lead nowhere but into its own folder. */
#include "photo_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define OPEN_FLAGS (O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK) /* a pipe without writer mustn't hold us up */

static bool path_good(const char *path)
{
    if (path[0] == '\0' || path[0] == '/' || strlen(path) > 255)
        return false;
    for (const char *c = path; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f || *c == '\\')
            return false;
    while (*path != '\0') {
        size_t len = strcspn(path, "/");
        bool dots = (len == 1 && path[0] == '.') || (len == 2 && memcmp(path, "..", 2) == 0);
        if (len == 0 || dots || (path[len] == '/' && path[len + 1] == '\0'))
            return false;
        path += len + (path[len] == '/');
    }
    return true;
}

int photo_walk_open(int folder, const char *path)
{
    char part[256];
    int at = dup(folder);
    while (at >= 0) {
        size_t len = strcspn(path, "/");
        if (len >= sizeof part) {
            close(at);
            errno = ENAMETOOLONG;
            return -1;
        }
        memcpy(part, path, len);
        part[len] = '\0';
        bool last = path[len] == '\0';
        int next = openat(at, part, O_NOFOLLOW | (last ? OPEN_FLAGS : O_PATH | O_DIRECTORY | O_CLOEXEC));
        int kept = errno;
        close(at);
        errno = kept;
        if (last || next < 0)
            return next;
        at = next;
        path += len + 1;
    }
    return -1;
}

static int open_beneath(int folder, const char *path)
{
    struct open_how how = { .flags = OPEN_FLAGS, .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS };
    int fd = (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
    if (fd < 0 && (errno == ENOSYS || errno == EPERM)) /* an old kernel, or a container's filter */
        return photo_walk_open(folder, path);
    return fd;
}

static enum sdc_status refuse(int error, struct sdc_error *e)
{
    switch (error) {
    case ENOENT:
        return sdc_fail(e, SDC_E_INPUT, "names a file that doesn't exist");
    case EXDEV:
        return sdc_fail(e, SDC_E_INPUT, "leads out of the batch's folder");
    case ELOOP:
        return sdc_fail(e, SDC_E_INPUT, "leads through a symbolic link that isn't followed");
    case ENOTDIR:
        return sdc_fail(e, SDC_E_INPUT, "leads through a file as if it were a folder");
    default:
        return sdc_fail(e, SDC_E_INPUT, "names a file that can't be opened: %s", strerror(error));
    }
}

static enum sdc_status read_file(int fd, struct sdc_buf *file, struct sdc_error *e)
{
    struct stat st;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return sdc_fail(e, SDC_E_INPUT, "names something that is no regular file");
    if (st.st_size > (off_t)SDC_PHOTO_FILE_MAX)
        return sdc_fail(e, SDC_E_INPUT, "names a file of more than %zu bytes", SDC_PHOTO_FILE_MAX);
    uint8_t chunk[16384];
    size_t total = 0;
    for (;;) {
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return sdc_fail(e, SDC_E_IO, "names a file that can't be read: %s", strerror(errno));
        if (n == 0)
            break;
        total += (size_t)n;
        if (total > SDC_PHOTO_FILE_MAX) /* it grew meanwhile */
            return sdc_fail(e, SDC_E_INPUT, "names a file of more than %zu bytes", SDC_PHOTO_FILE_MAX);
        sdc_buf_put(file, chunk, (size_t)n);
    }
    return sdc_buf_status(file, e);
}

enum sdc_status sdc_photo_open(const char *folder, const char *path, struct sdc_buf *file, struct sdc_error *e)
{
    if (!path_good(path))
        return sdc_fail(e, SDC_E_INPUT, "must be a path inside the batch's folder, without \"..\"");
    int dir = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return sdc_fail(e, SDC_E_INPUT, "lies in a folder that can't be opened: %s", strerror(errno));
    int fd = open_beneath(dir, path);
    enum sdc_status status = fd < 0 ? refuse(errno, e) : read_file(fd, file, e);
    if (fd >= 0)
        close(fd);
    close(dir);
    return status;
}
