using System.Management.Automation;

namespace KvmPS.TestRunner.Commands;

/// <summary>A command that stands in a test file and declares something while the file is discovered.</summary>
public abstract class DeclarationCommand : PSCmdlet
{
    private protected static TestRun Run => TestRun.Current
        ?? throw new PSInvalidOperationException("Run the file with Invoke-Pester.");

    private protected Block Declaring => Run.Discovering
        ?? throw new PSInvalidOperationException($"{MyInvocation.InvocationName} cannot stand in a running test.");
}
