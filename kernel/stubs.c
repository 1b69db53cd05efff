// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/syscall/syscall.h"
#include "kernel/arch/x86_64/user.h"
#include "kernel/process/process.h"
__attribute__((weak)) void user_return(struct user_frame *f){(void)f;}
__attribute__((weak)) void syscall_enter(struct user_frame *f){(void)f;}
__attribute__((weak)) bool task_work_pending(void){return false;}
__attribute__((weak)) int user_page_fault(uint64_t a, unsigned b, int*c){(void)a;(void)b;(void)c;return 11;}
__attribute__((weak)) void user_fault(struct user_frame *f,int a,int b,uint64_t c){(void)f;(void)a;(void)b;(void)c;}
struct process;
__attribute__((weak)) void signal_post_kernel(struct process *p, int s);
__attribute__((weak)) void signal_post_kernel(struct process *p, int s){(void)p;(void)s;}
__attribute__((weak)) void task_signal(int signo){(void)signo;}
__attribute__((weak)) bool task_signal_ineffective(int signo){(void)signo;return false;}
__attribute__((weak)) int process_start_init(const char *path, const char *const argv[], const char *const envp[], struct fdtable *files, struct fs_context *fs){(void)path;(void)argv;(void)envp;(void)files;(void)fs;return -38;}
