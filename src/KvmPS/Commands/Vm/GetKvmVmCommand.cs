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
    public string[] Name { get; set; } = ["*"];

    /// <summary>Ids.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Id")]
    public int[] Id { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        IEnumerable<KvmVm> found = ParameterSetName == "Id"
            ? Resolve(Id.Select(id => new VmArgument(id)))
            : Name.SelectMany(name => VmArgument.ByName(name, WriteError));
        foreach (KvmVm vm in found.ToArray())
            WriteObject(vm);
    }
}
