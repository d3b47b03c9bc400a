BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet)
    $x86 = [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -eq 'X64'
    # kvm_pvm emulates real mode instruction by instruction, and faults within faults are beyond its emulator.
    $emulated = -not $noKvm -and (Get-KvmHost).Backend -eq 'kvm_pvm'
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    . "$PSScriptRoot/RealModeGuest.ps1"
    function Get-Failure([scriptblock] $Action) { try { $null = & $Action } catch { $_ } }

    # A PowerShell of its own thread, which sees the same VMs.
    function Start-Elsewhere([scriptblock] $Action, $Argument) {
        $shell = [powershell]::Create([initialsessionstate]::CreateDefault2())
        $null = $shell.AddScript("Import-Module '$PSScriptRoot/../../KvmPS.psd1'; `$v = `$args[0]; $Action").AddArgument($Argument)
        @{ Shell = $shell; Handle = $shell.BeginInvoke() }
    }

    function Wait-Running($Vcpu) {
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        while ($Vcpu.State -ne 'Running') {
            if ($clock.Elapsed.TotalSeconds -gt 20) { throw "$Vcpu does not run." }
            [System.Threading.Thread]::Sleep(5)
        }
    }
}

Describe 'Invoke-KvmVcpu' -Skip:($noKvm -or -not $x86) {
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    # userspace_io_test: size, direction and count of single and repeated accesses, and data that reach the guest.
    It 'tells what the guest writes to a port' -Tag Conformance, userspace_io_test {
        # mov dx,0x3f8; mov al,'H'; out dx,al; mov ax,0x1234; out dx,ax; mov eax,0x89ABCDEF; out dx,eax; hlt
        $vm = New-RealModeGuest out ([byte[]](0xBA, 0xF8, 0x03, 0xB0, 0x48, 0xEE, 0xB8, 0x34, 0x12, 0xEF, 0x66, 0xB8, 0xEF, 0xCD, 0xAB, 0x89, 0x66, 0xEF, 0xF4))
        $exits = Get-KvmVcpu $vm | Invoke-KvmVcpu
        "$($exits.Reason)" | Should -Be 'Io Io Io Hlt'
        $exits.Sequence | Should -Be @(1, 2, 3, 4)
        $exits[0] | Should -BeOfType ([KvmPS.Native.KvmIoExit])
        $exits[0].Vcpu | Should -Be $vm.Vcpus[0]
        "$($exits[0].Direction)" | Should -Be 'Out'
        $exits[0].Port | Should -Be 0x3F8
        $exits[0..2].Size | Should -Be @(1, 2, 4)
        $exits[0..2].ForEach({ $_.psbase.Count }) | Should -Be @(1, 1, 1)
        $exits[0].Value | Should -Be 0x48
        $exits[1].Value | Should -Be 0x1234
        $exits[2].Value | Should -Be 0x89ABCDEFL
        $exits[2].Data -join ',' | Should -Be '239,205,171,137'
        $exits[0].Raw.Length | Should -Be 16
    }

    It 'gives the guest what is set on the exit' -Tag Conformance, userspace_io_test {
        # mov dx,0x60; in al,dx; mov [0x500],al; in eax,dx; mov [0x504],eax; hlt
        $vm = New-RealModeGuest in ([byte[]](0xBA, 0x60, 0x00, 0xEC, 0xA2, 0x00, 0x05, 0x66, 0xED, 0x66, 0xA3, 0x04, 0x05, 0xF4))
        $null = Invoke-KvmVcpu $vm.Vcpus[0] | ForEach-Object {
            if ($_.Direction -eq 'In') { $_.Value = if ($_.Size -eq 1) { 0x42 } else { 0xFFFFFFF0 } }
        }
        (Read-KvmMemory $vm 0x500 8) -join ',' | Should -Be '66,0,0,0,240,255,255,255'
    }

    It 'gives each item of a repeated read' -Tag Conformance, userspace_io_test {
        # mov dx,0x60; xor di,di; mov es,di; mov di,0x500; mov cx,4; cld; rep insb; hlt
        $vm = New-RealModeGuest rep ([byte[]](0xBA, 0x60, 0, 0x31, 0xFF, 0x8E, 0xC7, 0xBF, 0x00, 0x05, 0xB9, 4, 0, 0xFC, 0xF3, 0x6C, 0xF4))
        $next = 1
        $null = Invoke-KvmVcpu $vm.Vcpus[0] | ForEach-Object {
            if ($_.Reason -eq 'Io') { $_.Data = [byte[]] @(for ($i = 0; $i -lt $_.Count; $i++) { ($next++) }) }
        }
        (Read-KvmMemory $vm 0x500 4) -join ',' | Should -Be '1,2,3,4'
    }

    It 'tells MMIO, and gives the guest what it reads there' {
        # mov ax,0x2000; mov ds,ax; mov word [0x10],0xBEEF; mov al,[0x20]; xor bx,bx; mov ds,bx; mov [0x500],al; hlt
        $vm = New-RealModeGuest mmio ([byte[]](0xB8, 0, 0x20, 0x8E, 0xD8, 0xC7, 0x06, 0x10, 0, 0xEF, 0xBE, 0xA0, 0x20, 0, 0x31, 0xDB, 0x8E, 0xDB, 0xA2, 0, 0x05, 0xF4))
        Get-KvmMemory $vm -Slot 0 | Remove-KvmMemory
        $null = Add-KvmMemory $vm 0 64KB
        $exits = Invoke-KvmVcpu $vm.Vcpus[0] | ForEach-Object { if ($_.Direction -eq 'Read') { $_.Value = 0x5A }; $_ }
        "$($exits.Reason)" | Should -Be 'Mmio Mmio Hlt'
        "$($exits[0].Direction) $($exits[1].Direction)" | Should -Be 'Write Read'
        $exits[0].Address | Should -Be 0x20010
        $exits[0].Size | Should -Be 2
        $exits[0].Value | Should -Be 0xBEEF
        $exits[1].Address | Should -Be 0x20020
        (Read-KvmMemory $vm 0x500 1) | Should -Be 0x5A
    }

    It 'ends after -MaxExit, and goes on where it stopped' {
        # mov al,'a'; l: out 0x80,al; inc al; jmp l
        $vm = New-RealModeGuest max ([byte[]](0xB0, 0x61, 0xE6, 0x80, 0xFE, 0xC0, 0xEB, 0xFA))
        $vcpu = $vm.Vcpus[0]
        (Invoke-KvmVcpu $vcpu -MaxExit 2).Value | Should -Be @(0x61, 0x62)
        (Invoke-KvmVcpu $vcpu -MaxExit 3).Value | Should -Be @(0x63, 0x64, 0x65)
        $vcpu.State | Should -Be 'Open'
    }

    It 'ends after -Until, and Hlt does not end it then' {
        # hlt; out 0x80,al; hlt
        $vm = New-RealModeGuest until ([byte[]](0xF4, 0xE6, 0x80, 0xF4))
        "$((Invoke-KvmVcpu $vm.Vcpus[0] -Until Io).Reason)" | Should -Be 'Hlt Io'
    }

    It 'ends after -Timeout with an Intr exit, in seconds or as a TimeSpan' {
        $vm = New-RealModeGuest spin $spin
        (Invoke-KvmVcpu $vm.Vcpus[0] -Timeout 0.1).Reason | Should -Be 'Intr'
        (Invoke-KvmVcpu $vm.Vcpus[0] -Timeout ([timespan]::FromMilliseconds(50))).Reason | Should -Be 'Intr'
    }

    It 'refuses -Timeout <_>' -ForEach -5, 4294968, 'soon', ([timespan]::MaxValue) {
        $vm = New-RealModeGuest spin $spin
        { Invoke-KvmVcpu $vm.Vcpus[0] -Timeout $_ } | Should -Throw -ErrorId 'ParameterArgumentTransformationError,*'
    }

    It 'ends with a triple fault as Shutdown' -Skip:$emulated {
        # lidt [cs:0xf00a]; int3, with an empty IDT
        $vm = New-RealModeGuest fault ([byte[]](0x2E, 0x0F, 0x01, 0x1E, 0x0A, 0xF0, 0xCC, 0xF4, 0, 0, 0, 0, 0, 0, 0, 0))
        "$((Invoke-KvmVcpu $vm.Vcpus[0]).Reason)" | Should -Be 'Shutdown'
    }

    It 'runs nothing with -WhatIf' {
        $vm = New-RealModeGuest whatif ([byte[]](0xE6, 0x80, 0xF4))
        Invoke-KvmVcpu $vm.Vcpus[0] -WhatIf | Should -BeNullOrEmpty
        (Invoke-KvmVcpu $vm.Vcpus[0])[0].Sequence | Should -Be 1
    }

    It 'says KvmExitCompleted for an exit that is answered, or that asked nothing' {
        # in al,0x60; out 0x80,al; hlt
        $vm = New-RealModeGuest late ([byte[]](0xE4, 0x60, 0xE6, 0x80, 0xF4))
        $asked = Invoke-KvmVcpu $vm.Vcpus[0] -MaxExit 1
        $asked.Value = 7
        $told = Invoke-KvmVcpu $vm.Vcpus[0] -MaxExit 1
        $told.Value | Should -Be 7
        foreach ($exit in $asked, $told) {
            $failure = Get-Failure { $exit.Value = 8 }
            $failure.Exception.InnerException | Should -BeOfType ([KvmPS.Native.KvmExitCompletedException])
        }
        $asked.Value | Should -Be 7
    }

    It 'refuses a value that does not fit' {
        $vm = New-RealModeGuest fit ([byte[]](0xE4, 0x60, 0xF4))
        $asked = Invoke-KvmVcpu $vm.Vcpus[0] -MaxExit 1
        { $asked.Value = 0x100 } | Should -Throw -ExpectedMessage '*0x100 does not fit into 1 bytes*'
        { $asked.Data = [byte[]](1, 2) } | Should -Throw -ExpectedMessage '*takes 1 bytes, not 2*'
    }

    It 'says KvmObjectRemoved for a vCPU that was removed' {
        $vm = New-RealModeGuest gone $spin
        $vcpu = $vm.Vcpus[0]
        Remove-KvmVcpu $vcpu
        $failure = Get-Failure { Invoke-KvmVcpu $vcpu -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike 'KvmObjectRemoved,*'
        $failure.TargetObject | Should -Be $vcpu
    }

    # set_memory_region_test: without any memory KVM cannot even fetch an instruction. Where the shadow MMU's pages are
    # counted by the guest's memory, there are none to begin with: ENOSPC.
    It 'ends with InternalError, or ENOSPC, where there is no memory' -Tag Conformance, set_memory_region_test {
        $vm = New-KvmVm nothing -Vcpu 1
        try { (Invoke-KvmVcpu $vm.Vcpus[0] -Timeout 5 -ErrorAction Stop)[-1].Reason | Should -Be 'InternalError' }
        catch [KvmPS.Native.KvmException] { $_.Exception.Errno | Should -Be 'ENOSPC' }
    }
}

Describe 'A guest that does not stop by itself' -Skip:($noKvm -or -not $x86) {
    BeforeEach { $vm = New-RealModeGuest spinning $spin; $vcpu = $vm.Vcpus[0] }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'is stopped by Stop-KvmVcpu, and can be run again' {
        foreach ($round in 1..3) {
            $job = Start-Elsewhere { Invoke-KvmVcpu $v } $vcpu
            Wait-Running $vcpu
            Stop-KvmVcpu $vcpu
            $job.Handle.AsyncWaitHandle.WaitOne(5000) | Should -BeTrue
            $job.Shell.EndInvoke($job.Handle).Reason | Should -Be 'Intr'
            $vcpu.State | Should -Be 'Open'
        }
    }

    It 'is stopped with its pipeline: <_>' -ForEach 'Invoke-KvmVcpu $v', 'Invoke-KvmIoctl $v KVM_RUN' {
        $job = Start-Elsewhere ([scriptblock]::Create($_)) $vcpu
        Wait-Running $vcpu
        $job.Shell.Stop()
        $vcpu.State | Should -Be 'Open'
        (Invoke-KvmVcpu $vcpu -Timeout 0.05).Reason | Should -Be 'Intr'
    }

    It 'answers every other request with KvmVcpuRunning at once' {
        $job = Start-Elsewhere { Invoke-KvmVcpu $v } $vcpu
        Wait-Running $vcpu
        foreach ($action in { Invoke-KvmVcpu $vcpu -ErrorAction Stop }, { Invoke-KvmIoctl $vcpu KVM_GET_MP_STATE -ErrorAction Stop },
            { Remove-KvmVcpu $vcpu -ErrorAction Stop }, { Remove-KvmVm $vm -ErrorAction Stop }) {
            $failure = $null
            # Between its start and its entry the request itself would still be answered.
            while (-not $failure) { $failure = Get-Failure $action }
            $failure.FullyQualifiedErrorId | Should -BeLike 'KvmVcpuRunning,*'
            $failure.CategoryInfo.Category | Should -Be 'ResourceBusy'
            $failure.TargetObject | Should -Be $vcpu
        }
        Stop-KvmVcpu $vcpu
        $null = $job.Shell.EndInvoke($job.Handle)
    }

    It 'ends with KvmObjectRemoved when its VM is removed with -Force' {
        $job = Start-Elsewhere { Invoke-KvmVcpu $v } $vcpu
        Wait-Running $vcpu
        Remove-KvmVm $vm -Force
        $job.Handle.AsyncWaitHandle.WaitOne(5000) | Should -BeTrue
        $null = $job.Shell.EndInvoke($job.Handle)
        $job.Shell.Streams.Error[0].FullyQualifiedErrorId | Should -BeLike 'KvmObjectRemoved,*'
        $vcpu.State | Should -Be 'Removed'
    }

    It 'goes on with MMIO exits when its memory is taken away' -Tag Conformance, set_memory_region_test {
        # l: inc byte [0x8000]; jmp l
        Write-KvmMemory $vm 0xFFFFF000 ([byte[]](0xFE, 0x06, 0x00, 0x80, 0xEB, 0xFA))
        $job = Start-Elsewhere { Invoke-KvmVcpu $v -MaxExit 2 } $vcpu
        Wait-Running $vcpu
        Get-KvmMemory $vm -Slot 0 | Remove-KvmMemory
        $job.Handle.AsyncWaitHandle.WaitOne(5000) | Should -BeTrue
        $exits = $job.Shell.EndInvoke($job.Handle)
        "$($exits.Reason)" | Should -Be 'Mmio Mmio'
        $exits[0].Address | Should -Be 0x8000
    }

    It 'runs beside others' {
        $several = New-RealModeGuest several $spin -Vcpu 4
        $jobs = $several.Vcpus.ForEach({ Start-Elsewhere { Invoke-KvmVcpu $v } $_ })
        $several.Vcpus.ForEach({ Wait-Running $_ })
        $several.Vcpus | Stop-KvmVcpu
        foreach ($job in $jobs) { $job.Shell.EndInvoke($job.Handle).Reason | Should -Be 'Intr' }
    }

    It 'is left alone by -WhatIf, and Stop-KvmVcpu of one that nobody runs does nothing' {
        $job = Start-Elsewhere { Invoke-KvmVcpu $v } $vcpu
        Wait-Running $vcpu
        Stop-KvmVcpu $vcpu -WhatIf
        $job.Handle.AsyncWaitHandle.WaitOne(100) | Should -BeFalse
        Stop-KvmVcpu $vcpu
        $null = $job.Shell.EndInvoke($job.Handle)
        Stop-KvmVcpu $vcpu
        (Invoke-KvmVcpu $vcpu -Timeout 0.05).Reason | Should -Be 'Intr'
    }
}

Describe 'Start-KvmVcpu and Wait-KvmVcpu' -Skip:($noKvm -or -not $x86) {
    BeforeEach {
        # mov al,'a'; l: out 0x80,al; inc al; jmp l
        $vm = New-RealModeGuest background ([byte[]](0xB0, 0x61, 0xE6, 0x80, 0xFE, 0xC0, 0xEB, 0xFA))
        $vcpu = $vm.Vcpus[0]
    }
    AfterEach {
        Get-Job | Remove-Job -Force
        Get-KvmVm | Remove-KvmVm -Force
    }

    It 'is a job, and Receive-Job gets its exits' {
        $job = $vcpu | Start-KvmVcpu -MaxExit 3
        $job | Should -BeOfType ([KvmPS.KvmVcpuJob])
        $job.Vcpu | Should -Be $vcpu
        (Get-Job).InstanceId | Should -Be $job.InstanceId
        ($job | Wait-Job | Receive-Job).Value | Should -Be @(0x61, 0x62, 0x63)
        "$($job.State)" | Should -Be 'Completed'
    }

    It 'ends when its vCPU is stopped' {
        $job = Start-KvmVcpu $vcpu
        # Long enough for more exits than are kept for somebody who does not receive them.
        Wait-KvmVcpu $vcpu -Timeout 0.5 | Should -BeNullOrEmpty
        Stop-KvmVcpu $vcpu
        Wait-KvmVcpu $vcpu -Timeout 10 | Should -Be $vcpu
        $null = Wait-Job $job
        (Receive-Job $job)[-1].Reason | Should -Be 'Intr'
    }

    It 'ends with Stop-Job, also where nobody receives its exits' {
        $job = Start-KvmVcpu $vcpu
        [System.Threading.Thread]::Sleep(200)
        Stop-Job $job
        "$($job.State)" | Should -Be 'Stopped'
        $vcpu.State | Should -Be 'Open'
    }

    It 'fails with KvmObjectRemoved when its VM is removed' {
        $job = Start-KvmVcpu $vcpu -Until Hlt
        Remove-KvmVm $vm -Force
        $null = Wait-Job $job
        "$($job.State)" | Should -Be 'Failed'
        $errors = $null
        $null = Receive-Job $job -ErrorVariable errors -ErrorAction SilentlyContinue
        $errors[0].FullyQualifiedErrorId | Should -BeLike 'KvmObjectRemoved*'
    }

    It 'is an error for a vCPU that runs' {
        $null = Start-KvmVcpu $vcpu
        { Start-KvmVcpu $vcpu -ErrorAction Stop } | Should -Throw -ErrorId 'KvmVcpuRunning,*'
        (Get-Job).Count | Should -Be 1
    }

    It 'starts nothing with -WhatIf' {
        Start-KvmVcpu $vcpu -WhatIf | Should -BeNullOrEmpty
        $vcpu.State | Should -Be 'Open'
        Wait-KvmVcpu $vcpu | Should -Be $vcpu
    }
}

Describe 'Set-KvmGuestDebug' -Skip:($noKvm -or -not $x86) {
    BeforeEach {
        # mov al,1; add al,2; nop; inc ax; hlt
        $vm = New-RealModeGuest debugged ([byte[]](0xB0, 1, 0x04, 2, 0x90, 0x40, 0xF4))
        $vcpu = $vm.Vcpus[0]
    }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    # debug_regs: #DB with DR6.BS after each step, #DB with DR6.Bn before the instruction of a breakpoint.
    It 'steps, and lets go again' -Tag Conformance, debug_regs {
        $vcpu | Set-KvmGuestDebug -SingleStep
        $exits = Invoke-KvmVcpu $vcpu -MaxExit 3
        "$($exits.Reason)" | Should -Be 'Debug Debug Debug'
        $exits[0] | Should -BeOfType ([KvmPS.Native.KvmDebugExit])
        $exits.Pc | Should -Be @(0xFFFFF000L, 0xFFFFF002L, 0xFFFFF004L)
        $exits[0].Exception | Should -Be 1
        $exits[0].Dr6 -band 0x4000 | Should -Be 0x4000
        Set-KvmGuestDebug $vcpu
        "$((Invoke-KvmVcpu $vcpu).Reason)" | Should -Be 'Hlt'
    }

    It 'stops at addresses' -Tag Conformance, debug_regs {
        if ([System.IO.File]::ReadAllText('/proc/cpuinfo') -match 'QEMU TCG CPU') { Set-ItResult -Skipped -Because 'QEMU''s TCG loads a guest''s DR7 without arming the breakpoints in it'; return }
        Set-KvmGuestDebug $vcpu -Breakpoint 0xFFFFF002, 0xFFFFF004
        $exit = Invoke-KvmVcpu $vcpu -MaxExit 1
        $exit.Pc | Should -Be 0xFFFFF002L
        $exit.Dr6 -band 0xF | Should -Be 1
        Set-KvmGuestDebug $vcpu -Breakpoint 0xFFFFF004
        (Invoke-KvmVcpu $vcpu -MaxExit 1).Pc | Should -Be 0xFFFFF004L
    }

    It 'changes nothing with -WhatIf' {
        Set-KvmGuestDebug $vcpu -SingleStep -WhatIf
        "$((Invoke-KvmVcpu $vcpu).Reason)" | Should -Be 'Hlt'
    }

    It 'takes no more breakpoints than there are' {
        { Set-KvmGuestDebug $vcpu -Breakpoint 1, 2, 3, 4, 5 } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
    }

    It 'says KvmObjectRemoved for a vCPU that was removed' {
        Remove-KvmVcpu $vcpu
        { Set-KvmGuestDebug $vcpu -SingleStep -ErrorAction Stop } | Should -Throw -ErrorId 'KvmObjectRemoved,*'
    }
}
