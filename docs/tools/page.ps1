# Reads the pages of docs/cmdlets, which have PlatyPS's Markdown schema 2.0.0.

function Split-Section([string[]] $Lines, [string] $Mark) {
    $sections = [ordered]@{}
    $name = ''
    $text = [System.Collections.Generic.List[string]]::new()
    $fenced = $false
    foreach ($line in $Lines) {
        if ($line.StartsWith('```')) { $fenced = -not $fenced }
        if (-not $fenced -and $line.StartsWith("$Mark ")) {
            $sections[$name] = $text.ToArray()
            $name = $line.Substring($Mark.Length + 1).Trim()
            $text.Clear()
        }
        else { $text.Add($line) }
    }
    $sections[$name] = $text.ToArray()
    $sections
}

# The text before and between code, and the code by its language.
function Split-Code([string[]] $Lines) {
    $text = [System.Collections.Generic.List[string]]::new()
    $code = [System.Collections.Generic.List[object]]::new()
    $block = $null
    foreach ($line in $Lines) {
        if ($line.StartsWith('```')) {
            if ($null -eq $block) { $block = @{ Language = $line.Substring(3).Trim(); Lines = @() } }
            else {
                $code.Add([pscustomobject] @{ Language = $block.Language; Text = $block.Lines -join "`n" })
                $block = $null
            }
        }
        elseif ($null -ne $block) { $block.Lines += $line }
        else { $text.Add($line) }
    }
    [pscustomobject] @{ Text = ($text -join "`n").Trim(); Code = $code.ToArray() }
}

# A text's paragraphs: lines that belong together become one; tables and lists keep their lines.
function Split-Paragraph([string] $Text) {
    foreach ($paragraph in $Text -split "`n`n+") {
        if ($paragraph -match '(?m)^(\||- )') { $paragraph.Trim() -split "`n" }
        elseif ($paragraph.Trim()) { $paragraph.Trim() -replace "`n", ' ' }
    }
}

function ConvertFrom-HelpPage([string] $Path) {
    $sections = Split-Section ([System.IO.File]::ReadAllLines($Path)) '##'
    function Get-Named([string] $Section) {
        $parts = Split-Section $sections[$Section] '###'
        foreach ($name in $parts.Keys) {
            if (-not $name) { continue }
            $content = Split-Code $parts[$name]
            [pscustomobject] @{ Name = $name; Text = $content.Text; Code = $content.Code }
        }
    }
    [pscustomobject] @{
        Name        = [System.IO.Path]::GetFileNameWithoutExtension($Path)
        Synopsis    = ($sections['SYNOPSIS'] -join "`n").Trim()
        Description = ($sections['DESCRIPTION'] -join "`n").Trim()
        Sets        = @((Get-Named 'SYNTAX').Name.ForEach({ $_ -replace ' \(Default\)$' }))
        Syntax      = $sections['SYNTAX']
        Examples    = @(Get-Named 'EXAMPLES')
        Parameters  = @(
            foreach ($parameter in Get-Named 'PARAMETERS') {
                if ($parameter.Name -eq 'CommonParameters') { continue }
                [pscustomobject] @{
                    Name = $parameter.Name.TrimStart('-')
                    Text = $parameter.Text
                    # One block for the sets that have the parameter in the same way.
                    Uses = @(foreach ($block in $parameter.Code) {
                            $use = @{}
                            foreach ($line in $block.Text -split "`n") { if ($line -match '^([^:]+): ?(.*)$') { $use[$Matches[1]] = $Matches[2] } }
                            $use
                        })
                }
            }
        )
        Inputs      = @(Get-Named 'INPUTS')
        Outputs     = @(Get-Named 'OUTPUTS')
        Notes       = ($sections['NOTES'] -join "`n").Trim()
        Links       = @([regex]::Matches($sections['RELATED LINKS'] -join "`n", '\[([^\]]+)\]').ForEach({ $_.Groups[1].Value }))
    }
}
