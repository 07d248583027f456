/* SPDX-License-Identifier: BSD-2-Clause */
#include "face_record.h"

#define FAC_HEAD_LEN  14 /* INCITS 385-2004 5.4 */
#define FAC_BLOCK_LEN 20 /* 5.5 */
#define FAC_IMAGE_LEN 12 /* 5.7 */

/* All that could describe the person beside the image is left unspecified (0) */
void face_record_put(const struct face_record *face, struct sdc_buf *b)
{
    const size_t image = face->image.left, block = FAC_BLOCK_LEN + FAC_IMAGE_LEN + image;
    sdc_buf_put(b, "FAC", 4);
    sdc_buf_put(b, "010", 4);
    sdc_buf_u32(b, (uint32_t)(FAC_HEAD_LEN + block));
    sdc_buf_u16(b, 1); /* images */
    sdc_buf_u32(b, (uint32_t)block);
    sdc_buf_u16(b, 0);      /* feature points */
    sdc_buf_fill(b, 0, 14); /* gender, eye and hair colour, property mask, expression, pose, its uncertainty */
    sdc_buf_u8(b, 1);       /* face image type: full frontal */
    sdc_buf_u8(b, 1);       /* image data type: JPEG 2000 */
    sdc_buf_u16(b, (uint16_t)face->width);
    sdc_buf_u16(b, (uint16_t)face->height);
    sdc_buf_u8(b, 1);  /* colour space: 24-bit RGB */
    sdc_buf_u8(b, 2);  /* source: still camera */
    sdc_buf_u16(b, 0); /* device type */
    sdc_buf_u16(b, 0); /* quality: unspecified */
    sdc_buf_put(b, face->image.p, image);
}
