# Every system call of every cmdlet fails in every way that a kernel has: what comes of it is an error with a name or a
# completed operation, and nothing is lost.
BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet)
    $x86 = [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -eq 'X64'
    $operations = @(
        @{ Name = 'Get-KvmHost'; Action = { Get-KvmHost } }
        @{ Name = 'Test-KvmHost'; Action = { Test-KvmHost } }
        @{ Name = 'Get-KvmCapability'; Action = { Get-KvmCapability } }
        @{ Name = 'Get-KvmCapability -Vm'; Action = { Get-KvmCapability -Vm $vm } }
        @{ Name = 'Enable-KvmCapability'; Action = { Enable-KvmCapability $vm KVM_CAP_EXCEPTION_PAYLOAD -Argument 1 } }
        @{ Name = 'Get-KvmHostSnapshot'; Action = { Get-KvmHostSnapshot 3> $null } }
        @{ Name = 'Get-KvmProcess'; Action = { Get-KvmProcess 3> $null } }
        @{ Name = 'Get-KvmProcess -Id'; Action = { Get-KvmProcess -Id $PID } }
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
        @{ Name = 'Invoke-KvmVcpu'; Action = { Invoke-KvmVcpu $vcpu }; X86 = $true }
        @{ Name = 'Invoke-KvmConsole'; Action = { Invoke-KvmConsole $vcpu }; X86 = $true }
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
    ).Where({ $x86 -or -not $_.X86 })
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    . "$PSScriptRoot/RealModeGuest.ps1"
    $plan = [KvmPS.Native.KvmVm].Assembly.GetType('KvmPS.Native.Interop.FaultPlan', $true)
    $begin = $plan.GetMethod('Begin')
    $end = $plan.GetMethod('End')
    $folder = [System.IO.Directory]::CreateTempSubdirectory('kvmps-faults-').FullName
    $errnos = [Mono.Unix.Native.Errno[]] ('EINTR', 'EAGAIN', 'ENOMEM', 'EMFILE', 'EIO', 'EFAULT', 'ENOSPC', 'EINVAL', 'EBUSY', 'EEXIST', 'ENODEV', 'ENXIO', 'EPERM', 'ENOTTY')

    # What of this process belongs to KVM or to our files: descriptors and mappings.
    function Get-Held {
        $links = [System.IO.Directory]::GetFiles('/proc/self/fd').ForEach({ "$([System.IO.FileInfo]::new($_).LinkTarget)" })
        $held = $links.Where({ $_ -match 'kvm|eventfd' }) + [System.IO.File]::ReadAllLines('/proc/self/maps').Where({ $_ -match 'kvm-vcpu|kvmps-faults' })
        $held.Count
    }

    # Runs the action with the n-th call failing; gives the calls that were made and the error.
    function Invoke-Faulty([scriptblock] $Action, [int] $Nth, $Errno, [int] $Delay = 0) {
        $failure = $null
        $null = $begin.Invoke($null, @($Nth, [int] $Errno, $Delay))
        try { $null = . $Action } catch { $failure = $_ } finally { $calls = $end.Invoke($null, @()) }
        @{ Calls = $calls; Failure = $failure }
    }
}

AfterAll { [System.IO.Directory]::Delete($folder, $true) }

Describe '<Name>' -Skip:$noKvm -ForEach $operations {
    BeforeEach {
        $held = Get-Held
        function New-Scene {
            $script:file = "$folder/$([guid]::NewGuid())"
            $script:flat = "$folder/flat"
            [System.IO.File]::WriteAllBytes($flat, [byte[]] (0xF4))
            $script:vm = if ($X86) { New-RealModeGuest scene ([byte[]](0xE6, 0x80, 0xF4)) } else { New-KvmVm scene -Memory 1MB -Vcpu 1 }
            $null = Add-KvmMemory $vm 1MB 64KB -Path "$file.ram" -LogDirtyPages
            $script:vcpu = $vm.Vcpus[0]
            $script:device = New-KvmDevice $vm VFIO
            $script:other = New-KvmVm other
            $script:ioEvent = Register-KvmIoEvent $vm 0xC0000000
            $script:eventFd = $ioEvent.EventFd
            Write-KvmEventFd $eventFd
            if ($X86) {
                $script:chips = New-KvmVm chips
                $script:chip = New-KvmIrqChip $chips
                $null = Register-KvmIrqFd $chips 6
            }
        }
    }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'survives whatever a system call answers' {
        $ErrorActionPreference = 'Stop'
        New-Scene
        $calls = (Invoke-Faulty $Action 0 0).Calls
        Get-KvmVm | Remove-KvmVm -Force
        $calls.Count | Should -BeGreaterThan 0
        # A listing makes the same call hundreds of times: each of the first ones and the last one stand for all.
        $numbers = [System.Collections.Generic.SortedSet[int]]::new([int[]] (@(1..[System.Math]::Min($calls.Count, 12)) + $calls.Count))
        foreach ($nth in $numbers) {
            foreach ($errno in $errnos) {
                New-Scene
                $outcome = Invoke-Faulty $Action $nth $errno
                $because = "$errno was the answer to call $nth, $($calls[$nth - 1]), of $($calls -join ', '): $($outcome.Failure)"
                if ($outcome.Failure) {
                    $outcome.Failure.Exception | Should -BeOfType ([KvmPS.Native.KvmException]) -Because $because
                    $outcome.Failure.FullyQualifiedErrorId | Should -Match '^[A-Z]\w+,KvmPS\.' -Because $because
                    $outcome.Failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty -Because $because
                    $outcome.Failure.TargetObject | Should -Not -BeNullOrEmpty -Because $because
                    # These never answer EINTR (mmap(2), mprotect(2), madvise(2), fstat(2)).
                    if (-not $Fails -and $calls[$nth - 1] -notin 'mmap', 'mprotect', 'madvise', 'fstat') { $errno | Should -Not -Be 'EINTR' -Because "an interrupted call is made again; $because" }
                }
                # What there was can still be used, unless the operation has removed it.
                if ("$($vm.State)" -eq 'Open') { Get-KvmCapability -Vm $vm KVM_CAP_USER_MEMORY | Should -Not -BeNullOrEmpty -Because $because }
                if ("$($vcpu.State)" -eq 'Open') { $vcpu.Id | Should -Be 0 }
                Get-KvmVm | Remove-KvmVm -Force
                Get-Held | Should -Be $held -Because "nothing is left behind when $because"
            }
        }
    }

    It 'survives late answers' {
        New-Scene
        [bool] (Invoke-Faulty $Action 1 0 20).Failure | Should -Be ([bool] $Fails)
    }
}
