using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;

namespace KvmPS.Native.Abi;

/// <summary>Every attribute that is known: the rows of device-attrs.tsv.</summary>
public static class DeviceAttrCatalog
{
    private static readonly Lazy<DeviceAttr[]> Rows = new(Load);

    private static readonly Arch Here =
        RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? Arch.Arm64 : Arch.X86;

    private static readonly Dictionary<(RequestScope Scope, uint? Type), DeviceAttr[]> ByKind = [];

    /// <summary>Every row, of all architectures.</summary>
    public static IReadOnlyList<DeviceAttr> All => Rows.Value;

    /// <summary>The attributes that one kind of object can have on the architecture that this process runs on.</summary>
    /// <param name="scope">The kind of object.</param>
    /// <param name="deviceType">The device type's number, where it is a device.</param>
    public static IReadOnlyList<DeviceAttr> For(RequestScope scope, uint? deviceType)
    {
        lock (ByKind)
        {
            if (!ByKind.TryGetValue((scope, deviceType), out DeviceAttr[]? rows))
            {
                ByKind[(scope, deviceType)] = rows = Array.FindAll(Rows.Value, row =>
                    row.Scope == scope && row.DeviceType == deviceType
                    && row.Architectures.HasFlag(Here));
            }
            return rows;
        }
    }

    private static DeviceAttr[] Load()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("device-attrs.tsv")!;
        using var reader = new StreamReader(stream);
        var rows = new List<DeviceAttr>();
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && line[0] != '#')
                rows.Add(Parse(line.Split('\t')));
        }
        return [.. rows];
    }

    private static DeviceAttr Parse(string[] cells) => new(
        Enum.Parse<RequestScope>(cells[0]),
        cells[1] == "-" ? null : DeviceTypes.Find(cells[1])!.Number,
        Enum.Parse<Arch>(cells[2]),
        uint.Parse(cells[4], CultureInfo.InvariantCulture),
        cells[3].Split('|'),
        ulong.Parse(cells[6], CultureInfo.InvariantCulture),
        cells[5].Split('|'),
        Enum.Parse<DeviceAttrPayload>(cells[7]),
        int.Parse(cells[8], CultureInfo.InvariantCulture),
        cells[9] == "-" ? DeviceAttrAccess.None : Enum.Parse<DeviceAttrAccess>(cells[9]),
        cells[10]);
}
