using System.Buffers.Binary;

namespace KvmPS.Native;

/// <summary>A write of the guest that was collected in the ring.</summary>
public sealed class KvmCoalescedWrite
{
    internal KvmCoalescedWrite(KvmVm vm, KvmIoSpace space, ulong address, ReadOnlySpan<byte> data)
    {
        Vm = vm;
        Space = space;
        Address = address;
        Data = data.ToArray();
        Span<byte> item = stackalloc byte[sizeof(ulong)];
        item.Clear();
        data.CopyTo(item);
        Value = BinaryPrimitives.ReadUInt64LittleEndian(item);
    }

    /// <summary>The VM.</summary>
    public KvmVm Vm { get; }

    /// <summary>Whether <see cref="Address"/> is a guest-physical address or a port.</summary>
    public KvmIoSpace Space { get; }

    /// <summary>The guest-physical address, or the port.</summary>
    public ulong Address { get; }

    /// <summary>The write's size in bytes, from 1 to 8.</summary>
    public int Size => Data.Length;

    /// <summary>The bytes.</summary>
    public byte[] Data { get; }

    /// <summary>The bytes as a little-endian number.</summary>
    public ulong Value { get; }

    /// <inheritdoc/>
    public override string ToString() => $"0x{Value:X} to {Space.ToString().ToUpperInvariant()} 0x{Address:X} of {Vm}";
}
