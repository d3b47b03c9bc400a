using System.Management.Automation;

namespace KvmPS.TestRunner.Commands;

[Cmdlet(VerbsCommon.New, "It")]
[Alias("It")]
public sealed class NewItCommand : DeclarationCommand
{
    [Parameter(Mandatory = true, Position = 0)]
    public string Name { get; set; } = "";

    [Parameter(Position = 1)]
    public ScriptBlock? Test { get; set; }

    [Parameter]
    [Alias("TestCases")]
    [AllowNull]
    [AllowEmptyCollection]
    public object?[]? ForEach { get; set; }

    [Parameter]
    public string[] Tag { get; set; } = [];

    [Parameter]
    public SwitchParameter Skip { get; set; }

    protected override void EndProcessing()
    {
        if (Declaring.IsRoot)
            throw new PSInvalidOperationException("It must stand in a Describe or Context.");
        if (!MyInvocation.BoundParameters.ContainsKey(nameof(ForEach)))
            Declare(null, null);
        foreach (var data in ForEach ?? [])
            Declare(data, $"{MyInvocation.ScriptLineNumber}:{MyInvocation.OffsetInLine}");
    }

    private void Declare(object? data, string? group) => Declaring.Children.Add(new Test(Name, Declaring)
    {
        Body = Given(Test),
        Tag = Tag,
        Skip = Skip,
        Data = Values.Bare(data),
        GroupId = group,
    });
}
