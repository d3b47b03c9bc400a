# Every system call of every cmdlet fails in every way that a kernel has: what comes of it is an error with a name or a
# completed operation, and nothing is lost. Some answers stand for all; each of them: KVMPS_FAULTS=all
BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet)
    $x86 = [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -eq 'X64'
    $table = @(
        @{ Name = 'Get-KvmHost'; Action = { Get-KvmHost } }
        @{ Name = 'Test-KvmHost'; Action = { Test-KvmHost } }
        @{ Name = 'Get-KvmHost -Detailed'; Action = { Get-KvmHost -Detailed } }
        @{ Name = 'Watch-KvmHost'; Action = { Watch-KvmHost -Timeout 0.1 -MaxEvent 1 } }
        @{ Name = 'Get-KvmCapability'; Action = { Get-KvmCapability } }
        @{ Name = 'Get-KvmCapability -Vm'; Action = { Get-KvmCapability -Vm $vm } }
        @{ Name = 'Enable-KvmCapability'; Action = { Enable-KvmCapability $vm KVM_CAP_EXCEPTION_PAYLOAD -Argument 1 } }
        @{ Name = 'Get-KvmHostSnapshot'; Action = { Get-KvmHostSnapshot 3> $null } }
        @{ Name = 'Get-KvmProcess'; Action = { $null = $vm; Get-KvmProcess 3> $null } }
        @{ Name = 'Get-KvmProcess -Id'; Action = { $null = $vm; Get-KvmProcess -Id $PID } }
        @{ Name = 'Get-KvmStat -Vm'; Action = { Get-KvmStat $vm } }
        @{ Name = 'Get-KvmStat -Vcpu'; Action = { Get-KvmStat -Vcpu $vcpu } }
        @{ Name = 'New-KvmVm'; Action = { New-KvmVm } }
        @{ Name = 'New-KvmVm -Memory -Vcpu'; Action = { New-KvmVm -Memory 1MB -Vcpu 2 } }
        @{ Name = 'Remove-KvmVm'; Action = { Remove-KvmVm $vm } }
        @{ Name = 'New-KvmVcpu'; Action = { New-KvmVcpu $vm } }
        @{ Name = 'Remove-KvmVcpu'; Action = { Remove-KvmVcpu $vcpu } }
        @{ Name = 'Get-KvmDeviceType'; Action = { Get-KvmDeviceType } }
        @{ Name = 'New-KvmDevice'; Action = { New-KvmDevice $other VFIO } }
        @{ Name = 'New-KvmDevice -WhatIf'; Action = { New-KvmDevice $other VFIO -WhatIf } }
        @{ Name = 'Test-KvmDevice'; Action = { Test-KvmDevice $vm VFIO } }
        @{ Name = 'Remove-KvmDevice'; Action = { Remove-KvmDevice $device } }
        @{ Name = 'Remove-KvmDevice -Method Destroy'; Action = { Remove-KvmDevice $device -Method Destroy }; Fails = $true }
        @{ Name = 'Test-KvmDeviceAttr'; Action = { Test-KvmDeviceAttr $device 1 1 } }
        @{ Name = 'Get-KvmDeviceAttr'; Action = { Get-KvmDeviceAttr $device } }
        @{ Name = 'Get-KvmDeviceAttr -Group'; Action = { Get-KvmDeviceAttr $vcpu 0 0 }; X86 = $true }
        @{ Name = 'Set-KvmDeviceAttr'; Action = { Set-KvmDeviceAttr $vcpu 0 0 0 }; X86 = $true }
        @{ Name = 'Invoke-KvmIoctl'; Action = { Invoke-KvmIoctl $vm KVM_CHECK_EXTENSION 1 } }
        @{ Name = 'Add-KvmMemory'; Action = { Add-KvmMemory $vm 2MB 1MB } }
        @{ Name = 'Add-KvmMemory -LogDirtyPages -HugePages'; Action = { Add-KvmMemory $vm 2MB 2MB -LogDirtyPages -HugePages } }
        @{ Name = 'Add-KvmMemory -Path'; Action = { Add-KvmMemory $vm 2MB 1MB -Path $file } }
        @{ Name = 'Remove-KvmMemory'; Action = { Remove-KvmMemory $vm.Memory[0] } }
        @{ Name = 'Read-KvmMemory of a file'; Action = { Read-KvmMemory $vm 1MB 16 } }
        @{ Name = 'Write-KvmMemory to a file'; Action = { Write-KvmMemory $vm 1MB ([byte[]](1, 2)) } }
        @{ Name = 'Import-KvmImage'; Action = { Import-KvmImage $vm $flat -Address 0x2000 -Mode Protected32 -Vcpu $vcpu }; X86 = $true }
        @{ Name = 'Get-KvmDirtyPage -Clear'; Action = { Get-KvmDirtyPage $vm -Clear } }
        @{ Name = 'Invoke-KvmVcpu'; Action = { Invoke-KvmVcpu $vcpu -MaxExit 2 }; X86 = $true }
        @{ Name = 'Invoke-KvmConsole'; Action = { Write-KvmMemory $vm 0xFFFFF000 ([byte[]] (0xF4)); Invoke-KvmConsole $vcpu -Timeout 20 }; X86 = $true }
        @{ Name = 'Initialize-KvmVcpu'; Action = { Initialize-KvmVcpu $vcpu }; Arm64 = $true }
        @{ Name = 'New-KvmIrqChip'; Action = { New-KvmIrqChip $other }; X86 = $true }
        @{ Name = 'New-KvmIrqChip Split'; Action = { New-KvmIrqChip $other Split }; X86 = $true }
        @{ Name = 'Get-KvmIrqChip'; Action = { Get-KvmIrqChip $chips }; X86 = $true }
        @{ Name = 'Set-KvmIrqChip'; Action = { Set-KvmIrqChip $chips $chip }; X86 = $true }
        @{ Name = 'New-KvmPit'; Action = { New-KvmPit $chips }; X86 = $true }
        @{ Name = 'Set-KvmIrqLine'; Action = { Set-KvmIrqLine $chips 4 -Pulse }; X86 = $true }
        @{ Name = 'Set-KvmGsiRoute'; Action = { Set-KvmGsiRoute $chips 24 -Address 0xFEE00000 -Data 0x40 }; X86 = $true }
        @{ Name = 'Remove-KvmGsiRoute'; Action = { Remove-KvmGsiRoute $chips 4 }; X86 = $true }
        @{ Name = 'Send-KvmNmi'; Action = { Send-KvmNmi $vcpu }; X86 = $true }
        @{ Name = 'Send-KvmInterrupt'; Action = { Send-KvmInterrupt $vcpu 0x20 }; X86 = $true }
        @{ Name = 'New-KvmEventFd'; Action = { New-KvmEventFd | Remove-KvmEventFd } }
        @{ Name = 'Write-KvmEventFd'; Action = { Write-KvmEventFd $eventFd 1 } }
        @{ Name = 'Wait-KvmEventFd'; Action = { Wait-KvmEventFd $eventFd -Timeout 0.2 } }
        @{ Name = 'Register-KvmIrqFd -Resample'; Action = { Register-KvmIrqFd $chips 5 -Resample }; X86 = $true }
        @{ Name = 'Register-KvmIoEvent'; Action = { Register-KvmIoEvent $vm 0xD0000000 4 } }
        @{ Name = 'Unregister-KvmIoEvent'; Action = { Unregister-KvmIoEvent $ioEvent } }
        @{ Name = 'Register-KvmCoalescedMmio'; Action = { Register-KvmCoalescedMmio $vm 0xD0000000 8 } }
        @{ Name = 'Receive-KvmCoalescedMmio'; Action = { Receive-KvmCoalescedMmio $vm } }
        @{ Name = 'Remove-KvmVm with irqfd, ioeventfd and ring'; Action = { Remove-KvmVm $chips; Remove-KvmVm $vm }; X86 = $true }
        @{ Name = 'Get-KvmRegister *'; Action = { Get-KvmRegister $vcpu * }; X86 = $true }
        @{ Name = 'Set-KvmRegister'; Action = { Set-KvmRegister $vcpu @{ rax = 1; xmm1 = [byte[]] (1..16) } }; X86 = $true }
        @{ Name = 'Initialize-KvmVcpu'; Action = { Initialize-KvmVcpu $vcpu }; X86 = $true; Fails = $true }
        @{ Name = 'Get-KvmTsc'; Action = { Get-KvmTsc $vcpu }; X86 = $true }
        @{ Name = 'Set-KvmTsc'; Action = { Set-KvmTsc $vcpu 0 }; X86 = $true }
        @{ Name = 'Set-KvmGuestDebug'; Action = { Set-KvmGuestDebug $vcpu -SingleStep }; X86 = $true }
        @{ Name = 'Read-KvmMemory -Path'; Action = { Read-KvmMemory $vm 0 64KB -Path "$file.copy" }; After = { [System.IO.File]::Exists("$file.copy") | Should -Be (-not $_) } }
        @{ Name = 'Write-KvmMemory -Path'; Action = { Write-KvmMemory $vm 0 -Path "$file.ram" } }
        @{ Name = 'Get-KvmClock'; Action = { Get-KvmClock $vm }; X86 = $true }
        @{ Name = 'Set-KvmClock'; Action = { Set-KvmClock $vm 1 }; X86 = $true }
        @{ Name = 'Get-KvmRegister'; Action = { Get-KvmRegister $vcpu * }; X86 = $true }
        @{ Name = 'Set-KvmRegister'; Action = { Set-KvmRegister $vcpu @{ rax = 1; xmm0 = [byte[]] (1..16); cs = @{ limit = 0xFFFF } } }; X86 = $true
            After = { if ($_) { (Get-KvmRegister $vcpu rax).Value | Should -Be 0 } } }
        @{ Name = 'Get-KvmMsr'; Action = { Get-KvmMsr $vcpu }; X86 = $true }
        @{ Name = 'Get-KvmMsr -Supported'; Action = { Get-KvmMsr -Supported }; X86 = $true }
        @{ Name = 'Set-KvmMsr'; Action = { Set-KvmMsr $vcpu @{ IA32_SYSENTER_EIP = 1 } }; X86 = $true }
        @{ Name = 'Get-KvmCpuid'; Action = { Get-KvmCpuid $vcpu }; X86 = $true }
        @{ Name = 'Get-KvmCpuid -Supported'; Action = { Get-KvmCpuid -Supported }; X86 = $true }
        @{ Name = 'Set-KvmCpuid -FromHost'; Action = { Set-KvmCpuid $vcpu -FromHost }; X86 = $true }
        @{ Name = 'Get-KvmPit'; Action = { $null = New-KvmPit $chips; Get-KvmPit $chips }; X86 = $true }
        @{ Name = 'Set-KvmPit'; Action = { $pit = New-KvmPit $chips; Set-KvmPit $chips $pit }; X86 = $true }
        @{ Name = 'Send-KvmMsi'; Action = { $null = New-KvmVcpu $chips; Send-KvmMsi $chips 0xFEE00000 0x20 }; X86 = $true }
        @{ Name = 'Send-KvmSmi'; Action = { Send-KvmSmi $vcpu }; X86 = $true; Capability = 'KVM_CAP_X86_SMM' }
        @{ Name = 'Remove-KvmEventFd -Force'; After = { if ("$($given.State)" -eq 'Open') { Remove-KvmEventFd $given -Force } }
            Action = { $script:given = $null; $script:given = New-KvmEventFd; $null = Register-KvmIoEvent $vm 0xD0000000 -EventFd $given; Remove-KvmEventFd $given -Force } }
        @{ Name = 'Remove-KvmEventFd -Force of its user''s own'; Action = { Remove-KvmEventFd $eventFd -Force } }
        @{ Name = 'Unregister-KvmIrqFd'; Action = { Get-KvmIrqFd $chips | Unregister-KvmIrqFd }; X86 = $true }
        @{ Name = 'Unregister-KvmCoalescedMmio'; Action = { Register-KvmCoalescedMmio $vm 0xD0000000 8 | Unregister-KvmCoalescedMmio } }
        # On the threads that run vCPUs as well.
        @{ Name = 'Start-KvmVcpu'; X86 = $true; EveryThread = $true
            Action = { $script:job = Start-KvmVcpu $vcpu -MaxExit 3 -Until Shutdown; $null = Wait-Job $job; if ($job.Error.Count) { throw $job.Error[0] }; (Receive-Job $job).Count | Should -Be 3 }
            After = { if ($job) { Remove-Job $job; $script:job = $null }; "$($vcpu.State)" | Should -Be 'Open' } }
        @{ Name = 'Stop-KvmVcpu'; X86 = $true; EveryThread = $true; Varies = $true
            Action = { $script:job = Start-KvmVcpu $vcpu -Until Shutdown; while (-not $job.Output.Count -and "$($job.State)" -eq 'Running') { [System.Threading.Thread]::Sleep(1) }; Stop-KvmVcpu $vcpu; (Wait-KvmVcpu $vcpu -Timeout 10).Id | Should -Be 0 }
            After = { if ($job) { $null = Wait-Job $job; Remove-Job $job; $script:job = $null }; "$($vcpu.State)" | Should -Be 'Open' } }
        @{ Name = 'Save-KvmVm'; Action = { Save-KvmVm $vm "$file.saved" }; X86 = $true
            After = { if ($_) { [System.IO.Directory]::Exists("$file.saved") | Should -BeFalse } else { [System.IO.Directory]::GetFiles("$file.saved").Count | Should -Be 5 } } }
        @{ Name = 'Restore-KvmVm'; Action = { Restore-KvmVm $saved back }; X86 = $true; After = { @(Get-KvmVm back -ErrorAction Ignore).Count | Should -Be ([int] (-not $_)) } }
    )
    $operations = $table.Where({ ($x86 -or -not $_.X86) -and -not ($x86 -and $_.Arm64) -and ($noKvm -or -not $_.Capability -or (Get-KvmCapability $_.Capability).Supported) })
    $snapshot = if (-not $noKvm) { Get-KvmHostSnapshot 3> $null }
    # Those that only look at what this process knows.
    $silent = @(
        @{ Name = 'Compare-KvmHostSnapshot'; Snapshot = $snapshot; Action = { Compare-KvmHostSnapshot $Snapshot $Snapshot } }
        @{ Name = 'ConvertTo-KvmHostReport'; Snapshot = $snapshot; Action = { ConvertTo-KvmHostReport $Snapshot } }
        @{ Name = 'Send-KvmConsole'; Action = { Send-KvmConsole $vm x } }
        @{ Name = 'Get-KvmVm'; Action = { Get-KvmVm } }
        @{ Name = 'Get-KvmVcpu'; Action = { Get-KvmVcpu } }
        @{ Name = 'Get-KvmDevice'; Action = { Get-KvmDevice } }
        @{ Name = 'Get-KvmMemory'; Action = { Get-KvmMemory } }
        @{ Name = 'Wait-KvmVcpu'; Action = { Get-KvmVcpu | Wait-KvmVcpu } }
        @{ Name = 'Get-KvmGsiRoute'; Action = { Get-KvmGsiRoute $vm } }
        @{ Name = 'Get-KvmIrqFd'; Action = { Get-KvmIrqFd } }
        @{ Name = 'Get-KvmIoEvent'; Action = { Get-KvmIoEvent } }
        @{ Name = 'Get-KvmCoalescedMmio'; Action = { Get-KvmCoalescedMmio } }
    )
    $cmdlets = (Get-Module KvmPS).ExportedCmdlets.Keys.ForEach({ @{ Cmdlet = $_; Here = ($table + $silent).Name.ForEach({ $_.Split(' ')[0] }) } })
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    . "$PSScriptRoot/RealModeGuest.ps1"
    $plan = [KvmPS.Native.KvmVm].Assembly.GetType('KvmPS.Native.Interop.FaultPlan', $true)
    $begin = $plan.GetMethod('Begin')
    $end = $plan.GetMethod('End')
    $folder = [System.IO.Directory]::CreateTempSubdirectory('kvmps-faults-').FullName
    $errnos = [Mono.Unix.Native.Errno[]] ('EINTR', 'ENOMEM', 'EFAULT', 'EAGAIN', 'EMFILE', 'EIO', 'ENOSPC', 'EINVAL', 'EBUSY', 'EEXIST', 'ENODEV', 'ENXIO', 'EPERM', 'ENOTTY')
    $all = $env:KVMPS_FAULTS -eq 'all'

    . "$PSScriptRoot/Held.ps1"
    # Anonymous memory looks like any other, so there is much of it: 32 MB in each VM of a scene.
    $limit = 300MB

    # Runs the action with the n-th call failing; gives the calls that were made and the error.
    function Invoke-Faulty([scriptblock] $Action, [int] $Nth, $Errno, [int] $Delay = 0, $EveryThread) {
        $failure = $null
        $null = $begin.Invoke($null, @($Nth, [int] $Errno, $Delay, [bool] $EveryThread))
        try { $null = . $Action } catch { $failure = $_ } finally { $calls = $end.Invoke($null, @()) }
        @{ Calls = $calls; Failure = $failure }
    }

    # What an action is about, and no more: there are thousands of scenes.
    function New-Scene([string] $Action) {
        $script:file = "$folder/$([guid]::NewGuid())"
        $script:flat = "$folder/flat"
        [System.IO.File]::WriteAllBytes($flat, [byte[]] (0xF4))
        $script:vm = $script:vcpu = $null
        if ($Action -match '\$(vm|vcpu|device|ioEvent|eventFd|saved)\b') {
            # out 0x80,al; jmp back
            $script:vm = if ($X86) { New-RealModeGuest scene ([byte[]] (0xE6, 0x80, 0xEB, 0xFC)) } else { New-KvmVm scene -Memory 1MB -Vcpu 1 }
            $null = Add-KvmMemory $vm 256MB 32MB
            $null = Add-KvmMemory $vm 1MB 64KB -Path "$file.ram" -LogDirtyPages
            $script:vcpu = $vm.Vcpus[0]
            $script:device = New-KvmDevice $vm VFIO
            $script:ioEvent = Register-KvmIoEvent $vm 0xC0000000
            $script:eventFd = $ioEvent.EventFd
            Write-KvmEventFd $eventFd
        }
        if ($Action -match '\$other\b') { $script:other = New-KvmVm other -Memory 32MB }
        if ($Action -match '\$chips\b') {
            $script:chips = New-KvmVm chips -Memory 32MB
            $script:chip = New-KvmIrqChip $chips
            $null = Register-KvmIrqFd $chips 6
        }
        if ($Action -match '\$saved\b' -and -not $script:saved) { $script:saved = (Save-KvmVm $vm "$folder/saved").FullName }
    }

    # An operation's own look at what came of it; $_ is the failure.
    function Invoke-After($Failure) { if ($After) { $Failure | ForEach-Object -Process $After } }
    function Remove-Scene { Get-KvmVm | Remove-KvmVm -Force; foreach ($made in [System.IO.Directory]::GetFiles($folder)) { [System.IO.File]::Delete($made) } }
}

AfterAll { [System.IO.Directory]::Delete($folder, $true) }

Describe 'The cmdlet <Cmdlet>' -ForEach $cmdlets {
    It 'is among those whose system calls fail, or makes none' { $Cmdlet | Should -BeIn $Here }
}

Describe '<Name>, which makes no system call,' -Skip:$noKvm -ForEach $silent {
    AfterEach { Remove-Scene }

    It 'needs nothing of the kernel' {
        New-Scene '$vm'
        $outcome = Invoke-Faulty $Action 0 0
        $outcome.Failure | Should -BeNullOrEmpty
        $outcome.Calls | Should -BeNullOrEmpty
    }
}

Describe 'Looking for what is left' -Skip:$noKvm {
    AfterEach { Remove-Scene }

    It 'finds a descriptor, a shared mapping, and memory that every failure leaves' {
        $held = Get-Held $folder
        $space = Get-AddressSpace
        $X86 = $false
        # As many as the failures of one call, at most one of which is made again.
        foreach ($i in 2..$errnos.Count) { New-Scene '$vm' }
        Get-AddressSpace | Should -BeGreaterThan ($space + $limit)
        Get-Held $folder | Should -Not -Be $held
        Remove-Scene
        Get-Held $folder | Should -Be $held
        Get-AddressSpace | Should -BeLessThan ($space + $limit)
    }
}

Describe '<Name>' -Skip:$noKvm -ForEach $operations {
    AfterEach { Remove-Scene }

    It 'survives whatever a system call answers' {
        $ErrorActionPreference = 'Stop'
        # What is made once is there before.
        New-Scene $Action
        Remove-Scene
        $held = Get-Held $folder
        $space = Get-AddressSpace
        New-Scene $Action
        $calls = (Invoke-Faulty $Action 0 0 0 $EveryThread).Calls
        Invoke-After $null
        Remove-Scene
        $calls.Count | Should -BeGreaterThan 0
        # A listing makes the same call hundreds of times: each of the first ones and the last one stand for all.
        $numbers = [System.Collections.Generic.SortedSet[int]]::new([int[]] (@(1..[System.Math]::Min($calls.Count, $all ? 40 : 12)) + ($Varies ? 1 : $calls.Count)))
        foreach ($nth in $numbers) {
            # Where not all are tried: those that are treated specially, and the others by turns.
            $tried = $all ? $errnos : @($errnos[0..1] + $errnos[2 + $nth % ($errnos.Count - 2)])
            foreach ($errno in $tried) {
                New-Scene $Action
                $outcome = Invoke-Faulty $Action $nth $errno 0 $EveryThread
                $call = @($outcome.Calls)[$nth - 1]
                $because = "$errno was the answer to call $nth, $call, of $($calls -join ', '): $($outcome.Failure)"
                if ($outcome.Failure) {
                    $outcome.Failure.FullyQualifiedErrorId | Should -Match '^[A-Z]\w+(,KvmPS\.|$)' -Because $because
                    if ($outcome.Failure.FullyQualifiedErrorId -notlike 'KvmFileNotUsable,*') { $outcome.Failure.Exception | Should -BeOfType ([KvmPS.Native.KvmException]) -Because $because }
                    $outcome.Failure.CategoryInfo.Category | Should -Not -BeNullOrEmpty -Because $because
                    $outcome.Failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty -Because $because
                    $outcome.Failure.TargetObject | Should -Not -BeNullOrEmpty -Because $because
                    # These never answer EINTR (mmap(2), mprotect(2), madvise(2), fstat(2), pthread_create(3)).
                    if (-not $Fails -and $call -notin 'mmap', 'mprotect', 'madvise', 'fstat', 'pthread_create', 'pidfd_open', 'pidfd_getfd', 'socket', 'bind') { $errno | Should -Not -Be 'EINTR' -Because "an interrupted call is made again; $because" }
                }
                try { Invoke-After $outcome.Failure } catch { throw "$_ after $because" }
                # What there was can still be used, unless the operation has removed it.
                if ("$($vm.State)" -eq 'Open') { Get-KvmCapability -Vm $vm KVM_CAP_USER_MEMORY | Should -Not -BeNullOrEmpty -Because $because }
                if ("$($vcpu.State)" -eq 'Open') { $vcpu.Id | Should -Be 0 }
                Remove-Scene
            }
            Get-Held $folder | Should -Be $held -Because "nothing is left behind when one of $tried was the answer to call $nth of $($calls -join ', ')"
            Get-AddressSpace | Should -BeLessThan ($space + $limit) -Because "no memory is left behind when one of $tried was the answer to call $nth of $($calls -join ', ')"
        }
    }

    It 'survives late answers' {
        New-Scene $Action
        [bool] (Invoke-Faulty $Action 1 0 20 $EveryThread).Failure | Should -Be ([bool] $Fails)
        Invoke-After $null
    }
}
