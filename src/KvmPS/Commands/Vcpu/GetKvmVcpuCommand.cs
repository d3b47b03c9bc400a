using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Native;

namespace KvmPS.Commands.Vcpu;

/// <summary>Get-KvmVcpu: the vCPUs of this process's VMs.</summary>
[Cmdlet(VerbsCommon.Get, "KvmVcpu"), OutputType(typeof(KvmVcpu))]
public sealed class GetKvmVcpuCommand : KvmCmdlet
{
    /// <summary>The VMs, their names (wildcards) or ids; by default all.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards, ArgumentCompleter(typeof(VmNameCompleter))]
    [ValidateNotNull]
    public VmArgument[] Vm { get; set; } = [new("*")];

    /// <summary>Only the vCPUs with these ids.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(VcpuIdCompleter))]
    public uint[]? Id { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KvmVcpu vcpu in Resolve(Vm).SelectMany(vm => vm.Vcpus).ToArray())
        {
            if (Id is null || Id.Contains(vcpu.Id))
                WriteObject(vcpu);
        }
    }
}
