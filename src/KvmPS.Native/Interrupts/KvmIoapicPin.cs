namespace KvmPS.Native;

/// <summary>An entry of an IOAPIC's redirection table: what becomes of a pin's interrupt.</summary>
/// <remarks>Intel 82093AA, 3.2.4.</remarks>
public sealed class KvmIoapicPin
{
    internal KvmIoapicPin(int pin, ulong bits)
    {
        Pin = pin;
        Bits = bits;
    }

    /// <summary>The pin, from 0.</summary>
    public int Pin { get; }

    /// <summary>The entry as it is.</summary>
    public ulong Bits { get; set; }

    /// <summary>The vector, bits 0 to 7.</summary>
    public byte Vector { get => (byte)Get(0, 8); set => Set(0, 8, value); }

    /// <summary>How it is delivered, bits 8 to 10: 0 fixed, 1 lowest priority, 2 SMI, 4 NMI, 5 INIT, 7 ExtINT.</summary>
    public byte DeliveryMode { get => (byte)Get(8, 3); set => Set(8, 3, value); }

    /// <summary>Whether <see cref="Destination"/> is a set of CPUs and not an APIC id, bit 11.</summary>
    public bool IsLogical { get => Get(11, 1) != 0; set => Set(11, 1, value ? 1ul : 0); }

    /// <summary>Whether it was sent and not taken yet, bit 12.</summary>
    public bool IsPending { get => Get(12, 1) != 0; set => Set(12, 1, value ? 1ul : 0); }

    /// <summary>Whether the pin is active low, bit 13.</summary>
    public bool IsActiveLow { get => Get(13, 1) != 0; set => Set(13, 1, value ? 1ul : 0); }

    /// <summary>Whether a CPU has taken it and not ended it yet, bit 14; for level-triggered ones.</summary>
    public bool RemoteIrr { get => Get(14, 1) != 0; set => Set(14, 1, value ? 1ul : 0); }

    /// <summary>Whether it is triggered by level and not by an edge, bit 15.</summary>
    public bool IsLevel { get => Get(15, 1) != 0; set => Set(15, 1, value ? 1ul : 0); }

    /// <summary>Whether it is held back, bit 16.</summary>
    public bool IsMasked { get => Get(16, 1) != 0; set => Set(16, 1, value ? 1ul : 0); }

    /// <summary>The APIC id or the set of CPUs, bits 56 to 63.</summary>
    public byte Destination { get => (byte)Get(56, 8); set => Set(56, 8, value); }

    /// <inheritdoc/>
    public override string ToString() => $"{Pin}: {Bits:X16}";

    private ulong Get(int shift, int bits) => Bits >> shift & (1ul << bits) - 1;

    private void Set(int shift, int bits, ulong value)
    {
        ulong mask = (1ul << bits) - 1;
        Bits = Bits & ~(mask << shift) | (value & mask) << shift;
    }
}
