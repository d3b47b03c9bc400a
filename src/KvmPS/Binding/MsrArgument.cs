using System.Management.Automation;
using KvmPS.Native.Abi;

namespace KvmPS.Binding;

/// <summary>Names an MSR: its name, with wildcards, or its number.</summary>
public sealed class MsrArgument
{
    private readonly uint? index;
    private readonly string text;

    /// <summary>Takes what a person gave.</summary>
    /// <param name="argument">A name such as MSR_IA32_TSC or IA32_TSC, with wildcards, or a number.</param>
    public MsrArgument(object argument)
    {
        object given = argument is PSObject wrapped ? wrapped.BaseObject : argument;
        text = $"{given}";
        if (Numbers.TryRead(given, out ulong number) && number <= uint.MaxValue)
            index = (uint)number;
    }

    /// <inheritdoc/>
    public override string ToString() => text;

    /// <summary>The MSRs that are meant: one of a number or name, several of a pattern, none of an unknown name.</summary>
    internal IEnumerable<uint> Resolve(IEnumerable<uint> candidates)
    {
        if (index is { } number)
            return [number];
        if (!WildcardPattern.ContainsWildcardCharacters(text))
            return MsrCatalog.Find(text) is { } found ? [found] : [];
        var pattern = new WildcardPattern(text, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);
        return candidates.Where(candidate => MsrCatalog.NameOf(candidate) is var name
            && (pattern.IsMatch(name) || (name.StartsWith("MSR_", StringComparison.Ordinal) && pattern.IsMatch(name[4..]))));
    }

    internal bool IsPattern => index is null && WildcardPattern.ContainsWildcardCharacters(text);
}
