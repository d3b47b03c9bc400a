namespace KvmPS.Native;

/// <summary>What a descriptor of KVM's is.</summary>
public enum KvmProcessFdKind
{
    /// <summary>The device node itself, /dev/kvm.</summary>
    System,

    /// <summary>A VM.</summary>
    Vm,

    /// <summary>A vCPU.</summary>
    Vcpu,

    /// <summary>An in-kernel device.</summary>
    Device,

    /// <summary>The counters of a VM (KVM_GET_STATS_FD).</summary>
    VmStats,

    /// <summary>The counters of a vCPU.</summary>
    VcpuStats,

    /// <summary>Memory that only the guest can reach (KVM_CREATE_GUEST_MEMFD).</summary>
    GuestMemory,
}

/// <summary>A descriptor of KVM's that some process has open.</summary>
/// <param name="Fd">Its number in that process.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Name">What the kernel calls it: kvm-vm, kvm-vcpu:0, kvm-vfio, /dev/kvm.</param>
/// <param name="VcpuId">Of a vCPU and its counters the vCPU's id.</param>
public sealed record KvmProcessFd(int Fd, KvmProcessFdKind Kind, string Name, uint? VcpuId = null)
{
    private const string Anonymous = "anon_inode:";

    /// <inheritdoc/>
    public override string ToString() => $"{Name} (fd {Fd})";

    /// <summary>The descriptor that a link of /proc/PID/fd describes; null where it is not KVM's.</summary>
    internal static KvmProcessFd? From(int fd, string link)
    {
        if (!link.StartsWith(Anonymous, StringComparison.Ordinal))
            return new KvmProcessFd(fd, KvmProcessFdKind.System, link);
        string name = link[Anonymous.Length..];
        string[] parts = name.Split(':');
        uint? id = parts.Length == 2 && uint.TryParse(parts[1], out uint number) ? number : null;
        return (parts[0], id) switch
        {
            ("kvm-vm", null) => new(fd, KvmProcessFdKind.Vm, name),
            ("kvm-vcpu", not null) => new(fd, KvmProcessFdKind.Vcpu, name, id),
            ("kvm-vm-stats", _) => new(fd, KvmProcessFdKind.VmStats, name),
            ("kvm-vcpu-stats", _) => new(fd, KvmProcessFdKind.VcpuStats, name, id),
            ("[kvm-gmem]", _) => new(fd, KvmProcessFdKind.GuestMemory, name),
            _ when name.StartsWith("kvm-", StringComparison.Ordinal) => new(fd, KvmProcessFdKind.Device, name),
            _ => null,
        };
    }
}
