BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet) -or [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -ne 'X64'
    . "$PSScriptRoot/SelftestCr4.ps1"
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    . "$PSScriptRoot/SelftestCr4.ps1"
    . "$PSScriptRoot/Selftest.ps1"
    . "$PSScriptRoot/RealModeGuest.ps1"
    function Get-Value($Vcpu, [string] $Name) { (Get-KvmRegister $Vcpu $Name -ErrorAction Stop).Value }
    function Get-Special($Vcpu) { [System.Convert]::ToHexString((Invoke-KvmIoctl $Vcpu KVM_GET_SREGS -ErrorAction Stop).Buffer) }
    # A bit of what KVM and this processor support together.
    function Test-Cpuid([uint] $Function, [string] $Register, [int] $Bit) {
        $entry = @((Get-KvmCpuid -Supported).Where({ $_.Function -eq $Function -and $_.Index -eq 0 }))[0]
        [bool] ($entry -and ($entry.$Register -shr $Bit) -band 1)
    }
}

Describe 'set_sregs_test' -Tag Conformance -Skip:$noKvm {
    BeforeEach { $vm = New-KvmVm sregs; $vcpu = New-KvmVcpu $vm }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    BeforeAll {
        $supported = 0ul
        foreach ($bit in 0..10) { $supported = $supported -bor (1ul -shl $bit) }
        foreach ($one in $features) { if (Test-Cpuid $one.Function $one.Register $one.Feature) { $supported = $supported -bor (1ul -shl $one.Bit) } }
    }

    It 'CR4 takes all bits that are supported, also before the vCPU has its CPUID' {
        Set-KvmRegister $vcpu @{ cr0 = 0; cr4 = $supported } -ErrorAction Stop
        Get-Value $vcpu cr4 | Should -Be $supported
    }

    It 'CR4 refuses <Name> where CPUID has not its feature, and the special registers stay as they were: EINVAL' -ForEach $features {
        Set-KvmCpuid $vcpu (Get-KvmCpuid -Supported).ForEach({
                $registers = @{ Eax = $_.Eax; Ebx = $_.Ebx; Ecx = $_.Ecx; Edx = $_.Edx }
                if ($_.Function -eq $Function -and $_.Index -eq 0) { $registers[$Register] = $registers[$Register] -band (-bnot (1u -shl $Feature)) }
                [KvmPS.Native.KvmCpuidEntry]::new($_.Function, $_.Index, $_.Flags, $registers.Eax, $registers.Ebx, $registers.Ecx, $registers.Edx)
            })
        $before = Get-Special $vcpu
        $answer = Get-Answer { Set-KvmRegister $vcpu @{ cr4 = 1ul -shl $Bit } -ErrorAction Stop }
        if ($answer -eq 'OK') { Skip-Backend kvm_pvm "takes CR4.$Name without its CPUID bit" }
        $answer | Should -Be EINVAL
        Get-Special $vcpu | Should -Be $before
    }

    It 'CR4 refuses each bit of its upper half, and the special registers stay as they were: EINVAL' {
        $before = Get-Special $vcpu
        foreach ($bit in 32..63) {
            Get-Answer { Set-KvmRegister $vcpu @{ cr4 = 1ul -shl $bit } -ErrorAction Stop } | Should -Be EINVAL -Because "bit $bit"
            Get-Special $vcpu | Should -Be $before
        }
    }

    It 'CR0 refuses each bit of its upper half, and the special registers stay as they were: EINVAL' {
        $before = Get-Special $vcpu
        foreach ($bit in 32..63) {
            Get-Answer { Set-KvmRegister $vcpu @{ cr0 = 1ul -shl $bit } -ErrorAction Stop } | Should -Be EINVAL -Because "bit $bit"
            Get-Special $vcpu | Should -Be $before
        }
    }

    It 'CR0 refuses <What>: EINVAL' -ForEach @(@{ What = 'NW without CD'; Value = 0x20000000 }, @{ What = 'PG without PE'; Value = 0x80000000 }) {
        $before = Get-Special $vcpu
        Get-Answer { Set-KvmRegister $vcpu @{ cr0 = $Value } -ErrorAction Stop } | Should -Be EINVAL
        Get-Special $vcpu | Should -Be $before
    }

    It 'CPUID tells OSXSAVE and OSPKE as CR4 has them' {
        if (-not (Test-Cpuid 1 Ecx 26)) { Set-ItResult -Skipped -Because 'CPUID has no XSAVE here' }
        Set-KvmCpuid $vcpu -FromHost
        foreach ($on in $true, $false) {
            Set-KvmRegister $vcpu @{ cr4 = $(if ($on) { $supported -band 0x440000 } else { 0 }) } -ErrorAction Stop
            ((Get-KvmCpuid $vcpu 1).Ecx -shr 27) -band 1 | Should -Be ([int] $on)
            if (Test-Cpuid 7 Ecx 3) { (@((Get-KvmCpuid $vcpu 7).Where({ $_.Index -eq 0 }))[0].Ecx -shr 4) -band 1 | Should -Be ([int] $on) }
        }
    }

    It 'the APIC base takes its enable bit, and refuses x2APIC without it: EINVAL' {
        Set-KvmCpuid $vcpu -FromHost
        Get-Answer { Set-KvmRegister $vcpu @{ apic_base = 1 -shl 10 } -ErrorAction Stop } | Should -Be EINVAL
        Get-Answer { Set-KvmRegister $vcpu @{ apic_base = 1 -shl 11 } -ErrorAction Stop } | Should -Be OK
    }
}

Describe 'sync_regs_test' -Tag Conformance -Skip:$noKvm {
    BeforeEach {
        # next: out 0x80,al; inc bx; jmp next
        $vm = New-RealModeGuest synced ([byte[]] (0xE6, 0x80, 0x43, 0xEB, 0xFB))
        $vcpu = $vm.Vcpus[0]
        # struct kvm_run: kvm_valid_regs at 288, kvm_dirty_regs at 296, struct kvm_sync_regs at 304: regs (rbx at 8), sregs at
        # 144 (apic_base at 272 of it), events at 456. KVM_SYNC_X86_REGS, SREGS and EVENTS are 1, 2 and 4.
        $run = New-Mapping 4096 $vcpu.Fd
        function Set-Run([int] $Offset, [long] $Value) { [System.Runtime.InteropServices.Marshal]::WriteInt64([System.IntPtr] ($run + $Offset), $Value) }
        function Get-Run([int] $Offset) { [System.Runtime.InteropServices.Marshal]::ReadInt64([System.IntPtr] ($run + $Offset)) }
        function Get-RunAnswer { Get-IoctlAnswer $vcpu KVM_RUN }
        $valid, $dirty, $rbx, $rip, $apicBase = 288, 296, 312, 432, (304 + 144 + 272)
    }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force; Clear-Mapping }

    It 'KVM_CAP_SYNC_REGS tells general and special registers and events' {
        (Get-KvmCapability KVM_CAP_SYNC_REGS).Value -band 7 | Should -Be 7
    }

    It 'KVM_RUN refuses a bit of <What> that it does not know, alone and beside those it knows: EINVAL' -ForEach @(
        @{ What = 'kvm_valid_regs'; Offset = 288 }, @{ What = 'kvm_dirty_regs'; Offset = 296 }
    ) {
        $known = [long] (Get-KvmCapability KVM_CAP_SYNC_REGS).Value
        foreach ($bits in 0x80000000L, ($known -bor 0x80000000L), ($known + 1)) {
            Set-Run $Offset $bits
            Get-RunAnswer | Should -Be EINVAL
        }
        Set-Run $Offset 0
        Get-RunAnswer | Should -Be OK
    }

    It 'what kvm_valid_regs asks for is what KVM_GET_REGS and KVM_GET_SREGS tell' {
        Set-Run $valid 7
        Get-RunAnswer | Should -Be OK
        foreach ($round in 1..2) {
            Get-RunAnswer | Should -Be OK
            Get-Run $rbx | Should -Be (Get-Value $vcpu rbx)
            Get-Run $rip | Should -Be (Get-Value $vcpu rip)
            [System.BitConverter]::ToInt64((Invoke-KvmIoctl $vcpu KVM_GET_SREGS).Buffer, 272) | Should -Be (Get-Run $apicBase)
        }
    }

    It 'what kvm_dirty_regs names reaches the guest' {
        Set-Run $valid 7
        Get-RunAnswer | Should -Be OK
        Set-Run $rbx 0x1000
        Set-Run $dirty 1
        Get-RunAnswer | Should -Be OK
        Get-Run $rbx | Should -Be 0x1001
        Get-Value $vcpu rbx | Should -Be 0x1001
    }

    It 'without a bit in kvm_dirty_regs the guest does not see what is written to kvm_run' {
        Set-Run $valid 7
        Get-RunAnswer | Should -Be OK
        Set-Run $rbx 0x1000
        Set-Run $dirty 0
        Get-RunAnswer | Should -Be OK
        Get-Value $vcpu rbx | Should -Be 1
    }

    It 'without a bit in kvm_valid_regs kvm_run keeps what was written there, and the guest has what kvm_dirty_regs gave it' {
        Set-Run $valid 7
        Get-RunAnswer | Should -Be OK
        Set-Run $valid 0
        Set-Run $rbx 0xAAA
        Get-RunAnswer | Should -Be OK
        Get-Run $rbx | Should -Be 0xAAA
        Set-Run $dirty 1
        Set-Run $rbx 0xBBB
        Get-RunAnswer | Should -Be OK
        Get-Run $rbx | Should -Be 0xBBB
        Get-Value $vcpu rbx | Should -Be 0xBBC
    }
}

Describe 'xapic_state_test' -Tag Conformance -Skip:$noKvm {
    BeforeEach { $vm = New-KvmVm apics; $null = New-KvmIrqChip $vm; $vcpus = New-KvmVcpu $vm -Id 0, 1, 2; $vcpus | Set-KvmCpuid -FromHost }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'the APIC id is the vCPU''s in the upper byte, and all of it in x2APIC mode' {
        if (-not (Test-Cpuid 1 Ecx 21)) { Set-ItResult -Skipped -Because 'CPUID has no X2APIC here' }
        foreach ($vcpu in $vcpus) {
            $base = Get-Value $vcpu apic_base
            Get-Value $vcpu lapic_id | Should -Be ($vcpu.Id -shl 24)
            Set-KvmRegister $vcpu @{ apic_base = $base -bor 0x400 } -ErrorAction Stop
            Get-IoctlAnswer $vm KVM_ENABLE_CAP (Join-Byte ([uint] (Get-KvmCapability KVM_CAP_X2APIC_API).Number) 0u 3ul ([byte[]]::new(88))) | Should -Be OK
            Get-Value $vcpu lapic_id | Should -Be $vcpu.Id
        }
    }

    It 'KVM_GET_LAPIC tells the interrupt command register as KVM_SET_LAPIC wrote it' {
        foreach ($vector in 0x20, 0x55, 0xFE) {
            Set-KvmRegister $vcpus[0] @{ lapic_icr = $vector; lapic_icr2 = 0x1000000 } -ErrorAction Stop
            Get-Value $vcpus[0] lapic_icr | Should -Be $vector
            Get-Value $vcpus[0] lapic_icr2 | Should -Be 0x1000000
        }
    }

    It 'the id in x2APIC mode is the vCPU''s, whatever KVM_SET_LAPIC says' {
        if (-not (Test-Cpuid 1 Ecx 21)) { Set-ItResult -Skipped -Because 'CPUID has no X2APIC here' }
        Skip-Before 6.11 'KVM_SET_LAPIC changed the id in x2APIC mode'
        Set-KvmRegister $vcpus[2] @{ apic_base = (Get-Value $vcpus[2] apic_base) -bor 0x400 } -ErrorAction Stop
        foreach ($id in 0, 1, 5, 255) {
            $state = (Invoke-KvmIoctl $vcpus[2] KVM_GET_LAPIC).Buffer
            [System.BitConverter]::GetBytes(([uint] $id -shl 24)).CopyTo($state, 0x20)
            $null = Get-IoctlAnswer $vcpus[2] KVM_SET_LAPIC $state
            Get-Value $vcpus[2] lapic_id | Should -Be (2 -shl 24)
        }
    }
}

Describe 'recalc_apic_map_test' -Tag Conformance -Skip:$noKvm {
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'KVM survives x2APIC ids that are set while another vCPU''s APIC is switched on and off' {
        $vm = New-KvmVm map
        $null = New-KvmIrqChip $vm
        $vcpus = New-KvmVcpu $vm -Id @(0..15)
        $vcpus | Set-KvmCpuid -FromHost
        $answers = Invoke-Beside 2 @{ Vcpus = $vcpus } {
            param($Number, $With)
            if ($Number -eq 1) {
                # MSR_IA32_APICBASE: enabled with x2APIC, and disabled
                foreach ($round in 1..300) { Set-KvmMsr $With.Vcpus[15] @{ 0x1B = $(if ($round % 2) { 0xFEE00C00 } else { 0 }) } -ErrorAction Stop }
            }
            else {
                foreach ($round in 1..300) {
                    $vcpu = $With.Vcpus[$round % 15]
                    $state = (Invoke-KvmIoctl $vcpu KVM_GET_LAPIC -ErrorAction Stop).Buffer
                    $null = Get-IoctlAnswer $vcpu KVM_SET_LAPIC $state
                }
            }
            'done'
        }
        $answers.Count | Should -Be 2
        "$($vm.State)" | Should -Be Open
        (Invoke-KvmIoctl $vcpus[0] KVM_GET_LAPIC -ErrorAction Stop).Result | Should -Be 0
    }
}

Describe 'triple_fault_event_test' -Tag Conformance -Skip:$noKvm {
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'a triple fault that is pending is told by KVM_GET_VCPU_EVENTS, set by KVM_SET_VCPU_EVENTS, and ends KVM_RUN as a shutdown' {
        Skip-Without KVM_CAP_X86_TRIPLE_FAULT_EVENT
        $vm = New-RealModeGuest faulting ([byte[]] (0xE6, 0x80, 0xF4))
        Enable-Capability $vm KVM_CAP_X86_TRIPLE_FAULT_EVENT 1 | Should -Be OK
        $vcpu = $vm.Vcpus[0]
        $null = Invoke-KvmVcpu $vcpu -MaxExit 1
        # struct kvm_vcpu_events: flags at 20, triple_fault.pending at 28; KVM_VCPUEVENT_VALID_TRIPLE_FAULT is 0x20
        $events = (Invoke-KvmIoctl $vcpu KVM_GET_VCPU_EVENTS -ErrorAction Stop).Buffer
        $events[20] -band 0x20 | Should -Be 0x20
        $events[28] | Should -Be 0
        $events[28] = 1
        Get-IoctlAnswer $vcpu KVM_SET_VCPU_EVENTS $events | Should -Be OK
        (Invoke-KvmIoctl $vcpu KVM_GET_VCPU_EVENTS -ErrorAction Stop).Buffer[28] | Should -Be 1
        "$((Invoke-KvmVcpu $vcpu -MaxExit 1 -Timeout 20).Reason)" | Should -Be Shutdown
    }
}
