using KvmPS.Errors;
using KvmPS.Native;
using Mono.Unix;

namespace KvmPS.Commands.Host;

/// <summary>The checks of Test-KvmHost, each by trying: flags in /proc/cpuinfo say nothing about KVM.</summary>
internal sealed class HostChecks(string devicePath)
{
    private const string WithoutKvm =
        "To see the module work without KVM here: ./kvmps build.ps1 Lab -Command examples/quickstart.ps1 in a clone of the project.";

    private readonly KvmSystem system = new(devicePath);
    private bool failed;

    public IEnumerable<KvmHostCheck> Run() =>
    [
        DeviceNode(),
        Check("Access", Access, DescribeAccess),
        Check("ApiVersion", () => $"KVM API version {system.GetApiVersion()}.", _ => ""),
        Check("VmCreation", CreateVm, Advice),
        Check("VcpuCreation", CreateVcpu, Advice),
        Check("GuestRun", RunGuest, Advice),
    ];

    private KvmHostCheck DeviceNode()
    {
        if (UnixFileSystemInfo.TryGetFileSystemEntry(devicePath, out UnixFileSystemInfo? node) && node.Exists)
        {
            if (node.IsCharacterDevice)
                return new("DeviceNode", KvmHostCheckStatus.Pass, $"{devicePath} exists.");
            failed = true;
            return new("DeviceNode", KvmHostCheckStatus.Fail, $"{devicePath} is not a device node.", $"Use {KvmSystem.DefaultDevicePath}.");
        }
        failed = true;
        return new(
            "DeviceNode", KvmHostCheckStatus.Fail, $"{devicePath} does not exist.",
            "Load the KVM module (modprobe kvm_intel, modprobe kvm_amd), switch virtualisation on in the firmware; in a VM, "
            + "have its host allow nested virtualisation; in a container, pass the device (--device /dev/kvm). " + WithoutKvm);
    }

    private KvmHostCheck Check(string name, Func<string> work, Func<KvmException, string> remedy)
    {
        if (failed)
            return new(name, KvmHostCheckStatus.Skip, "Not looked at, because of what failed before.");
        try
        {
            return new(name, KvmHostCheckStatus.Pass, work());
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

    private string DescribeAccess(KvmException exception)
    {
        var node = new UnixFileInfo(devicePath);
        KvmErrorRow row = KvmErrorTable.Find(exception);
        return row.Id == "KvmAccessDenied"
            ? node.FileAccessPermissions.HasFlag(FileAccessPermissions.GroupReadWriteExecute & ~FileAccessPermissions.GroupExecute)
                ? $"Become a member of group {GroupName(node)}, which may: sudo usermod -aG {GroupName(node)} {UnixEnvironment.EffectiveUser.UserName}, then log in again."
                : $"Only {OwnerName(node)} may: sudo chgrp kvm {devicePath} && sudo chmod 660 {devicePath}, then become a member of group kvm."
            : row.Advice;
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

    private string RunGuest() => system.TestGuest()
        ? "A guest ran a few instructions and computed what it should."
        : "Not tried: this module has no guest for this architecture.";

    private static string Advice(KvmException exception) => KvmErrorTable.Find(exception).Advice;

    private static string GroupName(UnixFileInfo node) =>
        Try(() => node.OwnerGroup.GroupName, () => $"{node.OwnerGroupId}");

    private static string OwnerName(UnixFileInfo node) =>
        Try(() => node.OwnerUser.UserName, () => $"{node.OwnerUserId}");

    // A container need not know the names of its host's users and groups.
    private static string Try(Func<string> name, Func<string> number)
    {
        try
        {
            return name();
        }
        catch (ArgumentException)
        {
            return number();
        }
    }
}
