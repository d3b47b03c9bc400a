BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet)
    $x86 = [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -eq 'X64'
    . "$PSScriptRoot/../../docs/tools/page.ps1"
    $commands = (Get-Command -Module KvmPS).ForEach({ @{ Command = $_; Name = $_.Name } })
    $pages = [System.IO.Directory]::GetFiles("$PSScriptRoot/../../docs/cmdlets", '*.md').ForEach({ ConvertFrom-HelpPage $_ })
    $examples = foreach ($page in $pages) {
        # What waits for something that a test does not have is written down as text.
        foreach ($example in $page.Examples.Where({ $_.Code[0].Language -ne 'text' })) {
            @{
                Command = $page.Name
                Title   = $example.Name
                Code    = $example.Code[0].Text
                Output  = $example.Code.Where({ $_.Language -eq 'Output' }).Text
            }
        }
    }
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $root = [System.IO.Path]::GetFullPath("$PSScriptRoot/../..")
    . "$root/docs/tools/page.ps1"
    $common = [System.Management.Automation.Cmdlet]::CommonParameters
    function Get-Sorted($Text) {
        [string[]] $sorted = @($Text)
        [System.Array]::Sort($sorted, [System.StringComparer]::Ordinal)
        $sorted -join ' '
    }
}

Describe 'Help of <Name>' -ForEach $commands {
    BeforeAll {
        $help = Get-Help $Name -Full
    }

    It 'tells its parameter sets as they are' {
        $real = $Command.ParameterSets.ForEach({
                Get-Sorted $_.Parameters.Where({ $_.Name -notin $common }).ForEach({ "$($_.Name):$($_.IsMandatory):$($_.Position -ge 0 ? $_.Position : 'named')" })
            })
        $told = @($help.syntax.syntaxItem).ForEach({
                Get-Sorted @($_.parameter).ForEach({ "$($_.name):$([bool]::Parse($_.required)):$($_.position)" })
            })
        Get-Sorted $told | Should -Be (Get-Sorted $real)
    }

    It 'describes every parameter and no other' {
        Get-Sorted @($help.parameters.parameter).name | Should -Be (Get-Sorted @($Command.Parameters.Keys).Where({ $_ -notin $common }))
        foreach ($parameter in $help.parameters.parameter) {
            "$($parameter.description.Text)" | Should -Match '\w' -Because $parameter.name
            $pipeline = $Command.Parameters[$parameter.name].ParameterSets.Values.Where({ $_.ValueFromPipeline -or $_.ValueFromPipelineByPropertyName }).Count -gt 0
            $parameter.pipelineInput -like 'True*' | Should -Be $pipeline -Because $parameter.name
            $wild = $Command.Parameters[$parameter.name].Attributes.Where({ $_ -is [System.Management.Automation.SupportsWildcardsAttribute] }).Count -gt 0
            [bool]::Parse($parameter.globbing) | Should -Be $wild -Because $parameter.name
        }
        (Get-Help $Name -Parameter *).Count | Should -Be $help.parameters.parameter.Count
    }

    It 'has all sections, and two examples of itself' {
        $help.Synopsis | Should -Match '\.$'
        "$($help.description.Text)" | Should -Match '\w'
        "$($help.inputTypes.inputType.type.name)" | Should -Match '\w'
        "$($help.returnValues.returnValue.type.name)" | Should -Match '\w'
        $text = "$($help.alertSet.alert.Text)"
        $text | Should -Match 'Errors:'
        @($help.examples.example).Count | Should -BeGreaterOrEqual 2
        foreach ($example in $help.examples.example) { $example.code | Should -Match $Name }
    }

    It 'names types that the command emits' {
        $told = @($help.returnValues.returnValue).ForEach({ $_.type.name }).Where({ $_ -ne 'None' })
        Get-Sorted $told | Should -Be (Get-Sorted $Command.OutputType.Name)
    }

    It 'points to what there is' {
        foreach ($link in $help.relatedLinks.navigationLink.linkText) {
            if ($link -like 'about_*') { "$root/docs/about/$link.help.txt" | Should -Exist }
            else { Get-Command $link -Module KvmPS | Should -Not -BeNullOrEmpty -Because $link }
        }
    }
}

Describe 'The pages' {
    It 'are those of the commands, and up to date' {
        $pages = [System.IO.Directory]::GetFiles("$root/docs/cmdlets", '*.md').ForEach({ [System.IO.Path]::GetFileNameWithoutExtension($_) })
        Get-Sorted $pages | Should -Be (Get-Sorted (Get-Command -Module KvmPS).Name)
        & "$root/docs/tools/update.ps1" -Check | Should -BeNullOrEmpty -Because 'docs/tools/update.ps1 brings them up to date'
    }
}

Describe 'An example of <Command>' -ForEach $examples -Skip:($noKvm -or -not $x86) {
    AfterEach {
        Get-KvmVm | Remove-KvmVm -Force
    }

    It '<Title>' {
        $results = & ([scriptblock]::Create("`$ErrorActionPreference = 'Stop'`n$Code"))
        if ($Output) { @($results).ForEach({ "$_" }) -join "`n" | Should -Be $Output }
    }
}

Describe 'about_KvmPS_Errors' {
    BeforeAll {
        $source = 'KvmErrorTable', 'LookupErrors' | ForEach-Object { [System.IO.File]::ReadAllText("$root/src/KvmPS/Errors/$_.cs") }
        $categories = @{}
        foreach ($match in [regex]::Matches($source, '"(?<Id>[A-Z]\w+)",\s*(?<How>[^;]*?ErrorCategory\.\w+(?:[^,;()]*ErrorCategory\.\w+)*)')) {
            $id = $match.Groups['Id'].Value
            $categories[$id] = @($categories[$id]) + [regex]::Matches($match.Groups['How'].Value, 'ErrorCategory\.(\w+)').ForEach({ $_.Groups[1].Value }) -ne $null
        }
        $told = @{}
        $page = [System.IO.File]::ReadAllText("$root/docs/about/about_KvmPS_Errors.help.txt")
        foreach ($match in [regex]::Matches($page, '(?m)^    ([A-Z]\w+)\n        ([A-Z]\w+(?:, \w+)*)\n        \w')) {
            $told[$match.Groups[1].Value] = $match.Groups[2].Value
        }
        $others = [System.Collections.Generic.HashSet[string]]::new()
        foreach ($request in [KvmPS.Native.Abi.Requests]::All) {
            $null = $others.Add(-join ($request.Name -split '_').ForEach({ [char]::ToUpperInvariant($_[0]) + $_.Substring(1).ToLowerInvariant() }) + 'Failed')
        }
    }

    It 'lists exactly the ids of the error tables' {
        $categories.Count | Should -BeGreaterThan 40
        Get-Sorted $told.Keys | Should -Be (Get-Sorted $categories.Keys)
    }

    It 'tells their categories' {
        foreach ($id in $told.Keys) {
            Get-Sorted ($told[$id] -split ', ') | Should -Be (Get-Sorted ([System.Linq.Enumerable]::Distinct([string[]] $categories[$id]))) -Because $id
        }
    }

    It 'covers the ids that pages tell' {
        foreach ($command in Get-Command -Module KvmPS) {
            $notes = (ConvertFrom-HelpPage "$root/docs/cmdlets/$($command.Name).md").Notes
            foreach ($match in [regex]::Matches($notes, '(?m)^- `(\w+)`:')) {
                $id = $match.Groups[1].Value
                $told.ContainsKey($id) -or $others.Contains($id) | Should -BeTrue -Because "$($command.Name) tells $id"
            }
        }
    }
}

Describe 'The topics' {
    It '<_> is found' -ForEach 'about_KvmPS', 'about_KvmPS_Devices', 'about_KvmPS_Errors', 'about_KvmPS_Guests', 'about_KvmPS_Lifetime' {
        "$(Get-Help $_)" | Should -BeLike "TOPIC*$_*SHORT DESCRIPTION*SEE ALSO*"
    }

    It 'fit a terminal of 80 columns' {
        foreach ($file in [System.IO.Directory]::GetFiles("$root/docs/about")) {
            foreach ($line in [System.IO.File]::ReadAllLines($file)) { $line.Length | Should -BeLessOrEqual 80 -Because "$file`: $line" }
        }
    }
}
