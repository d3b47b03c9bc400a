using System.Globalization;

namespace KvmPS.Native.Abi;

/// <summary>The names of MSRs.</summary>
public static class MsrCatalog
{
    /// <summary>Numbers and names, by number.</summary>
    public static IReadOnlyDictionary<uint, string> Names => field ??= Load();

    /// <summary>What an MSR is called; its number where it has no name here.</summary>
    public static string NameOf(uint index) => Names.TryGetValue(index, out string? name) ? name : $"0x{index:X}";

    /// <summary>The number of a name, in any case, with or without MSR_ in front; null where there is none.</summary>
    public static uint? Find(string name)
    {
        foreach ((uint index, string known) in Names)
        {
            if (string.Equals(known, name, StringComparison.OrdinalIgnoreCase)
                || string.Equals(known, "MSR_" + name, StringComparison.OrdinalIgnoreCase))
                return index;
        }
        return null;
    }

    private static SortedDictionary<uint, string> Load()
    {
        using Stream stream = typeof(MsrCatalog).Assembly.GetManifestResourceStream("msrs.tsv")!;
        using var reader = new StreamReader(stream);
        var names = new SortedDictionary<uint, string>();
        foreach (string line in reader.ReadToEnd().Split('\n'))
        {
            if (line.StartsWith("0x", StringComparison.Ordinal))
                names.Add(uint.Parse(line.AsSpan(2, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture), line[11..]);
        }
        return names;
    }
}
