namespace KvmPS.Native.Abi;

/// <summary>Machine types that KVM_CREATE_VM takes.</summary>
public static class VmType
{
    public const uint KVM_X86_DEFAULT_VM = 0;
    public const uint KVM_X86_SW_PROTECTED_VM = 1;
    public const uint KVM_X86_SEV_VM = 2;
    public const uint KVM_X86_SEV_ES_VM = 3;
    public const uint KVM_X86_SNP_VM = 4;
    public const uint KVM_X86_TDX_VM = 5;
    public const uint KVM_VM_S390_UCONTROL = 1;
    public const uint KVM_VM_PPC_HV = 1;
    public const uint KVM_VM_PPC_PR = 2;
    public const uint KVM_VM_MIPS_AUTO = 0;
    public const uint KVM_VM_MIPS_VZ = 1;
    public const uint KVM_VM_MIPS_TE = 2;
    public const uint KVM_VM_TYPE_ARM_IPA_SIZE_MASK = 0xFF;
    public const uint KVM_VM_TYPE_ARM_PROTECTED = 0x80000000;
    public const uint KVM_VM_TYPE_ARM_MASK = 0x800000FF;
}
