using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Numerics;
using System.Text.Json;

namespace KvmPS.Binding;

/// <summary>One record of data, whatever it came as: a dictionary, an object of properties, or a JSON object. Nothing in it is run.</summary>
internal sealed class SnapshotData
{
    private readonly string path;
    private readonly Func<string, object?> find;
    private readonly Func<IEnumerable<string>> names;

    /// <exception cref="FormatException">It is no record.</exception>
    private SnapshotData(object? source, string path)
    {
        this.path = path;
        switch (source is PSObject { BaseObject: not PSCustomObject and var inner } ? inner : source)
        {
            case IDictionary dictionary:
                find = name => dictionary.Contains(name) ? dictionary[name] : null;
                names = () => dictionary.Keys.Cast<object>().Select(key => $"{key}");
                break;
            case JsonElement { ValueKind: JsonValueKind.Object } json:
                find = name => json.TryGetProperty(name, out JsonElement value) ? value : null;
                names = () => json.EnumerateObject().Select(property => property.Name);
                break;
            case PSObject { BaseObject: PSCustomObject } bag:
                PSMemberInfoCollection<PSPropertyInfo> properties = bag.Properties;
                find = name => properties[name] is { } property && IsData(property) ? property.Value : null;
                names = () => properties.Where(IsData).Select(property => property.Name);
                break;
            case string text:
                throw Malformed($"is the text '{text}', where a record is needed: with more depth (ConvertTo-Json -Depth 3, Export-CliXml -Depth 3) it would be one");
            case var other:
                throw Malformed($"is {Describe(other)}, where a record is needed");
        }
    }

    /// <summary>What it has, by name.</summary>
    public IEnumerable<string> Names => names();

    /// <exception cref="FormatException">It is no record.</exception>
    public static SnapshotData From(object? source, string path) => new(source, path);

    public bool Has(string name) => !IsNull(find(name));

    /// <exception cref="FormatException">It is missing or no text.</exception>
    public string Text(string name) => OptionalText(name) ?? throw Missing(name);

    public string? OptionalText(string name) => Find(name) switch
    {
        null => null,
        string text => text,
        JsonElement { ValueKind: JsonValueKind.String } json => json.GetString(),
        var other => throw Malformed($".{name} is {Describe(other)}, where a text is needed"),
    };

    /// <exception cref="FormatException">It is missing, no number, or too large.</exception>
    public T Number<T>(string name)
        where T : struct, INumber<T> => OptionalNumber<T>(name) ?? throw Missing(name);

    public T? OptionalNumber<T>(string name)
        where T : struct, INumber<T>
    {
        if (Find(name) is not { } value)
            return null;
        try
        {
            return T.CreateChecked(ToNumber(value) ?? throw Malformed($".{name} is {Describe(value)}, where a number is needed"));
        }
        catch (OverflowException)
        {
            throw Malformed($".{name} is {value}, which is not within {typeof(T).Name}");
        }
    }

    public bool Flag(string name) => Find(name) switch
    {
        bool flag => flag,
        JsonElement { ValueKind: JsonValueKind.True } => true,
        JsonElement { ValueKind: JsonValueKind.False } => false,
        null => throw Missing(name),
        var other => throw Malformed($".{name} is {Describe(other)}, where true or false is needed"),
    };

    public DateTime? Time(string name) => Find(name) switch
    {
        null => null,
        DateTime time => time,
        JsonElement { ValueKind: JsonValueKind.String } json when json.TryGetDateTime(out DateTime time) => time,
        string text when DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out DateTime time) => time,
        var other => throw Malformed($".{name} is {Describe(other)}, where a time is needed"),
    };

    /// <summary>A list of records; one alone is a list as well. Null where there is none.</summary>
    public T[]? List<T>(string name, Func<SnapshotData, T> read)
    {
        object? value = Find(name);
        IEnumerable<object?> items = value switch
        {
            null => [],
            JsonElement { ValueKind: JsonValueKind.Array } json => json.EnumerateArray().Cast<object?>(),
            IDictionary or string or JsonElement => [value],
            IEnumerable list => list.Cast<object?>(),
            _ => [value],
        };
        return value is null ? null : [.. items.Select((item, i) => read(From(item, $"{name}[{i}]")))];
    }

    private object? Find(string name) =>
        find(name) is var value && IsNull(value) ? null
        : value is PSObject { BaseObject: not PSCustomObject and var inner } ? inner
        : value;

    // What an object of another process has is a plain property; what else an object can have might be code.
    private static bool IsData(PSPropertyInfo property) => property is PSNoteProperty or PSProperty;

    private static bool IsNull(object? value) => value is null or JsonElement { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined };

    private static BigInteger? ToNumber(object value) => value switch
    {
        int number => number,
        uint number => number,
        long number => number,
        ulong number => number,
        BigInteger number => number,
        JsonElement { ValueKind: JsonValueKind.Number } json => ToNumber(json.GetRawText()),
        JsonElement { ValueKind: JsonValueKind.String } json => ToNumber(json.GetString()!),
        // 0 in front keeps the sign away.
        string text when text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) =>
            BigInteger.TryParse("0" + text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out BigInteger number) ? number : null,
        string text => BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger number) ? number : null,
        byte or sbyte or short or ushort => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        double number when double.IsInteger(number) => (BigInteger)number,
        decimal number when decimal.IsInteger(number) => (BigInteger)number,
        _ => null,
    };

    private FormatException Missing(string name) => Malformed($"has no {name}");

    // A problem of a member begins with its dot.
    private FormatException Malformed(string problem) => new(
        problem[0] != '.' ? $"{(path.Length > 0 ? path : "it")} {problem}" : path.Length > 0 ? path + problem : problem[1..]);

    private static string Describe(object? value) => value switch
    {
        null or JsonElement { ValueKind: JsonValueKind.Null } => "nothing",
        string or JsonElement { ValueKind: JsonValueKind.String } => $"'{value}'",
        JsonElement json => json.ValueKind.ToString(),
        PSObject { BaseObject: not PSCustomObject } wrapped => Describe(wrapped.BaseObject),
        _ => $"'{value}' ({value.GetType().Name})",
    };
}
