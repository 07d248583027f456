/* SPDX-License-Identifier: BSD-2-Clause */
/* The trivial card that times are measured against: takes sdc-vcard's arguments, connects to vpcd in the same way and
 * answers each APDU with its data field and 9000. It tells what pcscd, the driver and two sockets cost by themselves.
 * Usage: echo-card --flash FILE --port N   (FILE is not used). Ends when vpcd closes. */
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LEN_BYTES = 2, MESSAGE_CAP = 65535, HEADER_LEN = 4, CASE3_LEN = 6, USAGE = 64, SERVICE = 69, GET_ATR = 4 };

/* One message of the vpcd protocol: two bytes of length, big-endian, then the bytes. */
struct message {
    uint8_t bytes[LEN_BYTES + MESSAGE_CAP];
    size_t len;
};

static bool receive(int vpcd, uint8_t *to, size_t len)
{
    while (len > 0) {
        /* vpcd sends length and body apart; a delayed acknowledgement between them costs 40 ms */
        setsockopt(vpcd, IPPROTO_TCP, TCP_QUICKACK, &(int) { 1 }, sizeof(int));
        ssize_t got = recv(vpcd, to, len, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        to += got;
        len -= (size_t)got;
    }
    return true;
}

static bool receive_message(int vpcd, struct message *in)
{
    if (!receive(vpcd, in->bytes, LEN_BYTES))
        return false;
    in->len = (size_t)(in->bytes[0] << 8 | in->bytes[1]);
    return receive(vpcd, in->bytes + LEN_BYTES, in->len);
}

static bool send_message(int vpcd, struct message *out)
{
    out->bytes[0] = (uint8_t)(out->len >> 8);
    out->bytes[1] = (uint8_t)out->len;
    size_t done = 0;
    while (done < LEN_BYTES + out->len) {
        ssize_t put = send(vpcd, out->bytes + done, LEN_BYTES + out->len - done, MSG_NOSIGNAL);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        done += (size_t)put;
    }
    return true;
}

/* The data field of a short APDU (ISO/IEC 7816-3 12.1.3, cases 3 and 4), nothing for any other. */
static void echo(const struct message *in, struct message *out)
{
    const uint8_t *apdu = in->bytes + LEN_BYTES;
    size_t data_len = in->len >= CASE3_LEN ? apdu[HEADER_LEN] : 0;
    if (HEADER_LEN + 1 + data_len > in->len)
        data_len = 0;
    if (data_len > 0)
        memcpy(out->bytes + LEN_BYTES, apdu + HEADER_LEN + 1, data_len);
    out->bytes[LEN_BYTES + data_len] = 0x90;
    out->bytes[LEN_BYTES + data_len + 1] = 0x00;
    out->len = data_len + 2;
}

static void serve(int vpcd)
{
    static const uint8_t atr[] = { 0x3B, 0x80, 0x80, 0x01, 0x01 }; /* T=1, no historical bytes */
    static struct message in, out;
    while (receive_message(vpcd, &in)) {
        if (in.len == 1) {
            if (in.bytes[LEN_BYTES] != GET_ATR)
                continue; /* power off, on, reset: nothing to forget */
            memcpy(out.bytes + LEN_BYTES, atr, sizeof(atr));
            out.len = sizeof(atr);
        } else {
            echo(&in, &out);
        }
        if (!send_message(vpcd, &out))
            return;
    }
}

static int connect_vpcd(uint16_t port)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons(port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int vpcd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (vpcd < 0 || connect(vpcd, (struct sockaddr *)&to, sizeof(to)) != 0) {
        perror("echo-card: vpcd");
        return -1;
    }
    setsockopt(vpcd, IPPROTO_TCP, TCP_NODELAY, &(int) { 1 }, sizeof(int));
    return vpcd;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        { "flash", required_argument, NULL, 'f' },
        { "port", required_argument, NULL, 'p' },
        { NULL, 0, NULL, 0 },
    };
    unsigned long port = 0;
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 'p')
            port = strtoul(optarg, NULL, 10);
        else if (option != 'f')
            return USAGE;
    }
    if (port == 0 || port > UINT16_MAX || optind != argc) {
        fputs("usage: echo-card --flash FILE --port N\n", stderr);
        return USAGE;
    }
    int vpcd = connect_vpcd((uint16_t)port);
    if (vpcd < 0)
        return SERVICE;
    serve(vpcd);
    close(vpcd);
    return EXIT_SUCCESS;
}
