using System.Diagnostics;
using System.Runtime.InteropServices;

namespace KvmPS.Floor;

/// <summary>What copying memory costs in C, in this process and in memory of the same kind.</summary>
public static partial class Memory
{
    private const int ReadWrite = 3;
    private const int PrivateAnonymousNoReserve = 0x4022;

    /// <summary>memcpy(3) into a mapping that stays, as a VM's memory does.</summary>
    /// <returns>Nanoseconds.</returns>
    public static unsafe double Write(byte[] source)
    {
        ArgumentNullException.ThrowIfNull(source);
        mapping ??= (nint)Map(0, (nuint)source.Length, ReadWrite, PrivateAnonymousNoReserve, -1, 0);
        fixed (byte* from = source)
        {
            long begun = Stopwatch.GetTimestamp();
            Copy((void*)mapping.Value, from, (nuint)source.Length);
            return Stopwatch.GetElapsedTime(begun).TotalNanoseconds;
        }
    }

    /// <summary>malloc(3) and memcpy(3) out of the mapping that <see cref="Write"/> has filled.</summary>
    /// <returns>Nanoseconds.</returns>
    public static unsafe double Read(int length)
    {
        long begun = Stopwatch.GetTimestamp();
        void* to = NativeMemory.Alloc((nuint)length);
        Copy(to, (void*)(mapping ?? 0), (nuint)length);
        TimeSpan took = Stopwatch.GetElapsedTime(begun);
        NativeMemory.Free(to);
        return took.TotalNanoseconds;
    }

    private static nint? mapping;

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static unsafe partial void* Map(nint address, nuint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc", EntryPoint = "memcpy")]
    private static unsafe partial void* Copy(void* to, void* from, nuint length);
}
