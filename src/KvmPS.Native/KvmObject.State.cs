using KvmPS.Native.Abi;

namespace KvmPS.Native;

public abstract partial class KvmObject
{
    /// <summary>What has to be read to save this object's state, in the order in which the kernel wants it set again.</summary>
    /// <returns>
    /// The attributes that the catalogue counts as state, register files taken apart. Which of them this kernel has is
    /// for <see cref="HasDeviceAttr"/> to say.
    /// </returns>
    /// <seealso href="https://docs.kernel.org/virt/kvm/devices/arm-vgic-v3.html">Order of VGICv3's registers</seealso>
    /// <seealso href="https://docs.kernel.org/virt/kvm/devices/arm-vgic-its.html">ITS Restore Sequence</seealso>
    public IEnumerable<KvmStateAttr> GetStateAttrs() => GetKnownAttrs()
        .SelectMany(row => row.State, (row, state) => (Row: row, State: state))
        .OrderBy(pair => pair.State.Order)
        .SelectMany(pair => Numbers(pair.Row, pair.State).Select(attr => new KvmStateAttr(pair.Row, attr, pair.State.Order)));

    private IEnumerable<ulong> Numbers(DeviceAttr row, AttrState state)
    {
        IEnumerable<ulong> numbers = [row.Attr ?? 0];
        foreach (AttrStateField part in state.Fields)
        {
            BitField field = row.Fields.First(candidate => candidate.Name == part.Name);
            ulong[] bits = [.. Values(part).Select(value => field.TryEncode(value, out ulong encoded)
                ? encoded
                : throw new InvalidOperationException($"{value} does not fit into {field}."))];
            numbers = numbers.SelectMany(_ => bits, (number, more) => number | more);
        }
        return numbers;
    }

    private IEnumerable<ulong> Values(AttrStateField part)
    {
        IReadOnlyList<KvmVcpu> vcpus = (this as KvmDevice)?.Vm.Vcpus ?? [];
        return part.Vcpus switch
        {
            AttrStateVcpus.AllByMpidr => vcpus.Select(vcpu => Arm64Mpidr.Of(vcpu.Id)),
            AttrStateVcpus.FirstByMpidr => vcpus.Take(1).Select(vcpu => Arm64Mpidr.Of(vcpu.Id)),
            AttrStateVcpus.AllById => vcpus.Select(vcpu => (ulong)vcpu.Id),
            _ => part.Values,
        };
    }
}
