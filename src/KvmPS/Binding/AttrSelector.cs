using System.Management.Automation;
using KvmPS.Errors;
using KvmPS.Native;
using KvmPS.Native.Abi;

namespace KvmPS.Binding;

/// <summary>What -Group and -Attr mean: names in full or by their ends, numbers, or the fields of a bit-field attribute.</summary>
internal sealed class AttrSelector(Action<ErrorRecord> report)
{
    private (KvmObject? Target, object? Group, object? Attr) last;
    private SelectedAttr? lastSelected;

    /// <summary>The one attribute that is meant; null, and an error was written, where there is none or are several.</summary>
    public SelectedAttr? SelectOne(KvmObject target, object? group, object? attr)
    {
        if (ReferenceEquals(target, last.Target) && ReferenceEquals(group, last.Group) && ReferenceEquals(attr, last.Attr))
            return lastSelected;
        SelectedAttr[] found = [.. SelectAll(target.GetKnownAttrs(), target, group, attr)];
        if (found.Length > 1)
            report(LookupErrors.DeviceAttrAmbiguous(target, found.Select(selected => $"{selected.Known}")));
        else if (found is [{ Attr: null } file])
            report(LookupErrors.DeviceAttrFieldsNeeded(target, file.Known!));
        else if (found is [SelectedAttr one])
        {
            last = (target, group, attr);
            return lastSelected = one;
        }
        return null;
    }

    /// <summary>All attributes that are meant; where there is none, an error was written.</summary>
    /// <param name="rows">What is known.</param>
    /// <param name="owner">Whose attributes these are.</param>
    /// <param name="group">What -Group was given.</param>
    /// <param name="attr">What -Attr was given.</param>
    public IReadOnlyList<SelectedAttr> SelectAll(IReadOnlyList<DeviceAttr> rows, object owner, object? group, object? attr)
    {
        bool byNumber = Numbers.TryRead(group, out ulong number) && number <= uint.MaxValue;
        DeviceAttr[] inGroup = group is null ? [.. rows]
            : byNumber ? [.. rows.Where(row => row.Group == number)]
            : Named(rows, $"{group}", row => row.GroupNames);
        uint? groupNumber = byNumber ? (uint)number : inGroup.Length > 0 && group is not null ? inGroup[0].Group : null;

        if (attr is null)
        {
            if (inGroup.Length > 0 || group is null)
                return [.. inGroup.Select(row => new SelectedAttr(row.Group ?? 0, row.Attr, row))];
        }
        else if (Numbers.TryRead(attr, out ulong attrNumber))
        {
            SelectedAttr[] found = ByNumber(inGroup, groupNumber, attrNumber);
            if (found.Length > 0)
                return found;
        }
        else if (NamedValues.TryRead(attr, out IReadOnlyList<(string Name, object? Value)> fields))
            return ByFields(inGroup, owner, fields);
        else if (Named(inGroup, $"{attr}", row => row.AttrNames) is { Length: > 0 } named)
            return [.. named.Select(row => new SelectedAttr(row.Group ?? 0, row.Attr, row))];

        report(LookupErrors.DeviceAttrUnknown(
            owner, Describe(group, attr), (inGroup.Length > 0 ? inGroup : rows).Select(row => row.ToString())));
        return [];
    }

    // A number that is known by itself comes before a register file that it lies in.
    private static SelectedAttr[] ByNumber(DeviceAttr[] inGroup, uint? group, ulong attr)
    {
        DeviceAttr[] known = [.. inGroup.Where(row => row.Attr == attr)];
        if (known.Length == 0 && group is { } number)
            known = [.. inGroup.Where(row => row.Covers(number, attr))];
        return known.Length > 0 ? [.. known.Select(row => new SelectedAttr(row.Group ?? 0, attr, row))]
            : group is { } only ? [new SelectedAttr(only, attr, null)]
            : [];
    }

    private SelectedAttr[] ByFields(DeviceAttr[] inGroup, object owner, IReadOnlyList<(string Name, object? Value)> values)
    {
        DeviceAttr[] files = [.. inGroup.Where(row => row.Fields.Count > 0)];
        string problem = files.Length == 0
            ? "Attributes of this group are numbers, not made of fields."
            : $"These groups have fields, name one: {string.Join(", ", files.Select(row => row.GroupName))}.";
        if (files is [DeviceAttr file] && AttrFields.TryEncode(file.Fields, values, out ulong attr, out problem))
            return [new SelectedAttr(file.Group ?? 0, attr, file)];
        report(LookupErrors.DeviceAttrFieldInvalid(owner, problem));
        return [];
    }

    private static string Describe(object? group, object? attr) => string.Join(" and ", new[]
    {
        group is null ? null : $"group '{group}'",
        attr is null ? null : $"attribute '{attr}'",
    }.Where(part => part is not null));

    private static DeviceAttr[] Named(
        IReadOnlyList<DeviceAttr> rows, string name, Func<DeviceAttr, IReadOnlyList<string>> names)
    {
        DeviceAttr[] exact = [.. rows.Where(row => names(row).Contains(name, StringComparer.OrdinalIgnoreCase))];
        return exact.Length > 0
            ? exact
            : [.. rows.Where(row => names(row).Any(full => full.EndsWith("_" + name, StringComparison.OrdinalIgnoreCase)))];
    }
}

/// <summary>One attribute of an object, with what is known of it.</summary>
/// <param name="Group">The group's number.</param>
/// <param name="Attr">The attribute's number; null where a whole register file is meant.</param>
/// <param name="Known">What is known of it.</param>
internal sealed record SelectedAttr(uint Group, ulong? Attr, DeviceAttr? Known)
{
    /// <summary>The payload's size in bytes, as far as that is known.</summary>
    public int? Size => Known?.SizeOf(Attr ?? 0);

    /// <inheritdoc/>
    public override string ToString() => (Known, Attr) switch
    {
        (null, _) => $"{Group}/{Attr}",
        ({ Fields.Count: > 0 }, { } attr) => $"{Known.GroupName}/{string.Join(' ', Known.Fields.Select(field => $"{field.Name}=0x{field.Decode(attr):X}"))}",
        _ => Known.ToString(),
    };
}
