using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <content>The clock that guests read by kvmclock.</content>
public sealed partial class KvmVm
{
    /// <summary>KVM_GET_CLOCK.</summary>
    /// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.29 KVM_GET_CLOCK</seealso>
    public KvmClock GetClock()
    {
        var data = default(kvm_clock_data);
        Ioctl(Requests.KVM_GET_CLOCK, ref data);
        return new KvmClock(this, data.clock, (KvmClockFlags)data.flags, data.realtime, data.host_tsc);
    }

    /// <summary>KVM_SET_CLOCK.</summary>
    /// <param name="nanoseconds">What the guest's clock shall say.</param>
    /// <param name="realtime">
    /// The wall clock at which it said so, in nanoseconds since 1970: the time that has passed since is added. By default none.
    /// </param>
    /// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.30 KVM_SET_CLOCK</seealso>
    public void SetClock(ulong nanoseconds, ulong? realtime = null)
    {
        var data = new kvm_clock_data
        {
            clock = nanoseconds,
            flags = realtime is null ? 0 : Clock.KVM_CLOCK_REALTIME,
            realtime = realtime ?? 0,
        };
        Ioctl(Requests.KVM_SET_CLOCK, ref data);
    }
}
