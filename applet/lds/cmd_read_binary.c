/* SPDX-License-Identifier: BSD-2-Clause */
/* READ BINARY, even and odd. Le says how much; what the response has no room for is not given, without a word: the
 * sender asks for the next part by its offset. */
#include "card_edge.h"
#include "lds_private.h"
#include "tlv.h"

#define P1_SFI       0x80
#define SFI_MASK     0x1F
#define TAG_OFFSET   0x54
#define TAG_CONTENT  0x53
#define CONTENT_HEAD 4 /* 53 82 xxxx */

/* The current EF, if it may still be read. */
static uint16_t find_current(const struct core *core, const struct lds_file *current, const struct lds_file **file)
{
    *file = current;
    if (current != NULL)
        return !lds_may(core, current, USE_READ) ? SW_SECURITY_STATUS
               : lds_file_len(core, current) > 0 ? SW_OK
                                                 : SW_NOT_FOUND;
    unsigned any = lds_df(core) == DF_MF; /* without a branch on what is allowed */
    for (uint8_t i = 0; i < lds_file_count; i++) {
        const unsigned here = lds_files[i].df == lds_df(core), may = lds_may(core, &lds_files[i], USE_READ);
        any |= here & may;
    }
    return any ? SW_NO_CURRENT_EF : SW_SECURITY_STATUS;
}

static uint16_t find_sfi(struct core *core, uint8_t sfi, const struct lds_file **file)
{
    uint16_t sw = lds_file_find(core, BY_SFI, sfi, USE_READ, file);
    if (sw == SW_OK)
        lds_state(core)->current = *file;
    return sw;
}

/* How many bytes the answer has, of at most 'room', and whether that is SW 6282. */
static uint16_t measure(const struct request *request, size_t left, size_t room, size_t asked, size_t *len)
{
    *len = left < room ? left : room;
    if (*len > asked)
        *len = asked;
    return request->le_given && *len == left && left < asked ? SW_END_OF_FILE : SW_OK;
}

uint16_t cmd_read_binary(struct core *core, const struct request *request, struct wr *answer)
{
    const struct lds_file *file;
    bool by_sfi = (request->p1 & P1_SFI) != 0;
    size_t offset = by_sfi ? request->p2 : (size_t)request->p1 << 8 | request->p2, len;
    uint16_t sw = by_sfi && (request->p1 & ~SFI_MASK) != P1_SFI ? SW_WRONG_P1P2
                  : by_sfi                                      ? find_sfi(core, request->p1 & SFI_MASK, &file)
                                                                : find_current(core, lds_state(core)->current, &file);
    if (sw != SW_OK)
        return sw;
    if (offset >= lds_file_len(core, file))
        return SW_WRONG_OFFSET;
    sw = measure(request, lds_file_len(core, file) - offset, request->room, request->le, &len);
    lds_file_answer(core, file, offset, len, answer);
    return sw;
}

/* P1P2 names a file by its fid, or 00 and SFI; 0000 is the current one. */
static uint16_t find_named(struct core *core, const struct request *request, const struct lds_file **file)
{
    uint16_t name = (uint16_t)(request->p1 << 8 | request->p2);
    if (name == 0)
        return find_current(core, lds_state(core)->current, file);
    if (name <= SFI_MASK)
        return find_sfi(core, (uint8_t)name, file);
    uint16_t sw = lds_file_find(core, BY_FID, name, USE_READ, file);
    if (sw == SW_OK)
        lds_state(core)->current = *file;
    return sw;
}

/* Le counts the whole of 53{..}. */
uint16_t cmd_read_binary_odd(struct core *core, const struct request *request, struct wr *answer)
{
    struct rd data = request->data, value;
    const struct lds_file *file;
    tlv_read_tag(&data, TAG_OFFSET, &value);
    size_t offset = rd_u16(&value), len;
    if (!rd_end(&data) || !rd_end(&value))
        return SW_WRONG_DATA;
    uint16_t sw = find_named(core, request, &file);
    if (sw != SW_OK)
        return sw;
    if (offset >= lds_file_len(core, file))
        return SW_WRONG_OFFSET;
    size_t left = lds_file_len(core, file) - offset;
    size_t head = tlv_header_len(TAG_CONTENT, left < request->room ? left : request->room);
    if (request->room <= head)
        return SW_WRONG_LENGTH;
    sw = measure(request, left, request->room - head, request->le > head ? request->le - head : 0, &len);
    tlv_write_header(answer, TAG_CONTENT, len);
    lds_file_answer(core, file, offset, len, answer);
    return sw;
}
