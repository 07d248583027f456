/* SPDX-License-Identifier: BSD-2-Clause */
#include "mse.h"

#include "bytes.h"
#include "tlv.h"

static const struct {
    uint32_t tag;
    enum mse_object object;
    size_t offset;
} objects[] = {
    { 0x80, MSE_HAS_OID, offsetof(struct mse, oid) }, { 0x83, MSE_HAS_NAME, offsetof(struct mse, name) },
    { 0x84, MSE_HAS_KEY, offsetof(struct mse, key) }, { 0x91, MSE_HAS_X, offsetof(struct mse, x) },
    { 0x67, MSE_HAS_AUX, offsetof(struct mse, aux) }, { 0x7F4C, MSE_HAS_CHAT, offsetof(struct mse, chat) },
};

static bool put(struct mse *mse, uint32_t tag, struct rd value)
{
    for (size_t i = 0; i < COUNT(objects); i++) {
        if (objects[i].tag != tag)
            continue;
        bool again = (mse->has & objects[i].object) != 0;
        mse->has |= objects[i].object;
        *(struct rd *)(void *)((uint8_t *)mse + objects[i].offset) = value;
        return !again;
    }
    return false;
}

bool mse_read(struct rd *data, unsigned must, unsigned may, struct mse *mse)
{
    uint32_t tag;
    struct rd value;
    *mse = (struct mse) { .has = 0 };
    while (rd_more(data))
        if (!tlv_read(data, &tag, &value) || !put(mse, tag, value))
            return false;
    return rd_end(data) && (mse->has & must) == must && (mse->has & ~(must | may)) == 0;
}
