/* SPDX-License-Identifier: BSD-2-Clause */
#include "apdu.h"

/* Lc is read; what follows is data and, perhaps, Le */
static bool parse_data(struct rd *r, size_t lc, bool extended, struct apdu *apdu)
{
    apdu->data = rd_take(r, lc);
    apdu->le = extended ? APDU_LE_EXTENDED_MAX : APDU_LE_SHORT_MAX;
    if (r->left == 0)
        return rd_end(r);
    size_t le = extended ? rd_u16(r) : rd_u8(r);
    apdu->le_given = le != 0;
    if (le != 0)
        apdu->le = le;
    return rd_end(r);
}

static bool parse_extended(struct rd *r, struct apdu *apdu)
{
    size_t len = rd_u16(r);
    apdu->extended = true;
    if (r->left == 0) { /* case 2E: it was Le */
        apdu->le_given = len != 0;
        apdu->le = len == 0 ? APDU_LE_EXTENDED_MAX : len;
        return rd_end(r);
    }
    return len != 0 && parse_data(r, len, true, apdu);
}

bool apdu_parse(const uint8_t *cmd, size_t len, struct apdu *apdu)
{
    struct rd r = rd_init(cmd, len);
    *apdu = (struct apdu) { .data = rd_init(cmd, 0), .le = APDU_LE_SHORT_MAX };
    apdu->cla = rd_u8(&r);
    apdu->ins = rd_u8(&r);
    apdu->p1 = rd_u8(&r);
    apdu->p2 = rd_u8(&r);
    if (r.err || r.left == 0) /* case 1 */
        return rd_end(&r);
    size_t first = rd_u8(&r);
    if (r.left == 0) { /* case 2S: it was Le */
        apdu->le_given = first != 0;
        apdu->le = first == 0 ? APDU_LE_SHORT_MAX : first;
        return true;
    }
    if (first == 0)
        return parse_extended(&r, apdu);
    return parse_data(&r, first, false, apdu);
}
