using System.Globalization;
using System.Management.Automation;
using KvmPS.Native;
using KvmPS.Native.Abi;
using Mono.Unix.Native;

namespace KvmPS.Errors;

/// <summary>The one place that knows what a failure is called, which category it has and what to do about it.</summary>
internal static class KvmErrorTable
{
    private const string AnyErrno = "see `man 2 ioctl` and the operation's section in the kernel's Documentation/virt/kvm.";

    private static readonly KvmErrorRow Removed = new(
        "KvmObjectRemoved", ErrorCategory.InvalidOperation,
        "The object is gone for good: make a new one, or find what there is with Get-KvmVm, Get-KvmVcpu and Get-KvmDevice.");

    private static readonly KvmErrorRow VmDead = new(
        "VmDead", ErrorCategory.DeviceError,
        "The kernel has given this VM up (or it belongs to another process): look for the reason in the kernel log, then remove it with Remove-KvmVm and make a new one.");

    private static readonly KvmErrorRow NotPresent = new(
        "KvmNotPresent", ErrorCategory.ResourceUnavailable,
        "Test-KvmHost says what is missing and how to get it.");

    private static readonly KvmErrorRow AccessDenied = new(
        "KvmAccessDenied", ErrorCategory.PermissionDenied,
        "Become a member of the group that owns the device node (usually kvm) and log in again; Test-KvmHost says which.");

    private static readonly KvmErrorRow DeviceAlreadyExists = new(
        "DeviceAlreadyExists", ErrorCategory.ResourceExists,
        "A VM has at most one device of this type: Get-KvmDevice finds it, Remove-KvmDevice removes it.");

    private static readonly KvmErrorRow MemorySlotExists = new(
        "MemorySlotExists", ErrorCategory.ResourceExists,
        "Get-KvmMemory lists the slots: choose a free number (or leave -Slot out) and addresses that no slot has yet.");

    private static readonly KvmErrorRow MemoryAlignment = new(
        "MemoryAlignment", ErrorCategory.InvalidArgument,
        "Address and size are multiples of the page size and within what the guest can address; slots are below MaxMemorySlots of Get-KvmHost, and not every VM takes every flag.");

    private static readonly KvmErrorRow MemoryNotMapped = new(
        "MemoryNotMapped", ErrorCategory.ObjectNotFound,
        "Get-KvmMemory shows where there is memory; Add-KvmMemory adds some.");

    private static readonly KvmErrorRow VcpuRunning = new(
        "KvmVcpuRunning", ErrorCategory.ResourceBusy,
        "Stop-KvmVcpu stops it; Remove-KvmVm and Remove-KvmVcpu do so with -Force.");

    private static readonly KvmErrorRow ExitCompleted = new(
        "KvmExitCompleted", ErrorCategory.InvalidOperation,
        "Set it on the exit that came last, before the vCPU is entered again.");

    private static readonly KvmErrorRow DeviceNotFound = new(
        "DeviceNotFound", ErrorCategory.ObjectNotFound,
        "The descriptor is not a KVM device, or its device was destroyed before: Get-KvmDevice lists the devices of this process.");

    private static readonly KvmErrorRow DestroyDeviceNotSupported = new(
        "DestroyDeviceNotSupported", ErrorCategory.NotImplemented,
        "This kernel has no KVM_DESTROY_DEVICE. -Method Release removes devices whose driver frees them when the handle is closed (Get-KvmDeviceType, column Teardown); others end with their VM: Remove-KvmVm.");

    private static readonly KvmErrorRow IrqChipNotPresent = new(
        "IrqChipNotPresent", ErrorCategory.ObjectNotFound,
        "New-KvmIrqChip makes interrupt controllers, before the VM's first vCPU. With -Mode Split PICs, IOAPIC and resampling are not in the kernel.");

    private static readonly KvmErrorRow IrqChipAlreadyExists = new(
        "IrqChipAlreadyExists", ErrorCategory.ResourceExists,
        "A VM gets its interrupt controllers once, before its first vCPU: Get-KvmIrqChip shows them.");

    private static readonly KvmErrorRow PitNotPresent = new(
        "PitNotPresent", ErrorCategory.ObjectNotFound, "New-KvmPit makes the timer.");

    private static readonly KvmErrorRow EventFdInUse = new(
        "EventFdInUse", ErrorCategory.ResourceBusy,
        "An eventfd raises one interrupt: make another with New-KvmEventFd, or end its use with Unregister-KvmIrqFd or Unregister-KvmIoEvent (its Users show what that is).");

    private static readonly KvmErrorRow RegisterNotSupported = new(
        "RegisterNotSupported", ErrorCategory.ObjectNotFound,
        "Get-KvmRegister with -Name * lists those that this vCPU has. Registers have numbers where the kernel has KVM_CAP_ONE_REG.");

    private static readonly KvmErrorRow HostEventsNotAvailable = new(
        "HostEventsNotAvailable", ErrorCategory.PermissionDenied,
        "A sandbox forbids sockets of NETLINK_KOBJECT_UEVENT (RestrictAddressFamilies of a systemd unit, seccomp, SELinux): let it have them, or look again and again with Get-KvmProcess.");

    private static readonly Dictionary<(string Operation, Errno Errno), KvmErrorRow> Rows = new()
    {
        [("socket", Errno.EAFNOSUPPORT)] = HostEventsNotAvailable,
        [("socket", Errno.EPROTONOSUPPORT)] = HostEventsNotAvailable,
        [("socket", Errno.EACCES)] = HostEventsNotAvailable,
        [("socket", Errno.EPERM)] = HostEventsNotAvailable,
        [("bind", Errno.EACCES)] = HostEventsNotAvailable,
        [("bind", Errno.EPERM)] = HostEventsNotAvailable,
        [("open", Errno.ENOENT)] = NotPresent,
        [("open", Errno.ENODEV)] = NotPresent,
        [("open", Errno.ENXIO)] = NotPresent,
        [("open", Errno.ENOTDIR)] = NotPresent,
        [("open", Errno.EACCES)] = AccessDenied,
        [("open", Errno.EPERM)] = AccessDenied,
        [(nameof(Requests.KVM_CREATE_DEVICE), Errno.ENODEV)] = new(
            "DeviceTypeNotSupported", ErrorCategory.NotInstalled,
            "Get-KvmDeviceType lists what this kernel can create."),
        [(nameof(Requests.KVM_CREATE_DEVICE), Errno.EEXIST)] = DeviceAlreadyExists,
        [(nameof(Requests.KVM_CREATE_DEVICE), Errno.EBUSY)] = DeviceAlreadyExists,
        [(nameof(Requests.KVM_CREATE_DEVICE), Errno.EINVAL)] = DeviceAlreadyExists,
        [(nameof(Requests.KVM_CREATE_VCPU), Errno.EEXIST)] = new(
            "KvmCreateVcpuFailed", ErrorCategory.ResourceExists,
            "The kernel keeps a vCPU and its id until the VM ends: leave -Id out to get a free one."),
        [(nameof(Requests.KVM_CREATE_VCPU), Errno.EINVAL)] = new(
            "KvmCreateVcpuFailed", ErrorCategory.InvalidArgument,
            "Get-KvmHost shows MaxVcpus and MaxVcpuId: ids are below the one, and there are no more vCPUs than the other."),
        [(nameof(Requests.KVM_CREATE_VM), Errno.EINVAL)] = new(
            "KvmCreateVmFailed", ErrorCategory.InvalidArgument,
            "This kernel does not have that machine type: leave -Type out, or see Get-KvmCapability KVM_CAP_VM_TYPES."),
        [(nameof(Requests.KVM_ENABLE_CAP), Errno.EINVAL)] = new(
            "KvmEnableCapFailed", ErrorCategory.InvalidArgument,
            "Not every capability can be enabled, and some only before the first vCPU or with certain arguments: see the kernel's api.rst, sections 6 and 7."),
        [(nameof(Requests.KVM_DESTROY_DEVICE), Errno.ENOTTY)] = DestroyDeviceNotSupported,
        [(nameof(Requests.KVM_DESTROY_DEVICE), Errno.EINVAL)] = DestroyDeviceNotSupported,
        [(nameof(Requests.KVM_DESTROY_DEVICE), Errno.EOPNOTSUPP)] = new(
            "DestroyDeviceNotSupported", ErrorCategory.NotImplemented,
            "This kernel cannot destroy devices of this type while their VM lives: they end with it, Remove-KvmVm."),
        [(nameof(Requests.KVM_DESTROY_DEVICE), Errno.EPERM)] = new(
            "DeviceNotOwned", ErrorCategory.PermissionDenied,
            "Remove the device through its own VM: leave -Vm out, or give the one in the device's Vm property."),
        [(nameof(Requests.KVM_DESTROY_DEVICE), Errno.ENODEV)] = DeviceNotFound,
        [(nameof(Requests.KVM_DESTROY_DEVICE), Errno.EBADF)] = new(
            "DeviceHandleInvalid", ErrorCategory.InvalidArgument,
            "No such file descriptor is open in this process: Get-KvmDevice shows those of this module's devices."),
        [(nameof(Requests.KVM_SET_USER_MEMORY_REGION), Errno.EEXIST)] = MemorySlotExists,
        [(nameof(Requests.KVM_SET_USER_MEMORY_REGION2), Errno.EEXIST)] = MemorySlotExists,
        [(nameof(Requests.KVM_SET_USER_MEMORY_REGION), Errno.EINVAL)] = MemoryAlignment,
        [(nameof(Requests.KVM_SET_USER_MEMORY_REGION2), Errno.EINVAL)] = MemoryAlignment,
        [(nameof(KvmVm.ReadMemory), Errno.EFAULT)] = MemoryNotMapped,
        [(nameof(KvmVm.WriteMemory), Errno.EFAULT)] = MemoryNotMapped,
        [(nameof(KvmVm.WriteMemory), Errno.EACCES)] = new(
            "MemoryReadOnly", ErrorCategory.PermissionDenied,
            "A read-only slot with -Path is opened for reading: change the file instead."),
        [("process_vm_readv", Errno.EFAULT)] = new(
            "MemoryFileTruncated", ErrorCategory.ResourceUnavailable,
            "Somebody has shortened the file: remove the slot with Remove-KvmMemory."),
        [(nameof(Requests.KVM_GET_DIRTY_LOG), Errno.ENOENT)] = new(
            "DirtyLogNotEnabled", ErrorCategory.InvalidOperation,
            "Give the slot -LogDirtyPages when it is added with Add-KvmMemory."),
        [(nameof(Requests.KVM_CREATE_IRQCHIP), Errno.EEXIST)] = IrqChipAlreadyExists,
        [(nameof(Requests.KVM_CREATE_IRQCHIP), Errno.EINVAL)] = new(
            "IrqChipTooLate", ErrorCategory.InvalidOperation,
            "Interrupt controllers are made before the first vCPU: make a new VM."),
        [(nameof(Capability.KVM_CAP_SPLIT_IRQCHIP), Errno.EEXIST)] = IrqChipAlreadyExists,
        [(nameof(Requests.KVM_GET_IRQCHIP), Errno.ENXIO)] = IrqChipNotPresent,
        [(nameof(Requests.KVM_SET_IRQCHIP), Errno.ENXIO)] = IrqChipNotPresent,
        [(nameof(Requests.KVM_IRQ_LINE), Errno.ENXIO)] = IrqChipNotPresent,
        [(nameof(Requests.KVM_IRQ_LINE_STATUS), Errno.ENXIO)] = IrqChipNotPresent,
        [(nameof(Requests.KVM_SIGNAL_MSI), Errno.EINVAL)] = IrqChipNotPresent,
        [(nameof(Requests.KVM_SIGNAL_MSI), Errno.EPERM)] = new(
            "MsiNotDelivered", ErrorCategory.ObjectNotFound,
            "This is no matter of rights: no vCPU is the message's destination. On x86 bits 12 to 19 of the address are its APIC id, which is the vCPU's id."),
        [(nameof(Requests.KVM_SET_GSI_ROUTING), Errno.EINVAL)] = new(
            "GsiRouteInvalid", ErrorCategory.InvalidArgument,
            "Routes need interrupt controllers (New-KvmIrqChip), and those to pins need -Mode Full. GSIs are below 4096, a PIC's pins below 8, the IOAPIC's below 24; a GSI has one message, or one pin of each controller."),
        [(nameof(Requests.KVM_CREATE_PIT2), Errno.EEXIST)] = new(
            "PitAlreadyExists", ErrorCategory.ResourceExists, "A VM has one timer: Get-KvmPit shows it."),
        [(nameof(Requests.KVM_CREATE_PIT2), Errno.ENOENT)] = IrqChipNotPresent,
        [(nameof(Requests.KVM_GET_PIT2), Errno.ENXIO)] = PitNotPresent,
        [(nameof(Requests.KVM_SET_PIT2), Errno.ENXIO)] = PitNotPresent,
        [(nameof(Requests.KVM_INTERRUPT), Errno.ENXIO)] = new(
            "IrqChipInKernel", ErrorCategory.InvalidOperation,
            "The kernel's interrupt controllers tell the vCPU: use Set-KvmIrqLine or Send-KvmMsi."),
        [(nameof(Requests.KVM_INTERRUPT), Errno.EEXIST)] = new(
            "InterruptPending", ErrorCategory.ResourceBusy,
            "One waits already: run the guest until it has taken that."),
        [(nameof(Requests.KVM_IRQFD), Errno.EBUSY)] = EventFdInUse,
        [(nameof(Requests.KVM_IRQFD), Errno.EINVAL)] = IrqChipNotPresent,
        [(nameof(Requests.KVM_IRQFD), Errno.EAGAIN)] = IrqChipNotPresent,
        [(nameof(Requests.KVM_IOEVENTFD), Errno.EEXIST)] = new(
            "IoEventAlreadyExists", ErrorCategory.ResourceExists,
            "Get-KvmIoEvent lists the writes that signal an eventfd; give another -DataMatch or -Length, or unregister the other."),
        [(nameof(Requests.KVM_IOEVENTFD), Errno.EINVAL)] = new(
            "IoEventInvalid", ErrorCategory.InvalidArgument,
            "The length is 1, 2, 4 or 8, or 0 for any; -DataMatch needs one, and the last byte lies within what the guest can address."),
        [(nameof(Requests.KVM_IOEVENTFD), Errno.ENOENT)] = new(
            "IoEventNotFound", ErrorCategory.ObjectNotFound,
            "Somebody else has unregistered it (Invoke-KvmIoctl)."),
        [(nameof(Requests.KVM_REGISTER_COALESCED_MMIO), Errno.ENOSPC)] = new(
            "IoBusFull", ErrorCategory.LimitsExceeded,
            "A VM has about a thousand devices and collected ranges on a bus: unregister some with Unregister-KvmCoalescedMmio."),
        [(nameof(Capability.KVM_CAP_COALESCED_MMIO), Errno.ENXIO)] = new(
            "VcpuNotPresent", ErrorCategory.ObjectNotFound, "New-KvmVcpu makes one."),
        [(nameof(Requests.KVM_GET_ONE_REG), Errno.ENOENT)] = RegisterNotSupported,
        [(nameof(Requests.KVM_GET_ONE_REG), Errno.EINVAL)] = RegisterNotSupported,
        [(nameof(Requests.KVM_GET_ONE_REG), Errno.ENOTTY)] = RegisterNotSupported,
        [(nameof(Requests.KVM_SET_ONE_REG), Errno.EINVAL)] = new(
            "KvmSetOneRegFailed", ErrorCategory.InvalidArgument,
            "The register cannot have this value, cannot be written at all, or not any more since the guest has run. Nothing was changed."),
        [(nameof(Requests.KVM_SET_TSC_KHZ), Errno.EINVAL)] = new(
            "TscFrequencyNotSupported", ErrorCategory.InvalidArgument,
            "Without KVM_CAP_TSC_CONTROL a guest's counter is not slower than the host's; 0 is the host's own frequency. Nothing was changed."),
        [(nameof(Requests.KVM_ARM_PREFERRED_TARGET), Errno.ENOTTY)] = new(
            "KvmInitializeNotNeeded", ErrorCategory.NotImplemented,
            "vCPUs are initialised on arm64 only: those of other architectures can run as they are made."),
        [("pread", Errno.EPROTO)] = new(
            "KvmStatLayoutUnknown", ErrorCategory.InvalidData,
            "This kernel writes its counters in a way that this module does not know: debugfs (/sys/kernel/debug/kvm) has them as text."),
        [("pidfd_getfd", Errno.ENOENT)] = new(
            "KvmStatNotReadable", ErrorCategory.PermissionDenied,
            "Mount debugfs and run as root, or let the process open its counters (QEMU does for 'info stats')."),
        [("pidfd_getfd", Errno.ESRCH)] = new(
            "KvmProcessNotFound", ErrorCategory.ObjectNotFound, "Get-KvmProcess lists those that are there."),
        [("pidfd_getfd", Errno.EPERM)] = new(
            "KvmStatNotReadable", ErrorCategory.PermissionDenied,
            "Run as root, or as the user of that process where kernel.yama.ptrace_scope allows it."),
        [(nameof(KvmVm.ImportImage), Errno.ENOEXEC)] = new(
            "ImageInvalid", ErrorCategory.InvalidData,
            "Nothing was changed. -Format says what a file is whose beginning does not; `readelf -lh` and `file` show what an image holds."),
        [(nameof(KvmVm.ImportImage), Errno.ENOSPC)] = new(
            "ImageTooLarge", ErrorCategory.LimitsExceeded,
            "Nothing was changed. New-KvmVm -Memory and Add-KvmMemory give the guest more memory; Get-KvmMemory shows what it has."),
        [(nameof(KvmVm.ImportImage), Errno.E2BIG)] = new(
            "CommandLineTooLong", ErrorCategory.LimitsExceeded, "Nothing was changed. Shorten -CommandLine."),
        [(nameof(KvmVm.ImportImage), Errno.EINVAL)] = new(
            "ImageArgumentInvalid", ErrorCategory.InvalidArgument,
            "Nothing was changed. -Address and -Mode are for flat images; -CommandLine and -Initrd for Linux kernels."),
        [(nameof(KvmVm.ImportImage), Errno.EPERM)] = new(
            "VcpuNotOwned", ErrorCategory.PermissionDenied, "Give a vCPU of that VM: its Vcpus, or Get-KvmVcpu."),
        [(nameof(KvmVm.ImportImage), Errno.EOPNOTSUPP)] = new(
            "ImageNotSupported", ErrorCategory.NotImplemented, "Write-KvmMemory and Invoke-KvmIoctl KVM_SET_ONE_REG do it by hand."),
        [("pthread_create", Errno.EAGAIN)] = new(
            "VcpuThreadNotStarted", ErrorCategory.LimitsExceeded,
            "This user, or this group of processes, has as many threads as it may: stop vCPUs that are not needed, or raise the limit (ulimit -u, pids.max)."),
        [("write", Errno.EAGAIN)] = new(
            "EventFdOverflow", ErrorCategory.LimitsExceeded,
            "The count is 2^64-2 at most: take it with Wait-KvmEventFd first."),
        [("write", Errno.EINVAL)] = new(
            "EventFdValueInvalid", ErrorCategory.InvalidArgument, "2^64-1 cannot be added."),
        [("close", Errno.EBUSY)] = new(
            EventFdInUse.Id, EventFdInUse.Category,
            "Its Users are what uses it: end that with Unregister-KvmIrqFd or Unregister-KvmIoEvent, or let Remove-KvmEventFd -Force do both."),
        [("close", Errno.EOPNOTSUPP)] = new(
            "ReleaseNotSupported", ErrorCategory.InvalidOperation,
            "Use -Method Destroy on a kernel with KVM_DESTROY_DEVICE, or remove the whole VM with Remove-KvmVm."),
    };

    // Of a vCPU, which nothing destroys, ENODEV speaks of something else.
    private static readonly KvmErrorRow DeviceAttrNotReady = new(
        "DeviceAttrNotReady", ErrorCategory.InvalidOperation,
        "The vCPU lacks the feature (KVM_ARM_VCPU_INIT), the host does, or the VM's interrupt controller is not initialised: see the kernel's Documentation/virt/kvm/devices/vcpu.rst.");

    private static readonly KvmErrorRow VcpuNotInitialized = new(
        "KvmVcpuNotInitialized", ErrorCategory.InvalidOperation,
        "A vCPU of arm64 is of no kind before it is initialised: Initialize-KvmVcpu does that.");

    private static readonly Dictionary<Errno, KvmErrorRow> AttrRows = new()
    {
        [Errno.ENXIO] = new(
            "DeviceAttrNotSupported", ErrorCategory.ObjectNotFound,
            "Get-KvmDeviceAttr without -Group lists the attributes that this object has."),
        [Errno.ENOTTY] = new(
            "DeviceAttrNotSupported", ErrorCategory.ObjectNotFound,
            "Objects of this kind have no attributes on this architecture."),
        [Errno.ENODEV] = DeviceNotFound,
        [Errno.EPERM] = new(
            "DeviceAttrNotAccessible", ErrorCategory.InvalidOperation,
            "This is no matter of rights: the attribute cannot be read or written this way, or not in this state. The Access column of Get-KvmDeviceAttr says what can be done with it."),
        [Errno.EBUSY] = new(
            "DeviceAttrBusy", ErrorCategory.ResourceBusy,
            "Stop the VM's vCPUs, or initialise the device first, as its document says (Documentation/virt/kvm/devices)."),
        [Errno.EEXIST] = new(
            "DeviceAttrAlreadySet", ErrorCategory.ResourceExists,
            "It can be set once: make a new device to set another value."),
        [Errno.EINVAL] = new(
            "DeviceAttrInvalid", ErrorCategory.InvalidArgument,
            "The value is out of range or misaligned, or something that the attribute needs (a vCPU, an address) is missing: see the device's document."),
        [Errno.E2BIG] = new(
            "DeviceAttrOutOfRange", ErrorCategory.LimitsExceeded,
            "The address lies beyond what the guest can address: choose a lower one."),
        [Errno.ENOENT] = new(
            "DeviceAttrNotFound", ErrorCategory.ObjectNotFound,
            "The attribute exists, what it names (a region, a file, a group) does not: see the device's document."),
        [Errno.EFAULT] = new(
            "DeviceAttrBadAddress", ErrorCategory.InvalidData,
            "The attribute is longer than the buffer: give its real size with -Size."),
    };

    private static readonly HashSet<string> AttrOperations =
    [
        nameof(Requests.KVM_SET_DEVICE_ATTR),
        nameof(Requests.KVM_GET_DEVICE_ATTR),
        nameof(Requests.KVM_HAS_DEVICE_ATTR),
    ];

    public static KvmErrorRow Find(KvmException exception) => exception switch
    {
        KvmObjectRemovedException => Removed,
        KvmVcpuRunningException => VcpuRunning,
        KvmExitCompletedException => ExitCompleted,
        { Operation: "Restore" } => new(
            "SavedVmInvalid", ErrorCategory.InvalidData,
            "Restore-KvmVm takes a folder that Save-KvmVm wrote on a host of the same architecture."),
        { Subject: string } => Other(exception),
        KvmUnavailableException { Operation: nameof(Requests.KVM_GET_API_VERSION) } => new(
            "KvmApiVersionMismatch", ErrorCategory.InvalidOperation,
            "This is not the KVM device node of a kernel since 2.6.22: check -DevicePath."),
        { Errno: Errno.EIO, Subject: KvmDescriptorObject } => VmDead,
        { Errno: Errno.ENOEXEC, Subject: KvmVcpu } => VcpuNotInitialized,
        { Errno: Errno.ENODEV, Subject: KvmVcpu, Operation: var operation } when AttrOperations.Contains(operation) => DeviceAttrNotReady,
        { Operation: var operation } when AttrOperations.Contains(operation)
            && AttrRows.TryGetValue(exception.Errno, out KvmErrorRow? row) => row,
        _ when Rows.TryGetValue((exception.Operation, exception.Errno), out KvmErrorRow? row) => row,
        _ => Other(exception),
    };

    private static KvmErrorRow Other(KvmException exception)
    {
        string id = string.Concat(exception.Operation.Split('_').Select(word =>
            string.Create(CultureInfo.InvariantCulture, $"{char.ToUpperInvariant(word[0])}{word[1..].ToLowerInvariant()}")));
        (ErrorCategory category, string advice) = exception.Errno switch
        {
            Errno.EMFILE => (ErrorCategory.LimitsExceeded,
                "This process has as many files open as it may: remove VMs that are not needed (Get-KvmVm | Remove-KvmVm) or raise the limit (ulimit -n)."),
            Errno.ENFILE => (ErrorCategory.LimitsExceeded, "The system has as many files open as it may: see fs.file-max."),
            Errno.ENOMEM or Errno.EAGAIN => (ErrorCategory.ResourceUnavailable,
                "The kernel has no memory left for this: remove VMs that are not needed, or raise the limit."),
            Errno.ENOSPC or Errno.EDQUOT or Errno.EFBIG => (ErrorCategory.LimitsExceeded,
                "There is no room: make some (df), choose another place, or raise the limit (quota, ulimit -f)."),
            Errno.EEXIST => (ErrorCategory.ResourceExists, "It exists already."),
            Errno.EBUSY => (ErrorCategory.ResourceBusy, "It is in use: stop what uses it, or do this before it is in use."),
            Errno.EPERM or Errno.EACCES => (ErrorCategory.PermissionDenied, "It is not permitted to this user, or not in this state."),
            Errno.ENOENT or Errno.ENXIO or Errno.ENODEV => (ErrorCategory.ObjectNotFound, "What it names does not exist."),
            Errno.EINVAL or Errno.E2BIG or Errno.EFAULT or Errno.ERANGE =>
                (ErrorCategory.InvalidArgument, "The kernel does not accept this argument: " + AnyErrno),
            Errno.ENOTTY or Errno.ENOSYS or Errno.EOPNOTSUPP =>
                (ErrorCategory.NotImplemented, "This kernel, or this kind of object, does not have the operation."),
            _ => (ErrorCategory.NotSpecified, "What the kernel means by this errno: " + AnyErrno),
        };
        return new KvmErrorRow(id + "Failed", category, advice);
    }
}
