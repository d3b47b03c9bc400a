using System.Management.Automation;

namespace KvmPS.TestRunner.Commands;

[Cmdlet(VerbsCommon.Set, "ItResult")]
public sealed class SetItResultCommand : PSCmdlet
{
    [Parameter(Mandatory = true, ParameterSetName = nameof(Skipped))]
    public SwitchParameter Skipped { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = nameof(Inconclusive))]
    public SwitchParameter Inconclusive { get; set; }

    [Parameter]
    public string Because { get; set; } = "";

    protected override void EndProcessing()
    {
        var (id, text) = ParameterSetName == nameof(Skipped)
            ? (Errors.Skipped, "is skipped")
            : (Errors.Inconclusive, "is inconclusive");
        var because = Values.Because(Because).TrimEnd(',');
        throw Errors.Throw(id, because.Length == 0 ? text : $"{text},{because}", MyInvocation);
    }
}
