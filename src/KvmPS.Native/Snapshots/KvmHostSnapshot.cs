namespace KvmPS.Native;

/// <summary>Everything that KVM says of a host and that decides whether a guest can move to or from it.</summary>
/// <remarks>
/// Plain data, two levels deep: it goes through JSON, CliXml and remoting and can be compared wherever it came from. Later
/// versions of the format only add to it.
/// </remarks>
public sealed record KvmHostSnapshot
{
    /// <summary>The version of the format that this library writes.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The version of the format.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>The host's name.</summary>
    public required string HostName { get; init; }

    /// <summary>When it was taken, in UTC.</summary>
    public DateTime? Taken { get; init; }

    /// <summary>The architecture of kernel and guests, such as X64 or Arm64.</summary>
    public required string Architecture { get; init; }

    /// <summary>What the processor calls itself; null where the kernel does not tell.</summary>
    public string? Processor { get; init; }

    /// <summary>The running kernel's release, as uname -r.</summary>
    public string? KernelVersion { get; init; }

    /// <summary>The kernel module that runs the guests (kvm_intel, kvm_amd …); null where it is part of the kernel itself.</summary>
    public string? Backend { get; init; }

    /// <summary>KVM_GET_API_VERSION: 12.</summary>
    public int? ApiVersion { get; init; }

    /// <summary>KVM_GET_VCPU_MMAP_SIZE: bytes that a vCPU shares with user space.</summary>
    public int? VcpuMapSize { get; init; }

    /// <summary>KVM_GET_TSC_KHZ of a new vCPU: the frequency of its time-stamp counter in kHz; null where there is none.</summary>
    public int? TscKhz { get; init; }

    /// <summary>KVM_GET_CLOCK of a new VM: the names of its flags; null where there is no such clock.</summary>
    public string? ClockFlags { get; init; }

    /// <summary>The highest capability that was asked for: what is not in the list up to it is not supported.</summary>
    public uint? LastCapability { get; init; }

    /// <summary>KVM_CHECK_EXTENSION of the host and of a VM: the capabilities that either supports.</summary>
    public IReadOnlyList<KvmSnapshotCapability>? Capabilities { get; init; }

    /// <summary>KVM_CREATE_DEVICE_TEST of every known type.</summary>
    public IReadOnlyList<KvmSnapshotDeviceType>? DeviceTypes { get; init; }

    /// <summary>KVM_HAS_DEVICE_ATTR of every known attribute of the host, a VM, a vCPU and the devices.</summary>
    public IReadOnlyList<KvmSnapshotAttr>? DeviceAttrs { get; init; }

    /// <summary>x86: KVM_GET_SUPPORTED_CPUID without APIC ids, which belong to one processor; entries of zeros are left out.</summary>
    public IReadOnlyList<KvmCpuidEntry>? Cpuid { get; init; }

    /// <summary>x86: KVM_GET_EMULATED_CPUID; entries of zeros are left out.</summary>
    public IReadOnlyList<KvmCpuidEntry>? EmulatedCpuid { get; init; }

    /// <summary>x86: KVM_GET_SUPPORTED_HV_CPUID: what guests can be told of Hyper-V.</summary>
    public IReadOnlyList<KvmCpuidEntry>? HyperVCpuid { get; init; }

    /// <summary>x86: KVM_GET_MSR_INDEX_LIST: the MSRs that a guest's state consists of.</summary>
    public IReadOnlyList<KvmSnapshotMsr>? Msrs { get; init; }

    /// <summary>x86: KVM_GET_MSR_FEATURE_INDEX_LIST and the values.</summary>
    public IReadOnlyList<KvmSnapshotMsr>? FeatureMsrs { get; init; }

    /// <summary>arm64: KVM_GET_REG_LIST of a new vCPU, with the values of what identifies the processor and the firmware.</summary>
    public IReadOnlyList<KvmSnapshotRegister>? Registers { get; init; }

    /// <summary>What could not be read, of the host or of the snapshot, and why.</summary>
    public IReadOnlyList<KvmSnapshotGap> Gaps { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString() => HostName;
}
