using System.Management.Automation;
using KvmPS.Native;

namespace KvmPS.Commands.Interrupt;

/// <summary>What the cmdlets share that interrupt vCPUs.</summary>
public abstract class VcpuInterruptCmdlet : VcpuCmdlet
{
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
