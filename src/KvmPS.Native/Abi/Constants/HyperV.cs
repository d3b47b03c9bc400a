namespace KvmPS.Native.Abi;

/// <summary>The fields of KVM_HYPERV_EVENTFD.</summary>
public static class HyperV
{
    public const uint KVM_HYPERV_CONN_ID_MASK = 0xFFFFFF;
    public const uint KVM_HYPERV_EVENTFD_DEASSIGN = 1;
}
