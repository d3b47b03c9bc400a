using KvmPS.Native.Abi;
using KvmPS.Native.Interop;

namespace KvmPS.Native;

/// <content>Counters.</content>
public sealed partial class KvmVm
{
    private readonly StatsOwner stats;

    /// <summary>KVM_GET_STATS_FD: the VM's counters, without those of its vCPUs.</summary>
    /// <remarks>The descriptor that they are read from is opened the first time, and closed when the VM is removed.</remarks>
    /// <exception cref="KvmException">ENOTTY: the kernel has no counters (KVM_CAP_BINARY_STATS_FD); EPROTO: it has others.</exception>
    /// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.133 KVM_GET_STATS_FD</seealso>
    public IReadOnlyList<KvmStat> GetStats() => stats.Read();

    internal override void Close()
    {
        stats.Dispose();
        base.Close();
    }

    private Descriptor OpenStats()
    {
        var descriptor = new Descriptor();
        descriptor.Own(Ioctl(Requests.KVM_GET_STATS_FD));
        return descriptor;
    }
}
