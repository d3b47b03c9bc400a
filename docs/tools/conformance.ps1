# Writes docs/conformance.md from results of the suite, as NUnit xml: what the tests with the tag Conformance assert of the
# kernel's selftests, and what came of them here and in the labs. The document says how the results are made.
# With -Check nothing is written: it emits what the document and the tests do not have in common, whatever this kernel does.
param([switch] $Check)
$ErrorActionPreference = 'Stop'
$root = [System.IO.Path]::GetFullPath("$PSScriptRoot/../..")
Import-Module "$root/KvmPS.psd1"
$target = "$root/docs/conformance.md"

# The runs in the order of their columns.
$runs = @(
    @{ Title = 'host'; Path = 'out/test-results.xml'; What = 'the machine that this was written on' }
    @{ Title = 'x86 lab'; Path = 'out/lab-patched/test-results.xml'; What = 'kvm_amd on a processor that QEMU emulates' }
    @{ Title = 'GICv3 lab'; Path = 'out/lab-gicv3/test-results.xml'; What = 'arm64 with a GICv3, emulated by QEMU' }
    @{ Title = 'GICv2 lab'; Path = 'out/lab-gicv2/test-results.xml'; What = 'arm64 with a GICv2, emulated by QEMU' }
)

# The constants that a command of a test file has after a parameter.
function Get-Argument($Command, [string] $Parameter) {
    for ($i = 1; $i -lt $Command.CommandElements.Count - 1; $i++) {
        $element = $Command.CommandElements[$i]
        if ($element -isnot [System.Management.Automation.Language.CommandParameterAst] -or $element.ParameterName -ne $Parameter) { continue }
        @($Command.CommandElements[$i + 1].FindAll({ $args[0] -is [System.Management.Automation.Language.StringConstantExpressionAst] }, $true)).ForEach({ $_.Value })
    }
}

function Find-CommandAst($Tree, [string] $Name) {
    $Tree.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true).Where({ $_.GetCommandName() -eq $Name })
}

# The tests that are about a selftest: with the tag Conformance, or in a Describe that has it. Another tag names the
# selftest, or else the Describe does.
function Get-ConformanceTest {
    $files = [System.IO.Directory]::GetFiles("$root/tests/Pester", '*.Tests.ps1')
    [System.Array]::Sort($files, [System.StringComparer]::Ordinal)
    foreach ($file in $files) {
        $tree = [System.Management.Automation.Language.Parser]::ParseFile($file, [ref] $null, [ref] $null)
        foreach ($describe in Find-CommandAst $tree Describe) {
            foreach ($it in Find-CommandAst $describe It) {
                $tags = @(Get-Argument $it Tag) + @(Get-Argument $describe Tag)
                if ('Conformance' -notin $tags) { continue }
                $about, $name = $describe.CommandElements[1].Value, $it.CommandElements[1].Value
                $selftest = @($tags.Where({ $_ -notin 'Conformance', 'Long' }) + $about)[0]
                # What a Describe is about is the first half of the sentence, where it is not the selftest.
                $prefix = if ($about -ne $selftest) { "$about " }
                [pscustomobject]@{
                    File     = [System.IO.Path]::GetFileName($file) -replace '\.Tests\.ps1$', ''
                    Describe = $about
                    Selftest = $selftest
                    Prefix   = $prefix
                    Name     = "$prefix$name"
                    # Whether a run tells what became of it.
                    Told     = $false
                    Pattern  = '^' + ([regex]::Split("$prefix$name", '<[^<>]+>').ForEach({ [regex]::Escape($_) }) -join '.+') + '$'
                }
            }
        }
    }
}

# The document's rows and its list of what was not tried: file, selftest, name.
function Read-Document {
    $selftest = ''
    foreach ($line in [System.IO.File]::ReadAllLines($target)) {
        if ($line -match '^### (\S+)$') { $selftest = $Matches[1] }
        if ($line -match '^(\||\*) (?<name>.+?) (\| )?\[(?<file>\w+)\]\(\.\./tests/Pester/') {
            [pscustomobject]@{ Selftest = $selftest; Name = $Matches.name -replace '\\\|', '|' -replace '&lt;', '<'; File = $Matches.file }
        }
    }
}

function Compare-Document($Tests) {
    $told = @{}
    foreach ($row in Read-Document) {
        $fitting = $Tests.Where({ $_.File -eq $row.File -and $_.Selftest -eq $row.Selftest -and $row.Name -match $_.Pattern })
        if (-not $fitting) { "The document has a row without a test: $($row.Selftest), $($row.Name), $($row.File)" }
        foreach ($test in $fitting) { $told["$($test.File) $($test.Describe) $($test.Name)"] = $true }
    }
    foreach ($test in $Tests) {
        if (-not $told["$($test.File) $($test.Describe) $($test.Name)"]) { "The document lacks a test: $($test.Selftest), $($test.Name), $($test.File)" }
    }
}

$tests = @(Get-ConformanceTest)
if ($Check) { return Compare-Document $tests }

# What became of one test case, in words; nothing where the file itself leaves it out, for its architecture or devices.
function Get-Outcome($Case) {
    if ($Case.result -eq 'Success') { return 'pass' }
    if ($Case.result -ne 'Ignored') { throw "$($Case.GetAttribute('name')) ended with $($Case.result): the document tells of tests that pass or are skipped." }
    $reason = $Case.SelectSingleNode('reason/message')
    if ($reason) { "skipped: $($reason.InnerText -replace '^is skipped(, because )?', '' -replace '^this kernel has no ', 'no ')" }
}

function ConvertTo-Cell([string] $Text) { $Text -replace '\|', '\|' -replace '<', '&lt;' }
function Get-Link([string] $File) { "[$File](../tests/Pester/$File.Tests.ps1)" }

# The cases by selftest, in the order of the files; each with its outcomes by run.
$selftests = [System.Collections.Generic.SortedDictionary[string, object]]::new([System.StringComparer]::Ordinal)
$columns = [System.Collections.Generic.List[object]]::new()
foreach ($run in $runs) {
    if (-not [System.IO.File]::Exists("$root/$($run.Path)")) { continue }
    $xml = [xml] [System.IO.File]::ReadAllText("$root/$($run.Path)")
    $run.Kernel = $xml.'test-results'.environment.'os-version' -replace '^(\d+\.\d+\.\d+).*', '$1'
    $found = 0
    foreach ($container in $xml.SelectNodes('/test-results/test-suite/results/test-suite')) {
        $file = [System.IO.Path]::GetFileName($container.GetAttribute('name')) -replace '\.Tests\.ps1$', ''
        $own = $tests.Where({ $_.File -eq $file })
        if (-not $own) { continue }
        foreach ($case in $container.SelectNodes('.//test-case')) {
            # An It without wildcards before one that happens to fit as well.
            $fitting = $own.Where({ $case.GetAttribute('name').StartsWith("$($_.Describe).") -and "$($_.Prefix)$($case.description)" -match $_.Pattern })
            if (-not $fitting) { continue }
            $test = @($fitting.Where({ $_.Name -eq "$($_.Prefix)$($case.description)" }) + $fitting)[0]
            if (-not $selftests.ContainsKey($test.Selftest)) { $selftests[$test.Selftest] = [ordered]@{} }
            $key = "$file $($case.GetAttribute('name'))"
            $cases = $selftests[$test.Selftest]
            if (-not $cases.Contains($key)) { $cases[$key] = @{ Test = $test; Name = "$($test.Prefix)$($case.description)"; File = $file; Outcomes = @{} } }
            $outcome = Get-Outcome $case
            if ($outcome) { $cases[$key].Outcomes[$run.Title] = $outcome; $found++; $test.Told = $true }
        }
    }
    if ($found) { $columns.Add($run) }
}
if ($columns.Count -eq 0) { throw 'There are no results yet: docs/conformance.md says how they are made.' }
if ($columns[0].Title -eq 'host') { $columns[0].What += ": $((Get-KvmHost).Backend)" }

# Discovery takes its time under emulation: each lab looks only at files with tests for it.
$files = [System.Linq.Enumerable]::Distinct([string[]] $tests.ForEach({ $_.File }))
$x86Files = @($files).Where({ $_ -notmatch 'Arm64|Vgic' }) -join ','
$arm64Files = @($files).Where({ $_ -match 'Arm64|Vgic|^SelftestMemory$|^SelftestVm$|^Stat$' }) -join ','

$titles = @(@($columns).ForEach({ $_.Title }))
$total = @{}; $titles.ForEach({ $total[$_] = @{ Pass = 0; Skipped = 0 } })
$summary = [System.Collections.Generic.List[string]]::new()
$sections = [System.Collections.Generic.List[string]]::new()
$untried = [System.Collections.Generic.List[string]]::new()
foreach ($selftest in $selftests.Keys) {
    $rows, $lines = @(), @()
    foreach ($case in $selftests[$selftest].Values) {
        $place = "$(ConvertTo-Cell $case.Name)", (Get-Link $case.File)
        if ('pass' -in $case.Outcomes.Values) {
            $cells = $titles.ForEach({ if ($case.Outcomes[$_]) { ConvertTo-Cell $case.Outcomes[$_] } else { '–' } })
            $rows += "| $($place -join ' | ') | $($cells -join ' | ') |"
            foreach ($title in $titles) {
                if ($case.Outcomes[$title]) { $total[$title][$(if ($case.Outcomes[$title] -eq 'pass') { 'Pass' } else { 'Skipped' })]++ }
            }
        }
        # A case that was left out everywhere has no name of its own: others stand for it, where there are any.
        elseif ($case.Outcomes.Count -or -not $case.Test.Told) {
            $reasons = [System.Linq.Enumerable]::Distinct([string[]] @($titles.Where({ $case.Outcomes[$_] }).ForEach({ "$_ $($case.Outcomes[$_])" })))
            $lines += "* $($place -join ' ')$(if ($reasons) { " – $(ConvertTo-Cell ($reasons -join '; '))" })"
        }
    }
    if ($rows) {
        $counts = $titles.ForEach({
                $title = $_
                $outcomes = @($selftests[$selftest].Values.Where({ 'pass' -in $_.Outcomes.Values }).ForEach({ $_.Outcomes[$title] }).Where({ $_ }))
                if ($outcomes) { "$($outcomes.Where({ $_ -eq 'pass' }).Count) of $($outcomes.Count)" } else { '–' }
            })
        $summary.Add("| [$selftest](#$($selftest.ToLowerInvariant())) | $(@($rows).Count) | $($counts -join ' | ') |")
        $sections.Add("### $selftest`n`n| Assertion | Test | $($titles -join ' | ') |`n|---|---|$('---|' * $titles.Count)`n$($rows -join "`n")")
    }
    if ($lines) { $untried.Add("### $selftest`n`n$($lines -join "`n")") }
}

$text = @"
# Conformance

What the kernel's own tests of KVM (tools/testing/selftests/kvm) assert, asserted again through this module's cmdlets. Each
row is an assertion in words, the file with the test that makes it, and what came of it in each of these runs:

| Run | Kernel | On | Passed | Skipped |
|---|---|---|---|---|
$(@($columns).ForEach({ "| $($_.Title) | Linux $($_.Kernel) | $($_.What) | $($total[$_.Title].Pass) | $($total[$_.Title].Skipped) |" }) -join "`n")

*pass* means that the test ran there and its assertion held; *skipped* that the kernel lacks what it is about, which the
test found out by asking for it, and names; kvm_pvm is a backend that Linux has not, and what it does otherwise is a
reason as well. – stands for a test that does not belong to the run: one of another architecture or device, or one that
takes too long under emulation. An assertion that no kernel here could be asked is no row; the list at the end has those.
The selftests are called by their names in Linux 7.2; the tests are not theirs, but say the same in other words.

This page is written by ``./kvmps docs/tools/conformance.ps1`` from the results of

    ./kvmps build.ps1 Test -Tag Conformance
    ./kvmps build.ps1 Lab -Tag Conformance -File $x86Files
    ./kvmps build.ps1 Lab -Architecture arm64 -Tag Conformance -File $arm64Files
    ./kvmps build.ps1 Lab -Architecture arm64 -GicV2 -Tag Conformance -File Vgic

The suite holds that no row is without its test, and no such test without its row (``-Check``).

## Selftests

| Selftest | Assertions | $($titles -join ' | ') |
|---|---|$('---|' * $titles.Count)
$($summary -join "`n")

## Assertions

$($sections -join "`n`n")

## Not tried

What none of these kernels could be asked.

$($untried -join "`n`n")
"@
[System.IO.File]::WriteAllText($target, $text.Replace("`r", '').TrimEnd() + "`n")
"Wrote $target"
