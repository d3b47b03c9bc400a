using System.Runtime.InteropServices;
using KvmPS.Native.Abi;
using KvmPS.Native.Interop;
using Mono.Unix.Native;

namespace KvmPS.Native;

/// <content>Registers.</content>
public sealed partial class KvmVcpu
{
    /// <summary>All registers that the vCPU has by name, in the order in which they are written.</summary>
    /// <remarks>On arm64 those that KVM_GET_REG_LIST lists, each as a set of its own.</remarks>
    /// <exception cref="KvmException">ENOEXEC: an arm64 vCPU that is not initialised.</exception>
    /// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.84 KVM_GET_REG_LIST</seealso>
    public IReadOnlyList<RegisterSet> GetRegisterSets()
    {
        IEnumerable<RegisterSet> fixedSets = RegisterCatalog.All.Where(set => set.Needs is not { } needs || Vm.CheckExtension((uint)needs) > 0);
        return RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => [.. fixedSets, ExtendedState],
            Architecture.Arm64 => [.. GetRegisterIds().Select(OneRegister.Of).OfType<RegisterSet>(), .. fixedSets],
            _ => [.. fixedSets],
        };
    }

    /// <summary>KVM_GET_REG_LIST: the ids of the registers that KVM_GET_ONE_REG reads.</summary>
    /// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.84 KVM_GET_REG_LIST</seealso>
    public IReadOnlyList<ulong> GetRegisterIds() => QueryList<ulong>(Requests.KVM_GET_REG_LIST);

    /// <summary>The register of a name or of an id as 0x6030000000100000; whether the vCPU has it shows when it is read.</summary>
    /// <returns>Null where there is no such register.</returns>
    public (RegisterSet Set, Register Register)? FindRegister(string name)
    {
        if (RegisterCatalog.Find(name) is { } found)
            return found;
        if (OneRegister.Find(name) is { } one)
            return (one, one.Registers[0]);
        return RuntimeInformation.ProcessArchitecture == Architecture.X64 ? RegisterCatalog.Find([ExtendedState], name) : null;
    }

    /// <summary>Reads a set of registers, as the kernel's structure.</summary>
    /// <param name="set">One of <see cref="GetRegisterSets"/> or <see cref="OneRegister"/>.</param>
    /// <exception cref="KvmException">ENOENT, EINVAL: the vCPU does not have the register.</exception>
    /// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.11 KVM_GET_REGS, 4.13 KVM_GET_SREGS, 4.69 KVM_GET_ONE_REG …</seealso>
    public byte[] ReadRegisters(RegisterSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        byte[] bytes = new byte[set.Size];
        Transfer(set.Get, set, bytes);
        return bytes;
    }

    /// <summary>Writes registers; where the kernel refuses one, those before it are as they were.</summary>
    /// <param name="values">Registers with their sets and all of their bytes; those of a set are written together.</param>
    /// <exception cref="KvmException">EINVAL: values that no processor can have, or not together.</exception>
    public void WriteRegisters(IEnumerable<(RegisterSet Set, Register Register, byte[] Value)> values) =>
        Change(values.GroupBy(value => value.Set).Select(set => (set.Key, Apply(set))));

    /// <summary>Writes sets of registers; where the kernel refuses one, those before it are as they were.</summary>
    /// <param name="sets">The sets, each with all of its bytes.</param>
    /// <exception cref="KvmException">EINVAL: values that no processor can have, or not together.</exception>
    public void WriteRegisters(IEnumerable<(RegisterSet Set, byte[] Bytes)> sets) =>
        Change(sets.Select(set => (set.Set, (Action<byte[]>)(bytes => set.Bytes.CopyTo(bytes, 0)))));

    private static Action<byte[]> Apply(IEnumerable<(RegisterSet Set, Register Register, byte[] Value)> values) => bytes =>
    {
        foreach ((_, Register register, byte[] value) in values)
            register.Write(value, bytes);
    };

    private void Change(IEnumerable<(RegisterSet Set, Action<byte[]> Apply)> changes)
    {
        var written = new Stack<(RegisterSet Set, byte[] Before)>();
        try
        {
            // One after the other: some sets show the same registers.
            foreach ((RegisterSet set, Action<byte[]> apply) in changes.OrderBy(change => WriteOrder(change.Set)))
            {
                byte[] bytes = ReadRegisters(set);
                written.Push((set, bytes.ToArray()));
                apply(bytes);
                Transfer(set.Set, set, bytes);
            }
        }
        catch (KvmException)
        {
            // The refused one as well: the kernel may have taken a part of it.
            foreach ((RegisterSet set, byte[] before) in written)
                TryTransfer(set.Set, set, before, out _);
            throw;
        }
    }

    // One by one the registers of arm64 depend on each other in this order, but for what is told of the whole.
    private static (int Place, ulong Id) WriteOrder(RegisterSet set)
    {
        int place = RegisterCatalog.All.TakeWhile(other => other != set).Count();
        return set.Id is { } id ? (-1, id) : (place, 0);
    }

    private void Transfer(Request request, RegisterSet set, byte[] bytes)
    {
        if (TryTransfer(request, set, bytes, out Errno errno))
            return;
        string which = set.Id is null ? "" : $" of {set.Registers[0]}";
        throw KvmException.From(request.Name, errno, this, KvmException.Describe(request.Name + which, errno, this));
    }

    // The extended state is as long as the kernel says when it is asked, whatever it said before: nothing lies behind a guarded buffer.
    private unsafe bool TryTransfer(Request request, RegisterSet set, byte[] bytes, out Errno errno)
    {
        Span<byte> guarded = GuardedBuffer.Rent(bytes.Length);
        bytes.CopyTo(guarded);
        fixed (byte* pointer = guarded)
        {
            var one = new kvm_one_reg { id = set.Id ?? 0, addr = (ulong)pointer };
            bool done = TryIoctl(request, set.Id is null ? pointer : &one, out _, out errno);
            guarded.CopyTo(bytes);
            return done;
        }
    }
}
