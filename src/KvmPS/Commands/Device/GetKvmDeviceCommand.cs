using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Native;

namespace KvmPS.Commands.Device;

/// <summary>Get-KvmDevice: the devices of this process's VMs.</summary>
[Cmdlet(VerbsCommon.Get, "KvmDevice"), OutputType(typeof(KvmDevice))]
public sealed class GetKvmDeviceCommand : KvmCmdlet
{
    /// <summary>The VMs, their names (wildcards) or ids; by default all.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards, ArgumentCompleter(typeof(VmNameCompleter))]
    [ValidateNotNull]
    public VmArgument[] Vm { get; set; } = [new("*")];

    /// <summary>Only devices of these types.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(DeviceTypeCompleter))]
    public DeviceTypeArgument[]? Type { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KvmDevice device in Resolve(Vm).SelectMany(vm => vm.Devices).ToArray())
        {
            if (Type is null || Type.Any(type => type.Number == device.Type))
                WriteObject(device);
        }
    }
}
