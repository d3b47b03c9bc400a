namespace KvmPS.Native;

/// <summary>What happened on the host.</summary>
public enum KvmHostEventKind
{
    /// <summary>A VM was made.</summary>
    Create,

    /// <summary>A VM has ended.</summary>
    Destroy,

    /// <summary>Events came faster than they were taken, and some are lost. Count of the next one tells what there is now.</summary>
    Lost,
}

/// <summary>A VM of some process was made or has ended, as the kernel told it.</summary>
/// <remarks>Source: the uevents of /dev/kvm (virt/kvm/kvm_main.c, kvm_uevent_notify_change). What the kernel did not tell is null.</remarks>
public sealed record KvmHostEvent
{
    /// <summary>When it was received.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>What happened.</summary>
    public required KvmHostEventKind Event { get; init; }

    /// <summary>
    /// The process whose thread made the VM; null where that thread has ended before it was looked up, or where this process is in a
    /// PID namespace of its own.
    /// </summary>
    public int? ProcessId { get; init; }

    /// <summary>The name of that process.</summary>
    public string? ProcessName { get; init; }

    /// <summary>The thread that made the VM, by its number in the host's first PID namespace.</summary>
    public int? ThreadId { get; init; }

    /// <summary>The number that the VM's descriptor had in the process that made it.</summary>
    public int? Fd { get; init; }

    /// <summary>How many VMs were made on this host since it was booted.</summary>
    public ulong? Created { get; init; }

    /// <summary>How many VMs there are now.</summary>
    public ulong? Count { get; init; }

    /// <summary>The VM's folder in debugfs, below where that is mounted.</summary>
    public string? StatsPath { get; init; }

    /// <summary>The kernel's number of the message; those of other devices are counted as well.</summary>
    public ulong? Sequence { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Event == KvmHostEventKind.Lost ? "lost events" : $"{Event} of VM {StatsPath} by process {ProcessId} ({ProcessName})";
}
