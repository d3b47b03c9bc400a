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
                byte[] before = ReadRegisters(set);
                Ioctl(set.Set, bytes.ToArray().AsSpan());
                written.Push((set, before));
            }
        }
        catch (KvmException)
        {
            foreach ((RegisterSet set, byte[] before) in written)
                Ioctl(set.Set, before.AsSpan());
            throw;
        }
    }
}
