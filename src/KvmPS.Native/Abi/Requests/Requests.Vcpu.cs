using static KvmPS.Native.Abi.RequestArgument;
using static KvmPS.Native.Abi.RequestScope;

namespace KvmPS.Native.Abi;

public static partial class Requests
{
    /// <summary>Runs the guest until something needs user space.</summary>
    public static Request KVM_RUN => field ??= Request.Io(0x80, Vcpu);

    /// <summary>Sets the signals that are blocked while the guest runs.</summary>
    public static Request KVM_SET_SIGNAL_MASK => field ??= Request.Write<kvm_signal_mask>(0x8b, Vcpu, argument: Header);

    /// <summary>Reads whether the vCPU runs, is halted or waits for a start.</summary>
    public static Request KVM_GET_MP_STATE => field ??= Request.Read<kvm_mp_state>(0x98, Vcpu);

    /// <summary>Writes whether the vCPU runs, is halted or waits for a start.</summary>
    public static Request KVM_SET_MP_STATE => field ??= Request.Write<kvm_mp_state>(0x99, Vcpu);

    /// <summary>Turns single steps and breakpoints on or off.</summary>
    public static Request KVM_SET_GUEST_DEBUG
        => field ??= Request.Write<X86.kvm_guest_debug, Arm64.kvm_guest_debug>(0x9b, Vcpu);

    /// <summary>Sets what CPUID tells the guest; superseded by KVM_SET_CPUID2.</summary>
    public static Request KVM_SET_CPUID => field ??= Request.Write<kvm_cpuid>(0x8a, Vcpu, Arch.X86, argument: Header);

    /// <summary>Sets what CPUID tells the guest.</summary>
    public static Request KVM_SET_CPUID2 => field ??= Request.Write<kvm_cpuid2>(0x90, Vcpu, Arch.X86, argument: Header);

    /// <summary>Reads what CPUID tells the guest. E2BIG leaves the count unchanged: grow and ask again.</summary>
    public static Request KVM_GET_CPUID2
        => field ??= Request.ReadWrite<kvm_cpuid2>(0x91, Vcpu, Arch.X86, argument: Header);

    /// <summary>Sets the machine-check capabilities of the vCPU.</summary>
    public static Request KVM_X86_SETUP_MCE => field ??= Request.Write<ulong>(0x9c, Vcpu, Arch.X86);

    /// <summary>Injects a machine-check error.</summary>
    public static Request KVM_X86_SET_MCE => field ??= Request.Write<kvm_x86_mce>(0x9e, Vcpu, Arch.X86);
}
