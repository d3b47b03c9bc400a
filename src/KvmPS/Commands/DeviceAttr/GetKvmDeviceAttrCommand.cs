using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Errors;
using KvmPS.Native;
using KvmPS.Native.Abi;
using Row = KvmPS.Native.Abi.DeviceAttr;

namespace KvmPS.Commands.DeviceAttr;

/// <summary>Get-KvmDeviceAttr: KVM_GET_DEVICE_ATTR, a list of what the object has, its state, or what is known of any.</summary>
[Cmdlet(VerbsCommon.Get, "KvmDeviceAttr", DefaultParameterSetName = ObjectSet)]
[OutputType(typeof(KvmDeviceAttr), ParameterSetName = [ObjectSet, StateSet]), OutputType(typeof(Row), ParameterSetName = [CatalogueSet])]
public sealed class GetKvmDeviceAttrCommand : DeviceAttrCmdlet
{
    private const string ObjectSet = "Object";
    private const string StateSet = "State";
    private const string CatalogueSet = "Catalogue";

    /// <summary>A device, VM, vCPU or host.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = ObjectSet)]
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = StateSet)]
    public override KvmObject InputObject { get; set; } = null!;

    /// <summary>The group: its name, the end of its name, or its number.</summary>
    [Parameter(Position = 1, ParameterSetName = ObjectSet)]
    [Parameter(Position = 1, ParameterSetName = CatalogueSet)]
    [ArgumentCompleter(typeof(AttrGroupCompleter))]
    public object? Group { get; set; }

    /// <summary>The attribute: its name, the end of its name, its number, or a hashtable of its bit-fields.</summary>
    [Parameter(Position = 2, ParameterSetName = ObjectSet)]
    [Parameter(Position = 2, ParameterSetName = CatalogueSet)]
    [ArgumentCompleter(typeof(AttrCompleter))]
    public object? Attr { get; set; }

    /// <summary>The payload's size in bytes, where it is not known, or of any attribute that is named by numbers.</summary>
    [Parameter(ParameterSetName = ObjectSet)]
    [ValidateRange(0, KvmObject.MaxAttrSize)]
    public int? Size { get; set; }

    /// <summary>What the payload holds when the kernel gets it, for attributes that read it: the Index of a region.</summary>
    [Parameter(ParameterSetName = ObjectSet)]
    public object? Value { get; set; }

    /// <summary>Lists register files too, as rows that tell their fields.</summary>
    [Parameter(ParameterSetName = ObjectSet)]
    public SwitchParameter All { get; set; }

    /// <summary>Everything that Set-KvmDeviceAttr needs to make a new object like this one, in the right order.</summary>
    [Parameter(Mandatory = true, ParameterSetName = StateSet)]
    public SwitchParameter State { get; set; }

    /// <summary>Tells what is known of attributes, on any host, without asking the kernel.</summary>
    [Parameter(Mandatory = true, ParameterSetName = CatalogueSet)]
    public SwitchParameter ListAvailable { get; set; }

    /// <summary>The device types whose attributes are meant.</summary>
    [Parameter(ParameterSetName = CatalogueSet)]
    [ArgumentCompleter(typeof(DeviceTypeCompleter))]
    public DeviceTypeArgument[]? Type { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ListAvailable)
            ListCatalogue();
        else if (State)
            ListState();
        else if (Attr is null)
            ListObject();
        else if (Group is null)
        {
            foreach (SelectedAttr selected in Selector.SelectAll(InputObject.GetKnownAttrs(), InputObject, null, Attr))
                Read(selected);
        }
        else if (Selector.SelectOne(InputObject, Group, Attr) is { } selected)
            Read(selected);
    }

    private void Read(SelectedAttr selected)
    {
        if (selected.Attr is not { } attr)
        {
            WriteError(LookupErrors.DeviceAttrFieldsNeeded(InputObject, selected.Known!));
            return;
        }
        if (SizeToRead(selected) is not int size || PayloadToRead(selected, size) is not { } raw)
            return;
        try
        {
            InputObject.GetDeviceAttr(selected.Group, attr, raw);
        }
        catch (KvmException exception)
        {
            Report(exception);
            return;
        }
        WriteObject(new KvmDeviceAttr(InputObject, selected, supported: true, raw));
    }

    private int? SizeToRead(SelectedAttr selected)
    {
        int? known = selected.Size;
        if (known > KvmObject.MaxAttrSize)
        {
            WriteError(LookupErrors.DeviceAttrValueInvalid(
                InputObject, $"{selected} asks for {known} bytes, {KvmObject.MaxAttrSize} are the most."));
            return null;
        }
        if (Size is not { } given)
        {
            if (known is null)
                WriteError(LookupErrors.DeviceAttrSizeUnknown(InputObject, selected.Group, selected.Attr ?? 0));
            return known;
        }
        // Who names an attribute by its numbers is taken at their word, as the kernel would.
        bool byNumbers = Numbers.TryRead(Group, out _) && Numbers.TryRead(Attr, out _);
        if (byNumbers || selected.Known is null || AttrSizes.Fits(selected, given))
            return given;
        WriteError(LookupErrors.DeviceAttrValueInvalid(InputObject, AttrSizes.Contradiction(selected, given)));
        return null;
    }

    private byte[]? PayloadToRead(SelectedAttr selected, int size)
    {
        if (Value is null)
            return new byte[size];
        byte[]? payload = AttrValueEncoder.Encode(Value, selected.Known?.Payload, size, out string problem);
        if (payload is null)
            WriteError(LookupErrors.DeviceAttrValueInvalid(InputObject, problem));
        return payload;
    }

    // A row for what the object admits to; one that cannot be read is a row that says why.
    private void ListObject()
    {
        foreach (SelectedAttr selected in Selector.SelectAll(InputObject.GetKnownAttrs(), InputObject, Group, null))
        {
            Row known = selected.Known!;
            if (selected.Attr is not { } attr)
            {
                if (Group is not null || All)
                    WriteObject(new KvmDeviceAttr(InputObject, selected, supported: null, raw: null));
                continue;
            }
            bool? supported = null;
            if (known.CanTest)
            {
                if (!Attempt(() => supported = InputObject.HasDeviceAttr(selected.Group, attr)))
                    return;
                if (supported is false)
                    continue;
            }
            byte[]? raw = TryRead(selected, attr, out KvmException? failure);
            WriteObject(new KvmDeviceAttr(InputObject, selected, supported, raw) { Error = failure?.Message });
        }
    }

    // What is missing from a saved state would be missing from the object that is made of it: that is an error.
    private void ListState()
    {
        foreach (KvmStateAttr part in InputObject.GetStateAttrs())
        {
            byte[]? raw;
            try
            {
                if (!InputObject.TryGetState(part, out raw))
                    continue;
            }
            catch (KvmException exception)
            {
                Report(exception);
                return;
            }
            if (IsUnset(part.Known, raw))
                continue;
            var selected = new SelectedAttr(part.Known.Group ?? 0, part.Attr, part.Known);
            WriteObject(new KvmDeviceAttr(InputObject, selected, supported: true, raw) { Order = part.State.Order });
        }
    }

    // An address that nobody has set reads as all ones.
    private static bool IsUnset(Row known, byte[]? raw) =>
        known.Payload.Kind == AttrPayloadKind.Address && raw is not null && BitConverter.ToUInt64(raw) == ulong.MaxValue;

    private byte[]? TryRead(SelectedAttr selected, ulong attr, out KvmException? failure)
    {
        failure = null;
        if (!selected.Known!.Access.HasFlag(DeviceAttrAccess.Get) || selected.Size is not int size)
            return null;
        byte[] raw = new byte[size];
        try
        {
            InputObject.GetDeviceAttr(selected.Group, attr, raw);
            return raw;
        }
        catch (KvmException exception)
        {
            failure = exception;
            return null;
        }
    }

    private void ListCatalogue()
    {
        DeviceTypeArgument[]? types = Type;
        Row[] rows = [.. DeviceAttrCatalog.All.Where(row =>
            types is null || types.Any(type => type.Number == row.DeviceType?.Number))];
        string owner = types is null ? "The catalogue" : string.Join(", ", types.Select(type => type.ToString()));
        foreach (SelectedAttr selected in Selector.SelectAll(rows, owner, Group, Attr))
            WriteObject(selected.Known);
    }
}
