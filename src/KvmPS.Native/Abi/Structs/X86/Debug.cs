namespace KvmPS.Native.Abi.X86;

/// <summary>Why the guest stopped for the debugger.</summary>
/// <remarks>Used by KVM_EXIT_DEBUG.</remarks>
public struct kvm_debug_exit_arch
{
    public uint exception;
    public uint pad;
    public ulong pc;
    public ulong dr6;
    public ulong dr7;
}

/// <summary>The debug registers to run the guest with.</summary>
/// <remarks>Used by KVM_SET_GUEST_DEBUG.</remarks>
public struct kvm_guest_debug_arch
{
    public Array8<ulong> debugreg;
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
