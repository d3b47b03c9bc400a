namespace KvmPS.Native.Abi.X86;

/// <summary>The general registers.</summary>
/// <remarks>Used by KVM_GET_REGS.</remarks>
public struct kvm_regs
{
    public ulong rax;
    public ulong rbx;
    public ulong rcx;
    public ulong rdx;
    public ulong rsi;
    public ulong rdi;
    public ulong rsp;
    public ulong rbp;
    public ulong r8;
    public ulong r9;
    public ulong r10;
    public ulong r11;
    public ulong r12;
    public ulong r13;
    public ulong r14;
    public ulong r15;
    public ulong rip;
    public ulong rflags;
}

/// <summary>The special registers.</summary>
/// <remarks>Used by KVM_GET_SREGS.</remarks>
public struct kvm_sregs
{
    public kvm_segment cs;
    public kvm_segment ds;
    public kvm_segment es;
    public kvm_segment fs;
    public kvm_segment gs;
    public kvm_segment ss;
    public kvm_segment tr;
    public kvm_segment ldt;
    public kvm_dtable gdt;
    public kvm_dtable idt;
    public ulong cr0;
    public ulong cr2;
    public ulong cr3;
    public ulong cr4;
    public ulong cr8;
    public ulong efer;
    public ulong apic_base;
    public Array4<ulong> interrupt_bitmap;
}

/// <summary>The floating-point and SSE registers.</summary>
/// <remarks>Used by KVM_GET_FPU.</remarks>
public struct kvm_fpu
{
    public Array128<byte> fpr;
    public ushort fcw;
    public ushort fsw;
    public byte ftwx;
    public byte pad1;
    public ushort last_opcode;
    public ulong last_ip;
    public ulong last_dp;
    public Array256<byte> xmm;
    public uint mxcsr;
    public uint pad2;
}

/// <summary>Pending exceptions, interrupts and SMIs.</summary>
/// <remarks>Used by KVM_GET_VCPU_EVENTS.</remarks>
public struct kvm_vcpu_events
{
    public exception_t exception;
    public interrupt_t interrupt;
    public nmi_t nmi;
    public uint sipi_vector;
    public uint flags;
    public smi_t smi;
    public triple_fault_t triple_fault;
    public Array26<byte> reserved;
    public byte exception_has_payload;
    public ulong exception_payload;

    /// <summary>The member <c>exception</c>.</summary>
    public struct exception_t
    {
        public byte injected;
        public byte nr;
        public byte has_error_code;
        public byte pending;
        public uint error_code;
    }

    /// <summary>The member <c>interrupt</c>.</summary>
    public struct interrupt_t
    {
        public byte injected;
        public byte nr;
        public byte soft;
        public byte shadow;
    }

    /// <summary>The member <c>nmi</c>.</summary>
    public struct nmi_t
    {
        public byte injected;
        public byte pending;
        public byte masked;
        public byte pad;
    }

    /// <summary>The member <c>smi</c>.</summary>
    public struct smi_t
    {
        public byte smm;
        public byte pending;
        public byte smm_inside_nmi;
        public byte latched_init;
    }

    /// <summary>The member <c>triple_fault</c>.</summary>
    public struct triple_fault_t
    {
        public byte pending;
    }
}

/// <summary>The registers that kvm_run can carry.</summary>
/// <remarks>Used by KVM_CAP_SYNC_REGS.</remarks>
public struct kvm_sync_regs
{
    public kvm_regs regs;
    public kvm_sregs sregs;
    public kvm_vcpu_events events;
}
