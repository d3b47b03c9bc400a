using KvmPS.Errors;
using KvmPS.Native;
using Mono.Unix;
using Mono.Unix.Native;

namespace KvmPS.Commands.Host;

/// <summary>What is to be done about the findings of Test-KvmHost, on this host and for this user.</summary>
internal static class HostRemedies
{
    private const string Group = "kvm";

    private const string WithoutKvm =
        "To see the module work without KVM here: ./kvmps build.ps1 Lab -Command examples/quickstart.ps1 in a clone of the project.";

    /// <summary>A device node that does not exist.</summary>
    public static string MissingNode(string path) =>
        path != KvmSystem.DefaultDevicePath && File.Exists(KvmSystem.DefaultDevicePath) ? $"Use {KvmSystem.DefaultDevicePath}."
        : MiscNumber() is { } minor
            ? $"The kernel has KVM: make the node with sudo mknod {path} c 10 {minor}; in a container, have it pass the device (--device {KvmSystem.DefaultDevicePath})."
        : MissingKvm();

    /// <summary>A kernel in which KVM is not at work.</summary>
    public static string MissingKvm()
    {
        const string hardware = "switch virtualisation on in the firmware; in a VM, have its host allow nested virtualisation";
        string module = KvmHost.ProcessorModule ?? Group;
        return (KernelBuild.HasModuleFile(module) ? $"Load the module: sudo modprobe {module}. Where that is refused, {hardware}. "
            : KernelBuild.Has("CONFIG_KVM") == false ? $"The kernel {KernelBuild.Release} was built without KVM: boot another one. "
            : KernelBuild.Has("CONFIG_KVM") == true ? $"The kernel {KernelBuild.Release} can have KVM, but not on this processor as it is now: {hardware}, and see that it has {module}. "
            : $"There is no module {module} in /lib/modules/{KernelBuild.Release}: install the kernel's modules, or, in a container, load it on the container's host (sudo modprobe {module}). ")
            + WithoutKvm;
    }

    /// <summary>A device node that may not be opened.</summary>
    public static string Access(string path, KvmException exception)
    {
        KvmErrorRow row = KvmErrorTable.Find(exception);
        if (row.Id != "KvmAccessDenied")
            return row.Advice;
        if (exception.Errno == Errno.EPERM)
        {
            return $"The permissions of the node are not what forbids it, but the control group: have the container pass the device (--device {path}), "
                + $"or the systemd unit (DeviceAllow={path} rw).";
        }
        if (Syscall.statvfs(path, out Statvfs mount) == 0 && mount.f_flag.HasFlag(MountFlags.ST_NODEV))
            return $"{path} is on a file system that is mounted with nodev: use a node in /dev.";
        var node = new UnixFileInfo(path);
        string user = Name(() => UnixEnvironment.EffectiveUser.UserName, () => UnixEnvironment.EffectiveUserId);
        string group = Name(() => node.OwnerGroup.GroupName, () => node.OwnerGroupId);
        const FileAccessPermissions both = FileAccessPermissions.GroupRead | FileAccessPermissions.GroupWrite;
        return (node.FileAccessPermissions & both) != both
                ? $"Only {Name(() => node.OwnerUser.UserName, () => node.OwnerUserId)} may: {(GroupExists(Group) ? "" : $"sudo groupadd --system {Group}; ")}"
                    + $"sudo chgrp {Group} {path} && sudo chmod 660 {path} && sudo usermod -aG {Group} {user}, then log in again."
            : OwnGroups().Contains(node.OwnerGroupId)
                ? "The permissions of the node allow it, so something else forbids it: an ACL (getfacl) or a security module (dmesg, /var/log/audit)."
            : GroupMembers(node).Contains(user)
                ? $"{user} is a member of group {group}, which may, but this session is older than that: log in again, or newgrp {group}."
            : $"Become a member of group {group}, which may: sudo usermod -aG {group} {user}, then log in again.";
    }

    /// <summary>A parameter of a module that is to have another value.</summary>
    public static string Set(KvmModuleParameter parameter, string value)
    {
        (string module, string name) = (parameter.Module, parameter.Name);
        string backend = KvmHost.FindBackend() ?? module;
        return parameter.Writable ? $"echo {value} | sudo tee /sys/module/{module}/parameters/{name}"
            : KvmModuleParameter.IsLoadable(module)
                ? $"echo options {module} {name}={value} | sudo tee -a /etc/modprobe.d/kvm.conf, then, with no VM running, "
                    + $"sudo modprobe -r {(backend == module ? module : $"{backend} {module}")} && sudo modprobe {backend}"
            : $"boot with {module}.{name}={value} on the kernel's command line";
    }

    // "232 kvm": the minor number of the misc device (10) that KVM has registered.
    private static int? MiscNumber()
    {
        try
        {
            string? line = File.ReadLines("/proc/misc").FirstOrDefault(line => line.EndsWith(" kvm", StringComparison.Ordinal));
            return int.TryParse(line?[..^4], out int minor) ? minor : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool GroupExists(string group) => Syscall.getgrnam(group) is not null;

    private static string[] GroupMembers(UnixFileInfo node) => Syscall.getgrgid((uint)node.OwnerGroupId)?.gr_mem ?? [];

    private static IEnumerable<long> OwnGroups() =>
        UnixEnvironment.GetSupplementaryGroupIds().Append(UnixEnvironment.EffectiveGroupId);

    // A container need not know the names of its host's users and groups.
    private static string Name(Func<string> name, Func<long> number)
    {
        try
        {
            return name();
        }
        catch (ArgumentException)
        {
            return $"{number()}";
        }
    }
}
