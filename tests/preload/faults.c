/* A disk and a clock that fail on demand: loaded into a program under test with LD_PRELOAD, so that the program itself
 * holds nothing for tests. What it is to do stands in a file of seven numbers that the test writes (VOUCHSAFE_FAULTS).
 *
 * In scope: what a program does through the C library to files below VOUCHSAFE_FAULTS_FOLDER, what it sends to the port
 * VOUCHSAFE_FAULTS_PORT, and the wall clock. Not in scope: mapped memory, system calls made without the C library, and
 * names: a power cut takes back bytes that were not synced, never a file that was made or renamed.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* Kinds of effects, as bits. tests/src/faults.rs has the same numbers. */
enum { WRITE = 1, SYNC = 2, NAME = 4, SIZE = 8, SEND = 16 };

/* What becomes of the effect that is due. */
enum { NOTHING, KILL_BEFORE, KILL_HALFWAY, KILL_AFTER, BROKEN, FULL, SHORT, POWER_CUT, BROKEN_FOR_GOOD, FULL_FOR_GOOD };

struct plan {
    _Atomic uint64_t seen, due, kinds, action, tracked;
    _Atomic int64_t clock_ms;
    _Atomic uint64_t pause_ms;
};

static struct plan *plan;
static const char *folder;
static int port;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("VOUCHSAFE_FAULTS"), *number = getenv("VOUCHSAFE_FAULTS_PORT");
    folder = getenv("VOUCHSAFE_FAULTS_FOLDER");
    port = number ? atoi(number) : 0;
    int fd = path ? REAL(open)(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0) return;
    void *at = mmap(NULL, sizeof *plan, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (at != MAP_FAILED) plan = at;
}

static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

/* Counts an effect, and says what is to become of it. */
static uint64_t due(uint64_t kind) {
    if (!plan || !(plan->kinds & kind)) return NOTHING;
    uint64_t number = atomic_fetch_add(&plan->seen, 1) + 1, at = plan->due, action = plan->action;
    if (!at || number < at) return NOTHING;
    return number == at || action >= BROKEN_FOR_GOOD ? action : NOTHING;
}

static int refusal(uint64_t action) {
    if (action == BROKEN || action == BROKEN_FOR_GOOD) return EIO;
    return action == FULL || action == FULL_FOR_GOOD ? ENOSPC : 0;
}

static int below_folder(const char *path) {
    return folder && path && !strncmp(path, folder, strlen(folder));
}

static int is_file(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return below_folder(path);
}

static int is_chain(int fd) {
    struct sockaddr_in peer;
    socklen_t length = sizeof peer;
    if (!port || getpeername(fd, (struct sockaddr *)&peer, &length)) return 0;
    return peer.sin_family == AF_INET && ntohs(peer.sin_port) == port;
}

/* --- What a power cut takes back: every write since the last sync of its file. --- */

struct written {
    dev_t dev;
    ino_t ino;
    int fd, lost;
    off_t at, size_before;
    size_t length, kept;
    struct written *before;
    unsigned char old[];
};

static struct written *newest;
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

static void track(int fd, off_t at, size_t length) {
    struct stat file;
    char link[64];
    struct written *write = malloc(sizeof *write + length);
    if (!write || fstat(fd, &file)) return free(write);
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    int own = REAL(open)(link, O_RDWR | O_CLOEXEC);
    ssize_t kept = own < 0 ? -1 : pread(own, write->old, length, at);
    if (kept < 0) {
        if (own >= 0) close(own);
        return free(write);
    }
    *write = (struct written){file.st_dev, file.st_ino, own, 0, at, file.st_size, length, (size_t)kept, newest};
    newest = write;
}

/* A sync that failed may have thrown the bytes away while it called them clean: no later sync brings them back. */
static void synced(int fd, int failed) {
    struct stat file;
    if (fstat(fd, &file)) return;
    for (struct written **link = &newest; *link;) {
        struct written *write = *link;
        int ours = write->dev == file.st_dev && write->ino == file.st_ino;
        if (ours && failed) write->lost = 1;
        if (ours && !failed && !write->lost) {
            *link = write->before;
            close(write->fd);
            free(write);
        } else {
            link = &write->before;
        }
    }
}

/* Waits for a sync at work, and lets no other begin: whoever was told that it is done keeps its bytes. */
static void power_cut(void) {
    pthread_mutex_lock(&turn);
    for (struct written *write = newest; write; write = write->before) {
        struct stat file;
        if (fstat(write->fd, &file)) continue;
        off_t room = file.st_size - write->at;
        size_t back = room < 0 ? 0 : (size_t)room < write->kept ? (size_t)room : write->kept;
        if (back && REAL(pwrite)(write->fd, write->old, back, write->at) < 0) continue;
        if (file.st_size > write->size_before && write->at + (off_t)write->length > write->size_before)
            (void)!REAL(ftruncate)(write->fd, write->size_before);
    }
    die();
}

/* --- Effects --- */

static off_t place(int fd) {
    int flags = fcntl(fd, F_GETFL);
    struct stat file;
    if (flags >= 0 && flags & O_APPEND && !fstat(fd, &file)) return file.st_size;
    return lseek(fd, 0, SEEK_CUR);
}

static ssize_t put(int fd, const void *bytes, size_t length, off_t at, int positioned, int socket, int flags) {
    if (socket) return REAL(send)(fd, bytes, length, flags);
    return positioned ? REAL(pwrite)(fd, bytes, length, at) : REAL(write)(fd, bytes, length);
}

static ssize_t effect(int fd, const void *bytes, size_t length, off_t at, int positioned, int socket, int flags) {
    uint64_t action = due(socket ? SEND : WRITE);
    int tracked = plan && plan->tracked && !socket;
    size_t half = length / 2;
    if (action == KILL_BEFORE) die();
    if (refusal(action)) return errno = refusal(action), -1;
    if (action == SHORT && length > 1) length = half;
    if (action == POWER_CUT) power_cut();
    if (tracked) pthread_mutex_lock(&turn);
    if (action == KILL_HALFWAY) {
        if (half) (void)!put(fd, bytes, half, at, positioned, socket, flags);
        die();
    }
    if (tracked) track(fd, positioned ? at : place(fd), length);
    ssize_t done = put(fd, bytes, length, at, positioned, socket, flags);
    if (tracked) pthread_mutex_unlock(&turn);
    if (action == KILL_AFTER) die();
    return done;
}

ssize_t write(int fd, const void *bytes, size_t length) {
    if (plan && is_file(fd)) return effect(fd, bytes, length, 0, 0, 0, 0);
    if (plan && is_chain(fd)) return effect(fd, bytes, length, 0, 0, 1, MSG_NOSIGNAL);
    return REAL(write)(fd, bytes, length);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) {
    return plan && is_file(fd) ? effect(fd, bytes, length, at, 1, 0, 0) : REAL(pwrite)(fd, bytes, length, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off_t at) { return pwrite(fd, bytes, length, at); }

ssize_t writev(int fd, const struct iovec *parts, int count) {
    /* A program must take less than it gave: the first part alone is a lawful answer. */
    for (int part = 0; plan && part < count; part++)
        if (parts[part].iov_len && (is_file(fd) || is_chain(fd)))
            return write(fd, parts[part].iov_base, parts[part].iov_len);
    return REAL(writev)(fd, parts, count);
}

ssize_t send(int fd, const void *bytes, size_t length, int flags) {
    return plan && is_chain(fd) ? effect(fd, bytes, length, 0, 0, 1, flags) : REAL(send)(fd, bytes, length, flags);
}

static int sync_by(int (*real)(int), int fd) {
    if (!plan || !is_file(fd)) return real(fd);
    /* Looked at anew each millisecond: a pause can be ended while it lasts. */
    for (uint64_t waited = 0; waited < plan->pause_ms; waited++) usleep(1000);
    uint64_t action = due(SYNC);
    if (action == KILL_BEFORE || action == KILL_HALFWAY) die();
    if (action == POWER_CUT) power_cut();
    pthread_mutex_lock(&turn);
    int done = refusal(action) ? (errno = EIO, -1) : real(fd);
    int error = errno;
    if (plan->tracked) synced(fd, done);
    pthread_mutex_unlock(&turn);
    if (action == KILL_AFTER) die();
    return errno = error, done;
}

int fsync(int fd) { return sync_by(REAL(fsync), fd); }
int fdatasync(int fd) { return sync_by(REAL(fdatasync), fd); }

/* An effect that is done or not: a name, a size. */
#define WHOLE(kind, ours, call)                                    \
    do {                                                           \
        if (!plan || !(ours)) return call;                         \
        uint64_t action = due(kind);                               \
        if (action == POWER_CUT) power_cut();                      \
        if (action == KILL_BEFORE || action == KILL_HALFWAY) die(); \
        if (refusal(action)) return errno = refusal(action), -1;   \
        int done = call;                                           \
        if (action == KILL_AFTER) die();                           \
        return done;                                               \
    } while (0)

int ftruncate(int fd, off_t size) { WHOLE(SIZE, is_file(fd), REAL(ftruncate)(fd, size)); }
int ftruncate64(int fd, off_t size) { return ftruncate(fd, size); }
int rename(const char *from, const char *to) { WHOLE(NAME, below_folder(to), REAL(rename)(from, to)); }
int unlink(const char *path) { WHOLE(NAME, below_folder(path), REAL(unlink)(path)); }

int open64(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    WHOLE(NAME, flags & O_CREAT && below_folder(path), REAL(open)(path, flags | O_LARGEFILE, mode));
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    int done = REAL(clock_gettime)(clock, now);
    if (done || !plan || clock != CLOCK_REALTIME) return done;
    int64_t shift = plan->clock_ms;
    now->tv_sec += shift / 1000;
    now->tv_nsec += shift % 1000 * 1000000;
    if (now->tv_nsec >= 1000000000) now->tv_sec++, now->tv_nsec -= 1000000000;
    if (now->tv_nsec < 0) now->tv_sec--, now->tv_nsec += 1000000000;
    return 0;
}
