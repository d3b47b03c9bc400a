using System.Management.Automation;
using KvmPS.Native;

namespace KvmPS.Commands.CoalescedMmio;

/// <summary>Get-KvmCoalescedMmio: the ranges whose writes are collected.</summary>
[Cmdlet(VerbsCommon.Get, "KvmCoalescedMmio"), OutputType(typeof(KvmCoalescedMmio))]
public sealed class GetKvmCoalescedMmioCommand : GetRegistrationCmdlet<KvmCoalescedMmio>;
