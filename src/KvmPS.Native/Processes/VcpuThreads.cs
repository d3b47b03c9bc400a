using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <summary>Finds the threads that run the vCPUs of a process.</summary>
/// <remarks>
/// debugfs knows them; else a thread that waits in KVM_RUN tells the descriptor in /proc/PID/task/TID/syscall, and
/// QEMU's debug-threads have the id in their names.
/// </remarks>
internal static partial class VcpuThreads
{
    public static KvmProcessVcpu[] Find(int id, KvmProcessFd[] vms, List<KvmProcessFd> fds, List<string> missing)
    {
        KvmProcessFd[] vcpus = [.. fds.Where(fd => fd.Kind == KvmProcessFdKind.Vcpu)];
        if (vcpus.Length == 0)
            return [];
        // Ids say which vCPU is meant only where there is one VM; a descriptor always does.
        Dictionary<uint, int>? known = vms.Length == 1 ? FromDebugFs(id, vms[0], vcpus) : null;
        Dictionary<uint, int> byId = known ?? [];
        Dictionary<int, int> byFd = [];
        if (known is null)
            FromTasks(id, vms.Length == 1, byId, byFd);
        KvmProcessVcpu[] found = [.. vcpus.Select(vcpu => new KvmProcessVcpu(vcpu.VcpuId!.Value, vcpu.Fd,
            byFd.TryGetValue(vcpu.Fd, out int thread) || byId.TryGetValue(vcpu.VcpuId.Value, out thread) ? thread : null))];
        int unknown = found.Count(vcpu => vcpu.ThreadId is null);
        if (unknown > 0 && known is null)
            missing.Add($"the threads of {unknown} vCPUs: debugfs, which knows them, cannot be read");
        return found;
    }

    private static Dictionary<uint, int>? FromDebugFs(int id, KvmProcessFd vm, KvmProcessFd[] vcpus)
    {
        if (KvmDebugFs.VmFolder(id, vm.Fd) is not { } folder)
            return null;
        var found = new Dictionary<uint, int>();
        foreach (uint vcpu in vcpus.Select(vcpu => vcpu.VcpuId!.Value))
        {
            if (KvmDebugFs.ReadNumber(Path.Combine(folder, $"vcpu{vcpu}", "pid")) is not { } thread)
                return null;
            if (thread > 0)
                found[vcpu] = (int)thread;
        }
        return found;
    }

    private static void FromTasks(int id, bool oneVm, Dictionary<uint, int> byId, Dictionary<int, int> byFd)
    {
        string[] tasks = [];
        try
        {
            tasks = Directory.GetDirectories($"/proc/{id}/task");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return;
        }
        foreach (string task in tasks)
        {
            int thread = int.Parse(Path.GetFileName(task), CultureInfo.InvariantCulture);
            if (RunningVcpuFd(task) is { } fd)
                byFd.TryAdd(fd, thread);
            else if (oneVm && QemuName().Match(ProcFile.Read($"{task}/comm", []) ?? "") is { Success: true } match)
                byId.TryAdd(uint.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture), thread);
        }
    }

    // "16 0xb 0xae80 …": the number of ioctl(2), the descriptor, KVM_RUN. A thread that runs says "running". The kernel's own
    // threads, which KVM adds to the process, show the registers that they were made with.
    private static int? RunningVcpuFd(string task)
    {
        string[] words = (ProcFile.Read($"{task}/syscall", []) ?? "").Split(' ');
        // The kernel shows whole registers and takes 32 bits of them.
        return words.Length > 3 && words[0] == Ioctl && Lower(words[2]) == Requests.KVM_RUN.Value
            && !(ProcFile.Read($"{task}/comm", []) ?? "").StartsWith("kvm-", StringComparison.Ordinal)
            ? (int?)Lower(words[1])
            : null;
    }

    private static uint? Lower(string register) =>
        ulong.TryParse(register.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong value) ? (uint)value : null;

    private static string Ioctl => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? "16" : "29";

    [GeneratedRegex(@"^CPU (\d{1,9})/")]
    private static partial Regex QemuName();
}
