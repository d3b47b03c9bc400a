namespace KvmPS.Native;

/// <summary>A VM's clock, as it was at one moment.</summary>
/// <param name="Vm">The VM.</param>
/// <param name="Nanoseconds">What the guest's kvmclock said: nanoseconds since the VM was made.</param>
/// <param name="Flags">Which of the others are valid.</param>
/// <param name="Realtime">The host's wall clock at that moment, in nanoseconds since 1970; 0 where it is not told.</param>
/// <param name="HostTsc">The host's time-stamp counter at that moment; 0 where it is not told.</param>
public sealed record KvmClock(KvmVm Vm, ulong Nanoseconds, KvmClockFlags Flags, ulong Realtime, ulong HostTsc)
{
    /// <inheritdoc/>
    public override string ToString() => $"clock of {Vm}";
}
