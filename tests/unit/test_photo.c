/* SPDX-License-Identifier: BSD-2-Clause */
/* Photos: every kind of JPEG and PNG, what is refused and why, and where a path may lead. */
#include "sdc/photo.h"
#include "photo_parts.h"
#include "pictures.h"
#include "suite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT(a) ((int)(sizeof(a) / sizeof(a)[0]))

/* Decodes; an expected reason, or NULL for success. Returns the photo. */
static struct sdc_photo decode(const struct sdc_buf *file, const char *reason)
{
    struct sdc_photo photo;
    struct sdc_error e = { 0 };
    enum sdc_status status = sdc_photo_decode(file->data, file->len, &photo, &e);
    ck_assert_msg(status == (reason ? SDC_E_INPUT : SDC_OK), "%s", e.text);
    ck_assert_msg(!reason || strstr(e.text, reason), "%s", e.text);
    ck_assert(!reason || !photo.rgb);
    return photo;
}

static double difference(const struct sdc_photo *a, const struct sdc_photo *b)
{
    ck_assert_uint_eq(a->width, b->width);
    ck_assert_uint_eq(a->height, b->height);
    double sum = 0;
    for (size_t i = 0; i < (size_t)a->width * a->height * 3; i++)
        sum += abs(a->rgb[i] - b->rgb[i]);
    return sum / (a->width * a->height * 3);
}

/* ---- the samples ---- */

static const struct {
    const char *file;
    unsigned warnings;
} samples[] = {
    { "portraits/portrait-f.jpg", 0 },
    { "portraits/portrait-f-cap.jpg", SDC_PHOTO_BACKGROUND },
};

START_TEST(sample_portraits_pass)
{
    struct sdc_photo photo = picture_load(samples[_i].file);
    ck_assert_uint_eq(photo.width, 413);
    ck_assert_uint_eq(photo.height, 531);
    ck_assert_uint_eq(photo.warnings, samples[_i].warnings);
    sdc_photo_free(&photo);
    ck_assert_ptr_null(photo.rgb);
}
END_TEST

START_TEST(each_warning_has_a_text)
{
    for (unsigned bit = 1; bit; bit <<= 1)
        ck_assert((sdc_photo_warning_text(bit) != NULL) == ((bit & SDC_PHOTO_WARNINGS) != 0));
    ck_assert_ptr_null(sdc_photo_warning_text(0));
}
END_TEST

/* ---- kinds of files ---- */

static const struct {
    const char *name;
    struct picture_kind kind;
    double close; /* mean difference to the original, 0 to 255 */
    const char *reason;
} kinds[] = {
    { "JPEG 4:4:4", { .jpeg = true, .subsampling = PICTURE_444 }, 3, NULL },
    { "JPEG 4:2:0", { .jpeg = true, .subsampling = PICTURE_420 }, 4, NULL },
    { "JPEG progressive", { .jpeg = true, .subsampling = PICTURE_420, .progressive = true }, 4, NULL },
    { "JPEG grey", { .jpeg = true, .subsampling = PICTURE_GREY }, 60, NULL },
    { "JPEG CMYK", { .jpeg = true, .subsampling = PICTURE_444, .cmyk = true }, 0, "CMYK" },
    { "PNG RGB", { .color = PICTURE_RGB, .depth = 8 }, 0, NULL },
    { "PNG RGB interlaced", { .color = PICTURE_RGB, .depth = 8, .interlaced = true }, 0, NULL },
    { "PNG RGB 16", { .color = PICTURE_RGB, .depth = 16 }, 1, NULL },
    { "PNG RGBA", { .color = PICTURE_RGBA, .depth = 8 }, 0, NULL },
    { "PNG RGBA 16", { .color = PICTURE_RGBA, .depth = 16 }, 1, NULL },
    { "PNG grey", { .color = PICTURE_GRAY, .depth = 8 }, 60, NULL },
    { "PNG grey 16", { .color = PICTURE_GRAY, .depth = 16 }, 60, NULL },
    { "PNG grey 2", { .color = PICTURE_GRAY, .depth = 2 }, 80, NULL },
    { "PNG grey 1", { .color = PICTURE_GRAY, .depth = 1 }, 100, NULL },
    { "PNG grey with alpha", { .color = PICTURE_GRAY_ALPHA, .depth = 8 }, 60, NULL },
    { "PNG palette", { .color = PICTURE_PALETTE, .depth = 8 }, 20, NULL },
    { "PNG palette interlaced", { .color = PICTURE_PALETTE, .depth = 8, .interlaced = true }, 20, NULL },
};

START_TEST(kind_of_file_is_read)
{
    struct sdc_photo original = picture_load(samples[0].file);
    struct sdc_buf file = picture_write(&original, &kinds[_i].kind);
    struct sdc_photo photo = decode(&file, kinds[_i].reason);
    if (!kinds[_i].reason)
        ck_assert_msg(difference(&original, &photo) <= kinds[_i].close, "%s: %f", kinds[_i].name,
                      difference(&original, &photo));
    sdc_photo_free(&photo);
    sdc_photo_free(&original);
    sdc_buf_free(&file);
}
END_TEST

START_TEST(what_is_transparent_is_white)
{
    struct sdc_photo original = picture_load(samples[0].file);
    struct picture_kind kind = { .color = PICTURE_RGBA, .depth = 8, .clear_rows = 50 };
    struct sdc_buf file = picture_write(&original, &kind);
    struct sdc_photo photo = decode(&file, NULL);
    size_t clear = (size_t)50 * photo.width * 3;
    for (size_t i = 0; i < clear; i++)
        ck_assert_uint_eq(photo.rgb[i], 255);
    ck_assert_mem_eq(photo.rgb + clear, original.rgb + clear, 1000);
    sdc_photo_free(&photo);
    sdc_photo_free(&original);
    sdc_buf_free(&file);
}
END_TEST

/* Each of both types cut at many places, and with its bytes changed: never a crash, a cut file never a success. */
START_TEST(damaged_files_are_refused)
{
    struct sdc_photo original = picture_load(samples[0].file);
    struct picture_kind kind = kinds[_i == 0 ? 1 : _i == 1 ? 2 : 6].kind;
    struct sdc_buf file = picture_write(&original, &kind);
    unsigned seed = 7;
    for (size_t len = 0; len + 12 < file.len; len += len < 700 ? 1 : file.len / 40) {
        struct sdc_photo photo;
        ck_assert_msg(sdc_photo_decode(file.data, len, &photo, NULL) == SDC_E_INPUT, "cut to %zu", len);
        ck_assert_ptr_null(photo.rgb);
    }
    for (int i = 0; i < 150; i++) {
        size_t at = (size_t)rand_r(&seed) % (i % 2 ? file.len : 700);
        uint8_t was = file.data[at];
        struct sdc_photo photo;
        file.data[at] = (uint8_t)rand_r(&seed);
        if (sdc_photo_decode(file.data, file.len, &photo, NULL) == SDC_OK)
            sdc_photo_free(&photo);
        file.data[at] = was;
    }
    sdc_photo_free(&original);
    sdc_buf_free(&file);
}
END_TEST

static const struct {
    const char *bytes;
    size_t len;
} strangers[] = {
    { "", 0 },
    { "\xff\xd8", 2 },
    { "\xff\xd8\xff", 3 },
    { "\x89PNG\r\n\x1a", 7 },
    { "\x89PNG\r\n\x1a\n", 8 },
    { "GIF89a", 6 },
    { "II*\0", 4 },
    { "<svg xmlns='http://www.w3.org/2000/svg'/>", 40 },
    { "\0\0\0\x0cjP  \r\n\x87\n", 12 },
};

START_TEST(strange_files_are_refused)
{
    struct sdc_buf file = SDC_BUF_INIT;
    sdc_buf_put(&file, strangers[_i].bytes, strangers[_i].len);
    decode(&file, "is ");
    sdc_buf_free(&file);
}
END_TEST

START_TEST(size_of_the_file_is_limited)
{
    struct sdc_photo original = picture_load(samples[0].file);
    struct sdc_buf file = picture_write(&original, &kinds[0].kind);
    file.cap_max = SDC_PHOTO_FILE_MAX + 1;
    sdc_buf_fill(&file, 0, SDC_PHOTO_FILE_MAX - file.len); /* behind the end of the image: allowed */
    struct sdc_photo photo = decode(&file, NULL);
    sdc_photo_free(&photo);
    sdc_buf_u8(&file, 0);
    decode(&file, "more than 8388608 bytes");
    sdc_photo_free(&original);
    sdc_buf_free(&file);
}
END_TEST

/* ---- sizes ---- */

static const struct {
    unsigned width, height;
    const char *reason;
} sizes[] = {
    { 300, 400, NULL },
    { 299, 400, "smaller than 300 by 400" },
    { 300, 399, "smaller than 300 by 400" },
    { 400, 400, NULL },
    { 401, 400, "isn't upright" },
    { 531, 413, "isn't upright" },
    { 300, 500, NULL },
    { 300, 501, "isn't upright" },
    { 4000, 6000, NULL },
    { 4000, 6001, "more than 24000000 pixels" },
    { 4001, 6000, "more than 24000000 pixels" },
    { 65535, 65535, "more than 24000000 pixels" },
    { 4294967295u, 4294967295u, "more than 24000000 pixels" },
    { 0, 0, "smaller than" },
};

START_TEST(size_is_judged)
{
    struct sdc_error e = { 0 };
    enum sdc_status status = photo_size_check(sizes[_i].width, sizes[_i].height, &e);
    ck_assert_int_eq(status, sizes[_i].reason ? SDC_E_INPUT : SDC_OK);
    ck_assert_msg(!sizes[_i].reason || strstr(e.text, sizes[_i].reason), "%s", e.text);
}
END_TEST

/* A header that promises more than the file has must fail before memory is taken: the sample's header is changed. */
START_TEST(bombs_are_refused_by_their_header)
{
    struct sdc_photo original = picture_load(samples[0].file);
    struct sdc_buf jpeg = picture_write(&original, &kinds[0].kind), png = picture_write(&original, &kinds[5].kind);
    picture_set_size(&jpeg, 60000, 60000);
    picture_set_size(&png, 900000, 900000);
    decode(&jpeg, "more than 24000000 pixels");
    decode(&png, "more than 24000000 pixels");
    picture_set_size(&png, 4294967295u, 1);
    decode(&png, "damaged");
    sdc_buf_free(&jpeg);
    sdc_buf_free(&png);
    sdc_photo_free(&original);
}
END_TEST

START_TEST(many_scans_are_refused)
{
    struct sdc_photo original = picture_load(samples[0].file);
    struct sdc_buf file = picture_write(&original, &kinds[2].kind);
    struct sdc_photo photo = decode(&file, NULL);
    sdc_photo_free(&photo);
    for (int i = 0; i < 101; i++)
        sdc_buf_put(&file, "\xff\xda", 2);
    decode(&file, "scans");
    sdc_buf_free(&file);
    sdc_photo_free(&original);
}
END_TEST

/* ---- measures ---- */

/* Mean of a square around one sample; at the edge, of what there is. */
static uint8_t mean_around(const struct sdc_photo *p, int x, int y, int radius)
{
    int width = (int)p->width * 3, height = (int)p->height, sum = 0, n = 0;
    for (int at_y = y - radius; at_y <= y + radius; at_y++)
        for (int at_x = x - 3 * radius; at_x <= x + 3 * radius; at_x += 3)
            if (at_y >= 0 && at_y < height && at_x >= 0 && at_x < width) {
                sum += p->rgb[at_y * width + at_x];
                n++;
            }
    return (uint8_t)(n > 0 ? sum / n : 0);
}

static void blur(struct sdc_photo *photo, int radius)
{
    struct sdc_photo copy = picture_copy(photo);
    int width = (int)photo->width * 3, height = (int)photo->height;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            photo->rgb[y * width + x] = mean_around(&copy, x, y, radius);
    sdc_photo_free(&copy);
}

/* v becomes (v - 128) * contrast + 128, then * light, in percent */
static void shade(struct sdc_photo *photo, int contrast, int light)
{
    for (size_t i = 0; i < (size_t)photo->width * photo->height * 3; i++) {
        int v = ((photo->rgb[i] - 128) * contrast / 100 + 128) * light / 100;
        photo->rgb[i] = (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
    }
}

static const struct {
    int radius, contrast, light;
    unsigned warnings; /* at least these */
    const char *reason;
} states[] = {
    { 0, 100, 100, 0, NULL },
    { 3, 100, 100, SDC_PHOTO_SHARPNESS, NULL },
    { 7, 100, 100, 0, "is blurred" },
    { 0, 100, 40, SDC_PHOTO_EXPOSURE, NULL },
    { 0, 100, 15, 0, "is nearly black" },
    { 0, 40, 170, SDC_PHOTO_EXPOSURE, NULL },
    { 0, 20, 195, 0, "is nearly white" },
    { 0, 30, 100, SDC_PHOTO_CONTRAST, NULL },
    { 0, 10, 100, 0, "has next to no contrast" },
    { 0, 0, 100, 0, "has next to no contrast" },
};

START_TEST(only_the_unusable_is_refused)
{
    struct sdc_photo original = picture_load(samples[0].file);
    blur(&original, states[_i].radius);
    shade(&original, states[_i].contrast, states[_i].light);
    struct sdc_buf file = picture_write(&original, &kinds[5].kind);
    struct sdc_photo photo = decode(&file, states[_i].reason);
    ck_assert_uint_eq(photo.warnings & states[_i].warnings, states[_i].warnings);
    sdc_photo_free(&photo);
    sdc_photo_free(&original);
    sdc_buf_free(&file);
}
END_TEST

/* ---- paths ---- */

static char folder[64];

static void put_file(const char *name, off_t size)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(ftruncate(fd, size), 0);
    close(fd);
}

static void put_link(const char *name, const char *target)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    ck_assert_int_eq(symlink(target, path), 0);
}

/* FOLDER/in is the batch's folder; FOLDER/secret and FOLDER/out/secret lie outside. */
static void make_folder(void)
{
    char path[200], command[200];
    snprintf(folder, sizeof folder, "/tmp/test-photo-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(command, sizeof command, "mkdir -p %s/in/sub %s/out", folder, folder);
    ck_assert_int_eq(system(command), 0);
    put_file("secret", 10);
    put_file("out/secret", 10);
    put_file("in/photo", 10);
    put_file("in/sub/photo", 10);
    put_file("in/..photo", 10);
    put_file("in/largest", (off_t)SDC_PHOTO_FILE_MAX);
    put_file("in/larger", (off_t)SDC_PHOTO_FILE_MAX + 1);
    put_link("in/to-photo", "sub/photo");
    put_link("in/to-secret", "../secret");
    put_link("in/to-absolute", folder);
    put_link("in/to-out", "../out");
    put_link("in/to-sub", "sub");
    put_link("in/to-itself", "to-itself");
    put_link("in/to-fd", "/proc/self/root");
    snprintf(path, sizeof path, "%s/in/pipe", folder);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
}

static const struct {
    const char *path, *reason;
    bool walk_refuses; /* the way without openat2 follows no link at all */
} paths[] = {
    { "photo", NULL, false },
    { "sub/photo", NULL, false },
    { "..photo", NULL, false },
    { "largest", NULL, false },
    { "to-photo", NULL, true },
    { "to-sub/photo", NULL, true },
    { "larger", "more than 8388608 bytes", false },
    { "none", "doesn't exist", false },
    { "sub/none", "doesn't exist", false },
    { "sub", "no regular file", false },
    { "pipe", "no regular file", false },
    { "photo/x", "as if it were a folder", false },
    { "to-secret", "leads out of", true },
    { "to-out/secret", "leads out of", true },
    { "to-absolute/secret", "leads out of", true },
    { "to-fd/etc/passwd", "leads out of", true },
    { "to-itself", "symbolic link", true },
    { "", "must be a path inside", false },
    { ".", "must be a path inside", false },
    { "..", "must be a path inside", false },
    { "../secret", "must be a path inside", false },
    { "sub/../photo", "must be a path inside", false },
    { "sub/..", "must be a path inside", false },
    { "./photo", "must be a path inside", false },
    { "sub//photo", "must be a path inside", false },
    { "photo/", "must be a path inside", false },
    { "/etc/passwd", "must be a path inside", false },
    { "..\\secret", "must be a path inside", false },
    { "a\nb", "must be a path inside", false },
};

START_TEST(path_leads_into_the_folder_only)
{
    make_folder();
    char in[100], command[100];
    snprintf(in, sizeof in, "%s/in", folder);
    struct sdc_buf file = SDC_BUF_INIT;
    struct sdc_error e = { 0 };
    enum sdc_status status = sdc_photo_open(in, paths[_i].path, &file, &e);
    int dir = open(in, O_PATH | O_CLOEXEC), fd = -1;
    bool safe = !paths[_i].reason || !strstr(paths[_i].reason, "must be");
    if (safe) /* only paths that passed the first look come there */
        fd = photo_walk_open(dir, paths[_i].path);
    snprintf(command, sizeof command, "rm -r %s", folder);
    ck_assert_int_eq(system(command), 0);
    ck_assert_msg(status == (paths[_i].reason ? SDC_E_INPUT : SDC_OK), "%s", e.text);
    ck_assert_msg(!paths[_i].reason || strstr(e.text, paths[_i].reason), "%s", e.text);
    ck_assert_ptr_null(strstr(e.text, folder));
    ck_assert((file.len > 0) == !paths[_i].reason);
    ck_assert_msg(!paths[_i].walk_refuses || fd < 0, "%s", paths[_i].path);
    ck_assert_msg(paths[_i].reason || paths[_i].walk_refuses || fd >= 0, "%s", paths[_i].path);
    if (fd >= 0)
        close(fd);
    close(dir);
    sdc_buf_free(&file);
}
END_TEST

START_TEST(missing_folder_is_told)
{
    struct sdc_buf file = SDC_BUF_INIT;
    struct sdc_error e = { 0 };
    ck_assert_int_eq(sdc_photo_open("/nowhere", "photo", &file, &e), SDC_E_INPUT);
    ck_assert_ptr_nonnull(strstr(e.text, "folder that can't be opened"));
}
END_TEST

int main(void)
{
    const struct suite_test tests[] = {
        { sample_portraits_pass, COUNT(samples) },
        { each_warning_has_a_text, 0 },
        { kind_of_file_is_read, COUNT(kinds) },
        { what_is_transparent_is_white, 0 },
        { damaged_files_are_refused, 3 },
        { strange_files_are_refused, COUNT(strangers) },
        { size_of_the_file_is_limited, 0 },
        { size_is_judged, COUNT(sizes) },
        { bombs_are_refused_by_their_header, 0 },
        { many_scans_are_refused, 0 },
        { only_the_unusable_is_refused, COUNT(states) },
        { path_leads_into_the_folder_only, COUNT(paths) },
        { missing_folder_is_told, 0 },
    };
    return suite_run("photo", tests, sizeof tests / sizeof tests[0]);
}
