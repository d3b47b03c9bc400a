# Brings syntax and parameter tables of docs/cmdlets up to date with the built module; what people wrote stays. A cmdlet
# without a page gets one that wants to be written: the suite refuses it until then. Run it with ./kvmps docs/tools/update.ps1.
# With -Check nothing is written: it emits the pages that are not up to date.
param([switch] $Check)
$ErrorActionPreference = 'Stop'
. "$PSScriptRoot/page.ps1"
$pages = [System.IO.Path]::GetFullPath("$PSScriptRoot/../cmdlets")
Import-Module "$PSScriptRoot/../../KvmPS.psd1"
$common = [System.Management.Automation.Cmdlet]::CommonParameters

function Get-TypeName([type] $Type) {
    $underlying = [System.Nullable]::GetUnderlyingType($Type)
    if ($underlying) { return $underlying.Name }
    if ($Type.IsArray -and [System.Nullable]::GetUnderlyingType($Type.GetElementType())) { return [System.Nullable]::GetUnderlyingType($Type.GetElementType()).Name + '[]' }
    $Type.Name
}

function Get-DefaultValue($Fresh, [string] $Name) {
    $property = $Fresh.GetType().GetProperty($Name)
    if ($null -eq $property) { return 'None' }
    $value = $property.GetValue($Fresh)
    if ($value -is [switch]) { return 'False' }
    if ($null -eq $value -or $value -is [timespan] -or $value -eq [long]::MaxValue) { return 'None' }
    $text = @($value).ForEach({ "$_" }) -join ', '
    if ($text) { $text } else { 'None' }
}

function Format-Use($Command, $Fresh, [string] $Name) {
    $uses = [ordered]@{}
    foreach ($set in $Command.ParameterSets) {
        $parameter = $set.Parameters.Where({ $_.Name -eq $Name }, 'First')[0]
        if (-not $parameter) { continue }
        $pipeline = @(
            if ($parameter.ValueFromPipelineByPropertyName) { 'ByPropertyName' }
            if ($parameter.ValueFromPipeline) { 'ByValue' }
        ) -join ', '
        $pipeline = if ($pipeline) { "True ($pipeline)" } else { 'False' }
        $position = if ($parameter.Position -ge 0) { $parameter.Position } else { 'Named' }
        $wild = $parameter.Attributes.Where({ $_ -is [System.Management.Automation.SupportsWildcardsAttribute] }).Count -gt 0
        $facts = @(
            "Aliases: $($parameter.Aliases -join ', ')".TrimEnd()
            ''
            "Required: $($parameter.IsMandatory)"
            "Position: $position"
            "Default value: $(Get-DefaultValue $Fresh $Name)"
            "Accept pipeline input: $pipeline"
            "Accept wildcard characters: $wild"
        ) -join "`n"
        if (-not $uses.Contains($facts)) { $uses[$facts] = [System.Collections.Generic.List[string]]::new() }
        $uses[$facts].Add($set.Name)
    }
    $type = Get-TypeName $Command.Parameters[$Name].ParameterType
    foreach ($facts in $uses.Keys) {
        $sets = if ($uses[$facts].Count -eq $Command.ParameterSets.Count) { '(All)' } else { $uses[$facts] -join ', ' }
        "``````yaml`nType: $type`nParameter Sets: $sets`n$facts`n``````"
    }
}

foreach ($command in Get-Command -Module KvmPS) {
    $path = "$pages/$($command.Name).md"
    $page = if ([System.IO.File]::Exists($path)) { ConvertFrom-HelpPage $path }
    $fresh = [System.Activator]::CreateInstance($command.ImplementingType)
    $told = @{}
    if ($page) { $page.Parameters.ForEach({ $told[$_.Name] = $_.Text }) }
    $usual = @{
        WhatIf  = 'Says what would happen, and does nothing.'
        Confirm = 'Asks before anything happens.'
    }
    $sets = $command.ParameterSets.ForEach({
            $default = if ($_.IsDefault -and $command.ParameterSets.Count -gt 1) { ' (Default)' }
            "### $($_.Name)$default`n``````powershell`n$($command.Name) $($_.ToString())`n``````"
        }) -join "`n`n"
    [string[]] $names = @($command.Parameters.Keys).Where({ $_ -notin $common })
    [System.Array]::Sort($names, [System.StringComparer]::Ordinal)
    $parameters = $names.ForEach({
            $text = if ($told[$_]) { $told[$_] } else { $usual[$_] }
            "### -$_`n$text`n`n$((Format-Use $command $fresh $_) -join "`n`n")"
        }) -join "`n`n"
    if ($page) {
        $lines = [System.IO.File]::ReadAllLines($path)
        $old = Split-Section $lines '##'
    }
    else {
        $old = [ordered]@{ '' = @() }
        foreach ($name in 'SYNOPSIS', 'SYNTAX', 'DESCRIPTION', 'EXAMPLES', 'PARAMETERS', 'INPUTS', 'OUTPUTS', 'NOTES', 'RELATED LINKS') { $old[$name] = @() }
    }
    $head = "---`nexternal help file: KvmPS.dll-Help.xml`nModule Name: KvmPS`nonline version:`nschema: 2.0.0`n---`n`n# $($command.Name)"
    $body = foreach ($name in $old.Keys) {
        if (-not $name) { $head; continue }
        $content = switch ($name) {
            'SYNTAX' { $sets }
            'PARAMETERS' { "$parameters`n`n### CommonParameters`nThis cmdlet supports the common parameters: see [about_CommonParameters](http://go.microsoft.com/fwlink/?LinkID=113216)." }
            default { ($old[$name] -join "`n").Trim() }
        }
        "## $name`n`n$content".TrimEnd()
    }
    $text = ($body -join "`n`n") + "`n"
    if (-not $Check) { [System.IO.File]::WriteAllText($path, $text) }
    elseif (-not $page -or [System.IO.File]::ReadAllText($path) -ne $text) { $path }
}
