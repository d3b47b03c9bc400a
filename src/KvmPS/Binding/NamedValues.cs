using System.Collections;
using System.Management.Automation;

namespace KvmPS.Binding;

/// <summary>Hashtables and custom objects as names with values.</summary>
internal static class NamedValues
{
    /// <summary>The names and values of a hashtable or a custom object; false where it is neither.</summary>
    public static bool TryRead(object? input, out IReadOnlyList<(string Name, object? Value)> values)
    {
        values = [];
        switch (input is PSObject wrapped ? wrapped.BaseObject : input)
        {
            case IDictionary table:
                values = [.. table.Cast<DictionaryEntry>().Select(entry => ($"{entry.Key}", entry.Value))];
                return true;
            case PSCustomObject:
                values = [.. ((PSObject)input!).Properties.Select(property => (property.Name, (object?)property.Value))];
                return true;
            default:
                return false;
        }
    }
}
