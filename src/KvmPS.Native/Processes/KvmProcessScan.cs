using System.Buffers.Text;
using System.Text;
using KvmPS.Native.Interop;
using Mono.Unix.Native;

namespace KvmPS.Native;

/// <summary>Looks for the processes of this host that have descriptors of KVM's open.</summary>
public sealed class KvmProcessScan
{
    private const string Proc = "/proc";

    private readonly Dictionary<string, string> users = [];

    /// <summary>How many processes were there whose descriptors we may not see.</summary>
    public int Hidden { get; private set; }

    /// <summary>Whether /proc is mounted so that processes of other users are not there at all.</summary>
    public static bool HidesOthers => Mounts.HideProcesses;

    /// <summary>Whether there is no /proc that tells of processes: this one itself is not in it.</summary>
    public static bool IsBlind => !Directory.Exists($"{Proc}/{Environment.ProcessId}");

    /// <summary>All processes that have descriptors of KVM's, by id. One that ends meanwhile is left out.</summary>
    /// <exception cref="KvmException">The kernel refused for another reason than that: EMFILE, ENOMEM.</exception>
    public IEnumerable<KvmProcess> ReadAll()
    {
        foreach (int id in Ids())
        {
            if (Read(id, out Errno errno) is { } process)
                yield return process;
            else if (errno is Errno.EACCES or Errno.EPERM)
                Hidden++;
        }
    }

    /// <summary>One process.</summary>
    /// <param name="id">Its process id.</param>
    /// <param name="errno">ENOENT: there is none; EACCES: we may not see its descriptors; 0.</param>
    /// <exception cref="KvmException">The kernel refused for another reason.</exception>
    /// <returns>The process; null where there is none, where we may not see it, and where it has no descriptors of KVM's.</returns>
    public KvmProcess? Read(int id, out Errno errno)
    {
        var missing = new List<string>();
        List<KvmProcessFd> fds = ReadFds(id, missing, out errno);
        if (fds.Count == 0)
            return null;
        string folder = $"{Proc}/{id}";
        string? commandLine = ProcFile.Read($"{folder}/cmdline", missing)?.TrimEnd('\0');
        KvmProcessFd[] vms = [.. fds.Where(fd => fd.Kind == KvmProcessFdKind.Vm)];
        return new KvmProcess
        {
            Id = id,
            Name = Printable.From(WholeName(ProcFile.Read($"{folder}/comm", missing)?.TrimEnd('\n') ?? "", commandLine)),
            UserName = User(ProcFile.Read($"{folder}/status", missing)),
            CommandLine = commandLine is null ? null : Printable.From(commandLine.Replace('\0', ' ')),
            Fds = fds,
            Vms = vms,
            Vcpus = VcpuThreads.Find(id, vms, fds, missing),
            Devices = [.. fds.Where(fd => fd.Kind == KvmProcessFdKind.Device)],
            StatsFds = [.. fds.Where(fd => fd.Kind is KvmProcessFdKind.VmStats or KvmProcessFdKind.VcpuStats)],
            GuestMemory = id == Environment.ProcessId ? OwnMemory() : MappedMemory(id, vms),
            Missing = missing,
        };
    }

    /// <summary>The process of a thread; null where it has ended.</summary>
    internal static (int Id, string? Name)? OwnerOf(int thread)
    {
        if (!int.TryParse(ProcFile.FindLine($"{Proc}/{thread}/status", "Tgid:")?[5..], out int id))
            return null;
        string? commandLine = ProcFile.Read($"{Proc}/{id}/cmdline", []);
        return (id, ProcFile.Read($"{Proc}/{id}/comm", []) is { } name ? Printable.From(WholeName(name.TrimEnd('\n'), commandLine)) : null);
    }

    private static List<int> Ids()
    {
        var ids = new List<int>();
        using var folder = new LinkFolder();
        if (!folder.TryOpen(Proc, out Errno errno))
            throw new KvmException("open", errno, Proc);
        for (ReadOnlySpan<byte> name = folder.Next(); name.Length > 0; name = folder.Next())
        {
            if (Utf8Parser.TryParse(name, out int id, out int length) && length == name.Length - 1)
                ids.Add(id);
        }
        return ids;
    }

    private static List<KvmProcessFd> ReadFds(int id, List<string> missing, out Errno errno)
    {
        var fds = new List<KvmProcessFd>();
        using var folder = new LinkFolder();
        string path = $"{Proc}/{id}/fd";
        if (!folder.TryOpen(path, out errno))
            return errno is Errno.ENOENT or Errno.ESRCH or Errno.EACCES or Errno.EPERM ? fds : throw new KvmException("open", errno, path);
        int unreadable = 0;
        for (ReadOnlySpan<byte> name = folder.Next(); name.Length > 0; name = folder.Next())
        {
            if (!folder.TryReadLink(name, out ReadOnlySpan<byte> link, out Errno refusal))
                unreadable += refusal is Errno.ENOENT or Errno.ESRCH ? 0 : 1;
            else if (MayBeKvm(link) && Utf8Parser.TryParse(name, out int fd, out _)
                && KvmProcessFd.From(fd, Printable.From(Encoding.UTF8.GetString(link))) is { } found)
                fds.Add(found);
        }
        if (unreadable > 0)
            missing.Add($"{unreadable} descriptors, whose links cannot be read");
        return fds;
    }

    private static bool MayBeKvm(ReadOnlySpan<byte> link) =>
        link.StartsWith("anon_inode:kvm-"u8) || link.EndsWith("/dev/kvm"u8) || link.StartsWith("anon_inode:[kvm-"u8);

    // The kernel keeps 15 bytes of a name; of a longer one the program's file name has the rest.
    private static string WholeName(string name, string? commandLine)
    {
        string file = Path.GetFileName(commandLine?.Split('\0')[0] ?? "");
        return name.Length == 15 && file.StartsWith(name, StringComparison.Ordinal) ? file : name;
    }

    // Uid: real, effective, saved and file system's.
    private string? User(string? status)
    {
        string? line = status?.Split('\n').FirstOrDefault(line => line.StartsWith("Uid:", StringComparison.Ordinal));
        if (line?.Split('\t') is not [_, _, { } effective, ..])
            return null;
        if (!users.TryGetValue(effective, out string? name))
            users[effective] = name = uint.TryParse(effective, out uint id) ? Syscall.getpwuid(id)?.pw_name ?? effective : effective;
        return name;
    }

    private static ulong OwnMemory() => KvmVm.All.SelectMany(vm => vm.Memory).Aggregate(0UL, (sum, slot) => sum + slot.Size);

    private static ulong? MappedMemory(int id, KvmProcessFd[] vms)
    {
        string[] folders = [.. vms.Select(vm => KvmDebugFs.VmFolder(id, vm.Fd)).OfType<string>()];
        return folders.Length == 0 ? null : folders.Aggregate(0UL, (sum, folder) => sum + Mapped(folder));
    }

    private static ulong Mapped(string folder) => new (string File, int Shift)[] { ("pages_4k", 12), ("pages_2m", 21), ("pages_1g", 30) }
        .Aggregate(0UL, (sum, size) => sum + ((KvmDebugFs.ReadNumber(Path.Combine(folder, size.File)) ?? 0) << size.Shift));
}
