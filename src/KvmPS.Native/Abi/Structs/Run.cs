using System.Runtime.InteropServices;

namespace KvmPS.Native.Abi;

/// <summary>The first page of a vCPU fd's map: why the guest stopped and what it waits for.</summary>
/// <remarks>Used by KVM_RUN.</remarks>
[StructLayout(LayoutKind.Explicit, Size = 2352)]
public struct kvm_run
{
    /// <summary>In: 1 asks for an exit as soon as the guest can take an interrupt.</summary>
    [FieldOffset(0)]
    public byte request_interrupt_window;

    /// <summary>In: 1 makes KVM_RUN complete what is pending and return EINTR.</summary>
    [FieldOffset(1)]
    public byte immediate_exit;

    [FieldOffset(2)]
    public Array6<byte> padding1;

    /// <summary>Out: why KVM_RUN returned; it chooses the member that follows.</summary>
    [FieldOffset(8)]
    public ExitReason exit_reason;

    /// <summary>Out: 1 where an interrupt can be queued.</summary>
    [FieldOffset(12)]
    public byte ready_for_interrupt_injection;

    /// <summary>Out: the guest's interrupt flag, on x86.</summary>
    [FieldOffset(13)]
    public byte if_flag;

    /// <summary>Out: KVM_RUN_X86_*.</summary>
    [FieldOffset(14)]
    public ushort flags;

    /// <summary>The task priority, where the interrupt controller is in user space.</summary>
    [FieldOffset(16)]
    public ulong cr8;

    /// <summary>The local APIC's base, where the interrupt controller is in user space.</summary>
    [FieldOffset(24)]
    public ulong apic_base;

    [FieldOffset(32)]
    public hw_t hw;

    [FieldOffset(32)]
    public fail_entry_t fail_entry;

    [FieldOffset(32)]
    public ex_t ex;

    [FieldOffset(32)]
    public io_t io;

    [FieldOffset(32), KernelMember("debug.arch", Arch.X86)]
    public X86.kvm_debug_exit_arch debug_x86;

    [FieldOffset(32), KernelMember("debug.arch", Arch.Arm64)]
    public Arm64.kvm_debug_exit_arch debug_arm64;

    [FieldOffset(32)]
    public mmio_t mmio;

    [FieldOffset(32)]
    public iocsr_io_t iocsr_io;

    [FieldOffset(32)]
    public hypercall_t hypercall;

    [FieldOffset(32)]
    public tpr_access_t tpr_access;

    [FieldOffset(32)]
    public s390_sieic_t s390_sieic;

    [FieldOffset(32)]
    public ulong s390_reset_flags;

    [FieldOffset(32)]
    public s390_ucontrol_t s390_ucontrol;

    [FieldOffset(32)]
    public dcr_t dcr;

    [FieldOffset(32)]
    public internal_t @internal;

    [FieldOffset(32)]
    public emulation_failure_t emulation_failure;

    [FieldOffset(32)]
    public osi_t osi;

    [FieldOffset(32)]
    public papr_hcall_t papr_hcall;

    [FieldOffset(32)]
    public s390_tsch_t s390_tsch;

    [FieldOffset(32)]
    public epr_t epr;

    [FieldOffset(32)]
    public system_event_t system_event;

    [FieldOffset(32)]
    public s390_stsi_t s390_stsi;

    [FieldOffset(32)]
    public eoi_t eoi;

    [FieldOffset(32)]
    public kvm_hyperv_exit hyperv;

    [FieldOffset(32)]
    public arm_nisv_t arm_nisv;

    [FieldOffset(32)]
    public msr_t msr;

    [FieldOffset(32)]
    public kvm_xen_exit xen;

    [FieldOffset(32)]
    public riscv_sbi_t riscv_sbi;

    [FieldOffset(32)]
    public riscv_csr_t riscv_csr;

    [FieldOffset(32)]
    public notify_t notify;

    [FieldOffset(32)]
    public memory_fault_t memory_fault;

    [FieldOffset(32)]
    public tdx_t tdx;

    [FieldOffset(32)]
    public arm_sea_t arm_sea;

    [FieldOffset(32)]
    public kvm_exit_snp_req_certs snp_req_certs;

    [FieldOffset(32)]
    public Array256<byte> padding;

    /// <summary>In: the register sets that <c>s</c> shall carry out of KVM_RUN.</summary>
    [FieldOffset(288)]
    public ulong kvm_valid_regs;

    /// <summary>In: the register sets of <c>s</c> that KVM_RUN shall take over.</summary>
    [FieldOffset(296)]
    public ulong kvm_dirty_regs;

    [FieldOffset(304)]
    public s_t s;

    /// <summary>The member <c>hw</c>.</summary>
    public struct hw_t
    {
        public ulong hardware_exit_reason;
    }

    /// <summary>The member <c>fail_entry</c>.</summary>
    public struct fail_entry_t
    {
        /// <summary>The hardware's reason, or KVM_EXIT_FAIL_ENTRY_* on arm64.</summary>
        public ulong hardware_entry_failure_reason;

        /// <summary>The host's processor.</summary>
        public uint cpu;
    }

    /// <summary>The member <c>ex</c>.</summary>
    public struct ex_t
    {
        public uint exception;
        public uint error_code;
    }

    /// <summary>The member <c>io</c>.</summary>
    public struct io_t
    {
        /// <summary>KVM_EXIT_IO_IN or KVM_EXIT_IO_OUT.</summary>
        public byte direction;

        /// <summary>The bytes of one item: 1, 2 or 4.</summary>
        public byte size;

        /// <summary>The port.</summary>
        public ushort port;

        /// <summary>How many items there are.</summary>
        public uint count;

        /// <summary>Where they stand, in bytes from the start of kvm_run.</summary>
        public ulong data_offset;
    }

    /// <summary>The member <c>mmio</c>.</summary>
    public struct mmio_t
    {
        /// <summary>The guest-physical address.</summary>
        public ulong phys_addr;

        /// <summary>What the guest writes, or where user space puts what it reads.</summary>
        public Array8<byte> data;

        /// <summary>The size of the access in bytes: 1 to 8.</summary>
        public uint len;

        /// <summary>1 for a write.</summary>
        public byte is_write;
    }

    /// <summary>The member <c>iocsr_io</c>.</summary>
    public struct iocsr_io_t
    {
        public ulong phys_addr;
        public Array8<byte> data;
        public uint len;
        public byte is_write;
    }

    /// <summary>The member <c>hypercall</c>.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 72)]
    public struct hypercall_t
    {
        /// <summary>The hypercall's number.</summary>
        [FieldOffset(0)]
        public ulong nr;

        /// <summary>Its arguments.</summary>
        [FieldOffset(8)]
        public Array6<ulong> args;

        /// <summary>In: what the guest gets back.</summary>
        [FieldOffset(56)]
        public ulong ret;

        [FieldOffset(64)]
        public uint longmode;

        /// <summary>KVM_HYPERCALL_EXIT_* on arm64, KVM_EXIT_HYPERCALL_LONG_MODE on x86.</summary>
        [FieldOffset(64)]
        public ulong flags;
    }

    /// <summary>The member <c>tpr_access</c>.</summary>
    public struct tpr_access_t
    {
        public ulong rip;
        public uint is_write;
        public uint pad;
    }

    /// <summary>The member <c>s390_sieic</c>.</summary>
    public struct s390_sieic_t
    {
        public byte icptcode;
        public ushort ipa;
        public uint ipb;
    }

    /// <summary>The member <c>s390_ucontrol</c>.</summary>
    public struct s390_ucontrol_t
    {
        public ulong trans_exc_code;
        public uint pgm_code;
    }

    /// <summary>The member <c>dcr</c>.</summary>
    public struct dcr_t
    {
        public uint dcrn;
        public uint data;
        public byte is_write;
    }

    /// <summary>The member <c>internal</c>.</summary>
    public struct internal_t
    {
        /// <summary>KVM_INTERNAL_ERROR_*.</summary>
        public uint suberror;

        /// <summary>How many of <c>data</c> are valid.</summary>
        public uint ndata;

        public Array16<ulong> data;
    }

    /// <summary>The member <c>emulation_failure</c>.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 32)]
    public struct emulation_failure_t
    {
        [FieldOffset(0)]
        public uint suberror;

        [FieldOffset(4)]
        public uint ndata;

        [FieldOffset(8)]
        public ulong flags;

        [FieldOffset(16)]
        public byte insn_size;

        [FieldOffset(17)]
        public Array15<byte> insn_bytes;
    }

    /// <summary>The member <c>osi</c>.</summary>
    public struct osi_t
    {
        public Array32<ulong> gprs;
    }

    /// <summary>The member <c>papr_hcall</c>.</summary>
    public struct papr_hcall_t
    {
        public ulong nr;
        public ulong ret;
        public Array9<ulong> args;
    }

    /// <summary>The member <c>s390_tsch</c>.</summary>
    public struct s390_tsch_t
    {
        public ushort subchannel_id;
        public ushort subchannel_nr;
        public uint io_int_parm;
        public uint io_int_word;
        public uint ipb;
        public byte dequeued;
    }

    /// <summary>The member <c>epr</c>.</summary>
    public struct epr_t
    {
        public uint epr;
    }

    /// <summary>The member <c>system_event</c>.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 136)]
    public struct system_event_t
    {
        /// <summary>KVM_SYSTEM_EVENT_*.</summary>
        [FieldOffset(0)]
        public uint type;

        /// <summary>How many of <c>data</c> are valid.</summary>
        [FieldOffset(4)]
        public uint ndata;

        [FieldOffset(8)]
        public ulong flags;

        [FieldOffset(8)]
        public Array16<ulong> data;
    }

    /// <summary>The member <c>s390_stsi</c>.</summary>
    public struct s390_stsi_t
    {
        public ulong addr;
        public byte ar;
        public byte reserved;
        public byte fc;
        public byte sel1;
        public ushort sel2;
    }

    /// <summary>The member <c>eoi</c>.</summary>
    public struct eoi_t
    {
        /// <summary>The interrupt's vector.</summary>
        public byte vector;
    }

    /// <summary>The member <c>arm_nisv</c>.</summary>
    public struct arm_nisv_t
    {
        public ulong esr_iss;
        public ulong fault_ipa;
    }

    /// <summary>The member <c>msr</c>.</summary>
    public struct msr_t
    {
        /// <summary>In: 1 injects a general-protection fault.</summary>
        public byte error;

        public Array7<byte> pad;

        /// <summary>KVM_MSR_EXIT_REASON_*.</summary>
        public uint reason;

        /// <summary>The MSR's number.</summary>
        public uint index;

        /// <summary>What the guest writes, or where user space puts what it reads.</summary>
        public ulong data;
    }

    /// <summary>The member <c>riscv_sbi</c>.</summary>
    public struct riscv_sbi_t
    {
        public ulong extension_id;
        public ulong function_id;
        public Array6<ulong> args;
        public Array2<ulong> ret;
    }

    /// <summary>The member <c>riscv_csr</c>.</summary>
    public struct riscv_csr_t
    {
        public ulong csr_num;
        public ulong new_value;
        public ulong write_mask;
        public ulong ret_value;
    }

    /// <summary>The member <c>notify</c>.</summary>
    public struct notify_t
    {
        /// <summary>KVM_NOTIFY_CONTEXT_INVALID where the guest cannot go on.</summary>
        public uint flags;
    }

    /// <summary>The member <c>memory_fault</c>.</summary>
    public struct memory_fault_t
    {
        /// <summary>KVM_MEMORY_EXIT_FLAG_PRIVATE where the guest wanted private memory.</summary>
        public ulong flags;

        /// <summary>The guest-physical address.</summary>
        public ulong gpa;

        /// <summary>The size in bytes.</summary>
        public ulong size;
    }

    /// <summary>The member <c>tdx</c>.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 64)]
    public struct tdx_t
    {
        [FieldOffset(0)]
        public ulong flags;

        [FieldOffset(8)]
        public ulong nr;

        [FieldOffset(16)]
        public unknown_t unknown;

        [FieldOffset(16)]
        public get_quote_t get_quote;

        [FieldOffset(16)]
        public get_tdvmcall_info_t get_tdvmcall_info;

        [FieldOffset(16)]
        public setup_event_notify_t setup_event_notify;

        /// <summary>The member <c>unknown</c>.</summary>
        public struct unknown_t
        {
            public ulong ret;
            public Array5<ulong> data;
        }

        /// <summary>The member <c>get_quote</c>.</summary>
        public struct get_quote_t
        {
            public ulong ret;
            public ulong gpa;
            public ulong size;
        }

        /// <summary>The member <c>get_tdvmcall_info</c>.</summary>
        public struct get_tdvmcall_info_t
        {
            public ulong ret;
            public ulong leaf;
            public ulong r11;
            public ulong r12;
            public ulong r13;
            public ulong r14;
        }

        /// <summary>The member <c>setup_event_notify</c>.</summary>
        public struct setup_event_notify_t
        {
            public ulong ret;
            public ulong vector;
        }
    }

    /// <summary>The member <c>arm_sea</c>.</summary>
    public struct arm_sea_t
    {
        public ulong flags;
        public ulong esr;
        public ulong gva;
        public ulong gpa;
    }

    /// <summary>The member <c>s</c>.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 2048)]
    public struct s_t
    {
        [FieldOffset(0), KernelMember("regs", Arch.X86)]
        public X86.kvm_sync_regs x86;

        [FieldOffset(0), KernelMember("regs", Arch.Arm64)]
        public Arm64.kvm_sync_regs arm64;

        [FieldOffset(0)]
        public Array2048<byte> padding;
    }
}
