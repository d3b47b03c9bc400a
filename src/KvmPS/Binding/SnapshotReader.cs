using System.Management.Automation;
using System.Text.Json;
using KvmPS.Native;

namespace KvmPS.Binding;

/// <summary>Snapshots out of what they became on their way: JSON, CliXml, remoting.</summary>
internal static class SnapshotReader
{
    private static readonly HashSet<string> Known = new(typeof(KvmHostSnapshot).GetProperties().Select(property => property.Name), StringComparer.OrdinalIgnoreCase);

    /// <summary>The snapshots that an argument stands for: one, or those in a JSON text.</summary>
    /// <exception cref="FormatException">It is no snapshot.</exception>
    public static IEnumerable<KvmHostSnapshot> Read(PSObject argument) => argument.BaseObject switch
    {
        KvmHostSnapshot snapshot => [snapshot],
        string text => ReadJson(text),
        object[] lines when lines.Length > 0 && Array.TrueForAll(lines, line => IsText(line)) => ReadJson(string.Join('\n', lines)),
        JsonElement json => ReadElement(json),
        JsonDocument json => ReadElement(json.RootElement),
        _ => [From(SnapshotData.From(argument, ""))],
    };

    private static bool IsText(object? value) => value is string or PSObject { BaseObject: string };

    private static KvmHostSnapshot[] ReadJson(string text)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(text);
            return ReadElement(json.RootElement);
        }
        catch (JsonException exception)
        {
            throw new FormatException($"the text is no JSON ({exception.Message})", exception);
        }
    }

    private static KvmHostSnapshot[] ReadElement(JsonElement json) =>
        json.ValueKind == JsonValueKind.Array
            ? [.. json.EnumerateArray().Select((element, i) => From(SnapshotData.From(element, $"[{i}]")))]
            : [From(SnapshotData.From(json, ""))];

    private static KvmHostSnapshot From(SnapshotData data)
    {
        if (!data.Has(nameof(KvmHostSnapshot.Version)) || !data.Has(nameof(KvmHostSnapshot.Architecture)))
            throw new FormatException("it has no Version and Architecture");
        var gaps = new List<KvmSnapshotGap>();
        int version = data.Number<int>(nameof(KvmHostSnapshot.Version));
        var snapshot = new KvmHostSnapshot
        {
            Version = version,
            Architecture = data.Text(nameof(KvmHostSnapshot.Architecture)),
            HostName = Try(nameof(KvmHostSnapshot.HostName), name => data.Text(name)) ?? "?",
            Taken = Try(nameof(KvmHostSnapshot.Taken), data.Time),
            Processor = Try(nameof(KvmHostSnapshot.Processor), data.OptionalText),
            KernelVersion = Try(nameof(KvmHostSnapshot.KernelVersion), data.OptionalText),
            Backend = Try(nameof(KvmHostSnapshot.Backend), data.OptionalText),
            ApiVersion = Try(nameof(KvmHostSnapshot.ApiVersion), data.OptionalNumber<int>),
            VcpuMapSize = Try(nameof(KvmHostSnapshot.VcpuMapSize), data.OptionalNumber<int>),
            TscKhz = Try(nameof(KvmHostSnapshot.TscKhz), data.OptionalNumber<int>),
            ClockFlags = Try(nameof(KvmHostSnapshot.ClockFlags), data.OptionalText),
            LastCapability = Try(nameof(KvmHostSnapshot.LastCapability), data.OptionalNumber<uint>),
            Capabilities = List(nameof(KvmHostSnapshot.Capabilities), row => new KvmSnapshotCapability(
                row.Text("Name"), row.Number<uint>("Number"), row.Number<int>("Value"), row.Number<int>("VmValue"))),
            DeviceTypes = List(nameof(KvmHostSnapshot.DeviceTypes), row => new KvmSnapshotDeviceType(
                row.Text("Name"), row.Number<uint>("Number"), row.Flag("Supported"))),
            DeviceAttrs = List(nameof(KvmHostSnapshot.DeviceAttrs), row => new KvmSnapshotAttr(
                row.Text("Owner"), row.Text("Name"), row.Number<uint>("Group"), row.Number<ulong>("Attr"), row.Flag("Supported"),
                row.OptionalNumber<ulong>("Value"))),
            Cpuid = List(nameof(KvmHostSnapshot.Cpuid), Cpuid),
            EmulatedCpuid = List(nameof(KvmHostSnapshot.EmulatedCpuid), Cpuid),
            HyperVCpuid = List(nameof(KvmHostSnapshot.HyperVCpuid), Cpuid),
            Msrs = List(nameof(KvmHostSnapshot.Msrs), Msr),
            FeatureMsrs = List(nameof(KvmHostSnapshot.FeatureMsrs), Msr),
            Registers = List(nameof(KvmHostSnapshot.Registers), row => new KvmSnapshotRegister(
                row.Text("Name"), row.Number<ulong>("Id"), row.OptionalNumber<ulong>("Value"), row.OptionalNumber<ulong>("Writable"))),
        };
        IEnumerable<KvmSnapshotGap> told = List(nameof(KvmHostSnapshot.Gaps), row => new KvmSnapshotGap(row.Text("Name"), row.Text("Reason"))) ?? [];
        if (version > KvmHostSnapshot.CurrentVersion)
            gaps.AddRange(data.Names.Where(IsNew).Select(name => new KvmSnapshotGap(name, "a newer module wrote it, and this one does not know it")));
        return snapshot with { Gaps = [.. told, .. gaps] };

        T? Try<T>(string name, Func<string, T?> read)
        {
            try
            {
                return read(name);
            }
            catch (FormatException exception)
            {
                gaps.Add(new KvmSnapshotGap(name, exception.Message));
                return default;
            }
        }

        T[]? List<T>(string name, Func<SnapshotData, T> read) => Try(name, _ => data.List(name, read));
    }

    private static KvmCpuidEntry Cpuid(SnapshotData row) => new(
        row.Number<uint>("Function"), row.Number<uint>("Index"), row.Number<uint>("Flags"),
        row.Number<uint>("Eax"), row.Number<uint>("Ebx"), row.Number<uint>("Ecx"), row.Number<uint>("Edx"));

    private static KvmSnapshotMsr Msr(SnapshotData row) => new(row.Text("Name"), row.Number<uint>("Index"), row.OptionalNumber<ulong>("Value"));

    // Remoting adds properties of its own: PSComputerName, RunspaceId, PSShowComputerName.
    private static bool IsNew(string name) => !Known.Contains(name) && !name.StartsWith("PS", StringComparison.Ordinal) && name != "RunspaceId";
}
