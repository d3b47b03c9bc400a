/*
 * A library that stands before the C library: KVM_RUN becomes one exit after the other, written into kvm_run by the header's
 * own names. Each member gets a value of its own; what was written is told on the file EXITS, a line for an exit:
 *     reason|member=value|...
 * At the next entry what is awaited from user space is told too, as answer|reason|member=value.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <linux/kvm.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static FILE *told;
static unsigned long long last = 0x10;

/* Distinct values that fit into any member of more than a byte, and whose bytes differ. */
#define PUT(member) do { \
	last += 0x11; \
	(run->member) = (__typeof__(run->member))(sizeof(run->member) == 1 ? last & 0x7F : last | last << 8); \
	fprintf(told, "|%s=%llu", #member, (unsigned long long)run->member); \
} while (0)
#define PUT_ALL(member) do { \
	fprintf(told, "|%s=", #member); \
	for (unsigned i = 0; i < sizeof(run->member) / sizeof(run->member[0]); i++) { \
		run->member[i] = (__typeof__(run->member[0]))(last += 0x11); \
		fprintf(told, "%s%llu", i ? "," : "", (unsigned long long)run->member[i]); \
	} \
} while (0)
#define SET(member, value) do { run->member = (value); fprintf(told, "|%s=%llu", #member, (unsigned long long)run->member); } while (0)
#define EXIT(reason) (memset(run->padding, 0, sizeof(run->padding)), run->exit_reason = (reason), fprintf(told, "%d", (reason)))
#define ANSWER(reason, member) fprintf(told, "answer|%d|%s=%llu\n", (reason), #member, (unsigned long long)run->member)

static int next;

static int fill(struct kvm_run *run)
{
	switch (next++) {
	case 0: EXIT(KVM_EXIT_UNKNOWN); PUT(hw.hardware_exit_reason); break;
	case 1: EXIT(KVM_EXIT_EXCEPTION); PUT(ex.exception); PUT(ex.error_code); break;
	case 2: EXIT(KVM_EXIT_HYPERCALL); PUT(hypercall.nr); PUT_ALL(hypercall.args); PUT(hypercall.longmode); break;
	case 3:
		ANSWER(KVM_EXIT_HYPERCALL, hypercall.ret);
		EXIT(KVM_EXIT_FAIL_ENTRY); PUT(fail_entry.hardware_entry_failure_reason); PUT(fail_entry.cpu); break;
	case 4: EXIT(KVM_EXIT_TPR_ACCESS); PUT(tpr_access.rip); PUT(tpr_access.is_write); break;
	case 5: EXIT(KVM_EXIT_S390_SIEIC); PUT(s390_sieic.icptcode); PUT(s390_sieic.ipa); PUT(s390_sieic.ipb); break;
	case 6: EXIT(KVM_EXIT_S390_RESET); PUT(s390_reset_flags); break;
	case 7: EXIT(KVM_EXIT_DCR); PUT(dcr.dcrn); PUT(dcr.data); PUT(dcr.is_write); break;
	case 8:
		ANSWER(KVM_EXIT_DCR, dcr.data);
		EXIT(KVM_EXIT_INTERNAL_ERROR); SET(internal.suberror, KVM_INTERNAL_ERROR_DELIVERY_EV); SET(internal.ndata, 16); PUT_ALL(internal.data); break;
	case 9: EXIT(KVM_EXIT_OSI); PUT_ALL(osi.gprs); break;
	case 10:
		ANSWER(KVM_EXIT_OSI, osi.gprs[0]); ANSWER(KVM_EXIT_OSI, osi.gprs[3]);
		EXIT(KVM_EXIT_PAPR_HCALL); PUT(papr_hcall.nr); PUT(papr_hcall.ret); PUT_ALL(papr_hcall.args); break;
	case 11:
		ANSWER(KVM_EXIT_PAPR_HCALL, papr_hcall.ret);
		EXIT(KVM_EXIT_S390_UCONTROL); PUT(s390_ucontrol.trans_exc_code); PUT(s390_ucontrol.pgm_code); break;
	case 12:
		EXIT(KVM_EXIT_S390_TSCH); PUT(s390_tsch.subchannel_id); PUT(s390_tsch.subchannel_nr); PUT(s390_tsch.io_int_parm);
		PUT(s390_tsch.io_int_word); PUT(s390_tsch.ipb); PUT(s390_tsch.dequeued); break;
	case 13: EXIT(KVM_EXIT_EPR); PUT(epr.epr); break;
	case 14:
		ANSWER(KVM_EXIT_EPR, epr.epr);
		EXIT(KVM_EXIT_SYSTEM_EVENT); SET(system_event.type, KVM_SYSTEM_EVENT_CRASH); SET(system_event.ndata, 16); PUT_ALL(system_event.data); break;
	case 15:
		EXIT(KVM_EXIT_S390_STSI); PUT(s390_stsi.addr); PUT(s390_stsi.ar); PUT(s390_stsi.fc); PUT(s390_stsi.sel1);
		PUT(s390_stsi.sel2); break;
	case 16: EXIT(KVM_EXIT_IOAPIC_EOI); PUT(eoi.vector); break;
	case 17:
		EXIT(KVM_EXIT_HYPERV); SET(hyperv.type, KVM_EXIT_HYPERV_SYNIC); PUT(hyperv.u.synic.msr); PUT(hyperv.u.synic.control);
		PUT(hyperv.u.synic.evt_page); PUT(hyperv.u.synic.msg_page); break;
	case 18:
		EXIT(KVM_EXIT_HYPERV); SET(hyperv.type, KVM_EXIT_HYPERV_HCALL); PUT(hyperv.u.hcall.input); PUT(hyperv.u.hcall.result);
		PUT_ALL(hyperv.u.hcall.params); break;
	case 19:
		ANSWER(KVM_EXIT_HYPERV, hyperv.u.hcall.result);
		EXIT(KVM_EXIT_HYPERV); SET(hyperv.type, KVM_EXIT_HYPERV_SYNDBG); PUT(hyperv.u.syndbg.msr); PUT(hyperv.u.syndbg.control);
		PUT(hyperv.u.syndbg.status); PUT(hyperv.u.syndbg.send_page); PUT(hyperv.u.syndbg.recv_page);
		PUT(hyperv.u.syndbg.pending_page); break;
	case 20: EXIT(KVM_EXIT_ARM_NISV); PUT(arm_nisv.esr_iss); PUT(arm_nisv.fault_ipa); break;
	case 21: EXIT(KVM_EXIT_X86_RDMSR); SET(msr.reason, KVM_MSR_EXIT_REASON_FILTER); PUT(msr.index); break;
	case 22:
		ANSWER(KVM_EXIT_X86_RDMSR, msr.data); ANSWER(KVM_EXIT_X86_RDMSR, msr.error);
		EXIT(KVM_EXIT_X86_WRMSR); SET(msr.reason, KVM_MSR_EXIT_REASON_UNKNOWN); PUT(msr.index); PUT(msr.data); break;
	case 23:
		EXIT(KVM_EXIT_XEN); SET(xen.type, KVM_EXIT_XEN_HCALL); PUT(xen.u.hcall.longmode); PUT(xen.u.hcall.cpl);
		PUT(xen.u.hcall.input); PUT(xen.u.hcall.result); PUT_ALL(xen.u.hcall.params); break;
	case 24:
		ANSWER(KVM_EXIT_XEN, xen.u.hcall.result);
		EXIT(KVM_EXIT_RISCV_SBI); PUT(riscv_sbi.extension_id); PUT(riscv_sbi.function_id); PUT_ALL(riscv_sbi.args);
		PUT_ALL(riscv_sbi.ret); break;
	case 25:
		ANSWER(KVM_EXIT_RISCV_SBI, riscv_sbi.ret[0]); ANSWER(KVM_EXIT_RISCV_SBI, riscv_sbi.ret[1]);
		EXIT(KVM_EXIT_RISCV_CSR); PUT(riscv_csr.csr_num); PUT(riscv_csr.new_value); PUT(riscv_csr.write_mask);
		PUT(riscv_csr.ret_value); break;
	case 26:
		ANSWER(KVM_EXIT_RISCV_CSR, riscv_csr.ret_value);
		EXIT(KVM_EXIT_NOTIFY); PUT(notify.flags); break;
	case 27: EXIT(KVM_EXIT_MMIO); PUT(mmio.phys_addr); SET(mmio.len, 8); SET(mmio.is_write, 1); memcpy(run->mmio.data, "ABCDEFGH", 8); break;
	case 28: EXIT(KVM_EXIT_IRQ_WINDOW_OPEN); break;
	case 29: EXIT(KVM_EXIT_SET_TPR); break;
	case 30: EXIT(KVM_EXIT_NMI); break;
	case 31: EXIT(KVM_EXIT_WATCHDOG); break;
	case 32: EXIT(KVM_EXIT_DIRTY_RING_FULL); break;
	case 33: EXIT(KVM_EXIT_AP_RESET_HOLD); break;
	case 34: EXIT(KVM_EXIT_X86_BUS_LOCK); break;
#ifdef KVM_EXIT_LOONGARCH_IOCSR
	case 35: EXIT(KVM_EXIT_LOONGARCH_IOCSR); PUT(iocsr_io.phys_addr); SET(iocsr_io.len, 4); SET(iocsr_io.is_write, 0); break;
	case 36: fprintf(told, "answer|%d|iocsr_io.data=%u\n", KVM_EXIT_LOONGARCH_IOCSR, *(unsigned *)run->iocsr_io.data);
		EXIT(KVM_EXIT_SHUTDOWN); break;
#endif
#ifdef KVM_EXIT_MEMORY_FAULT
	case 37: EXIT(KVM_EXIT_MEMORY_FAULT); SET(memory_fault.flags, KVM_MEMORY_EXIT_FLAG_PRIVATE); PUT(memory_fault.gpa); PUT(memory_fault.size);
		fputc('\n', told); errno = EFAULT; return -1;
#endif
#ifdef KVM_EXIT_TDX
	case 38: EXIT(KVM_EXIT_TDX); PUT(tdx.flags); PUT(tdx.nr); PUT(tdx.unknown.ret); PUT_ALL(tdx.unknown.data); break;
	case 39: ANSWER(KVM_EXIT_TDX, tdx.unknown.ret); EXIT(KVM_EXIT_SHUTDOWN); break;
#endif
#ifdef KVM_EXIT_ARM_SEA
	case 40: EXIT(KVM_EXIT_ARM_SEA); PUT(arm_sea.flags); PUT(arm_sea.esr); PUT(arm_sea.gva); PUT(arm_sea.gpa); break;
#endif
#ifdef KVM_EXIT_ARM_LDST64B
	case 41: EXIT(KVM_EXIT_ARM_LDST64B); PUT(arm_nisv.esr_iss); PUT(arm_nisv.fault_ipa); break;
#endif
#ifdef KVM_EXIT_SNP_REQ_CERTS
	case 42: EXIT(KVM_EXIT_SNP_REQ_CERTS); PUT(snp_req_certs.gpa); PUT(snp_req_certs.npages); PUT(snp_req_certs.ret); break;
	case 43: ANSWER(KVM_EXIT_SNP_REQ_CERTS, snp_req_certs.ret); EXIT(KVM_EXIT_SHUTDOWN); break;
#endif
	case 44: EXIT(0x7FFF); memset(run->padding, 0xA5, sizeof(run->padding)); break;
	case 45: EXIT(KVM_EXIT_HLT); break;
	/* A number that this header does not have. */
	default: if (next < 45) return fill(run); EXIT(KVM_EXIT_HLT); next = 0; break;
	}
	fputc('\n', told);
	return 0;
}

int ioctl(int fd, unsigned long request, ...)
{
	static int (*real)(int, unsigned long, void *);
	static struct kvm_run *run;
	va_list list;
	va_start(list, request);
	void *argument = va_arg(list, void *);
	va_end(list);
	if (!real)
		real = (int (*)(int, unsigned long, void *))dlsym(RTLD_NEXT, "ioctl");
	if (request != KVM_RUN)
		return real(fd, request, argument);
	if (!run) {
		run = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		told = fopen(getenv("EXITS"), "w");
		setvbuf(told, NULL, _IOLBF, 0);
	}
	/* What is pending is completed without an entry. */
	if (run->immediate_exit) {
		errno = EINTR;
		return -1;
	}
	return fill(run);
}
