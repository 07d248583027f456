/* SPDX-License-Identifier: BSD-2-Clause */
#include "batch_json.h"

#include <string.h>

/* Depth and number of values, counted roughly by the structural characters outside of strings: never too low for a
 * text that is JSON. */
struct extent {
    size_t depth, deepest, values;
};

static struct extent measure(struct sdc_rd text)
{
    struct extent x = { 0 };
    bool in_string = false;
    while (text.left > 0) {
        uint8_t c = sdc_rd_u8(&text);
        if (in_string) {
            if (c == '\\' && text.left > 0)
                sdc_rd_skip(&text, 1);
            in_string = c != '"';
            continue;
        }
        in_string = c == '"';
        if (c == '{' || c == '[') {
            x.depth++;
            x.values++;
        } else if ((c == '}' || c == ']') && x.depth > 0) {
            x.depth--;
        } else if (c == ',') {
            x.values++;
        }
        if (x.depth > x.deepest)
            x.deepest = x.depth;
    }
    return x;
}

/* jansson's own text quotes what it stumbled over, which may be a name: only its kind and place are told. */
static enum sdc_status refuse(const json_error_t *error, struct sdc_error *e)
{
    const char *what = "isn't JSON";
    switch (json_error_code(error)) {
    case json_error_duplicate_key:
        what = "names a member of an object twice";
        break;
    case json_error_invalid_utf8:
        what = "isn't UTF-8";
        break;
    case json_error_premature_end_of_input:
        what = "ends too early";
        break;
    case json_error_numeric_overflow:
        what = "has a number that is too large";
        break;
    case json_error_null_byte_in_key:
        what = "has a NUL character in a member's name";
        break;
    case json_error_out_of_memory:
        return sdc_fail(e, SDC_E_NO_MEMORY, "out of memory");
    default:
        break;
    }
    return sdc_fail(e, SDC_E_INPUT, "the text %s (line %d, column %d)", what, error->line, error->column);
}

enum sdc_status batch_json_parse(const struct sdc_buf *text, json_t **value, struct sdc_error *e)
{
    struct extent x = measure(sdc_buf_rd(text));
    *value = NULL;
    if (x.deepest > BATCH_JSON_DEPTH_MAX)
        return sdc_fail(e, SDC_E_INPUT, "the text is nested deeper than %d levels", BATCH_JSON_DEPTH_MAX);
    if (x.values > BATCH_JSON_VALUES_MAX)
        return sdc_fail(e, SDC_E_INPUT, "the text has more than %d values", BATCH_JSON_VALUES_MAX);
    json_error_t error;
    const char *data = text->data ? (const char *)text->data : "";
    *value = json_loadb(data, text->len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    return *value ? SDC_OK : refuse(&error, e);
}
