using System.Runtime.InteropServices;

namespace KvmPS.Native.Abi;

/// <summary>The register sets of a vCPU of this architecture whose layout is always the same.</summary>
public static class RegisterCatalog
{
    private const int Columns = 5;

    /// <summary>All of them, in the order in which they are written.</summary>
    public static IReadOnlyList<RegisterSet> All => field ??= RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => Load("registers-x86.tsv"),
        Architecture.Arm64 => Load("registers-arm64.tsv"),
        _ => [],
    };

    /// <summary>The names that registers of this architecture have, whether or not a vCPU has them, with set and type.</summary>
    public static IEnumerable<(string Set, Register Register)> Names => All
        .SelectMany(set => set.Registers, (set, register) => (set.Name, register))
        .Concat(RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => ExtendedState.All.Select(register => ("Fpu", register)),
            Architecture.Arm64 => OneRegister.Known.Select(set => (set.Name, set.Registers[0])),
            _ => [],
        });

    /// <summary>The register of a name, in any case; null where there is none.</summary>
    public static (RegisterSet Set, Register Register)? Find(string name) => Find(All, name);

    internal static (RegisterSet Set, Register Register)? Find(IEnumerable<RegisterSet> sets, string name)
    {
        foreach (RegisterSet set in sets)
        {
            if (set.Registers.FirstOrDefault(register => string.Equals(register.Name, name, StringComparison.OrdinalIgnoreCase)) is { } found)
                return (set, found);
        }
        return null;
    }

    internal static IEnumerable<string[]> ReadRows(string file, int columns)
    {
        using Stream stream = typeof(RegisterCatalog).Assembly.GetManifestResourceStream(file)!;
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n')
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split('\t', columns))];
    }

    private static RegisterSet[] Load(string file) => [.. ReadRows(file, Columns).Select(columns =>
    {
        AttrPayload layout = AttrPayload.Parse(columns[4]);
        return new RegisterSet(columns[0], Requests.Find(columns[1])!, Requests.Find(columns[2])!, layout.Size!.Value, Registers(layout))
        {
            Needs = columns[3] == "-" ? null : Enum.Parse<Capability>(columns[3]),
        };
    })];

    private static Register[] Registers(AttrPayload layout) => [.. layout.Members
        .Where(member => !member.Name.StartsWith("padding", StringComparison.Ordinal))
        .Select(member => new Register(member.Name, member.Type, [new RegisterPart(member.Offset, member.Type.Size!.Value)]))];
}
