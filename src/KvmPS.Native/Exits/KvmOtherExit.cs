using System.Collections;
using System.Collections.Specialized;

namespace KvmPS.Native;

/// <summary>An exit whose fields have the kernel's names.</summary>
public sealed class KvmOtherExit : KvmExit
{
    internal KvmOtherExit(in KvmExitFrame frame, ulong sequence, int size, params ReadOnlySpan<(string Name, object Value)> fields)
        : base(frame, sequence, size)
    {
        var table = new OrderedDictionary(fields.Length);
        foreach ((string name, object value) in fields)
            table.Add(name, value);
        Fields = table.AsReadOnly();
    }

    /// <summary>The fields, as kvm_run names them.</summary>
    public OrderedDictionary Fields { get; }

    /// <inheritdoc/>
    public override string Description => Fields.Count == 0
        ? $"0x{Convert.ToHexString(Raw)}"
        : string.Join(", ", Fields.Cast<DictionaryEntry>().Select(entry => $"{entry.Key} {Text(entry.Value)}"));

    private static string Text(object? value) => value is ulong[] several
        ? string.Join(" ", several.Select(item => $"0x{item:X}"))
        : value is Enum ? $"{value}" : $"0x{value:X}";

    /// <summary>What is changed in <see cref="KvmExit.Raw"/> is what the kernel finds: that is how a call gets its result.</summary>
    internal override void Answer(in KvmExitFrame frame) => Raw.CopyTo(frame.Describing(Raw.Length));
}
