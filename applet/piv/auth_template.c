/* SPDX-License-Identifier: BSD-2-Clause */
#include "card_edge.h"
#include "piv_private.h"
#include "tlv.h"

bool piv_template_read(struct rd *data, struct piv_template *template)
{
    *template = (struct piv_template) { 0 };
    const struct {
        uint32_t tag;
        struct rd *value;
        bool *has;
    } elements[] = {
        { TAG_AUTH_WITNESS, &template->witness, &template->has_witness },
        { TAG_AUTH_CHALLENGE, &template->challenge, &template->has_challenge },
        { TAG_AUTH_RESPONSE, &template->response, &template->has_response },
        { TAG_AUTH_EXPONENTIATION, &template->exponentiation, &template->has_exponentiation },
    };
    struct rd inner;
    tlv_read_tag(data, TAG_DYNAMIC_AUTH, &inner);
    while (rd_more(&inner)) {
        uint32_t tag;
        struct rd value;
        tlv_read(&inner, &tag, &value);
        bool known = false;
        for (size_t i = 0; i < sizeof elements / sizeof elements[0]; i++) {
            if (elements[i].tag != tag || *elements[i].has)
                continue;
            *elements[i].value = value;
            *elements[i].has = known = true;
        }
        if (!known)
            rd_fail(&inner);
    }
    return rd_end(data) && rd_end(&inner);
}
