using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <content>What only arm64 has.</content>
public sealed partial class KvmVm
{
    /// <summary>KVM_ARM_GET_REG_WRITABLE_MASKS: which bits of the identification registers a guest can be given other values of.</summary>
    /// <returns>The masks, by <see cref="Arm64Identification.IndexOf"/>.</returns>
    /// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.139 KVM_ARM_GET_REG_WRITABLE_MASKS</seealso>
    internal unsafe ulong[] GetWritableMasks()
    {
        ulong[] masks = new ulong[Arm64Identification.Range];
        fixed (ulong* address = masks)
        {
            // The range of the identification registers has the number 0.
            var argument = new reg_mask_range { addr = (ulong)address };
            Ioctl(Requests.KVM_ARM_GET_REG_WRITABLE_MASKS, ref argument);
        }
        return masks;
    }
}
