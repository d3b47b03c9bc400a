namespace KvmPS.Native.Abi;

/// <summary>A command and the address of its argument; the module's error comes back.</summary>
/// <remarks>Used by KVM_MEMORY_ENCRYPT_OP.</remarks>
public struct kvm_tdx_cmd
{
    public uint id;
    public uint flags;
    public ulong data;
    public ulong hw_error;
}

/// <summary>KVM_TDX_CAPABILITIES, ending with a <see cref="kvm_cpuid2"/> and its entries.</summary>
/// <remarks>Used by KVM_MEMORY_ENCRYPT_OP.</remarks>
public struct kvm_tdx_capabilities
{
    public ulong supported_attrs;
    public ulong supported_xfam;
    public ulong kernel_tdvmcallinfo_1_r11;
    public ulong user_tdvmcallinfo_1_r11;
    public ulong kernel_tdvmcallinfo_1_r12;
    public ulong user_tdvmcallinfo_1_r12;
    public Array250<ulong> reserved;
    public kvm_cpuid2 cpuid;
}

/// <summary>KVM_TDX_INIT_VM, ending with a <see cref="kvm_cpuid2"/> and its entries.</summary>
/// <remarks>Used by KVM_MEMORY_ENCRYPT_OP.</remarks>
public struct kvm_tdx_init_vm
{
    public ulong attributes;
    public ulong xfam;
    public Array6<ulong> mrconfigid;
    public Array6<ulong> mrowner;
    public Array6<ulong> mrownerconfig;
    public Array12<ulong> reserved;
    public kvm_cpuid2 cpuid;
}

/// <summary>KVM_TDX_INIT_MEM_REGION.</summary>
/// <remarks>Used by KVM_MEMORY_ENCRYPT_OP.</remarks>
public struct kvm_tdx_init_mem_region
{
    public ulong source_addr;
    public ulong gpa;
    public ulong nr_pages;
}
