BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet) -or [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -ne 'X64'
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    . "$PSScriptRoot/Selftest.ps1"
    . "$PSScriptRoot/InterruptGuest.ps1"

    # The bytes of a struct kvm_cpuid2: u32 nent, u32 padding, then 40 bytes each.
    function Get-CpuidByte([uint] $Room) { Join-Byte $Room 0u ([byte[]]::new(40 * $Room)) }

    # Runs from 0 with these registers, and tells those of afterwards.
    function Invoke-Guest($Vcpu, [hashtable] $Registers, [string[]] $Wanted) {
        Set-KvmRegister $Vcpu ($Registers + @{ cs = @{ base = 0x8000; selector = 0x800 }; rip = 0; rsp = 0x7000 }) -ErrorAction Stop
        $exit = @(Invoke-KvmVcpu $Vcpu -MaxExit 1 -Timeout 20)[-1]
        if ("$($exit.Reason)" -ne 'Hlt') { throw "The guest stopped with $($exit.Reason), not at its HLT." }
        $Wanted.ForEach({ [uint] ((Get-KvmRegister $Vcpu $_).Value -band 0xFFFFFFFFul) })
    }
}

Describe 'cpuid_test' -Tag Conformance -Skip:$noKvm {
    BeforeEach {
        # cpuid; hlt
        $vm = New-LowGuest cpuid ([byte[]] (0x0F, 0xA2, 0xF4))
        $vcpu = $vm.Vcpus[0]
        Set-KvmCpuid $vcpu -FromHost
    }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'CPUID answers the guest what was set, leaf by leaf' {
        $compared = 0
        foreach ($entry in Get-KvmCpuid $vcpu) {
            # The sizes of leaf 0xD follow XCR0 and IA32_XSS.
            if ($entry.Function -eq 0xD) { continue }
            $told = Invoke-Guest $vcpu @{ rax = $entry.Function; rcx = $entry.Index } rax, rbx, rcx, rdx
            $told | Should -Be @($entry.Eax, $entry.Ebx, $entry.Ecx, $entry.Edx) -Because "$entry"
            $compared++
        }
        $compared | Should -BeGreaterThan 5
    }

    It 'after KVM_RUN the same can be set again, and neither other features nor another MAXPHYADDR: EINVAL' {
        $null = Invoke-Guest $vcpu @{ rax = 0 } rax
        $entries = @(Get-KvmCpuid $vcpu)
        Get-Answer { Set-KvmCpuid $vcpu $entries -ErrorAction Stop } | Should -Be OK
        foreach ($change in @{ Function = 1u; Register = 'Edx'; Bit = 4 }, @{ Function = 0x80000008u; Register = 'Eax'; Bit = 0 }) {
            $changed = $entries.ForEach({
                    if ($_.Function -ne $change.Function) { return $_ }
                    $registers = @{ Eax = $_.Eax; Ebx = $_.Ebx; Ecx = $_.Ecx; Edx = $_.Edx }
                    $registers[$change.Register] = $registers[$change.Register] -bxor (1u -shl $change.Bit)
                    [KvmPS.Native.KvmCpuidEntry]::new($_.Function, $_.Index, $_.Flags, $registers.Eax, $registers.Ebx, $registers.Ecx, $registers.Edx)
                })
            Get-Answer { Set-KvmCpuid $vcpu $changed -ErrorAction Stop } | Should -Be EINVAL -Because "leaf 0x$('{0:X}' -f $change.Function)"
        }
    }

    It 'KVM_GET_CPUID2 tells as many entries as were set, also with room for more' {
        $count = @(Get-KvmCpuid -Supported).Count
        foreach ($room in $count, ($count + 1)) {
            $told = [System.BitConverter]::ToUInt32((Invoke-KvmIoctl $vcpu KVM_GET_CPUID2 -Buffer (Get-CpuidByte $room) -ErrorAction Stop).Buffer, 0)
            if ($told -ne $count) { Skip-Before 6.3 'KVM_GET_CPUID2 told the number only where it failed' }
            $told | Should -Be $count
        }
    }

    It 'KVM_GET_CPUID2 with room for too few is E2BIG' {
        $count = @(Get-KvmCpuid -Supported).Count
        foreach ($room in 0, 1, ($count - 1)) { Get-IoctlAnswer $vcpu KVM_GET_CPUID2 (Get-CpuidByte $room) | Should -Be E2BIG }
    }

    It 'KVM_GET_SUPPORTED_CPUID with room for too few is E2BIG' {
        Get-Answer { Get-KvmHost | Invoke-KvmIoctl -Request KVM_GET_SUPPORTED_CPUID -Buffer (Get-CpuidByte 1) -ErrorAction Stop } | Should -Be E2BIG
    }
}

Describe 'cr4_cpuid_sync_test' -Tag Conformance -Skip:$noKvm {
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'CPUID tells the guest OSXSAVE as CR4 has it, whoever set that' {
        if (-not ((Get-KvmCpuid -Supported 1).Ecx -band 0x4000000)) { Set-ItResult -Skipped -Because 'CPUID has no XSAVE here' }
        # mov cr4,ebx; mov eax,1; cpuid; hlt
        $vm = New-LowGuest synced ([byte[]] (0x0F, 0x22, 0xE3, 0x66, 0xB8, 1, 0, 0, 0, 0x0F, 0xA2, 0xF4))
        $vcpu = $vm.Vcpus[0]
        Set-KvmCpuid $vcpu -FromHost
        foreach ($on in 1, 0) {
            (Invoke-Guest $vcpu @{ rbx = $on -shl 18 } rcx) -shr 27 -band 1 | Should -Be $on
        }
        # From the CPUID on: mov eax,1; cpuid; hlt
        Write-KvmMemory $vm 0x8000 ([byte[]] (0x90, 0x90, 0x90))
        foreach ($on in 1, 0) {
            (Invoke-Guest $vcpu @{ cr4 = $on -shl 18 } rcx) -shr 27 -band 1 | Should -Be $on
        }
    }
}

Describe 'xcr0_cpuid_test' -Tag Conformance -Skip:$noKvm {
    BeforeEach { $vm = New-KvmVm xcr0 -Vcpu 1; $vcpu = $vm.Vcpus[0]; Set-KvmCpuid $vcpu -FromHost }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    BeforeAll {
        function Set-Xcr0([ulong] $Value) { Get-Answer { Set-KvmRegister $vcpu @{ xcr0 = $Value } -ErrorAction Stop } }
        # What CPUID.(0xD,0) tells: EDX:EAX.
        function Get-Supported {
            $leaf = @((Get-KvmCpuid -Supported 0xD).Where({ $_.Index -eq 0 }))
            if (-not $leaf -or -not $leaf[0].Eax) { Set-ItResult -Skipped -Because 'CPUID has no XCR0 here' }
            ([ulong] $leaf[0].Edx -shl 32) -bor $leaf[0].Eax
        }
    }

    It 'XCR0 takes all that CPUID tells, and refuses each bit that it does not tell: EINVAL' {
        $supported = Get-Supported
        Set-Xcr0 $supported | Should -Be OK
        foreach ($bit in 0..63) {
            if ($supported -band (1ul -shl $bit)) { continue }
            Set-Xcr0 ($supported -bor (1ul -shl $bit)) | Should -Be EINVAL -Because "bit $bit"
        }
    }

    # Intel SDM volume 1, 13.3: x87 is always on, AVX needs SSE, and the three parts of AVX-512 come together and need AVX.
    It 'XCR0 refuses <What>: EINVAL' -ForEach @(
        @{ What = 'x87 off'; Value = 0; Needs = 1 }, @{ What = 'SSE without x87'; Value = 2; Needs = 3 }, @{ What = 'AVX without SSE'; Value = 5; Needs = 7 }
        @{ What = 'AVX-512 without AVX'; Value = 0xE3; Needs = 0xE7 }, @{ What = 'one part of AVX-512 without the others'; Value = 0x27; Needs = 0xE7 }
    ) {
        if (((Get-Supported) -band $Needs) -ne $Needs) { Set-ItResult -Skipped -Because "CPUID has not all of XCR0 0x$('{0:X}' -f $Needs) here" }
        Set-Xcr0 $Value | Should -Be EINVAL
    }
}

Describe 'monitor_mwait_test' -Tag Conformance -Skip:$noKvm {
    BeforeEach {
        # monitor or mwait, as is written at 0; hlt
        $vm = New-LowGuest waiting ([byte[]] (0x0F, 0x01, 0xC8, 0xF4))
        Set-Handler $vm 6
    }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It '<Name> without CPUID.MWAIT is #UD where KVM_X86_QUIRK_MWAIT_NEVER_UD_FAULTS is disabled, and nothing where it is not' -ForEach @(
        @{ Name = 'MONITOR'; Code = 0xC8 }, @{ Name = 'MWAIT'; Code = 0xC9 }
    ) {
        Skip-Without KVM_CAP_DISABLE_QUIRKS2 -Bits 0x40
        $vcpu = $vm.Vcpus[0]
        Write-KvmMemory $vm 0x8002 ([byte[]] ($Code))
        Set-KvmCpuid $vcpu (@(Get-KvmCpuid -Supported).Where({ $_.Function -ne 1 }) + (Get-KvmCpuid -Supported 1).ForEach({
                    [KvmPS.Native.KvmCpuidEntry]::new(1, 0, $_.Flags, $_.Eax, $_.Ebx, $_.Ecx -band (-bnot 8u), $_.Edx)
                }))
        Set-KvmRegister $vcpu @{ rsp = 0x7000; rax = 0; rcx = 0; rdx = 0 }
        $exit = @(Invoke-KvmVcpu $vcpu -MaxExit 1 -Timeout 20)[-1]
        if ("$($exit.Reason)" -eq 'InternalError') { Skip-Backend kvm_pvm "emulates real mode, and has no $Name there" }
        "$($exit.Reason)" | Should -Be Hlt
        Enable-Capability $vm KVM_CAP_DISABLE_QUIRKS2 0x40 | Should -Be OK
        Set-KvmRegister $vcpu @{ rip = 0; rax = 0; rcx = 0; rdx = 0 }
        $exit = @(Invoke-KvmVcpu $vcpu -MaxExit 1 -Timeout 20)[-1]
        "$($exit.Reason) $($exit.Port) $($exit.Value)" | Should -Be 'Io 128 6'
    }
}

Describe 'hyperv_cpuid' -Tag Conformance -Skip:$noKvm {
    BeforeEach { $vm = New-KvmVm hyperv; $null = New-KvmIrqChip $vm; $vcpu = New-KvmVcpu $vm }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'KVM_GET_SUPPORTED_HV_CPUID of <What> with room for too few is E2BIG' -ForEach @(@{ What = 'a vCPU'; System = $false }, @{ What = 'the host'; System = $true }) {
        Skip-Without $(if ($System) { 'KVM_CAP_SYS_HYPERV_CPUID' } else { 'KVM_CAP_HYPERV_CPUID' })
        $object = if ($System) { Get-KvmHost } else { $vcpu }
        Get-IoctlAnswer $object KVM_GET_SUPPORTED_HV_CPUID (Get-CpuidByte 1) | Should -Be E2BIG
    }

    It 'its entries of <What> are Hyper-V''s leaves, without index, flags and padding' -ForEach @(@{ What = 'a vCPU'; System = $false }, @{ What = 'the host'; System = $true }) {
        Skip-Without $(if ($System) { 'KVM_CAP_SYS_HYPERV_CPUID' } else { 'KVM_CAP_HYPERV_CPUID' })
        $object = if ($System) { Get-KvmHost } else { $vcpu }
        $bytes = (Invoke-KvmIoctl $object KVM_GET_SUPPORTED_HV_CPUID -Buffer (Get-CpuidByte 40) -ErrorAction Stop).Buffer
        $count = [System.BitConverter]::ToUInt32($bytes, 0)
        $count | Should -BeGreaterThan 5
        for ($i = 0; $i -lt $count; $i++) {
            $function, $index, $flags = (0, 4, 8).ForEach({ [System.BitConverter]::ToUInt32($bytes, 8 + 40 * $i + $_) })
            $function | Should -BeGreaterOrEqual 0x40000000u
            $function | Should -BeLessOrEqual 0x40000082u
            $index | Should -Be 0
            $flags | Should -Be 0
            (28..39).ForEach({ $bytes[8 + 40 * $i + $_] }) | Should -Be (@(0) * 12)
            if ($function -eq 0x40000000u) { [System.BitConverter]::ToUInt32($bytes, 8 + 40 * $i + 12) | Should -Be 0x40000082u -Because 'it is the last leaf' }
        }
    }
}
