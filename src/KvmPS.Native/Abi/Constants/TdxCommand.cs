namespace KvmPS.Native.Abi;

/// <summary>Commands and flags of TDX.</summary>
public static class TdxCommand
{
    public const uint KVM_TDX_MEASURE_MEMORY_REGION = 1;
    public const uint KVM_TDX_CAPABILITIES = 0;
    public const uint KVM_TDX_INIT_VM = 1;
    public const uint KVM_TDX_INIT_VCPU = 2;
    public const uint KVM_TDX_INIT_MEM_REGION = 3;
    public const uint KVM_TDX_FINALIZE_VM = 4;
    public const uint KVM_TDX_GET_CPUID = 5;
}
