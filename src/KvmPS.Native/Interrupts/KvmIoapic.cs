using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <summary>The state of an IOAPIC.</summary>
/// <seealso href="https://docs.kernel.org/virt/kvm/api.html">struct kvm_ioapic_state</seealso>
public sealed class KvmIoapic
{
    internal KvmIoapic(in kvm_ioapic_state state)
    {
        BaseAddress = state.base_address;
        RegisterSelect = state.ioregsel;
        Id = state.id;
        Irr = state.irr;
        var pins = new KvmIoapicPin[Abi.Irq.KVM_IOAPIC_NUM_PINS];
        for (int pin = 0; pin < pins.Length; pin++)
            pins[pin] = new KvmIoapicPin(pin, state.redirtbl[pin].bits);
        Pins = pins;
    }

    /// <summary>The guest-physical address of its registers.</summary>
    public ulong BaseAddress { get; set; }

    /// <summary>The register that the guest accesses next.</summary>
    public uint RegisterSelect { get; set; }

    /// <summary>Its APIC id.</summary>
    public uint Id { get; set; }

    /// <summary>Pins that are raised or wait; bit n is pin n.</summary>
    public uint Irr { get; set; }

    /// <summary>The redirection table.</summary>
    public IReadOnlyList<KvmIoapicPin> Pins { get; }

    /// <inheritdoc/>
    public override string ToString() => $"IRR {Irr:X6} at 0x{BaseAddress:X}";

    internal kvm_ioapic_state ToState()
    {
        var state = new kvm_ioapic_state { base_address = BaseAddress, ioregsel = RegisterSelect, id = Id, irr = Irr };
        foreach (KvmIoapicPin pin in Pins)
            state.redirtbl[pin.Pin].bits = pin.Bits;
        return state;
    }
}
