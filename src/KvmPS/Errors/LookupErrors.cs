using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Native;
using KvmPS.Native.Abi;
using Mono.Unix.Native;

namespace KvmPS.Errors;

/// <summary>The errors about names and arguments that never reach the kernel.</summary>
internal static class LookupErrors
{
    public static ErrorRecord VmNotFound(object nameOrId) => Make(
        new ItemNotFoundException($"There is no VM '{nameOrId}' in this process."),
        "KvmVmNotFound", ErrorCategory.ObjectNotFound, nameOrId,
        "Get-KvmVm lists the VMs of this process; those of other processes cannot be used from here.");

    public static ErrorRecord VmAmbiguous(object argument, IReadOnlyList<KvmVm> found) => Make(
        new PSArgumentException($"'{argument}' means {found.Count} VMs, {string.Join(", ", found)}; one is needed."),
        "KvmVmAmbiguous", ErrorCategory.InvalidArgument, argument,
        "Give the VM itself, its id or its exact name.");

    public static ErrorRecord VmArgumentInvalid(object argument) => Make(
        new PSArgumentException($"{Copies.Describe(argument)} is not a VM, a name or an id."),
        "KvmVmArgumentInvalid", ErrorCategory.InvalidArgument, argument,
        "Give a VM of Get-KvmVm, its name (wildcards work) or its id. Objects that came from another process are only pictures of VMs.");

    public static ErrorRecord ProcessNotFound(object idOrName) => Make(
        new ItemNotFoundException($"There is no process '{idOrName}' with descriptors of KVM's that can be seen."),
        "KvmProcessNotFound", ErrorCategory.ObjectNotFound, idOrName,
        "Get-KvmProcess lists those that are there; root sees the processes of all users.");

    public static ErrorRecord ProcessAccessDenied(int id, Errno errno) => Make(
        new KvmException("open", errno, id, $"The descriptors of process {id} may not be seen: {errno}."),
        "KvmProcessAccessDenied", ErrorCategory.PermissionDenied, id,
        "Run as root, or as the user of that process.");

    public static ErrorRecord StatNotFound(object target, string name, bool isPartial) => Make(
        new ItemNotFoundException(isPartial ? $"{target} has no counter '{name}' among those that can be read." : $"{target} has no counter '{name}'."),
        "KvmStatNotFound", ErrorCategory.ObjectNotFound, target,
        isPartial ? "It may be one of those that the warning is about." : "Without -Name all counters are listed; VMs and vCPUs have different ones.");

    public static ErrorRecord CapabilityNotFound(string name) => Make(
        new ItemNotFoundException($"There is no capability '{name}'."),
        "KvmCapabilityNotFound", ErrorCategory.ObjectNotFound, name,
        "Tab completes the names that are known; a capability newer than this module is named by its number.");

    public static ErrorRecord DeviceAttrUnknown(object target, string what, IEnumerable<string> known) => Make(
        new ItemNotFoundException($"{target} has no attribute that is known by {what}."),
        "DeviceAttrUnknown", ErrorCategory.InvalidArgument, target,
        (known.ToArray() is { Length: > 0 } names ? $"Known are: {string.Join(", ", names)}. " : "")
        + "Any other is named by the numbers of its group and attribute, with -Size.");

    public static ErrorRecord DeviceAttrAmbiguous(KvmObject target, IEnumerable<string> found) => Make(
        new PSArgumentException(
            $"One attribute of {target} is needed, these are several: {string.Join(", ", found)}."),
        "DeviceAttrAmbiguous", ErrorCategory.InvalidArgument, target,
        "Give -Group and -Attr; tab completes them.");

    public static ErrorRecord DeviceAttrFieldInvalid(object target, string problem) => Make(
        new PSArgumentException(problem),
        "DeviceAttrFieldInvalid", ErrorCategory.InvalidArgument, target,
        "Get-KvmDeviceAttr -ListAvailable tells the fields of every attribute that has some.");

    public static ErrorRecord DeviceAttrFieldsNeeded(KvmObject target, DeviceAttr file) => Make(
        new PSArgumentException($"{file} of {target} is many attributes: one is needed."),
        "DeviceAttrFieldsNeeded", ErrorCategory.InvalidArgument, target,
        $"Give -Attr as @{{ {string.Join("; ", file.Fields.Select(field => $"{field.Name} = 0"))} }} or as a number.");

    public static ErrorRecord DeviceAttrSizeUnknown(KvmObject target, uint group, ulong attr) => Make(
        new PSArgumentException($"How long attribute {attr} of group {group} of {target} is, is not known."),
        "DeviceAttrSizeUnknown", ErrorCategory.InvalidArgument, target,
        "Give its size in bytes with -Size, or set it from a byte[] of that length.");

    public static ErrorRecord DeviceAttrValueInvalid(KvmObject target, string problem) => Make(
        new PSArgumentException(problem),
        "DeviceAttrValueInvalid", ErrorCategory.InvalidArgument, target,
        "Get-KvmDeviceAttr shows the attribute's type and size.");

    public static ErrorRecord RegisterUnknown(KvmVcpu vcpu, string name) => Make(
        new ItemNotFoundException($"{vcpu} has no register '{name}'."),
        "RegisterUnknown", ErrorCategory.ObjectNotFound, vcpu,
        name.Split('.', 2) is [string register, string field] && vcpu.FindRegister(register) is not null
            ? $"{register} is a register, {field} at most a field of it: Get-KvmRegister {register} shows them, Set-KvmRegister takes @{{ {register} = @{{ {field} = 0 }} }}."
            : "Get-KvmRegister with -Name * lists the registers. On x86 those beyond xmm are there as far as the vCPU's CPUID has them: Set-KvmCpuid.");

    public static ErrorRecord RegisterValueInvalid(KvmVcpu vcpu, string problem) => Make(
        new PSArgumentException(problem),
        "RegisterValueInvalid", ErrorCategory.InvalidArgument, vcpu,
        "Get-KvmRegister shows what a register consists of. Nothing was changed.");

    public static ErrorRecord MsrUnknown(object target, string name) => Make(
        new ItemNotFoundException($"There is no MSR '{name}'."),
        "MsrUnknown", ErrorCategory.ObjectNotFound, target,
        "Get-KvmMsr -Supported lists them; tab completes the names; any other is named by its number.");

    public static ErrorRecord MsrNotSupported(object target, string name) => Make(
        new ItemNotFoundException($"{target} does not have the MSR {name}."),
        "MsrNotSupported", ErrorCategory.ObjectNotFound, target,
        "What a vCPU has depends on its CPUID: set it with Set-KvmCpuid first. Get-KvmMsr -Supported lists what this host knows.");

    public static ErrorRecord MemorySlotNotFound(KvmVm vm, uint slot) => Make(
        new ItemNotFoundException($"{vm} has no memory slot {slot}."),
        "MemorySlotNotFound", ErrorCategory.ObjectNotFound, vm,
        "Get-KvmMemory lists the slots.");

    public static ErrorRecord MemoryTooLong(KvmVm vm, ulong length) => Make(
        new PSArgumentException($"0x{length:X} bytes are more than an array can hold."),
        "MemoryTooLong", ErrorCategory.LimitsExceeded, vm,
        "Write them to a file with -Path, or read them in parts.");

    public static ErrorRecord PathNotFile(string path) => Make(
        new PSArgumentException($"'{path}' is not in the file system."),
        "KvmPathNotFile", ErrorCategory.InvalidArgument, path, "Give the path of a file.");

    public static ErrorRecord PatternInvalid(string pattern, Exception exception) => Make(
        new PSArgumentException($"'{pattern}' is no pattern that can be matched: {exception.Message}"),
        "PatternInvalid", ErrorCategory.InvalidArgument, pattern,
        "Give a regular expression without lookarounds and backreferences; [regex]::Escape takes a text as it is.");

    public static ErrorRecord GsiRouteNotFound(KvmVm vm, uint gsi) => Make(
        new ItemNotFoundException($"{vm} has no route for GSI {gsi}."),
        "GsiRouteNotFound", ErrorCategory.ObjectNotFound, vm,
        "Get-KvmGsiRoute lists the routes.");

    public static ErrorRecord FileNotUsable(object target, string path, Exception exception) =>
        NotUsable(target, path, exception, "a file that this user can use so");

    /// <summary>A folder that something is to be saved to.</summary>
    public static ErrorRecord NewFolderNotUsable(object target, string path, Exception exception) =>
        NotUsable(target, path, exception, "a folder of your own that is empty, or the name of a new one in a folder where you can write");

    /// <summary>A folder that a VM was saved to.</summary>
    public static ErrorRecord SavedFolderNotUsable(object target, string path, Exception exception) =>
        NotUsable(target, path, exception, "a folder that Save-KvmVm wrote and that this user can read");

    private static ErrorRecord NotUsable(object target, string path, Exception exception, string needed) =>
        // .NET keeps the errno there.
        (Errno)exception.HResult is Errno.ENOSPC or Errno.EDQUOT or Errno.EFBIG or Errno.EMFILE or Errno.ENFILE
            ? Make(
                exception, "KvmFileNotUsable", ErrorCategory.LimitsExceeded, target,
                $"{path}: make room (df), choose another place, or raise the limit (quota, ulimit -f, ulimit -n). What was begun was taken away.")
            : Make(
                exception, "KvmFileNotUsable",
                exception is UnauthorizedAccessException ? ErrorCategory.PermissionDenied
                    : exception is FileNotFoundException or DirectoryNotFoundException ? ErrorCategory.ObjectNotFound
                    : ErrorCategory.OpenError,
                target, $"{path} has to be {needed}.");

    public static ErrorRecord SnapshotInvalid(object argument, string problem) => Make(
        new PSArgumentException($"This is no snapshot of a host: {problem}."),
        "KvmSnapshotInvalid", ErrorCategory.InvalidData, argument,
        "Give what Get-KvmHostSnapshot emitted, as it is or from ConvertFrom-Json, Import-CliXml or a remote session; or its JSON as one text (Get-Content -Raw).");

    public static ErrorRecord IoctlArgumentInvalid(object target, string problem) => Make(
        new PSArgumentException(problem),
        "KvmIoctlArgumentInvalid", ErrorCategory.InvalidArgument, target,
        "A request that carries a number takes -Value, one that carries a struct takes -Buffer.");

    private static ErrorRecord Make(Exception exception, string id, ErrorCategory category, object? target, string advice) =>
        KvmErrorRecord.Make(exception, new KvmErrorRow(id, category, advice), target);
}
