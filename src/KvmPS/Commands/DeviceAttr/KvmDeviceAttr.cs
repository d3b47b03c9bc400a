using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Native;
using KvmPS.Native.Abi;

namespace KvmPS;

/// <summary>An attribute of an object, with its value where that could be read.</summary>
public sealed class KvmDeviceAttr
{
    private readonly SelectedAttr selected;

    internal KvmDeviceAttr(KvmObject inputObject, SelectedAttr selected, bool? supported, byte[]? raw)
    {
        InputObject = inputObject;
        this.selected = selected;
        Supported = supported;
        Raw = raw;
    }

    /// <summary>The object that has the attribute.</summary>
    public KvmObject InputObject { get; }

    /// <summary>The group's number.</summary>
    public uint Group => selected.Group;

    /// <summary>The group's name, where it is known.</summary>
    public string? GroupName => selected.Known?.GroupName;

    /// <summary>The attribute in its group, as a number; null for a whole register file.</summary>
    public ulong? Attr => selected.Attr;

    /// <summary>The attribute's name, where it is known and has one.</summary>
    public string? AttrName => selected.Known?.AttrName;

    /// <summary>The bit-fields that the attribute's number is made of, with their values; null where it is one number.</summary>
    public PSObject? Fields => field ??=
        selected is { Known.Fields: { Count: > 0 } fields, Attr: { } attr } ? AttrFields.Decode(fields, attr) : null;

    /// <summary>How the fields lie in the attribute's number, such as Mpidr:32-63 Offset:0-31; null where it has none.</summary>
    public string? Encoding => selected.Known is { Fields: { Count: > 0 } fields } ? string.Join(' ', fields) : null;

    /// <summary>What can be done with it, as far as that is known.</summary>
    public DeviceAttrAccess Access => selected.Known?.Access ?? DeviceAttrAccess.Get;

    /// <summary>Whether the object says that it has the attribute; null where this kind of object does not say.</summary>
    public bool? Supported { get; }

    /// <summary>The payload's type, where it is known.</summary>
    public string? Type => selected.Known?.Payload.Name;

    /// <summary>The value; null where it cannot be read.</summary>
    public object? Value => field ??= Raw is null ? null : AttrValue.Decode(selected.Known?.Payload, Raw);

    /// <summary>The payload's bytes; null where it cannot be read.</summary>
    public byte[]? Raw { get; }

    /// <summary>Why it could not be read now, in a listing; else null.</summary>
    public string? Error { get; internal init; }

    /// <summary>Its place in a restore, in a list of an object's state: lower ones are set first. Else null.</summary>
    public int? Order { get; internal init; }

    /// <inheritdoc/>
    public override string ToString() => selected.ToString();
}
