using KvmPS.Native.Abi;
using KvmPS.Native.Interop;

namespace KvmPS.Native;

/// <content>Interrupts that one vCPU gets.</content>
public sealed partial class KvmVcpu
{
    /// <summary>KVM_NMI: queues a non-maskable interrupt (x86), which the guest gets when it is entered next.</summary>
    /// <exception cref="KvmVcpuRunningException">The guest is running.</exception>
    /// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.64 KVM_NMI</seealso>
    public void SendNmi() => Ioctl(Requests.KVM_NMI);

    /// <summary>KVM_SMI: queues a system-management interrupt (x86).</summary>
    /// <exception cref="KvmException">ENOTTY, EINVAL: the kernel has none (KVM_CAP_X86_SMM).</exception>
    /// <exception cref="KvmVcpuRunningException">The guest is running.</exception>
    /// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.96 KVM_SMI</seealso>
    public void SendSmi() => Ioctl(Requests.KVM_SMI);

    /// <summary>KVM_INTERRUPT: queues an external interrupt, where the interrupt controllers are not in the kernel.</summary>
    /// <param name="interrupt">The vector on x86, below 256.</param>
    /// <exception cref="KvmException">
    /// ENXIO: the PICs are in the kernel; EEXIST: one is queued already; EINVAL: no such vector.
    /// </exception>
    /// <exception cref="KvmVcpuRunningException">The guest is running.</exception>
    /// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.16 KVM_INTERRUPT</seealso>
    public void SendInterrupt(uint interrupt)
    {
        var argument = new kvm_interrupt { irq = interrupt };
        Ioctl(Requests.KVM_INTERRUPT, ref argument);
    }

    /// <summary>A page of what the vCPU shares, mapped for itself.</summary>
    internal Mapping MapPage(int page)
    {
        var size = (ulong)Environment.SystemPageSize;
        return Mapping.OfFile(Descriptor, (ulong)page * size, size, writable: true, this);
    }
}
