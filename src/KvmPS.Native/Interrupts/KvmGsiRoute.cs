using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <summary>Where an interrupt of a VM leads.</summary>
/// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.52 KVM_SET_GSI_ROUTING</seealso>
public sealed record KvmGsiRoute
{
    private KvmGsiRoute(uint gsi, KvmGsiRouteType type)
    {
        Gsi = gsi;
        Type = type;
    }

    /// <summary>The VM that has the route; null for one that was not set yet.</summary>
    public KvmVm? Vm { get; internal init; }

    /// <summary>The interrupt's number.</summary>
    public uint Gsi { get; }

    /// <summary>What it leads to.</summary>
    public KvmGsiRouteType Type { get; }

    /// <summary>IrqChip: the controller.</summary>
    public KvmIrqController? Controller { get; private init; }

    /// <summary>IrqChip: the controller's pin.</summary>
    public uint? Pin { get; private init; }

    /// <summary>Msi: the address that a device would write to.</summary>
    public ulong? Address { get; private init; }

    /// <summary>Msi: what it would write.</summary>
    public uint? Data { get; private init; }

    /// <summary>Msi: the device's id, where the controller asks for it (GICv3 ITS).</summary>
    public uint? DeviceId { get; private init; }

    /// <summary>HyperVSint: the vCPU.</summary>
    public uint? Vcpu { get; private init; }

    /// <summary>HyperVSint: the synthetic interrupt's number.</summary>
    public uint? Sint { get; private init; }

    /// <summary>A route to a pin of an in-kernel controller.</summary>
    /// <param name="gsi">The interrupt's number, below 4096.</param>
    /// <param name="controller">The controller.</param>
    /// <param name="pin">Its pin: below 8 for a PIC, below 24 for the IOAPIC.</param>
    public static KvmGsiRoute ToIrqChip(uint gsi, KvmIrqController controller, uint pin) =>
        new(gsi, KvmGsiRouteType.IrqChip) { Controller = controller, Pin = pin };

    /// <summary>A route to a message.</summary>
    /// <param name="gsi">The interrupt's number, below 4096.</param>
    /// <param name="address">The message's address.</param>
    /// <param name="data">The message's data.</param>
    /// <param name="deviceId">The device's id, where the controller asks for it.</param>
    public static KvmGsiRoute ToMsi(uint gsi, ulong address, uint data, uint? deviceId = null) =>
        new(gsi, KvmGsiRouteType.Msi) { Address = address, Data = data, DeviceId = deviceId };

    /// <summary>A route to a synthetic interrupt of Hyper-V.</summary>
    /// <param name="gsi">The interrupt's number, below 4096.</param>
    /// <param name="vcpu">The vCPU's id.</param>
    /// <param name="sint">The synthetic interrupt, below 16.</param>
    public static KvmGsiRoute ToHyperVSint(uint gsi, uint vcpu, uint sint) =>
        new(gsi, KvmGsiRouteType.HyperVSint) { Vcpu = vcpu, Sint = sint };

    /// <inheritdoc/>
    public override string ToString() => Type switch
    {
        KvmGsiRouteType.IrqChip => $"GSI {Gsi} to {Controller} pin {Pin}",
        KvmGsiRouteType.Msi => $"GSI {Gsi} to MSI 0x{Address:X} 0x{Data:X}",
        _ => $"GSI {Gsi} to SINT {Sint} of vCPU {Vcpu}",
    };

    internal VmStateRoute ToState() => new(Gsi, Type, Controller, Pin, Address, Data, DeviceId, Vcpu, Sint);

    internal static KvmGsiRoute From(VmStateRoute state) => new(state.Gsi, state.Type)
    {
        Controller = state.Controller,
        Pin = state.Pin,
        Address = state.Address,
        Data = state.Data,
        DeviceId = state.DeviceId,
        Vcpu = state.Vcpu,
        Sint = state.Sint,
    };

    /// <summary>Whether it says all that a route of its type has.</summary>
    internal bool IsComplete => Type switch
    {
        KvmGsiRouteType.IrqChip => Controller is not null && Pin is not null,
        KvmGsiRouteType.Msi => Address is not null && Data is not null,
        KvmGsiRouteType.HyperVSint => Vcpu is not null && Sint is not null,
        _ => false,
    };

    internal kvm_irq_routing_entry ToEntry()
    {
        var entry = new kvm_irq_routing_entry { gsi = Gsi, type = (uint)Type };
        switch (Type)
        {
            case KvmGsiRouteType.IrqChip:
                entry.u.irqchip = new kvm_irq_routing_irqchip { irqchip = (uint)Controller!.Value, pin = Pin!.Value };
                break;
            case KvmGsiRouteType.Msi:
                entry.flags = DeviceId is null ? 0 : Irq.KVM_MSI_VALID_DEVID;
                entry.u.msi.address_lo = (uint)Address!.Value;
                entry.u.msi.address_hi = (uint)(Address.Value >> 32);
                entry.u.msi.data = Data!.Value;
                entry.u.msi.devid = DeviceId ?? 0;
                break;
            default:
                entry.u.hv_sint = new kvm_irq_routing_hv_sint { vcpu = Vcpu!.Value, sint = Sint!.Value };
                break;
        }
        return entry;
    }
}

/// <summary>What an interrupt leads to.</summary>
public enum KvmGsiRouteType
{
    /// <summary>A pin of an in-kernel controller.</summary>
    IrqChip = (int)Irq.KVM_IRQ_ROUTING_IRQCHIP,

    /// <summary>A message.</summary>
    Msi = (int)Irq.KVM_IRQ_ROUTING_MSI,

    /// <summary>A synthetic interrupt of Hyper-V.</summary>
    HyperVSint = (int)Irq.KVM_IRQ_ROUTING_HV_SINT,
}
