using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <content>Registers.</content>
public sealed partial class KvmVcpu
{
    /// <summary>Reads a set of registers, as the kernel's structure.</summary>
    /// <param name="set">One of <see cref="RegisterCatalog.All"/>.</param>
    /// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.11 KVM_GET_REGS, 4.13 KVM_GET_SREGS …</seealso>
    public byte[] ReadRegisters(RegisterSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        byte[] bytes = new byte[set.Layout.Size!.Value];
        Ioctl(set.Get, bytes.AsSpan());
        return bytes;
    }

    /// <summary>Writes sets of registers; where the kernel refuses one, those before it are as they were.</summary>
    /// <param name="sets">The sets, each with all of its bytes.</param>
    /// <exception cref="KvmException">EINVAL: values that no processor can have, or not together.</exception>
    public void WriteRegisters(IReadOnlyList<(RegisterSet Set, byte[] Bytes)> sets)
    {
        ArgumentNullException.ThrowIfNull(sets);
        var written = new Stack<(RegisterSet Set, byte[] Before)>();
        try
        {
            foreach ((RegisterSet set, byte[] bytes) in sets)
            {
                written.Push((set, ReadRegisters(set)));
                Ioctl(set.Set, bytes.ToArray().AsSpan());
            }
        }
        catch (KvmException)
        {
            // The refused one as well: the kernel may have taken a part of it.
            foreach ((RegisterSet set, byte[] before) in written)
                TryPutBack(set, before);
            throw;
        }
    }

    // What was refused first is what is told, whatever becomes of the way back.
    private unsafe void TryPutBack(RegisterSet set, byte[] before)
    {
        fixed (byte* bytes = before)
            TryIoctl(set.Set, bytes, out _, out _);
    }
}
