using System.Management.Automation;
using KvmPS.Native;

namespace KvmPS.Commands.IoEvent;

/// <summary>Get-KvmIoEvent: the writes of guests that signal eventfds.</summary>
[Cmdlet(VerbsCommon.Get, "KvmIoEvent"), OutputType(typeof(KvmIoEvent))]
public sealed class GetKvmIoEventCommand : GetRegistrationCmdlet<KvmIoEvent>;
