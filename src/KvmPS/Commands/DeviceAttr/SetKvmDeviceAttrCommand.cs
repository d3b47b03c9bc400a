using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Errors;
using KvmPS.Native;

namespace KvmPS.Commands.DeviceAttr;

/// <summary>Set-KvmDeviceAttr: KVM_SET_DEVICE_ATTR.</summary>
[Cmdlet(VerbsCommon.Set, "KvmDeviceAttr", SupportsShouldProcess = true), OutputType(typeof(KvmObject))]
public sealed class SetKvmDeviceAttrCommand : DeviceAttrCmdlet
{
    /// <summary>The group: its name, the end of its name, or its number.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(AttrGroupCompleter))]
    public object Group { get; set; } = null!;

    /// <summary>The attribute: its name, the end of its name, its number, or a hashtable of its bit-fields.</summary>
    [Parameter(Mandatory = true, Position = 2, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(AttrCompleter))]
    public object Attr { get; set; } = null!;

    /// <summary>
    /// A number, a hashtable or object with the members of a structure, a list, or bytes; nothing for attributes that
    /// are commands.
    /// </summary>
    [Parameter(Position = 3, ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    public object? Value { get; set; }

    /// <summary>The payload's size in bytes, for attributes that are not known.</summary>
    [Parameter]
    [ValidateRange(0, KvmObject.MaxAttrSize)]
    public int? Size { get; set; }

    /// <summary>Emits the object again.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Selector.SelectOne(InputObject, Group, Attr) is not { } selected || Encode(selected) is not { } payload)
            return;
        if (!ShouldProcess(InputObject.ToString(), $"Set {selected}{Describe(payload)} (KVM_SET_DEVICE_ATTR)"))
            return;
        if (Attempt(() => InputObject.SetDeviceAttr(selected.Group, selected.Attr!.Value, payload)) && PassThru)
            WriteObject(InputObject);
    }

    private string Describe(byte[] payload) => payload.Length == 0 ? ""
        : Numbers.TryRead(Value, out _) ? $" to {Value}"
        : $" to the {payload.Length} bytes {Convert.ToHexString(payload, 0, Math.Min(payload.Length, 16))}{(payload.Length > 16 ? "…" : "")}";

    private byte[]? Encode(SelectedAttr selected)
    {
        if (Size is { } given && !AttrSizes.Fits(selected, given))
            return Refuse(AttrSizes.Contradiction(selected, given));
        int? size = selected.Size ?? Size;
        bool hasBytes = Value is byte[] or object[] or PSObject { BaseObject: byte[] or object[] };
        if (size is null && selected.Known?.Payload is { } type && hasBytes)
            size = (Value as byte[])?.Length ?? ((Value as PSObject)?.BaseObject as byte[])?.Length;
        if (size is null && Value is not null && (selected.Known is not null || !hasBytes))
        {
            WriteError(LookupErrors.DeviceAttrSizeUnknown(InputObject, selected.Group, selected.Attr ?? 0));
            return null;
        }
        if (size > KvmObject.MaxAttrSize)
            return Refuse($"{selected} asks for {size} bytes, {KvmObject.MaxAttrSize} are the most.");
        return AttrValueEncoder.Encode(Value, selected.Known?.Payload, size, out string problem) ?? Refuse(problem);
    }

    private byte[]? Refuse(string problem)
    {
        WriteError(LookupErrors.DeviceAttrValueInvalid(InputObject, problem));
        return null;
    }
}
