namespace KvmPS.Native;

/// <summary>A process that has descriptors of KVM's open, as it was at one moment.</summary>
/// <remarks>Source: /proc/PID (proc(5)) and, where it is mounted and readable, debugfs.</remarks>
public sealed record KvmProcess
{
    /// <summary>Its process id.</summary>
    public required int Id { get; init; }

    /// <summary>
    /// Its name: /proc/PID/comm, or the program's file name where that is longer than the 15 bytes which are there; control
    /// characters are question marks.
    /// </summary>
    public required string Name { get; init; }

    /// <summary>Who runs it: the effective user's name, or number where it has none; null where it could not be read.</summary>
    public required string? UserName { get; init; }

    /// <summary>
    /// How it was called, its arguments separated by spaces; control characters are question marks; null where it could not be read.
    /// </summary>
    public required string? CommandLine { get; init; }

    /// <summary>All of its descriptors of KVM's, by number.</summary>
    public required IReadOnlyList<KvmProcessFd> Fds { get; init; }

    /// <summary>Its VMs.</summary>
    public required IReadOnlyList<KvmProcessFd> Vms { get; init; }

    /// <summary>Its vCPUs, with the threads that run them.</summary>
    public required IReadOnlyList<KvmProcessVcpu> Vcpus { get; init; }

    /// <summary>Its in-kernel devices.</summary>
    public required IReadOnlyList<KvmProcessFd> Devices { get; init; }

    /// <summary>Its descriptors of counters. Each keeps a VM alive.</summary>
    public required IReadOnlyList<KvmProcessFd> StatsFds { get; init; }

    /// <summary>
    /// Guest memory in bytes: of this process the sizes of its slots; of another one what the host has mapped for its guests,
    /// which debugfs tells; null where nobody tells.
    /// </summary>
    public required ulong? GuestMemory { get; init; }

    /// <summary>What could not be seen of it, and why; usually empty.</summary>
    public required IReadOnlyList<string> Missing { get; init; }

    /// <summary>The counters of its VMs and vCPUs: from its own descriptors of them, else from debugfs.</summary>
    /// <param name="missing">Gets a line for each reason why some of them could not be read; none where all could.</param>
    /// <remarks>Of this process it tells what any other one's would.</remarks>
    /// <exception cref="KvmException">
    /// ENOENT: it has none open, and debugfs cannot be read; EPERM: we may not trace it; ESRCH: it has ended.
    /// </exception>
    public IReadOnlyList<KvmStat> GetStats(ICollection<string> missing)
    {
        ArgumentNullException.ThrowIfNull(missing);
        return ProcessStats.Read(this, missing);
    }

    /// <inheritdoc/>
    public override string ToString() => $"process {Id} ({Name})";
}

/// <summary>A vCPU of some process.</summary>
/// <param name="Id">The vCPU's id.</param>
/// <param name="Fd">The number of its descriptor in that process.</param>
/// <param name="ThreadId">The thread that runs it; null where that could not be found out.</param>
public sealed record KvmProcessVcpu(uint Id, int Fd, int? ThreadId)
{
    /// <inheritdoc/>
    public override string ToString() => ThreadId is { } thread ? $"vCPU {Id} (fd {Fd}, thread {thread})" : $"vCPU {Id} (fd {Fd})";
}
