using System.Collections;
using System.Management.Automation;

namespace KvmPS.TestRunner;

/// <summary>The part of Pester's configuration that this runner honours. What it does not honour is refused.</summary>
internal sealed class Configuration
{
    private readonly Dictionary<string, object?> values = new(StringComparer.OrdinalIgnoreCase);

    public Configuration(Hashtable sections)
    {
        foreach (DictionaryEntry section in sections)
        {
            foreach (DictionaryEntry value in LanguagePrimitives.ConvertTo<Hashtable>(section.Value))
                values.Add($"{section.Key}.{value.Key}", value.Value);
        }

        Path = Take<string[]>("Run.Path", ["."]);
        PassThru = Take("Run.PassThru", false);
        Tag = Take<string[]>("Filter.Tag", []);
        ExcludeTag = Take<string[]>("Filter.ExcludeTag", []);
        FullName = Take<string[]>("Filter.FullName", []);
        Verbosity = TakeOneOf("Output.Verbosity", "Normal", "None", "Normal", "Detailed");
        ResultEnabled = Take("TestResult.Enabled", false);
        ResultPath = Take("TestResult.OutputPath", "testResults.xml");
        TakeOneOf("TestResult.OutputFormat", "NUnitXml", "NUnitXml");
        if (values.Count > 0)
            throw new PSArgumentException($"This runner does not know the setting {string.Join(", ", values.Keys)}.");
    }

    public IReadOnlyList<string> Path { get; }

    public bool PassThru { get; }

    public IReadOnlyList<string> Tag { get; }

    public IReadOnlyList<string> ExcludeTag { get; }

    public IReadOnlyList<string> FullName { get; }

    public string Verbosity { get; }

    public bool ResultEnabled { get; }

    public string ResultPath { get; }

    private T Take<T>(string name, T otherwise) =>
        values.Remove(name, out var value) && value is not null ? LanguagePrimitives.ConvertTo<T>(value) : otherwise;

    private string TakeOneOf(string name, string otherwise, params string[] choices)
    {
        var value = Take<string>(name, otherwise);
        return Array.Find(choices, choice => choice.Equals(value, StringComparison.OrdinalIgnoreCase))
            ?? throw new PSArgumentException($"{name} must be {string.Join(" or ", choices)}, not '{value}'.");
    }
}
