using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Native;

namespace KvmPS.Commands.Device;

/// <summary>New-KvmDevice: KVM_CREATE_DEVICE.</summary>
[Cmdlet(VerbsCommon.New, "KvmDevice", SupportsShouldProcess = true), OutputType(typeof(KvmDevice))]
public sealed class NewKvmDeviceCommand : VmCmdlet
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
                Create(vm, type);
        }
    }

    private void Create(KvmVm vm, DeviceTypeArgument type)
    {
        string action = $"Create {type} device (KVM_CREATE_DEVICE)";
        if (IsWhatIf)
        {
            bool possible = false;
            if (!Attempt(() => possible = vm.TestDevice(type.Number)))
                return;
            action += possible
                ? "; the kernel says that it can (KVM_CREATE_DEVICE_TEST)"
                : "; the kernel says that it cannot (KVM_CREATE_DEVICE_TEST: ENODEV)";
        }
        if (ShouldProcess(vm.ToString(), action))
            Emit(() => vm.CreateDevice(type.Number));
    }
}
