# Makes the help file that Get-Help reads, out of the pages of docs/cmdlets.
param([string] $Pages, [string] $Target)

. "$PSScriptRoot/page.ps1"

function Format-Xml([string] $Text) { [System.Security.SecurityElement]::Escape($Text) }

function Format-Text([string] $Text) {
    # Code marks and links are for Markdown's readers.
    -join (Split-Paragraph $Text).ForEach({ '<maml:para>' + (Format-Xml ($_ -replace '`' -replace '\[([^\]]+)\]\([^)]+\)', '$1')) + '</maml:para>' })
}

function Format-Parameter($Parameter, $Use) {
    $position = $Use['Position'].ToLowerInvariant()
    $attributes = 'required="{0}" variableLength="{1}" globbing="{2}" pipelineInput="{3}" position="{4}" aliases="none"' -f
        $Use['Required'].ToLowerInvariant(), "$($Use['Type'].EndsWith('[]'))".ToLowerInvariant(), $Use['Accept wildcard characters'].ToLowerInvariant(), $Use['Accept pipeline input'], $position
    $type = Format-Xml $Use['Type']
    $value = if ($type -ne 'SwitchParameter') { "<command:parameterValue required=`"true`" variableLength=`"false`">$type</command:parameterValue>" }
    "<command:parameter $attributes><maml:name>$($Parameter.Name)</maml:name><maml:description>$(Format-Text $Parameter.Text)</maml:description>" +
    "$value<dev:type><maml:name>$type</maml:name><maml:uri/></dev:type><dev:defaultValue>$(Format-Xml $Use['Default value'])</dev:defaultValue></command:parameter>"
}

function Find-Use($Parameter, [string] $Set) {
    foreach ($use in $Parameter.Uses) {
        if ($use['Parameter Sets'] -eq '(All)' -or $Set -in ($use['Parameter Sets'] -split ', ')) { return $use }
    }
}

function Format-Syntax($Page, [string] $Set) {
    $uses = $Page.Parameters.ForEach({
            $use = Find-Use $_ $Set
            if ($use) {
                $rank = if ($use['Position'] -ne 'Named') { [int] $use['Position'] } elseif ($use['Required'] -eq 'True') { 100 } else { 101 }
                [System.Tuple]::Create($rank, (Format-Parameter $_ $use))
            }
        })
    $ordered = [System.Linq.Enumerable]::OrderBy([object[]] $uses, [System.Func[object, int]] { $args[0].Item1 })
    "<command:syntaxItem><maml:name>$($Page.Name)</maml:name>$(-join @($ordered).Item2)</command:syntaxItem>"
}

function Format-Type([string] $Element, $Types) {
    -join $Types.ForEach({ "<command:$Element><dev:type><maml:name>$(Format-Xml $_.Name)</maml:name></dev:type><maml:description>$(Format-Text $_.Text)</maml:description></command:$Element>" })
}

function Format-Example($Example) {
    $code = $Example.Code.Text -join "`n`n"
    "<command:example><maml:title>$(Format-Xml $Example.Name)</maml:title><dev:code>$(Format-Xml $code)</dev:code><dev:remarks>$(Format-Text $Example.Text)</dev:remarks></command:example>"
}

function Format-Command($Page) {
    $verb, $noun = $Page.Name -split '-'
    @"
<command:command xmlns:maml="http://schemas.microsoft.com/maml/2004/10" xmlns:command="http://schemas.microsoft.com/maml/dev/command/2004/10" xmlns:dev="http://schemas.microsoft.com/maml/dev/2004/10">
<command:details><command:name>$($Page.Name)</command:name><command:verb>$verb</command:verb><command:noun>$noun</command:noun><maml:description>$(Format-Text $Page.Synopsis)</maml:description></command:details>
<maml:description>$(Format-Text $Page.Description)</maml:description>
<command:syntax>$(-join $Page.Sets.ForEach({ Format-Syntax $Page $_ }))</command:syntax>
<command:parameters>$(-join $Page.Parameters.ForEach({ Format-Parameter $_ $_.Uses[0] }))</command:parameters>
<command:inputTypes>$(Format-Type inputType $Page.Inputs)</command:inputTypes>
<command:returnValues>$(Format-Type returnValue $Page.Outputs)</command:returnValues>
<maml:alertSet><maml:alert>$(Format-Text $Page.Notes)</maml:alert></maml:alertSet>
<command:examples>$(-join $Page.Examples.ForEach({ Format-Example $_ }))</command:examples>
<command:relatedLinks>$(-join $Page.Links.ForEach({ "<maml:navigationLink><maml:linkText>$_</maml:linkText><maml:uri/></maml:navigationLink>" }))</command:relatedLinks>
</command:command>
"@
}

$files = [System.IO.Directory]::GetFiles($Pages, '*.md')
[System.Array]::Sort($files, [System.StringComparer]::Ordinal)
$commands = foreach ($file in $files) {
    try { Format-Command (ConvertFrom-HelpPage $file) }
    catch { throw "$file is not as docs/tools/page.ps1 expects: $_" }
}
$text = "<?xml version=`"1.0`" encoding=`"utf-8`"?>`n<helpItems schema=`"maml`" xmlns=`"http://msh`">`n$($commands -join "`n")`n</helpItems>`n"
$null = [xml] $text
[System.IO.File]::WriteAllText($Target, $text)
