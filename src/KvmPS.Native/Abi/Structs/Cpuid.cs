namespace KvmPS.Native.Abi;

/// <summary>An entry without a sub-leaf.</summary>
/// <remarks>Used by KVM_SET_CPUID.</remarks>
public struct kvm_cpuid_entry
{
    public uint function;
    public uint eax;
    public uint ebx;
    public uint ecx;
    public uint edx;
    public uint padding;
}

/// <summary>The head of a list, followed by <c>nent</c> <see cref="kvm_cpuid_entry"/> entries.</summary>
/// <remarks>Used by KVM_SET_CPUID.</remarks>
public struct kvm_cpuid
{
    public uint nent;
    public uint padding;
}

/// <summary>A leaf, or a sub-leaf where <c>flags</c> has KVM_CPUID_FLAG_SIGNIFCANT_INDEX.</summary>
/// <remarks>Used by KVM_SET_CPUID2.</remarks>
public struct kvm_cpuid_entry2
{
    /// <summary>The leaf: eax before CPUID.</summary>
    public uint function;

    /// <summary>The sub-leaf: ecx before CPUID.</summary>
    public uint index;

    /// <summary>KVM_CPUID_FLAG_*.</summary>
    public uint flags;

    public uint eax;
    public uint ebx;
    public uint ecx;
    public uint edx;
    public Array3<uint> padding;
}

/// <summary>The head of a list, followed by <c>nent</c> <see cref="kvm_cpuid_entry2"/> entries.</summary>
/// <remarks>Used by KVM_SET_CPUID2.</remarks>
public struct kvm_cpuid2
{
    /// <summary>In: how many entries there is room for. Out: how many there are.</summary>
    public uint nent;

    public uint padding;
}
