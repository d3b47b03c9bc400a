using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Native;

namespace KvmPS.Commands.Vm;

/// <summary>Get-KvmVm: the VMs of this process.</summary>
[Cmdlet(VerbsCommon.Get, "KvmVm", DefaultParameterSetName = "Name"), OutputType(typeof(KvmVm))]
public sealed class GetKvmVmCommand : KvmCmdlet
{
    /// <summary>Names, with wildcards.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = "Name")]
    [SupportsWildcards, ArgumentCompleter(typeof(VmNameCompleter))]
    [ValidateNotNull]
    public string[] Name { get; set; } = ["*"];

    /// <summary>VMs, which are given back: so that a VM and its name can stand at the same place.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "Vm")]
    [ValidateNotNull]
    public KvmVm[] Vm { get; set; } = [];

    /// <summary>Ids.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Id")]
    [ArgumentCompleter(typeof(VmIdCompleter))]
    public int[] Id { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        IEnumerable<KvmVm> found = ParameterSetName == "Id" ? Resolve(Id.Select(id => new VmArgument(id)))
            : ParameterSetName == "Vm" ? Vm
            : Name.SelectMany(name => VmArgument.ByName(name, WriteError));
        foreach (KvmVm vm in found.ToArray())
            WriteObject(vm);
    }
}
