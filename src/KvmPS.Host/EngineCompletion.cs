using System.Management.Automation;

namespace KvmPS.Host;

/// <summary>What PowerShell's engine and the module's completers offer for a place of a statement.</summary>
/// <param name="newPowerShell">Makes what runs beside, or within, the session's pipeline.</param>
internal sealed class EngineCompletion(Func<PowerShell> newPowerShell)
{
    // The engine's completers of members and of files call two commands of modules that are not here. They are lent
    // to it for as long as it completes, in the little that it asks of them, so that no script ever meets them.
    private const string Lending = """
        param($text, $place)
        if (Get-Command Microsoft.PowerShell.Utility\Sort-Object -ErrorAction Ignore) { return }
        $lent = @(
            New-Module Microsoft.PowerShell.Utility {
                function Sort-Object {
                    [CmdletBinding()]
                    param([string[]] $Property, [switch] $Unique, [Parameter(ValueFromPipeline)] $InputObject)
                    end {
                        $key = [Func[object, string]] { $it = $args[0]; $Property.ForEach({ $it.$_ }) -join "`n" }
                        $all = [object[]] @($input)
                        if ($Unique) { $all = [System.Linq.Enumerable]::DistinctBy($all, $key) }
                        [System.Linq.Enumerable]::OrderBy([object[]] $all, $key)
                    }
                }
            }
            New-Module Microsoft.PowerShell.Management {
                function Resolve-Path {
                    [CmdletBinding()]
                    param([string] $Path)
                    $ExecutionContext.SessionState.Path.GetResolvedPSPathFromPSPath($Path)
                }
            }
        )
        $lent | Import-Module -Global
        try { [System.Management.Automation.CommandCompletion]::CompleteInput($text, $place, $null) }
        finally { $lent | Remove-Module }
        """;

    public CommandCompletion Complete(string text, int place)
    {
        using PowerShell plain = newPowerShell();
        CommandCompletion offers = CommandCompletion.CompleteInput(text, place, null, plain);
        return offers.CompletionMatches.Count == 0 ? CompleteWithLoan(text, place) ?? offers : offers;
    }

    private CommandCompletion? CompleteWithLoan(string text, int place)
    {
        using PowerShell lending = newPowerShell();
        CommandCompletion? offers = lending.AddScript(Lending, useLocalScope: true).AddArgument(text).AddArgument(place)
            .Invoke<CommandCompletion>().FirstOrDefault();
        // What is lent is not to be offered.
        return offers?.CompletionMatches.Any(offer => offer.ResultType == CompletionResultType.Command) == true
            ? null
            : offers;
    }
}
