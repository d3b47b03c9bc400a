using System.Globalization;

namespace KvmPS.Native.Abi;

/// <summary>Tables of what the bits of values mean: columns that say which value, then bits, rule and name.</summary>
public static class ValueTable
{
    /// <summary>cpuid.tsv: leaf, subleaf and register; * stands for any.</summary>
    public static IReadOnlyDictionary<string, ValueField[]> Cpuid => field ??= Load("cpuid.tsv");

    /// <summary>hyperv-cpuid.tsv: leaf, subleaf and register of what guests are told of Hyper-V; * stands for any.</summary>
    public static IReadOnlyDictionary<string, ValueField[]> HyperVCpuid => field ??= Load("hyperv-cpuid.tsv");

    /// <summary>feature-msrs.tsv: the MSR.</summary>
    public static IReadOnlyDictionary<string, ValueField[]> FeatureMsrs => field ??= Load("feature-msrs.tsv");

    /// <summary>capability-values.tsv: the capability.</summary>
    public static IReadOnlyDictionary<string, ValueField[]> Capabilities => field ??= Load("capability-values.tsv");

    /// <summary>arm64-registers.tsv: the register.</summary>
    public static IReadOnlyDictionary<string, ValueField[]> Arm64Registers => field ??= Load("arm64-registers.tsv");

    private static Dictionary<string, ValueField[]> Load(string file)
    {
        using Stream stream = typeof(ValueTable).Assembly.GetManifestResourceStream(file)!;
        using var reader = new StreamReader(stream);
        var rows = new List<(string Key, ValueField Field)>();
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && line[0] != '#')
                rows.Add(Parse(line.Split('\t')));
        }
        return rows.GroupBy(row => row.Key, row => row.Field).ToDictionary(group => group.Key, group => group.ToArray());
    }

    private static (string Key, ValueField Field) Parse(string[] cells)
    {
        string[] bits = cells[^3].Split('-');
        int first = int.Parse(bits[0], CultureInfo.InvariantCulture);
        int last = bits.Length > 1 ? int.Parse(bits[1], CultureInfo.InvariantCulture) : first;
        return (string.Join(' ', cells[..^3]), new ValueField(first, last, Enum.Parse<ValueRule>(cells[^2]), cells[^1]));
    }
}
