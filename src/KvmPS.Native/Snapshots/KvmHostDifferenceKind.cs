namespace KvmPS.Native;

/// <summary>What kind of thing differs between two hosts.</summary>
public enum KvmHostDifferenceKind
{
    /// <summary>The snapshots themselves: something is missing in one, or newer than this library.</summary>
    Snapshot,

    /// <summary>The architecture; nothing else is compared then.</summary>
    Architecture,

    /// <summary>The kernel: its release, its KVM module, the API version.</summary>
    Kernel,

    /// <summary>The processor: vendor, model, address bits.</summary>
    Processor,

    /// <summary>x86: a feature that CPUID tells.</summary>
    Cpuid,

    /// <summary>x86: the extended state of a vCPU.</summary>
    Xsave,

    /// <summary>x86: a feature that CPUID tells guests that know Hyper-V.</summary>
    HyperV,

    /// <summary>x86: an MSR that is part of a guest's state.</summary>
    Msr,

    /// <summary>x86: what an MSR tells of the host.</summary>
    FeatureMsr,

    /// <summary>x86: the time-stamp counter.</summary>
    Tsc,

    /// <summary>x86: the clock of guests.</summary>
    Clock,

    /// <summary>arm64: a register of a vCPU.</summary>
    Register,

    /// <summary>A capability.</summary>
    Capability,

    /// <summary>A number that must not be exceeded.</summary>
    Limit,

    /// <summary>A type of VM.</summary>
    VmType,

    /// <summary>A type of in-kernel device.</summary>
    DeviceType,

    /// <summary>An attribute of the host, a VM, a vCPU or a device.</summary>
    DeviceAttr,
}
