using System.Runtime.InteropServices;

namespace KvmPS.Native.Abi;

/// <summary>The register sets of a vCPU of this architecture.</summary>
public static class RegisterCatalog
{
    private const int Columns = 4;

    /// <summary>All of them, in the order in which they are written. Empty where registers are read one by one (KVM_GET_ONE_REG).</summary>
    public static IReadOnlyList<RegisterSet> All => field ??= Load();

    /// <summary>The register of a name, in any case; null where there is none.</summary>
    public static (RegisterSet Set, AttrPayloadMember Register)? Find(string name)
    {
        foreach (RegisterSet set in All)
        {
            if (set.Registers.FirstOrDefault(register => string.Equals(register.Name, name, StringComparison.OrdinalIgnoreCase)) is { } found)
                return (set, found);
        }
        return null;
    }

    private static RegisterSet[] Load()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
            return [];
        using Stream stream = typeof(RegisterCatalog).Assembly.GetManifestResourceStream("registers-x86.tsv")!;
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n')
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split('\t', Columns))
            .Select(columns => new RegisterSet(
                columns[0], Requests.Find(columns[1])!, Requests.Find(columns[2])!, AttrPayload.Parse(columns[3])))];
    }
}
