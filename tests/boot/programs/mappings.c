// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* mmap and its family, copy on write, the heap, as a program sees them. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <setjmp.h>

#include "tests/boot/programs/guest.h"

#define PAGE 4096ul

static sigjmp_buf after_fault;
static volatile int fault_signo, fault_code;
static void *volatile fault_addr;

static void faulted(int signo, siginfo_t *info, void *context)
{
	(void)context;
	fault_signo = signo;
	fault_code = info->si_code;
	fault_addr = info->si_addr;
	siglongjmp(after_fault, 1);
}

/* What touching does: 0, or the signal. */
static int touch(volatile char *p, bool write)
{
	fault_signo = 0;
	if (!sigsetjmp(after_fault, 1)) {
		if (write)
			*p = 1;
		else
			(void)*p;
	}
	return fault_signo;
}

static int execute(void *code)
{
	fault_signo = 0;
	if (!sigsetjmp(after_fault, 1))
		((void (*)(void))code)();
	return fault_signo;
}

static char *map(size_t bytes, int access, int flags)
{
	return mmap(NULL, bytes, access, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
}

static void test_access(void)
{
	char *p = map(3 * PAGE, PROT_READ | PROT_WRITE, 0);

	ok(p[0] == 0 && p[3 * PAGE - 1] == 0, "new memory is zero");
	p[PAGE] = 7;
	ok(mprotect(p + PAGE, PAGE, PROT_READ) == 0 && p[PAGE] == 7, "read-only memory can be read");
	ok(touch(p + PAGE, true) == SIGSEGV && fault_code == SEGV_ACCERR && fault_addr == p + PAGE,
	   "... and not written");
	ok(!touch(p, true) && !touch(p + 2 * PAGE, true), "... but what is beside it can");
	ok(mprotect(p + PAGE, PAGE, PROT_NONE) == 0 && touch(p + PAGE, false) == SIGSEGV, "PROT_NONE");
	ok(mprotect(p + PAGE, PAGE, PROT_READ | PROT_WRITE) == 0 && p[PAGE] == 7, "what was there is there again");
	ok(munmap(p + PAGE, PAGE) == 0 && touch(p + PAGE, false) == SIGSEGV && fault_code == SEGV_MAPERR, "a hole");
	ok(mprotect(p, 3 * PAGE, PROT_READ) == -1 && errno == ENOMEM, "a hole cannot be protected");
	ok(munmap(p, 3 * PAGE) == 0, "unmapping over a hole");
	ok(touch((char *)0xffff800000000000, false) == SIGSEGV, "the kernel's memory");
	ok(touch(NULL, true) == SIGSEGV, "NULL");
	p = map(PAGE, PROT_READ | PROT_WRITE, 0);
	p[0] = (char)0xc3; /* ret */
	ok(execute(p) == SIGSEGV, "data is not executed");
	mprotect(p, PAGE, PROT_READ | PROT_EXEC);
	ok(execute(p) == 0, "... unless it is asked for");
}

static void test_fixed(void)
{
	char *p = map(4 * PAGE, PROT_READ | PROT_WRITE, 0), *q;

	memset(p, 5, 4 * PAGE);
	q = mmap(p + PAGE, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	ok(q == p + PAGE && q[0] == 0 && p[0] == 5 && p[2 * PAGE] == 5, "MAP_FIXED replaces what is there");
	q = mmap(p, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	ok(q == MAP_FAILED && errno == EEXIST && p[0] == 5, "MAP_FIXED_NOREPLACE does not");
	q = mmap(p, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ok(q != MAP_FAILED && q != p && p[0] == 5, "a hint that is taken is only a hint");
	q = mmap((void *)0x1000, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	ok(q == MAP_FAILED && errno == EPERM, "nothing is mapped near NULL");
	ok(mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED && errno == EINVAL, "no bytes");
	munmap(p, 4 * PAGE);
}

static bool child_sees_and_writes(char *p, char sees, char writes)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		bool good = *p == sees;

		*p = writes;
		_exit(!good);
	}
	return waitpid(pid, &status, 0) == pid && status == 0;
}

static void test_fork(void)
{
	char *private = map(PAGE, PROT_READ | PROT_WRITE, 0);
	char *shared = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	*private = 1;
	*shared = 1;
	ok(child_sees_and_writes(private, 1, 2) && *private == 1, "private memory is copied when it is written to");
	*private = 3;
	ok(*private == 3 && child_sees_and_writes(private, 3, 4) && *private == 3, "... by either side");
	ok(child_sees_and_writes(shared, 1, 2) && *shared == 2, "shared memory is shared");
	ok(shared[PAGE] == 0 && child_sees_and_writes(shared + PAGE, 0, 9) && shared[PAGE] == 9,
	   "... also where nobody was");
	/* The kernel's own writes are copies too: a read into memory that a child has. */
	int fd = open("/file", O_CREAT | O_RDWR | O_TRUNC, 0600);
	pid_t pid;
	int status, ends[2];
	if (write(fd, "zzzz", 4) != 4 || pipe(ends))
		return;
	pid = fork();
	if (pid == 0) {
		char c;

		close(ends[1]);
		_exit(read(ends[0], &c, 1) != 0 || *private != 3);
	}
	pread(fd, private, 4, 0);
	close(ends[1]);
	close(ends[0]);
	ok(waitpid(pid, &status, 0) == pid && exited(status, 0) && *private == 'z',
	   "the kernel copies on write as well");
	close(fd);
}

static void test_files(void)
{
	int fd = open("/file", O_CREAT | O_RDWR | O_TRUNC, 0600), read_only;
	char *shared, *private, text[4];

	if (ftruncate(fd, 5000))
		return;
	shared = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	private = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, PAGE);
	memcpy(shared + PAGE, "abc", 3);
	ok(pread(fd, text, 3, PAGE) == 3 && !memcmp(text, "abc", 3), "a shared mapping writes the file");
	ok(!memcmp(private, "abc", 3), "... which a private one shows");
	private[0] = 'x';
	ok(pread(fd, text, 3, PAGE) == 3 && text[0] == 'a' && shared[PAGE] == 'a', "... and does not change");
	pwrite(fd, "q", 1, PAGE + 1);
	ok(shared[PAGE + 1] == 'q', "a write is seen in the mapping");
	ok(shared[4999] == 0 && shared[2 * PAGE - 1] == 0,
	   "beyond the end of the file there are zeros in its last page");
	ok(touch(shared + 2 * PAGE, false) == SIGBUS && fault_code == BUS_ADRERR, "... and nothing in the next");
	read_only = open("/file", O_RDONLY);
	ok(mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED, read_only, 0) == MAP_FAILED && errno == EACCES,
	   "a file that was opened to read is not written through a mapping");
	char *readable = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, read_only, 0);
	ok(mprotect(readable, PAGE, PROT_READ | PROT_WRITE) == -1 && errno == EACCES, "... nor after mprotect");
	close(fd);
	close(read_only);
	unlink("/file");
	ok(shared[PAGE] == 'a', "a mapping outlives its descriptor and the name");
	ok(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED && errno == EBADF, "no file");
	int ends[2];
	ok(!pipe(ends) && mmap(NULL, PAGE, PROT_READ, MAP_SHARED, ends[0], 0) == MAP_FAILED && errno == ENODEV,
	   "a pipe");
	munmap(shared, 3 * PAGE);
	munmap(private, PAGE);
}

static void test_remap(void)
{
	char *p = map(2 * PAGE, PROT_READ | PROT_WRITE, 0), *q;

	p[0] = 1;
	p[PAGE] = 2;
	q = mremap(p, 2 * PAGE, 100 * PAGE, MREMAP_MAYMOVE);
	ok(q != MAP_FAILED && q[0] == 1 && q[PAGE] == 2 && q[99 * PAGE] == 0, "a mapping grows, with what is in it");
	q = mremap(q, 100 * PAGE, PAGE, 0);
	ok(q != MAP_FAILED && q[0] == 1 && touch(q + PAGE, false) == SIGSEGV, "... and shrinks");
	p = map(3 * PAGE, PROT_READ | PROT_WRITE, 0);
	ok(mremap(p, PAGE, 2 * PAGE, 0) == MAP_FAILED && errno == ENOMEM, "one that may not move does not");
	p[PAGE] = 7;
	ok(mremap(q, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, p + PAGE) == p + PAGE && p[PAGE] == 1,
	   "to a place of choice");
	ok(touch(q, false) == SIGSEGV, "... from where it is gone");
	ok(mremap(q, PAGE, PAGE, MREMAP_MAYMOVE) == MAP_FAILED && errno == EFAULT, "nothing cannot be moved");
}

static void test_heap(void)
{
	char *end = sbrk(0), *more = sbrk(100000);

	ok(more == end && more[0] == 0 && more[99999] == 0, "the heap grows");
	memset(more, 3, 100000);
	ok(sbrk(-100000) == end + 100000 && sbrk(0) == end, "... and shrinks");
	ok(touch((char *)(((uintptr_t)end + 2 * PAGE) & ~(PAGE - 1)), false) == SIGSEGV,
	   "... and what was there is gone");
	more = sbrk(100000);
	ok(more[PAGE * 3] == 0, "... and new when it grows again");
	ok(sbrk(1l << 40) == (void *)-1 && errno == ENOMEM, "... not beyond all memory");
}

static void test_advice(void)
{
	char *p = map(2 * PAGE, PROT_READ | PROT_WRITE, 0);

	memset(p, 9, 2 * PAGE);
	ok(madvise(p, PAGE, MADV_DONTNEED) == 0 && p[0] == 0 && p[PAGE] == 9, "memory that is not needed is new");
	ok(madvise(p, 2 * PAGE, 12345) == -1 && errno == EINVAL, "advice that there is not");
	ok(msync(p, PAGE, MS_SYNC | MS_ASYNC) == -1 && errno == EINVAL, "msync of two minds");
}

int main(void)
{
	struct sigaction action = { .sa_sigaction = faulted, .sa_flags = SA_SIGINFO };

	guest_begin();
	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
	test_access();
	test_fixed();
	test_fork();
	test_files();
	test_remap();
	test_heap();
	test_advice();
	guest_end();
}
