using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Native;

namespace KvmPS.Commands.Device;

/// <summary>Test-KvmDevice: KVM_CREATE_DEVICE with KVM_CREATE_DEVICE_TEST.</summary>
[Cmdlet(VerbsDiagnostic.Test, "KvmDevice"), OutputType(typeof(bool))]
public sealed class TestKvmDeviceCommand : VmCmdlet
{
    /// <summary>The device types: names or numbers.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ArgumentCompleter(typeof(DeviceTypeCompleter))]
    public DeviceTypeArgument[] Type { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KvmVm vm in Resolve(Vm))
        {
            foreach (DeviceTypeArgument type in Type)
                Emit(() => vm.TestDevice(type.Number));
        }
    }
}
