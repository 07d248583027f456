/* SPDX-License-Identifier: BSD-2-Clause */
#include "trace_words.h"

#include <stddef.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* SP 800-73-4 part 1, table 4b; the attestation key is the card maker's */
static const char *key_reference(const uint8_t *header)
{
    static const struct {
        uint8_t reference;
        const char *name;
    } known[] = {
        { 0x80, "PIN" }, { 0x81, "PUK" }, { 0x9A, "9A" }, { 0x9B, "9B, management" },
        { 0x9C, "9C" },  { 0x9D, "9D" },  { 0x9E, "9E" }, { 0xF9, "F9" },
    };
    uint8_t p2 = header[3];
    for (size_t i = 0; i < COUNT(known); i++)
        if (known[i].reference == p2)
            return known[i].name;
    return p2 >= 0x82 && p2 <= 0x95 ? "retired key" : "no known key";
}

/* GlobalPlatform 11.1.1, table 11-5 */
static const char *life_cycle(const uint8_t *header)
{
    switch (header[3]) {
    case 0x01:
        return "OP_READY";
    case 0x07:
        return "INITIALIZED";
    case 0x0F:
        return "SECURED";
    case 0x7F:
        return "CARD_LOCKED";
    case 0xFF:
        return "TERMINATED";
    default:
        return "no known state";
    }
}

/* A GET DATA's answer may be personal; its command names the object. */
static const struct trace_command commands[] = {
    { 0x20, 0, "VERIFY", key_reference },
    { 0x22, 0, "MANAGE SECURITY ENVIRONMENT", NULL },
    { 0x24, 0, "CHANGE REFERENCE DATA", key_reference },
    { 0x2A, 0, "PERFORM SECURITY OPERATION", NULL },
    { 0x2C, 0, "RESET RETRY COUNTER", key_reference },
    { 0x47, TRACE_COMMAND | TRACE_ANSWER, "GENERATE ASYMMETRIC KEY PAIR", key_reference },
    { 0x50, 0, "INITIALIZE UPDATE", NULL },
    { 0x82, 0, "EXTERNAL AUTHENTICATE", NULL },
    { 0x84, 0, "GET CHALLENGE", NULL },
    { 0x86, 0, "GENERAL AUTHENTICATE", NULL },
    { 0x87, 0, "GENERAL AUTHENTICATE", key_reference },
    { 0xA4, TRACE_COMMAND | TRACE_ANSWER, "SELECT", NULL },
    { 0xB0, 0, "READ BINARY", NULL },
    { 0xB1, 0, "READ BINARY", NULL },
    { 0xC0, TRACE_COMMAND, "GET RESPONSE", NULL },
    { 0xCA, TRACE_COMMAND, "GET DATA", NULL },
    { 0xCB, TRACE_COMMAND, "GET DATA", NULL },
    { 0xD6, 0, "UPDATE BINARY", NULL },
    { 0xD8, 0, "PUT KEY", NULL },
    { 0xDB, 0, "PUT DATA", NULL },
    { 0xE2, 0, "STORE DATA", NULL },
    { 0xF0, 0, "SET STATUS", life_cycle },
    { 0xF2, TRACE_COMMAND, "GET STATUS", NULL },
    { 0xF7, TRACE_COMMAND, "metadata", key_reference },
    { 0xF8, TRACE_COMMAND, "serial number", NULL },
    { 0xF9, TRACE_COMMAND, "attest", NULL },
    { 0xFA, TRACE_COMMAND, "set tries", NULL },
    { 0xFB, TRACE_COMMAND, "reset", NULL },
    { 0xFD, TRACE_COMMAND | TRACE_ANSWER, "version", NULL },
    { 0xFE, 0, "import key", key_reference },
    { 0xFF, 0, "set management key", NULL },
};

const struct trace_command *trace_command(uint8_t ins)
{
    for (size_t i = 0; i < COUNT(commands); i++)
        if (commands[i].ins == ins)
            return &commands[i];
    return NULL;
}

/* ISO/IEC 7816-4 5.6 */
const char *trace_status(unsigned sw)
{
    static const struct {
        unsigned sw, mask;
        const char *words;
    } known[] = {
        { 0x9000, 0xFFFF, "done" },
        { 0x6100, 0xFF00, "more to come" },
        { 0x6282, 0xFFFF, "end of file" },
        { 0x6283, 0xFFFF, "the transport PIN stands" },
        { 0x6300, 0xFFFF, "wrong cryptogram" },
        { 0x63C0, 0xFFF0, "wrong, tries left" },
        { 0x6581, 0xFFFF, "memory failure" },
        { 0x6700, 0xFFFF, "wrong length" },
        { 0x6800, 0xFF00, "class not supported" },
        { 0x6982, 0xFFFF, "not allowed" },
        { 0x6983, 0xFFFF, "blocked" },
        { 0x6984, 0xFFFF, "not usable" },
        { 0x6985, 0xFFFF, "not in this state" },
        { 0x6986, 0xFFFF, "no current file" },
        { 0x6987, 0xFFFF, "secure messaging incomplete" },
        { 0x6988, 0xFFFF, "secure messaging wrong" },
        { 0x6A80, 0xFFFF, "wrong data" },
        { 0x6A82, 0xFFFF, "not found" },
        { 0x6A84, 0xFFFF, "no space" },
        { 0x6A86, 0xFFFF, "wrong P1 P2" },
        { 0x6A88, 0xFFFF, "no such key" },
        { 0x6B00, 0xFFFF, "wrong offset" },
        { 0x6D00, 0xFFFF, "unknown command" },
        { 0x6E00, 0xFFFF, "unknown class" },
        { 0x6F00, 0xFFFF, "mute" },
    };
    for (size_t i = 0; i < COUNT(known); i++)
        if ((sw & known[i].mask) == known[i].sw)
            return known[i].words;
    return "unknown status";
}
