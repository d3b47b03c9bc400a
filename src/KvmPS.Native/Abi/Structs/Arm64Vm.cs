namespace KvmPS.Native.Abi;

/// <summary>A vCPU's target and features.</summary>
/// <remarks>Used by KVM_ARM_VCPU_INIT.</remarks>
public struct kvm_vcpu_init
{
    /// <summary>KVM_ARM_TARGET_*, best from KVM_ARM_PREFERRED_TARGET.</summary>
    public uint target;

    /// <summary>A bit for each KVM_ARM_VCPU_* that is wanted.</summary>
    public Array7<uint> features;
}

/// <summary>An interrupt controller's region and its guest address.</summary>
/// <remarks>Used by KVM_ARM_SET_DEVICE_ADDR.</remarks>
public struct kvm_arm_device_addr
{
    public ulong id;
    public ulong addr;
}

/// <summary>Memory tags to copy: one per 16 bytes of guest memory.</summary>
/// <remarks>Used by KVM_ARM_MTE_COPY_TAGS.</remarks>
public struct kvm_arm_copy_mte_tags
{
    public ulong guest_ipa;
    public ulong length;
    public ulong addr;
    public ulong flags;
    public Array2<ulong> reserved;
}

/// <summary>What the guest's counters lag behind the host's, in ticks.</summary>
/// <remarks>Used by KVM_ARM_SET_COUNTER_OFFSET.</remarks>
public struct kvm_arm_counter_offset
{
    public ulong counter_offset;
    public ulong reserved;
}

/// <summary>A range of firmware calls and what becomes of them.</summary>
/// <remarks>Used by the attribute KVM_ARM_VM_SMCCC_FILTER.</remarks>
public struct kvm_smccc_filter
{
    public uint @base;
    public uint nr_functions;
    public byte action;
    public Array15<byte> pad;
}

/// <summary>Where to write the masks of writable id-register bits.</summary>
/// <remarks>Used by KVM_ARM_GET_REG_WRITABLE_MASKS.</remarks>
public struct reg_mask_range
{
    public ulong addr;
    public uint range;
    public Array13<uint> reserved;
}
