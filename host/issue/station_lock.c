/* SPDX-License-Identifier: BSD-2-Clause */
#include "station_state.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>

/* One byte of one lock file stands for each request: its place is taken from the hash of the transaction id. The kernel
 * gives the lock back when the process ends, so that a killed one leaves nothing behind. */
static enum sdc_status place_of(const char *transaction_id, off_t *place, struct sdc_error *e)
{
    uint8_t hash[32];
    if (EVP_Digest(transaction_id, strlen(transaction_id), hash, NULL, EVP_sha256(), NULL) != 1)
        return crypto_fail(e, "can't hash");
    uint64_t value = 0;
    for (size_t i = 0; i < 7; i++)
        value = value << 8 | hash[i];
    *place = (off_t)value;
    return SDC_OK;
}

enum sdc_status station_lock(const struct sdc_station *station, const char *transaction_id, int *lock,
                             struct sdc_error *e)
{
    char path[PATH_MAX];
    struct flock range = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1 };
    *lock = -1;
    enum sdc_status status = station_path(station->home, STATION_LOCK, path, e);
    if (status == SDC_OK)
        status = place_of(transaction_id, &range.l_start, e);
    if (status != SDC_OK)
        return status;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return sdc_fail(e, SDC_E_IO, "can't open %s: %s", path, strerror(errno));
    if (fcntl(fd, F_OFD_SETLK, &range) != 0) {
        int error = errno;
        close(fd);
        if (error == EAGAIN || error == EACCES)
            return sdc_fail(e, SDC_E_CONFLICT, "transaction %s is being issued by another process", transaction_id);
        return sdc_fail(e, SDC_E_IO, "can't lock %s: %s", path, strerror(error));
    }
    *lock = fd;
    return SDC_OK;
}

void station_unlock(int lock)
{
    if (lock >= 0)
        close(lock);
}
