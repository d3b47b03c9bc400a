using KvmPS.Native.Interop;
using Mono.Unix.Native;

namespace KvmPS.Native;

/// <summary>The counters of another process's VMs, by the best means that there are.</summary>
/// <remarks>
/// A process that has descriptors of counters open lends them to those who may trace it. For the others debugfs has the counters
/// of each VM, those of its vCPUs added up.
/// </remarks>
internal static class ProcessStats
{
    private const string Borrowed = "pidfd_getfd";
    private const string DebugFs = "debugfs";

    public static IReadOnlyList<KvmStat> Read(KvmProcess process, ICollection<string> missing)
    {
        var stats = new List<KvmStat>();
        int denied = 0;
        Errno refusal = 0;
        foreach (KvmProcessFd fd in process.StatsFds)
        {
            using Descriptor taken = ProcessFd.Take(process.Id, fd.Fd, out Errno errno);
            // The process may have put another file there since it was looked at, one that waits for ever or tells anything.
            if (errno == 0 && IsStats(taken))
            {
                using var file = new StatsFile(taken, process);
                stats.AddRange(file.Read(fd.Kind == KvmProcessFdKind.VmStats ? "Vm" : "Vcpu", file.Id, Borrowed));
            }
            // One that was closed meanwhile is no error.
            else if (errno is not (0 or Errno.EBADF))
            {
                refusal = errno;
            }
        }
        // Whoever lends the vCPUs' counters need not lend the VM's.
        foreach (KvmProcessFd vm in process.Vms)
        {
            if (!process.StatsFds.Any(fd => fd.Kind == KvmProcessFdKind.VmStats) && KvmDebugFs.VmFolder(process.Id, vm.Fd) is { } folder)
                stats.AddRange(ReadFolder(folder, $"kvm-{process.Id} (fd {vm.Fd})", ref denied));
        }
        if (denied > 0)
            missing.Add($"{denied} counters of debugfs, which a kernel that is locked down shows nobody");
        if (refusal != 0)
            missing.Add($"what it has open, which may not be taken ({refusal})");
        if (stats.Count == 0 && (refusal == Errno.ESRCH || !Directory.Exists($"/proc/{process.Id}")))
            throw new KvmException(Borrowed, Errno.ESRCH, process, $"{process} has ended.");
        return stats.Count > 0 ? stats : throw new KvmException(Borrowed, refusal == 0 ? Errno.ENOENT : refusal, process, refusal == 0
            ? $"{process} has no counters open, and debugfs, which has those of all VMs, cannot be read."
            : null);
    }

    private static bool IsStats(Descriptor taken) =>
        new FileInfo($"/proc/self/fd/{taken.Number}").LinkTarget is { } link
        && KvmProcessFd.From(taken.Number, link) is { Kind: KvmProcessFdKind.VmStats or KvmProcessFdKind.VcpuStats };

    private static List<KvmStat> ReadFolder(string folder, string target, ref int denied)
    {
        DateTimeOffset now = DateTimeOffset.Now;
        var stats = new List<KvmStat>();
        foreach (string path in KvmDebugFs.Files(folder).Order(StringComparer.Ordinal))
        {
            if (KvmDebugFs.ReadNumber(path, out bool isDenied) is { } value)
            {
                stats.Add(new KvmStat
                {
                    Name = Path.GetFileName(path),
                    Value = value,
                    Type = null,
                    Unit = null,
                    Scope = "Vm",
                    Target = target,
                    Time = now,
                    Source = DebugFs,
                });
            }
            denied += isDenied ? 1 : 0;
        }
        return stats;
    }
}
