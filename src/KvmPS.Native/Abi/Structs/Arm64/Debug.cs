namespace KvmPS.Native.Abi.Arm64;

/// <summary>Why the guest stopped for the debugger.</summary>
/// <remarks>Used by KVM_EXIT_DEBUG.</remarks>
public struct kvm_debug_exit_arch
{
    public uint hsr;
    public uint hsr_high;
    public ulong far;
}

/// <summary>The breakpoint and watchpoint registers to run the guest with.</summary>
/// <remarks>Used by KVM_SET_GUEST_DEBUG.</remarks>
public struct kvm_guest_debug_arch
{
    public Array16<ulong> dbg_bcr;
    public Array16<ulong> dbg_bvr;
    public Array16<ulong> dbg_wcr;
    public Array16<ulong> dbg_wvr;
}

/// <summary>What to debug: KVM_GUESTDBG_* and the debug registers.</summary>
/// <remarks>Used by KVM_SET_GUEST_DEBUG.</remarks>
public struct kvm_guest_debug
{
    /// <summary>KVM_GUESTDBG_*.</summary>
    public uint control;

    public uint pad;
    public kvm_guest_debug_arch arch;
}
