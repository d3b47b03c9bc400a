using static KvmPS.Native.Abi.RequestScope;

namespace KvmPS.Native.Abi;

public static partial class Requests
{
    /// <summary>Issues a command of SEV (<see cref="kvm_sev_cmd"/>) or TDX (<see cref="kvm_tdx_cmd"/>).</summary>
    public static Request KVM_MEMORY_ENCRYPT_OP
        => field ??= Request.ReadWrite<ulong>(0xba, Vm | Vcpu, Arch.X86).PointingTo<kvm_sev_cmd>();

    /// <summary>Pins a range of encrypted memory. The kernel's number has the direction of a read.</summary>
    public static Request KVM_MEMORY_ENCRYPT_REG_REGION => field ??= Request.Read<kvm_enc_region>(0xbb, Vm, Arch.X86);

    /// <summary>Unpins a range of encrypted memory. The kernel's number has the direction of a read.</summary>
    public static Request KVM_MEMORY_ENCRYPT_UNREG_REGION => field ??= Request.Read<kvm_enc_region>(0xbc, Vm, Arch.X86);
}
