/* SPDX-License-Identifier: BSD-2-Clause */
#include "card_talk.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#define COMMAND_MAX 66000

static void *must(void *p)
{
    if (p == NULL)
        abort();
    return p;
}

struct talk *talk_new(void)
{
    static struct talk *newest;
    struct talk *talk = must(calloc(1, sizeof *talk));
    talk->older = newest;
    newest = talk;
    card_memory_init(&talk->memory);
    return talk;
}

size_t talk_unhex(const char *hex, uint8_t *out, size_t cap)
{
    size_t len = 0;
    unsigned byte;
    for (; *hex != '\0'; hex += 2) {
        while (isspace((unsigned char)*hex))
            hex++;
        if (*hex == '\0')
            break;
        if (len == cap || sscanf(hex, "%2x", &byte) != 1 || !isxdigit((unsigned char)hex[1]))
            abort();
        out[len++] = (uint8_t)byte;
    }
    return len;
}

static void keep(struct talk_tape *tape, const uint8_t *cmd, size_t len)
{
    if (tape->count == sizeof tape->of / sizeof tape->of[0] || len > sizeof tape->of[0].bytes)
        abort();
    memcpy(tape->of[tape->count].bytes, cmd, len);
    tape->of[tape->count++].len = len;
}

unsigned talk_bytes(struct talk *talk, const uint8_t *cmd, size_t len)
{
    struct answer_seen *got = &talk->got;
    if (talk->tape != NULL)
        keep(talk->tape, cmd, len);
    size_t n = card_memory_apdu(&talk->memory, cmd, len, got->data, sizeof got->data);
    if (n < 2 || n > sizeof got->data)
        abort();
    got->len = n - 2;
    got->sw = (unsigned)got->data[n - 2] << 8 | got->data[n - 1];
    return got->sw;
}

unsigned talk_hex(struct talk *talk, const char *hex)
{
    uint8_t cmd[1024];
    return talk_bytes(talk, cmd, talk_unhex(hex, cmd, sizeof cmd));
}

static size_t put_header(uint8_t *cmd, uint32_t header)
{
    for (int i = 0; i < 4; i++)
        cmd[i] = (uint8_t)(header >> (24 - 8 * i));
    return 4;
}

unsigned talk_command(struct talk *talk, uint32_t header, const uint8_t *data, size_t len, bool extended)
{
    uint8_t *cmd = must(malloc(COMMAND_MAX));
    size_t n = put_header(cmd, header);
    extended = extended || len > 255;
    if (extended)
        cmd[n++] = 0;
    if (len > 0) {
        if (extended)
            cmd[n++] = (uint8_t)(len >> 8);
        cmd[n++] = (uint8_t)len;
        memcpy(cmd + n, data, len);
        n += len;
    }
    if (extended)
        cmd[n++] = 0;
    cmd[n++] = 0;
    unsigned sw = talk_bytes(talk, cmd, n);
    free(cmd);
    return sw;
}

unsigned talk_chained(struct talk *talk, uint32_t header, const uint8_t *data, size_t len, size_t block)
{
    for (; len > block; data += block, len -= block)
        if (talk_command(talk, header | 0x10000000, data, block, false) != 0x9000)
            return talk->got.sw;
    return talk_command(talk, header, data, len, false);
}

unsigned talk_select(struct talk *talk)
{
    return talk_hex(talk, "00A40400 0B A000000308000010000100 00");
}

void talk_aes(const uint8_t key[static 16], bool encrypt, const uint8_t in[static 16], uint8_t out[static 16])
{
    EVP_CIPHER_CTX *ctx = must(EVP_CIPHER_CTX_new());
    int n = 0;
    if (EVP_CipherInit_ex(ctx, EVP_aes_128_ecb(), NULL, key, NULL, encrypt) != 1 ||
        EVP_CIPHER_CTX_set_padding(ctx, 0) != 1 || EVP_CipherUpdate(ctx, out, &n, in, 16) != 1 || n != 16)
        abort();
    EVP_CIPHER_CTX_free(ctx);
}

unsigned talk_admin(struct talk *talk, const uint8_t *key)
{
    static const uint8_t blank[16] = { 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8 };
    uint8_t data[40] = { 0x7C, 0x26, 0x80, 0x10 }, expected[16];
    key = key != NULL ? key : blank;
    if (talk_hex(talk, "0087089B 04 7C028000 00") != 0x9000)
        return talk->got.sw;
    talk_aes(key, false, talk->got.data + 4, data + 4);
    memcpy(data + 20, "\x81\x10HOST CHALLENGE!!\x82\x00", 20);
    if (talk_command(talk, 0x0087089B, data, sizeof data, false) != 0x9000)
        return talk->got.sw;
    talk_aes(key, true, data + 22, expected);
    return talk->got.len == 20 && memcmp(talk->got.data + 4, expected, 16) == 0 ? 0x9000 : 0;
}

static void fill(uint8_t out[static 8], const char *digits)
{
    memset(out, 0xFF, 8);
    memcpy(out, digits, strnlen(digits, 8));
}

unsigned talk_verify(struct talk *talk, const char *pin)
{
    uint8_t data[8];
    fill(data, pin);
    return talk_command(talk, 0x00200080, data, sizeof data, false);
}

unsigned talk_two(struct talk *talk, uint8_t ins, uint8_t ref, const char *first, const char *second)
{
    uint8_t data[16];
    fill(data, first);
    fill(data + 8, second);
    return talk_command(talk, (uint32_t)ins << 16 | ref, data, sizeof data, false);
}

static size_t put_tag(uint8_t *out, uint32_t tag)
{
    size_t n = 0;
    for (int shift = 16; shift >= 0; shift -= 8)
        if (tag >> shift != 0)
            out[n++] = (uint8_t)(tag >> shift);
    return n;
}

static size_t put_name(uint8_t *out, uint32_t tag)
{
    out[0] = 0x5C;
    out[1] = (uint8_t)put_tag(out + 2, tag);
    return 2u + out[1];
}

unsigned talk_put(struct talk *talk, uint32_t tag, const uint8_t *content, size_t len)
{
    uint8_t *data = must(malloc(COMMAND_MAX));
    size_t n = put_name(data, tag);
    data[n++] = 0x53;
    if (len > 0xFF)
        data[n++] = 0x82, data[n++] = (uint8_t)(len >> 8);
    else if (len > 0x7F)
        data[n++] = 0x81;
    data[n++] = (uint8_t)len;
    if (len > 0)
        memcpy(data + n, content, len);
    unsigned sw = talk_command(talk, 0x00DB3FFF, data, n + len, true);
    free(data);
    return sw;
}

unsigned talk_get(struct talk *talk, uint32_t tag, bool extended)
{
    uint8_t name[8];
    unsigned sw = talk_command(talk, 0x00CB3FFF, name, put_name(name, tag), extended);
    struct answer_seen *whole = must(malloc(sizeof *whole));
    *whole = talk->got;
    while (sw >> 8 == 0x61) {
        sw = talk_hex(talk, "00C00000 00");
        memcpy(whole->data + whole->len, talk->got.data, talk->got.len);
        whole->len += talk->got.len;
    }
    whole->sw = sw;
    talk->got = *whole;
    free(whole);
    return sw;
}
