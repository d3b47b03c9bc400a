using KvmPS.Native.Abi;
using Mono.Unix.Native;

namespace KvmPS.Native;

public abstract partial class KvmObject
{
    /// <summary>What has to be read to save this object's state, in the order in which the kernel wants it set again.</summary>
    /// <returns>
    /// The attributes that the catalogue counts as state, register files taken apart. Which of them this object has is
    /// for <see cref="TryGetState"/> to say.
    /// </returns>
    /// <seealso href="https://docs.kernel.org/virt/kvm/devices/arm-vgic-v3.html">Order of VGICv3's registers</seealso>
    /// <seealso href="https://docs.kernel.org/virt/kvm/devices/arm-vgic-its.html">ITS Restore Sequence</seealso>
    public IEnumerable<KvmStateAttr> GetStateAttrs()
    {
        foreach ((DeviceAttr row, AttrState state) in GetKnownAttrs()
            .SelectMany(row => row.State, (row, state) => (row, state))
            .OrderBy(pair => pair.state.Order))
        {
            foreach (ulong attr in Numbers(row, state))
                yield return new KvmStateAttr(row, attr, state);
        }
    }

    /// <summary>Reads one attribute of this object's state.</summary>
    /// <param name="part">One of <see cref="GetStateAttrs"/>.</param>
    /// <param name="payload">Its payload; null where the attribute is a command.</param>
    /// <returns>False where this object does not have it.</returns>
    /// <exception cref="KvmException">It is there and cannot be read: EBUSY, while a vCPU runs.</exception>
    public bool TryGetState(KvmStateAttr part, out byte[]? payload)
    {
        ArgumentNullException.ThrowIfNull(part);
        payload = null;
        uint group = part.Known.Group ?? 0;
        if (part.Known.CanTest && !HasDeviceAttr(group, part.Attr))
            return false;
        if (!part.Known.Access.HasFlag(DeviceAttrAccess.Get) || part.Known.SizeOf(part.Attr) is not int size)
            return true;
        byte[] read = new byte[size];
        if (!TryGetDeviceAttr(group, part.Attr, read, part.State.Optional ? Errno.EINVAL : 0))
            return false;
        payload = read;
        return true;
    }

    // Every combination of the fields' values. A VGIC has thousands, so this is no place for iterators over iterators.
    private ulong[] Numbers(DeviceAttr row, AttrState state)
    {
        ulong[] numbers = [row.Attr ?? 0];
        foreach (AttrStateField part in state.Fields)
        {
            BitField field = row.Fields.First(candidate => candidate.Name == part.Name);
            ulong[] bits = [.. Values(part).Select(value => field.TryEncode(value, out ulong encoded)
                ? encoded
                : throw new InvalidOperationException($"{value} does not fit into {field}."))];
            ulong[] combined = new ulong[numbers.Length * bits.Length];
            for (int i = 0; i < combined.Length; i++)
                combined[i] = numbers[i / bits.Length] | bits[i % bits.Length];
            numbers = combined;
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
