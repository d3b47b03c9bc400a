using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Errors;
using KvmPS.Native;
using KvmPS.Native.Abi;

namespace KvmPS.Commands.DeviceAttr;

/// <summary>Get-KvmDeviceAttr: KVM_GET_DEVICE_ATTR, or a list of what the object has.</summary>
[Cmdlet(VerbsCommon.Get, "KvmDeviceAttr"), OutputType(typeof(KvmDeviceAttr))]
public sealed class GetKvmDeviceAttrCommand : DeviceAttrCmdlet
{
    /// <summary>The group: its name, the end of its name, or its number.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(AttrGroupCompleter))]
    public object? Group { get; set; }

    /// <summary>The attribute: its name, the end of its name, or its number.</summary>
    [Parameter(Position = 2)]
    [ArgumentCompleter(typeof(AttrCompleter))]
    public object? Attr { get; set; }

    /// <summary>The payload's size in bytes, for attributes that are not known.</summary>
    [Parameter]
    [ValidateRange(0, KvmObject.MaxAttrSize)]
    public int? Size { get; set; }

    private protected override object? GroupArgument => Group;

    private protected override object? AttrArgument => Attr;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Attr is not null && Group is not null)
        {
            if (Selector.SelectOne(InputObject, ErrorWriter) is { } selected)
                Read(selected);
            return;
        }
        foreach (SelectedAttr selected in Selector.IsEmpty
            ? InputObject.GetKnownAttrs().Select(row => new SelectedAttr(row.Group, row.Attr, row))
            : Selector.SelectAll(InputObject, ErrorWriter))
        {
            if (Attr is null)
                List(selected);
            else
                Read(selected);
        }
    }

    private void Read(SelectedAttr selected)
    {
        if ((Size ?? selected.Known?.Size) is not int size)
        {
            WriteError(LookupErrors.DeviceAttrSizeUnknown(InputObject, selected.Group, selected.Attr));
            return;
        }
        byte[] raw = new byte[size];
        try
        {
            InputObject.GetDeviceAttr(selected.Group, selected.Attr, raw);
        }
        catch (KvmException exception)
        {
            Report(exception);
            return;
        }
        WriteObject(Describe(selected, supported: true, raw));
    }

    // A row for what the object admits to; one that cannot be read is a row without a value.
    private void List(SelectedAttr selected)
    {
        bool supported = false;
        if (!Attempt(() => supported = InputObject.HasDeviceAttr(selected.Group, selected.Attr)) || !supported)
            return;
        byte[]? raw = null;
        if (selected.Known!.Access.HasFlag(DeviceAttrAccess.Get))
        {
            raw = new byte[selected.Known.Size];
            try
            {
                InputObject.GetDeviceAttr(selected.Group, selected.Attr, raw);
            }
            catch (KvmException exception)
            {
                WriteVerbose(exception.Message);
                raw = null;
            }
        }
        WriteObject(Describe(selected, supported, raw));
    }

    private KvmDeviceAttr Describe(SelectedAttr selected, bool supported, byte[]? raw) =>
        new(InputObject, selected, supported, raw);
}
