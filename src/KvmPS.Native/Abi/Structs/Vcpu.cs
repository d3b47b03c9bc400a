namespace KvmPS.Native.Abi;

/// <summary>Whether a vCPU runs: KVM_MP_STATE_*.</summary>
/// <remarks>Used by KVM_GET_MP_STATE.</remarks>
public struct kvm_mp_state
{
    public uint mp_state;
}

/// <summary>The head of a signal set of <c>len</c> (8) bytes, which follow.</summary>
/// <remarks>Used by KVM_SET_SIGNAL_MASK.</remarks>
public struct kvm_signal_mask
{
    public uint len;
}

/// <summary>A register's id and the address of its value, whose size the id says.</summary>
/// <remarks>Used by KVM_GET_ONE_REG.</remarks>
public struct kvm_one_reg
{
    public ulong id;
    public ulong addr;
}

/// <summary>The head of a list of register ids, <c>n</c> times 64 bits, which follow.</summary>
/// <remarks>Used by KVM_GET_REG_LIST.</remarks>
public struct kvm_reg_list
{
    public ulong n;
}

/// <summary>A capability and its arguments.</summary>
/// <remarks>Used by KVM_ENABLE_CAP.</remarks>
public struct kvm_enable_cap
{
    public uint cap;
    public uint flags;
    public Array4<ulong> args;
    public Array64<byte> pad;
}
