BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet)
    $x86 = [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -eq 'X64'
    # Since Linux 6.17 an eventfd raises one interrupt on the whole host; before, one in each VM.
    $shared = [version] ([regex]::Match([System.IO.File]::ReadAllText('/proc/sys/kernel/osrelease'), '^\d+\.\d+').Value) -lt [version] '6.17'
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    . "$PSScriptRoot/InterruptGuest.ps1"

    function Get-EventFdCount {
        [System.IO.Directory]::GetFiles('/proc/self/fd').Where({ [System.IO.FileInfo]::new($_).LinkTarget -eq 'anon_inode:[eventfd]' }).Count
    }

    function Get-Refusal([scriptblock] $Action, [string] $Id) {
        $Action | Should -Throw -ErrorId "$Id,*" -ExceptionType ([KvmPS.Native.KvmException]) -PassThru
    }

    # An irqfd's interrupt is raised by a kernel thread, a moment later.
    function Wait-Line($Vm, [int] $Irr) {
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        while ((Get-KvmIrqChip $Vm).PicMaster.Irr -ne $Irr -and $clock.Elapsed.TotalSeconds -lt 5) { [System.Threading.Thread]::Sleep(1) }
        (Get-KvmIrqChip $Vm).PicMaster.Irr
    }
}

# eventfd(2)
Describe 'An eventfd' {
    BeforeEach { $count = Get-EventFdCount; $eventFd = New-KvmEventFd }
    AfterEach { $eventFd.Dispose(); Get-EventFdCount | Should -Be $count }

    It 'is one of the kernel''s, and no child inherits it' {
        $eventFd | Should -BeOfType ([KvmPS.Native.KvmEventFd])
        [System.IO.FileInfo]::new("/proc/self/fd/$($eventFd.Fd)").LinkTarget | Should -Be 'anon_inode:[eventfd]'
        $flags = [System.IO.File]::ReadAllLines("/proc/self/fdinfo/$($eventFd.Fd)").Where({ $_ -like 'flags:*' })[0]
        [System.Convert]::ToInt32(($flags -split '\s+')[1], 8) -band [System.Convert]::ToInt32('2000000', 8) | Should -Not -Be 0
        "$($eventFd.State)" | Should -Be 'Open'
        "$eventFd" | Should -Be "eventfd $($eventFd.Fd)"
    }

    It 'adds up what is written, and is empty once it was read' {
        Write-KvmEventFd $eventFd
        $eventFd | Write-KvmEventFd -Value 41
        $taken = Wait-KvmEventFd $eventFd
        $taken | Should -BeOfType ([KvmPS.Native.KvmEvent])
        $taken.psbase.Count | Should -Be 42
        $taken.EventFd | Should -Be $eventFd
        Wait-KvmEventFd $eventFd -Timeout 0 | Should -BeNullOrEmpty
    }

    It 'begins with a count' {
        $other = New-KvmEventFd 7
        (Wait-KvmEventFd $other -Timeout 0).psbase.Count | Should -Be 7
        Remove-KvmEventFd $other
    }

    It 'gives 1 at a time as a semaphore' {
        $semaphore = New-KvmEventFd 2 -Semaphore
        $semaphore.IsSemaphore | Should -BeTrue
        (Wait-KvmEventFd $semaphore).psbase.Count, (Wait-KvmEventFd $semaphore).psbase.Count | Should -Be @(1, 1)
        Wait-KvmEventFd $semaphore -Timeout 0 | Should -BeNullOrEmpty
        Remove-KvmEventFd $semaphore
    }

    It 'waits as long as it shall' {
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        Wait-KvmEventFd $eventFd -Timeout 0.3 | Should -BeNullOrEmpty
        $clock.ElapsedMilliseconds | Should -BeGreaterOrEqual 300
        $clock.ElapsedMilliseconds | Should -BeLessThan 2000
    }

    It 'is waited for until another thread writes' {
        $shell = [powershell]::Create([initialsessionstate]::CreateDefault2())
        $null = $shell.AddScript('[System.Threading.Thread]::Sleep(200); $args[0].Signal(3)').AddArgument($eventFd)
        $handle = $shell.BeginInvoke()
        (Wait-KvmEventFd $eventFd -Timeout 20).psbase.Count | Should -Be 3
        $null = $shell.EndInvoke($handle)
        $shell.Dispose()
    }

    It 'is waited for with others: all of them, or the first' {
        $others = 1..2 | ForEach-Object { New-KvmEventFd }
        try {
            Write-KvmEventFd $others[1]
            $first = $eventFd, $others[0], $others[1] | Wait-KvmEventFd -Any -Timeout 20
            $first.EventFd | Should -Be $others[1]
            $others | Write-KvmEventFd -Value 2
            @(Wait-KvmEventFd $others -Timeout 20).Count | Should -Be 2
            Write-KvmEventFd $others[0]
            $some = @(Wait-KvmEventFd $others -Timeout 0.1)
            $some.EventFd | Should -Be @($others[0]) -Because 'the other one was not signalled in time'
        }
        finally { $others | Remove-KvmEventFd }
    }

    It 'lets go of the pipeline within 100 ms of Ctrl-C' {
        $shell = [powershell]::Create([initialsessionstate]::CreateDefault2())
        $null = $shell.AddScript("Import-Module '$PSScriptRoot/../../KvmPS.psd1'; Wait-KvmEventFd `$args[0]").AddArgument($eventFd)
        $delays = foreach ($attempt in 1..5) {
            $null = $shell.BeginInvoke()
            [System.Threading.Thread]::Sleep(300)
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            $shell.Stop()
            $clock.ElapsedMilliseconds
        }
        $shell.Dispose()
        # The host may be busy; the wait itself never takes longer.
        [System.Linq.Enumerable]::Min([long[]] $delays) | Should -BeLessOrEqual 100
    }

    It 'is neither made nor written nor removed with -WhatIf' {
        New-KvmEventFd -WhatIf | Should -BeNullOrEmpty
        Write-KvmEventFd $eventFd -WhatIf
        Wait-KvmEventFd $eventFd -Timeout 0 | Should -BeNullOrEmpty
        Remove-KvmEventFd $eventFd -WhatIf
        "$($eventFd.State)" | Should -Be 'Open'
    }

    It 'says <Id>, <Errno>, for what cannot be added' -ForEach @(
        @{ Value = [ulong]::MaxValue; Before = 0; Id = 'EventFdValueInvalid'; Errno = 'EINVAL'; Category = 'InvalidArgument' }
        @{ Value = 1; Before = [ulong]::MaxValue - 1; Id = 'EventFdOverflow'; Errno = 'EAGAIN'; Category = 'LimitsExceeded' }
    ) {
        if ($Before) { Write-KvmEventFd $eventFd $Before }
        $failure = Get-Refusal { Write-KvmEventFd $eventFd $Value -ErrorAction Stop } $Id
        # EAGAIN has a second name, EWOULDBLOCK.
        [int] $failure.Exception.Errno | Should -Be ([int] [Mono.Unix.Native.Errno] $Errno)
        $failure.CategoryInfo.Category | Should -Be $Category
        $failure.TargetObject | Should -Be $eventFd
    }

    It 'says KvmObjectRemoved after its removal: <Use>' -ForEach @(
        @{ Use = 'Write-KvmEventFd'; Call = { Write-KvmEventFd $eventFd -ErrorAction Stop } }
        @{ Use = 'Wait-KvmEventFd'; Call = { Wait-KvmEventFd $eventFd -ErrorAction Stop } }
        @{ Use = 'Remove-KvmEventFd'; Call = { Remove-KvmEventFd $eventFd -ErrorAction Stop } }
    ) {
        $eventFd | Remove-KvmEventFd
        "$($eventFd.State) $($eventFd.Fd)" | Should -Be 'Removed -1'
        (Get-Refusal $Call KvmObjectRemoved).TargetObject | Should -Be $eventFd
    }

    It 'that is removed ends who waits for it, and not who waits for others' {
        $other = New-KvmEventFd
        $shell = [powershell]::Create([initialsessionstate]::CreateDefault2())
        $null = $shell.AddScript("Import-Module '$PSScriptRoot/../../KvmPS.psd1'; Wait-KvmEventFd `$args[0], `$args[1] -ErrorAction SilentlyContinue -ErrorVariable e; `$e[0].FullyQualifiedErrorId")
        $null = $shell.AddArgument($eventFd).AddArgument($other)
        $handle = $shell.BeginInvoke()
        [System.Threading.Thread]::Sleep(300)
        Remove-KvmEventFd $eventFd
        [System.Threading.Thread]::Sleep(200)
        Write-KvmEventFd $other
        $taken, $id = $shell.EndInvoke($handle)
        $shell.Dispose()
        $taken.EventFd | Should -Be $other
        $id | Should -BeLike 'KvmObjectRemoved,*'
        Remove-KvmEventFd $other
    }
}

Describe 'An irqfd' -Skip:($noKvm -or -not $x86) {
    BeforeEach {
        $count = Get-EventFdCount
        $vm = New-KvmVm irqfds
        $null = New-KvmIrqChip $vm
    }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force; Get-EventFdCount | Should -Be $count }

    It 'raises its line for each write' {
        $irqFd = Register-KvmIrqFd $vm 6
        $irqFd | Should -BeOfType ([KvmPS.Native.KvmIrqFd])
        $irqFd.Gsi, $irqFd.ResampleFd | Should -Be @(6, $null)
        "$($irqFd.Vm) $($irqFd.State)" | Should -Be "VM 'irqfds' Open"
        Write-KvmEventFd $irqFd.EventFd
        Wait-Line $vm 0x40 | Should -Be 0x40
    }

    # virt/kvm/eventfd.c: "Check if there was an event already pending".
    It 'raises it at once where the eventfd has a count' {
        $eventFd = New-KvmEventFd 1
        $null = $vm | Register-KvmIrqFd -Gsi 5 -EventFd $eventFd
        Wait-Line $vm 0x20 | Should -Be 0x20
        Remove-KvmEventFd $eventFd -Force
    }

    It 'does nothing any more once it is unregistered' {
        $eventFd = New-KvmEventFd
        $irqFd = Register-KvmIrqFd $vm 6 $eventFd
        $eventFd.Users | Should -Be @($irqFd)
        $irqFd | Unregister-KvmIrqFd
        "$($irqFd.State) $($eventFd.State)" | Should -Be 'Removed Open'
        @($eventFd.Users).Count | Should -Be 0
        Write-KvmEventFd $eventFd
        (Wait-KvmEventFd $eventFd -Timeout 1).psbase.Count | Should -Be 1 -Because 'nobody else took it'
        (Get-KvmIrqChip $vm).PicMaster.Irr | Should -Be 0
        (Get-Refusal { Unregister-KvmIrqFd $irqFd -ErrorAction Stop } KvmObjectRemoved).TargetObject | Should -Be $irqFd
        $null = Register-KvmIrqFd $vm 7 $eventFd
        Wait-Line $vm 0 | Should -Be 0
        Remove-KvmEventFd $eventFd -Force
    }

    It 'is listed, and ends with its VM' {
        $eventFd = New-KvmEventFd
        $given = Register-KvmIrqFd $vm 6 $eventFd
        $made = Register-KvmIrqFd $vm 7
        (Get-KvmIrqFd).Gsi | Should -Be @(6, 7)
        ($vm | Get-KvmIrqFd).Count | Should -Be 2
        Get-EventFdCount | Should -Be ($count + 2)
        Remove-KvmVm $vm
        "$($given.State) $($made.State) $($made.EventFd.State) $($eventFd.State)" | Should -Be 'Removed Removed Removed Open'
        Get-EventFdCount | Should -Be ($count + 1)
        Remove-KvmEventFd $eventFd
    }

    It 'holds its eventfd against removal, unless forced' {
        $eventFd = New-KvmEventFd
        $irqFd = Register-KvmIrqFd $vm 6 $eventFd
        $failure = Get-Refusal { Remove-KvmEventFd $eventFd -ErrorAction Stop } EventFdInUse
        $failure.Exception.Errno | Should -Be 'EBUSY'
        $failure.CategoryInfo.Category | Should -Be 'ResourceBusy'
        $failure.ErrorDetails.RecommendedAction | Should -BeLike '*Users*Remove-KvmEventFd -Force*'
        "$($eventFd.State) $($irqFd.State)" | Should -Be 'Open Open'
        Remove-KvmEventFd $eventFd -Force
        "$($eventFd.State) $($irqFd.State)" | Should -Be 'Removed Removed'
        Get-KvmIrqFd | Should -BeNullOrEmpty
    }

    It 'is neither registered nor unregistered with -WhatIf' {
        Register-KvmIrqFd $vm 6 -WhatIf | Should -BeNullOrEmpty
        $irqFd = Register-KvmIrqFd $vm 6
        Unregister-KvmIrqFd $irqFd -WhatIf
        "$($irqFd.State)" | Should -Be 'Open'
    }

    # irqfd_test: an eventfd raises one interrupt; the second registration is EBUSY and leaves nothing behind.
    It 'has its eventfd for itself, in its VM' -Tag Conformance, irqfd_test {
        $eventFd = New-KvmEventFd
        $irqFd = Register-KvmIrqFd $vm 10 $eventFd
        $failure = Get-Refusal { Register-KvmIrqFd $vm 11 $eventFd -ErrorAction Stop } EventFdInUse
        $failure.Exception.Errno | Should -Be 'EBUSY'
        $failure.Exception.Operation | Should -Be 'KVM_IRQFD'
        $failure.TargetObject | Should -Be $vm
        $eventFd.Users | Should -Be @($irqFd)
        Remove-KvmEventFd $eventFd -Force
    }

    It 'has its eventfd for itself, on the host' -Skip:$shared {
        $eventFd = New-KvmEventFd
        $null = Register-KvmIrqFd $vm 10 $eventFd
        $other = New-KvmVm other
        $null = New-KvmIrqChip $other
        (Get-Refusal { Register-KvmIrqFd $other 12 $eventFd -ErrorAction Stop } EventFdInUse).TargetObject | Should -Be $other
        Remove-KvmEventFd $eventFd -Force
        $again = New-KvmEventFd
        $null = Register-KvmIrqFd $other 12 $again
        Remove-KvmEventFd $again -Force
    }

    # arch/x86/kvm/irq.c, kvm_arch_irqfd_allowed.
    It 'says IrqChipNotPresent, EINVAL: <What>' -ForEach @(
        @{ What = 'no interrupt controller'; Call = { Register-KvmIrqFd (New-KvmVm bare) 6 -ErrorAction Stop } }
        @{ What = 'resampling in a split one'; Call = { $split = New-KvmVm split; $null = New-KvmIrqChip $split Split; Register-KvmIrqFd $split 6 -Resample -ErrorAction Stop } }
    ) {
        $failure = Get-Refusal $Call IrqChipNotPresent
        $failure.Exception.Errno | Should -Be 'EINVAL'
        Get-EventFdCount | Should -Be $count
    }

    It 'says KvmObjectRemoved for a removed eventfd or VM' {
        $eventFd = New-KvmEventFd
        Remove-KvmEventFd $eventFd
        (Get-Refusal { Register-KvmIrqFd $vm 6 $eventFd -ErrorAction Stop } KvmObjectRemoved).TargetObject | Should -Be $eventFd
        (Get-Refusal { Register-KvmIrqFd $vm 6 -ResampleFd $eventFd -ErrorAction Stop } KvmObjectRemoved).TargetObject | Should -Be $eventFd
        Remove-KvmVm $vm
        (Get-Refusal { Register-KvmIrqFd $vm 6 -ErrorAction Stop } KvmObjectRemoved).TargetObject | Should -Be $vm
    }

    It 'interrupts the guest' {
        $guest = New-InterruptGuest guest -Vector 0x25
        $irqFd = Register-KvmIrqFd $guest 5
        $null = Invoke-KvmVcpu $guest.Vcpus[0] -MaxExit 1 -Timeout 20
        Write-KvmEventFd $irqFd.EventFd
        $exit = Invoke-KvmVcpu $guest.Vcpus[0] -MaxExit 1 -Timeout 20
        $exit.Port, $exit.Value | Should -Be @(0x80, 0x25)
    }

    It 'interrupts the guest by a message' {
        $guest = New-ApicGuest guest -Vector 0x54
        Set-KvmGsiRoute $guest 50 -Address 0xFEE00000 -Data 0x54
        $irqFd = Register-KvmIrqFd $guest 50
        $null = Invoke-KvmVcpu $guest.Vcpus[0] -MaxExit 1 -Timeout 20
        Write-KvmEventFd $irqFd.EventFd
        (Invoke-KvmVcpu $guest.Vcpus[0] -MaxExit 1 -Timeout 20).Value | Should -Be 0x54
    }

    # 4.75: "the interrupt is de-asserted and userspace is notified through the resamplefd".
    It '-Resample tells when the guest has acknowledged' {
        $guest = New-ApicGuest guest -Vector 0x55
        $chip = Get-KvmIrqChip $guest
        $chip.Ioapic.Pins[20].Bits = 0x55
        $chip.Ioapic.Pins[20].IsLevel = $true
        Set-KvmIrqChip $guest $chip
        $irqFd = Register-KvmIrqFd $guest 20 -Resample
        $irqFd.ResampleFd | Should -BeOfType ([KvmPS.Native.KvmEventFd])
        $null = Invoke-KvmVcpu $guest.Vcpus[0] -MaxExit 1 -Timeout 20
        Write-KvmEventFd $irqFd.EventFd
        (Invoke-KvmVcpu $guest.Vcpus[0] -MaxExit 1 -Timeout 20).Value | Should -Be 0x55
        (Wait-KvmEventFd $irqFd.ResampleFd -Timeout 5).psbase.Count | Should -Be 1
        (Get-KvmIrqChip $guest).Ioapic.Irr -band 0x100000 | Should -Be 0 -Because 'the line was lowered'
    }
}

Describe 'An ioeventfd' -Skip:$noKvm {
    BeforeEach { $count = Get-EventFdCount; $vm = New-KvmVm ioevents }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force; Get-EventFdCount | Should -Be $count }

    It 'is registered for an address' {
        $ioEvent = Register-KvmIoEvent $vm 0xD0000000 4 -DataMatch 0xFFFFFFFF
        $ioEvent | Should -BeOfType ([KvmPS.Native.KvmIoEvent])
        "$($ioEvent.Space) $($ioEvent.Length) $($ioEvent.State)" | Should -Be 'Mmio 4 Open'
        $ioEvent.Address, $ioEvent.DataMatch | Should -Be @(0xD0000000L, 0xFFFFFFFFL)
        (Get-KvmIoEvent).Address | Should -Be @(0xD0000000L)
        $ioEvent | Unregister-KvmIoEvent
        "$($ioEvent.State) $($ioEvent.EventFd.State)" | Should -Be 'Removed Removed'
        Get-KvmIoEvent $vm | Should -BeNullOrEmpty
    }

    It 'is registered for length <Length>' -ForEach @(@{ Length = 0 }, @{ Length = 1 }, @{ Length = 2 }, @{ Length = 4 }, @{ Length = 8 }) {
        ($vm | Register-KvmIoEvent -Address 0xD0000000 -Length $Length).Length | Should -Be $Length
    }

    It 'is one of several that an eventfd serves' {
        $eventFd = New-KvmEventFd
        $null = Register-KvmIoEvent $vm 0xD0000000 4 $eventFd
        $null = Register-KvmIoEvent $vm 0xD0000004 4 $eventFd
        $eventFd.Users.Count | Should -Be 2
        Remove-KvmEventFd $eventFd -Force
        Get-KvmIoEvent $vm | Should -BeNullOrEmpty
    }

    It 'lends the eventfd that was made for it, until the last one ends' {
        $ioEvent = Register-KvmIoEvent $vm 0xD0000000
        $other = New-KvmVm other
        $borrower = Register-KvmIoEvent $other 0xD0000000 -EventFd $ioEvent.EventFd
        Remove-KvmVm $vm
        "$($ioEvent.State) $($ioEvent.EventFd.State)" | Should -Be 'Removed Open'
        Unregister-KvmIoEvent $borrower
        "$($ioEvent.EventFd.State)" | Should -Be 'Removed'
    }

    It 'survives threads that register, wait and remove at once' {
        $work = {
            Import-Module "$($args[0])/../../KvmPS.psd1"
            foreach ($round in 1..30) {
                $ioEvent = Register-KvmIoEvent $args[1] (0xD0000000L + 16 * $args[3]) 4 $args[2]
                $own = Register-KvmIoEvent $args[1] (0xD0000008L + 16 * $args[3]) 4
                Write-KvmEventFd $args[2]
                $null = Wait-KvmEventFd $args[2] -Timeout 0
                $ioEvent | Unregister-KvmIoEvent
                $own | Unregister-KvmIoEvent
            }
            $null = Register-KvmIoEvent $args[1] (0xD0000000L + 16 * $args[3]) 4
        }
        $eventFd = New-KvmEventFd
        $shells = foreach ($number in 0..3) {
            $shell = [powershell]::Create([initialsessionstate]::CreateDefault2())
            $null = $shell.AddScript($work).AddArgument($PSScriptRoot).AddArgument($vm).AddArgument($eventFd).AddArgument($number)
            @{ Shell = $shell; Handle = $shell.BeginInvoke() }
        }
        foreach ($shell in $shells) {
            $null = $shell.Shell.EndInvoke($shell.Handle)
            "$($shell.Shell.Streams.Error)" | Should -Be ''
            $shell.Shell.Dispose()
        }
        (Get-KvmIoEvent $vm).Count | Should -Be 4
        Remove-KvmEventFd $eventFd
    }

    It 'is neither registered nor unregistered with -WhatIf' {
        Register-KvmIoEvent $vm 0xD0000000 -WhatIf | Should -BeNullOrEmpty
        $ioEvent = Register-KvmIoEvent $vm 0xD0000000
        Unregister-KvmIoEvent $ioEvent -WhatIf
        "$($ioEvent.State)" | Should -Be 'Open'
    }

    # 4.59 and virt/kvm/eventfd.c, kvm_assign_ioeventfd.
    It 'says <Id>, <Errno>: <What>' -ForEach @(
        @{ What = 'the same write twice'; Id = 'IoEventAlreadyExists'; Errno = 'EEXIST'; Category = 'ResourceExists'; Call = { $null = Register-KvmIoEvent $vm 0xD0000000 4; Register-KvmIoEvent $vm 0xD0000000 4 -ErrorAction Stop } }
        @{ What = 'a length of 3'; Id = 'IoEventInvalid'; Errno = 'EINVAL'; Category = 'InvalidArgument'; Call = { Register-KvmIoEvent $vm 0xD0000000 3 -ErrorAction Stop } }
        @{ What = 'a value of no length'; Id = 'IoEventInvalid'; Errno = 'EINVAL'; Category = 'InvalidArgument'; Call = { Register-KvmIoEvent $vm 0xD0000000 -DataMatch 1 -ErrorAction Stop } }
        @{ What = 'beyond the last address'; Id = 'IoEventInvalid'; Errno = 'EINVAL'; Category = 'InvalidArgument'; Call = { Register-KvmIoEvent $vm 0xFFFFFFFFFFFFFFFC 8 -ErrorAction Stop } }
    ) {
        $failure = Get-Refusal $Call $Id
        $failure.Exception.Errno | Should -Be $Errno
        $failure.CategoryInfo.Category | Should -Be $Category
        $failure.TargetObject | Should -Be $vm
    }

    It 'says IoEventNotFound, ENOENT, where somebody else has taken it back' {
        $ioEvent = Register-KvmIoEvent $vm 0xD0000000 4
        # struct kvm_ioeventfd: addr at 8, len at 16, fd at 20, flags at 24: KVM_IOEVENTFD_FLAG_DEASSIGN is 4
        $argument = [byte[]]::new(64)
        [System.BitConverter]::GetBytes(0xD0000000L).CopyTo($argument, 8)
        $argument[16] = 4
        [System.BitConverter]::GetBytes($ioEvent.EventFd.Fd).CopyTo($argument, 20)
        $argument[24] = 4
        $null = Invoke-KvmIoctl $vm KVM_IOEVENTFD -Buffer $argument
        $failure = Get-Refusal { Unregister-KvmIoEvent $ioEvent -ErrorAction Stop } IoEventNotFound
        $failure.Exception.Errno | Should -Be 'ENOENT'
    }

    It 'says KvmObjectRemoved with its VM' {
        $ioEvent = Register-KvmIoEvent $vm 0xD0000000
        Remove-KvmVm $vm
        "$($ioEvent.State)" | Should -Be 'Removed'
        (Get-Refusal { Unregister-KvmIoEvent $ioEvent -ErrorAction Stop } KvmObjectRemoved).TargetObject | Should -Be $ioEvent
        (Get-Refusal { Register-KvmIoEvent $vm 0xD0000000 -ErrorAction Stop } KvmObjectRemoved).TargetObject | Should -Be $vm
    }

    It 'takes a port''s writes, so that the guest does not exit' -Skip:(-not $x86) {
        # mov al,7; out 0x90,al; mov ax,0x0107; out 0x90,ax; mov al,8; out 0x90,al; out 0x91,al; hlt
        $guest = New-LowGuest ports ([byte[]] (0xB0, 7, 0xE6, 0x90, 0xB8, 7, 1, 0xE7, 0x90, 0xB0, 8, 0xE6, 0x90, 0xE6, 0x91, 0xF4))
        $ioEvent = Register-KvmIoEvent $guest -Port 0x90 -Length 1 -DataMatch 7
        $exits = Invoke-KvmVcpu $guest.Vcpus[0] -Timeout 20
        "$($exits.Reason)" | Should -Be 'Io Io Io Hlt'
        $exits[0..2].Port | Should -Be @(0x90, 0x90, 0x91)
        $exits[0..1].Value | Should -Be @(0x107, 8) -Because 'one is of another length, one of another value'
        (Wait-KvmEventFd $ioEvent.EventFd -Timeout 0).psbase.Count | Should -Be 1
    }

    It 'takes writes of <Length> bytes to memory, and tells lengths apart' -Skip:(-not $x86) -ForEach @(
        @{ Length = 1; Left = '2 4' }, @{ Length = 2; Left = '1 4' }, @{ Length = 4; Left = '1 2' }
    ) {
        # mov bx,0x2000; mov ds,bx; mov [0],al; mov [0],ax; mov [0],eax; hlt
        $guest = New-LowGuest memory ([byte[]] (0xBB, 0, 0x20, 0x8E, 0xDB, 0xA2, 0, 0, 0xA3, 0, 0, 0x66, 0xA3, 0, 0, 0xF4))
        $ioEvent = Register-KvmIoEvent $guest 0x20000 $Length
        $exits = Invoke-KvmVcpu $guest.Vcpus[0] -Timeout 20
        "$($exits.Reason)" | Should -Be 'Mmio Mmio Hlt'
        "$($exits[0..1].Size)" | Should -Be $Left
        (Wait-KvmEventFd $ioEvent.EventFd -Timeout 0).psbase.Count | Should -Be 1
    }

    It 'takes writes of any length' -Skip:(-not $x86) {
        $guest = New-LowGuest any ([byte[]] (0xBB, 0, 0x20, 0x8E, 0xDB, 0xA2, 0, 0, 0xA3, 0, 0, 0x66, 0xA3, 0, 0, 0xF4))
        $ioEvent = Register-KvmIoEvent $guest 0x20000
        "$((Invoke-KvmVcpu $guest.Vcpus[0] -Timeout 20).Reason)" | Should -Be 'Hlt'
        (Wait-KvmEventFd $ioEvent.EventFd -Timeout 0).psbase.Count | Should -Be 3
    }

    It 'gives the writes back once it is unregistered' -Skip:(-not $x86) {
        # l: out 0x90,al; jmp l
        $guest = New-LowGuest back ([byte[]] (0xE6, 0x90, 0xEB, 0xFC))
        $ioEvent = Register-KvmIoEvent $guest -Port 0x90
        "$((Invoke-KvmVcpu $guest.Vcpus[0] -MaxExit 1 -Timeout 0.2).Reason)" | Should -Be 'Intr'
        (Wait-KvmEventFd $ioEvent.EventFd -Timeout 0).psbase.Count | Should -BeGreaterThan 1
        Unregister-KvmIoEvent $ioEvent
        (Invoke-KvmVcpu $guest.Vcpus[0] -MaxExit 1 -Timeout 20).Port | Should -Be 0x90
    }
}

Describe 'What a person sees' -Skip:($noKvm -or -not $x86) {
    It 'of interrupts and events' {
        $text = & "$PSScriptRoot/../../kvmps" -NoProfile -Command @"
Import-Module '$PSScriptRoot/../../KvmPS.psd1'
`$vm = New-KvmVm lab
New-KvmIrqChip `$vm | Out-Host; '='
(Get-KvmIrqChip `$vm).Ioapic.Pins[0..1] | Out-Host; '='
(New-KvmPit `$vm).Channels | Out-Host; '='
Set-KvmIrqLine `$vm 3 `$true -PassThru | Out-Host; '='
Set-KvmGsiRoute `$vm 24 -Address 0xFEE00000 -Data 0x40; Get-KvmGsiRoute `$vm 23, 24 | Out-Host; '='
`$e = New-KvmEventFd 3; `$e | Out-Host; '='
Wait-KvmEventFd `$e | Out-Host; '='
Register-KvmIrqFd `$vm 5 `$e -Resample | Out-Host; '='
Register-KvmIoEvent `$vm 0xD0000000 4 -DataMatch 0xFFFFFFFF | Out-Host; '='
Register-KvmCoalescedMmio `$vm -Port 0x80 -Size 8 | Out-Host; '='
(Get-KvmIrqChip `$vm).PicMaster | Out-Host
"@ 2>&1
        $shown = ($text.ForEach({ "$_" }) -join "`n") -split '(?m)^=$'
        $expected = @(
            "*Vm*: VM 'lab'*Mode*: Full*PicMaster*: IRR 00 IMR 00*Ioapic*: IRR 000000 at 0xFEC00000*"
            '*Pin*Vector*DeliveryMode*Destination*IsMasked*0*0x0*True*1*0x0*True*'
            '*Channel*Mode*Count*Gate*0*65536*2*65536*'
            '*Vm*Result*Status*lab*Delivered*'
            '*Vm*Gsi*Type*Target*lab*23*IrqChip*Ioapic pin 23*lab*24*Msi*0xFEE00000 = 0x40*'
            '*Fd*State*IsSemaphore*Users*Open*False*'
            '*EventFd*Count*eventfd *3*'
            '*Vm*Gsi*EventFd*ResampleFd*State*lab*5*eventfd *eventfd *Open*'
            '*Vm*Space*Address*Length*DataMatch*EventFd*State*lab*Mmio*0xD0000000*4*0xFFFFFFFF*Open*'
            '*Vm*Space*Address*Size*State*lab*Pio*0x80*0x8*Open*'
            '*Irr*: 0x8*IrqBase*: 0x0*'
        )
        foreach ($i in 0..10) { $shown[$i] | Should -BeLike $expected[$i] }
        foreach ($line in $shown -split "`n") { $line.TrimEnd().Length | Should -BeLessOrEqual 80 -Because $line }
    }

    It 'of each as a text' {
        $vm = New-KvmVm lab
        try {
            $chip = New-KvmIrqChip $vm
            $irqFd = Register-KvmIrqFd $vm 5
            $ioEvent = Register-KvmIoEvent $vm 0xD0000000
            "$chip" | Should -Be "interrupt controllers of VM 'lab'"
            "$(New-KvmPit $vm)" | Should -Be "timer of VM 'lab'"
            "$irqFd" | Should -Be "irqfd $($irqFd.EventFd.Fd) for GSI 5 of VM 'lab'"
            "$ioEvent" | Should -Be "ioeventfd $($ioEvent.EventFd.Fd) for MMIO 0xD0000000 of VM 'lab'"
            "$(Register-KvmCoalescedMmio $vm -Port 0x80 -Size 8)" | Should -Be "coalesced PIO 0x80 of VM 'lab'"
            "$((Get-KvmGsiRoute $vm 23)[0])" | Should -Be 'GSI 23 to Ioapic pin 23'
        }
        finally { Remove-KvmVm $vm }
    }
}
