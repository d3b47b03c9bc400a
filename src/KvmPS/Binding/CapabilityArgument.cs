using System.Management.Automation;
using KvmPS.Native;

namespace KvmPS.Binding;

/// <summary>What -Name of a capability takes: its name, with or without KVM_CAP_, or its number.</summary>
public sealed class CapabilityArgument
{
    private const string Prefix = "KVM_CAP_";

    private readonly string text;

    /// <summary>Takes what a person gave.</summary>
    /// <param name="argument">A name, a number or a capability of Get-KvmCapability.</param>
    /// <exception cref="PSInvalidCastException">It is none of these.</exception>
    public CapabilityArgument(object argument)
    {
        object given = argument is PSObject wrapped ? wrapped.BaseObject : argument;
        text = given.ToString() ?? "";
        if (given is KvmCapability capability)
            Number = capability.Number;
        else if (Numbers.TryRead(given, out ulong number) && number <= uint.MaxValue)
            Number = (uint)number;
        else
            Number = Find(text) ?? throw new PSInvalidCastException(
                $"'{text}' is not a capability that is known; others are named by their number.");
    }

    /// <summary>The capability's number.</summary>
    internal uint Number { get; }

    /// <inheritdoc/>
    public override string ToString() => text;

    /// <summary>The name without its prefix.</summary>
    internal static string ShortName(string name) =>
        name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? name[Prefix.Length..] : name;

    /// <summary>A pattern for short names.</summary>
    internal static WildcardPattern Pattern(string name) => new(ShortName(name), WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);

    private static uint? Find(string name)
    {
        foreach ((string known, uint number) in KvmCapability.All)
        {
            if (ShortName(known).Equals(ShortName(name), StringComparison.OrdinalIgnoreCase))
                return number;
        }
        return null;
    }
}
