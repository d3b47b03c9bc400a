namespace KvmPS.Binding;

/// <summary>Whether a size that was given agrees with what is known.</summary>
internal static class AttrSizes
{
    /// <summary>Whether the attribute's payload can be so long.</summary>
    public static bool Fits(SelectedAttr selected, int size) => selected.Size is { } known
        ? size == known
        : selected.Known is not { } row || row.Payload.ForSize(size) is not null;

    /// <summary>What is wrong with the size, for a person.</summary>
    public static string Contradiction(SelectedAttr selected, int size) =>
        $"{selected} has {selected.Size?.ToString() ?? string.Join(" or ", selected.Known!.Payload.Sizes)} bytes, not {size}"
        + (selected.Size is null ? "." : ": leave -Size out.");
}
