using KvmPS.Native;

namespace KvmPS.Commands;

/// <summary>What the cmdlets share that take back what is registered with VMs.</summary>
public abstract class UnregisterCmdlet : KvmCmdlet
{
    /// <summary>What is taken back.</summary>
    private protected abstract IEnumerable<KvmRegistration> Registrations { get; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KvmRegistration registration in Registrations)
        {
            if (ShouldProcess(registration.ToString(), "Unregister"))
                Attempt(registration.Remove);
        }
    }
}
