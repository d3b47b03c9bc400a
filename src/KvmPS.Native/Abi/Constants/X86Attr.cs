namespace KvmPS.Native.Abi;

/// <summary>Groups and attributes of /dev/kvm and of vCPUs on x86.</summary>
public static class X86Attr
{
    public const uint KVM_X86_GRP_SYSTEM = 0;
    public const uint KVM_X86_XCOMP_GUEST_SUPP = 0;
    public const uint KVM_X86_GRP_SEV = 1;
    public const uint KVM_X86_SEV_VMSA_FEATURES = 0;
    public const uint KVM_X86_SNP_POLICY_BITS = 1;
    public const uint KVM_X86_SEV_SNP_REQ_CERTS = 2;
    public const uint KVM_VCPU_TSC_CTRL = 0;
    public const uint KVM_VCPU_TSC_OFFSET = 0;
}
