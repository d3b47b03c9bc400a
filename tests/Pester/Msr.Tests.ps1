BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet)
    $x86 = [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -eq 'X64'
    $noExits = $noKvm -or -not (Get-KvmCapability KVM_CAP_X86_USER_SPACE_MSR).Supported
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    . "$PSScriptRoot/RealModeGuest.ps1"
    function Get-Failure([scriptblock] $Action) { try { $null = & $Action } catch { $_ } }
}

Describe 'Get-KvmMsr' -Skip:($noKvm -or -not $x86) {
    BeforeEach { $vm = New-KvmVm msrs -Vcpu 1; $vcpu = $vm.Vcpus[0] }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    # Intel SDM volume 4: 0x174 is IA32_SYSENTER_CS; arch/x86/include/uapi/asm/kvm_para.h: 0x4b564d00 is MSR_KVM_WALL_CLOCK_NEW.
    It 'finds MSRs by name, with and without MSR_, by number and by pattern' {
        $msr = Get-KvmMsr $vcpu MSR_IA32_SYSENTER_CS
        $msr | Should -BeOfType ([KvmPS.KvmMsr])
        $msr.InputObject | Should -Be $vcpu
        $msr.Index | Should -Be 0x174
        (Get-KvmMsr $vcpu ia32_sysenter_cs).Name | Should -Be 'MSR_IA32_SYSENTER_CS'
        ($vcpu | Get-KvmMsr -Name 0x174, 372, '0x175').Index | Should -Be @(0x174, 0x175)
        (Get-KvmMsr $vcpu IA32_SYSENTER_*).Index | Should -Be @(0x174, 0x175, 0x176)
        (Get-KvmMsr $vcpu 0x4b564d00).Name | Should -Be 'MSR_KVM_WALL_CLOCK_NEW'
    }

    It 'lists what guests have here, as the kernel lists it' {
        $supported = Get-KvmMsr -Supported
        $supported.Index | Should -Contain 0x174
        $supported.Index | Should -Contain 0x10
        $supported[0].Value | Should -BeNullOrEmpty
        foreach ($msr in Get-KvmMsr $vcpu) { $msr.Index | Should -BeIn $supported.Index }
    }

    # feature_msrs_test: each of the list can be read from the system.
    It 'reads every feature MSR of the host' {
        $features = Get-KvmMsr -Feature
        $features.Count | Should -BeGreaterThan 0
        foreach ($msr in $features) { $msr.Value | Should -BeOfType ([ulong]) -Because $msr.Name }
    }

    It 'says MsrUnknown for a name, MsrNotSupported for a number that there is not' {
        { Get-KvmMsr $vcpu IA32_NOTHING -ErrorAction Stop } | Should -Throw -ErrorId 'MsrUnknown,*'
        $failure = Get-Failure { Get-KvmMsr $vcpu 0x12345 -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike 'MsrNotSupported,*'
        $failure.CategoryInfo.Category | Should -Be 'ObjectNotFound'
        $failure.TargetObject | Should -Be $vcpu
    }

    It 'says KvmObjectRemoved for a vCPU that was removed' {
        Remove-KvmVcpu $vcpu
        { Get-KvmMsr $vcpu 0x174 -ErrorAction Stop } | Should -Throw -ErrorId 'KvmObjectRemoved,*'
    }
}

Describe 'Set-KvmMsr' -Skip:($noKvm -or -not $x86) {
    BeforeEach { $vm = New-KvmVm msrs -Vcpu 1; $vcpu = $vm.Vcpus[0] }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'sets by name and number' {
        Set-KvmMsr $vcpu @{ IA32_SYSENTER_CS = 8; 0xC0000102 = 0xFFFFFFFF81000000 }
        (Get-KvmMsr $vcpu 0x174).Value | Should -Be 8
        '{0:X}' -f (Get-KvmMsr $vcpu KERNEL_GS_BASE).Value | Should -Be 'FFFFFFFF81000000'
    }

    It 'changes nothing where one is refused' {
        Set-KvmMsr $vcpu @{ 0x174 = 1 }
        $failure = Get-Failure { Set-KvmMsr $vcpu @{ 0x174 = 2; 0x12345 = 3 } -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike 'KvmSetMsrsFailed,*'
        $failure.Exception.Message | Should -Match '0x12345'
        $failure.TargetObject | Should -Be $vcpu
        (Get-KvmMsr $vcpu 0x174).Value | Should -Be 1
    }

    # MAX_IO_MSRS: the kernel takes fewer than 256 at once.
    It 'reads and writes <_> at once' -ForEach 255, 256, 600 {
        $indexes = [uint[]] (@(0x175) * $_)
        $values = $vcpu.ReadMsrs($indexes)
        $values.Length | Should -Be $_
        $pairs = [System.Collections.Generic.List[System.ValueTuple[uint, ulong]]]::new()
        for ($i = 0; $i -lt $_; $i++) { $pairs.Add([System.ValueTuple[uint, ulong]]::new(0x175, $i)) }
        $vcpu.WriteMsrs($pairs)
        (Get-KvmMsr $vcpu 0x175).Value | Should -Be ($_ - 1)
        $pairs.Add([System.ValueTuple[uint, ulong]]::new(0x12345, 1))
        { $vcpu.WriteMsrs($pairs) } | Should -Throw
        (Get-KvmMsr $vcpu 0x175).Value | Should -Be ($_ - 1)
    }

    It 'refuses a value that is no number, and an unknown name' {
        { Set-KvmMsr $vcpu @{ 0x174 = 'five' } -ErrorAction Stop } | Should -Throw -ErrorId 'RegisterValueInvalid,*'
        { Set-KvmMsr $vcpu @{ IA32_NOTHING = 1 } -ErrorAction Stop } | Should -Throw -ErrorId 'MsrUnknown,*'
    }

    It 'sets nothing with -WhatIf' {
        $vcpu | Set-KvmMsr -Value @{ 0x174 = 9 } -WhatIf
        (Get-KvmMsr $vcpu 0x174).Value | Should -Be 0
    }
}

# userspace_msr_exit_test: unknown MSRs come to user space with index and reason, values get through, error=1 is #GP.
Describe 'An MSR that user space handles' -Skip:($noExits -or -not $x86) {
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'is read, written and refused' -Tag Conformance, userspace_msr_exit_test {
        # mov ecx,0x4000F123; rdmsr; mov [0x500],eax; mov [0x504],edx; xor edx,edx; mov eax,0x77; wrmsr; hlt
        $vm = New-RealModeGuest msrs ([byte[]](0x66, 0xB9, 0x23, 0xF1, 0, 0x40, 0x0F, 0x32, 0x66, 0xA3, 0, 5, 0x66, 0x89, 0x16, 4, 5,
                0x66, 0x31, 0xD2, 0x66, 0xB8, 0x77, 0, 0, 0, 0x0F, 0x30, 0xF4))
        Enable-KvmCapability $vm KVM_CAP_X86_USER_SPACE_MSR -Argument 7
        $exits = Invoke-KvmVcpu $vm.Vcpus[0] | ForEach-Object { if ($_.Reason -eq 'Rdmsr') { $_.Value = 0x1122334455667788 }; $_ }
        "$($exits.Reason)" | Should -Be 'Rdmsr Wrmsr Hlt'
        $exits[0] | Should -BeOfType ([KvmPS.Native.KvmMsrExit])
        $exits[0].Index | Should -Be 0x4000F123
        "$($exits[0].Cause)" | Should -Be 'Unknown'
        $exits[1].Value | Should -Be 0x77
        (Read-KvmMemory $vm 0x500 8) -join ',' | Should -Be '136,119,102,85,68,51,34,17'
    }
}

Describe 'Get-KvmCpuid and Set-KvmCpuid' -Skip:($noKvm -or -not $x86) {
    BeforeEach {
        # mov eax,1; cpuid; mov [0x500],eax; mov [0x504],ebx; mov [0x508],ecx; mov [0x50c],edx; hlt
        $vm = New-RealModeGuest cpuid ([byte[]](0x66, 0xB8, 1, 0, 0, 0, 0x0F, 0xA2, 0x66, 0xA3, 0, 5, 0x66, 0x89, 0x1E, 4, 5,
                0x66, 0x89, 0x0E, 8, 5, 0x66, 0x89, 0x16, 0x0C, 5, 0xF4))
        $vcpu = $vm.Vcpus[0]
    }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'tells what host and KVM support' {
        $supported = Get-KvmCpuid -Supported
        $supported[0] | Should -BeOfType ([KvmPS.Native.KvmCpuidEntry])
        $supported.Function | Should -Contain 1
        # KVM's own leaf: "KVMKVMKVM" in EBX, ECX and EDX.
        $leaf = Get-KvmCpuid -Supported -Function 0x40000000
        $text = [System.Text.Encoding]::ASCII.GetString(([uint[]] ($leaf.Ebx, $leaf.Ecx, $leaf.Edx)).ForEach({ [System.BitConverter]::GetBytes([uint] $_) }))
        $text.TrimEnd([char] 0) | Should -Be 'KVMKVMKVM'
        { Get-KvmCpuid -Emulated -ErrorAction Stop } | Should -Not -Throw
    }

    # cpuid_test: CPUID answers what was set; it can be set again unchanged after KVM_RUN, and not changed.
    It 'answers the guest what was set' {
        Get-KvmCpuid $vcpu | Should -BeNullOrEmpty
        Set-KvmCpuid $vcpu -FromHost
        "$(Get-KvmCpuid $vcpu)" | Should -Be "$(Get-KvmCpuid -Supported)"
        $set = Get-KvmCpuid $vcpu 1
        $null = Invoke-KvmVcpu $vcpu
        [System.BitConverter]::ToUInt32((Read-KvmMemory $vm 0x500 4)) | Should -Be $set.Eax
        # The initial APIC id and OSXSAVE are the vCPU's own.
        [System.BitConverter]::ToUInt32((Read-KvmMemory $vm 0x50C 4)) | Should -Be (Get-KvmCpuid $vcpu 1).Edx
        Set-KvmCpuid $vcpu (Get-KvmCpuid $vcpu)
        $changed = (Get-KvmCpuid $vcpu).Where({ $_.Function -ne 1 })
        $failure = Get-Failure { Set-KvmCpuid $vcpu $changed -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike 'KvmSetCpuid2Failed,*'
        $failure.Exception.Errno | Should -Be 'EINVAL'
        $failure.TargetObject | Should -Be $vcpu
    }

    It 'sets nothing with -WhatIf' {
        $vcpu | Set-KvmCpuid -FromHost -WhatIf
        Get-KvmCpuid $vcpu | Should -BeNullOrEmpty
    }

    It 'says KvmObjectRemoved for a vCPU that was removed' {
        Remove-KvmVcpu $vcpu
        { Get-KvmCpuid $vcpu -ErrorAction Stop } | Should -Throw -ErrorId 'KvmObjectRemoved,*'
        { Set-KvmCpuid $vcpu -FromHost -ErrorAction Stop } | Should -Throw -ErrorId 'KvmObjectRemoved,*'
    }
}

Describe 'Get-KvmTsc and Set-KvmTsc' -Skip:($noKvm -or -not $x86) {
    BeforeEach { $vm = New-KvmVm tsc -Vcpu 1; $vcpu = $vm.Vcpus[0] }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'show the frequency and a counter that counts' {
        $first = Get-KvmTsc $vcpu
        $first | Should -BeOfType ([KvmPS.Native.KvmTsc])
        $first.Vcpu | Should -Be $vcpu
        $first.Khz | Should -Be (Invoke-KvmIoctl $vcpu KVM_GET_TSC_KHZ).Result
        ($vcpu | Get-KvmTsc).Value | Should -BeGreaterThan $first.Value
    }

    # Any kernel lets a guest's counter be faster, if need be by catching up (arch/x86/kvm/x86.c, set_tsc_khz).
    It 'set another frequency, and the host''s again with 0' {
        $host1 = (Get-KvmTsc $vcpu).Khz
        $vcpu | Set-KvmTsc -Khz ($host1 + 1000000) -ErrorAction Stop
        (Get-KvmTsc $vcpu).Khz | Should -Be ($host1 + 1000000)
        Set-KvmTsc $vcpu 0 -ErrorAction Stop
        (Get-KvmTsc $vcpu).Khz | Should -Be $host1
    }

    It 'refuse what cannot be, and change nothing' {
        $before = (Get-KvmTsc $vcpu).Khz
        if (-not (Get-KvmCapability KVM_CAP_TSC_CONTROL).Supported) {
            $failure = Get-Failure { Set-KvmTsc $vcpu 1000 -ErrorAction Stop }
            $failure.FullyQualifiedErrorId | Should -BeLike 'TscFrequencyNotSupported,*'
            $failure.Exception.Errno | Should -Be 'EINVAL'
            $failure.CategoryInfo.Category | Should -Be 'InvalidArgument'
            $failure.TargetObject | Should -Be $vcpu
        }
        { Set-KvmTsc $vcpu 0xFFFFFFFF -ErrorAction Stop } | Should -Throw
        Set-KvmTsc $vcpu ($before + 5) -WhatIf
        (Get-KvmTsc $vcpu).Khz | Should -Be $before
    }

    It 'say KvmObjectRemoved for a vCPU that was removed' {
        Remove-KvmVcpu $vcpu
        { Get-KvmTsc $vcpu -ErrorAction Stop } | Should -Throw -ErrorId 'KvmObjectRemoved,*'
        { Set-KvmTsc $vcpu 0 -ErrorAction Stop } | Should -Throw -ErrorId 'KvmObjectRemoved,*'
    }
}

Describe 'Get-KvmClock and Set-KvmClock' -Skip:($noKvm -or -not $x86) {
    BeforeEach { $vm = New-KvmVm clock }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    # kvm_clock_test: the clock goes on from what was set.
    It 'goes on from what was set' {
        Set-KvmClock $vm 1000000000000
        $first = $vm | Get-KvmClock
        $first | Should -BeOfType ([KvmPS.Native.KvmClock])
        $first.Vm | Should -Be $vm
        $first.Nanoseconds | Should -BeGreaterOrEqual 1000000000000
        $first.Nanoseconds | Should -BeLessThan 1060000000000
        (Get-KvmClock $vm).Nanoseconds | Should -BeGreaterThan $first.Nanoseconds
    }

    It 'adds the time that has passed on the wall clock' {
        $now = ([System.DateTimeOffset]::UtcNow.ToUnixTimeMilliseconds() - 3600000) * 1000000
        if (-not ((Get-KvmCapability -Vm $vm KVM_CAP_ADJUST_CLOCK).Value -band 4)) { Set-ItResult -Skipped -Because 'this kernel does not know KVM_CLOCK_REALTIME'; return }
        Set-KvmClock $vm 0 -Realtime $now
        (Get-KvmClock $vm).Nanoseconds / 1e9 | Should -BeGreaterThan 3599
    }

    It 'sets nothing with -WhatIf' {
        Set-KvmClock $vm 1000000000000 -WhatIf
        (Get-KvmClock $vm).Nanoseconds | Should -BeLessThan 1000000000000
    }
}
