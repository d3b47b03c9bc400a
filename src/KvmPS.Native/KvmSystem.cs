using System.Runtime.InteropServices;
using KvmPS.Native.Abi;
using KvmPS.Native.Interop;
using Mono.Unix.Native;

namespace KvmPS.Native;

/// <summary>The KVM subsystem behind its device node, usually /dev/kvm.</summary>
/// <remarks>
/// The node is opened for each operation and closed again, so this object holds nothing and needs no disposal.
/// Every operation throws <see cref="KvmUnavailableException"/> where the node is missing (ENOENT, ENODEV, ENXIO), may
/// not be opened (EACCES, EPERM) or does not speak API version 12.
/// </remarks>
/// <seealso href="https://docs.kernel.org/virt/kvm/api.html">The Definitive KVM API Documentation</seealso>
public partial class KvmSystem : KvmObject
{
    /// <summary>Where the kernel's device node usually is.</summary>
    public const string DefaultDevicePath = "/dev/kvm";

    internal const string OpenOperation = "open";

    /// <summary>Names the device node; nothing is opened yet.</summary>
    /// <param name="devicePath">The KVM device node.</param>
    public KvmSystem(string devicePath = DefaultDevicePath) => DevicePath = devicePath;

    /// <summary>The KVM device node.</summary>
    public string DevicePath { get; }

    /// <inheritdoc/>
    public override RequestScope Scope => RequestScope.System;

    /// <inheritdoc/>
    public override string ToString() => DevicePath;

    /// <summary>KVM_GET_API_VERSION: 12 on every kernel since 2.6.22; any other is refused by all other operations.</summary>
    public int GetApiVersion()
    {
        using Descriptor descriptor = Open(checkVersion: false);
        return Ioctl(descriptor, Requests.KVM_GET_API_VERSION);
    }

    /// <summary>KVM_CHECK_EXTENSION of one capability.</summary>
    /// <param name="capability">A number of <see cref="Capability"/>, or one that is newer than this library.</param>
    /// <returns>0: not supported; a positive number: supported, often with a meaning of its own.</returns>
    public int CheckExtension(uint capability) => Ioctl(Requests.KVM_CHECK_EXTENSION, capability);

    /// <summary>KVM_CHECK_EXTENSION of every known capability, with the node opened once.</summary>
    public IReadOnlyList<KvmCapability> GetCapabilities()
    {
        using Descriptor descriptor = Open();
        return KvmCapability.Query(
            RequestScope.System, number => Ioctl(descriptor, Requests.KVM_CHECK_EXTENSION, number));
    }

    /// <summary>KVM_CREATE_VM.</summary>
    /// <param name="name">What the VM is called in this process; by default "VM" and its id.</param>
    /// <param name="type">A machine type of this architecture (KVM_X86_*, the IPA bits on arm64 …); 0 is the default.</param>
    /// <exception cref="KvmException">EINVAL: no such machine type; EMFILE, ENFILE, ENOMEM: limits reached.</exception>
    public KvmVm CreateVm(string? name = null, ulong type = 0) => KvmVm.Register(CreateVm(type, out int vcpuMapSize), name, type, vcpuMapSize, this);

    /// <summary>Every known device type, and whether this kernel can create it; a VM is made for the question.</summary>
    public IReadOnlyList<KvmDeviceType> GetDeviceTypes()
    {
        using KvmVm probe = CreateProbeVm();
        return probe.GetDeviceTypes();
    }

    /// <summary>Creates a VM with a vCPU and removes them, to see whether that works.</summary>
    public void TestVcpu()
    {
        using KvmVm probe = CreateProbeVm();
        probe.CreateVcpu();
    }

    /// <summary>Runs a guest of a few instructions, to see whether guests run.</summary>
    /// <returns>False where there is no such guest for this architecture.</returns>
    /// <exception cref="KvmException">It did not run as it should.</exception>
    public bool TestGuest()
    {
        if (!ProbeGuest.IsKnown)
            return false;
        using KvmVm probe = CreateProbeVm();
        ProbeGuest.Run(probe);
        return true;
    }

    /// <summary>One look at this host: what the kernel says of itself, all in plain data.</summary>
    public KvmHost Inspect() => new(this);

    /// <summary>A closer look: also machine types, the parameters of KVM's modules and more limits.</summary>
    public KvmHostDetail InspectClosely() => new(this);

    /// <summary>Whether KVM offers guests what they need to run guests of their own; null where it does not tell.</summary>
    public bool? SupportsNested() => RuntimeInformation.OSArchitecture switch
    {
        Architecture.X64 => SupportsNestedX86(),
        Architecture.Arm64 => CheckExtension((uint)Capability.KVM_CAP_ARM_EL2) > 0,
        Architecture.Ppc64le => CheckExtension((uint)Capability.KVM_CAP_PPC_NESTED_HV) > 0,
        _ => null,
    };

    /// <summary>Everything of this host that decides whether a guest can move to or from it.</summary>
    /// <remarks>What cannot be read is told in <see cref="KvmHostSnapshot.Gaps"/>.</remarks>
    public KvmHostSnapshot TakeSnapshot() => new SnapshotTaker(this).Take();

    internal override unsafe bool TryIoctl(in Request request, void* argument, out int result, out Errno errno)
    {
        using Descriptor descriptor = Open();
        return Libc.TryIoctl(descriptor, request, argument, out result, out errno);
    }

    /// <summary>A VM for questions that only a VM answers; not among <see cref="KvmVm.All"/>.</summary>
    internal KvmVm CreateProbeVm() => KvmVm.Probe(CreateVm(type: 0, out int vcpuMapSize), vcpuMapSize, this);

    private Descriptor CreateVm(ulong type, out int vcpuMapSize)
    {
        var owner = new Descriptor();
        using Descriptor descriptor = Open();
        vcpuMapSize = Ioctl(descriptor, Requests.KVM_GET_VCPU_MMAP_SIZE);
        owner.Own(Ioctl(descriptor, Requests.KVM_CREATE_VM, (nuint)type));
        return owner;
    }

    private Descriptor Open(bool checkVersion = true)
    {
        var descriptor = new Descriptor();
        if (!Libc.TryOpen(DevicePath, OpenFlags.O_RDWR, descriptor, out Errno errno))
            throw KvmException.From(OpenOperation, errno, this);
        try
        {
            if (checkVersion && Ioctl(descriptor, Requests.KVM_GET_API_VERSION) is var version and not (int)Api.KVM_API_VERSION)
            {
                throw new KvmUnavailableException(
                    nameof(Requests.KVM_GET_API_VERSION), Errno.EPROTONOSUPPORT, this,
                    $"{DevicePath} speaks KVM API version {version}; only {Api.KVM_API_VERSION} is known.");
            }
            return descriptor;
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    private unsafe int Ioctl(Descriptor descriptor, in Request request, nuint value = 0) =>
        Libc.TryIoctl(descriptor, request, (void*)value, out int result, out Errno errno)
            ? result
            : throw KvmException.From(request.Name, errno, this);
}
