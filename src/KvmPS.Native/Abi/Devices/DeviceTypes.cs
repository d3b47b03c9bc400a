using static KvmPS.Native.Abi.DeviceTeardown;

namespace KvmPS.Native.Abi;

/// <summary>The kinds of in-kernel devices that Linux 7.2 knows by number.</summary>
/// <remarks>The kernel's Documentation/virt/kvm/devices; the release and destroy operations of its drivers.</remarks>
public static class DeviceTypes
{
    /// <summary>What the kernel's names begin with.</summary>
    public const string Prefix = "KVM_DEV_TYPE_";

    /// <summary>All of them, by number.</summary>
    public static IReadOnlyList<DeviceType> All { get; } =
    [
        new("FSL_MPIC_20", 1, Arch.PowerPC, VmOnly, OnePerVm: true),
        new("FSL_MPIC_42", 2, Arch.PowerPC, VmOnly, OnePerVm: true),
        new("XICS", 3, Arch.PowerPC, Release, OnePerVm: true),
        new("VFIO", 4, Arch.All, Release, OnePerVm: true),
        new("ARM_VGIC_V2", 5, Arch.Arm64, VmOnly, OnePerVm: true),
        new("FLIC", 6, Arch.S390, VmOnly, OnePerVm: true),
        new("ARM_VGIC_V3", 7, Arch.Arm64, VmOnly, OnePerVm: true),
        new("ARM_VGIC_ITS", 8, Arch.Arm64, VmOnly, OnePerVm: false),
        new("XIVE", 9, Arch.PowerPC, Release, OnePerVm: true),
        new("ARM_PV_TIME", 10, Arch.Arm64, VmOnly, OnePerVm: true),
        new("RISCV_AIA", 11, Arch.RiscV, VmOnly, OnePerVm: true),
        new("LOONGARCH_IPI", 12, Arch.LoongArch, VmOnly, OnePerVm: true),
        new("LOONGARCH_EIOINTC", 13, Arch.LoongArch, VmOnly, OnePerVm: true),
        new("LOONGARCH_PCHPIC", 14, Arch.LoongArch, VmOnly, OnePerVm: true),
        new("LOONGARCH_DMSINTC", 15, Arch.LoongArch, VmOnly, OnePerVm: true),
        new("ARM_VGIC_V5", 16, Arch.Arm64, VmOnly, OnePerVm: true),
    ];

    /// <summary>Finds a kind by its name.</summary>
    /// <param name="name">The name, with or without KVM_DEV_TYPE_, in upper or lower case.</param>
    /// <returns>The kind, or null where there is none of that name.</returns>
    public static DeviceType? Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        ReadOnlySpan<char> wanted = name;
        if (wanted.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)) wanted = wanted[Prefix.Length..];
        foreach (DeviceType type in All)
            if (wanted.Equals(type.Name, StringComparison.OrdinalIgnoreCase)) return type;
        return null;
    }

    /// <summary>Finds a kind by its number.</summary>
    /// <param name="number">The number that KVM_CREATE_DEVICE takes.</param>
    /// <returns>The kind, or null where there is none of that number.</returns>
    public static DeviceType? Find(uint number)
        => number - 1 < All.Count ? All[(int)number - 1] : null;
}
