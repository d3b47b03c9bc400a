using System.Management.Automation;

namespace KvmPS.TestRunner.Commands;

[Cmdlet(VerbsCommon.New, "Describe")]
[Alias("Describe")]
public sealed class NewDescribeCommand() : BlockCommand("Describe");

[Cmdlet(VerbsCommon.New, "Context")]
[Alias("Context")]
public sealed class NewContextCommand() : BlockCommand("Context");

/// <summary>What Describe and Context share: all but the name.</summary>
public abstract class BlockCommand(string command) : DeclarationCommand
{
    [Parameter(Mandatory = true, Position = 0)]
    public string Name { get; set; } = "";

    [Parameter(Position = 1)]
    public ScriptBlock? Fixture { get; set; }

    [Parameter]
    [Alias("Tags")]
    public string[] Tag { get; set; } = [];

    [Parameter]
    public SwitchParameter Skip { get; set; }

    [Parameter]
    public object? ForEach { get; set; }

    protected override void EndProcessing()
    {
        if (!MyInvocation.BoundParameters.ContainsKey(nameof(ForEach)))
            Declare(null);
        else if (LanguagePrimitives.GetEnumerable(ForEach) is { } many)
            foreach (var data in many)
                Declare(data);
        else if (ForEach is not null)
            Declare(ForEach);
    }

    private void Declare(object? data) => Run.Discover(new Block(command, Name, Declaring)
    {
        Body = Given(Fixture),
        Tag = Tag,
        Skip = Skip,
        Data = Values.Bare(data),
    });
}
