using System.Management.Automation;

namespace KvmPS.TestRunner.Commands;

/// <summary>A command that stands in a test file and declares something while the file is discovered.</summary>
public abstract class DeclarationCommand : PSCmdlet
{
    private protected static TestRun Run => TestRun.Current
        ?? throw new PSInvalidOperationException("Run the file with Invoke-Pester.");

    private protected Block Declaring => Run.Discovering
        ?? throw new PSInvalidOperationException($"{MyInvocation.InvocationName} cannot stand in a running test.");

    // A mandatory parameter would make a shell ask for the block.
    private protected static ScriptBlock Given(ScriptBlock? block) => block
        ?? throw new PSArgumentException("There is no block. Put its opening brace on the line of the name.");
}
