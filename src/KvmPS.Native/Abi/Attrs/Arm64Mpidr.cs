namespace KvmPS.Native.Abi;

/// <summary>How arm64 names vCPUs.</summary>
public static class Arm64Mpidr
{
    /// <summary>The affinity that KVM gives a vCPU, as the Mpidr field of a VGIC's attributes takes it: Aff3 to Aff0, a byte each.</summary>
    /// <param name="vcpuId">The vCPU's id.</param>
    /// <remarks>
    /// arch/arm64/kvm/sys_regs.c, reset_mpidr: sixteen to a cluster, as SGIs can reach them. A VMM that gives a vCPU
    /// another MPIDR_EL1 names it by that.
    /// </remarks>
    public static ulong Of(uint vcpuId) =>
        (vcpuId & 0xFu) | (((vcpuId >> 4) & 0xFFu) << 8) | (((vcpuId >> 12) & 0xFFu) << 16);
}
