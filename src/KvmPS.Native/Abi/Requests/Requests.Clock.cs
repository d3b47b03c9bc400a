using static KvmPS.Native.Abi.RequestScope;

namespace KvmPS.Native.Abi;

public static partial class Requests
{
    /// <summary>Reads the paravirtual clock.</summary>
    public static Request KVM_GET_CLOCK => field ??= Request.Read<kvm_clock_data>(0x7c, Vm, Arch.X86);

    /// <summary>Writes the paravirtual clock.</summary>
    public static Request KVM_SET_CLOCK => field ??= Request.Write<kvm_clock_data>(0x7b, Vm, Arch.X86);

    /// <summary>Tells the guest's watchdog that it was paused.</summary>
    public static Request KVM_KVMCLOCK_CTRL => field ??= Request.Io(0xad, Vcpu, Arch.X86);

    /// <summary>Returns the time-stamp counter's rate in kHz.</summary>
    public static Request KVM_GET_TSC_KHZ => field ??= Request.Io(0xa3, Vm | Vcpu, Arch.X86);

    /// <summary>Sets the time-stamp counter's rate in kHz, given by value.</summary>
    public static Request KVM_SET_TSC_KHZ => field ??= Request.IoValue(0xa2, Vm | Vcpu, Arch.X86);
}
