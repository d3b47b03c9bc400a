using System.Management.Automation;
using KvmPS.Binding;

namespace KvmPS.Commands;

/// <summary>What the cmdlets share that do something with VMs.</summary>
public abstract class VmCmdlet : KvmCmdlet
{
    /// <summary>The VMs, their names (wildcards) or ids.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards, ArgumentCompleter(typeof(VmNameCompleter))]
    [ValidateNotNull]
    public VmArgument[] Vm { get; set; } = [];
}
