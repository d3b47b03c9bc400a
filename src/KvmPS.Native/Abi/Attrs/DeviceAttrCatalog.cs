using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;

namespace KvmPS.Native.Abi;

/// <summary>Every attribute that is known: the rows of device-attrs.tsv.</summary>
public static class DeviceAttrCatalog
{
    private const string Nothing = "-";

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
                    row.Scope == scope && row.DeviceType?.Number == deviceType && row.Group is not null
                    && row.Architecture.HasFlag(Here));
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
                rows.Add(Parse(line));
        }
        return [.. rows];
    }

    private static DeviceAttr Parse(string line)
    {
        string[] cells = line.Split('\t');
        string[] access = cells[10].Split(',');
        return new DeviceAttr
        {
            Scope = Enum.Parse<RequestScope>(cells[0]),
            DeviceType = cells[1] == Nothing ? null : DeviceTypes.Find(cells[1]) ?? throw new FormatException($"No device is a {cells[1]}."),
            Architecture = Enum.Parse<Arch>(cells[2]),
            GroupNames = Names(cells[3]),
            Group = cells[4] == Nothing ? null : (uint)Number(cells[4]),
            AttrNames = Names(cells[5]),
            Attr = cells[6] == Nothing ? null : Number(cells[6]),
            Fields = cells[7] == Nothing ? [] : BitField.ParseList(cells[7]),
            Payload = AttrPayload.Parse(cells[8]),
            SizeIsAttr = cells[9] == "attr",
            Access = (access.Contains("Get") ? DeviceAttrAccess.Get : 0) | (access.Contains("Set") ? DeviceAttrAccess.Set : 0),
            CanTest = access.Contains("Has"),
            Since = Version.Parse(cells[11]),
            State = cells[12] == Nothing ? [] : AttrState.ParseList(cells[12]),
            Summary = cells[13],
        };
    }

    private static string[] Names(string cell) => cell == Nothing ? [] : cell.Split('|');

    private static ulong Number(string cell) => cell.StartsWith("0x", StringComparison.Ordinal)
        ? ulong.Parse(cell.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
        : ulong.Parse(cell, CultureInfo.InvariantCulture);
}
