BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet)
    $x86 = [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -eq 'X64'
    # "KVM: x86: Check irqchip mode before create PIT" is of 2024; kernels before make a timer that interrupts nobody.
    $timerAlone = [version] ([regex]::Match([System.IO.File]::ReadAllText('/proc/sys/kernel/osrelease'), '^\d+\.\d+').Value) -lt [version] '6.12'
    $noVgic = $true
    if (-not $noKvm) {
        $probe = New-KvmVm
        $noVgic = -not (Test-KvmDevice $probe ARM_VGIC_V3)
        Remove-KvmVm $probe
    }
    $noSynic = -not $noKvm -and -not (Get-KvmCapability KVM_CAP_HYPERV_SYNIC).Supported
    $noSmm = -not $noKvm -and -not (Get-KvmCapability KVM_CAP_X86_SMM).Supported
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    . "$PSScriptRoot/InterruptGuest.ps1"

    function Get-Refusal([scriptblock] $Action, [string] $Id) {
        $Action | Should -Throw -ErrorId "$Id,*" -ExceptionType ([KvmPS.Native.KvmException]) -PassThru
    }
}

Describe 'New-KvmIrqChip' -Skip:($noKvm -or -not $x86) {
    BeforeEach { $vm = New-KvmVm chips }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    # arch/x86/kvm/i8259.c and ioapic.c, kvm_ioapic_reset: all pins masked, the IOAPIC at IOAPIC_DEFAULT_BASE_ADDRESS.
    It 'creates PICs and an IOAPIC' {
        $chip = New-KvmIrqChip $vm
        $chip | Should -BeOfType ([KvmPS.Native.KvmIrqChip])
        "$($chip.Mode) $($vm.IrqChip)" | Should -Be 'Full Full'
        $chip.Vm | Should -Be $vm
        $chip.Ioapic.BaseAddress | Should -Be 0xFEC00000L
        $chip.Ioapic.Pins.Count | Should -Be 24
        $chip.Ioapic.Pins.IsMasked | Should -Not -Contain $false
        $chip.PicMaster.Irr, $chip.PicSlave.Irr, $chip.Ioapic.Irr | Should -Be @(0, 0, 0)
    }

    It 'takes VMs from the pipeline' {
        @('b', 'c' | New-KvmVm | New-KvmIrqChip).Count | Should -Be 2
    }

    It 'creates local APICs alone with -Mode Split' {
        $chip = $vm | New-KvmIrqChip -Mode Split
        "$($chip.Mode) $($vm.IrqChip)" | Should -Be 'Split Split'
        $chip.PicMaster, $chip.PicSlave, $chip.Ioapic | Should -Be @($null, $null, $null)
        # KVM_GET_LAPIC answers EINVAL where the local APIC is not in the kernel (4.57).
        Invoke-KvmIoctl (New-KvmVcpu $vm) KVM_GET_LAPIC -ErrorAction Stop | Should -Not -BeNullOrEmpty
    }

    It 'creates nothing with -WhatIf' {
        New-KvmIrqChip $vm -WhatIf | Should -BeNullOrEmpty
        New-KvmIrqChip $vm Split -WhatIf | Should -BeNullOrEmpty
        $vm.IrqChip | Should -BeNullOrEmpty
        { Get-KvmIrqChip $vm -ErrorAction Stop } | Should -Throw -ErrorId 'IrqChipNotPresent,*'
    }

    It 'says IrqChipAlreadyExists, EEXIST, the second time (<First>, <Second>)' -ForEach @(
        @{ First = 'Full'; Second = 'Full' }, @{ First = 'Full'; Second = 'Split' }
        @{ First = 'Split'; Second = 'Full' }, @{ First = 'Split'; Second = 'Split' }
    ) {
        $null = New-KvmIrqChip $vm $First
        $failure = Get-Refusal { New-KvmIrqChip $vm $Second -ErrorAction Stop } IrqChipAlreadyExists
        $failure.Exception.Errno | Should -Be 'EEXIST'
        $failure.CategoryInfo.Category | Should -Be 'ResourceExists'
        $failure.TargetObject | Should -Be $vm
        "$($vm.IrqChip)" | Should -Be $First
    }

    It 'says <Id>, <Errno>, once there is a vCPU (<Mode>)' -ForEach @(
        @{ Mode = 'Full'; Id = 'IrqChipTooLate'; Errno = 'EINVAL' }, @{ Mode = 'Split'; Id = 'IrqChipAlreadyExists'; Errno = 'EEXIST' }
    ) {
        $null = New-KvmVcpu $vm
        $failure = Get-Refusal { New-KvmIrqChip $vm $Mode -ErrorAction Stop } $Id
        $failure.Exception.Errno | Should -Be $Errno
        $vm.IrqChip | Should -BeNullOrEmpty
    }

    # 7.5 KVM_CAP_SPLIT_IRQCHIP; KVM_MAX_IRQ_ROUTES is 4096.
    It 'says KvmCapSplitIrqchipFailed, EINVAL, for more routes than there can be' {
        $failure = Get-Refusal { New-KvmIrqChip $vm Split -Routes 4097 -ErrorAction Stop } KvmCapSplitIrqchipFailed
        $failure.Exception.Errno | Should -Be 'EINVAL'
        $failure.CategoryInfo.Category | Should -Be 'InvalidArgument'
        "$((New-KvmIrqChip $vm Split -Routes 4096).Mode)" | Should -Be 'Split'
    }
}

Describe 'Get-KvmIrqChip and Set-KvmIrqChip' -Skip:($noKvm -or -not $x86) {
    BeforeEach { $vm = New-KvmVm chips; $chip = New-KvmIrqChip $vm }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    # Intel 82093AA, 3.2.4: the fields of a redirection entry; the kernel's union kvm_ioapic_redirect_entry.
    It 'set and get every field' {
        $pin = $chip.Ioapic.Pins[7]
        $pin.Bits = 0
        $pin.Vector = 0x51; $pin.DeliveryMode = 1; $pin.IsLogical = $true; $pin.IsActiveLow = $true; $pin.IsLevel = $true
        $pin.IsMasked = $true; $pin.Destination = 3
        $pin.Bits | Should -Be 0x030000000001A951
        $chip.Ioapic.Id = 5
        $chip.Ioapic.RegisterSelect = 0x10
        $chip.PicMaster.Imr = 0xFB; $chip.PicMaster.IrqBase = 0x20; $chip.PicMaster.Init4 = 1
        $chip.PicSlave.IrqBase = 0x28; $chip.PicSlave.Elcr = 0x0C; $chip.PicSlave.SpecialMask = 1
        $vm | Set-KvmIrqChip -State $chip
        $now = Get-KvmIrqChip $vm
        $now.Ioapic.Pins[7].Bits | Should -Be 0x030000000001A951
        $now.Ioapic.Id, $now.Ioapic.RegisterSelect | Should -Be @(5, 0x10)
        $now.PicMaster.Imr, $now.PicMaster.IrqBase, $now.PicMaster.Init4 | Should -Be @(0xFB, 0x20, 1)
        $now.PicSlave.IrqBase, $now.PicSlave.Elcr, $now.PicSlave.SpecialMask | Should -Be @(0x28, 0x0C, 1)
    }

    It 'clear each field again' {
        $pin = $chip.Ioapic.Pins[0]
        $pin.Bits = [ulong]::MaxValue
        $pin.Vector = 0; $pin.DeliveryMode = 0; $pin.IsLogical = $false; $pin.IsPending = $false; $pin.IsActiveLow = $false
        $pin.RemoteIrr = $false; $pin.IsLevel = $false; $pin.IsMasked = $false; $pin.Destination = 0
        # What is left are the reserved bits 17 to 55.
        $pin.Bits | Should -Be 0x00FFFFFFFFFE0000
    }

    It 'carry the state to another VM' {
        Set-KvmIrqLine $vm 3 $true
        $other = New-KvmVm other
        $null = New-KvmIrqChip $other
        Get-KvmIrqChip $vm | ForEach-Object { Set-KvmIrqChip $other $_ }
        (Get-KvmIrqChip other).PicMaster.Irr | Should -Be 8
    }

    It 'set nothing with -WhatIf' {
        $chip.PicMaster.Imr = 0x55
        Set-KvmIrqChip $vm $chip -WhatIf
        (Get-KvmIrqChip $vm).PicMaster.Imr | Should -Be 0
    }

    It 'say IrqChipNotPresent, ENXIO, in a VM without: <Mode>' -ForEach @(@{ Mode = 'none' }, @{ Mode = 'Split' }) {
        $bare = New-KvmVm bare
        if ($Mode -eq 'Split') { $null = New-KvmIrqChip $bare Split }
        $failure = Get-Refusal { Set-KvmIrqChip $bare $chip -ErrorAction Stop } IrqChipNotPresent
        $failure.Exception.Errno | Should -Be 'ENXIO'
        $failure.CategoryInfo.Category | Should -Be 'ObjectNotFound'
        $failure.TargetObject | Should -Be $bare
        if ($Mode -eq 'none') { $null = Get-Refusal { Get-KvmIrqChip $bare -ErrorAction Stop } IrqChipNotPresent }
    }
}

Describe 'The timer' -Skip:($noKvm -or -not $x86) {
    BeforeEach { $vm = New-KvmVm timers; $null = New-KvmIrqChip $vm }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    # arch/x86/kvm/i8254.c, kvm_pit_reset_reinject and pit_load_count: counters of 0x10000, gates of 0 and 1 open.
    It 'New-KvmPit creates one' {
        $pit = $vm | New-KvmPit
        $pit | Should -BeOfType ([KvmPS.Native.KvmPit])
        $pit.Vm | Should -Be $vm
        $pit.Channels.Channel | Should -Be @(0, 1, 2)
        @($pit.Channels).ForEach({ $_.psbase.Count }) | Should -Be @(0x10000, 0x10000, 0x10000)
        $pit.Channels.Gate | Should -Be @(1, 1, 0)
        "$($pit.Flags)" | Should -Be 'None'
    }

    It 'Set-KvmPit sets, Get-KvmPit gets, also in another VM' {
        $pit = New-KvmPit $vm -SpeakerDummy
        $pit.Channels[2].Mode = 3
        $pit.Channels[2].ReadWriteMode = 3
        $pit.Channels[2].psbase.Count = 1193
        $pit.Flags = 'SpeakerDataOn'
        $other = New-KvmVm other
        $null = New-KvmIrqChip $other
        $null = New-KvmPit $other
        Set-KvmPit $other $pit
        $now = $other | Get-KvmPit
        $now.Channels[2].Mode, $now.Channels[2].ReadWriteMode, $now.Channels[2].psbase.Count | Should -Be @(3, 3, 1193)
        "$($now.Flags)" | Should -Be 'SpeakerDataOn'
        (Get-KvmPit $vm).Channels[2].Mode | Should -Not -Be 3
    }

    It 'neither creates nor sets with -WhatIf' {
        New-KvmPit $vm -WhatIf | Should -BeNullOrEmpty
        { Get-KvmPit $vm -ErrorAction Stop } | Should -Throw -ErrorId 'PitNotPresent,*'
        $pit = New-KvmPit $vm
        $pit.Channels[2].Mode = 3
        Set-KvmPit $vm $pit -WhatIf
        (Get-KvmPit $vm).Channels[2].Mode | Should -Not -Be 3
    }

    It 'says <Id>, <Errno>: <What>' -ForEach @(
        @{ What = 'a second one'; Id = 'PitAlreadyExists'; Errno = 'EEXIST'; Call = { $null = New-KvmPit $vm; New-KvmPit $vm -ErrorAction Stop } }
        @{ What = 'get without'; Id = 'PitNotPresent'; Errno = 'ENXIO'; Call = { Get-KvmPit $vm -ErrorAction Stop } }
        @{ What = 'set without'; Id = 'PitNotPresent'; Errno = 'ENXIO'; Call = { Set-KvmPit (New-KvmVm bare) (New-KvmPit $vm) -ErrorAction Stop } }
    ) {
        (Get-Refusal $Call $Id).Exception.Errno | Should -Be $Errno
    }

    It 'says IrqChipNotPresent, ENOENT, without PICs' -Skip:$timerAlone {
        $bare = New-KvmVm bare
        $failure = Get-Refusal { New-KvmPit $bare -ErrorAction Stop } IrqChipNotPresent
        $failure.Exception.Errno | Should -Be 'ENOENT'
        $failure.TargetObject | Should -Be $bare
    }

    It 'ticks in the guest' {
        # counter 0 as a rate generator of 11932 (100 Hz)
        # mov al,0x34; out 0x43,al; mov al,0x9C; out 0x40,al; mov al,0x2E; out 0x40,al
        $program = [byte[]] (0xB0, 0x34, 0xE6, 0x43, 0xB0, 0x9C, 0xE6, 0x40, 0xB0, 0x2E, 0xE6, 0x40)
        Remove-KvmVm $vm
        $vm = New-InterruptGuest timers $program -Vector 0x20 -Pit
        $exits = Invoke-KvmVcpu $vm.Vcpus[0] -MaxExit 4 -Timeout 20
        $exits.Port | Should -Be @(0x81, 0x80, 0x80, 0x80)
        $channel = (Get-KvmPit $vm).Channels[0]
        $channel.Mode, $channel.psbase.Count, $channel.ReadWriteMode | Should -Be @(2, 11932, 3)
    }
}

Describe 'Set-KvmIrqLine' -Skip:($noKvm -or -not $x86) {
    BeforeEach { $vm = New-KvmVm lines; $null = New-KvmIrqChip $vm }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    # arch/x86/kvm/irq.c, default_routing: a GSI below 16 reaches a pin of the IOAPIC and one of a PIC.
    It 'raises GSI <Gsi> in both controllers' -ForEach @(
        @{ Gsi = 4; Master = 0x10; Slave = 0; Ioapic = 0x10 }
        @{ Gsi = 12; Master = 4; Slave = 0x10; Ioapic = 0x1000 }
        @{ Gsi = 20; Master = 0; Slave = 0; Ioapic = 0x100000 }
    ) {
        Set-KvmIrqLine $vm $Gsi $true | Should -BeNullOrEmpty
        $chip = Get-KvmIrqChip $vm
        $chip.PicMaster.Irr, $chip.PicSlave.Irr, $chip.Ioapic.Irr | Should -Be @($Master, $Slave, $Ioapic)
        $vm | Set-KvmIrqLine -Gsi $Gsi -Level $false
        (Get-KvmIrqChip $vm).Ioapic.Irr | Should -Be 0
    }

    It '-Pulse leaves an edge behind' {
        Set-KvmIrqLine $vm -Irq 1 -Pulse
        $chip = Get-KvmIrqChip $vm
        $chip.PicMaster.Irr, $chip.Ioapic.Irr | Should -Be @(2, 0)
    }

    # 4.25: KVM_CAP_IRQ_INJECT_STATUS.
    It '-PassThru says what became of it' {
        $delivery = Set-KvmIrqLine $vm 4 $true -PassThru
        $delivery | Should -BeOfType ([KvmPS.Native.KvmIrqDelivery])
        "$($delivery.Result)" | Should -Be 'Delivered'
        $delivery.Status | Should -BeGreaterThan 0
        $delivery.Vm | Should -Be $vm
        $ignored = Set-KvmIrqLine $vm 200 $true -PassThru
        "$($ignored.Result)" | Should -Be 'Ignored' -Because 'no route leads on from there'
        $ignored.Status | Should -BeLessThan 0
    }

    It 'raises nothing with -WhatIf' {
        Set-KvmIrqLine $vm 4 $true -WhatIf
        (Get-KvmIrqChip $vm).PicMaster.Irr | Should -Be 0
    }

    It 'says IrqChipNotPresent, ENXIO, in a VM without' {
        $bare = New-KvmVm bare
        $failure = Get-Refusal { Set-KvmIrqLine $bare 4 $true -ErrorAction Stop } IrqChipNotPresent
        $failure.Exception.Errno | Should -Be 'ENXIO'
        $failure.TargetObject | Should -Be $bare
    }

    It 'interrupts the guest, which acknowledges it' {
        $guest = New-InterruptGuest guest -Vector 0x24
        (Invoke-KvmVcpu $guest.Vcpus[0] -MaxExit 1 -Timeout 20).Port | Should -Be 0x81
        Set-KvmIrqLine $guest 4 -Pulse
        (Get-KvmIrqChip $guest).PicMaster.Irr | Should -Be 0x10
        $exit = Invoke-KvmVcpu $guest.Vcpus[0] -MaxExit 1 -Timeout 20
        $exit.Port, $exit.Value | Should -Be @(0x80, 0x24)
        $exit = Invoke-KvmVcpu $guest.Vcpus[0] -MaxExit 1 -Timeout 0.2
        "$($exit.Reason)" | Should -Be 'Intr' -Because 'the guest sleeps until the next one'
        $chip = Get-KvmIrqChip $guest
        $chip.PicMaster.Irr, $chip.PicMaster.Isr | Should -Be @(0, 0)
    }
}

Describe 'Send-KvmMsi' -Skip:($noKvm -or -not $x86) {
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'interrupts the guest' {
        $vm = New-ApicGuest guest -Vector 0x50
        (Invoke-KvmVcpu $vm.Vcpus[0] -MaxExit 1 -Timeout 20).Port | Should -Be 0x81
        $delivery = $vm | Send-KvmMsi -Address 0xFEE00000 -Data 0x50 -PassThru
        "$($delivery.Result)" | Should -Be 'Delivered'
        # APICv delivers past the kernel: then IRR is not known to it, and the second is no coalesced one.
        "$((Send-KvmMsi $vm 0xFEE00000 0x50 -PassThru).Result)" | Should -BeIn 'Coalesced', 'Delivered'
        (Invoke-KvmVcpu $vm.Vcpus[0] -MaxExit 1 -Timeout 20).Value | Should -Be 0x50
        (Invoke-KvmVcpu $vm.Vcpus[0] -MaxExit 1 -Timeout 0.2).Reason | Should -Be 'Intr'
    }

    It 'is coalesced where the local APIC is off' {
        $vm = New-KvmVm off
        $null = New-KvmIrqChip $vm
        $null = New-KvmVcpu $vm
        "$((Send-KvmMsi $vm 0xFEE00000 0x50 -PassThru).Result)" | Should -Be 'Coalesced'
    }

    It 'sends nothing with -WhatIf' {
        { Send-KvmMsi (New-KvmVm bare) 0xFEE00000 0x50 -WhatIf -ErrorAction Stop } | Should -Not -Throw
    }

    It 'says <Id>, <Errno>: <What>' -ForEach @(
        @{ What = 'no interrupt controller'; Id = 'IrqChipNotPresent'; Errno = 'EINVAL'; Chip = $false }
        @{ What = 'no vCPU'; Id = 'MsiNotDelivered'; Errno = 'EPERM'; Chip = $true }
    ) {
        $vm = New-KvmVm msi
        if ($Chip) { $null = New-KvmIrqChip $vm }
        $failure = Get-Refusal { Send-KvmMsi $vm 0xFEE00000 0x50 -ErrorAction Stop } $Id
        $failure.Exception.Errno | Should -Be $Errno
        $failure.CategoryInfo.Category | Should -Be 'ObjectNotFound'
        $failure.TargetObject | Should -Be $vm
    }
}

Describe 'Routes' -Skip:($noKvm -or -not $x86) {
    BeforeEach { $vm = New-KvmVm routes; $null = New-KvmIrqChip $vm }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    # arch/x86/kvm/irq.c, default_routing.
    It 'are those that the kernel begins with' {
        $routes = Get-KvmGsiRoute $vm
        $routes.Count | Should -Be 40
        $routes.Where({ "$($_.Controller)" -eq 'Ioapic' }).Gsi | Should -Be (0..23)
        $routes.Where({ "$($_.Controller)" -eq 'Ioapic' }).Pin | Should -Be (0..23)
        $routes.Where({ "$($_.Controller)" -eq 'PicMaster' }).Gsi | Should -Be (0..7)
        $routes.Where({ "$($_.Controller)" -eq 'PicSlave' }).Pin | Should -Be (0..7)
        $routes[0].Vm | Should -Be $vm
        ($vm | Get-KvmGsiRoute -Gsi 3, 20).Count | Should -Be 3
        Get-KvmGsiRoute (New-KvmVm bare) | Should -BeNullOrEmpty
        $split = New-KvmVm split
        $null = New-KvmIrqChip $split Split
        Get-KvmGsiRoute $split | Should -BeNullOrEmpty
    }

    It 'are set again as they are, and do the same' {
        Set-KvmGsiRoute $vm -Route (Get-KvmGsiRoute $vm)
        Set-KvmIrqLine $vm 12 $true
        $chip = Get-KvmIrqChip $vm
        $chip.PicSlave.Irr, $chip.Ioapic.Irr | Should -Be @(0x10, 0x1000)
    }

    It 'can be changed one by one' {
        $vm | Set-KvmGsiRoute -Gsi 30 -Controller PicMaster -Pin 6
        Set-KvmGsiRoute $vm 4 -Controller Ioapic -Pin 21
        Set-KvmIrqLine $vm 30 $true
        Set-KvmIrqLine $vm 4 $true
        Set-KvmIrqLine $vm 3 $true
        $chip = Get-KvmIrqChip $vm
        $chip.PicMaster.Irr | Should -Be 0x48 -Because '3 is as before, 4 has left the PIC, 30 is there as 6'
        $chip.Ioapic.Irr | Should -Be 0x200008
        (Get-KvmGsiRoute $vm).Count | Should -Be 40
    }

    It 'can be taken away' {
        Remove-KvmGsiRoute $vm 4
        Get-KvmGsiRoute $vm 4 | Should -BeNullOrEmpty
        "$((Set-KvmIrqLine $vm 4 $true -PassThru).Result)" | Should -Be 'Ignored'
        $failure = { $vm | Remove-KvmGsiRoute -Gsi 4 -ErrorAction Stop } | Should -Throw -ErrorId 'GsiRouteNotFound,*' -PassThru
        $failure.TargetObject | Should -Be $vm
        Set-KvmGsiRoute $vm -Route @()
        Get-KvmGsiRoute $vm | Should -BeNullOrEmpty
    }

    It 'tell messages' {
        Set-KvmGsiRoute $vm 24 -Address 0xFEE01000 -Data 0x4051
        $route = Get-KvmGsiRoute $vm 24
        "$($route.Type)" | Should -Be 'Msi'
        $route.Address, $route.Data | Should -Be @(0xFEE01000L, 0x4051)
    }

    It 'tell synthetic interrupts' -Skip:$noSynic {
        Set-KvmGsiRoute $vm 25 -VcpuId 0 -Sint 2
        $route = Get-KvmGsiRoute $vm 25
        "$($route.Type)" | Should -Be 'HyperVSint'
        $route.Vcpu, $route.Sint | Should -Be @(0, 2)
    }

    It 'are unchanged by -WhatIf' {
        Set-KvmGsiRoute $vm 4 -Address 0xFEE00000 -Data 0x50 -WhatIf
        Remove-KvmGsiRoute $vm 5 -WhatIf
        Set-KvmGsiRoute $vm -Route @() -WhatIf
        (Get-KvmGsiRoute $vm).Count | Should -Be 40
    }

    # arch/x86/kvm/irq.c, kvm_set_routing_entry; virt/kvm/irqchip.c, setup_routing_entry.
    It 'say GsiRouteInvalid, EINVAL, and stay: <What>' -ForEach @(
        @{ What = 'the IOAPIC has no pin 24'; Call = { Set-KvmGsiRoute $vm 3 -Controller Ioapic -Pin 24 -ErrorAction Stop } }
        @{ What = 'a PIC has no pin 8'; Call = { Set-KvmGsiRoute $vm 3 -Controller PicSlave -Pin 8 -ErrorAction Stop } }
        @{ What = 'there is no GSI 4096'; Call = { Set-KvmGsiRoute $vm 4096 -Controller Ioapic -Pin 3 -ErrorAction Stop } }
        @{ What = 'a controller twice'; Call = { Set-KvmGsiRoute $vm -Route (@(Get-KvmGsiRoute $vm) + (Get-KvmGsiRoute $vm 3)) -ErrorAction Stop } }
    ) {
        $failure = Get-Refusal $Call GsiRouteInvalid
        $failure.Exception.Errno | Should -Be 'EINVAL'
        $failure.CategoryInfo.Category | Should -Be 'InvalidArgument'
        $failure.TargetObject | Should -Be $vm
        (Get-KvmGsiRoute $vm).Count | Should -Be 40
        Set-KvmIrqLine $vm 3 $true
        (Get-KvmIrqChip $vm).Ioapic.Irr | Should -Be 8
    }

    It 'say GsiRouteInvalid where the VM has no such controller' {
        $null = Get-Refusal { Set-KvmGsiRoute (New-KvmVm bare) 3 -Address 0xFEE00000 -Data 0x50 -ErrorAction Stop } GsiRouteInvalid
        $split = New-KvmVm split
        $null = New-KvmIrqChip $split Split
        $null = Get-Refusal { Set-KvmGsiRoute $split 3 -Controller Ioapic -Pin 3 -ErrorAction Stop } GsiRouteInvalid
        Set-KvmGsiRoute $split 3 -Address 0xFEE00000 -Data 0x50 -ErrorAction Stop
        (Get-KvmGsiRoute $split).Gsi | Should -Be 3
    }

    It 'lead a line to a message that the guest gets' {
        $guest = New-ApicGuest guest -Vector 0x52
        $null = Invoke-KvmVcpu $guest.Vcpus[0] -MaxExit 1 -Timeout 20
        Set-KvmGsiRoute $guest 40 -Address 0xFEE00000 -Data 0x52
        Set-KvmIrqLine $guest 40 -Pulse
        $exit = Invoke-KvmVcpu $guest.Vcpus[0] -MaxExit 1 -Timeout 20
        $exit.Port, $exit.Value | Should -Be @(0x80, 0x52)
    }

    It 'lead a line through the IOAPIC' {
        $guest = New-ApicGuest guest -Vector 0x53
        $null = Invoke-KvmVcpu $guest.Vcpus[0] -MaxExit 1 -Timeout 20
        $chip = Get-KvmIrqChip $guest
        $chip.Ioapic.Pins[20].Bits = 0x53
        Set-KvmIrqChip $guest $chip
        Set-KvmIrqLine $guest 20 -Pulse
        (Invoke-KvmVcpu $guest.Vcpus[0] -MaxExit 1 -Timeout 20).Value | Should -Be 0x53
    }
}

Describe 'Routes of a VGICv3' -Skip:$noVgic {
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    # arch/arm64/kvm/vgic/vgic-irqfd.c, kvm_vgic_setup_default_irq_routing; arm-vgic-v3.rst, KVM_DEV_ARM_VGIC_GRP_DIST_REGS.
    It 'are those that the kernel begins with, and stay when one is changed' {
        $vm = New-KvmVm gic
        $target = (Invoke-KvmIoctl $vm KVM_ARM_PREFERRED_TARGET -Buffer ([byte[]]::new(32)) -ErrorAction Stop).Buffer
        $null = Invoke-KvmIoctl (New-KvmVcpu $vm) KVM_ARM_VCPU_INIT -Buffer $target -ErrorAction Stop
        $gic = New-KvmDevice $vm ARM_VGIC_V3
        Set-KvmDeviceAttr $gic GRP_NR_IRQS 0 64 -ErrorAction Stop
        Set-KvmDeviceAttr $gic GRP_ADDR ADDR_TYPE_DIST 0x8000000 -ErrorAction Stop
        Set-KvmDeviceAttr $gic GRP_ADDR ADDR_TYPE_REDIST 0x80A0000 -ErrorAction Stop
        Set-KvmDeviceAttr $gic GRP_CTRL CTRL_INIT -ErrorAction Stop
        (Get-KvmGsiRoute $vm).Pin | Should -Be (0..31)
        Set-KvmGsiRoute $vm 40 -Controller 0 -Pin 7 -ErrorAction Stop
        $irqFds = 3, 40 | ForEach-Object { Register-KvmIrqFd $vm $_ -Resample -ErrorAction Stop }
        Write-KvmEventFd $irqFds.EventFd
        [System.Threading.Thread]::Sleep(1000)
        # GICD_ISPENDR1: shared interrupts 32 + 3 and 32 + 7 wait.
        (Get-KvmDeviceAttr $gic GRP_DIST_REGS @{ Offset = 0x204 } -ErrorAction Stop).Value | Should -Be 0x88
    }
}

Describe 'Interrupts of one vCPU' -Skip:($noKvm -or -not $x86) {
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'Send-KvmNmi reaches a guest with interrupts off' {
        # out 0x81,al; jmp $
        $vm = New-LowGuest nmi ([byte[]] (0xFA, 0xE6, 0x81, 0xEB, 0xFE))
        Set-Handler $vm 2
        $vcpu = $vm.Vcpus[0]
        (Invoke-KvmVcpu $vcpu -MaxExit 1 -Timeout 20).Port | Should -Be 0x81
        $vcpu | Send-KvmNmi
        $exit = Invoke-KvmVcpu $vcpu -MaxExit 1 -Timeout 20
        $exit.Port, $exit.Value | Should -Be @(0x80, 2)
        Send-KvmNmi $vcpu -WhatIf
        "$((Invoke-KvmVcpu $vcpu -MaxExit 1 -Timeout 0.2).Reason)" | Should -Be 'Intr'
    }

    It 'a running guest gets an NMI as a message, and no other way' {
        # mov dword fs:[0xF0],0x1FF; out 0x81,al; jmp $
        $vm = New-LowGuest running -IrqChip -Code ([byte[]] (0x64, 0x66, 0xC7, 0x06, 0xF0, 0x00, 0xFF, 0x01, 0, 0, 0xE6, 0x81, 0xEB, 0xFE))
        $vcpu = $vm.Vcpus[0]
        Set-KvmRegister $vcpu @{ fs = @{ base = 0xFEE00000 } }
        Set-Handler $vm 2
        $null = Invoke-KvmVcpu $vcpu -MaxExit 1 -Timeout 20
        $job = Start-KvmVcpu $vcpu -MaxExit 1
        [System.Threading.Thread]::Sleep(200)
        foreach ($call in { Send-KvmNmi $vcpu -ErrorAction Stop }, { Send-KvmInterrupt $vcpu 1 -ErrorAction Stop }) {
            $failure = Get-Refusal $call KvmVcpuRunning
            $failure.CategoryInfo.Category | Should -Be 'ResourceBusy'
            $failure.TargetObject | Should -Be $vcpu
        }
        Send-KvmMsi $vm 0xFEE00000 0x400 -ErrorAction Stop
        $exit = Receive-Job $job -Wait -AutoRemoveJob
        $exit.Port, $exit.Value | Should -Be @(0x80, 2)
    }

    It 'Send-KvmInterrupt reaches a guest whose controllers are not in the kernel' {
        # sti; out 0x81,al; jmp $
        $vm = New-LowGuest extint ([byte[]] (0xFB, 0xE6, 0x81, 0xEB, 0xFE))
        Set-Handler $vm 0x77
        $vcpu = $vm.Vcpus[0]
        $null = Invoke-KvmVcpu $vcpu -MaxExit 1 -Timeout 20
        Send-KvmInterrupt $vcpu 0x77 -WhatIf
        "$((Invoke-KvmVcpu $vcpu -MaxExit 1 -Timeout 0.2).Reason)" | Should -Be 'Intr'
        $vcpu | Send-KvmInterrupt -Vector 0x77
        $exit = Invoke-KvmVcpu $vcpu -MaxExit 1 -Timeout 20
        $exit.Port, $exit.Value | Should -Be @(0x80, 0x77)
    }

    # struct kvm_run, request_interrupt_window and KVM_EXIT_IRQ_WINDOW_OPEN (api.rst 5).
    It '-Until IrqWindowOpen stops as soon as the guest can take one, and only where that is asked for' {
        # mov cx,50; l: out 0x81,al; loop l; sti; nop; jmp $
        $vm = New-LowGuest window ([byte[]] (0xB9, 0x32, 0x00, 0xE6, 0x81, 0xE2, 0xFC, 0xFB, 0x90, 0xEB, 0xFE))
        Set-Handler $vm 0x77
        $vcpu = $vm.Vcpus[0]
        $exits = @(Invoke-KvmVcpu $vcpu -Until IrqWindowOpen -Timeout 20)
        $exits.Reason | Should -Be (@('Io') * 50 + 'IrqWindowOpen')
        (Get-KvmRegister $vcpu rflags).Value -band 0x200 | Should -Be 0x200
        "$((Invoke-KvmVcpu $vcpu -MaxExit 1 -Timeout 0.2).Reason)" | Should -Be 'Intr'
        Send-KvmInterrupt $vcpu 0x77 -ErrorAction Stop
        $exit = Invoke-KvmVcpu $vcpu -MaxExit 1 -Timeout 20
        $exit.Port, $exit.Value | Should -Be @(0x80, 0x77)
    }

    # 4.16 KVM_INTERRUPT.
    It 'Send-KvmInterrupt says <Id>, <Errno>: <What>' -ForEach @(
        @{ What = 'the PICs are in the kernel'; Mode = 'Full'; Vector = 0x20; Id = 'IrqChipInKernel'; Errno = 'ENXIO'; Category = 'InvalidOperation' }
        @{ What = 'one is queued'; Mode = 'Split'; Vector = 0x20; Id = 'InterruptPending'; Errno = 'EEXIST'; Category = 'ResourceBusy' }
        @{ What = 'vectors end at 255'; Mode = 'Split'; Vector = 256; Id = 'KvmInterruptFailed'; Errno = 'EINVAL'; Category = 'InvalidArgument' }
    ) {
        $vm = New-KvmVm extint
        $null = New-KvmIrqChip $vm $Mode
        $vcpu = New-KvmVcpu $vm
        if ($Id -eq 'InterruptPending') { Send-KvmInterrupt $vcpu 0x21 -ErrorAction Stop }
        $failure = Get-Refusal { Send-KvmInterrupt $vcpu $Vector -ErrorAction Stop } $Id
        $failure.Exception.Errno | Should -Be $Errno
        $failure.CategoryInfo.Category | Should -Be $Category
        $failure.TargetObject | Should -Be $vcpu
    }

    It 'Send-KvmSmi is taken where the kernel has system management' -Skip:$noSmm {
        $vcpu = New-KvmVcpu (New-KvmVm smi)
        Send-KvmSmi $vcpu -ErrorAction Stop
    }

    It 'Send-KvmSmi says KvmSmiFailed, ENOTTY, where it has none' -Skip:(-not $noSmm) {
        $vcpu = New-KvmVcpu (New-KvmVm smi)
        Send-KvmSmi $vcpu -WhatIf -ErrorAction Stop
        $failure = Get-Refusal { $vcpu | Send-KvmSmi -ErrorAction Stop } KvmSmiFailed
        $failure.Exception.Errno | Should -BeIn 'ENOTTY', 'EINVAL'
        $failure.TargetObject | Should -Be $vcpu
    }
}

Describe 'Interrupts after removal' -Skip:$noKvm {
    It '<Use> says KvmObjectRemoved' -ForEach @(
        @{ Use = 'New-KvmIrqChip'; Call = { New-KvmIrqChip $vm -ErrorAction Stop } }
        @{ Use = 'New-KvmIrqChip Split'; Call = { New-KvmIrqChip $vm Split -ErrorAction Stop } }
        @{ Use = 'Get-KvmIrqChip'; Call = { Get-KvmIrqChip $vm -ErrorAction Stop } }
        @{ Use = 'New-KvmPit'; Call = { New-KvmPit $vm -ErrorAction Stop } }
        @{ Use = 'Get-KvmPit'; Call = { Get-KvmPit $vm -ErrorAction Stop } }
        @{ Use = 'Set-KvmIrqLine'; Call = { Set-KvmIrqLine $vm 1 $true -ErrorAction Stop } }
        @{ Use = 'Send-KvmMsi'; Call = { Send-KvmMsi $vm 0 0 -ErrorAction Stop } }
        @{ Use = 'Get-KvmGsiRoute'; Call = { Get-KvmGsiRoute $vm -ErrorAction Stop } }
        @{ Use = 'Set-KvmGsiRoute'; Call = { Set-KvmGsiRoute $vm 1 -Address 0 -Data 0 -ErrorAction Stop } }
        @{ Use = 'Remove-KvmGsiRoute'; Call = { Remove-KvmGsiRoute $vm 1 -ErrorAction Stop } }
        @{ Use = 'Send-KvmNmi'; Call = { Send-KvmNmi $vcpu -ErrorAction Stop } }
        @{ Use = 'Send-KvmSmi'; Call = { Send-KvmSmi $vcpu -ErrorAction Stop } }
        @{ Use = 'Send-KvmInterrupt'; Call = { Send-KvmInterrupt $vcpu 1 -ErrorAction Stop } }
    ) {
        $vm = New-KvmVm gone -Vcpu 1
        $vcpu = $vm.Vcpus[0]
        Remove-KvmVm $vm
        $failure = $Call | Should -Throw -ErrorId 'KvmObjectRemoved,*' -PassThru
        $failure.TargetObject | Should -Be $(if ($Use -like 'Send-*' -and $Use -ne 'Send-KvmMsi') { $vcpu } else { $vm })
    }

    It 'a state outlives its VM' -Skip:(-not $x86) {
        $vm = New-KvmVm gone
        $chip = New-KvmIrqChip $vm
        $pit = New-KvmPit $vm
        Remove-KvmVm $vm
        { Set-KvmIrqChip $vm $chip -ErrorAction Stop } | Should -Throw -ErrorId 'KvmObjectRemoved,*'
        { Set-KvmPit $vm $pit -ErrorAction Stop } | Should -Throw -ErrorId 'KvmObjectRemoved,*'
        $chip.Ioapic.Pins.Count, $pit.Channels.Count | Should -Be @(24, 3)
    }
}
