using static KvmPS.Native.Abi.Arm64Reg;

namespace KvmPS.Native.Abi;

/// <summary>The registers of arm64 that tell what processor, kernel and firmware can do, rather than what a guest does.</summary>
/// <remarks>All of them have 64 bits for KVM_GET_ONE_REG. The kernel's Documentation/virt/kvm/api.rst, 4.139 KVM_ARM_GET_REG_WRITABLE_MASKS.</remarks>
public static class Arm64Identification
{
    /// <summary>How many masks KVM_ARM_GET_REG_WRITABLE_MASKS writes: of op1 0, 1 and 3, eight CRm, eight op2.</summary>
    public const int Range = 3 * 8 * 8;

    /// <summary>Whether a register is one of them.</summary>
    /// <param name="id">What KVM_GET_ONE_REG takes.</param>
    public static bool Contains(ulong id) => IsFirmware(id) || IndexOf(id) is not null;

    /// <summary>Whether a register tells of the firmware's interface, of which a guest can be given less.</summary>
    /// <param name="id">What KVM_GET_ONE_REG takes.</param>
    public static bool IsFirmware(ulong id) => Group(id) is KVM_REG_ARM_FW or KVM_REG_ARM_FW_FEAT_BMAP;

    /// <summary>Where among the masks a system register has its own: op0 3, CRn 0, CRm below 8.</summary>
    /// <param name="id">What KVM_GET_ONE_REG takes.</param>
    /// <returns>Null where it is no identification register.</returns>
    public static int? IndexOf(ulong id)
    {
        uint op1 = Field(id, KVM_REG_ARM64_SYSREG_OP1_MASK, KVM_REG_ARM64_SYSREG_OP1_SHIFT);
        uint crm = Field(id, KVM_REG_ARM64_SYSREG_CRM_MASK, KVM_REG_ARM64_SYSREG_CRM_SHIFT);
        bool isOne = Group(id) == KVM_REG_ARM64_SYSREG && crm < 8 && op1 is 0 or 1 or 3
            && Field(id, KVM_REG_ARM64_SYSREG_OP0_MASK, KVM_REG_ARM64_SYSREG_OP0_SHIFT) == 3
            && Field(id, KVM_REG_ARM64_SYSREG_CRN_MASK, KVM_REG_ARM64_SYSREG_CRN_SHIFT) == 0;
        return isOne ? (int)(((op1 == 3 ? 2 : op1) << 6) | (crm << 3) | ((uint)id & KVM_REG_ARM64_SYSREG_OP2_MASK)) : null;
    }

    private static uint Group(ulong id) => (uint)id & KVM_REG_ARM_COPROC_MASK;

    private static uint Field(ulong id, uint mask, uint shift) => ((uint)id & mask) >> (int)shift;
}
