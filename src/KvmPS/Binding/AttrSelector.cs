using System.Management.Automation;
using KvmPS.Errors;
using KvmPS.Native;
using KvmPS.Native.Abi;

namespace KvmPS.Binding;

/// <summary>What -Group and -Attr mean: names in full or by their ends, or numbers.</summary>
internal sealed class AttrSelector(object? group, object? attr)
{
    private KvmObject? lastTarget;
    private SelectedAttr? lastSelected;

    /// <summary>Whether everything is meant.</summary>
    public bool IsEmpty => group is null && attr is null;

    /// <summary>The one attribute that is meant; null, and an error was written, where there is none or are several.</summary>
    public SelectedAttr? SelectOne(KvmObject target, Action<ErrorRecord> report)
    {
        if (ReferenceEquals(target, lastTarget))
            return lastSelected;
        lastTarget = target;
        lastSelected = null;
        if (Numbers.TryRead(group, out ulong groupNumber) && Numbers.TryRead(attr, out ulong attrNumber))
        {
            lastSelected = new SelectedAttr((uint)groupNumber, attrNumber, Known(target, groupNumber, attrNumber));
            return lastSelected;
        }
        SelectedAttr[] found = [.. SelectAll(target, report)];
        if (found.Length > 1)
            report(LookupErrors.DeviceAttrAmbiguous(target, found.Select(selected => selected.Known!)));
        if (found is [SelectedAttr one])
            lastSelected = one;
        return lastSelected;
    }

    /// <summary>All attributes that are meant; where there is none, an error was written.</summary>
    public IReadOnlyList<SelectedAttr> SelectAll(KvmObject target, Action<ErrorRecord> report)
    {
        bool hasGroup = Numbers.TryRead(group, out ulong groupNumber);
        bool hasAttr = Numbers.TryRead(attr, out ulong attrNumber);
        if (hasGroup && hasAttr)
            return [new SelectedAttr((uint)groupNumber, attrNumber, Known(target, groupNumber, attrNumber))];
        DeviceAttr[] inGroup = group is null ? [.. target.GetKnownAttrs()]
            : hasGroup ? [.. target.GetKnownAttrs().Where(row => row.Group == groupNumber)]
            : Named(target.GetKnownAttrs(), $"{group}", row => row.GroupNames);
        DeviceAttr[] found = attr is null ? inGroup
            : hasAttr ? [.. inGroup.Where(row => row.Attr == attrNumber)]
            : Named(inGroup, $"{attr}", row => row.AttrNames);
        if (found.Length > 0)
            return [.. found.Select(row => new SelectedAttr(row.Group, row.Attr, row))];
        if (hasAttr && inGroup.Length > 0)
            return [new SelectedAttr(inGroup[0].Group, attrNumber, null)];
        report(LookupErrors.DeviceAttrUnknown(target, Describe(), (inGroup.Length > 0 ? inGroup : target.GetKnownAttrs())
            .Select(row => $"{row.GroupName}/{row.AttrName}")));
        return [];
    }

    private string Describe() => string.Join(" and ", new[]
    {
        group is null ? null : $"group '{group}'",
        attr is null ? null : $"attribute '{attr}'",
    }.Where(part => part is not null));

    private static DeviceAttr? Known(KvmObject target, ulong group, ulong attr)
    {
        foreach (DeviceAttr row in target.GetKnownAttrs())
        {
            if (row.Group == group && row.Attr == attr)
                return row;
        }
        return null;
    }

    private static DeviceAttr[] Named(
        IEnumerable<DeviceAttr> rows, string name, Func<DeviceAttr, IReadOnlyList<string>> names)
    {
        DeviceAttr[] exact = [.. rows.Where(row => names(row).Contains(name, StringComparer.OrdinalIgnoreCase))];
        return exact.Length > 0
            ? exact
            : [.. rows.Where(row => names(row).Any(full => full.EndsWith("_" + name, StringComparison.OrdinalIgnoreCase)))];
    }
}

/// <summary>One attribute of an object, with what is known of it.</summary>
internal sealed record SelectedAttr(uint Group, ulong Attr, DeviceAttr? Known);
