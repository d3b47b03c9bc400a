using System.Management.Automation;

namespace KvmPS.TestRunner.Commands;

/// <summary>What the commands have in common that take one block of a Describe, a Context or a file.</summary>
public abstract class SetupCommand : DeclarationCommand
{
    [Parameter(Mandatory = true, Position = 0)]
    public ScriptBlock ScriptBlock { get; set; } = null!;
}

[Cmdlet(VerbsCommon.Add, "BeforeAll")]
[Alias("BeforeAll")]
public sealed class AddBeforeAllCommand : SetupCommand
{
    protected override void EndProcessing() => Declaring.BeforeAll = ScriptBlock;
}

[Cmdlet(VerbsCommon.Add, "AfterAll")]
[Alias("AfterAll")]
public sealed class AddAfterAllCommand : SetupCommand
{
    protected override void EndProcessing() => Declaring.AfterAll = ScriptBlock;
}

[Cmdlet(VerbsCommon.Add, "BeforeEach")]
[Alias("BeforeEach")]
public sealed class AddBeforeEachCommand : SetupCommand
{
    protected override void EndProcessing() => Declaring.BeforeEach = ScriptBlock;
}

[Cmdlet(VerbsCommon.Add, "AfterEach")]
[Alias("AfterEach")]
public sealed class AddAfterEachCommand : SetupCommand
{
    protected override void EndProcessing() => Declaring.AfterEach = ScriptBlock;
}

[Cmdlet(VerbsCommon.Add, "BeforeDiscovery")]
[Alias("BeforeDiscovery")]
public sealed class AddBeforeDiscoveryCommand : SetupCommand
{
    protected override void EndProcessing()
    {
        _ = Declaring;
        if (new Engine(SessionState).DotSource(ScriptBlock) is { } error)
            throw Errors.Rethrow(error);
    }
}
