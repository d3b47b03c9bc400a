using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <summary>Asks a host for everything that a snapshot holds. What one question costs is only its own answer.</summary>
internal sealed class SnapshotTaker(KvmSystem system)
{
    private readonly List<KvmSnapshotGap> gaps = [];

    public KvmHostSnapshot Take()
    {
        KvmHost host = system.Inspect();
        using KvmVm vm = system.CreateProbeVm();
        KvmVcpu? vcpu = Try("Vcpu", () => CreateVcpu(vm));
        bool x86 = Requests.KVM_GET_SUPPORTED_CPUID.IsOfThisArchitecture;
        var snapshot = new KvmHostSnapshot
        {
            HostName = Environment.MachineName,
            Taken = DateTime.UtcNow,
            Architecture = host.Architecture,
            Processor = FindProcessor(),
            KernelVersion = host.KernelVersion,
            Backend = host.Backend,
            ApiVersion = host.ApiVersion,
            VcpuMapSize = host.VcpuMapSize,
            LastCapability = KvmCapability.All.Max(known => known.Number),
            Capabilities = Try(nameof(KvmHostSnapshot.Capabilities), () => Capabilities(vm)),
            DeviceTypes = Try(nameof(KvmHostSnapshot.DeviceTypes), () => DeviceTypes(vm)),
            DeviceAttrs = [.. SystemAttrs(), .. Attrs(vm), .. vcpu is null ? [] : Attrs(vcpu), .. host.DeviceTypes.SelectMany(DeviceAttrs)],
        };
        if (x86)
            snapshot = AddX86(snapshot, vm, vcpu);
        else if (Requests.KVM_ARM_VCPU_INIT.IsOfThisArchitecture && vcpu is not null)
            snapshot = snapshot with { Registers = Try(nameof(KvmHostSnapshot.Registers), () => Registers(vm, vcpu)) };
        return snapshot with { Gaps = [.. gaps] };
    }

    private KvmHostSnapshot AddX86(KvmHostSnapshot snapshot, KvmVm vm, KvmVcpu? vcpu) => snapshot with
    {
        TscKhz = Try(nameof(KvmHostSnapshot.TscKhz), () => (int?)vcpu?.GetTsc().Khz),
        ClockFlags = Try(nameof(KvmHostSnapshot.ClockFlags), () => vm.GetClock().Flags.ToString()),
        Cpuid = Try(nameof(KvmHostSnapshot.Cpuid), () => Filled(system.GetSupportedCpuid())),
        EmulatedCpuid = Try(nameof(KvmHostSnapshot.EmulatedCpuid), () => Filled(system.GetEmulatedCpuid())),
        HyperVCpuid = Try(nameof(KvmHostSnapshot.HyperVCpuid), () => Filled(HyperVCpuid(vcpu))),
        Msrs = Try(nameof(KvmHostSnapshot.Msrs), () => Array.ConvertAll([.. system.GetMsrIndexList()], index => Msr(index))),
        FeatureMsrs = Try(nameof(KvmHostSnapshot.FeatureMsrs), FeatureMsrs),
    };

    private T? Try<T>(string name, Func<T?> question)
    {
        try
        {
            return question();
        }
        catch (KvmException exception)
        {
            gaps.Add(new KvmSnapshotGap(name, exception.Message));
            return default;
        }
    }

    private static KvmVcpu CreateVcpu(KvmVm vm)
    {
        KvmVcpu vcpu = vm.CreateVcpu();
        if (Requests.KVM_ARM_VCPU_INIT.IsOfThisArchitecture)
            vcpu.Initialize();
        return vcpu;
    }

    private KvmSnapshotCapability[] Capabilities(KvmVm vm) =>
    [
        .. system.GetCapabilities().Zip(vm.GetCapabilities(), (ofHost, ofVm) =>
                new KvmSnapshotCapability(ofHost.Name, ofHost.Number, ofHost.Value, ofVm.Value))
            .Where(capability => capability.Value != 0 || capability.VmValue != 0),
    ];

    private static KvmSnapshotDeviceType[] DeviceTypes(KvmVm vm) =>
        [.. vm.GetDeviceTypes().Select(type => new KvmSnapshotDeviceType(type.Name, type.Number, type.Supported == true))];

    // One VM for each, because some types exclude each other.
    private KvmSnapshotAttr[] DeviceAttrs(string type) =>
        Try($"DeviceAttrs of {type}", () =>
        {
            using KvmVm vm = system.CreateProbeVm();
            return Attrs(vm.CreateDevice(Abi.DeviceTypes.Find(type)!.Number));
        }) ?? [];

    private KvmSnapshotAttr[] SystemAttrs() =>
        [.. Attrs(system).Select(attr => attr.Supported ? attr with { Value = Try(attr.Name, () => MaskOf(attr)) } : attr)];

    // All attributes of the host are masks of 64 bits.
    private ulong? MaskOf(KvmSnapshotAttr attr)
    {
        Span<byte> payload = stackalloc byte[sizeof(ulong)];
        system.GetDeviceAttr(attr.Group, attr.Attr, payload);
        return BitConverter.ToUInt64(payload);
    }

    // Files of registers have no attribute that stands for all of them.
    private KvmSnapshotAttr[] Attrs(KvmObject target)
    {
        string owner = target is KvmDevice device ? device.TypeName : target.Scope.ToString();
        return Try($"DeviceAttrs of {owner}", () => target.GetKnownAttrs()
            .Where(attr => attr is { Attr: not null, CanTest: true })
            .Select(attr => new KvmSnapshotAttr(
                owner, attr.ToString(), attr.Group!.Value, attr.Attr!.Value, target.HasDeviceAttr(attr.Group.Value, attr.Attr.Value)))
            .ToArray()) ?? [];
    }

    private IReadOnlyList<KvmCpuidEntry> HyperVCpuid(KvmVcpu? vcpu) =>
        system.CheckExtension((uint)Capability.KVM_CAP_SYS_HYPERV_CPUID) > 0 ? system.GetSupportedHyperVCpuid()
        : vcpu is not null && system.CheckExtension((uint)Capability.KVM_CAP_HYPERV_CPUID) > 0 ? vcpu.GetSupportedHyperVCpuid()
        : [];

    private static KvmCpuidEntry[] Filled(IEnumerable<KvmCpuidEntry> entries) =>
        [.. entries.Select(WithoutApicId).Where(entry => (entry.Eax | entry.Ebx | entry.Ecx | entry.Edx) != 0)];

    // KVM passes on the numbers of the processor that it was asked on (Intel SDM, CPUID leaves 1, 0xB and 0x1F; AMD APM volume 3,
    // 0x8000001E). They tell nothing of the host, and a snapshot shall be the same wherever the scheduler has it taken.
    private static KvmCpuidEntry WithoutApicId(KvmCpuidEntry entry) => entry.Function switch
    {
        1 => entry with { Ebx = entry.Ebx & 0x00FF_FFFF },
        0xB or 0x1F => entry with { Edx = 0 },
        0x8000_001E => entry with { Eax = 0, Ebx = entry.Ebx & ~0xFFu, Ecx = entry.Ecx & ~0xFFu },
        _ => entry,
    };

    private static KvmSnapshotMsr Msr(uint index, ulong? value = null) => new(MsrCatalog.NameOf(index), index, value);

    private KvmSnapshotMsr[] FeatureMsrs()
    {
        IReadOnlyList<uint> indexes = system.GetFeatureMsrIndexList();
        IEnumerable<KvmSnapshotMsr> msrs = indexes.Zip(system.ReadFeatureMsrs(indexes), Msr);
        return system.CheckExtension((uint)Capability.KVM_CAP_MCE) > 0
            ? [.. msrs, Msr(MsrCatalog.Find("MSR_IA32_MCG_CAP")!.Value, system.GetSupportedMceCapabilities())]
            : [.. msrs];
    }

    private static KvmSnapshotRegister[] Registers(KvmVm vm, KvmVcpu vcpu)
    {
        ulong[]? writable = vm.CheckExtension((uint)Capability.KVM_CAP_ARM_SUPPORTED_REG_MASK_RANGES) > 0 ? vm.GetWritableMasks() : null;
        return
        [
            .. vcpu.GetRegisterIds().Order().Select(OneRegister.Of).OfType<RegisterSet>().Select(set => new KvmSnapshotRegister(
                set.Registers[0].Name, set.Id!.Value,
                Arm64Identification.Contains(set.Id.Value) ? BitConverter.ToUInt64(vcpu.ReadRegisters(set)) : null,
                Arm64Identification.IndexOf(set.Id.Value) is { } index ? writable?[index] : null)),
        ];
    }

    private static string? FindProcessor() =>
        File.Exists("/proc/cpuinfo")
            && File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) is { } line
            ? line[(line.IndexOf(':') + 1)..].Trim()
            : null;
}
