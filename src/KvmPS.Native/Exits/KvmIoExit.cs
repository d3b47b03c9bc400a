using System.Runtime.CompilerServices;
using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <summary>KVM_EXIT_IO: the guest reads or writes a port.</summary>
public sealed class KvmIoExit : KvmAccessExit
{
    internal KvmIoExit(in KvmExitFrame frame, ulong sequence)
        : base(frame, sequence, Unsafe.SizeOf<kvm_run.io_t>())
    {
        kvm_run.io_t io = frame.Run.io;
        Direction = io.direction == IoExit.KVM_EXIT_IO_OUT ? KvmIoDirection.Out : KvmIoDirection.In;
        Port = io.port;
        Size = io.size;
        Count = io.count;
        SetData(frame, frame.PlaceOf(io));
    }

    /// <summary>Whether the guest reads or writes.</summary>
    public KvmIoDirection Direction { get; }

    /// <summary>The port.</summary>
    public ushort Port { get; }

    /// <summary>The bytes of one item: 1, 2 or 4.</summary>
    public int Size { get; }

    /// <summary>How many items: more than one for INS and OUTS.</summary>
    public uint Count { get; }

    /// <inheritdoc/>
    public override string Description => Count == 1
        ? $"{Direction} port 0x{Port:X}, {Size} bytes: 0x{Value:X}"
        : $"{Direction} port 0x{Port:X}, {Count} x {Size} bytes: {Convert.ToHexString(Data)}";

    private protected override int ItemSize => Size;

    private protected override bool IsRead => Direction == KvmIoDirection.In;
}

/// <summary>The direction of a port access, as the guest sees it.</summary>
public enum KvmIoDirection
{
    /// <summary>The guest reads and waits for data.</summary>
    In,

    /// <summary>The guest writes.</summary>
    Out,
}
