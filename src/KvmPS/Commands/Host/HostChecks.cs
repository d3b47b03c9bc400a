using KvmPS.Errors;
using KvmPS.Native;
using Mono.Unix;

namespace KvmPS.Commands.Host;

/// <summary>The checks of Test-KvmHost that decide whether KVM works, each by trying: flags in /proc/cpuinfo say nothing about KVM.</summary>
internal sealed class HostChecks(string devicePath)
{
    private readonly KvmSystem system = new(devicePath);
    private bool failed;

    /// <summary>The findings, each when it is asked for. Behind a failure nothing is tried.</summary>
    public IEnumerable<KvmHostCheck> Run()
    {
        yield return DeviceNode();
        yield return Check("Access", Access, exception => HostRemedies.Access(devicePath, exception));
        yield return Check("ApiVersion", () => $"KVM API version {system.GetApiVersion()}.", _ => "");
        yield return Check("VmCreation", CreateVm, Advice);
        yield return Check("VcpuCreation", CreateVcpu, Advice);
        yield return Check("GuestRun", RunGuest, Advice);
    }

    private KvmHostCheck DeviceNode()
    {
        const string name = "DeviceNode";
        bool exists = UnixFileSystemInfo.TryGetFileSystemEntry(devicePath, out UnixFileSystemInfo? node) && node.Exists;
        failed = !exists || !node!.IsCharacterDevice;
        return !exists ? new(name, KvmHostCheckStatus.Fail, $"{devicePath} does not exist.", HostRemedies.MissingNode(devicePath))
            : failed ? new(name, KvmHostCheckStatus.Fail, $"{devicePath} is not a device node.", $"Use {KvmSystem.DefaultDevicePath}.")
            : new(name, KvmHostCheckStatus.Pass, $"{devicePath} exists.");
    }

    private KvmHostCheck Check(string name, Func<string?> work, Func<KvmException, string> remedy)
    {
        if (failed)
            return new(name, KvmHostCheckStatus.Skip, "Not looked at, because of what failed before.");
        try
        {
            return work() is { } message
                ? new(name, KvmHostCheckStatus.Pass, message)
                : new(name, KvmHostCheckStatus.Skip, "Not tried: this module has no guest for this architecture.");
        }
        catch (KvmException exception)
        {
            failed = true;
            return new(name, KvmHostCheckStatus.Fail, exception.Message, remedy(exception));
        }
    }

    private string Access()
    {
        system.GetApiVersion();
        return $"{devicePath} can be opened for reading and writing.";
    }

    private string CreateVm()
    {
        KvmHost host = system.Inspect();
        return $"A VM can be created; device types: {string.Join(", ", host.DeviceTypes)}; KVM_DESTROY_DEVICE: {host.DestroyDevice}.";
    }

    private string CreateVcpu()
    {
        system.TestVcpu();
        return "A vCPU can be created.";
    }

    private string? RunGuest() => system.TestGuest() ? "A guest ran a few instructions and computed what it should." : null;

    private static string Advice(KvmException exception) => KvmErrorTable.Find(exception).Advice;
}
