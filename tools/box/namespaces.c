/* SPDX-License-Identifier: BSD-2-Clause */
#include "box.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAP_LINE_CAP = 64 };

static bool write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    size_t len = strlen(text);
    bool ok = write(fd, text, len) == (ssize_t)len;
    int error = errno;
    close(fd);
    errno = error;
    return ok;
}

/* One id inside stands for one id outside; user_namespaces(7): without privilege only after setgroups is denied. */
static bool map_ids(unsigned inside_uid, unsigned outside_uid, unsigned inside_gid, unsigned outside_gid)
{
    char line[MAP_LINE_CAP];
    if (!write_file("/proc/self/setgroups", "deny") && errno != ENOENT)
        return false;
    snprintf(line, sizeof(line), "%u %u 1", inside_uid, outside_uid);
    if (!write_file("/proc/self/uid_map", line))
        return false;
    snprintf(line, sizeof(line), "%u %u 1", inside_gid, outside_gid);
    return write_file("/proc/self/gid_map", line);
}

/* What a refusal usually means, read from the kernel's own switches. */
static const char *remedy(void)
{
    static const struct {
        const char *path;
        char value;
        const char *text;
    } switches[] = {
        { "/proc/sys/kernel/unprivileged_userns_clone", '0', "sysctl kernel.unprivileged_userns_clone=1 allows it" },
        { "/proc/sys/user/max_user_namespaces", '0', "sysctl user.max_user_namespaces=1000 allows it" },
        { "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", '1',
          "sysctl kernel.apparmor_restrict_unprivileged_userns=0 allows it" },
    };
    for (size_t i = 0; i < sizeof(switches) / sizeof(switches[0]); i++) {
        char value = '\0';
        int fd = open(switches[i].path, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
            continue;
        bool match = read(fd, &value, 1) == 1 && value == switches[i].value;
        close(fd);
        if (match)
            return switches[i].text;
    }
    return "a container needs --privileged, or --security-opt seccomp=unconfined --security-opt apparmor=unconfined";
}

bool box_enter(const struct box *box)
{
    const int parts = CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWPID;
    if (box->uid == 0 && unshare(parts) == 0)
        return true;
    if (unshare(parts | CLONE_NEWUSER) != 0) {
        box_say("this system forbids namespaces (%s), and a private pcscd needs them", strerror(errno));
        box_say("%s; or run it as root", remedy());
        return false;
    }
    if (!map_ids(0, box->uid, 0, box->gid)) {
        box_say("this system forbids to map user ids in a user namespace: %s", strerror(errno));
        box_say("%s; or run it as root", remedy());
        return false;
    }
    return true;
}

static bool loopback_up(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    struct ifreq request = { .ifr_name = "lo" };
    bool ok = ioctl(fd, SIOCGIFFLAGS, &request) == 0;
    request.ifr_flags = (short)(request.ifr_flags | IFF_UP);
    ok = ok && ioctl(fd, SIOCSIFFLAGS, &request) == 0;
    close(fd);
    return ok;
}

bool box_furnish(void)
{
    const char *step = "private mounts";
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        goto fail;
    step = "a tmpfs on /run";
    if (mount("tmpfs", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755") != 0)
        goto fail;
    step = "folders below /run";
    if (mkdir("/run/pcscd", 0755) != 0 || mkdir("/run/lock", 0755) != 0 || mkdir(BOX_DIR, 0755) != 0)
        goto fail;
    /* Where a container hides parts of /proc, a new one is refused. The old one serves as well: it shows the pids of
     * the outside, and nothing here reads pids from it. */
    (void)mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
    step = "the loopback interface";
    if (!loopback_up())
        goto fail;
    return true;
fail:
    box_say("%s: %s", step, strerror(errno));
    return false;
}

void box_drop(const struct box *box)
{
    if (box->uid == 0 || unshare(CLONE_NEWUSER) != 0)
        return;
    if (!map_ids(box->uid, 0, box->gid, 0))
        box_say("the command runs as the namespace's root: %s", strerror(errno));
}
