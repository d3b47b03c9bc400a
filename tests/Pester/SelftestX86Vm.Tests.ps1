BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet) -or [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -ne 'X64'
    # setpriv(1) of util-linux takes a capability away from a process, where there is one to take.
    $noPrivileges = [System.Environment]::UserName -ne 'root' -or -not (Get-Command setpriv -CommandType Application -ErrorAction Ignore)
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    . "$PSScriptRoot/Selftest.ps1"
}

Describe 'max_vcpuid_cap_test' -Tag Conformance -Skip:$noKvm {
    BeforeEach { $vm = New-KvmVm ids; $limit = [ulong] (Get-KvmCapability KVM_CAP_MAX_VCPU_ID).Value }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    # KVM_CAP_MAX_VCPU_ID is there to be read on all kernels, and to be enabled from 6.0 on.
    BeforeAll {
        function Skip-WithoutLimit {
            $probe = New-KvmVm probe
            if ((Enable-Capability $probe KVM_CAP_MAX_VCPU_ID 4) -ne 'OK') { Set-ItResult -Skipped -Because 'this kernel does not let KVM_CAP_MAX_VCPU_ID be enabled' }
        }
    }

    It 'a limit above KVM_CAP_MAX_VCPU_ID is refused: EINVAL' {
        Skip-WithoutLimit
        Enable-Capability $vm KVM_CAP_MAX_VCPU_ID ($limit + 1) | Should -Be EINVAL
    }

    It 'a limit that the boot vCPU''s id would be beyond of is refused: EINVAL' {
        Skip-WithoutLimit
        Get-IoctlAnswer $vm KVM_SET_BOOT_CPU_ID 5 | Should -Be OK
        $answer = Enable-Capability $vm KVM_CAP_MAX_VCPU_ID 4
        if ($answer -eq 'OK') { Skip-Before 6.11 'the boot vCPU''s id was not compared with the limit' }
        $answer | Should -Be EINVAL
    }

    It 'a limit is set once: EINVAL' {
        Skip-WithoutLimit
        Enable-Capability $vm KVM_CAP_MAX_VCPU_ID 4 | Should -Be OK
        Enable-Capability $vm KVM_CAP_MAX_VCPU_ID 5 | Should -Be EINVAL
    }

    It 'a vCPU''s id from the limit on, or with one of the bits 63:32, is refused: EINVAL' {
        Skip-WithoutLimit
        Enable-Capability $vm KVM_CAP_MAX_VCPU_ID 4 | Should -Be OK
        Get-IoctlAnswer $vm KVM_CREATE_VCPU 4 | Should -Be EINVAL
        $wide = Get-IoctlAnswer $vm KVM_CREATE_VCPU (1ul -shl 32)
        if ($wide -eq 'OK') { Skip-Before 6.11 'the upper half of a vCPU''s id was ignored' }
        $wide | Should -Be EINVAL
        Get-Answer { New-KvmVcpu $vm -Id 0 -ErrorAction Stop } | Should -Be OK
    }
}

Describe 'set_boot_cpu_id' -Tag Conformance -Skip:$noKvm {
    BeforeEach { $vm = New-KvmVm boot }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'an id beyond KVM_CAP_MAX_VCPU_ID, or with one of the bits 63:32, is refused: EINVAL' {
        Skip-Without KVM_CAP_SET_BOOT_CPU_ID
        $answer = Get-IoctlAnswer $vm KVM_SET_BOOT_CPU_ID ((Get-KvmCapability KVM_CAP_MAX_VCPU_ID).Value + 1)
        if ($answer -eq 'OK') { Skip-Before 6.11 'the boot vCPU''s id was not compared with the limit' }
        $answer | Should -Be EINVAL
        Get-IoctlAnswer $vm KVM_SET_BOOT_CPU_ID (1ul -shl 32) | Should -Be EINVAL
    }

    It 'the vCPU with that id, and no other, is the bootstrap processor in its MSR_IA32_APICBASE: <Boot>' -ForEach @(@{ Boot = 0 }, @{ Boot = 1 }) {
        Skip-Without KVM_CAP_SET_BOOT_CPU_ID
        $null = New-KvmIrqChip $vm
        Get-IoctlAnswer $vm KVM_SET_BOOT_CPU_ID $Boot | Should -Be OK
        foreach ($vcpu in New-KvmVcpu $vm -Id 0, 1) {
            ((Get-KvmMsr $vcpu 0x1B).Value -shr 8) -band 1 | Should -Be ([int] ($vcpu.Id -eq $Boot))
        }
    }

    It 'it is not set any more once there is a vCPU: EBUSY' {
        Skip-Without KVM_CAP_SET_BOOT_CPU_ID
        $null = New-KvmVcpu $vm
        foreach ($id in 0, 1) { Get-IoctlAnswer $vm KVM_SET_BOOT_CPU_ID $id | Should -Be EBUSY }
    }
}

Describe 'apic_bus_clock_test' -Tag Conformance -Skip:$noKvm {
    BeforeEach { $vm = New-KvmVm bus }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'KVM_CAP_X86_APIC_BUS_CYCLES_NS is 1 by default, on the host and on a VM' {
        Skip-Without KVM_CAP_X86_APIC_BUS_CYCLES_NS
        (Get-KvmCapability KVM_CAP_X86_APIC_BUS_CYCLES_NS).Value | Should -Be 1
        (Get-KvmCapability KVM_CAP_X86_APIC_BUS_CYCLES_NS -Vm $vm).Value | Should -Be 1
    }

    It 'the VM tells what was set' {
        Skip-Without KVM_CAP_X86_APIC_BUS_CYCLES_NS
        $null = New-KvmIrqChip $vm
        Enable-Capability $vm KVM_CAP_X86_APIC_BUS_CYCLES_NS 40 | Should -Be OK
        $told = (Get-KvmCapability KVM_CAP_X86_APIC_BUS_CYCLES_NS -Vm $vm).Value
        if ($told -eq 1) { Skip-Before 7.2 'a VM tells the default, whatever was set' }
        $told | Should -Be 40
        (Get-KvmCapability KVM_CAP_X86_APIC_BUS_CYCLES_NS).Value | Should -Be 1
    }

    It 'it is not set without interrupt controller, ENXIO, to 0, or once there is a vCPU: EINVAL' {
        Skip-Without KVM_CAP_X86_APIC_BUS_CYCLES_NS
        Enable-Capability $vm KVM_CAP_X86_APIC_BUS_CYCLES_NS 40 | Should -Be ENXIO
        $null = New-KvmIrqChip $vm
        Enable-Capability $vm KVM_CAP_X86_APIC_BUS_CYCLES_NS 0 | Should -Be EINVAL
        $null = New-KvmVcpu $vm
        Enable-Capability $vm KVM_CAP_X86_APIC_BUS_CYCLES_NS 40 | Should -Be EINVAL
    }
}

Describe 'pmu_event_filter_test' -Tag Conformance -Skip:$noKvm {
    BeforeEach {
        $vm = New-KvmVm events
        # struct kvm_pmu_event_filter: u32 action, nevents, fixed_counter_bitmap, flags, pad[4], u64 events[]
        function Set-EventFilter([uint] $Action, [uint] $Flags, [ulong[]] $Events = @(), [uint] $Count = $Events.Count) {
            $list = [byte[]] @($Events.ForEach({ [System.BitConverter]::GetBytes($_) }))
            Get-IoctlAnswer $vm KVM_SET_PMU_EVENT_FILTER (Join-Byte $Action $Count 0u $Flags ([byte[]]::new(16)) ([byte[]] $list))
        }
    }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'KVM_PMU_EVENT_ALLOW and KVM_PMU_EVENT_DENY are taken, each other action is refused: EINVAL' {
        Skip-Without KVM_CAP_PMU_EVENT_FILTER
        Set-EventFilter 0 0 0xC4, 0xC0 | Should -Be OK
        Set-EventFilter 1 0 0xC4, 0xC0 | Should -Be OK
        Set-EventFilter 1 0 | Should -Be OK
        foreach ($action in 2, 3, 0x80000000u) { Set-EventFilter $action 0 0xC4 | Should -Be EINVAL }
    }

    It 'flags that there are not are refused: EINVAL' {
        Skip-Without KVM_CAP_PMU_EVENT_FILTER
        foreach ($bit in 1..31) { Set-EventFilter 0 (1u -shl $bit) 0xC4 | Should -Be EINVAL -Because "bit $bit" }
    }

    It '300 events are taken, and one more is refused: E2BIG' {
        Skip-Without KVM_CAP_PMU_EVENT_FILTER
        Set-EventFilter 0 0 ([ulong[]] @(1..300)) | Should -Be OK
        Set-EventFilter 0 0 ([ulong[]] @(1..301)) | Should -Be E2BIG
    }

    It 'with KVM_PMU_EVENT_FLAG_MASKED_EVENTS reserved bits of an event are refused: EINVAL' {
        Skip-Without KVM_CAP_PMU_EVENT_MASKED_EVENTS
        # KVM_PMU_ENCODE_MASKED_ENTRY: select in 7:0 and 35:32, match in 15:8, mask in 63:56, exclude in 55
        Set-EventFilter 0 1 0x0000000000000000ul | Should -Be OK
        Set-EventFilter 0 1 0xFF800000000001C4ul | Should -Be OK
        foreach ($bit in 16, 31, 36, 54) { Set-EventFilter 0 1 (1ul -shl $bit) | Should -Be EINVAL -Because "bit $bit" }
        Set-EventFilter 0 0 (1ul -shl 54) | Should -Be OK -Because 'without the flag they do not matter'
    }
}

Describe 'nx_huge_pages_test' -Tag Conformance -Skip:$noKvm {
    BeforeEach { $vm = New-KvmVm pages }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'who may reboot can enable KVM_CAP_VM_DISABLE_NX_HUGE_PAGES' -Skip:$noPrivileges {
        Skip-Without KVM_CAP_VM_DISABLE_NX_HUGE_PAGES
        Enable-Capability $vm KVM_CAP_VM_DISABLE_NX_HUGE_PAGES 0 | Should -Be OK
    }

    It 'who may not reboot cannot: EPERM' -Tag Long -Skip:$noPrivileges {
        Skip-Without KVM_CAP_VM_DISABLE_NX_HUGE_PAGES
        $shell = [System.IO.Path]::GetFullPath("$PSScriptRoot/../../kvmps")
        $told = & setpriv --bounding-set=-sys_boot --inh-caps=-sys_boot $shell -NoProfile -Command 'try { Enable-KvmCapability (New-KvmVm) KVM_CAP_VM_DISABLE_NX_HUGE_PAGES -ErrorAction Stop; "OK" } catch { "$($_.Exception.Errno)" }'
        "$told" | Should -Be EPERM
    }

    It 'an argument, or a vCPU that there is already, makes it EINVAL' -Skip:$noPrivileges {
        Skip-Without KVM_CAP_VM_DISABLE_NX_HUGE_PAGES
        Enable-Capability $vm KVM_CAP_VM_DISABLE_NX_HUGE_PAGES 1 | Should -Be EINVAL
        $null = New-KvmVcpu $vm
        Enable-Capability $vm KVM_CAP_VM_DISABLE_NX_HUGE_PAGES 0 | Should -Be EINVAL
    }

    It 'a new VM has split no pages, and maps none' {
        Skip-Without KVM_CAP_BINARY_STATS_FD
        foreach ($name in 'nx_lpage_splits', 'pages_2m', 'pages_1g') { (Get-KvmStat $vm -Name $name -ErrorAction Stop).Value | Should -Be 0 -Because $name }
    }
}

Describe 'kvm_pv_test' -Tag Conformance -Skip:$noKvm {
    BeforeEach { $vm = New-KvmVm pv }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'KVM_CAP_X86_DISABLE_EXITS is not enabled any more once there is a vCPU: EINVAL' {
        Skip-Without KVM_CAP_X86_DISABLE_EXITS -Bits 2
        Enable-Capability $vm KVM_CAP_X86_DISABLE_EXITS 2 | Should -Be OK
        $null = New-KvmVcpu $vm
        $answer = Enable-Capability $vm KVM_CAP_X86_DISABLE_EXITS 2
        if ($answer -eq 'OK') { Skip-Before 6.11 'it was enabled at any time' }
        $answer | Should -Be EINVAL
    }

    It 'CPUID tells PV_UNHALT as it was set, and not at all where HLT does not exit' {
        Skip-Without KVM_CAP_X86_DISABLE_EXITS -Bits 2
        # KVM_FEATURE_PV_UNHALT: bit 7 of EAX of 0x40000001
        function Get-Unhalt($Vcpu) {
            $entries = (Get-KvmCpuid -Supported).ForEach({
                    $eax = if ($_.Function -eq 0x40000001) { $_.Eax -bor 0x80 } else { $_.Eax }
                    [KvmPS.Native.KvmCpuidEntry]::new($_.Function, $_.Index, $_.Flags, $eax, $_.Ebx, $_.Ecx, $_.Edx)
                })
            Set-KvmCpuid $Vcpu $entries -ErrorAction Stop
            ((Get-KvmCpuid $Vcpu 0x40000001).Eax -shr 7) -band 1
        }
        Get-Unhalt (New-KvmVcpu (New-KvmVm halting)) | Should -Be 1
        Enable-Capability $vm KVM_CAP_X86_DISABLE_EXITS 2 | Should -Be OK
        $told = Get-Unhalt (New-KvmVcpu $vm)
        if ($told) { Skip-Before 6.10 'PV_UNHALT stayed when CPUID was set the first time' }
        $told | Should -Be 0
    }

    It 'what KVM_CAP_X86_DISABLE_EXITS does not tell is refused: EINVAL' {
        Skip-Without KVM_CAP_X86_DISABLE_EXITS
        foreach ($bit in 8..63) { Enable-Capability $vm KVM_CAP_X86_DISABLE_EXITS (1ul -shl $bit) | Should -Be EINVAL -Because "bit $bit" }
    }
}

Describe 'nested_set_state_test' -Tag Conformance -Skip:$noKvm {
    BeforeEach {
        $vm = New-KvmVm nested -Vcpu 1
        $vcpu = $vm.Vcpus[0]
        Set-KvmCpuid $vcpu -FromHost
        # struct kvm_nested_state: u16 flags, u16 format, u32 size, 120 bytes of header, data
        function Set-Nested([ushort] $Flags, [ushort] $Format, [uint] $Size = 128) {
            Get-IoctlAnswer $vcpu KVM_SET_NESTED_STATE (Join-Byte $Flags $Format $Size ([byte[]]::new(120)) ([byte[]]::new(8192)))
        }
        # AMD: format 1, and EFER.SVME in bit 12; KVM_STATE_NESTED_GIF_SET is 0x100, GUEST_MODE 1, RUN_PENDING 2
        function Skip-WithoutSvm {
            Skip-Without KVM_CAP_NESTED_STATE
            $leaf = Get-KvmCpuid -Supported 0x80000001
            if (-not ($leaf.Ecx -band 4)) { Set-ItResult -Skipped -Because 'CPUID has no SVM here' }
        }
    }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'a size below that of the header is refused: EINVAL' {
        Skip-WithoutSvm
        Set-Nested 0x100 1 127 | Should -Be EINVAL
        Set-Nested 0x100 1 0 | Should -Be EINVAL
        Set-Nested 0x100 1 | Should -Be OK
    }

    It 'another format than SVM''s is refused: EINVAL' {
        Skip-WithoutSvm
        foreach ($format in 0, 2, 0xFFFF) { Set-Nested 0x100 $format | Should -Be EINVAL }
    }

    It 'flags that there are not are refused, and so is a run that is pending without guest mode: EINVAL' {
        Skip-WithoutSvm
        foreach ($bit in 4, 5, 6, 7, 9, 15) { Set-Nested (0x100 -bor (1 -shl $bit)) 1 | Should -Be EINVAL -Because "bit $bit" }
        Set-Nested 0x102 1 | Should -Be EINVAL
    }

    It 'guest mode is refused without EFER.SVME, and without room for a VMCB: EINVAL' {
        Skip-WithoutSvm
        Set-Nested 0x101 1 (128 + 4096) | Should -Be EINVAL
        Set-KvmRegister $vcpu @{ efer = 0x1000 } -ErrorAction Stop
        Set-Nested 0x101 1 | Should -Be EINVAL
    }

    It 'KVM_GET_NESTED_STATE tells size, format and flags of what was set' {
        Skip-WithoutSvm
        Set-KvmRegister $vcpu @{ efer = 0x1000 } -ErrorAction Stop
        foreach ($flags in 0x100, 0) {
            Set-Nested $flags 1 | Should -Be OK
            $state = (Invoke-KvmIoctl $vcpu KVM_GET_NESTED_STATE -Buffer (Join-Byte ([ushort] 0) ([ushort] 0) 8320u ([byte[]]::new(8312))) -ErrorAction Stop).Buffer
            [System.BitConverter]::ToUInt16($state, 0) | Should -Be $flags
            [System.BitConverter]::ToUInt16($state, 2) | Should -Be 1
            [System.BitConverter]::ToUInt32($state, 4) | Should -Be 128
        }
    }
}
