/* SPDX-License-Identifier: BSD-2-Clause */
#include "portrait_parts.h"

#include <string.h>

static OPJ_SIZE_T stream_read(void *buffer, OPJ_SIZE_T n, void *ctx)
{
    struct portrait_memory *m = ctx;
    size_t left = m->len - m->at;
    if (left == 0)
        return (OPJ_SIZE_T)-1; /* end of file, in OpenJPEG's words */
    if (n > left)
        n = left;
    memcpy(buffer, m->data + m->at, n);
    m->at += n;
    return n;
}

static OPJ_SIZE_T stream_write(void *buffer, OPJ_SIZE_T n, void *ctx)
{
    struct portrait_memory *m = ctx;
    if (n > m->cap - m->at)
        return (OPJ_SIZE_T)-1;
    memcpy(m->data + m->at, buffer, n);
    m->at += n;
    if (m->at > m->len)
        m->len = m->at;
    return n;
}

/* The writer leaves room for the length of a box that it doesn't know yet, and comes back: memory is zeroed before. */
static bool go_to(struct portrait_memory *m, uint64_t to)
{
    if (to > (m->cap > m->len ? m->cap : m->len))
        return false;
    m->at = (size_t)to;
    return true;
}

static OPJ_BOOL stream_seek(OPJ_OFF_T to, void *ctx)
{
    return to >= 0 && go_to(ctx, (uint64_t)to) ? OPJ_TRUE : OPJ_FALSE;
}

static OPJ_OFF_T stream_skip(OPJ_OFF_T n, void *ctx)
{
    struct portrait_memory *m = ctx;
    return n >= 0 && go_to(m, m->at + (uint64_t)n) ? n : -1;
}

opj_stream_t *portrait_stream(struct portrait_memory *memory, bool reads)
{
    opj_stream_t *stream = opj_stream_create(65536, reads ? OPJ_TRUE : OPJ_FALSE);
    if (!stream)
        return NULL;
    opj_stream_set_user_data(stream, memory, NULL);
    opj_stream_set_user_data_length(stream, memory->len);
    if (reads)
        opj_stream_set_read_function(stream, stream_read);
    else
        opj_stream_set_write_function(stream, stream_write);
    opj_stream_set_seek_function(stream, stream_seek);
    opj_stream_set_skip_function(stream, stream_skip);
    return stream;
}
