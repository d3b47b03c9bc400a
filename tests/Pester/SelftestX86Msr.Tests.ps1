BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet) -or [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -ne 'X64'
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    . "$PSScriptRoot/Selftest.ps1"
    . "$PSScriptRoot/InterruptGuest.ps1"

    # What KVM_SET_MSRS returns: how many were set. struct kvm_msrs: u32 nmsrs, u32 pad, then u32 index, u32 reserved, u64 data
    function Set-One($Vcpu, [uint] $Index, [ulong] $Value) {
        (Invoke-KvmIoctl $Vcpu KVM_SET_MSRS -Buffer (Join-Byte 1u 0u $Index 0u $Value) -ErrorAction Stop).Result
    }
    function Get-One($Vcpu, [uint] $Index) { (Get-KvmMsr $Vcpu $Index -ErrorAction Stop).Value }

    # A guest that reads (or writes) one MSR whenever it is run from 0, and halts; #GP is told on port 0x80.
    function New-MsrGuest([switch] $Write) {
        $guest = New-LowGuest msrs ([byte[]] (0x0F, $(if ($Write) { 0x30 } else { 0x32 }), 0xF4))
        Set-Handler $guest 13
        $guest
    }

    # Runs it, and tells what came of it: the value read, or the exit's reason and value.
    function Invoke-Msr($Vcpu, [uint] $Index, [ulong] $Value) {
        Set-KvmRegister $Vcpu @{ cs = @{ base = 0x8000; selector = 0x800 }; rip = 0; rcx = $Index; rax = $Value -band 0xFFFFFFFFul; rdx = $Value -shr 32; rsp = 0x7000 } -ErrorAction Stop
        $exit = @(Invoke-KvmVcpu $Vcpu -MaxExit 1 -Timeout 20)[-1]
        if ("$($exit.Reason)" -ne 'Hlt') { return $exit }
        $low, $high = (Get-KvmRegister $Vcpu rax, rdx).ForEach({ [ulong] $_.Value -band 0xFFFFFFFFul })
        ($high -shl 32) -bor $low
    }

    function Test-Fault($Exit) { $Exit -is [KvmPS.Native.KvmIoExit] -and $Exit.Port -eq 0x80 -and $Exit.Value -eq 13 }
}

Describe 'feature_msrs_test' -Tag Conformance -Skip:$noKvm {
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    BeforeAll {
        # Documentation/virt/kvm/api.rst, KVM_X86_QUIRK_STUFF_FEATURE_MSRS: ARCH_CAPABILITIES, PERF_CAPABILITIES, PLATFORM_INFO and
        # those of VMX, which a vCPU has from the host as long as the quirk is on.
        $quirked = @(0x10Au, 0x345u, 0xCEu) + @(0x480..0x492).ForEach({ [uint] $_ })
        # The revision of a vCPU's microcode is KVM's own, and so is what CR0 and CR4 can have with VMX.
        $own = 0x8Bu, 0x487u, 0x489u
        function Get-FeatureMsr { @(Get-KvmMsr -Feature).Where({ [uint] $_.Index -notin $own }) }
    }

    It 'KVM_GET_MSR_FEATURE_INDEX_LIST with room for too few is E2BIG' {
        Get-Answer { Get-KvmHost | Invoke-KvmIoctl -Request KVM_GET_MSR_FEATURE_INDEX_LIST -Buffer ([byte[]]::new(4)) -ErrorAction Stop } | Should -Be E2BIG
        Get-Answer { Get-KvmHost | Invoke-KvmIoctl -Request KVM_GET_MSR_INDEX_LIST -Buffer ([byte[]]::new(4)) -ErrorAction Stop } | Should -Be E2BIG
    }

    It 'each feature MSR can be read from the host' {
        $features = @(Get-KvmMsr -Feature)
        $features.Count | Should -BeGreaterThan 0
        foreach ($msr in $features) {
            # struct kvm_msrs
            (Get-KvmHost | Invoke-KvmIoctl -Request KVM_GET_MSRS -Buffer (Join-Byte 1u 0u ([uint] $msr.Index) 0u 0ul) -ErrorAction Stop).Result | Should -Be 1 -Because $msr.Name
        }
    }

    It 'a vCPU that is new has the host''s value of a feature MSR that it has' {
        $vcpu = (New-KvmVm features -Vcpu 1).Vcpus[0]
        $compared = 0
        foreach ($msr in Get-FeatureMsr) {
            $told = @(Get-KvmMsr $vcpu ([uint] $msr.Index) -ErrorAction Ignore)
            # Where the quirk does not fill it, or the vCPU has it not, it is 0.
            if (-not $told -or -not $told[0].Value) { continue }
            $told[0].Value | Should -Be $msr.Value -Because $msr.Name
            $compared++
        }
        if (-not $compared) { Set-ItResult -Skipped -Because 'a new vCPU has no feature MSR here' }
    }

    It 'without KVM_X86_QUIRK_STUFF_FEATURE_MSRS those that the quirk fills are 0' {
        Skip-Without KVM_CAP_DISABLE_QUIRKS2 -Bits 0x100
        $vm = New-KvmVm features
        Enable-Capability $vm KVM_CAP_DISABLE_QUIRKS2 0x100 | Should -Be OK
        $vcpu = New-KvmVcpu $vm
        $read = 0
        foreach ($msr in Get-FeatureMsr) {
            if ([uint] $msr.Index -notin $quirked) { continue }
            $told = @(Get-KvmMsr $vcpu ([uint] $msr.Index) -ErrorAction Ignore)
            if (-not $told) { continue }
            $read++
            $told[0].Value | Should -Be 0 -Because $msr.Name
        }
        if (-not $read) { Set-ItResult -Skipped -Because 'a vCPU has none of the MSRs of KVM_X86_QUIRK_STUFF_FEATURE_MSRS here' }
    }
}

Describe 'msrs_test' -Tag Conformance -Skip:$noKvm {
    BeforeEach { $vm = New-KvmVm msrs -Vcpu 1; $vcpu = $vm.Vcpus[0]; Set-KvmCpuid $vcpu -FromHost }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It '<Name> is 0 in a new vCPU, and reads back what KVM_SET_MSRS wrote' -ForEach @(
        @{ Name = 'MSR_IA32_SYSENTER_CS'; Index = 0x174; Value = 0x1234 }, @{ Name = 'MSR_IA32_SYSENTER_ESP'; Index = 0x175; Value = 0x12345678 }
        @{ Name = 'MSR_IA32_SYSENTER_EIP'; Index = 0x176; Value = 0x81000000u }, @{ Name = 'MSR_STAR'; Index = 0xC0000081u; Value = 0x230010000000000ul }
        @{ Name = 'MSR_LSTAR'; Index = 0xC0000082u; Value = 0xFFFFFFFF81000000ul }, @{ Name = 'MSR_CSTAR'; Index = 0xC0000083u; Value = 0x7FFFFFFFF000ul }
        @{ Name = 'MSR_SYSCALL_MASK'; Index = 0xC0000084u; Value = 0x47700 }, @{ Name = 'MSR_KERNEL_GS_BASE'; Index = 0xC0000102u; Value = 0xFFFF800000000000ul }
        @{ Name = 'MSR_TSC_AUX'; Index = 0xC0000103u; Value = 0x12345 }
    ) {
        $cpuid = Get-KvmCpuid -Supported 0x80000001
        if ($Name -eq 'MSR_TSC_AUX' -and -not ($cpuid.Edx -band 0x8000000)) { Set-ItResult -Skipped -Because 'CPUID has no RDTSCP here' }
        Get-One $vcpu $Index | Should -Be 0
        Set-One $vcpu $Index $Value | Should -Be 1
        Get-One $vcpu $Index | Should -Be $Value
        Set-One $vcpu $Index 0 | Should -Be 1
        Get-One $vcpu $Index | Should -Be 0
    }

    It '<Name> refuses an address that is not canonical, and keeps its value' -ForEach @(
        @{ Name = 'MSR_LSTAR'; Index = 0xC0000082u }, @{ Name = 'MSR_CSTAR'; Index = 0xC0000083u }, @{ Name = 'MSR_KERNEL_GS_BASE'; Index = 0xC0000102u }
        @{ Name = 'MSR_FS_BASE'; Index = 0xC0000100u }, @{ Name = 'MSR_GS_BASE'; Index = 0xC0000101u }
    ) {
        Set-One $vcpu $Index 0x1000 | Should -Be 1
        Set-One $vcpu $Index 0x7000000000000000ul | Should -Be 0
        Get-One $vcpu $Index | Should -Be 0x1000
    }

    It '<Name> refuses reserved bits, and keeps its value' -ForEach @(
        @{ Name = 'MSR_IA32_CR_PAT'; Index = 0x277; Value = 0x0202020202020202ul }, @{ Name = 'MSR_MTRRdefType'; Index = 0x2FF; Value = 0x100000ul }
        @{ Name = 'MSR_EFER'; Index = 0xC0000080u; Value = 0x8000000000000000ul }
    ) {
        $before = Get-One $vcpu $Index
        $set = Set-One $vcpu $Index $Value
        if ($set) { Skip-Backend kvm_pvm "takes every value for $Name" }
        $set | Should -Be 0
        Get-One $vcpu $Index | Should -Be $before
    }
}

Describe 'hwcr_msr_test' -Tag Conformance -Skip:$noKvm {
    BeforeEach { $vm = New-KvmVm hwcr -Vcpu 1; $vcpu = $vm.Vcpus[0] }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    # AMD: bits 3, 6 and 8 are ignored, 18 (McStatusWrEn) is kept, and so is 24 (TscFreqSel) since Linux 6.8.
    It 'MSR_K7_HWCR takes its legal bits, keeps the valid ones, and refuses each other one' {
        foreach ($bit in 0..63) {
            if ($bit -eq 24) { continue }
            $before = Get-One $vcpu 0xC0010015u
            $set = Set-One $vcpu 0xC0010015u (1ul -shl $bit)
            $set | Should -Be ([int] ($bit -in 3, 6, 8, 18)) -Because "bit $bit"
            $now = Get-One $vcpu 0xC0010015u
            if ($set) { $now -band (1ul -shl $bit) | Should -Be $(if ($bit -eq 18) { 1ul -shl 18 } else { 0 }) -Because "bit $bit" }
            else { $now | Should -Be $before -Because "bit $bit" }
        }
    }

    It 'MSR_K7_HWCR keeps TscFreqSel' {
        if (-not (Set-One $vcpu 0xC0010015u (1ul -shl 24))) { Skip-Before 6.8 'MSR_K7_HWCR has no TscFreqSel' }
        Get-One $vcpu 0xC0010015u | Should -Be (1ul -shl 24)
    }
}

Describe 'xss_msr_test' -Tag Conformance -Skip:$noKvm {
    It 'MSR_IA32_XSS is 0 in a new vCPU, and takes a bit only where it is among the MSRs to save' {
        $vm = New-KvmVm xss -Vcpu 1
        try {
            $vcpu = $vm.Vcpus[0]
            Set-KvmCpuid $vcpu -FromHost
            $saved = 0xDA0 -in (Get-KvmMsr -Supported).Index
            $own = @(Get-KvmMsr $vcpu 0xDA0 -ErrorAction Ignore)
            if ($own) { $own[0].Value | Should -Be 0 } else { $saved | Should -BeFalse }
            foreach ($bit in 0..63) {
                $set = Set-One $vcpu 0xDA0 (1ul -shl $bit)
                $set | Should -BeIn 0, 1
                if ($set) { $saved | Should -BeTrue -Because "bit $bit" }
            }
        }
        finally { Remove-KvmVm $vm }
    }
}

Describe 'platform_info_test' -Tag Conformance -Skip:$noKvm {
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'a guest reads MSR_PLATFORM_INFO where KVM_CAP_MSR_PLATFORM_INFO is enabled, and has #GP where it is not' {
        Skip-Without KVM_CAP_MSR_PLATFORM_INFO
        $vm = New-MsrGuest
        $vcpu = $vm.Vcpus[0]
        Set-One $vcpu 0xCE 0xFF00 | Should -Be 1
        Enable-Capability $vm KVM_CAP_MSR_PLATFORM_INFO 1 | Should -Be OK
        Invoke-Msr $vcpu 0xCE | Should -Be 0xFF00
        Enable-Capability $vm KVM_CAP_MSR_PLATFORM_INFO 0 | Should -Be OK
        Test-Fault (Invoke-Msr $vcpu 0xCE) | Should -BeTrue
    }
}

Describe 'tsc_msrs_test' -Tag Conformance -Skip:$noKvm {
    BeforeEach {
        $vm = New-MsrGuest -Write
        $vcpu = $vm.Vcpus[0]
        Set-KvmCpuid $vcpu -FromHost
        # Steps of half a minute and more: how long a test takes does not matter.
        $step = 1ul -shl 36
        function Get-Rounded([uint] $Index) { [System.Math]::Round((Get-One $vcpu $Index) / $step) * $step }
        $noAdjust = -not ((Get-KvmCpuid -Supported 7).Where({ $_.Index -eq 0 })[0].Ebx -band 2)
        function Skip-HostTsc { if ((Get-Rounded 0x10) -ge $step) { Skip-Backend kvm_pvm 'gives guests the host''s TSC' } }
    }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'both MSR_IA32_TSC and MSR_IA32_TSC_ADJUST begin at 0' {
        Skip-HostTsc
        Get-Rounded 0x10 | Should -Be 0
        Get-One $vcpu 0x3B | Should -Be 0
    }

    It 'a guest that writes MSR_IA32_TSC changes MSR_IA32_TSC_ADJUST by as much' {
        Skip-HostTsc
        if ($noAdjust) { Set-ItResult -Skipped -Because 'CPUID has no TSC_ADJUST here' }
        $null = Invoke-Msr $vcpu 0x10 $step
        Get-Rounded 0x10 | Should -Be $step
        Get-Rounded 0x3B | Should -Be $step
    }

    It 'a guest that writes MSR_IA32_TSC_ADJUST changes MSR_IA32_TSC by as much' {
        Skip-HostTsc
        if ($noAdjust) { Set-ItResult -Skipped -Because 'CPUID has no TSC_ADJUST here' }
        $null = Invoke-Msr $vcpu 0x3B (2 * $step)
        Get-Rounded 0x10 | Should -Be (2 * $step)
        Get-One $vcpu 0x3B | Should -Be (2 * $step)
    }

    It 'user space that writes MSR_IA32_TSC leaves MSR_IA32_TSC_ADJUST as it was, and the other way round' {
        Skip-HostTsc
        Set-One $vcpu 0x10 (16 * $step) | Should -Be 1
        Get-Rounded 0x10 | Should -Be (16 * $step)
        Get-One $vcpu 0x3B | Should -Be 0
        Set-One $vcpu 0x3B (3 * $step) | Should -Be 1
        Get-Rounded 0x10 | Should -Be (16 * $step)
        Get-One $vcpu 0x3B | Should -Be (3 * $step)
    }
}

Describe 'system_counter_offset_test' -Tag Conformance -Skip:$noKvm {
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'a guest''s RDTSC lies between the host''s before and after, plus KVM_VCPU_TSC_OFFSET' {
        Skip-Without KVM_CAP_VCPU_ATTRIBUTES
        # rdtsc; hlt
        $vm = New-LowGuest counter ([byte[]] (0x0F, 0x31, 0xF4))
        $vcpu = $vm.Vcpus[0]
        # Without offset it is the host's TSC that the guest reads.
        function Read-Tsc([ulong] $Offset) {
            Set-KvmDeviceAttr $vcpu TSC_CTRL TSC_OFFSET $Offset -ErrorAction Stop
            $kept = (Get-KvmDeviceAttr $vcpu TSC_CTRL TSC_OFFSET -ErrorAction Stop).Value
            if ($Offset -and -not $kept) { Skip-Backend kvm_pvm 'takes TSC offsets and forgets them' }
            $kept | Should -Be $Offset
            Set-KvmRegister $vcpu @{ cs = @{ base = 0x8000; selector = 0x800 }; rip = 0 }
            "$((Invoke-KvmVcpu $vcpu -Timeout 20).Reason)" | Should -Be Hlt
            $low, $high = (Get-KvmRegister $vcpu rax, rdx).ForEach({ [ulong] $_.Value -band 0xFFFFFFFFul })
            ($high -shl 32) -bor $low
        }
        foreach ($offset in (1ul -shl 50), (1ul -shl 40)) {
            $before, $tsc, $after = (Read-Tsc 0), (Read-Tsc $offset), (Read-Tsc 0)
            $tsc | Should -BeGreaterOrEqual ($before + $offset)
            $tsc | Should -BeLessOrEqual ($after + $offset)
        }
    }
}

Describe 'kvm_clock_test' -Tag Conformance -Skip:$noKvm {
    BeforeEach {
        $vm = New-KvmVm clock -Vcpu 1
        # struct kvm_clock_data: u64 clock, u32 flags, u32 pad0, u64 realtime, u64 host_tsc, u32 pad[4]
        function Set-Clock([ulong] $Clock, [uint] $Flags, [ulong] $Realtime) { Get-IoctlAnswer $vm KVM_SET_CLOCK (Join-Byte $Clock $Flags 0u $Realtime 0ul ([byte[]]::new(16))) }
        function Get-Clock { (Invoke-KvmIoctl $vm KVM_GET_CLOCK -ErrorAction Stop).Buffer }
    }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'KVM_GET_CLOCK has no flags but those of KVM_CAP_ADJUST_CLOCK' {
        $known = [uint] (Get-KvmCapability KVM_CAP_ADJUST_CLOCK -Vm $vm).Value
        [System.BitConverter]::ToUInt32((Get-Clock), 8) -band (-bnot $known) | Should -Be 0
    }

    It 'the clock goes on from what KVM_SET_CLOCK set: <_> ns' -ForEach 0, 180000000000 {
        $begun = [System.Diagnostics.Stopwatch]::StartNew()
        Set-Clock $_ | Should -Be OK
        $clock = [System.BitConverter]::ToUInt64((Get-Clock), 0)
        $clock | Should -BeGreaterOrEqual $_
        $clock | Should -BeLessOrEqual ($_ + $begun.Elapsed.TotalMilliseconds * 1e6 + 1e6)
    }

    It 'KVM_CLOCK_REALTIME adds what has passed since then' {
        Skip-Without KVM_CAP_ADJUST_CLOCK $vm 4
        $realtime = 1000000ul * [System.DateTimeOffset]::UtcNow.ToUnixTimeMilliseconds()
        Set-Clock 0 4 ($realtime - 180000000000ul) | Should -Be OK
        $clock = [System.BitConverter]::ToUInt64((Get-Clock), 0)
        $clock | Should -BeGreaterOrEqual 180000000000ul
        $clock | Should -BeLessThan 240000000000ul
    }

    It 'KVM_SET_CLOCK refuses flags that it does not know: EINVAL' {
        foreach ($bit in 4..31) { Set-Clock 0 (1u -shl $bit) | Should -Be EINVAL -Because "bit $bit" }
    }
}

Describe 'userspace_msr_exit_test' -Tag Conformance -Skip:$noKvm {
    BeforeEach {
        # One bit that is 0, for the filters: denied.
        $bitmap = New-Mapping 4096
        # struct kvm_msr_filter: u32 flags, pad, 16 of struct kvm_msr_filter_range: u32 flags, u32 nmsrs, u32 base, pad, u8 *bitmap
        function Set-Filter($Vm, [uint] $Flags, [uint] $RangeFlags, [uint] $Count = 1, [uint] $Base = 0) {
            Get-IoctlAnswer $Vm KVM_X86_SET_MSR_FILTER (Join-Byte $Flags 0u $RangeFlags $Count $Base 0u ([ulong] $bitmap) ([byte[]]::new(15 * 24)))
        }
    }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force; Clear-Mapping }

    It 'KVM_CAP_X86_USER_SPACE_MSR takes the reasons that it has, and refuses each other bit: EINVAL' {
        Skip-Without KVM_CAP_X86_USER_SPACE_MSR
        $vm = New-KvmVm filtered
        foreach ($bit in 0..63) {
            Enable-Capability $vm KVM_CAP_X86_USER_SPACE_MSR (1ul -shl $bit) | Should -Be $(if ($bit -le 2) { 'OK' } else { 'EINVAL' }) -Because "bit $bit"
        }
    }

    It 'KVM_X86_SET_MSR_FILTER takes KVM_MSR_FILTER_DEFAULT_DENY, and refuses each other bit: EINVAL' {
        Skip-Without KVM_CAP_X86_MSR_FILTER
        $vm = New-KvmVm filtered
        foreach ($bit in 0..31) { Set-Filter $vm (1u -shl $bit) 1 | Should -Be $(if ($bit) { 'EINVAL' } else { 'OK' }) -Because "bit $bit" }
    }

    It 'a range takes KVM_MSR_FILTER_READ and KVM_MSR_FILTER_WRITE, and refuses each other bit: EINVAL' {
        Skip-Without KVM_CAP_X86_MSR_FILTER
        $vm = New-KvmVm filtered
        foreach ($bit in 0..31) { Set-Filter $vm 1 (1u -shl $bit) | Should -Be $(if ($bit -le 1) { 'OK' } else { 'EINVAL' }) -Because "bit $bit" }
    }

    It 'a filter that denies all and has no range is refused: EINVAL' {
        Skip-Without KVM_CAP_X86_MSR_FILTER
        Set-Filter (New-KvmVm filtered) 1 1 0 | Should -Be EINVAL
    }

    It 'an MSR that is filtered exits with KVM_MSR_EXIT_REASON_FILTER, and user space answers for it' {
        Skip-Without KVM_CAP_X86_MSR_FILTER
        $vm = New-MsrGuest
        $vcpu = $vm.Vcpus[0]
        Set-One $vcpu 0x174 0x77 | Should -Be 1
        Enable-Capability $vm KVM_CAP_X86_USER_SPACE_MSR 4 | Should -Be OK
        Set-Filter $vm 0 3 1 0x174 | Should -Be OK
        $exit = Invoke-Msr $vcpu 0x174
        "$($exit.Reason) $($exit.Cause)" | Should -Be 'Rdmsr Filter'
        $exit.Index | Should -Be 0x174
        $exit.Value = 0x1122334455667788
        "$((Invoke-KvmVcpu $vcpu -MaxExit 1 -Timeout 20).Reason)" | Should -Be Hlt
        (Get-KvmRegister $vcpu rax, rdx).Value | Should -Be @(0x55667788, 0x11223344)
        Invoke-Msr $vcpu 0x175 | Should -Be 0 -Because 'it is not in the filter'
    }

    It 'a write that is filtered exits with its value, and reaches the MSR no more' {
        Skip-Without KVM_CAP_X86_MSR_FILTER
        $vm = New-MsrGuest -Write
        $vcpu = $vm.Vcpus[0]
        Enable-Capability $vm KVM_CAP_X86_USER_SPACE_MSR 4 | Should -Be OK
        Set-Filter $vm 0 2 1 0x174 | Should -Be OK
        $exit = Invoke-Msr $vcpu 0x174 0x99
        "$($exit.Reason) $($exit.Cause) $($exit.Value)" | Should -Be 'Wrmsr Filter 153'
        "$((Invoke-KvmVcpu $vcpu -MaxExit 1 -Timeout 20).Reason)" | Should -Be Hlt
        Get-One $vcpu 0x174 | Should -Be 0
    }

    It 'an answer with error=1 is a #GP in the guest, for what is <What>' -ForEach @(
        @{ What = 'filtered'; Reason = 4; Index = 0x174; Cause = 'Filter' }, @{ What = 'unknown'; Reason = 2; Index = 0x4000F123; Cause = 'Unknown' }
    ) {
        Skip-Without KVM_CAP_X86_USER_SPACE_MSR
        if ($Reason -eq 4) { Skip-Without KVM_CAP_X86_MSR_FILTER }
        $vm = New-MsrGuest
        $vcpu = $vm.Vcpus[0]
        Enable-Capability $vm KVM_CAP_X86_USER_SPACE_MSR $Reason | Should -Be OK
        Set-Filter $vm 0 3 1 0x174 | Should -Be OK
        $exit = Invoke-Msr $vcpu $Index
        "$($exit.Reason) $($exit.Cause)" | Should -Be "Rdmsr $Cause"
        $exit.Fail = $true
        Test-Fault (Invoke-KvmVcpu $vcpu -MaxExit 1 -Timeout 20) | Should -BeTrue
    }

    It 'a value that an MSR refuses exits with KVM_MSR_EXIT_REASON_INVAL' {
        Skip-Without KVM_CAP_X86_USER_SPACE_MSR
        $vm = New-MsrGuest -Write
        Enable-Capability $vm KVM_CAP_X86_USER_SPACE_MSR 1 | Should -Be OK
        # MSR_MTRRdefType, a bit that is reserved
        $exit = Invoke-Msr $vm.Vcpus[0] 0x2FF 0x100000
        "$($exit.Reason) $($exit.Cause)" | Should -Be 'Wrmsr Inval'
    }

    It 'what is filtered is a #GP where KVM_CAP_X86_USER_SPACE_MSR is not enabled' {
        Skip-Without KVM_CAP_X86_MSR_FILTER
        $vm = New-MsrGuest
        Set-Filter $vm 0 3 1 0x174 | Should -Be OK
        Test-Fault (Invoke-Msr $vm.Vcpus[0] 0x174) | Should -BeTrue
    }

    It 'a filter that denies all denies each MSR, known or not' {
        Skip-Without KVM_CAP_X86_MSR_FILTER
        $vm = New-MsrGuest
        Enable-Capability $vm KVM_CAP_X86_USER_SPACE_MSR 6 | Should -Be OK
        Set-Filter $vm 1 3 | Should -Be OK
        foreach ($index in 0x10, 0x174, 0x4000F123, 0xDEADBEEFu) {
            $exit = Invoke-Msr $vm.Vcpus[0] $index
            "$($exit.Reason) $($exit.Cause)" | Should -Be 'Rdmsr Filter' -Because "0x$('{0:X}' -f $index)"
            $exit.Fail = $true
            $null = Invoke-KvmVcpu $vm.Vcpus[0] -MaxExit 1 -Timeout 20
        }
    }
}

Describe 'ucna_injection_test' -Tag Conformance -Skip:$noKvm {
    BeforeEach {
        $vm = New-KvmVm errors -Vcpu 1
        $vcpu = $vm.Vcpus[0]
        # struct kvm_x86_mce: u64 status, addr, misc, mcg_status, u8 bank, u8 pad1[7], u64 pad2[3]
        function Set-Error([ulong] $Status, [byte] $Bank) { Get-IoctlAnswer $vcpu KVM_X86_SET_MCE (Join-Byte $Status 0x1000ul 0x8Cul 0ul $Bank ([byte[]]::new(31))) }
        # Intel SDM volume 3, 16.3.2.2: VAL, UC, EN, MISCV, ADDRV; neither S nor AR: no action is required.
        $status = 0xBC00000000000000ul
    }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'KVM_X86_SETUP_MCE takes what KVM_X86_GET_MCE_CAP_SUPPORTED tells, and KVM_CAP_MCE banks, but not more: EINVAL' {
        Skip-Without KVM_CAP_MCE
        $supported = [System.BitConverter]::ToUInt64((Get-KvmHost | Invoke-KvmIoctl -Request KVM_X86_GET_MCE_CAP_SUPPORTED -ErrorAction Stop).Buffer)
        $banks = [uint] (Get-KvmCapability KVM_CAP_MCE).Value
        Get-IoctlAnswer $vcpu KVM_X86_SETUP_MCE ($supported -bor $banks) | Should -Be OK
        # AMD's processors have nothing above bit 8.
        (Get-One $vcpu 0x179) -band 0x1FF | Should -Be (($supported -bor $banks) -band 0x1FF)
        Get-IoctlAnswer $vcpu KVM_X86_SETUP_MCE ($banks + 1) | Should -Be EINVAL
        Get-IoctlAnswer $vcpu KVM_X86_SETUP_MCE (0x8000000000000000ul -bor $banks) | Should -Be EINVAL
    }

    It 'KVM_X86_SET_MCE refuses a bank that there is not, and a status that is not valid: EINVAL' {
        Skip-Without KVM_CAP_MCE
        Get-IoctlAnswer $vcpu KVM_X86_SETUP_MCE 10 | Should -Be OK
        Set-Error $status 10 | Should -Be EINVAL
        Set-Error ($status -band 0x7FFFFFFFFFFFFFFFul) 1 | Should -Be EINVAL
    }

    It 'an error that needs no action is in its bank''s registers' {
        $supported = [System.BitConverter]::ToUInt64((Get-KvmHost | Invoke-KvmIoctl -Request KVM_X86_GET_MCE_CAP_SUPPORTED -ErrorAction Stop).Buffer)
        # MCG_CMCI_P
        if (-not ($supported -band 0x400)) { Set-ItResult -Skipped -Because 'KVM_X86_GET_MCE_CAP_SUPPORTED has no MCG_CMCI_P here' }
        Get-IoctlAnswer $vcpu KVM_X86_SETUP_MCE ($supported -bor 10) | Should -Be OK
        Set-Error $status 3 | Should -Be OK
        # MSR_IA32_MCi_STATUS, ADDR, MISC
        Get-One $vcpu (0x401 + 12) | Should -Be $status
        Get-One $vcpu (0x402 + 12) | Should -Be 0x1000
        Get-One $vcpu (0x403 + 12) | Should -Be 0x8C
    }
}

Describe 'steal_time' -Tag Conformance -Skip:$noKvm {
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'MSR_KVM_STEAL_TIME refuses reserved bits, and KVM fills in the structure that it names when the guest runs' {
        Skip-Without KVM_CAP_STEAL_TIME
        # hlt
        $vm = New-LowGuest stolen ([byte[]] (0xF4))
        $vcpu = $vm.Vcpus[0]
        Set-KvmCpuid $vcpu -FromHost
        if (-not (Set-One $vcpu 0x4B564D03 0x4001)) { Set-ItResult -Skipped -Because 'this kernel has no CONFIG_SCHED_INFO' }
        # KVM_STEAL_RESERVED_MASK: bits 5:1
        foreach ($bit in 1..5) { Set-One $vcpu 0x4B564D03 (0x4001ul -bor (1ul -shl $bit)) | Should -Be 0 -Because "bit $bit" }
        "$((Invoke-KvmVcpu $vcpu -Timeout 20).Reason)" | Should -Be Hlt
        # struct kvm_steal_time: u64 steal, u32 version, which is odd while KVM writes
        $version = [System.BitConverter]::ToUInt32((Read-KvmMemory $vm 0x4008 4))
        $version | Should -BeGreaterThan 0
        $version % 2 | Should -Be 0
    }
}
