using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <content>What only arm64 has.</content>
public sealed partial class KvmVcpu
{
    /// <summary>KVM_ARM_VCPU_INIT with the host's own target: makes the vCPU one that can run, or resets it.</summary>
    /// <param name="features">What it shall have beyond the least; all vCPUs of a VM have the same.</param>
    /// <remarks>SVE is complete at once (KVM_ARM_VCPU_FINALIZE), with the vector lengths that the host has.</remarks>
    /// <exception cref="KvmException">
    /// EINVAL, ENOENT: the host does not have the feature, or other features than the VM's vCPUs have already; ENOTTY: no arm64.
    /// </exception>
    /// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.82 KVM_ARM_VCPU_INIT</seealso>
    public void Initialize(params IEnumerable<KvmArm64Feature> features)
    {
        ArgumentNullException.ThrowIfNull(features);
        KvmArm64Feature[] wanted = [.. features];
        var init = default(kvm_vcpu_init);
        Vm.Ioctl(Requests.KVM_ARM_PREFERRED_TARGET, ref init);
        foreach (KvmArm64Feature feature in wanted)
            init.features[(int)feature / 32] |= 1u << (int)feature % 32;
        Ioctl(Requests.KVM_ARM_VCPU_INIT, ref init);
        if (wanted.Contains(KvmArm64Feature.Sve))
        {
            int sve = (int)KvmArm64Feature.Sve;
            Ioctl(Requests.KVM_ARM_VCPU_FINALIZE, ref sve);
        }
    }
}
