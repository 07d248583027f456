/* SPDX-License-Identifier: BSD-2-Clause */
#include "transcript.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#define BYTES_MAX 70000
#define NAMES_MAX 16
#define VALUE_MAX 256

struct value {
    char name[16];
    uint8_t bytes[VALUE_MAX];
    size_t len;
};

/* A run: the open file, what is remembered, the last answer. */
struct run {
    const struct transcript_card *card;
    unsigned line, exchanges;
    bool answered; /* the last command's answer was compared */
    uint8_t key[16];
    struct value values[NAMES_MAX];
    size_t value_count;
    uint8_t command[BYTES_MAX], answer[BYTES_MAX];
    size_t answer_len;
    char *why;
    size_t why_cap;
};

__attribute__((format(printf, 2, 3))) static bool fail(struct run *run, const char *format, ...)
{
    int n = snprintf(run->why, run->why_cap, "line %u: ", run->line);
    va_list args;
    va_start(args, format);
    if (n >= 0 && (size_t)n < run->why_cap)
        vsnprintf(run->why + n, run->why_cap - (size_t)n, format, args);
    va_end(args);
    return false;
}

static const char *skip(const char *p)
{
    while (isspace((unsigned char)*p))
        p++;
    return p;
}

static int hex_digit(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : isxdigit((unsigned char)c) ? toupper((unsigned char)c) - 'A' + 10 : -1;
}

static struct value *value_of(struct run *run, const char *name)
{
    for (size_t i = 0; i < run->value_count; i++)
        if (strcmp(run->values[i].name, name) == 0)
            return &run->values[i];
    return NULL;
}

static void aes_block(const uint8_t key[static 16], bool encrypt, const uint8_t in[static 16], uint8_t out[static 16])
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int n = 0;
    if (ctx == NULL || EVP_CipherInit_ex(ctx, EVP_aes_128_ecb(), NULL, key, NULL, encrypt) != 1 ||
        EVP_CIPHER_CTX_set_padding(ctx, 0) != 1 || EVP_CipherUpdate(ctx, out, &n, in, 16) != 1 || n != 16)
        abort();
    EVP_CIPHER_CTX_free(ctx);
}

/* {name}, {enc name}, {dec name}, {HH x n}; 'text' is what is inside the braces. Appends to out. */
static bool expand(struct run *run, const char *text, uint8_t *out, size_t *len)
{
    char word[16], name[16];
    unsigned byte, count;
    if (sscanf(text, "%2x x %u", &byte, &count) == 2) {
        if (count > BYTES_MAX - *len)
            return fail(run, "too long");
        memset(out + *len, (int)byte, count);
        *len += count;
        return true;
    }
    int words = sscanf(text, "%15s %15s", word, name);
    const struct value *value = value_of(run, words == 2 ? name : word);
    if (value == NULL || value->len > BYTES_MAX - *len)
        return fail(run, "nothing is known of {%s}", text);
    if (words == 2 && value->len == 16)
        aes_block(run->key, strcmp(word, "enc") == 0, value->bytes, out + *len);
    else
        memcpy(out + *len, value->bytes, value->len);
    *len += value->len;
    return true;
}

/* The inside of {...} at *p into text; *p is left behind it. */
static bool braces(struct run *run, const char **p, char text[static 64])
{
    const char *end = strchr(*p, '}');
    if (end == NULL || end - *p - 1 >= 64)
        return fail(run, "a brace is not closed");
    size_t n = (size_t)(end - *p - 1);
    memcpy(text, *p + 1, n);
    text[n] = '\0';
    *p = end + 1;
    return true;
}

static bool parse_command(struct run *run, const char *p, uint8_t *out, size_t *len)
{
    *len = 0;
    for (p = skip(p); *p != '\0'; p = skip(p)) {
        char text[64];
        if (*p == '{') {
            if (!braces(run, &p, text) || !expand(run, text, out, len))
                return false;
            continue;
        }
        int high = hex_digit(p[0]), low = high < 0 ? -1 : hex_digit(p[1]);
        if (low < 0 || *len == BYTES_MAX)
            return fail(run, "not hex: %.8s", p);
        out[(*len)++] = (uint8_t)(high << 4 | low);
        p += 2;
    }
    return true;
}

/* One element of an answer's pattern against the answer at *at; not '*'. */
static bool match_one(struct run *run, const char **p, size_t *at)
{
    static uint8_t expected[BYTES_MAX];
    char text[64], name[16];
    size_t len = 0;
    unsigned count;
    if (**p == '{') {
        if (!braces(run, p, text))
            return false;
        if (sscanf(text, "%15[^:]:%u", name, &count) == 2) {
            if (count > VALUE_MAX || count > run->answer_len - *at || run->value_count == NAMES_MAX)
                return fail(run, "no %u bytes for {%s}", count, text);
            struct value *v = value_of(run, name);
            v = v != NULL ? v : &run->values[run->value_count++];
            snprintf(v->name, sizeof v->name, "%s", name);
            memcpy(v->bytes, run->answer + *at, count);
            v->len = count;
            *at += count;
            return true;
        }
        if (!expand(run, text, expected, &len))
            return false;
        bool same = len <= run->answer_len - *at && memcmp(expected, run->answer + *at, len) == 0;
        *at += len;
        return same || fail(run, "the answer differs in {%s}", text);
    }
    for (int shift = 4; shift >= 0; shift -= 4, (*p)++) {
        if (*at >= run->answer_len)
            return fail(run, "the answer is too short, %zu bytes", run->answer_len);
        int digit = run->answer[*at] >> shift & 0x0F;
        if (**p != '?' && hex_digit(**p) < 0)
            return fail(run, "not a pattern: %.8s", *p);
        if (**p != '?' && hex_digit(**p) != digit)
            return fail(run, "the answer differs at byte %zu: %02X; it ends in %02X%02X", *at, run->answer[*at],
                        run->answer[run->answer_len - 2], run->answer[run->answer_len - 1]);
    }
    (*at)++;
    return true;
}

/* Bytes that the pattern behind a '*' takes: hex pairs only stand there. */
static size_t tail_len(const char *p)
{
    size_t digits = 0;
    for (; *p != '\0'; p++)
        digits += isspace((unsigned char)*p) ? 0 : 1;
    return digits / 2;
}

static bool match(struct run *run, const char *p)
{
    size_t at = 0;
    for (p = skip(p); *p != '\0'; p = skip(p)) {
        if (*p == '*') {
            size_t tail = tail_len(skip(++p));
            if (at + tail > run->answer_len)
                return fail(run, "the answer is too short, %zu bytes", run->answer_len);
            at = run->answer_len - tail;
        } else if (!match_one(run, &p, &at)) {
            return false;
        }
    }
    return at == run->answer_len || fail(run, "the answer is %zu bytes longer", run->answer_len - at);
}

static bool step(struct run *run, char *line)
{
    size_t len;
    line[strcspn(line, "#")] = '\0';
    const char *p = skip(line);
    if (*p == '\0')
        return true;
    if (*p == '<') {
        if (run->answered)
            return fail(run, "an answer without a command");
        run->answered = true;
        return match(run, p + 1);
    }
    if (!run->answered)
        return fail(run, "the command before has no answer");
    if (strncmp(p, "reset", 5) == 0)
        return run->card->reset(run->card->ctx) || fail(run, "no reset");
    if (strncmp(p, "key", 3) == 0) {
        if (!parse_command(run, p + 3, run->command, &len) || len != sizeof run->key)
            return fail(run, "a key is 16 bytes");
        memcpy(run->key, run->command, len);
        return true;
    }
    if (*p != '>')
        return fail(run, "not a line of a transcript: %.20s", p);
    if (!parse_command(run, p + 1, run->command, &len))
        return false;
    run->answer_len = sizeof run->answer;
    run->answered = false;
    run->exchanges++;
    return (run->card->transmit(run->card->ctx, run->command, len, run->answer, &run->answer_len) &&
            run->answer_len >= 2) ||
           fail(run, "the transport failed");
}

/* Reads one line and those that it goes on in. False at the end of the file. */
static bool read_line(FILE *file, struct run *run, char **line, size_t *cap)
{
    char *part = NULL;
    size_t part_cap = 0, len = 0;
    ssize_t n;
    bool more = true, any = false;
    while (more && (n = getline(&part, &part_cap, file)) >= 0) {
        any = true;
        run->line++;
        while (n > 0 && (part[n - 1] == '\n' || part[n - 1] == '\r'))
            n--;
        more = n > 0 && part[n - 1] == '\\';
        n -= more ? 1 : 0;
        if (len + (size_t)n + 1 > *cap && (*line = realloc(*line, *cap = len + (size_t)n + 1)) == NULL)
            abort();
        memcpy(*line + len, part, (size_t)n);
        len += (size_t)n;
        (*line)[len] = '\0';
    }
    free(part);
    return any;
}

bool transcript_run(const char *path, const struct transcript_card *card, unsigned *exchanges, char *why,
                    size_t why_cap)
{
    struct run *run = calloc(1, sizeof *run);
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t cap = 0;
    if (run == NULL)
        abort();
    *run = (struct run) { .card = card, .answered = true, .why = why, .why_cap = why_cap };
    bool ok = file != NULL || fail(run, "%s can't be read", path);
    while (ok && read_line(file, run, &line, &cap))
        ok = step(run, line);
    if (ok && !run->answered)
        ok = fail(run, "the last command has no answer");
    *exchanges = run->exchanges;
    free(line);
    if (file != NULL)
        fclose(file);
    free(run);
    return ok;
}
