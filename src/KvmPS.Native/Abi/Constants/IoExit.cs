namespace KvmPS.Native.Abi;

/// <summary>Directions of <see cref="ExitReason.Io"/>.</summary>
public static class IoExit
{
    public const uint KVM_EXIT_IO_IN = 0;
    public const uint KVM_EXIT_IO_OUT = 1;
}
