using System.Runtime.CompilerServices;
using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <summary>KVM_EXIT_MMIO, KVM_EXIT_LOONGARCH_IOCSR: the guest reads or writes an address that is no memory.</summary>
public sealed class KvmMmioExit : KvmAccessExit
{
    internal KvmMmioExit(in KvmExitFrame frame, ulong sequence)
        : base(frame, sequence, Unsafe.SizeOf<kvm_run.mmio_t>())
    {
        kvm_run.mmio_t mmio = frame.Run.mmio;
        Direction = mmio.is_write != 0 ? KvmMmioDirection.Write : KvmMmioDirection.Read;
        Address = mmio.phys_addr;
        SetData(frame, frame.PlaceOf(mmio));
    }

    /// <summary>Whether the guest reads or writes.</summary>
    public KvmMmioDirection Direction { get; }

    /// <summary>The guest-physical address (LoongArch: the number of the register).</summary>
    public ulong Address { get; }

    /// <summary>The bytes of the access: 1 to 8.</summary>
    public int Size => Data.Length;

    /// <inheritdoc/>
    public override string Description => $"{Direction} at 0x{Address:X}, {Size} bytes: 0x{Value:X}";

    private protected override int ItemSize => Data.Length;

    private protected override bool IsRead => Direction == KvmMmioDirection.Read;
}

/// <summary>The direction of a memory access, as the guest sees it.</summary>
public enum KvmMmioDirection
{
    /// <summary>The guest reads and waits for data.</summary>
    Read,

    /// <summary>The guest writes.</summary>
    Write,
}
