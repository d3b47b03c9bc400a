BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noRing = -not (Test-KvmHost -Quiet) -or -not (Get-KvmCapability KVM_CAP_COALESCED_MMIO).Supported
    $x86 = [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -eq 'X64'
    $noPorts = $noRing -or -not $x86 -or -not (Get-KvmCapability KVM_CAP_COALESCED_PIO).Supported
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    . "$PSScriptRoot/InterruptGuest.ps1"

    function Get-Refusal([scriptblock] $Action, [string] $Id) {
        $Action | Should -Throw -ErrorId "$Id,*" -ExceptionType ([KvmPS.Native.KvmException]) -PassThru
    }

    # Before 6.12 the kernel counted the free entries wrongly, and let the guest exit although there were some.
    $fills = [version] ([regex]::Match([System.IO.File]::ReadAllText('/proc/sys/kernel/osrelease'), '^\d+\.\d+').Value) -ge [version] '6.12'

    # Writes 0, 2, 4 … to 0x20010 and 1, 3, 5 … to port 0x90.
    function New-WritingGuest {
        New-LowGuest writer ([byte[]] (
                0xB8, 0x00, 0x20,               # mov ax,0x2000
                0x8E, 0xD8,                     # mov ds,ax
                0xF6, 0xC3, 0x01,               # next: test bl,1
                0x75, 0x07,                     # jnz port
                0x66, 0x89, 0x1E, 0x10, 0x00,   # mov [0x10],ebx
                0xEB, 0x06,                     # jmp count
                0x66, 0x89, 0xD8,               # port: mov eax,ebx
                0x66, 0xE7, 0x90,               # out 0x90,eax
                0x66, 0x43,                     # count: inc ebx
                0xEB, 0xEA))                    # jmp next
    }
}

Describe 'Coalesced writes' -Skip:$noPorts {
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    # coalesced_io_test: the ring holds one write less than it has entries, (page - 8) / 24 of them; the next one exits.
    It 'fill the ring, and the next one exits: round after round, <What>' -Tag Conformance, coalesced_io_test -ForEach @(
        @{ What = 'ending with a port'; First = 0; Last = 'Io' }, @{ What = 'ending with an address'; First = 1; Last = 'Mmio' }
    ) {
        $size = [System.Math]::Floor(([System.Environment]::SystemPageSize - 8) / 24)
        $vm = New-WritingGuest
        $vcpu = $vm.Vcpus[0]
        Set-KvmRegister $vcpu @{ rbx = $First }
        $null = Register-KvmCoalescedMmio $vm 0x20010 8
        $null = $vm | Register-KvmCoalescedMmio -Port 0x90 -Size 8
        $next = $First
        foreach ($round in 1..5) {
            $exit = Invoke-KvmVcpu $vcpu -MaxExit 1 -Timeout 60
            if ($fills) {
                "$($exit.Reason)" | Should -Be $Last
                $exit.Value | Should -Be ($next + $size - 1)
            }
            $writes = Receive-KvmCoalescedMmio $vm
            $writes.Count | Should -BeGreaterThan 2
            $writes.Value | Should -Be ($next..($exit.Value - 1))
            foreach ($write in $writes[0], $writes[1], $writes[-1]) {
                $write.Size | Should -Be 4
                "$($write.Space) 0x$($write.Address.ToString('X'))" | Should -Be $(if ($write.Value % 2) { 'Pio 0x90' } else { 'Mmio 0x20010' })
                [System.BitConverter]::ToUInt32($write.Data) | Should -Be $write.Value
                $write.Vm | Should -Be $vm
            }
            Receive-KvmCoalescedMmio $vm | Should -BeNullOrEmpty
            $next = [int] $exit.Value + 1
        }
    }

    # coalesced_io_test: what is not coalesced any more exits.
    It 'exit again once they are unregistered' -Tag Conformance, coalesced_io_test {
        $vm = New-WritingGuest
        $vcpu = $vm.Vcpus[0]
        $memory = Register-KvmCoalescedMmio $vm 0x20010 8
        $port = Register-KvmCoalescedMmio $vm -Port 0x90 -Size 8
        $memory | Should -BeOfType ([KvmPS.Native.KvmCoalescedMmio])
        "$((Get-KvmCoalescedMmio $vm).Space)" | Should -Be 'Mmio Pio'
        $memory | Unregister-KvmCoalescedMmio
        "$((Invoke-KvmVcpu $vcpu -MaxExit 1 -Timeout 20).Reason)" | Should -Be 'Mmio'
        $exit = Invoke-KvmVcpu $vcpu -MaxExit 1 -Timeout 20
        "$($exit.Reason) $($exit.Value)" | Should -Be 'Mmio 2'
        (Receive-KvmCoalescedMmio $vm).Value | Should -Be 1
        Unregister-KvmCoalescedMmio $port
        "$((Invoke-KvmVcpu $vcpu -MaxExit 1 -Timeout 20).Reason)" | Should -Be 'Io'
        Get-KvmCoalescedMmio | Should -BeNullOrEmpty
    }

    It 'outside of the range exit' -Tag Conformance, coalesced_io_test {
        $vm = New-WritingGuest
        $null = Register-KvmCoalescedMmio $vm 0x20014 8
        $exit = Invoke-KvmVcpu $vm.Vcpus[0] -MaxExit 1 -Timeout 20
        $exit.Address | Should -Be 0x20010
    }
}

Describe 'Register-KvmCoalescedMmio' -Skip:$noRing {
    BeforeEach { $vm = New-KvmVm zones -Vcpu 1 }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'neither registers nor unregisters with -WhatIf' {
        Register-KvmCoalescedMmio $vm 0xD0000000 0x1000 -WhatIf | Should -BeNullOrEmpty
        $zone = Register-KvmCoalescedMmio $vm 0xD0000000 0x1000
        $zone.Address, $zone.Size | Should -Be @(0xD0000000L, 0x1000)
        Unregister-KvmCoalescedMmio $zone -WhatIf
        "$($zone.State)" | Should -Be 'Open'
    }

    # NR_IOBUS_DEVS in include/linux/kvm_host.h: 1000 on x86, arm64 and most others.
    It 'says IoBusFull, ENOSPC, for more than a bus can have' {
        $failure = Get-Refusal { 0..1024 | ForEach-Object { $null = Register-KvmCoalescedMmio $vm (0xD0000000L + 8 * $_) 8 -ErrorAction Stop } } IoBusFull
        $failure.Exception.Errno | Should -Be 'ENOSPC'
        $failure.CategoryInfo.Category | Should -Be 'LimitsExceeded'
        $failure.TargetObject | Should -Be $vm
        (Get-KvmCoalescedMmio $vm).Count | Should -BeLessOrEqual 1000
    }

    It 'says VcpuNotPresent, ENXIO, where there is no way to the ring' {
        $bare = New-KvmVm bare
        $failure = Get-Refusal { Receive-KvmCoalescedMmio $bare -ErrorAction Stop } VcpuNotPresent
        $failure.Exception.Errno | Should -Be 'ENXIO'
        $failure.TargetObject | Should -Be $bare
    }

    It 'says KvmObjectRemoved with its VM, and leaves no mapping behind' {
        $zone = Register-KvmCoalescedMmio $vm 0xD0000000 0x1000
        Receive-KvmCoalescedMmio $vm | Should -BeNullOrEmpty
        [System.IO.File]::ReadAllText('/proc/self/maps') | Should -Match 'kvm-vcpu'
        Remove-KvmVm $vm
        [System.IO.File]::ReadAllText('/proc/self/maps') | Should -Not -Match 'kvm-vcpu'
        "$($zone.State)" | Should -Be 'Removed'
        (Get-Refusal { Unregister-KvmCoalescedMmio $zone -ErrorAction Stop } KvmObjectRemoved).TargetObject | Should -Be $zone
        (Get-Refusal { Register-KvmCoalescedMmio $vm 0 1 -ErrorAction Stop } KvmObjectRemoved).TargetObject | Should -Be $vm
        (Get-Refusal { Receive-KvmCoalescedMmio $vm -ErrorAction Stop } KvmObjectRemoved).TargetObject | Should -Be $vm
    }
}
