# Stopped at a random moment, closed under running work, killed: the pipeline is back at once, what there is can be used or is
# removed, nothing is left behind, and what comes next begins anew.
# The long form: KVMPS_STOP_ROUNDS=100 ./kvmps build.ps1 Test -File Stop

BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noGuest = -not (Test-KvmHost -Quiet) -or [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -ne 'X64'
    $rounds = [int] ($env:KVMPS_STOP_ROUNDS ?? 5)
    $operations = @(
        @{ Script = 'Invoke-KvmVcpu $spinning.Vcpus[0]' }
        @{ Script = 'Invoke-KvmVcpu $talking.Vcpus[0] | ForEach-Object { }' }
        @{ Script = 'Invoke-KvmVcpu $talking.Vcpus[0] | ForEach-Object { [System.Threading.Thread]::Sleep(1) }' }
        @{ Script = 'while ($true) { Invoke-KvmVcpu $spinning.Vcpus[0] -Timeout 0.01 }' }
        @{ Script = 'Invoke-KvmIoctl $spinning.Vcpus[0] KVM_RUN' }
        @{ Script = 'while ($true) { $job = Start-KvmVcpu $spinning.Vcpus[0]; Stop-KvmVcpu $spinning.Vcpus[0]; $null = Wait-KvmVcpu $spinning.Vcpus[0]; Remove-Job $job -Force }' }
        @{ Script = 'Wait-KvmVcpu $background.Vcpus[0]' }
        @{ Script = 'Wait-KvmEventFd $eventFd' }
        @{ Script = 'while ($true) { Write-KvmEventFd $eventFd; Wait-KvmEventFd $eventFd }' }
        @{ Script = 'Read-KvmMemory $big 0 2000MB' }
        @{ Script = 'Read-KvmMemory $big 0 2000MB -AsText' }
        @{ Script = 'Read-KvmMemory $big 0 3GB -Path $folder/read' }
        @{ Script = 'Write-KvmMemory $big 0 $bytes' }
        @{ Script = 'Write-KvmMemory $big 0 -Path $folder/sparse' }
        @{ Script = 'Import-KvmImage $big $folder/sparse -Address 0' }
        @{ Script = 'Save-KvmVm $big $folder/saving' }
        @{ Script = 'Restore-KvmVm $folder/saved' }
        @{ Script = 'while ($true) { Get-KvmProcess -WarningAction Ignore }' }
        @{ Script = 'Get-KvmStat $big -Watch -Interval 600' }
        @{ Script = 'Get-KvmStat -Vcpu $background.Vcpus[0] -Watch -Interval 0.001' }
        @{ Script = 'while ($true) { Get-KvmDirtyPage $big -Clear }' }
        @{ Script = 'while ($true) { Add-KvmMemory $spinning 16MB 1GB | Remove-KvmMemory }' }
        @{ Script = 'while ($true) { New-KvmVm looped -Memory 1MB -Vcpu 2 | Remove-KvmVm }' }
        @{ Script = 'New-KvmVm looped -Vcpu 200' }
        @{ Script = 'while ($true) { New-KvmDevice $big VFIO | Remove-KvmDevice }' }
        @{ Script = 'while ($true) { Get-KvmDeviceAttr $spinning.Vcpus[0]; Get-KvmRegister $spinning.Vcpus[0] *; Get-KvmMsr $spinning.Vcpus[0] * }' }
        @{ Script = 'while ($true) { Receive-KvmCoalescedMmio $spinning }' }
        @{ Script = 'while ($true) { Test-KvmHost; Get-KvmHost; Get-KvmCapability; Get-KvmDeviceType }' }
        @{ Script = 'while ($true) { Register-KvmIoEvent $spinning 0xD0000000 4 | Unregister-KvmIoEvent }' }
    ).ForEach({ @{ Script = $_.Script; Rounds = $rounds } })
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    . "$PSScriptRoot/RealModeGuest.ps1"
    $root = [System.IO.Path]::GetFullPath("$PSScriptRoot/../..")
    $folder = [System.IO.Directory]::CreateTempSubdirectory('kvmps-stop-').FullName
    # out 0x80,al; jmp back
    [byte[]] $talk = 0xE6, 0x80, 0xEB, 0xFC

    # What of this process belongs to KVM or to our files, and the threads that run vCPUs.
    function Get-Held {
        $links = [System.IO.Directory]::GetFiles('/proc/self/fd').ForEach({ "$([System.IO.FileInfo]::new($_).LinkTarget)" })
        $links.Where({ $_ -match 'kvm-|/dev/kvm|eventfd|kvmps-stop-' })
        [System.IO.File]::ReadAllLines('/proc/self/maps').Where({ $_ -match 'kvm-vcpu|kvmps-stop-' })
        [System.IO.Directory]::GetDirectories('/proc/self/task').ForEach({ try { [System.IO.File]::ReadAllText("$_/comm").Trim() } catch { $null = $_ } }).Where({ $_ -like 'vCPU*' })
    }

    # 100 ms is what a person gets (docs/security.md); a machine that does other things as well takes some moments more, which
    # is far from what a command takes that is not stopped.
    function Get-Patience {
        $load = [double] [System.IO.File]::ReadAllText('/proc/loadavg').Split(' ')[0]
        500 + 200 * [System.Math]::Max(1, $load / [System.Environment]::ProcessorCount)
    }

    function New-Elsewhere([hashtable] $Variables = @{}) {
        $elsewhere = [runspacefactory]::CreateRunspace([initialsessionstate]::CreateDefault2())
        $elsewhere.Open()
        foreach ($name in $Variables.Keys) { $elsewhere.SessionStateProxy.SetVariable($name, $Variables[$name]) }
        $shell = [powershell]::Create()
        $shell.Runspace = $elsewhere
        $null = $shell.AddScript("Import-Module '$root/KvmPS.psd1'").Invoke()
        $shell.Dispose()
        $elsewhere
    }

    function Wait-Until([scriptblock] $Condition, [double] $Seconds = 20) {
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        while (-not (& $Condition) -and $clock.Elapsed.TotalSeconds -lt $Seconds) { [System.Threading.Thread]::Sleep(10) }
        & $Condition
    }

    # A shell of its own process. Whoever starts the suite may ignore Ctrl-C, and what is ignored is inherited.
    function Start-Shell([string] $Command) {
        $start = [System.Diagnostics.ProcessStartInfo]::new('env', [string[]] @('--default-signal=INT', "$root/kvmps", '-NoProfile', '-Command',
                "Import-Module '$root/KvmPS.psd1'; . '$root/tests/Pester/RealModeGuest.ps1'; $Command"))
        $start.RedirectStandardOutput = $start.RedirectStandardInput = $true
        $start.Environment['TMPDIR'] = "$folder/temporary"
        $null = [System.IO.Directory]::CreateDirectory("$folder/temporary")
        [System.Diagnostics.Process]::Start($start)
    }

    # What is left where a process puts things for a while; the runtime's own sockets and pipes aside.
    function Get-Leftover {
        [System.IO.Directory]::GetFileSystemEntries("$folder/temporary").Where({ $_ -notmatch 'dotnet-diagnostic-|clr-debug-pipe|CoreFxPipe_|\.dotnet' })
        [System.IO.Directory]::GetFileSystemEntries('/dev/shm').Where({ $_ -match 'kvm' })
    }
}

AfterAll { [System.IO.Directory]::Delete($folder, $true) }

Describe 'Stopped at a random moment' -Skip:$noGuest {
    BeforeAll {
        [byte[]] $bytes = [byte[]]::new(1GB)
        $sparse = [System.IO.File]::Create("$folder/sparse")
        $sparse.SetLength(3GB)
        $sparse.Dispose()
        $other = New-KvmVm -Name saved -Memory 2GB
        $null = Save-KvmVm $other "$folder/saved"
        Remove-KvmVm $other
        $before = @(Get-Held).Count
        $elsewhere = New-Elsewhere
    }
    AfterAll { $elsewhere.Dispose() }
    Context 'the pipeline' {
        BeforeEach {
            $spinning = New-RealModeGuest spinning $spin
            $talking = New-RealModeGuest talking $talk
            $background = New-RealModeGuest background $spin
            $job = Start-KvmVcpu $background.Vcpus[0]
            $big = New-KvmVm -Name big
            $null = Add-KvmMemory $big 0 3GB -LogDirtyPages
            $eventFd = New-KvmEventFd
            foreach ($name in 'spinning', 'talking', 'background', 'big', 'eventFd', 'bytes', 'folder') {
                $elsewhere.SessionStateProxy.SetVariable($name, $ExecutionContext.SessionState.PSVariable.GetValue($name))
            }
        }
        AfterEach {
            Remove-Job $job -Force
            Remove-KvmEventFd $eventFd -Force
            Get-KvmVm | Remove-KvmVm -Force
            foreach ($left in 'read', 'saving') { if ([System.IO.Path]::Exists("$folder/$left")) { & rm -r "$folder/$left" } }
        }

        It 'comes back within 100 ms, and leaves things usable: <Script>' -ForEach $operations {
            $seed = [System.Random]::Shared.Next()
            $random = [System.Random]::new($seed)
            foreach ($round in 1..$Rounds) {
                $delay = $random.Next(300)
                $because = "with the seed $seed, in round $round, after $delay ms of $Script"
                $shell = [powershell]::Create()
                $shell.Runspace = $elsewhere
                $begun = $shell.AddScript($Script).BeginInvoke()
                [System.Threading.Thread]::Sleep($delay)
                $clock = [System.Diagnostics.Stopwatch]::StartNew()
                $shell.Stop()
                $clock.Elapsed.TotalMilliseconds | Should -BeLessThan (Get-Patience) -Because $because
                $begun.IsCompleted | Should -BeTrue -Because $because
                "$($shell.InvocationStateInfo.State)" | Should -BeIn 'Stopped', 'Completed' -Because "$because, $($shell.InvocationStateInfo.Reason)"
                $shell.Streams.Error | Should -BeNullOrEmpty -Because $because
                $shell.Dispose()
                # A job of the loop above may still be on its way.
                foreach ($vm in $spinning, $talking) {
                    Stop-KvmVcpu $vm.Vcpus[0]
                    Wait-KvmVcpu $vm.Vcpus[0] -Timeout 20 | Should -Be $vm.Vcpus[0] -Because $because
                    (Invoke-KvmVcpu $vm.Vcpus[0] -Timeout 0.01)[-1].Reason | Should -Be 'Intr' -Because $because
                }
                "$($background.Vcpus[0].State)" | Should -Be 'Running' -Because $because
                # Between a command and the next one what the first has made is there.
                (Get-KvmMemory $spinning).Where({ $_.GuestAddress -eq 16MB }).ForEach({ Remove-KvmMemory $_ })
                Get-KvmIoEvent $spinning | Unregister-KvmIoEvent
                Read-KvmMemory $big 0xBFFFFFFF 1 | Should -Be 0 -Because $because
                foreach ($made in (Get-KvmVm).Where({ $_.Name -in 'looped', 'saved' })) {
                    # All of it or nothing.
                    $made.Vcpus.Count | Should -BeIn $(if ($Script -match '200') { 200 } else { 0, 2 }) -Because $because
                    Remove-KvmVm $made
                }
                # Written to the end, or not at all.
                [System.IO.Directory]::GetFiles($folder, 'read.*') | Should -BeNullOrEmpty -Because $because
                if ([System.IO.File]::Exists("$folder/read")) { [System.IO.FileInfo]::new("$folder/read").Length | Should -Be 3GB -Because $because }
                if ([System.IO.Directory]::Exists("$folder/saving")) {
                    [System.IO.File]::Exists("$folder/saving/state.json") | Should -BeTrue -Because $because
                    [System.IO.Directory]::Delete("$folder/saving", $true)
                }
            }
        }
    }

    It 'has lost nothing in all of that' {
        $jobs = [powershell]::Create()
        $jobs.Runspace = $elsewhere
        $null = $jobs.AddScript('Get-Job | Remove-Job -Force').Invoke()
        $jobs.Dispose()
        $null = Wait-Until { @(Get-Held).Count -eq $before }
        @(Get-Held).Count | Should -Be $before -Because "there is $(@(Get-Held) -join ', ')"
    }
}

Describe 'A runspace that ends under its work' -Skip:$noGuest {
    BeforeEach {
        $vm = New-RealModeGuest spinning $spin
        $vcpu = $vm.Vcpus[0]
        $before = @(Get-Held).Count
    }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'brings its guest out: <_>' -ForEach 'Dispose', 'Close', 'CloseAsync' {
        $elsewhere = New-Elsewhere @{ vcpu = $vcpu }
        $shell = [powershell]::Create()
        $shell.Runspace = $elsewhere
        $begun = $shell.AddScript('Invoke-KvmVcpu $vcpu').BeginInvoke()
        Wait-Until { "$($vcpu.State)" -eq 'Running' } | Should -BeTrue
        $null = $elsewhere.$_()
        Wait-Until { "$($vcpu.State)" -eq 'Open' } | Should -BeTrue
        Wait-Until { $begun.IsCompleted } | Should -BeTrue
        Wait-Until { "$($elsewhere.RunspaceStateInfo.State)" -eq 'Closed' } | Should -BeTrue
        (Invoke-KvmVcpu $vcpu -Timeout 0.01).Reason | Should -Be 'Intr'
        $shell.Dispose()
    }

    It 'takes its jobs with it, which nobody could find any more: <_>' -ForEach 'Dispose', 'Close', 'CloseAsync' {
        $elsewhere = New-Elsewhere @{ vcpu = $vcpu }
        $shell = [powershell]::Create()
        $shell.Runspace = $elsewhere
        $job = $shell.AddScript('Start-KvmVcpu $vcpu').Invoke()[0].psobject.BaseObject
        $shell.Dispose()
        "$($vcpu.State)" | Should -Be 'Running'
        $null = $elsewhere.$_()
        Wait-Until { "$($vcpu.State)" -eq 'Open' } | Should -BeTrue
        Wait-Until { "$($job.JobStateInfo.State)" -eq 'Stopped' } | Should -BeTrue
        $null = Wait-Until { @(Get-Held).Count -le $before + 1 }
        @(Get-Held).Where({ $_ -like 'vCPU*' }) | Should -BeNullOrEmpty
    }
}

Describe 'A job that is removed at a random moment' -Skip:$noGuest {
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'ends, and its vCPU can be run again' -ForEach @{ Rounds = 40 * $rounds } {
        $vm = New-RealModeGuest talking $talk
        $seed = [System.Random]::Shared.Next()
        $random = [System.Random]::new($seed)
        foreach ($round in 1..$Rounds) {
            $job = Start-KvmVcpu $vm.Vcpus[0]
            [System.Threading.Thread]::Sleep($random.Next(5))
            switch ($random.Next(3)) {
                0 { Stop-Job $job; "$($job.State)" | Should -Be 'Stopped' -Because "the seed was $seed"; Remove-Job $job }
                1 { Stop-KvmVcpu $vm.Vcpus[0]; $null = Wait-Job $job; Remove-Job $job }
                default { Remove-Job $job -Force }
            }
            "$($vm.Vcpus[0].State)" | Should -Be 'Open' -Because "the seed was $seed, this is round $round"
        }
    }
}

Describe 'Ctrl-C' -Skip:$noGuest {
    It 'ends a script that <What>, and its finally blocks run' -ForEach @(
        @{ What = 'runs a guest'; Text = 'Invoke-KvmVcpu $vm.Vcpus[0]' }
        @{ What = 'waits for a guest in the background'; Text = '$job = Start-KvmVcpu $vm.Vcpus[0]; Wait-KvmVcpu $vm.Vcpus[0]' }
        @{ What = 'saves a big VM'; Text = '$big = New-KvmVm -Memory 200GB; Save-KvmVm $big $env:TMPDIR/saving' }
        @{ What = 'reads a lot into a file'; Text = '$big = New-KvmVm -Memory 200GB; Read-KvmMemory $big 0 3GB -Path $env:TMPDIR/read' }
    ) {
        $process = Start-Shell "`$vm = New-RealModeGuest spinning `$spin; try { [Console]::Out.WriteLine('ready'); `$null = $Text } finally { [Console]::Out.WriteLine(`"cleaned `$(`$vm.Vcpus[0].Id)`") }"
        try {
            $process.StandardOutput.ReadLine() | Should -Be 'ready'
            [System.Threading.Thread]::Sleep([System.Random]::Shared.Next(50, 400))
            & kill -INT $process.Id
            $process.WaitForExit(20000) | Should -BeTrue -Because 'it was to end'
            $process.StandardOutput.ReadToEnd().Trim() | Should -Be 'cleaned 0'
            Get-Leftover | Should -BeNullOrEmpty
        }
        finally { $process.Kill() }
    }
}

Describe 'kill -9' -Skip:$noGuest {
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'leaves nothing of guests that run' {
        $process = Start-Shell '$vm = New-RealModeGuest spinning $spin -Vcpu 3; $null = Start-KvmVcpu $vm.Vcpus; $null = Get-KvmStat $vm; [Console]::Out.WriteLine("ready"); Wait-KvmVcpu $vm.Vcpus'
        $process.StandardOutput.ReadLine() | Should -Be 'ready'
        (Get-KvmProcess -Id $process.Id).Vcpus.Count | Should -Be 3
        $process.Kill()
        $process.WaitForExit(20000) | Should -BeTrue
        Wait-Until { -not [System.IO.Directory]::Exists("/proc/$($process.Id)") } | Should -BeTrue
        { Get-KvmProcess -Id $process.Id -ErrorAction Stop } | Should -Throw -ErrorId 'KvmProcessNotFound,*'
        Get-Leftover | Should -BeNullOrEmpty
    }

    It 'in the middle of saving leaves a folder that Restore-KvmVm knows as unfinished, and the next one is saved' {
        $saving = "$folder/unfinished"
        $process = Start-Shell "`$vm = New-KvmVm -Name cut -Memory 200GB; `$null = Add-KvmMemory `$vm 1TB 1MB; [Console]::Out.WriteLine('ready'); Save-KvmVm `$vm '$saving'"
        $process.StandardOutput.ReadLine() | Should -Be 'ready'
        Wait-Until { [System.IO.File]::Exists("$saving/memory-0.bin") } | Should -BeTrue
        $process.Kill()
        $process.WaitForExit(20000) | Should -BeTrue
        [System.IO.File]::Exists("$saving/state.json") | Should -BeFalse
        Get-Leftover | Should -BeNullOrEmpty
        $failure = { Restore-KvmVm $saving -ErrorAction Stop } | Should -Throw -ErrorId 'SavedVmInvalid,*' -PassThru
        "$failure" | Should -BeLike '*cut short*'
        Get-KvmVm | Should -BeNullOrEmpty
        $vm = New-KvmVm -Name cut -Memory 1MB
        { Save-KvmVm $vm $saving -ErrorAction Stop } | Should -Throw -ErrorId 'KvmFileNotUsable,*'
        $null = Save-KvmVm $vm "$saving.next"
        (Restore-KvmVm "$saving.next" again).Memory[0].Size | Should -Be 1MB
    }
}
