using System.Management.Automation;
using KvmPS.Native;

namespace KvmPS.Commands.Interrupt;

/// <summary>What the cmdlets share that interrupt vCPUs.</summary>
public abstract class VcpuInterruptCmdlet : KvmCmdlet
{
    /// <summary>The vCPUs; their guests are not running.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    public KvmVcpu[] Vcpu { get; set; } = [];

    /// <summary>What is done, for -WhatIf.</summary>
    private protected abstract string Action { get; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KvmVcpu vcpu in Vcpu)
        {
            if (ShouldProcess(vcpu.ToString(), Action))
                Attempt(() => Send(vcpu));
        }
    }

    private protected abstract void Send(KvmVcpu vcpu);
}
