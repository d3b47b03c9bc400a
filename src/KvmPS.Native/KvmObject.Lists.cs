using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using KvmPS.Native.Abi;
using Mono.Unix.Native;

namespace KvmPS.Native;

/// <content>Requests whose argument is a count, four bytes of padding or flags, and as many entries.</content>
public abstract partial class KvmObject
{
    private const int ListHeader = 8;
    private const int MostEntries = 1 << 16;

    /// <summary>Asks for a list, with room for ever more entries as long as the kernel says E2BIG.</summary>
    private protected T[] QueryList<T>(Request request)
        where T : unmanaged
    {
        for (int room = 64; ; room *= 2)
        {
            byte[] buffer = new byte[ListHeader + room * Unsafe.SizeOf<T>()];
            MemoryMarshal.Write(buffer, room);
            try
            {
                Ioctl(request, buffer.AsSpan());
            }
            catch (KvmException exception) when (exception.Errno == Errno.E2BIG && room < MostEntries)
            {
                // KVM_GET_SUPPORTED_CPUID leaves the count as it was, so there is nothing to learn from it.
                continue;
            }
            int count = Math.Min(MemoryMarshal.Read<int>(buffer), room);
            return MemoryMarshal.Cast<byte, T>(buffer.AsSpan(ListHeader))[..count].ToArray();
        }
    }

    /// <summary>Hands a list over, and has it back as the kernel left it.</summary>
    /// <returns>What the request answered: for MSRs how many entries it took.</returns>
    private protected int PassList<T>(Request request, Span<T> entries)
        where T : unmanaged
    {
        byte[] buffer = new byte[ListHeader + entries.Length * Unsafe.SizeOf<T>()];
        MemoryMarshal.Write(buffer, entries.Length);
        Span<T> inside = MemoryMarshal.Cast<byte, T>(buffer.AsSpan(ListHeader));
        entries.CopyTo(inside);
        int result = Ioctl(request, buffer.AsSpan());
        inside.CopyTo(entries);
        return result;
    }
}
