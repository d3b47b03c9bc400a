namespace KvmPS.Native.Abi;

/// <summary>What ends an in-kernel device on a kernel without KVM_DESTROY_DEVICE.</summary>
public enum DeviceTeardown
{
    /// <summary>Closing its last fd.</summary>
    Release,

    /// <summary>Only the end of its VM: a closed fd leaves it working, and out of reach.</summary>
    VmOnly,
}
