// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * What a handler finds on its stack, as Linux's x86-64 programs expect it (struct rt_sigframe, with XSAVE state as
 * asm/sigcontext.h describes), and rt_sigreturn, which believes nothing of it: registers that matter to the kernel are
 * set by trap_leave(), those of the FPU are tried with a fault expected.
 */
#include "kernel/arch/x86_64/user.h"
#include "kernel/process/types.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

#define RED_ZONE 128
#define FP_MAGIC1 0x46505853u
#define FP_MAGIC2 0x46505845u
#define FP_SOFTWARE_OFF 464 /* in the FXSAVE area, bytes that the CPU leaves alone */
#define STACK_DISABLED 2u
#define STACK_ON 1u

struct fp_software {
	uint32_t magic1, extended_bytes;
	uint64_t features;
	uint32_t bytes, pad[7];
};

struct machine_context { /* struct sigcontext */
	uint64_t r8, r9, r10, r11, r12, r13, r14, r15, rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip, rflags;
	uint16_t cs, gs, fs, ss;
	uint64_t error, vector, old_mask, cr2;
	uint64_t fpu; /* address of the state */
	uint64_t reserved[8];
};

struct frame {
	uint64_t restorer;
	uint64_t flags, link;
	struct {
		uint64_t base;
		uint32_t flags, pad;
		uint64_t size;
	} stack;
	struct machine_context context;
	signal_set blocked;
	struct signal_info info;
};

_Static_assert(sizeof(struct machine_context) == 256, "sigcontext");

enum { UC_XSTATE = 1, UC_SS = 2, UC_STRICT_SS = 4 };

static void save(struct machine_context *m, const struct user_frame *f)
{
	*m = (struct machine_context){
		.r8 = f->r8,
		.r9 = f->r9,
		.r10 = f->r10,
		.r11 = f->r11,
		.r12 = f->r12,
		.r13 = f->r13,
		.r14 = f->r14,
		.r15 = f->r15,
		.rdi = f->rdi,
		.rsi = f->rsi,
		.rbp = f->rbp,
		.rbx = f->rbx,
		.rdx = f->rdx,
		.rax = f->rax,
		.rcx = f->rcx,
		.rsp = f->rsp,
		.rip = f->rip,
		.rflags = f->rflags,
		.cs = (uint16_t)f->cs,
		.ss = (uint16_t)f->ss,
		.error = f->error,
		.vector = f->vector,
	};
}

static void restore(struct user_frame *f, const struct machine_context *m)
{
	*f = (struct user_frame){
		.r8 = m->r8,
		.r9 = m->r9,
		.r10 = m->r10,
		.r11 = m->r11,
		.r12 = m->r12,
		.r13 = m->r13,
		.r14 = m->r14,
		.r15 = m->r15,
		.rdi = m->rdi,
		.rsi = m->rsi,
		.rbp = m->rbp,
		.rbx = m->rbx,
		.rdx = m->rdx,
		.rax = m->rax,
		.rcx = m->rcx,
		.rsp = m->rsp,
		.rip = m->rip,
		.rflags = m->rflags,
		/*
		 * Not as a system call: what it returned is not interrupted once more, and rcx and r11 are the
		 * program's.
		 */
		.vector = 0,
		.cs = SELECTOR_USER_CODE,
		.ss = SELECTOR_USER_DATA,
	};
}

static bool on_stack(const struct signal_stack *s, uint64_t sp)
{
	return sp - s->base < s->size;
}

/* The lowest address that is free for the frame. */
static uint64_t frame_top(const struct task *t, const struct user_frame *f, uint64_t flags)
{
	const struct signal_stack *s = &t->signal_stack;

	if (flags & ACTION_STACK && s->size && !on_stack(s, f->rsp))
		return s->base + s->size;
	return f->rsp - RED_ZONE;
}

static int push_fpu(struct task *t, user_addr at)
{
	struct fp_software software = {
		.magic1 = FP_MAGIC1,
		.extended_bytes = (uint32_t)fpu_bytes() + 4,
		.features = fpu_features(),
		.bytes = (uint32_t)fpu_bytes(),
	};
	uint32_t magic2 = FP_MAGIC2;

	fpu_save(t->fpu_copy);
	memcpy((char *)t->fpu_copy + FP_SOFTWARE_OFF, &software, sizeof(software));
	if (user_copy_out(at, t->fpu_copy, fpu_bytes()))
		return -TENON_EFAULT;
	return user_copy_out(at + fpu_bytes(), &magic2, sizeof(magic2));
}

int signal_frame_push(struct user_frame *f, const struct signal_action *action, const struct signal_info *info,
		      signal_set blocked)
{
	struct task *t = task_current();
	uint64_t fpu = (frame_top(t, f, action->flags) - fpu_bytes() - 4) & ~63ull;
	uint64_t at = ((fpu - sizeof(struct frame)) & ~15ull) - 8; /* as after a call */
	struct frame frame = {
		.restorer = action->restorer,
		.flags = UC_XSTATE | UC_SS | UC_STRICT_SS,
		.stack = { t->signal_stack.base, t->signal_stack.size ? t->signal_stack.flags : STACK_DISABLED, 0,
			   t->signal_stack.size },
		.blocked = blocked,
		.info = *info,
	};

	if (!(action->flags & ACTION_RESTORE))
		return -TENON_EFAULT; /* nowhere to return to: x86-64 has no other way */
	save(&frame.context, f);
	frame.context.fpu = fpu;
	if (push_fpu(t, fpu) || user_copy_out(at, &frame, sizeof(frame)))
		return -TENON_EFAULT;
	fpu_state_init(t->fpu_copy);
	fpu_load(t->fpu_copy);
	f->rdi = info->signo;
	f->rsi = at + offsetof(struct frame, info);
	f->rdx = at + offsetof(struct frame, flags);
	f->rax = 0;
	f->rsp = at;
	f->rip = action->handler;
	f->rflags &= ~(RFLAGS_TF | 1ull << 10 /* direction */);
	f->vector = 0;
	return 0;
}

int signal_frame_pop(struct user_frame *f)
{
	struct task *t = task_current();
	user_addr at = f->rsp - 8; /* the handler's return took the restorer's address */
	struct frame frame;

	if (user_copy_in(&frame, at, sizeof(frame)))
		return -TENON_EFAULT;
	if (!frame.context.fpu)
		fpu_state_init(t->fpu_copy);
	else if (user_copy_in(t->fpu_copy, frame.context.fpu, fpu_bytes()))
		return -TENON_EFAULT;
	if (fpu_load(t->fpu_copy))
		return -TENON_EINVAL;
	restore(f, &frame.context);
	signal_set_blocked(frame.blocked);
	t->signal_stack = (struct signal_stack){ 0 };
	if (!(frame.stack.flags & STACK_DISABLED) && user_range_valid(frame.stack.base, frame.stack.size))
		t->signal_stack =
		    (struct signal_stack){ frame.stack.base, frame.stack.size, frame.stack.flags & ~STACK_ON };
	return 0;
}
