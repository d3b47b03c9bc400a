using System.Buffers.Binary;
using System.Globalization;

namespace KvmPS.Native;

/// <summary>Numbers on their way to and from the guest, which are little-endian here.</summary>
internal static class GuestValue
{
    /// <summary>The number that up to 8 bytes are.</summary>
    public static ulong Read(ReadOnlySpan<byte> bytes)
    {
        Span<byte> eight = stackalloc byte[8];
        bytes.CopyTo(eight);
        return BinaryPrimitives.ReadUInt64LittleEndian(eight);
    }

    /// <summary>Puts a number into up to 8 bytes.</summary>
    /// <exception cref="ArgumentException">It is no integer, or has more bits than there are.</exception>
    public static void Write(object value, Span<byte> bytes)
    {
        ulong number = ToUInt64(value);
        int bits = bytes.Length * 8;
        if (bits < 64 && number >> bits != 0)
            throw new ArgumentException($"0x{number:X} does not fit into {bytes.Length} bytes.", nameof(value));
        Span<byte> eight = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(eight, number);
        eight[..bytes.Length].CopyTo(bytes);
    }

    /// <summary>An integer of any type. Signed ones are the bits that they consist of, so that PowerShell's 0xFFFFFFFF is meant.</summary>
    /// <exception cref="ArgumentException">It is no integer.</exception>
    public static ulong ToUInt64(object value) => value switch
    {
        sbyte number => (byte)number,
        short number => (ushort)number,
        int number => (uint)number,
        long number => (ulong)number,
        byte or ushort or uint or ulong or bool or char or Enum => Convert.ToUInt64(value, CultureInfo.InvariantCulture),
        _ => throw new ArgumentException($"'{value}' is no integer.", nameof(value)),
    };
}
