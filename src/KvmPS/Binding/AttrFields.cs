using System.Management.Automation;
using KvmPS.Native.Abi;

namespace KvmPS.Binding;

/// <summary>Words made of bit-fields, as objects with a property for each field, and back.</summary>
internal static class AttrFields
{
    /// <summary>The values of the fields of a word.</summary>
    public static PSObject Decode(IReadOnlyList<BitField> fields, ulong word)
    {
        var result = new PSObject();
        foreach (BitField field in fields)
            result.Properties.Add(new PSNoteProperty(field.Name, field.Decode(word)));
        return result;
    }

    /// <summary>The word that fields make; false, with the problem said, where they cannot.</summary>
    public static bool TryEncode(
        IReadOnlyList<BitField> fields, IReadOnlyList<(string Name, object? Value)> values, out ulong word, out string problem)
    {
        word = 0;
        problem = "";
        foreach ((string name, object? value) in values)
        {
            BitField? field = Find(fields, name);
            if (field is null)
                problem = $"There is no field '{name}': {string.Join(' ', fields)} are the fields.";
            else if (!Numbers.TryRead(value, out ulong number))
                problem = $"'{value}' is not a number: {field} takes one.";
            else if (!field.TryEncode(number, out ulong bits))
                problem = $"{value} does not fit into {field}.";
            else
                word |= bits;
            if (problem.Length > 0)
                return false;
        }
        // Some fields are parts of others: Op0 of Instr.
        foreach ((string name, object? value) in values)
        {
            if (Numbers.TryRead(value, out ulong number) && Find(fields, name)!.Decode(word) != number)
            {
                problem = $"{name} contradicts another field.";
                return false;
            }
        }
        // A field that is one more than its value is never left out.
        foreach (BitField field in fields)
        {
            if (field.Bias > 0 && !values.Any(value => string.Equals(value.Name, field.Name, StringComparison.OrdinalIgnoreCase)))
            {
                problem = $"The field {field} is needed.";
                return false;
            }
        }
        return true;
    }

    private static BitField? Find(IReadOnlyList<BitField> fields, string name) =>
        fields.FirstOrDefault(field => string.Equals(field.Name, name, StringComparison.OrdinalIgnoreCase));
}
