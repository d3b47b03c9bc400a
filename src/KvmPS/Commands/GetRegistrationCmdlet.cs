using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Native;

namespace KvmPS.Commands;

/// <summary>What the cmdlets share that list what is registered with VMs.</summary>
/// <typeparam name="T">The kind of registration.</typeparam>
public abstract class GetRegistrationCmdlet<T> : KvmCmdlet
    where T : KvmRegistration
{
    /// <summary>The VMs, their names (wildcards) or ids; by default all.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    [SupportsWildcards, ArgumentCompleter(typeof(VmNameCompleter))]
    public VmArgument[] Vm { get; set; } = [new("*")];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KvmVm vm in Resolve(Vm))
        {
            foreach (T registration in vm.Registrations.OfType<T>().ToArray())
                WriteObject(registration);
        }
    }
}
