using System.Buffers.Binary;

namespace KvmPS.Fuzz;

/// <summary>Numbers as somebody chooses them who wants to do harm.</summary>
internal static class Hostile
{
    private static readonly ulong[] Edges =
    [
        0, 1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 127, 128, 255, 256, 2351, 2352, 4095, 4096, 4097, 8191, 8192, 12287, 12288, 12289,
        0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x100000000, 0x7FFFFFFFFFFFFFFF, 0x8000000000000000, ulong.MaxValue,
    ];

    public static ulong Number(Random random) => random.Next(4) switch
    {
        0 => (ulong)random.NextInt64(long.MinValue, long.MaxValue),
        1 => Edges[random.Next(Edges.Length)] + (ulong)random.Next(-2, 3),
        _ => Edges[random.Next(Edges.Length)],
    };

    /// <summary>Puts a number of so many bytes where it belongs.</summary>
    public static void Put(Span<byte> buffer, int offset, int size, ulong number)
    {
        Span<byte> eight = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(eight, number);
        eight[..size].CopyTo(buffer[offset..]);
    }
}
