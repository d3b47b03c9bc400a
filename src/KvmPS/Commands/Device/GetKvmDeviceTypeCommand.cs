using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Native;
using KvmPS.Native.Abi;

namespace KvmPS.Commands.Device;

/// <summary>Get-KvmDeviceType: every known device type, with KVM_CREATE_DEVICE_TEST.</summary>
[Cmdlet(VerbsCommon.Get, "KvmDeviceType", DefaultParameterSetName = "Vm"), OutputType(typeof(KvmDeviceType))]
public sealed class GetKvmDeviceTypeCommand : KvmCmdlet
{
    /// <summary>The VMs to ask; by default one that is made for the question.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = "Vm")]
    [SupportsWildcards, ArgumentCompleter(typeof(VmNameCompleter))]
    [ValidateNotNull]
    public VmArgument[]? Vm { get; set; }

    /// <summary>Names of types, with wildcards.</summary>
    [Parameter(Position = 1)]
    [SupportsWildcards, ArgumentCompleter(typeof(DeviceTypeCompleter))]
    [ValidateNotNull]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Tells what is known of types, on any host, without asking the kernel: Supported is null.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Catalogue")]
    public SwitchParameter ListAvailable { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ListAvailable)
        {
            EmitAll(() => Matching(DeviceTypes.All.Select(type => new KvmDeviceType(type, supported: null))));
            return;
        }
        if (Vm is null)
        {
            EmitAll(() => Matching(new KvmSystem().GetDeviceTypes()));
            return;
        }
        foreach (KvmVm vm in Resolve(Vm))
            EmitAll(() => Matching(vm.GetDeviceTypes()));
    }

    private IEnumerable<KvmDeviceType> Matching(IEnumerable<KvmDeviceType> types)
    {
        WildcardPattern[] patterns = [.. Name.Select(name =>
            new WildcardPattern(DeviceTypeArgument.ShortName(name), WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant))];
        return types.Where(type => patterns.Any(pattern => pattern.IsMatch(type.Name)));
    }
}
