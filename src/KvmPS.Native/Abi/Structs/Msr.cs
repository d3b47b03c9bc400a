namespace KvmPS.Native.Abi;

/// <summary>An MSR and its value.</summary>
/// <remarks>Used by KVM_GET_MSRS.</remarks>
public struct kvm_msr_entry
{
    /// <summary>The MSR's number.</summary>
    public uint index;

    public uint reserved;

    /// <summary>Its value.</summary>
    public ulong data;
}

/// <summary>The head of a list, followed by <c>nmsrs</c> <see cref="kvm_msr_entry"/> entries.</summary>
/// <remarks>Used by KVM_GET_MSRS.</remarks>
public struct kvm_msrs
{
    /// <summary>How many entries follow.</summary>
    public uint nmsrs;

    public uint pad;
}

/// <summary>The head of a list, followed by <c>nmsrs</c> 32-bit MSR numbers.</summary>
/// <remarks>Used by KVM_GET_MSR_INDEX_LIST.</remarks>
public struct kvm_msr_list
{
    /// <summary>In: how many numbers there is room for. Out: how many there are.</summary>
    public uint nmsrs;
}

/// <summary>A range of MSRs with a bitmap: a set bit allows the access.</summary>
/// <remarks>Used by KVM_X86_SET_MSR_FILTER.</remarks>
public struct kvm_msr_filter_range
{
    /// <summary>KVM_MSR_FILTER_READ and KVM_MSR_FILTER_WRITE.</summary>
    public uint flags;

    /// <summary>How many MSRs the bitmap is about.</summary>
    public uint nmsrs;

    /// <summary>The MSR that the bitmap begins with.</summary>
    public uint @base;

    /// <summary>The bitmap's address.</summary>
    public ulong bitmap;
}

/// <summary>Up to 16 ranges and what holds outside them.</summary>
/// <remarks>Used by KVM_X86_SET_MSR_FILTER.</remarks>
public struct kvm_msr_filter
{
    /// <summary>KVM_MSR_FILTER_DEFAULT_*: what holds outside the ranges.</summary>
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
