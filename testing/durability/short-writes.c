/*
 * Put in front of the C library (LD_PRELOAD): each write to a file or a socket takes only a part of the bytes that it is
 * given, as POSIX allows. How many bytes is chosen from COUNTERSIGN_SHORT_WRITES, a seed. After the how-manieth shortened
 * write to a file COUNTERSIGN_SHORT_WRITES_FULL names, every later one under that descriptor says that the disk is full. How
 * many writes were shortened is written into the file that COUNTERSIGN_SHORT_WRITES_TOLD names when the process ends.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_ulong state;
static atomic_ulong shortened;
static atomic_ulong files;
static unsigned long full_after;
static atomic_int full = -1;

__attribute__((constructor)) static void begin(void) {
  const char *seed = getenv("COUNTERSIGN_SHORT_WRITES");
  const char *after = getenv("COUNTERSIGN_SHORT_WRITES_FULL");
  atomic_store(&state, seed == NULL ? 1 : strtoul(seed, NULL, 10));
  full_after = after == NULL ? 0 : strtoul(after, NULL, 10);
}

__attribute__((destructor)) static void tell(void) {
  const char *path = getenv("COUNTERSIGN_SHORT_WRITES_TOLD");
  FILE *file = path == NULL ? NULL : fopen(path, "w");
  if (file == NULL) return;
  fprintf(file, "%lu\n", atomic_load(&shortened));
  fclose(file);
}

/* Eventfds and pipes take all or nothing. */
static size_t part(int fd, size_t size) {
  struct stat is;
  if (size < 2 || fstat(fd, &is) != 0 || !(S_ISREG(is.st_mode) || S_ISSOCK(is.st_mode))) return size;
  uint64_t mixed = atomic_fetch_add(&state, 0x9e3779b97f4a7c15ul);
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9ul;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebul;
  size_t taken = 1 + (mixed ^ (mixed >> 31)) % size;
  if (taken < size) {
    atomic_fetch_add(&shortened, 1);
    if (S_ISREG(is.st_mode) && atomic_fetch_add(&files, 1) + 1 == full_after) atomic_store(&full, fd);
  }
  return taken;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int is_full(int fd) {
  if (atomic_load(&full) != fd) return 0;
  errno = ENOSPC;
  return 1;
}

ssize_t write(int fd, const void *bytes, size_t size) {
  return is_full(fd) ? -1 : REAL(write)(fd, bytes, part(fd, size));
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) {
  return is_full(fd) ? -1 : REAL(pwrite)(fd, bytes, part(fd, size), at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at) {
  return is_full(fd) ? -1 : REAL(pwrite64)(fd, bytes, part(fd, size), at);
}

/* Of several pieces a part of the first one that is not empty. */
static const struct iovec *first(const struct iovec *pieces, int count) {
  for (int i = 0; i < count; i++)
    if (pieces[i].iov_len > 0) return &pieces[i];
  return NULL;
}

ssize_t writev(int fd, const struct iovec *pieces, int count) {
  const struct iovec *piece = first(pieces, count);
  return piece == NULL ? REAL(writev)(fd, pieces, count) : write(fd, piece->iov_base, piece->iov_len);
}

ssize_t pwritev(int fd, const struct iovec *pieces, int count, off_t at) {
  const struct iovec *piece = first(pieces, count);
  return piece == NULL ? REAL(pwritev)(fd, pieces, count, at) : pwrite(fd, piece->iov_base, piece->iov_len, at);
}

ssize_t pwritev64(int fd, const struct iovec *pieces, int count, off64_t at) {
  const struct iovec *piece = first(pieces, count);
  return piece == NULL ? REAL(pwritev64)(fd, pieces, count, at)
                       : pwrite64(fd, piece->iov_base, piece->iov_len, at);
}
