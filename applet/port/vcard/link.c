/* SPDX-License-Identifier: BSD-2-Clause */
#include "link.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define RETRY_MS 20

static uint64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* Waits until fd (or nothing, -1) is readable; a negative time is for ever. False where 'stop' ended it. */
static bool wait_for(int fd, int ms, int stop)
{
    struct pollfd p[] = { { .fd = stop, .events = POLLIN }, { .fd = fd, .events = POLLIN } };
    int got;
    while ((got = poll(p, sizeof p / sizeof p[0], ms)) < 0 && errno == EINTR) {
    }
    if (got >= 0 && p[0].revents == 0)
        return true;
    errno = EINTR;
    return false;
}

static int connect_once(const char *host, const char *port)
{
    struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM }, *list = NULL;
    if (getaddrinfo(host, port, &hints, &list) != 0) {
        errno = EADDRNOTAVAIL;
        return -1;
    }
    int fd = -1;
    for (const struct addrinfo *a = list; a != NULL && fd < 0; a = a->ai_next) {
        fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
        if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) != 0) {
            int err = errno;
            close(fd);
            errno = err;
            fd = -1;
        }
    }
    int err = errno;
    freeaddrinfo(list);
    errno = err;
    return fd;
}

int link_connect(const char *host, const char *port, unsigned wait_ms, int stop)
{
    const int on = 1;
    uint64_t end = now_ms() + wait_ms;
    int fd;
    while ((fd = connect_once(host, port)) < 0) {
        if (errno == EADDRNOTAVAIL || now_ms() >= end)
            return -1;
        if (!wait_for(-1, RETRY_MS, stop)) /* a listening socket appears without a sign: ask again now and then */
            return -1;
    }
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

static bool receive_all(int fd, uint8_t *data, size_t len)
{
    const int on = 1;
    while (len > 0) {
        /* vpcd sends length and body apart and waits for the first one's acknowledgement: it must not be delayed */
        (void)setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
        ssize_t n = recv(fd, data, len, 0);
        if (n == 0)
            errno = ECONNRESET;
        if (n <= 0)
            return false;
        data += n;
        len -= (size_t)n;
    }
    return true;
}

long link_receive(int fd, uint8_t *data, int stop)
{
    uint8_t head[2];
    if (!wait_for(fd, -1, stop) || !receive_all(fd, head, sizeof head))
        return -1;
    size_t len = (size_t)head[0] << 8 | head[1];
    return receive_all(fd, data, len) ? (long)len : -1;
}

bool link_send(int fd, uint8_t *message, size_t len)
{
    message[0] = (uint8_t)(len >> 8);
    message[1] = (uint8_t)len;
    len += 2;
    while (len > 0) {
        ssize_t n = send(fd, message, len, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        message += n;
        len -= (size_t)n;
    }
    return true;
}
