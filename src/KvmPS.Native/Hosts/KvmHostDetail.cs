using System.Globalization;
using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <summary>A closer look at a host: its machine types, the parameters of its modules and more limits.</summary>
public sealed class KvmHostDetail : KvmHost
{
    internal KvmHostDetail(KvmSystem system)
        : base(system)
    {
        VmTypes = KvmVmType.From((uint)Check(Capability.KVM_CAP_VM_TYPES));
        Nested = SupportsNested();
        GuestAddressBits = FindGuestAddressBits();
        AddressSpaces = Math.Max(1, Check(Capability.KVM_CAP_MULTI_ADDRESS_SPACE));
        DirtyRingSize = Math.Max(Check(Capability.KVM_CAP_DIRTY_LOG_RING), Check(Capability.KVM_CAP_DIRTY_LOG_RING_ACQ_REL));
    }

    /// <summary>KVM_CAP_VM_TYPES: the machine types that New-KvmVm can make; empty where the kernel does not tell.</summary>
    public IReadOnlyList<KvmVmType> VmTypes { get; }

    /// <summary>Whether KVM offers guests what they need to run guests of their own; null where it does not tell.</summary>
    public bool? Nested { get; }

    /// <summary>How many bits a guest's physical address has at most; null where the kernel does not tell.</summary>
    public int? GuestAddressBits { get; }

    /// <summary>KVM_CAP_MULTI_ADDRESS_SPACE: address spaces of a VM; 2 where there is SMM.</summary>
    public int AddressSpaces { get; }

    /// <summary>KVM_CAP_DIRTY_LOG_RING: bytes that a vCPU's ring of dirty pages can have; 0 where there are no rings.</summary>
    public int DirtyRingSize { get; }

    /// <summary>Descriptors that this process can have open (RLIMIT_NOFILE): a VM, a vCPU and a device take one each; null: no limit.</summary>
    public ulong? OpenFileLimit { get; } = FindOpenFileLimit();

    /// <summary>The parameters of KVM's modules.</summary>
    public IReadOnlyList<KvmModuleParameter> ModuleParameters { get; } = KvmModuleParameter.ReadAll();

    // arch/x86/kvm/cpuid.c: bits 16 to 23 are what the host can map, where it tells that at all.
    private int? FindGuestAddressBits()
    {
        if (Architecture != "X64")
            return Check(Capability.KVM_CAP_ARM_VM_IPA_SIZE) is > 0 and var bits ? bits : null;
        uint sizes = GetSupportedCpuid().FirstOrDefault(entry => entry.Function == 0x8000_0008)?.Eax ?? 0;
        return (int)(sizes >> 16 & 0xFF) is > 0 and var mapped ? mapped : (int)(sizes & 0xFF) is > 0 and var all ? all : null;
    }

    // "Max open files            1048576              1048576              files"
    private static ulong? FindOpenFileLimit() =>
        ulong.TryParse(
            ProcFile.FindLine("/proc/self/limits", "Max open files")?.Split(' ', StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(3),
            CultureInfo.InvariantCulture, out ulong limit) ? limit : null;
}
