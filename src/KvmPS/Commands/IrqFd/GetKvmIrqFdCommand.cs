using System.Management.Automation;
using KvmPS.Native;

namespace KvmPS.Commands.IrqFd;

/// <summary>Get-KvmIrqFd: the eventfds that raise interrupts of VMs.</summary>
[Cmdlet(VerbsCommon.Get, "KvmIrqFd"), OutputType(typeof(KvmIrqFd))]
public sealed class GetKvmIrqFdCommand : GetRegistrationCmdlet<KvmIrqFd>;
