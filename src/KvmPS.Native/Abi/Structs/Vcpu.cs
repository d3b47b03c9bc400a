namespace KvmPS.Native.Abi;

/// <summary>Whether a vCPU runs: KVM_MP_STATE_*.</summary>
/// <remarks>Used by KVM_GET_MP_STATE.</remarks>
public struct kvm_mp_state
{
    /// <summary>KVM_MP_STATE_*.</summary>
    public uint mp_state;
}

/// <summary>The head of a signal set of <c>len</c> (8) bytes, which follow.</summary>
/// <remarks>Used by KVM_SET_SIGNAL_MASK.</remarks>
public struct kvm_signal_mask
{
    /// <summary>The size of the kernel's signal set: 8 bytes.</summary>
    public uint len;
}

/// <summary>A register's id and the address of its value, whose size the id says.</summary>
/// <remarks>Used by KVM_GET_ONE_REG.</remarks>
public struct kvm_one_reg
{
    /// <summary>The register's id; its size is part of it.</summary>
    public ulong id;

    /// <summary>The address of the value.</summary>
    public ulong addr;
}

/// <summary>The head of a list of register ids, <c>n</c> times 64 bits, which follow.</summary>
/// <remarks>Used by KVM_GET_REG_LIST.</remarks>
public struct kvm_reg_list
{
    /// <summary>In: how many ids there is room for. Out: how many there are.</summary>
    public ulong n;
}

/// <summary>A capability and its arguments.</summary>
/// <remarks>Used by KVM_ENABLE_CAP.</remarks>
public struct kvm_enable_cap
{
    /// <summary>A <see cref="Capability"/>.</summary>
    public uint cap;

    /// <summary>Has to be 0 for most capabilities.</summary>
    public uint flags;

    /// <summary>What the capability takes.</summary>
    public Array4<ulong> args;

    public Array64<byte> pad;
}
