using KvmPS.Native.Abi;
using KvmPS.Native.Interop;

namespace KvmPS.Native;

/// <summary>A virtual CPU of a VM.</summary>
/// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.7 KVM_CREATE_VCPU</seealso>
public sealed partial class KvmVcpu : KvmDescriptorObject
{
    internal KvmVcpu(KvmVm vm, uint id, Descriptor descriptor)
        : base(descriptor)
    {
        Vm = vm;
        Id = id;
        stats = new StatsOwner(this, nameof(RequestScope.Vcpu), OpenStats);
    }

    /// <summary>The vCPU's id in its VM; the APIC id on x86.</summary>
    public uint Id { get; }

    /// <summary>The VM that owns the vCPU.</summary>
    public KvmVm Vm { get; }

    /// <inheritdoc/>
    public override RequestScope Scope => RequestScope.Vcpu;

    /// <inheritdoc/>
    public override string ToString() => $"vCPU {Id} of {Vm}";

    /// <summary>KVM_ENABLE_CAP on the vCPU.</summary>
    /// <inheritdoc cref="KvmVm.EnableCapability"/>
    /// <seealso href="https://docs.kernel.org/virt/kvm/api.html">6. Capabilities that can be enabled on vCPUs</seealso>
    public void EnableCapability(uint capability, params ReadOnlySpan<ulong> arguments) =>
        EnableCapabilityCore(capability, arguments);

    /// <summary>Closes the vCPU's handle. The kernel keeps the vCPU, and its id, until the VM ends.</summary>
    /// <exception cref="KvmObjectRemovedException">It was removed before.</exception>
    /// <param name="force">Stops the vCPU where it is running; without it that is an error.</param>
    /// <exception cref="KvmVcpuRunningException">It is running.</exception>
    public void Remove(bool force = false) => Vm.EndChild(this, "Remove", () =>
    {
        if (!force && State == KvmObjectState.Running)
            throw new KvmVcpuRunningException("Remove", this);
        Close();
    });

    private protected override void End() => Remove(force: true);
}
