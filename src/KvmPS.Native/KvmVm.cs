using System.Collections.Immutable;
using KvmPS.Native.Abi;
using KvmPS.Native.Interop;
using Mono.Unix.Native;

namespace KvmPS.Native;

/// <summary>A virtual machine of this process.</summary>
/// <remarks>
/// It lives until <see cref="Remove"/>, <see cref="KvmDescriptorObject.Dispose"/> or the end of the process; dropping the object does not
/// end it, <see cref="All"/> finds it again. It owns its vCPUs and devices. All members are safe for use by several
/// threads at once.
/// </remarks>
/// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.2 KVM_CREATE_VM</seealso>
public sealed partial class KvmVm : KvmDescriptorObject
{
    private static readonly Lock RegistryGate = new();
    private static ImmutableSortedDictionary<int, KvmVm> registry = ImmutableSortedDictionary<int, KvmVm>.Empty;
    private static int lastId;

    private readonly Lock gate = new();
    private readonly HashSet<uint> vcpuIds = [];
    private ImmutableArray<KvmVcpu> vcpus = [];
    private ImmutableArray<KvmDevice> devices = [];
    private int lastDeviceId;

    private KvmVm(Descriptor descriptor, int id, string name, ulong type, int vcpuMapSize, KvmSystem system)
        : base(descriptor)
    {
        VcpuMapSize = vcpuMapSize;
        System = system;
        stats = new StatsOwner(this, nameof(RequestScope.Vm), OpenStats);
        Id = id;
        Name = name;
        Type = type;
    }

    /// <summary>Every VM of this process that was not removed, by id.</summary>
    public static IEnumerable<KvmVm> All => registry.Values;

    /// <summary>The VM's number in this process, from 1; never used again.</summary>
    public int Id { get; }

    /// <summary>What the VM is called in this process.</summary>
    public string Name { get; }

    /// <summary>The machine type that KVM_CREATE_VM was given; 0 is the architecture's default.</summary>
    public ulong Type { get; }

    /// <summary>The VM's vCPUs that have a handle, in the order of their creation.</summary>
    public IReadOnlyList<KvmVcpu> Vcpus => vcpus;

    /// <summary>The VM's devices that have a handle, in the order of their creation.</summary>
    public IReadOnlyList<KvmDevice> Devices => devices;

    /// <inheritdoc/>
    public override RequestScope Scope => RequestScope.Vm;

    /// <summary>Where the VM was made.</summary>
    internal KvmSystem System { get; }

    /// <summary>KVM_GET_VCPU_MMAP_SIZE: bytes that each vCPU shares with user space.</summary>
    internal int VcpuMapSize { get; }

    /// <inheritdoc/>
    public override string ToString() => $"VM '{Name}'";

    /// <summary>KVM_CHECK_EXTENSION on the VM: what this VM, not only the host, supports.</summary>
    /// <inheritdoc cref="KvmSystem.CheckExtension"/>
    public int CheckExtension(uint capability) => Ioctl(Requests.KVM_CHECK_EXTENSION, capability);

    /// <summary>KVM_CHECK_EXTENSION of every known capability, on the VM.</summary>
    public IReadOnlyList<KvmCapability> GetCapabilities() => KvmCapability.Query(Scope, CheckExtension);

    /// <summary>KVM_ENABLE_CAP on the VM.</summary>
    /// <param name="capability">A number of <see cref="Capability"/>.</param>
    /// <param name="arguments">At most four; their meaning is the capability's own.</param>
    /// <exception cref="KvmException">EINVAL: not a capability that can be enabled here and now.</exception>
    /// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.37 KVM_ENABLE_CAP, 7. Capabilities that can be enabled on VMs</seealso>
    public void EnableCapability(uint capability, params ReadOnlySpan<ulong> arguments)
    {
        EnableCapabilityCore(capability, arguments);
        if ((Capability)capability is Capability.KVM_CAP_DIRTY_LOG_RING or Capability.KVM_CAP_DIRTY_LOG_RING_ACQ_REL)
            DirtyRingSize = (uint)arguments[0];
    }

    /// <summary>KVM_CREATE_VCPU.</summary>
    /// <param name="id">
    /// The vCPU's id (the APIC id on x86), below the value of KVM_CAP_MAX_VCPU_ID; by default the lowest that was never
    /// used in this VM. The kernel keeps a vCPU until the VM ends, so an id cannot be used twice.
    /// </param>
    /// <exception cref="KvmException">EEXIST: the id is taken; EINVAL: id or number of vCPUs beyond the limit.</exception>
    public KvmVcpu CreateVcpu(uint? id = null)
    {
        lock (gate)
        {
            ThrowIfRemoved(nameof(Requests.KVM_CREATE_VCPU));
            uint number = id ?? LowestFreeVcpuId();
            var owner = new Descriptor();
            owner.Own(Ioctl(Requests.KVM_CREATE_VCPU, (nuint)number));
            var vcpu = new KvmVcpu(this, number, owner);
            vcpuIds.Add(number);
            vcpus = vcpus.Add(vcpu);
            return vcpu;
        }
    }

    /// <summary>KVM_CREATE_DEVICE: creates an in-kernel device.</summary>
    /// <param name="type">The device type's number, see <see cref="DeviceTypes"/>.</param>
    /// <exception cref="KvmNotSupportedException">ENODEV: the kernel has no such type.</exception>
    /// <exception cref="KvmException">EEXIST, EBUSY, EINVAL: the VM has one already, or is not ready for it.</exception>
    /// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.79 KVM_CREATE_DEVICE</seealso>
    public KvmDevice CreateDevice(uint type)
    {
        lock (gate)
        {
            ThrowIfRemoved(nameof(Requests.KVM_CREATE_DEVICE));
            var owner = new Descriptor();
            var create = new kvm_create_device { type = type };
            Ioctl(Requests.KVM_CREATE_DEVICE, ref create);
            owner.Own((int)create.fd);
            var device = new KvmDevice(this, ++lastDeviceId, type, owner);
            devices = devices.Add(device);
            return device;
        }
    }

    /// <summary>KVM_CREATE_DEVICE with KVM_CREATE_DEVICE_TEST: whether the kernel has the type; nothing is created.</summary>
    /// <param name="type">The device type's number, see <see cref="DeviceTypes"/>.</param>
    public unsafe bool TestDevice(uint type)
    {
        var create = new kvm_create_device { type = type, flags = DeviceFlags.KVM_CREATE_DEVICE_TEST };
        return TryIoctl(Requests.KVM_CREATE_DEVICE, &create, out _, out Errno errno)
            || (errno == Errno.ENODEV ? false : throw KvmException.From(nameof(Requests.KVM_CREATE_DEVICE), errno, this));
    }

    /// <summary>Every known device type, and whether this kernel can create it.</summary>
    public IReadOnlyList<KvmDeviceType> GetDeviceTypes() =>
        [.. DeviceTypes.All.Select(type => new KvmDeviceType(type, TestDevice(type.Number)))];

    /// <summary>Whether the kernel has KVM_DESTROY_DEVICE, asked without any effect: for the descriptor -1.</summary>
    /// <remarks>EBADF says that it has; without the ioctl x86 answers ENOTTY and arm64 EINVAL.</remarks>
    public unsafe bool SupportsDestroyDevice()
    {
        var destroy = new kvm_destroy_device { fd = uint.MaxValue };
        TryIoctl(Requests.KVM_DESTROY_DEVICE, &destroy, out _, out Errno errno);
        return errno switch
        {
            Errno.EBADF => true,
            Errno.ENOTTY or Errno.EINVAL => false,
            _ => throw KvmException.From(nameof(Requests.KVM_DESTROY_DEVICE), errno, this),
        };
    }

    /// <summary>KVM_DESTROY_DEVICE of a descriptor that this library did not open. The descriptor stays open.</summary>
    /// <param name="descriptor">The device's file descriptor in this process.</param>
    /// <exception cref="KvmException">EBADF: no such descriptor; ENODEV: not a KVM device.</exception>
    /// <exception cref="KvmOwnershipException">EPERM: the device of another VM.</exception>
    /// <exception cref="KvmNotSupportedException">ENOTTY, EINVAL: the kernel does not have the ioctl.</exception>
    public void DestroyDevice(int descriptor) => DestroyDevice(descriptor, this, $" of fd {descriptor}");

    /// <summary>Removes the VM: its vCPUs and devices first, then the VM itself, then its memory.</summary>
    /// <param name="force">Stops vCPUs that are running; without it they are an error.</param>
    /// <exception cref="KvmObjectRemovedException">It was removed before.</exception>
    /// <exception cref="KvmVcpuRunningException">A vCPU is running.</exception>
    public void Remove(bool force = false)
    {
        lock (gate)
        {
            ThrowIfRemoved("Remove");
            if (!force && vcpus.FirstOrDefault(vcpu => vcpu.State == KvmObjectState.Running) is { } running)
                throw new KvmVcpuRunningException("Remove", running);
            foreach (KvmVcpu vcpu in vcpus)
                vcpu.Close();
            EndRegistrations();
            foreach (KvmDevice device in devices)
                device.Close();
            vcpus = [];
            devices = [];
            Close();
            foreach (KvmMemory slot in memory)
                slot.Close();
            memory = [];
        }
        lock (RegistryGate)
            registry = registry.Remove(Id);
    }

    internal unsafe void DestroyDevice(int descriptor, KvmObject subject, string which = "")
    {
        var destroy = new kvm_destroy_device { fd = (uint)descriptor };
        if (TryIoctl(Requests.KVM_DESTROY_DEVICE, &destroy, out _, out Errno errno))
            return;
        string operation = nameof(Requests.KVM_DESTROY_DEVICE);
        string message = KvmException.Describe(operation + which, errno, subject);
        throw errno == Errno.EINVAL && !SupportsDestroyDevice()
            ? new KvmNotSupportedException(operation, errno, subject, message)
            : KvmException.From(operation, errno, subject, message);
    }

    private protected override void End() => Remove(force: true);

    /// <summary>A VM that the whole process sees.</summary>
    internal static KvmVm Register(Descriptor descriptor, string? name, ulong type, int vcpuMapSize, KvmSystem system)
    {
        int id = Interlocked.Increment(ref lastId);
        var vm = new KvmVm(descriptor, id, string.IsNullOrEmpty(name) ? $"VM{id}" : name, type, vcpuMapSize, system);
        lock (RegistryGate)
            registry = registry.Add(id, vm);
        return vm;
    }

    /// <summary>A VM that only its maker knows, and must dispose of.</summary>
    internal static KvmVm Probe(Descriptor descriptor, int vcpuMapSize, KvmSystem system) =>
        new(descriptor, id: 0, "probe", type: 0, vcpuMapSize, system);

    /// <summary>Ends a child, as one step with regard to everything else that happens to this VM's children.</summary>
    internal void EndChild(KvmDescriptorObject child, string operation, Action end)
    {
        lock (gate)
        {
            if (child.State == KvmObjectState.Removed)
                throw new KvmObjectRemovedException(operation, child);
            end();
            if (child is KvmDevice device)
                devices = devices.Remove(device);
            else if (child is KvmVcpu vcpu)
                vcpus = vcpus.Remove(vcpu);
        }
    }

    private uint LowestFreeVcpuId()
    {
        uint id = 0;
        while (vcpuIds.Contains(id))
            id++;
        return id;
    }
}
