namespace KvmPS.Native.Abi;

/// <summary>Flags of KVM_CREATE_DEVICE.</summary>
public static class DeviceFlags
{
    public const uint KVM_CREATE_DEVICE_TEST = 1;
}
