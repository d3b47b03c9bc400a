using System.Globalization;

namespace KvmPS.Native.Abi;

/// <summary>The registers in the extended state (XSAVE area) of an x86 vCPU.</summary>
/// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.42 KVM_GET_XSAVE</seealso>
public static class ExtendedState
{
    /// <summary>The leaf of CPUID whose subleaves tell size (EAX) and offset (EBX) of each component.</summary>
    public const uint CpuidLeaf = 0xD;

    // Intel SDM volume 1, 13.4: the legacy region has 512 bytes, XSTATE_BV follows.
    internal const int XstateBv = 512;
    internal const int LegacyComponents = 2;

    private static IReadOnlyList<Row> Rows => field ??= [.. RegisterCatalog.ReadRows("registers-xsave.tsv", 5).Select(Row.Parse)];

    /// <summary>The names of all that there can be.</summary>
    public static IReadOnlyList<Register> All { get; } = Layout(ulong.MaxValue, _ => 0);

    /// <summary>The registers of the components that there are.</summary>
    /// <param name="components">A bit for each of them, as in XCR0.</param>
    /// <param name="offset">Where a component begins, of those beyond the legacy region.</param>
    public static IReadOnlyList<Register> Layout(ulong components, Func<int, int> offset)
    {
        ArgumentNullException.ThrowIfNull(offset);
        return [.. Rows.Where(row => row.Parts.All(part => part.IsIn(components))).SelectMany(row => row.Registers(offset))];
    }

    private sealed record Part(int Component, int Offset, int Size)
    {
        // Component 63 stands for none: XSTATE_BV itself.
        public const int None = 63;

        public static Part Parse(string text)
        {
            int[] numbers = [.. text.Split('@', ':').Select(number => number == "-" ? None : int.Parse(number, CultureInfo.InvariantCulture))];
            return new Part(numbers[0], numbers[1], numbers[2]);
        }

        public bool IsIn(ulong components) => Component == None || (components >> Component & 1) != 0;

        public RegisterPart At(int index, Func<int, int> offset) => new(
            (Component is < LegacyComponents or None ? 0 : offset(Component)) + Offset + index * Size,
            Size,
            Component == None ? null : Component);
    }

    private sealed record Row(string Name, int? First, int Count, AttrPayload Type, Part[] Parts)
    {
        public static Row Parse(string[] columns)
        {
            int? first = columns[1] == "-" ? null : int.Parse(columns[1], CultureInfo.InvariantCulture);
            int count = first is { } number ? int.Parse(columns[2], CultureInfo.InvariantCulture) - number + 1 : 1;
            return new Row(columns[0], first, count, AttrPayload.Parse(columns[3]), [.. columns[4].Split(' ').Select(Part.Parse)]);
        }

        public IEnumerable<Register> Registers(Func<int, int> offset) => Enumerable.Range(0, Count).Select(index => new Register(
            First is { } first ? $"{Name}{first + index}" : Name, Type, [.. Parts.Select(part => part.At(index, offset))]));
    }
}
