using static KvmPS.Native.Abi.RequestArgument;
using static KvmPS.Native.Abi.RequestScope;

namespace KvmPS.Native.Abi;

public static partial class Requests
{
    /// <summary>Reads the general registers.</summary>
    public static Request KVM_GET_REGS => field ??= Request.Read<X86.kvm_regs, Arm64.kvm_regs>(0x81, Vcpu);

    /// <summary>Writes the general registers.</summary>
    public static Request KVM_SET_REGS => field ??= Request.Write<X86.kvm_regs, Arm64.kvm_regs>(0x82, Vcpu);

    /// <summary>Reads the special registers.</summary>
    public static Request KVM_GET_SREGS => field ??= Request.Read<X86.kvm_sregs, NoArgument>(0x83, Vcpu);

    /// <summary>Writes the special registers.</summary>
    public static Request KVM_SET_SREGS => field ??= Request.Write<X86.kvm_sregs, NoArgument>(0x84, Vcpu);

    /// <summary>Reads the special registers with the PAE page-directory pointers.</summary>
    public static Request KVM_GET_SREGS2 => field ??= Request.Read<kvm_sregs2>(0xcc, Vcpu, Arch.X86);

    /// <summary>Writes the special registers with the PAE page-directory pointers.</summary>
    public static Request KVM_SET_SREGS2 => field ??= Request.Write<kvm_sregs2>(0xcd, Vcpu, Arch.X86);

    /// <summary>Reads the floating-point registers.</summary>
    public static Request KVM_GET_FPU => field ??= Request.Read<X86.kvm_fpu, NoArgument>(0x8c, Vcpu);

    /// <summary>Writes the floating-point registers.</summary>
    public static Request KVM_SET_FPU => field ??= Request.Write<X86.kvm_fpu, NoArgument>(0x8d, Vcpu);

    /// <summary>Reads MSRs and returns how many, that is, the index of the first failure.</summary>
    public static Request KVM_GET_MSRS
        => field ??= Request.ReadWrite<kvm_msrs>(0x88, RequestScope.System | Vcpu, Arch.X86, argument: Header);

    /// <summary>Writes MSRs and returns how many, that is, the index of the first failure.</summary>
    public static Request KVM_SET_MSRS => field ??= Request.Write<kvm_msrs>(0x89, Vcpu, Arch.X86, argument: Header);

    /// <summary>Reads pending exceptions and interrupts.</summary>
    public static Request KVM_GET_VCPU_EVENTS
        => field ??= Request.Read<X86.kvm_vcpu_events, Arm64.kvm_vcpu_events>(0x9f, Vcpu, Arch.X86 | Arch.Arm64);

    /// <summary>Writes pending exceptions and interrupts.</summary>
    public static Request KVM_SET_VCPU_EVENTS
        => field ??= Request.Write<X86.kvm_vcpu_events, Arm64.kvm_vcpu_events>(0xa0, Vcpu, Arch.X86 | Arch.Arm64);

    /// <summary>Reads the debug registers.</summary>
    public static Request KVM_GET_DEBUGREGS => field ??= Request.Read<kvm_debugregs>(0xa1, Vcpu, Arch.X86);

    /// <summary>Writes the debug registers.</summary>
    public static Request KVM_SET_DEBUGREGS => field ??= Request.Write<kvm_debugregs>(0xa2, Vcpu, Arch.X86);

    /// <summary>Reads the first 4096 bytes of the extended state.</summary>
    public static Request KVM_GET_XSAVE => field ??= Request.Read<kvm_xsave>(0xa4, Vcpu, Arch.X86);

    /// <summary>Reads the extended state, as long as KVM_CHECK_EXTENSION(KVM_CAP_XSAVE2) says.</summary>
    public static Request KVM_GET_XSAVE2 => field ??= Request.Read<kvm_xsave>(0xcf, Vcpu, Arch.X86, argument: Header);

    /// <summary>
    /// Writes the extended state, as long as KVM_CHECK_EXTENSION(KVM_CAP_XSAVE2) says, but at least 4096 bytes.
    /// </summary>
    public static Request KVM_SET_XSAVE => field ??= Request.Write<kvm_xsave>(0xa5, Vcpu, Arch.X86, argument: Header);

    /// <summary>Reads the extended control registers.</summary>
    public static Request KVM_GET_XCRS => field ??= Request.Read<kvm_xcrs>(0xa6, Vcpu, Arch.X86);

    /// <summary>Writes the extended control registers.</summary>
    public static Request KVM_SET_XCRS => field ??= Request.Write<kvm_xcrs>(0xa7, Vcpu, Arch.X86);

    /// <summary>Reads the state of nested virtualisation. E2BIG writes the needed size.</summary>
    public static Request KVM_GET_NESTED_STATE
        => field ??= Request.ReadWrite<kvm_nested_state>(0xbe, Vcpu, Arch.X86, argument: Header);

    /// <summary>Writes the state of nested virtualisation.</summary>
    public static Request KVM_SET_NESTED_STATE
        => field ??= Request.Write<kvm_nested_state>(0xbf, Vcpu, Arch.X86, argument: Header);

    /// <summary>Reads one register by its 64-bit id into the memory that the struct points to.</summary>
    public static Request KVM_GET_ONE_REG => field ??= Request.Write<kvm_one_reg>(0xab, Vcpu);

    /// <summary>Writes one register by its 64-bit id.</summary>
    public static Request KVM_SET_ONE_REG => field ??= Request.Write<kvm_one_reg>(0xac, Vcpu);

    /// <summary>Lists the ids of all registers. E2BIG writes the needed count.</summary>
    public static Request KVM_GET_REG_LIST
        => field ??= Request.ReadWrite<kvm_reg_list>(
            0xb0, Vcpu, Arch.X86 | Arch.Arm64 | Arch.RiscV | Arch.Mips, argument: Header);
}
