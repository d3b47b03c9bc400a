using KvmPS.Binding;
using KvmPS.Native;
using KvmPS.Native.Abi;

namespace KvmPS;

/// <summary>An attribute of an object, with its value where that could be read.</summary>
public sealed class KvmDeviceAttr
{
    private readonly SelectedAttr selected;

    internal KvmDeviceAttr(KvmObject inputObject, SelectedAttr selected, bool supported, byte[]? raw)
    {
        InputObject = inputObject;
        this.selected = selected;
        Supported = supported;
        Raw = raw;
        Value = raw is null ? null : AttrValue.Decode(selected.Known?.Payload ?? DeviceAttrPayload.Bytes, raw);
    }

    /// <summary>The object that has the attribute.</summary>
    public KvmObject InputObject { get; }

    /// <summary>The group's number.</summary>
    public uint Group => selected.Group;

    /// <summary>The group's name, where it is known.</summary>
    public string? GroupName => selected.Known?.GroupName;

    /// <summary>The attribute in its group, as a number.</summary>
    public ulong Attr => selected.Attr;

    /// <summary>The attribute's name, where it is known.</summary>
    public string? AttrName => selected.Known?.AttrName;

    /// <summary>What can be done with it, as far as that is known.</summary>
    public DeviceAttrAccess Access => selected.Known?.Access ?? DeviceAttrAccess.Get;

    /// <summary>Whether the object says that it has the attribute.</summary>
    public bool Supported { get; }

    /// <summary>The value; null where it cannot be read.</summary>
    public object? Value { get; }

    /// <summary>The payload's bytes; null where it cannot be read.</summary>
    public byte[]? Raw { get; }

    /// <inheritdoc/>
    public override string ToString() =>
        selected.Known is { } known ? $"{known.GroupName}/{known.AttrName}" : $"{Group}/{Attr}";
}
