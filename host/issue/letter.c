/* SPDX-License-Identifier: BSD-2-Clause */
#include "letter.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct letter_text {
    const char *language, *card, *pin, *what;
};

/* Not read by a native speaker yet: es, pt, ht, fr. */
static const struct letter_text texts[] = {
    { "en", "Card", "Transport PIN",
      "This PIN does one thing: it lets you choose your own PIN of 6 to 8 digits when you receive the card.\n"
      "After that it is worth nothing. Never tell anybody your own PIN." },
    { "es", "Tarjeta", "PIN de transporte",
      "Este PIN sirve para una sola cosa: elegir su propio PIN de 6 a 8 cifras cuando reciba la tarjeta.\n"
      "Después ya no sirve. No diga nunca a nadie su propio PIN." },
    { "pt", "Cartão", "PIN de transporte",
      "Este PIN serve só para uma coisa: escolher o seu próprio PIN de 6 a 8 dígitos ao receber o cartão.\n"
      "Depois disso não serve mais. Nunca diga a ninguém o seu próprio PIN." },
    { "ht", "Kat", "PIN transpò",
      "PIN sa a sèvi pou yon sèl bagay: chwazi pwòp PIN ou, 6 a 8 chif, lè ou resevwa kat la.\n"
      "Apre sa li pa vo anyen ankò. Pa janm di pèsòn pwòp PIN ou." },
    { "fr", "Carte", "Code PIN de transport",
      "Ce code ne sert qu'à une chose : choisir votre propre code PIN de 6 à 8 chiffres à la remise de la carte.\n"
      "Ensuite il ne vaut plus rien. Ne donnez jamais votre propre code à personne." },
};

enum sdc_status letter_path(const char *home, const char *guid, char path[static LETTER_PATH_MAX], struct sdc_error *e)
{
    int len = snprintf(path, LETTER_PATH_MAX, "%s/letters/%s.txt", home, guid);
    return len > 0 && len < LETTER_PATH_MAX ? SDC_OK : sdc_fail(e, SDC_E_IO, "the station's path is too long");
}

static void put_line(struct sdc_buf *out, const char *name, const char *value, size_t len)
{
    sdc_buf_string(out, name);
    sdc_buf_string(out, ": ");
    sdc_buf_put(out, value, len);
    sdc_buf_u8(out, '\n');
}

static void put_text(struct sdc_buf *out, const struct letter_text *text, const struct letter *letter)
{
    put_line(out, text->card, letter->document_number, strlen(letter->document_number));
    put_line(out, text->pin, letter->transport, letter->transport_len);
    sdc_buf_u8(out, '\n');
    sdc_buf_string(out, text->what);
    sdc_buf_u8(out, '\n');
}

enum sdc_status letter_write(const char *home, const struct letter *letter, char path[static LETTER_PATH_MAX],
                             struct sdc_error *e)
{
    struct sdc_buf out = SDC_BUF_INIT;
    enum sdc_status status = letter_path(home, letter->guid, path, e);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        bool holders = i > 0 && strcmp(texts[i].language, letter->language) == 0;
        if (i > 0 && !holders)
            continue;
        if (holders)
            sdc_buf_string(&out, "\n----------------------------------------\n\n");
        put_text(&out, &texts[i], letter);
    }
    if (status == SDC_OK)
        status = sdc_buf_status(&out, e);
    if (status == SDC_OK)
        status = sdc_file_write(path, out.data, out.len, 0600, e);
    sdc_buf_free(&out);
    return status;
}

void letter_remove(const char *home, const char *guid)
{
    char path[LETTER_PATH_MAX];
    if (letter_path(home, guid, path, NULL) == SDC_OK)
        (void)unlink(path);
}
