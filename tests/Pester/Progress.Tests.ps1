BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet)
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $folder = [System.IO.Directory]::CreateTempSubdirectory('kvmps-progress-').FullName

    # The progress records of a script, and how long it took.
    function Get-Progress([string] $Script) {
        $shell = [powershell]::Create([System.Management.Automation.Runspaces.InitialSessionState]::CreateDefault2())
        try {
            $null = $shell.AddScript("Import-Module '$PSScriptRoot/../../KvmPS.psd1'").Invoke()
            $shell.Commands.Clear()
            $shell.Streams.Progress.Clear()
            $watch = [System.Diagnostics.Stopwatch]::StartNew()
            $null = $shell.AddScript($Script).Invoke()
            $shell.Streams.Error | Should -BeNullOrEmpty
            [pscustomobject] @{ Records = @($shell.Streams.Progress); Seconds = $watch.Elapsed.TotalSeconds }
        }
        finally { $shell.Dispose() }
    }
}

AfterAll {
    [System.IO.Directory]::Delete($folder, $true)
}

Describe 'Progress' -Skip:$noKvm {
    AfterEach {
        Get-KvmVm | Remove-KvmVm
    }

    It 'is shown for a big file, not too often, and completed' {
        $file = [System.IO.File]::Create("$folder/big")
        $file.SetLength(256MB)
        $file.Dispose()
        $null = New-KvmVm -Name progress -Memory 256MB
        $progress = Get-Progress "Write-KvmMemory progress 0 -Path '$folder/big'"
        $progress.Records.Count | Should -BeGreaterOrEqual 2
        $progress.Records.Count | Should -BeLessOrEqual (2 + $progress.Seconds / 0.25)
        $progress.Records[0].RecordType | Should -Be 'Processing'
        $progress.Records[0].PercentComplete | Should -BeIn (0..100)
        $progress.Records[-1].RecordType | Should -Be 'Completed'
        @($progress.Records.Where({ $_.RecordType -eq 'Completed' })).Count | Should -Be 1
    }

    It 'is shown for a VM that is saved and restored' {
        $null = New-KvmVm -Name progress -Memory 512MB
        $saved = Get-Progress "`$null = Save-KvmVm progress '$folder/saved'"
        $restored = Get-Progress "`$null = Restore-KvmVm '$folder/saved' again"
        $saved.Records[0].Activity | Should -Be "Saving VM 'progress'"
        $restored.Records[0].Activity | Should -Be "Restoring $folder/saved"
        foreach ($progress in $saved, $restored) {
            $progress.Records[0].PercentComplete | Should -BeIn (0..100)
            $progress.Records[-1].RecordType | Should -Be 'Completed'
        }
    }

    It 'is not shown for a small one' {
        [System.IO.File]::WriteAllBytes("$folder/small", [byte[]]::new(1MB))
        $null = New-KvmVm -Name progress -Memory 1MB
        (Get-Progress "Write-KvmMemory progress 0 -Path '$folder/small'; Read-KvmMemory progress 0 1MB -Path '$folder/copy'").Records | Should -BeNullOrEmpty
    }
}
