using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Errors;
using KvmPS.Native;
using KvmPS.Native.Abi;

namespace KvmPS.Commands.DeviceAttr;

/// <summary>Set-KvmDeviceAttr: KVM_SET_DEVICE_ATTR.</summary>
[Cmdlet(VerbsCommon.Set, "KvmDeviceAttr", SupportsShouldProcess = true), OutputType(typeof(KvmObject))]
public sealed class SetKvmDeviceAttrCommand : DeviceAttrCmdlet
{
    /// <summary>The group: its name, the end of its name, or its number.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ArgumentCompleter(typeof(AttrGroupCompleter))]
    public object Group { get; set; } = null!;

    /// <summary>The attribute: its name, the end of its name, or its number.</summary>
    [Parameter(Mandatory = true, Position = 2)]
    [ArgumentCompleter(typeof(AttrCompleter))]
    public object Attr { get; set; } = null!;

    /// <summary>A number, or bytes; nothing for attributes that are commands.</summary>
    [Parameter(Position = 3)]
    [AllowNull]
    public object? Value { get; set; }

    /// <summary>The payload's size in bytes, for attributes that are not known.</summary>
    [Parameter]
    [ValidateRange(0, KvmObject.MaxAttrSize)]
    public int? Size { get; set; }

    /// <summary>Emits the object again.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override object? GroupArgument => Group;

    private protected override object? AttrArgument => Attr;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Selector.SelectOne(InputObject, ErrorWriter) is not { } selected || Encode(selected) is not { } payload)
            return;
        string name = selected.Known is { } known ? $"{known.GroupName}/{known.AttrName}" : $"{selected.Group}/{selected.Attr}";
        string what = Value is null ? $"Set {name}" : $"Set {name} to {Value}";
        if (!ShouldProcess(InputObject.ToString(), $"{what} (KVM_SET_DEVICE_ATTR)"))
            return;
        if (Attempt(() => InputObject.SetDeviceAttr(selected.Group, selected.Attr, payload)) && PassThru)
            WriteObject(InputObject);
    }

    private byte[]? Encode(SelectedAttr selected)
    {
        int? size = selected.Known?.Size ?? Size;
        if (Size is { } given && size != given)
        {
            WriteError(LookupErrors.DeviceAttrValueInvalid(
                InputObject, $"{selected.Known!.AttrName} has {size} bytes, not {given}: leave -Size out."));
            return null;
        }
        if (size is null && Value is not null and not byte[] and not object[] and not PSObject { BaseObject: byte[] })
        {
            WriteError(LookupErrors.DeviceAttrSizeUnknown(InputObject, selected.Group, selected.Attr));
            return null;
        }
        byte[]? payload = AttrValue.Encode(
            Value, selected.Known?.Payload ?? DeviceAttrPayload.Bytes, size ?? (Value is null ? 0 : null), out string problem);
        if (payload is null)
            WriteError(LookupErrors.DeviceAttrValueInvalid(InputObject, problem));
        return payload;
    }
}
