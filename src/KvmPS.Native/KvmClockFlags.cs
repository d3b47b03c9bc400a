using System.Diagnostics.CodeAnalysis;
using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <summary>KVM_CLOCK_*.</summary>
[Flags]
[SuppressMessage("Naming", "CA1711:Identifiers should not have incorrect suffix", Justification = "The kernel calls them flags.")]
public enum KvmClockFlags : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>All vCPUs see the same clock, driven by the time-stamp counter.</summary>
    TscStable = Clock.KVM_CLOCK_TSC_STABLE,

    /// <summary>The wall clock is told.</summary>
    Realtime = Clock.KVM_CLOCK_REALTIME,

    /// <summary>The host's time-stamp counter is told.</summary>
    HostTsc = Clock.KVM_CLOCK_HOST_TSC,
}
