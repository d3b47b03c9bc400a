using System.Management.Automation;
using KvmPS.Native;

namespace KvmPS.Commands;

/// <summary>What the cmdlets share that do something with vCPUs.</summary>
public abstract class VcpuCmdlet : KvmCmdlet
{
    /// <summary>The vCPUs.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    public KvmVcpu[] Vcpu { get; set; } = [];
}
