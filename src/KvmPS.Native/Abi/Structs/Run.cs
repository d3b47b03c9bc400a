using System.Runtime.InteropServices;

namespace KvmPS.Native.Abi;

/// <summary>The first page of a vCPU fd's map: why the guest stopped and what it waits for.</summary>
/// <remarks>Used by KVM_RUN.</remarks>
[StructLayout(LayoutKind.Explicit, Size = 2352)]
public struct kvm_run
{
    [FieldOffset(0)]
    public byte request_interrupt_window;

    [FieldOffset(1)]
    public byte immediate_exit;

    [FieldOffset(2)]
    public Array6<byte> padding1;

    [FieldOffset(8)]
    public ExitReason exit_reason;

    [FieldOffset(12)]
    public byte ready_for_interrupt_injection;

    [FieldOffset(13)]
    public byte if_flag;

    [FieldOffset(14)]
    public ushort flags;

    [FieldOffset(16)]
    public ulong cr8;

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

    [FieldOffset(288)]
    public ulong kvm_valid_regs;

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
        public ulong hardware_entry_failure_reason;
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
        public byte direction;
        public byte size;
        public ushort port;
        public uint count;
        public ulong data_offset;
    }

    /// <summary>The member <c>mmio</c>.</summary>
    public struct mmio_t
    {
        public ulong phys_addr;
        public Array8<byte> data;
        public uint len;
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
        [FieldOffset(0)]
        public ulong nr;

        [FieldOffset(8)]
        public Array6<ulong> args;

        [FieldOffset(56)]
        public ulong ret;

        [FieldOffset(64)]
        public uint longmode;

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
        public uint suberror;
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
        [FieldOffset(0)]
        public uint type;

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
        public byte error;
        public Array7<byte> pad;
        public uint reason;
        public uint index;
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
        public uint flags;
    }

    /// <summary>The member <c>memory_fault</c>.</summary>
    public struct memory_fault_t
    {
        public ulong flags;
        public ulong gpa;
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
