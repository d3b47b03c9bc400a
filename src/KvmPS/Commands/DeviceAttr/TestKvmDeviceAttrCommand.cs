using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Native;

namespace KvmPS.Commands.DeviceAttr;

/// <summary>Test-KvmDeviceAttr: KVM_HAS_DEVICE_ATTR.</summary>
[Cmdlet(VerbsDiagnostic.Test, "KvmDeviceAttr"), OutputType(typeof(bool))]
public sealed class TestKvmDeviceAttrCommand : DeviceAttrCmdlet
{
    // Boxed once: this cmdlet is for many objects.
    private static readonly object True = true;
    private static readonly object False = false;

    /// <summary>The group: its name, the end of its name, or its number.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ArgumentCompleter(typeof(AttrGroupCompleter))]
    public object Group { get; set; } = null!;

    /// <summary>The attribute: its name, the end of its name, its number, or a hashtable of its bit-fields.</summary>
    [Parameter(Mandatory = true, Position = 2)]
    [ArgumentCompleter(typeof(AttrCompleter))]
    public object Attr { get; set; } = null!;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Selector.SelectOne(InputObject, Group, Attr) is not { } selected)
            return;
        bool has;
        try
        {
            has = InputObject.HasDeviceAttr(selected.Group, selected.Attr!.Value);
        }
        catch (KvmException exception)
        {
            Report(exception);
            return;
        }
        WriteObject(has ? True : False);
    }
}
