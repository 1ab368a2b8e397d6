/*
 * system: how the program starts, and the system calls of libc, under libc's names.
 *
 * What libc has for these is 4 KB: storage of each thread's own, for errno; points where a thread can
 * be cancelled; functions to call at the end; second tries for kernels of long ago. Here there is one
 * thread, which calls the kernel. A call that is missing here does not link. A machine for which it is
 * not written has libc's, and so have the tests.
 *
 * At _start the stack holds argc, argv, NULL, the environment: System V ABI, AMD64, 3.4.1. A call has its
 * number in %rax, and its fourth argument not in %rcx, which the kernel needs: syscall(2).
 */
#ifdef __x86_64__

#include <sys/syscall.h>

.macro function name
	.globl \name
\name:
.endm

function _start
	mov (%rsp), %edi
	lea 8(%rsp), %rsi
	lea 8(%rsi, %rdi, 8), %rdx
	mov %rdx, environ
	call main
	mov %eax, %edi
	jmp _exit

/* kernel.h has what it does, and kernel.c what another machine does instead. */
function kernel_continue
	mov %rdi, %rsp
	mov %rdx, %rdi
	call *%rsi

	.bss
	.balign 8
	.globl environ
environ:
	.zero 8
	.text

/* These two as well. A signal's mask is 8 bytes: the one fourth argument that there is. */
function kernel_call
	mov %edi, %eax
	mov %rsi, %rdi
	mov %rdx, %rsi
	mov %rcx, %rdx
	push %r10
	push %r11
	push $8
	pop %r10
	syscall
	pop %r11
	pop %r10
	ret

#define CLONE_VM 0x100
#define SIGCHLD 17

function kernel_share
	push %r10
	push %r11
	mov %rsi, %r9
	mov %rdi, %rsi
	mov $CLONE_VM | SIGCHLD, %edi
	push $SYS_clone
	pop %rax
	syscall
	test %eax, %eax
	jnz answer
	mov %rsp, %rdi
	call *%r9

/* Its first argument is the call's number. */
function syscall
	mov %edi, %eax
	mov %rsi, %rdi
	mov %rdx, %rsi
	mov %rcx, %rdx
	mov %r8, %rcx
	mov %r9, %r8
	mov 8(%rsp), %r9
	jmp enter_kernel

/* The kernel adds 20, so that no priority looks like an error: getpriority(2). */
function getpriority
	push $SYS_getpriority
	pop %rax
	call enter_kernel
	test %eax, %eax
	js 1f
	sub $20, %eax
	neg %eax
1:	ret

function htons
	mov %edi, %eax
	xchg %al, %ah
	ret

/* Some calls of the kernel have more arguments than those of libc: here is what they are. */
.macro before_call argument, value
	.ifc \value, 0
	xor \argument, \argument
	.else
	mov $\value, \argument
	.endif
.endm

.macro call_of name, number, argument, value, other, other_value
	function \name
	.ifnb \argument
	before_call \argument, \value
	.endif
	.ifnb \other
	before_call \other, \other_value
	.endif
	.if \number < 128
	push $\number
	pop %rax
	.else
	mov $\number, %eax
	.endif
	jmp enter_kernel
.endm

call_of _exit, SYS_exit_group
call_of accept4, SYS_accept4
call_of access, SYS_access
call_of bind, SYS_bind
call_of capget, SYS_capget
call_of capset, SYS_capset
call_of chdir, SYS_chdir
call_of chmod, SYS_chmod
call_of clock_gettime, SYS_clock_gettime
call_of close, SYS_close
call_of connect, SYS_connect
call_of dup2, SYS_dup2
call_of execve, SYS_execve
call_of fchdir, SYS_fchdir
call_of fchmod, SYS_fchmod
call_of fchown, SYS_fchown
call_of fchownat, SYS_fchownat
call_of fstatat, SYS_newfstatat
call_of getegid, SYS_getegid
call_of geteuid, SYS_geteuid
call_of getgid, SYS_getgid
call_of getgroups, SYS_getgroups
call_of getpid, SYS_getpid
call_of getrandom, SYS_getrandom
call_of getresgid, SYS_getresgid
call_of getresuid, SYS_getresuid
call_of getsockname, SYS_getsockname
call_of getsockopt, SYS_getsockopt
call_of getuid, SYS_getuid
call_of inotify_add_watch, SYS_inotify_add_watch
call_of inotify_init1, SYS_inotify_init1
call_of ioctl, SYS_ioctl
call_of kill, SYS_kill
call_of listen, SYS_listen

/*
 * The rest of all system calls, in their midst, where most reach it by a short jump: -1 and errno where
 * the kernel answers with an error's number, negated. The kernel uses %r11, and our functions expect it
 * and %r10 as they were: OWN in the Makefile.
 */
function enter_kernel
	push %r10
	push %r11
	mov %rcx, %r10
	syscall
answer:	pop %r11
	pop %r10
	cmp $-4095, %rax
	jb 1f
	neg %eax
	mov %eax, number_of_error
	or $-1, %rax
1:	ret

call_of lseek, SYS_lseek
call_of madvise, SYS_madvise
call_of memfd_create, SYS_memfd_create
call_of mkdir, SYS_mkdir
call_of mkdirat, SYS_mkdirat
call_of mmap, SYS_mmap
call_of mprotect, SYS_mprotect
call_of mremap, SYS_mremap
call_of munmap, SYS_munmap
call_of openat, SYS_openat
call_of pipe2, SYS_pipe2
call_of poll, SYS_poll
call_of ppoll, SYS_ppoll, %r8d, 8 /* bytes in a set of signals */
call_of prctl, SYS_prctl
call_of pread, SYS_pread64
call_of prlimit, SYS_prlimit64
call_of read, SYS_read
call_of readlinkat, SYS_readlinkat
call_of recv, SYS_recvfrom, %r8d, 0, %r9d, 0 /* from whom, and where to say so */
call_of recvmsg, SYS_recvmsg
call_of sched_yield, SYS_sched_yield
call_of send, SYS_sendto, %r8d, 0, %r9d, 0 /* to whom */
call_of setpgid, SYS_setpgid
call_of setpriority, SYS_setpriority
call_of setsid, SYS_setsid
call_of setsockopt, SYS_setsockopt
call_of shutdown, SYS_shutdown
call_of socket, SYS_socket
call_of splice, SYS_splice
call_of symlinkat, SYS_symlinkat
call_of umask, SYS_umask
call_of uname, SYS_uname
call_of unlink, SYS_unlink
call_of unlinkat, SYS_unlinkat
call_of waitid, SYS_waitid, %r8d, 0 /* the use of resources */
call_of waitpid, SYS_wait4, %ecx, 0 /* the same */
call_of write, SYS_write

#endif

	.section .note.GNU-stack, "", @progbits
