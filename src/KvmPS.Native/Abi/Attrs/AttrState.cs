using System.Globalization;

namespace KvmPS.Native.Abi;

/// <summary>When an attribute, or a part of a register file, is restored, and which values of its fields it is read with.</summary>
/// <param name="Order">Its place among the attributes of the object: lower ones are set first.</param>
/// <param name="Optional">
/// Whether the hardware decides which of these registers there are. KVM_HAS_DEVICE_ATTR admits all, KVM_GET_DEVICE_ATTR says
/// EINVAL of those that there are not.
/// </param>
/// <param name="Fields">The values of each field, in this order; empty for an attribute that is one.</param>
public sealed record AttrState(int Order, bool Optional, IReadOnlyList<AttrStateField> Fields)
{
    /// <summary>Reads states as the catalogue writes them: 30 Offset=0x8;40 Mpidr=vcpus Offset=0x70-0x7c/4,0x0;50? Offset=0x4.</summary>
    /// <exception cref="FormatException">The text is no list of states.</exception>
    public static IReadOnlyList<AttrState> ParseList(string text) => [.. text.Split(';').Select(Parse)];

    private static AttrState Parse(string text)
    {
        string[] parts = text.Split(' ');
        bool optional = parts[0].EndsWith('?');
        int order = int.Parse(optional ? parts[0][..^1] : parts[0], CultureInfo.InvariantCulture);
        return new AttrState(order, optional, [.. parts[1..].Select(AttrStateField.Parse)]);
    }
}

/// <summary>The values that one field takes on.</summary>
/// <param name="Name">The field.</param>
/// <param name="Vcpus">Which vCPUs of the VM name the values; null where they are listed.</param>
/// <param name="Values">The values, where they are listed.</param>
public sealed record AttrStateField(string Name, AttrStateVcpus? Vcpus, IReadOnlyList<ulong> Values)
{
    internal static AttrStateField Parse(string text)
    {
        string[] parts = text.Split('=');
        return parts[1] switch
        {
            "vcpus" => new AttrStateField(parts[0], AttrStateVcpus.AllByMpidr, []),
            "vcpu" => new AttrStateField(parts[0], AttrStateVcpus.FirstByMpidr, []),
            "ids" => new AttrStateField(parts[0], AttrStateVcpus.AllById, []),
            _ => new AttrStateField(parts[0], null, [.. parts[1].Split(',').SelectMany(Range)]),
        };
    }

    private static IEnumerable<ulong> Range(string text)
    {
        string[] parts = text.Split('-', '/');
        ulong first = Number(parts[0]);
        if (parts.Length == 1)
            return [first];
        ulong step = Number(parts[2]);
        return Enumerable.Range(0, (int)((Number(parts[1]) - first) / step) + 1).Select(index => first + (ulong)index * step);
    }

    private static ulong Number(string text) => text.StartsWith("0x", StringComparison.Ordinal)
        ? ulong.Parse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
        : ulong.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>Which vCPUs a field runs through, and by what they are named.</summary>
public enum AttrStateVcpus
{
    /// <summary>All, by the MPIDR that KVM gives them.</summary>
    AllByMpidr,

    /// <summary>The first, by its MPIDR.</summary>
    FirstByMpidr,

    /// <summary>All, by their ids.</summary>
    AllById,
}
