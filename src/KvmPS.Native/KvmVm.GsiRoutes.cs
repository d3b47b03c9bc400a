using System.Collections.Immutable;
using System.Runtime.InteropServices;
using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <content>Where interrupts lead. The kernel takes a whole table and never tells it, so it is kept here.</content>
public sealed partial class KvmVm
{
    // KVM_DEV_TYPE_ARM_VGIC_V2 and _V3.
    private const uint VgicV2 = 5;
    private const uint VgicV3 = 7;

    private ImmutableArray<KvmGsiRoute>? gsiRoutes;

    /// <summary>The VM's routes by GSI: those that its interrupt controllers began with, or that were set since.</summary>
    /// <exception cref="KvmObjectRemovedException">The VM was removed.</exception>
    public IReadOnlyList<KvmGsiRoute> GetGsiRoutes()
    {
        lock (gate)
        {
            ThrowIfRemoved(nameof(Requests.KVM_SET_GSI_ROUTING));
            return CurrentGsiRoutes;
        }
    }

    /// <summary>KVM_SET_GSI_ROUTING: replaces all routes.</summary>
    /// <param name="routes">The new table.</param>
    /// <exception cref="KvmException">
    /// EINVAL: the VM has no interrupt controller in the kernel or not the one that a route names, a pin or GSI is too
    /// high, or two routes of a GSI exclude one another.
    /// </exception>
    public void SetGsiRoutes(IEnumerable<KvmGsiRoute> routes)
    {
        lock (gate)
            ReplaceGsiRoutes(routes);
    }

    /// <summary>KVM_SET_GSI_ROUTING: replaces the routes of one GSI and leaves the others as they are.</summary>
    /// <inheritdoc cref="SetGsiRoutes" path="/exception"/>
    /// <param name="route">The GSI's only route from now on.</param>
    public void SetGsiRoute(KvmGsiRoute route)
    {
        ArgumentNullException.ThrowIfNull(route);
        lock (gate)
            ReplaceGsiRoutes(CurrentGsiRoutes.Where(other => other.Gsi != route.Gsi).Append(route));
    }

    /// <summary>KVM_SET_GSI_ROUTING: takes the routes of one GSI away.</summary>
    /// <param name="gsi">The GSI.</param>
    /// <returns>False where it had none.</returns>
    public bool RemoveGsiRoute(uint gsi)
    {
        lock (gate)
        {
            ThrowIfRemoved(nameof(Requests.KVM_SET_GSI_ROUTING));
            if (CurrentGsiRoutes.All(route => route.Gsi != gsi))
                return false;
            ReplaceGsiRoutes(CurrentGsiRoutes.Where(route => route.Gsi != gsi));
            return true;
        }
    }

    private ImmutableArray<KvmGsiRoute> CurrentGsiRoutes => gsiRoutes ?? [.. DefaultGsiRoutes().Select(route => route with { Vm = this })];

    private unsafe void ReplaceGsiRoutes(IEnumerable<KvmGsiRoute> routes)
    {
        ImmutableArray<KvmGsiRoute> table = [.. routes.Select(route => route with { Vm = this }).OrderBy(route => route.Gsi)];
        var buffer = new byte[sizeof(kvm_irq_routing) + table.Length * sizeof(kvm_irq_routing_entry)];
        MemoryMarshal.AsRef<kvm_irq_routing>(buffer.AsSpan()) = new kvm_irq_routing { nr = (uint)table.Length };
        Span<kvm_irq_routing_entry> entries =
            MemoryMarshal.Cast<byte, kvm_irq_routing_entry>(buffer.AsSpan(sizeof(kvm_irq_routing)));
        for (int i = 0; i < table.Length; i++)
            entries[i] = table[i].ToEntry();
        fixed (byte* argument = buffer)
            Ioctl(Requests.KVM_SET_GSI_ROUTING, argument);
        gsiRoutes = table;
    }

    private IEnumerable<KvmGsiRoute> DefaultGsiRoutes()
    {
        if (devices.FirstOrDefault(device => device.Type is VgicV2 or VgicV3) is { } vgic)
            return VgicRoutes(vgic);
        return IrqChip == KvmIrqChipMode.Full && Requests.KVM_GET_IRQCHIP.IsOfThisArchitecture ? PcRoutes() : [];
    }

    // arch/x86/kvm/irq.c: the IOAPIC has a pin for each GSI, and the PICs have the lowest 16 too.
    private static IEnumerable<KvmGsiRoute> PcRoutes()
    {
        for (uint gsi = 0; gsi < Irq.KVM_IOAPIC_NUM_PINS; gsi++)
        {
            yield return KvmGsiRoute.ToIrqChip(gsi, KvmIrqController.Ioapic, gsi);
            if (gsi < 16)
                yield return KvmGsiRoute.ToIrqChip(gsi, gsi < 8 ? KvmIrqController.PicMaster : KvmIrqController.PicSlave, gsi % 8);
        }
    }

    // arch/arm64/kvm/vgic/vgic-irqfd.c: GSI n is shared interrupt 32 + n, which controller 0 has as pin n.
    private static IEnumerable<KvmGsiRoute> VgicRoutes(KvmDevice vgic)
    {
        const uint KVM_DEV_ARM_VGIC_GRP_NR_IRQS = 3;
        const uint PrivateIrqs = 32;
        var count = new byte[sizeof(uint)];
        vgic.GetDeviceAttr(KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0, count);
        for (uint gsi = 0; gsi + PrivateIrqs < BitConverter.ToUInt32(count); gsi++)
            yield return KvmGsiRoute.ToIrqChip(gsi, 0, gsi);
    }
}
