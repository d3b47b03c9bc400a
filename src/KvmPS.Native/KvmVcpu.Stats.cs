using KvmPS.Native.Abi;
using KvmPS.Native.Interop;
using Mono.Unix.Native;

namespace KvmPS.Native;

/// <content>Counters.</content>
public sealed partial class KvmVcpu
{
    private readonly StatsOwner stats;

    /// <summary>KVM_GET_STATS_FD: the vCPU's counters, also while it runs.</summary>
    /// <inheritdoc cref="KvmVm.GetStats"/>
    public IReadOnlyList<KvmStat> GetStats() => stats.Read();

    // The kernel answers between two entries only: a guest that runs is interrupted, once, and goes on.
    private unsafe Descriptor OpenStats()
    {
        var descriptor = new Descriptor();
        lock (gate)
        {
            run?.BeginPause();
            try
            {
                if (!base.TryIoctl(Requests.KVM_GET_STATS_FD, null, out int fd, out Errno errno))
                    throw KvmException.From(nameof(Requests.KVM_GET_STATS_FD), errno, this);
                descriptor.Own(fd);
            }
            finally
            {
                run?.EndPause();
            }
        }
        return descriptor;
    }
}
