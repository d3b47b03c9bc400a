namespace KvmPS.Native.Abi;

/// <summary>An MSR and its value.</summary>
/// <remarks>Used by KVM_GET_MSRS.</remarks>
public struct kvm_msr_entry
{
    public uint index;
    public uint reserved;
    public ulong data;
}

/// <summary>The head of a list, followed by <c>nmsrs</c> <see cref="kvm_msr_entry"/> entries.</summary>
/// <remarks>Used by KVM_GET_MSRS.</remarks>
public struct kvm_msrs
{
    public uint nmsrs;
    public uint pad;
}

/// <summary>The head of a list, followed by <c>nmsrs</c> 32-bit MSR numbers.</summary>
/// <remarks>Used by KVM_GET_MSR_INDEX_LIST.</remarks>
public struct kvm_msr_list
{
    public uint nmsrs;
}

/// <summary>A range of MSRs with a bitmap: a set bit allows the access.</summary>
/// <remarks>Used by KVM_X86_SET_MSR_FILTER.</remarks>
public struct kvm_msr_filter_range
{
    public uint flags;
    public uint nmsrs;
    public uint @base;
    public ulong bitmap;
}

/// <summary>Up to 16 ranges and what holds outside them.</summary>
/// <remarks>Used by KVM_X86_SET_MSR_FILTER.</remarks>
public struct kvm_msr_filter
{
    public uint flags;
    public Array16<kvm_msr_filter_range> ranges;
}

/// <summary>A machine-check error.</summary>
/// <remarks>Used by KVM_X86_SET_MCE.</remarks>
public struct kvm_x86_mce
{
    public ulong status;
    public ulong addr;
    public ulong misc;
    public ulong mcg_status;
    public byte bank;
    public Array7<byte> pad1;
    public Array3<ulong> pad2;
}
