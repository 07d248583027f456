/* SPDX-License-Identifier: BSD-2-Clause */
/* OpenPACE (libeac) as a terminal at the card in the first reader: PACE, terminal and chip authentication, secure
 * messaging are its own; of ours are the writers of TLV. Who signed EF.CardSecurity is left to whoever reads the files.
 *   eac-peer request KEY.DER                          a request for a terminal's certificates, to standard output
 *   eac-peer read FOLDER can|mrz|pin SECRET           what any reader sees: files into FOLDER
 *   eac-peer read FOLDER can|mrz|pin SECRET CHAT KEY.DER CHAIN CVCA      what a terminal sees; CHAT in hex
 * FOLDER gets each file that could be
 * read under its name (DG1, EF.SOD), of signed ones the CMS alone. Exit: 0 done, 1 refused or wrong (the reason on
 * stderr), 64 usage. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <eac/ca.h>
#include <eac/pace.h>
#include <eac/ta.h>
#include <openssl/x509.h>
#include <winscard.h>

#include "sdc.h"
#include "sdc/lds.h"
#include "sdc/tlv.h"
#include "terminal_private.h"

static SCARDHANDLE card;
static EAC_CTX *ctx;
static bool secure;

static void need(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "eac-peer: %s\n", what);
    exit(EXIT_FAILURE);
}

static BUF_MEM *mem(struct sdc_rd r)
{
    BUF_MEM *m = BUF_MEM_new();
    if (!m)
        abort();
    need(!r.err && BUF_MEM_grow(m, r.left) == r.left, "an object is missing");
    memcpy(m->data, r.p, r.left);
    return m;
}

static struct sdc_rd rd(const BUF_MEM *m)
{
    need(m != NULL, "OpenPACE gives nothing");
    return sdc_rd_init(m->data, m->length);
}

/* ---- APDUs ---- */

#define NO_LE (-1)

static uint16_t transmit(const struct sdc_buf *cmd, struct sdc_buf *answer)
{
    uint8_t resp[300];
    DWORD len = sizeof resp;
    need(SCardTransmit(card, SCARD_PCI_T1, cmd->data, cmd->len, NULL, resp, &len) == SCARD_S_SUCCESS && len >= 2,
         "the card doesn't answer");
    sdc_buf_put(answer, resp, len - 2);
    return (uint16_t)(resp[len - 2] << 8 | resp[len - 1]);
}

static void put_padded(struct sdc_buf *out, struct sdc_rd r)
{
    BUF_MEM *m = mem(r), *padded = EAC_add_iso_pad(ctx, m);
    sdc_buf_put(out, rd(padded).p, padded->length);
    BUF_MEM_clear_free(m);
    BUF_MEM_clear_free(padded);
}

/* Data and Le in secure messaging. */
static void protect(const uint8_t head[static 4], struct sdc_rd data, int le, struct sdc_buf *objects)
{
    const uint8_t most = (uint8_t)le;
    struct sdc_buf input = SDC_BUF_INIT, padded = SDC_BUF_INIT;
    need(EAC_increment_ssc(ctx) == 1, "no counter");
    if (data.left > 0) {
        put_padded(&padded, data);
        BUF_MEM *plain = mem(sdc_buf_rd(&padded)), *cipher = EAC_encrypt(ctx, plain);
        sdc_tlv_head(objects, 0x87, rd(cipher).left + 1);
        sdc_buf_u8(objects, 1);
        sdc_buf_put(objects, cipher->data, cipher->length);
        BUF_MEM_clear_free(plain);
        BUF_MEM_clear_free(cipher);
    }
    if (le != NO_LE)
        sdc_tlv_put(objects, 0x97, &most, 1);
    put_padded(&input, sdc_rd_init(head, 4));
    if (objects->len > 0)
        put_padded(&input, sdc_buf_rd(objects));
    BUF_MEM *data_in = mem(sdc_buf_rd(&input)), *mac = EAC_authenticate(ctx, data_in);
    sdc_tlv_put(objects, 0x8E, rd(mac).p, mac->length);
    BUF_MEM_clear_free(data_in);
    BUF_MEM_clear_free(mac);
    sdc_buf_free(&input);
    sdc_buf_free(&padded);
}

static void open_answer(const struct sdc_buf *answer, struct sdc_buf *out)
{
    struct sdc_rd r = sdc_buf_rd(answer), all = r, value = { 0 };
    struct sdc_buf input = SDC_BUF_INIT;
    need(EAC_increment_ssc(ctx) == 1, "no counter");
    const bool has_data = sdc_tlv_try(&r, 0x87, &value);
    (void)sdc_tlv_take(&r, 0x99);
    put_padded(&input, sdc_rd_take(&all, answer->len - r.left));
    BUF_MEM *data = mem(sdc_buf_rd(&input)), *mac = mem(sdc_tlv_take(&r, 0x8E));
    need(sdc_rd_end(&r) && EAC_verify_authentication(ctx, data, mac) == 1, "an answer isn't authentic");
    if (has_data) {
        need(sdc_rd_u8(&value) == 1, "another padding");
        BUF_MEM *cipher = mem(value), *padded = EAC_decrypt(ctx, cipher), *plain = EAC_remove_iso_pad(padded);
        sdc_buf_put(out, rd(plain).p, plain->length);
        BUF_MEM_clear_free(cipher);
        BUF_MEM_clear_free(padded);
        BUF_MEM_clear_free(plain);
    }
    BUF_MEM_clear_free(data);
    BUF_MEM_clear_free(mac);
    sdc_buf_free(&input);
}

/* header: CLA INS P1 P2 of the plain command; le 0: all that there is; what the card answers is appended to out */
static uint16_t send(uint32_t header, struct sdc_rd data, int le, struct sdc_buf *out)
{
    const uint8_t cla = (uint8_t)(header >> 24 | (secure ? 0x0C : 0));
    const uint8_t head[] = { cla, (uint8_t)(header >> 16), (uint8_t)(header >> 8), (uint8_t)header };
    struct sdc_buf body = SDC_BUF_INIT, cmd = SDC_BUF_INIT, answer = SDC_BUF_INIT;
    if (secure)
        protect(head, data, le, &body);
    else
        sdc_buf_put(&body, data.p, data.left);
    sdc_buf_put(&cmd, head, sizeof head);
    if (body.len > 0)
        sdc_buf_u8(&cmd, (uint8_t)body.len);
    sdc_buf_put(&cmd, body.data, body.len);
    if (secure || le != NO_LE)
        sdc_buf_u8(&cmd, secure ? 0 : (uint8_t)le);
    need(!cmd.err && body.len <= 255, "too long a command");
    const uint16_t sw = transmit(&cmd, &answer);
    if (secure)
        open_answer(&answer, out);
    else
        sdc_buf_put(out, answer.data, answer.len);
    sdc_buf_free(&body);
    sdc_buf_free(&cmd);
    sdc_buf_free(&answer);
    return sw;
}

static void must(uint32_t header, const struct sdc_buf *data, const char *what)
{
    struct sdc_buf none = SDC_BUF_INIT;
    const uint16_t sw = send(header, sdc_buf_rd(data), NO_LE, &none);
    if (sw >> 8 != 0x90 && sw >> 4 != 0x63C) {
        fprintf(stderr, "eac-peer: %s: %04X\n", what, sw);
        exit(EXIT_FAILURE);
    }
    sdc_buf_free(&none);
}

/* GENERAL AUTHENTICATE with one object (value NULL: none); the value of the answer's one with the tag, or of all. */
static BUF_MEM *step(uint32_t header, uint8_t tag, const BUF_MEM *value, uint8_t answer_tag)
{
    struct sdc_buf inside = SDC_BUF_INIT, data = SDC_BUF_INIT, out = SDC_BUF_INIT;
    if (value)
        sdc_tlv_put(&inside, tag, rd(value).p, value->length);
    sdc_tlv_put(&data, 0x7C, inside.data, inside.len);
    const uint16_t sw = send(header, sdc_buf_rd(&data), 0, &out);
    if (sw != 0x9000)
        fprintf(stderr, "eac-peer: %04X\n", sw);
    need(sw == 0x9000, "a step is refused");
    struct sdc_rd r = sdc_buf_rd(&out), template = sdc_tlv_take(&r, 0x7C);
    BUF_MEM *m = mem(answer_tag ? sdc_tlv_take(&template, answer_tag) : template);
    sdc_buf_free(&inside);
    sdc_buf_free(&data);
    sdc_buf_free(&out);
    return m;
}

static bool read_file(uint8_t sfi, struct sdc_buf *out)
{
    const size_t begin = out->len;
    uint16_t sw = send(0x00B08000u | (uint32_t)sfi << 8, sdc_rd_init("", 0), 0, out);
    while (sw == 0x9000)
        sw = send(0x00B00000u | (uint32_t)(out->len - begin), sdc_rd_init("", 0), 0, out);
    return out->len > begin && (sw == 0x6B00 || sw == 0x6282);
}

/* ---- the protocols ---- */

static void take_keys(int id)
{
    need(EAC_CTX_set_encryption_ctx(ctx, id) == 1 && EAC_reset_ssc(ctx) == 1, "no secure messaging");
    secure = true;
}

/* The card's ephemeral key; free it. */
static BUF_MEM *pace(enum s_type kind, const char *text, const struct sdc_buf *chat)
{
    static const uint8_t oid[] = { 0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x04, 0x02, 0x02 };
    const uint8_t id = (uint8_t)kind;
    struct sdc_buf access = SDC_BUF_INIT, mse = SDC_BUF_INIT;
    PACE_SEC *secret = PACE_SEC_new(text, strlen(text), kind);
    need(read_file(0x1C, &access) && EAC_CTX_init_ef_cardaccess(access.data, access.len, ctx) == 1, "EF.CardAccess");
    sdc_tlv_put(&mse, 0x80, oid, sizeof oid);
    sdc_tlv_put(&mse, 0x83, &id, 1);
    sdc_buf_put(&mse, chat->data, chat->len);
    must(0x0022C1A4, &mse, "PACE isn't begun");
    BUF_MEM *z = step(0x10860000, 0, NULL, 0x80);
    need(PACE_STEP2_dec_nonce(ctx, secret, z) == 1, "the nonce");
    BUF_MEM *own = PACE_STEP3A_generate_mapping_data(ctx), *mapping = step(0x10860000, 0x81, own, 0x82);
    need(PACE_STEP3A_map_generator(ctx, mapping) == 1, "the mapping");
    BUF_MEM *key = PACE_STEP3B_generate_ephemeral_key(ctx), *card_key = step(0x10860000, 0x83, key, 0x84);
    need(PACE_STEP3B_compute_shared_secret(ctx, card_key) == 1 && PACE_STEP3C_derive_keys(ctx) == 1, "the keys");
    BUF_MEM *token = PACE_STEP3D_compute_authentication_token(ctx, card_key),
            *card_token = step(0x00860000, 0x85, token, 0x86);
    need(PACE_STEP3D_verify_authentication_token(ctx, card_token) == 1, "the card's token");
    take_keys(EAC_ID_PACE);
    BUF_MEM *const all[] = { z, own, mapping, key, token, card_token };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        BUF_MEM_clear_free(all[i]);
    PACE_SEC_clear_free(secret);
    sdc_buf_free(&access);
    sdc_buf_free(&mse);
    return card_key;
}

/* Shows the card the chain; the last holder's reference into chr. */
static void show_chain(struct sdc_rd chain, struct sdc_cvc *last)
{
    while (chain.left > 0) {
        struct sdc_rd at = chain, value = sdc_tlv_take(&chain, 0x7F21);
        struct sdc_buf authority = SDC_BUF_INIT, certificate = SDC_BUF_INIT;
        need(!chain.err && sdc_cvc_parse(at.p, at.left - chain.left, last, NULL) == SDC_OK, "not a chain");
        sdc_tlv_put(&authority, 0x83, last->car, strlen(last->car));
        sdc_buf_put(&certificate, value.p, value.left);
        must(0x002281B6, &authority, last->car);
        must(0x002A00BE, &certificate, last->chr);
        sdc_buf_free(&authority);
        sdc_buf_free(&certificate);
    }
}

/* False where OpenPACE signs something else than the protocol says: it drops the zeros that a coordinate begins with,
 * once in 128 runs. */
static bool terminal(const BUF_MEM *card_key, const struct sdc_buf *key, struct sdc_rd chain,
                     const struct sdc_buf *cvca)
{
    static const uint8_t oid[] = { 0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x02, 0x02, 0x03 };
    struct sdc_cvc cvc;
    struct sdc_buf mse = SDC_BUF_INIT, challenge = SDC_BUF_INIT, signature = SDC_BUF_INIT;
    need(EAC_CTX_init_ta(ctx, key->data, key->len, cvca->data, cvca->len) == 1, "OpenPACE takes no such terminal");
    show_chain(chain, &cvc);
    BUF_MEM *own = TA_STEP3_generate_ephemeral_key(ctx);
    if (card_key->data[1] == 0 || rd(own).left != 32) {
        BUF_MEM_clear_free(own);
        return false;
    }
    sdc_tlv_put(&mse, 0x80, oid, sizeof oid);
    sdc_tlv_put(&mse, 0x83, cvc.chr, strlen(cvc.chr));
    sdc_tlv_put(&mse, 0x91, own->data, own->length);
    must(0x002281A4, &mse, "terminal authentication isn't begun");
    need(send(0x00840000, sdc_rd_init("", 0), 8, &challenge) == 0x9000, "no challenge");
    BUF_MEM *nonce = mem(sdc_buf_rd(&challenge)), *comp = EAC_Comp(ctx, EAC_ID_PACE, card_key);
    need(TA_STEP4_set_nonce(ctx, nonce) == 1, "the challenge");
    BUF_MEM *signed_by = TA_STEP5_sign(ctx, own, comp, NULL);
    sdc_buf_put(&signature, rd(signed_by).p, signed_by->length);
    must(0x00820000, &signature, "the terminal is refused");
    BUF_MEM *const all[] = { own, nonce, comp, signed_by };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        BUF_MEM_clear_free(all[i]);
    sdc_buf_free(&mse);
    sdc_buf_free(&challenge);
    sdc_buf_free(&signature);
    return true;
}

static void chip(struct sdc_buf *security)
{
    static const uint8_t mse[] = { 0x80, 0x0A, 0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x03, 0x02, 0x02, 0x84, 1, 2 };
    struct sdc_buf data = SDC_BUF_INIT;
    need(read_file(0x1D, security), "EF.CardSecurity can't be read");
    BUF_MEM *card_key = CA_get_pubkey(ctx, security->data, security->len);
    need(card_key != NULL, "EF.CardSecurity has no key");
    sdc_buf_put(&data, mse, sizeof mse);
    must(0x002241A4, &data, "chip authentication isn't begun");
    BUF_MEM *own = CA_STEP2_get_eph_pubkey(ctx), *answer = step(0x00860000, 0x80, own, 0);
    struct sdc_rd r = rd(answer);
    BUF_MEM *nonce = mem(sdc_tlv_take(&r, 0x81)), *token = mem(sdc_tlv_take(&r, 0x82));
    need(CA_STEP4_compute_shared_secret(ctx, card_key) == 1 && CA_STEP6_derive_keys(ctx, nonce, token) == 1,
         "it is another chip");
    take_keys(EAC_ID_CA);
    BUF_MEM *const all[] = { card_key, own, answer, nonce, token };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        BUF_MEM_clear_free(all[i]);
    sdc_buf_free(&data);
}

/* ---- files ---- */

static void save(const char *folder, enum sdc_lds_id id, struct sdc_rd r)
{
    char path[4096];
    const struct sdc_lds_file *file = &sdc_lds_files[id];
    struct sdc_rd inside = r, after;
    if (id == SDC_EF_SOD || file->application == SDC_LDS_DOCKET) {
        inside = sdc_tlv_take(&r, file->tag);
        if (id != SDC_EF_SOD)
            (void)sdc_tlv_take(&inside, 0x80);
        after = inside;
        (void)sdc_tlv_take(&after, 0x30);
        inside = sdc_rd_take(&inside, inside.left - after.left);
    }
    need(!inside.err, "a file isn't what it should be");
    snprintf(path, sizeof path, "%s/%s", folder, file->name);
    need(sdc_file_write(path, inside.p, inside.left, 0600, NULL) == SDC_OK, "a file can't be written");
}

static void read_application(const char *folder, enum sdc_lds_application application, const uint8_t *aid, size_t len)
{
    struct sdc_buf name = SDC_BUF_INIT, content = SDC_BUF_INIT;
    sdc_buf_put(&name, aid, len);
    must(0x00A4040C, &name, "SELECT");
    for (enum sdc_lds_id id = 0; id < SDC_LDS_FILES; id++) {
        sdc_buf_clear(&content);
        if (sdc_lds_files[id].application == application && read_file(sdc_lds_files[id].sfi, &content))
            save(folder, id, sdc_buf_rd(&content));
    }
    sdc_buf_free(&name);
    sdc_buf_free(&content);
}

static void put_chat(struct sdc_buf *out, const char *hex)
{
    static const uint8_t oid[] = { 0x06, 9, 0x04, 0x00, 0x7F, 0x00, 0x07, 0x03, 0x01, 0x02, 0x02, 0x53, 5 };
    const unsigned long long bits = strtoull(hex, NULL, 16);
    struct sdc_buf inside = SDC_BUF_INIT;
    sdc_buf_put(&inside, oid, sizeof oid);
    for (int shift = 32; shift >= 0; shift -= 8)
        sdc_buf_u8(&inside, (uint8_t)(bits >> shift));
    sdc_tlv_put(out, 0x7F4C, inside.data, inside.len);
    sdc_buf_free(&inside);
}

static struct sdc_buf file(const char *path)
{
    struct sdc_buf b = SDC_BUF_INIT;
    need(sdc_file_read(path, 65536, &b, NULL) == SDC_OK, path);
    return b;
}

static SCARDCONTEXT reader_open(void)
{
    SCARDCONTEXT context;
    char names[1024];
    DWORD len = sizeof names, protocol;
    need(SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context) == SCARD_S_SUCCESS, "no pcscd");
    need(SCardListReaders(context, NULL, names, &len) == SCARD_S_SUCCESS, "no reader");
    need(SCardConnect(context, names, SCARD_SHARE_EXCLUSIVE, SCARD_PROTOCOL_T1, &card, &protocol) == SCARD_S_SUCCESS,
         "no card");
    return context;
}

static enum s_type kind_of(const char *word)
{
    need(strcmp(word, "mrz") == 0 || strcmp(word, "can") == 0 || strcmp(word, "pin") == 0, "can, mrz or pin");
    return word[0] == 'm' ? PACE_MRZ : word[0] == 'c' ? PACE_CAN : PACE_PIN;
}

/* One session; false where it has to be made again. */
static bool read_card(int argc, char **argv)
{
    static const uint8_t travel[] = { 0xA0, 0, 0, 2, 0x47, 0x10, 0x01 };
    static const uint8_t docket[] = { 0xF0, 'S', 'D', 'C', 'D', 'O', 'C', 'K', 'E', 'T' };
    struct sdc_buf chat = SDC_BUF_INIT, security = SDC_BUF_INIT;
    DWORD protocol;
    need(SCardReconnect(card, SCARD_SHARE_EXCLUSIVE, SCARD_PROTOCOL_T1, SCARD_RESET_CARD, &protocol) == SCARD_S_SUCCESS,
         "the card can't be reset");
    secure = false;
    ctx = EAC_CTX_new();
    if (argc > 5)
        put_chat(&chat, argv[5]);
    BUF_MEM *card_key = pace(kind_of(argv[3]), argv[4], &chat);
    bool done = true;
    if (argc > 5) {
        struct sdc_buf key = file(argv[6]), chain = file(argv[7]), cvca = file(argv[8]);
        done = terminal(card_key, &key, sdc_buf_rd(&chain), &cvca);
        if (done) {
            chip(&security);
            save(argv[2], SDC_EF_CARD_SECURITY, sdc_buf_rd(&security));
        }
        sdc_buf_free(&key);
        sdc_buf_free(&chain);
        sdc_buf_free(&cvca);
    }
    if (done) {
        read_application(argv[2], SDC_LDS_TRAVEL, travel, sizeof travel);
        read_application(argv[2], SDC_LDS_DOCKET, docket, sizeof docket);
    }
    BUF_MEM_clear_free(card_key);
    EAC_CTX_clear_free(ctx);
    sdc_buf_free(&chat);
    sdc_buf_free(&security);
    return done;
}

static void make_request(const char *path)
{
    struct sdc_buf der = file(path), out = SDC_BUF_INIT;
    const uint8_t *at = der.data;
    EVP_PKEY *key = d2i_AutoPrivateKey(NULL, &at, (long)der.len);
    struct sdc_cvc_ask ask = { .chr = "USPEER00001" };
    const struct sdc_cvc_signer signer = terminal_signer(key);
    need(key && terminal_point(key, ask.point, NULL) == SDC_OK &&
             sdc_cvc_ask_make(&ask, &signer, &out, NULL) == SDC_OK && fwrite(out.data, 1, out.len, stdout) == out.len,
         "no request");
    EVP_PKEY_free(key);
    sdc_buf_free(&der);
    sdc_buf_free(&out);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "request") == 0) {
        make_request(argv[2]);
        return EXIT_SUCCESS;
    }
    if ((argc != 5 && argc != 9) || strcmp(argv[1], "read") != 0)
        return 64;
    EAC_init();
    SCARDCONTEXT context = reader_open();
    while (!read_card(argc, argv))
        ;
    SCardDisconnect(card, SCARD_RESET_CARD);
    SCardReleaseContext(context);
    EAC_cleanup();
    return EXIT_SUCCESS;
}
