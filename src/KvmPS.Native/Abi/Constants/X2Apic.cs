namespace KvmPS.Native.Abi;

/// <summary>What KVM_CAP_X2APIC_API takes.</summary>
public static class X2Apic
{
    public const uint KVM_X2APIC_API_USE_32BIT_IDS = 1;
    public const uint KVM_X2APIC_API_DISABLE_BROADCAST_QUIRK = 2;
    public const uint KVM_X2APIC_ENABLE_SUPPRESS_EOI_BROADCAST = 4;
    public const uint KVM_X2APIC_DISABLE_SUPPRESS_EOI_BROADCAST = 8;
}
