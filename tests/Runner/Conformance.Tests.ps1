# What test files may rely on, under Pester 5.9 and under this runner alike.
BeforeDiscovery {
    $atDiscovery = 'seen'
    $pairs = @(
        @{ Name = 'one'; Number = 1; Inner = @{ Deep = 'x' } }
        @{ Name = 'two'; Number = 2; Inner = @{ Deep = 'y' } }
    )
    $isPester = (Get-Command Invoke-Pester).Source -eq 'Pester'

    $passing = @(
        '1 | Should -Be 1'
        '1 | Should -Be ''1'''
        '''a'' | Should -Be ''A'''
        '''x'' | Should -Be $true'
        '$null | Should -Be $null'
        '$null | Should -Be @()'
        '@() | Should -Be $null'
        '0 | Should -Not -Be $null'
        '1, 2, 3 | Should -Be 1, 2, 3'
        '1, @(2, 3) | Should -Be @(1, @(2, 3))'
        '1, ''A'' | Should -Be 1, ''a'''
        '[System.Collections.Generic.List[int]](1, 2) | Should -Be 1, 2'
        '1, 2 | Should -Be ([System.Collections.Generic.List[int]](1, 2))'
        'Should -ActualValue 5 -Be 5'
        'Should -Be $null'
        '[System.DayOfWeek]::Monday | Should -Be ''Monday'''
        '[uint64]::MaxValue | Should -Be 18446744073709551615'
        '''a'' | Should -BeExactly ''a'''
        '''a'' | Should -Not -BeExactly ''A'''
        '''a'', ''b'' | Should -BeExactly @(''a'', ''b'')'
        '$null | Should -BeNullOrEmpty'
        '@() | Should -BeNullOrEmpty'
        ''''' | Should -BeNullOrEmpty'
        '@{} | Should -BeNullOrEmpty'
        '@($null) | Should -BeNullOrEmpty'
        '0 | Should -Not -BeNullOrEmpty'
        '$false | Should -Not -BeNullOrEmpty'
        ''' '' | Should -Not -BeNullOrEmpty'
        '$null, $null | Should -Not -BeNullOrEmpty'
        '@{ a = 1 } | Should -Not -BeNullOrEmpty'
        '$true | Should -BeTrue'
        '1 | Should -BeTrue'
        '''x'', 1 | Should -BeTrue'
        '0 | Should -Not -BeTrue'
        '$false | Should -BeFalse'
        ''''' | Should -BeFalse'
        '$null | Should -BeFalse'
        '@() | Should -BeFalse'
        '2 | Should -BeGreaterThan 1'
        '1 | Should -Not -BeGreaterThan 1'
        '[double]::NaN | Should -BeGreaterThan 1'
        '1 | Should -BeGreaterOrEqual 1'
        '0 | Should -Not -BeGreaterOrEqual 1'
        '1 | Should -BeLessThan 2'
        '2 | Should -Not -BeLessThan 2'
        '2 | Should -BeLessOrEqual 2'
        '3 | Should -Not -BeLessOrEqual 2'
        '1 | Should -BeOfType int'
        '1 | Should -BeOfType [int]'
        '1 | Should -BeOfType ([System.ValueType])'
        '1, 2 | Should -BeOfType [int]'
        '1 | Should -Not -BeOfType [string]'
        '$null | Should -Not -BeOfType [string]'
        '1 | Should -BeIn 1, 2'
        '1, 2 | Should -BeIn 1, 2, 3'
        '''A'' | Should -BeIn ''a'', ''b'''
        '3 | Should -Not -BeIn 1, 2'
        '1, 2 | Should -Contain 2'
        '''a'' | Should -Contain ''A'''
        '1, 2 | Should -Not -Contain 3'
        '1, 2, 3 | Should -HaveCount 3'
        '@() | Should -HaveCount 0'
        '''abc'' | Should -HaveCount 1'
        ',@(1, 2) | Should -HaveCount 1'
        '1 | Should -Not -HaveCount 2'
        '''abc'' | Should -Match ''B'''
        '''abc'' | Should -Not -Match ''^b'''
        '''abc'' | Should -MatchExactly ''b'''
        '''abc'' | Should -Not -MatchExactly ''B'''
        '''abc'' | Should -BeLike ''A*'''
        '''abc'' | Should -Not -BeLike ''a'''
        '''/'' | Should -Exist'
        '''/no/such/file'' | Should -Not -Exist'
        '{ throw ''boom'' } | Should -Throw'
        '{ throw ''boom'' } | Should -Throw boom'
        '{ throw ''boom'' } | Should -Throw -ExpectedMessage ''B*M'''
        '{ throw ''[x]'' } | Should -Throw ''`[x`]'''
        '{ throw ''boom'' } | Should -Throw -ErrorId boom'
        '{ throw ''boom'' } | Should -Throw -ExceptionType ([System.Management.Automation.RuntimeException])'
        '{ throw ''boom'' } | Should -Throw -ExceptionType ([System.Exception])'
        '{ [int]::Parse(''x'') } | Should -Throw -ErrorId FormatException'
        '{ [int]::Parse(''x'') } | Should -Throw -ExceptionType System.Management.Automation.MethodInvocationException'
        '{ Get-Command No-Such -ErrorAction Stop } | Should -Throw -ErrorId ''CommandNotFoundException,*'''
        '{ Get-Command No-Such -ErrorAction SilentlyContinue } | Should -Not -Throw'
        '{ 1 } | Should -Not -Throw'
        '{ break } | Should -Not -Throw'
        '{ 1 | Should -Be 2 } | Should -Throw -ErrorId PesterAssertionFailed'
        '({ throw ''boom'' } | Should -Throw -PassThru).Exception.Message | Should -Be boom'
        '{ throw ''boom'' } | Should -Throw | Should -BeNullOrEmpty'
    )
    $failing = @(
        '1 | Should -Be 2'
        '1 | Should -Not -Be 1'
        '$true | Should -Be ''x'''
        '0 | Should -Be $null'
        '1, 2 | Should -Be 1, 2, 3'
        '1, 2, 3 | Should -Be 1, 2'
        '1, 2 | Should -Be 2, 1'
        '@() | Should -Be 1'
        ',@() | Should -Be @()'
        '''a'' | Should -BeExactly ''A'''
        '''a'' | Should -Not -BeExactly ''a'''
        '0 | Should -BeNullOrEmpty'
        '$null, $null | Should -BeNullOrEmpty'
        '@{ a = 1 } | Should -BeNullOrEmpty'
        '@() | Should -Not -BeNullOrEmpty'
        '0 | Should -BeTrue'
        '@() | Should -BeTrue'
        '1, 0 | Should -BeTrue'
        '1 | Should -BeFalse'
        '0 | Should -Not -BeFalse'
        '1 | Should -BeGreaterThan 1'
        '2 | Should -Not -BeGreaterThan 1'
        '0 | Should -BeGreaterOrEqual 1'
        '2 | Should -BeLessThan 2'
        '3 | Should -BeLessOrEqual 2'
        '1 | Should -BeOfType [string]'
        '$null | Should -BeOfType [string]'
        '1, ''a'' | Should -BeOfType [int]'
        '1 | Should -Not -BeOfType [int]'
        '3 | Should -BeIn 1, 2'
        '1, 3 | Should -BeIn 1, 2'
        '1 | Should -Not -BeIn 1, 2'
        '1, 2 | Should -Contain 3'
        '1, 2 | Should -Not -Contain 2'
        '1, 2 | Should -HaveCount 3'
        '@() | Should -HaveCount 1'
        '1 | Should -Not -HaveCount 1'
        '''abc'' | Should -Match ''^b'''
        '''abc'' | Should -Not -Match ''B'''
        '''abc'' | Should -MatchExactly ''B'''
        '''abc'' | Should -BeLike ''b*'''
        '''abc'' | Should -Not -BeLike ''A*'''
        '''/no/such/file'' | Should -Exist'
        '''/'' | Should -Not -Exist'
        '{ 1 } | Should -Throw'
        '{ throw ''boom'' } | Should -Not -Throw'
        '{ throw ''boom'' } | Should -Throw boo'
        '{ throw ''boom'' } | Should -Throw -ErrorId bo'
        '{ throw ''boom'' } | Should -Throw -ExceptionType ([System.ArgumentException])'
        '{ Get-Command No-Such -ErrorAction Stop } | Should -Throw -ErrorId CommandNotFoundException'
        '{ Get-Command No-Such -ErrorAction SilentlyContinue } | Should -Throw'
    )
}

BeforeAll {
    $ofFile = 'file'
    $script:ofScript = 'script'
    function Get-OfFile { $ofFile }

    function Invoke-Fixture([string[]] $Name, [hashtable] $Filter = @{}, [hashtable] $TestResult = @{}) {
        $ErrorActionPreference = 'Continue'
        $global:RunnerEvents = [System.Collections.Generic.List[string]]::new()
        $paths = [string[]] $Name.ForEach({ "$PSScriptRoot/fixtures/$_.Tests.ps1" })
        Invoke-Pester -Configuration @{
            Run        = @{ Path = $paths; PassThru = $true }
            Filter     = $Filter
            Output     = @{ Verbosity = 'None' }
            TestResult = $TestResult
        } 2> $null
    }

    function Get-RanName($Run) { $Run.Tests.Where({ $_.Result -ne 'NotRun' }).ForEach({ $_.ExpandedPath }) }
}

AfterAll { $ExecutionContext.SessionState.PSVariable.Remove('global:RunnerEvents') }

Describe 'Scopes' {
    $inBody = 'discovery only'

    BeforeAll { $ofBlock = 'block' }
    BeforeEach { $ofEach = 'each' }
    AfterEach { $inTest | Should -Be 'test' }

    It 'shows what discovery computed to -ForEach alone' -ForEach @($atDiscovery) {
        $_ | Should -Be 'seen'
        $atDiscovery | Should -BeNullOrEmpty
        $inBody | Should -BeNullOrEmpty
        $inTest = 'test'
    }

    It 'shows what BeforeAll and BeforeEach set' {
        "$ofFile $ofBlock $ofEach $script:ofScript" | Should -Be 'file block each script'
        Get-OfFile | Should -Be 'file'
        $inTest = 'test'
        $leak = 1
        $ofBlock = 'changed'
    }

    It 'shows nothing of the test before' {
        $leak | Should -BeNullOrEmpty
        $ofBlock | Should -Be 'block'
        $inTest = 'test'
    }

    It 'knows its file' {
        [System.IO.Path]::GetFileName($PSCommandPath) | Should -Be 'Conformance.Tests.ps1'
        "$PSScriptRoot/Conformance.Tests.ps1" | Should -Be $PSCommandPath
        $inTest = 'test'
    }

    Context 'inside another' {
        BeforeAll { $ofBlock = "inner $ofBlock" }

        It 'sees and hides what is around it' {
            $ofBlock | Should -Be 'inner block'
            $ofEach | Should -Be 'each'
            $inTest = 'test'
        }
    }
}

Describe 'Data of a block: <Name> <Inner.Deep>' -ForEach $pairs {
    BeforeAll { $fromData = $Number * 10 }

    It 'has its keys and $_' {
        $_.Name | Should -Be $Name
        $fromData | Should -Be ($Number * 10)
    }

    It '<Name> and <_>' -ForEach 'a', 'b' {
        $_ | Should -BeIn 'a', 'b'
        $Number | Should -BeIn 1, 2
    }

    Context 'of <_>' -ForEach 7 {
        It 'has the data of both' { "$_ $Number" | Should -Be "7 $Number" }
    }
}

Describe 'Data of a test' {
    It 'gives <Name>, <Inner.Deep> and <nothing> as variables' -TestCases $pairs {
        $Name | Should -Be $_.Name
        $Inner.Deep | Should -BeIn 'x', 'y'
    }

    It 'gives an array as one value' -ForEach @(, @(1, 2)) { $_ | Should -Be 1, 2 }

    It 'is skipped by a condition of discovery' -Skip:($atDiscovery -eq 'seen') { throw 'not reached' }
}

Describe 'TestDrive' {
    BeforeAll { [System.IO.File]::WriteAllText("$TestDrive/all", 'x') }

    Context 'A link to a folder elsewhere' {
        BeforeAll {
            $elsewhere = [System.IO.Directory]::CreateTempSubdirectory('elsewhere').FullName
            [System.IO.File]::WriteAllText("$elsewhere/precious", 'x')
        }

        Context 'goes with its block' {
            It 'is made' { $null = [System.IO.Directory]::CreateSymbolicLink("$TestDrive/link", $elsewhere) }
        }

        It 'is gone, and what it pointed to is not' {
            [System.IO.Directory]::Exists("$TestDrive/link") | Should -BeFalse
            "$elsewhere/precious" | Should -Exist
        }

        AfterAll { [System.IO.Directory]::Delete($elsewhere, $true) }
    }

    It 'keeps the files of a block, also under TestDrive:' {
        "$TestDrive/all" | Should -Exist
        'TestDrive:/all' | Should -Exist
        [System.IO.File]::WriteAllText("$TestDrive/it", 'x')
    }

    It 'keeps those of a test before' { "$TestDrive/it" | Should -Exist }

    Context 'inside another' {
        It 'adds a file' { [System.IO.File]::WriteAllText("$TestDrive/inner", 'x') }
    }

    Context 'after that' {
        It 'has the outer files alone' {
            "$TestDrive/all" | Should -Exist
            "$TestDrive/inner" | Should -Not -Exist
        }
    }

    It 'is another one in a run inside a run' {
        $before = $TestDrive
        $null = Invoke-Fixture Filters
        $TestDrive | Should -Be $before
        "$TestDrive/all" | Should -Exist
    }
}

Describe 'TestDrive of another block' {
    It 'is empty' { [System.IO.Directory]::GetFileSystemEntries($TestDrive) | Should -BeNullOrEmpty }
}

Describe 'Should' {
    It 'holds: <_>' -ForEach $passing { & ([scriptblock]::Create($_)) }

    It 'fails: <_>' -ForEach $failing {
        $block = [scriptblock]::Create($_)
        { & $block } | Should -Throw -ErrorId 'PesterAssertionFailed'
    }

    It 'says what was expected, what came, and why' {
        { 1 | Should -Be 2 -Because 'two is right' } |
            Should -Throw 'Expected 2, because two is right, but got 1.'
        { 'abc' | Should -Be 'abd' } | Should -Throw '*index 2*abd*abc*'
        { $null | Should -BeTrue -Because 'because it is' } |
            Should -Throw 'Expected $true, because it is, but got $null.'
        { '' | Should -BeGreaterThan 'a' } |
            Should -Throw "Expected the actual value to be greater than 'a', but got <empty>."
        { @(1, 'a', $true) | Should -Be 1 } | Should -Throw "Expected 1, but got @(1, 'a', `$true)."
        { [int] | Should -Be 1 } | Should -Throw 'Expected 1, but got `[int`].'
    }

    It 'lets the error of an impossible comparison pass' {
        { 1 | Should -BeGreaterThan 'abc' } | Should -Throw -ErrorId 'InvalidCast*'
        { 1 | Should -Throw } | Should -Throw -ExceptionType ([System.ArgumentException])
        { 1 | Should -BeOfType [No.Such] } | Should -Throw -ExceptionType ([System.ArgumentException])
    }

    It 'does not know an operator that there is not' {
        { 1 | Should -BeNice 2 } | Should -Throw -ErrorId 'AmbiguousParameterSet,*'
    }
}

Describe 'A run' {
    BeforeAll { $run = Invoke-Fixture Outcomes; $events = $RunnerEvents }

    It 'gives each test its result' {
        @($run.Tests).ForEach({ "$($_.ExpandedPath): $($_.Result)" }) | Should -Be @(
            'Tests.pass: Passed'
            'Tests.assertion: Failed'
            'Tests.throw: Failed'
            'Tests.error that ends a statement: Failed'
            'Tests.error that ends nothing: Passed'
            'Tests.-Skip: Skipped'
            'Tests.Skipped: Skipped'
            'Tests.Inconclusive: Inconclusive'
            'Tests.break: Passed'
            'Tests.continue: Passed'
            'Tests.return: Passed'
            'Tests.case 1: Passed'
            'Tests.case 2: Failed'
            'Tests.bad <template here>: Failed'
            'BeforeAll.own: Failed'
            'BeforeAll.inner.test: Failed'
            'AfterAll.own: Passed'
            'BeforeEach.own: Failed'
            'AfterEach.pass: Failed'
            'AfterEach.fail: Failed'
            'Skipped.own: Skipped'
            'Skipped.inner.test: Skipped'
            'Only skipped.own: Skipped'
        )
    }

    It 'counts' {
        $run.Result | Should -Be 'Failed'
        $run.PassedCount | Should -Be 7
        $run.FailedCount | Should -Be 10
        $run.SkippedCount | Should -Be 5
        $run.InconclusiveCount | Should -Be 1
        $run.NotRunCount | Should -Be 0
        $run.TotalCount | Should -Be 23
        $run.FailedBlocksCount | Should -Be 2
        $run.FailedContainersCount | Should -Be 0
        $run.Duration | Should -BeGreaterThan ([timespan]::Zero)
    }

    It 'keeps the errors of each test' {
        $errors = @{}
        foreach ($test in $run.Tests) { $errors[$test.ExpandedPath] = @($test.ErrorRecord).ForEach({ "$_" }) }
        $errors['Tests.pass'] | Should -HaveCount 0
        $errors['Tests.assertion'] | Should -Be @('Expected 2, because it is wrong, but got 1.')
        $errors['Tests.throw'] | Should -Be @('boom')
        $errors['Tests.error that ends a statement'] | Should -BeLike '*''x''*'
        $errors['Tests.Skipped'] | Should -Be @('is skipped, because of the weather')
        $errors['Tests.Inconclusive'] | Should -Be @('is inconclusive, because nobody knows')
        $errors['BeforeAll.own'] | Should -HaveCount 0
        $errors['BeforeEach.own'] | Should -Be @('setup')
        $errors['AfterEach.fail'] | Should -Be @('Expected 2, but got 1.', 'teardown')
    }

    It 'names the line of a failed assertion' {
        $failed = $run.Tests.Where({ $_.ExpandedPath -eq 'Tests.assertion' })[0].ErrorRecord[0]
        $failed.TargetObject.File | Should -Be "$PSScriptRoot/fixtures/Outcomes.Tests.ps1"
        $failed.TargetObject.Line | Should -Be 6
        $failed.FullyQualifiedErrorId | Should -Be 'PesterAssertionFailed'
    }

    It 'runs teardowns although setups failed' {
        $events | Should -Be 'AfterAll of BeforeAll', 'AfterEach of BeforeEach', 'AfterAll of the file'
    }

    It 'discovers first, then runs setups and teardowns from the outside to the inside and back' {
        $null = Invoke-Fixture Order
        $RunnerEvents -join ' ' | Should -Be (
            'file discovery describe context all1 all2 all3 each2 each3 a after3 after2 end3 each2 b after2 end2 end1')
    }

    It 'fails a file whose discovery fails, and runs what was discovered' {
        $broken = Invoke-Fixture Broken, Filters
        $broken.FailedContainersCount | Should -Be 1
        $broken.Result | Should -Be 'Failed'
        $broken.FailedContainers[0].ErrorRecord[0].ToString() | Should -Be 'no discovery'
        Get-RanName $broken | Should -Contain 'before.found'
        Get-RanName $broken | Should -Contain 'broken.half'
        Get-RanName $broken | Should -Contain 'Fast.one'
        $broken.TotalCount | Should -Be 8
    }

    It 'fails a file whose BeforeAll fails' {
        $bad = Invoke-Fixture BadSetup
        $bad.FailedContainersCount | Should -Be 1
        $bad.FailedCount | Should -Be 1
        $RunnerEvents | Should -Be 'AfterAll'
    }

    It 'goes on after exit' -Skip:$isPester {
        @((Invoke-Fixture Exit).Tests).ForEach({ $_.Result }) | Should -Be 'Failed', 'Passed'
        $RunnerEvents | Should -Be 'AfterEach', 'AfterEach'
    }
}

Describe 'Filters' {
    It 'run <Ran>' -ForEach @(
        @{ Filter = @{ Tag = 'quick' }; Ran = 'Fast.one', 'Fast.two', 'Fast.deep.three' }
        @{ Filter = @{ Tag = 'ARM*' }; Ran = @('Fast.two') }
        @{ Filter = @{ Tag = 'slow', 'arm64' }; Ran = 'Fast.two', 'Slow.four' }
        @{ Filter = @{ ExcludeTag = 'x86' }; Ran = 'Slow.four', 'Slow.five 1', 'Slow.five 2' }
        @{ Filter = @{ Tag = 'quick'; ExcludeTag = 'arm64' }; Ran = 'Fast.one', 'Fast.deep.three' }
        @{ Filter = @{ FullName = '*.four' }; Ran = @('Slow.four') }
        @{ Filter = @{ FullName = 'fast*' }; Ran = 'Fast.one', 'Fast.two', 'Fast.deep.three' }
        @{ Filter = @{ FullName = 'Fast.deep' }; Ran = @('Fast.deep.three') }
        @{ Filter = @{ FullName = 'Slow.five <_>' }; Ran = 'Slow.five 1', 'Slow.five 2' }
        @{ Filter = @{ FullName = 'Slow.four'; Tag = 'arm64' }; Ran = 'Fast.two', 'Slow.four' }
        @{ Filter = @{ FullName = 'nothing' }; Ran = @() }
    ) {
        $run = Invoke-Fixture Filters $Filter
        Get-RanName $run | Should -Be $Ran
        $run.PassedCount | Should -Be $Ran.Count
        $run.NotRunCount | Should -Be (6 - $Ran.Count)
        $run.Result | Should -Be 'Passed'
    }
}

Describe 'Results as NUnitXml' {
    It 'holds each test with its result' {
        $path = "$TestDrive/out/results.xml"
        $null = Invoke-Fixture Outcomes -TestResult @{ Enabled = $true; OutputPath = $path; OutputFormat = 'NUnitXml' }
        $xml = [xml] [System.IO.File]::ReadAllText($path)
        $results = $xml.'test-results'
        "$($results.total) $($results.failures) $($results.skipped) $($results.inconclusive)" | Should -Be '23 10 5 1'
        $cases = $xml.SelectNodes('//test-case')
        $cases.Count | Should -Be 23
        $case = $xml.SelectSingleNode("//test-case[@name='Tests.assertion']")
        $case.result | Should -Be 'Failure'
        $case.failure.message | Should -Be 'Expected 2, because it is wrong, but got 1.'
        $xml.SelectSingleNode("//test-suite[@type='ParameterizedTest']").name | Should -Be 'Tests.case <_>'
        $xml.SelectSingleNode("//test-case[@name='Tests.case 1']").result | Should -Be 'Success'
        $xml.SelectSingleNode("//test-case[@name='Skipped.inner.test']").result | Should -Be 'Ignored'
        # Pester 5 means to, but forgets the reason.
        $xml.SelectSingleNode("//test-case[@name='Tests.Skipped']/reason/message").InnerText | Should -BeIn @('is skipped, because of the weather', $null)
    }
}
