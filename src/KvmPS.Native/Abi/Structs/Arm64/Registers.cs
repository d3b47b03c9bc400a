namespace KvmPS.Native.Abi.Arm64;

/// <summary>The core registers: the layout behind register ids, never the argument of a call.</summary>
/// <remarks>Used by KVM_GET_ONE_REG.</remarks>
public struct kvm_regs
{
    public user_pt_regs regs;
    public ulong sp_el1;
    public ulong elr_el1;
    public Array5<ulong> spsr;
    public user_fpsimd_state fp_regs;
}

/// <summary>The general registers.</summary>
/// <remarks>Used by KVM_GET_ONE_REG.</remarks>
public struct user_pt_regs
{
    public Array31<ulong> regs;
    public ulong sp;
    public ulong pc;
    public ulong pstate;
}

/// <summary>The floating-point and vector registers.</summary>
/// <remarks>Used by KVM_GET_ONE_REG.</remarks>
public struct user_fpsimd_state
{
    public Array32<UInt128> vregs;
    public uint fpsr;
    public uint fpcr;
    public Array2<uint> __reserved;
}

/// <summary>Pending exceptions.</summary>
/// <remarks>Used by KVM_GET_VCPU_EVENTS.</remarks>
public struct kvm_vcpu_events
{
    public exception_t exception;
    public Array12<uint> reserved;

    /// <summary>The member <c>exception</c>.</summary>
    public struct exception_t
    {
        public byte serror_pending;
        public byte serror_has_esr;
        public byte ext_dabt_pending;
        public Array5<byte> pad;
        public ulong serror_esr;
    }
}

/// <summary>The registers that kvm_run carries.</summary>
/// <remarks>Used by KVM_RUN.</remarks>
public struct kvm_sync_regs
{
    public ulong device_irq_level;
}
