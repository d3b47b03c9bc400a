using System.Globalization;
using System.Management.Automation;

namespace KvmPS.TestRunner;

/// <summary>Values in messages and in test data.</summary>
internal static class Values
{
    private const int Limit = 10;

    public static object? Bare(object? value) => value is PSObject wrapped and not { BaseObject: PSCustomObject }
        ? wrapped.BaseObject
        : value;

    public static string Because(object? reason)
    {
        var text = Text(reason).Trim();
        return text.Length == 0 ? "" : $" because {text.Replace("because ", "", StringComparison.OrdinalIgnoreCase)},";
    }

    public static string Text(object? value) => value is null ? "" : LanguagePrimitives.ConvertTo<string>(value);

    public static string Format(object? value) => Bare(value) switch
    {
        null => "$null",
        bool truth => truth ? "$true" : "$false",
        "" => "<empty>",
        string text => $"'{text}'",
        DateTime time => time.ToString("o", CultureInfo.InvariantCulture),
        Type type => $"[{Text(type)}]",
        ScriptBlock block => $"{{{block}}}",
        var other when LanguagePrimitives.GetEnumerable(other) is { } many => FormatMany(many.Cast<object?>().ToList()),
        var other => Text(other),
    };

    private static string FormatMany(List<object?> values)
    {
        var rest = values.Count > Limit ? $", ...{values.Count - Limit} more" : "";
        return $"@({string.Join(", ", values.Take(Limit).Select(Format))}{rest})";
    }
}
