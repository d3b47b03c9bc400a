using System.Runtime.InteropServices;
using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <content>MSRs.</content>
public abstract partial class KvmObject
{
    // The list of MSRs is preceded by its count alone.
    private protected uint[] QueryMsrList(Request request)
    {
        const int Room = 4096;
        byte[] buffer = new byte[sizeof(uint) * (1 + Room)];
        MemoryMarshal.Write(buffer, Room);
        Ioctl(request, buffer.AsSpan());
        int count = Math.Min(MemoryMarshal.Read<int>(buffer), Room);
        uint[] list = MemoryMarshal.Cast<byte, uint>(buffer.AsSpan(sizeof(uint)))[..count].ToArray();
        Array.Sort(list);
        return list;
    }

    /// <summary>Reads MSRs; the kernel ends at the first that it does not know, so what follows is asked for again.</summary>
    private protected ulong?[] ReadMsrs(IReadOnlyList<uint> indexes)
    {
        var values = new ulong?[indexes.Count];
        for (int at = 0; at < indexes.Count;)
        {
            int length = Math.Min(indexes.Count - at, MostMsrs);
            var entries = new kvm_msr_entry[length];
            for (int i = 0; i < length; i++)
                entries[i].index = indexes[at + i];
            int read = PassList(Requests.KVM_GET_MSRS, entries.AsSpan());
            for (int i = 0; i < read; i++)
                values[at + i] = entries[i].data;
            at += read < length ? read + 1 : length;
        }
        return values;
    }

    // Fewer than MAX_IO_MSRS of arch/x86/kvm/x86.c.
    private protected const int MostMsrs = 255;
}
