# Registers of arm64, which the kernel reads and writes one by one. What is expected is what
# Documentation/virt/kvm/api.rst (4.68, 4.82) and the architecture say, and what instructions of a guest do.

BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noArm = [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -ne 'Arm64' -or -not (Test-KvmHost -Quiet)
    $noSve = $noArm -or -not (Get-KvmCapability KVM_CAP_ARM_SVE).Supported
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"

    # A vCPU begins at 0; beyond the memory, at 0x10000000, there is nothing, so that access leaves the guest.
    function New-Guest([int[]] $Code, [KvmPS.Native.KvmArm64Feature[]] $Feature = @()) {
        $vm = New-KvmVm arm64 -Memory 1MB -Vcpu 2
        Write-KvmMemory $vm 0 ([byte[]] $Code.ForEach{ [System.BitConverter]::GetBytes($_) })
        $vm.Vcpus | Initialize-KvmVcpu -Feature $Feature -ErrorAction Stop
        $vm
    }

    function Get-Value([string[]] $Name) { (Get-KvmRegister $vcpu $Name -ErrorAction Stop).Value }
    function Get-All { (Get-KvmRegister $vcpu * -ErrorAction Stop).Where{ $_.Name -notlike 'CNT*CT_EL0' }.ForEach{ "$($_.Name)=$([System.Convert]::ToHexString($_.Raw))" } }
    function Get-Failure([scriptblock] $Action) { try { $null = & $Action } catch { $_ } }
}

Describe 'Initialize-KvmVcpu' -Skip:$noArm {
    BeforeEach { $vm = New-KvmVm arm64 -Vcpu 2; $vcpu = $vm.Vcpus[0] }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'makes vCPUs that have registers; without it they say KvmVcpuNotInitialized' {
        $failure = Get-Failure { Get-KvmRegister $vcpu x0 -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike 'KvmVcpuNotInitialized,*'
        $failure.Exception.Errno | Should -Be 'ENOEXEC'
        $failure.CategoryInfo.Category | Should -Be 'InvalidOperation'
        $failure.TargetObject | Should -Be $vcpu
        { Get-KvmRegister $vcpu -ErrorAction Stop } | Should -Throw -ErrorId 'KvmVcpuNotInitialized,*'
        { Invoke-KvmVcpu $vcpu -ErrorAction Stop } | Should -Throw -ErrorId 'KvmVcpuNotInitialized,*'
        $vm.Vcpus | Initialize-KvmVcpu
        Get-Value x0 | Should -Be 0
    }

    It 'resets one that has run' {
        Initialize-KvmVcpu $vcpu
        Set-KvmRegister $vcpu @{ x0 = 5; pc = 0x4000 }
        Initialize-KvmVcpu -Vcpu $vcpu
        Get-Value x0, pc | Should -Be @(0, 0)
    }

    It 'gives them features, and says EINVAL for others than a sister has, ENOENT or EINVAL for one that the host has not' {
        Initialize-KvmVcpu $vcpu Psci02, PowerOff -ErrorAction Stop
        # api.rst 4.38: KVM_MP_STATE_STOPPED is 5
        Get-Value mp_state | Should -Be 5
        $failure = Get-Failure { Initialize-KvmVcpu $vcpu HasEl2 -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike 'KvmArmVcpuInitFailed,*'
        "$($failure.Exception.Errno)" | Should -BeIn 'EINVAL', 'ENOENT'
        $failure.TargetObject | Should -Be $vcpu
    }

    It 'does nothing with -WhatIf' {
        Initialize-KvmVcpu $vcpu -WhatIf
        { Get-KvmRegister $vcpu x0 -ErrorAction Stop } | Should -Throw -ErrorId 'KvmVcpuNotInitialized,*'
    }

    It 'says KvmObjectRemoved for a vCPU that was removed' {
        Remove-KvmVcpu $vcpu
        { Initialize-KvmVcpu $vcpu -ErrorAction Stop } | Should -Throw -ErrorId 'KvmObjectRemoved,*'
    }
}

Describe 'Get-KvmRegister on arm64' -Skip:$noArm {
    BeforeEach { $vm = New-Guest 0xD503201F; $vcpu = $vm.Vcpus[0] }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    # api.rst 4.82: GPRs, PC and SP 0, FP/NEON 0; a warm reset to EL1: PSTATE EL1h with D, A, I and F masked.
    It 'shows a vCPU as it comes out of reset' {
        $all = Get-KvmRegister $vcpu -ErrorAction Stop
        $all.Name | Should -Be (@(0..30).ForEach{ "x$_" } + @('sp', 'pc', 'pstate', 'sp_el1', 'elr_el1', 'spsr_el1', 'spsr_abt', 'spsr_und', 'spsr_irq', 'spsr_fiq'))
        $all.Where{ $_.Name -match '^(x\d+|sp|pc)$' -and $_.Value -ne 0 } | Should -BeNullOrEmpty
        Get-Value pstate | Should -Be 0x3C5
        Get-Value v31 | Should -Be ([byte[]]::new(16))
        Get-Value fpcr | Should -Be 0
    }

    It 'has every register that KVM_GET_REG_LIST lists, each by its own name' {
        $buffer = [byte[]]::new(8 * 4096)
        $buffer[0] = $buffer[1] = 0xFF
        $buffer[1] = 0x0F - 1
        $list = (Invoke-KvmIoctl $vcpu KVM_GET_REG_LIST -Buffer $buffer -ErrorAction Stop).Buffer
        $count = [System.BitConverter]::ToInt32($list)
        $count | Should -BeGreaterThan 200
        $all = (Get-KvmRegister $vcpu * -ErrorAction Stop).Where{ $_.Group -notin 'Events', 'MpState' }
        $all.Count | Should -Be $count
        [System.Collections.Generic.HashSet[string]]::new([string[]] $all.Name, [System.StringComparer]::OrdinalIgnoreCase).Count | Should -Be $count
        $all.Where{ $_.Group -eq 'Other' } | Should -BeNullOrEmpty
        for ($i = 1; $i -le $count; $i += 17) {
            $id = [System.BitConverter]::ToUInt64($list, 8 * $i)
            (Get-KvmRegister $vcpu $id -ErrorAction Stop).Name | Should -BeIn $all.Name
        }
    }

    # Arm ARM: MPIDR_EL1 has bit 31 set, and Aff0 is the vCPU's number (api.rst 4.82, Arm64Mpidr).
    It 'knows a register by name, by encoding and by number, in any case' {
        $vcpu = $vm.Vcpus[1]
        foreach ($name in 'MPIDR_EL1', 'mpidr_el1', 'S3_0_C0_C0_5', 's3_0_c0_c0_5', '0x603000000013c005') {
            $register = Get-KvmRegister $vcpu $name -ErrorAction Stop
            $register.Value | Should -Be 0x80000001L
            $register.Name | Should -Be 'MPIDR_EL1'
            $register.Group | Should -Be 'System'
        }
        $id = 0x603000000013C005
        (Get-KvmRegister $vcpu $id).Name | Should -Be 'MPIDR_EL1'
        (Get-KvmRegister $vcpu TTBR*).Name | Should -Be @('TTBR0_EL1', 'TTBR1_EL1')
        # Reserved for identification, and 0 (Arm ARM D24.3.1).
        $reserved = Get-KvmRegister $vcpu S3_0_C0_C7_7
        $reserved.Name | Should -Be 'S3_0_C0_C7_7'
        $reserved.Value | Should -Be 0
    }

    It 'shows caches, as many as CSSELR_EL1 can choose' {
        $caches = Get-KvmRegister $vcpu CCSIDR* -ErrorAction Stop
        $caches[0].Group | Should -Be 'Cache'
        $caches[0].Raw.Count | Should -Be 4
        $caches.Name | Should -Contain 'CCSIDR0'
    }

    It 'says <Id> for <What>' -ForEach @(
        @{ What = 'a name that is none'; Name = 'x31'; Id = 'RegisterUnknown' }
        @{ What = 'an encoding that is none'; Name = 'S3_8_C0_C0_0'; Id = 'RegisterUnknown' }
        @{ What = 'a number without an architecture'; Name = '0x55'; Id = 'RegisterUnknown' }
        @{ What = 'a register that the vCPU has not'; Name = 'S3_0_C15_C15_7'; Id = 'RegisterNotSupported' }
        @{ What = 'a register of x86'; Name = '0x2030000200000010'; Id = 'RegisterNotSupported' }
    ) {
        $failure = Get-Failure { Get-KvmRegister $vcpu $Name -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike "$Id,*"
        $failure.CategoryInfo.Category | Should -Be 'ObjectNotFound'
        $failure.TargetObject | Should -Be $vcpu
    }
}

Describe 'A guest on arm64' -Skip:$noArm {
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'computes, and finds what was set; its accesses to what is no memory are answered' {
        $vm = New-Guest @(
            0xD2824680  # mov  x0, #0x1234
            0xF2B95FC0  # movk x0, #0xcafe, lsl #16
            0xD518D080  # msr  tpidr_el1, x0
            0xD53800A2  # mrs  x2, mpidr_el1
            0xD53BE343  # mrs  x3, cntv_cval_el0
            0x8B0600A4  # add  x4, x5, x6
            0x9E670001  # fmov d1, x0
            0xD2A20001  # mov  x1, #0x10000000
            0xB9000020  # str  w0, [x1]
            0xB9400427  # ldr  w7, [x1, #4]
            0xB9000027  # str  w7, [x1]
        )
        $vcpu = $vm.Vcpus[1]
        # CPACR_EL1.FPEN: floating point does not trap.
        Set-KvmRegister $vcpu @{ x5 = 0xFFFFFFFF81000000; x6 = 0x1000; CPACR_EL1 = 3 -shl 20; CNTV_CVAL_EL0 = 0x123456789AB } -ErrorAction Stop
        $exits = Invoke-KvmVcpu $vcpu -MaxExit 3 -ErrorAction Stop | ForEach-Object {
            if ($_.Direction -eq 'Read') { $_.Value = 0x600DF00D }
            $_
        }
        $exits.Reason | Should -Be @('Mmio', 'Mmio', 'Mmio')
        $exits.Direction | Should -Be @('Write', 'Read', 'Write')
        $exits.ForEach{ $_.Address } | Should -Be @(0x10000000, 0x10000004, 0x10000000)
        $exits[0].Value | Should -Be 0xCAFE1234L
        $exits[2].Value | Should -Be 0x600DF00D
        Get-Value x0, TPIDR_EL1 | Should -Be @(0xCAFE1234L, 0xCAFE1234L)
        Get-Value x2 | Should -Be 0x80000001L
        # The ids of this register and of the counter are exchanged in KVM: the instruction tells which is which.
        Get-Value x3 | Should -Be 0x123456789ABL
        '{0:X}' -f (Get-Value x4) | Should -Be 'FFFFFFFF81001000'
        [System.BitConverter]::ToUInt64([byte[]] (Get-Value v1), 0) | Should -Be 0xCAFE1234L
        Get-Value pc | Should -Be 0x28
    }

    It 'is stepped through a loop, instruction by instruction' {
        $vm = New-Guest @(
            0xD2A20001  # mov  x1, #0x10000000
            0xD2800060  # mov  x0, #3
            0xF1000400  # 1: subs x0, x0, #1
            0x54FFFFE1  # b.ne 1b
            0xB9000020  # str  w0, [x1]
        )
        $vcpu = $vm.Vcpus[0]
        Set-KvmGuestDebug $vcpu -SingleStep -ErrorAction Stop
        $steps = Invoke-KvmVcpu $vcpu -MaxExit 8 -ErrorAction Stop | ForEach-Object {
            "$($_.Reason) $('{0:X}' -f (Get-Value pc)) $(Get-Value x0)"
        }
        $steps | Should -Be @('Debug 4 0', 'Debug 8 3', 'Debug C 2', 'Debug 8 2', 'Debug C 1', 'Debug 8 1', 'Debug C 0', 'Debug 10 0')
        Set-KvmGuestDebug $vcpu
        (Invoke-KvmVcpu $vcpu -MaxExit 1).Reason | Should -Be 'Mmio'
    }

    It 'has vectors of SVE' -Skip:$noSve {
        $vm = New-Guest -Feature Sve @(
            0x04214000  # index z0.b, #0, #1
            0x2518E3E0  # ptrue p0.b
            0x0420E3E8  # cntb  x8
            0xD2A20001  # mov   x1, #0x10000000
            0xB9000020  # str   w0, [x1]
        )
        $vcpu = $vm.Vcpus[0]
        # CPACR_EL1.ZEN and FPEN
        Set-KvmRegister $vcpu @{ CPACR_EL1 = 0x330000; z1 = [byte[]](1..256).ForEach{ $_ -band 0xF } } -ErrorAction Stop
        (Invoke-KvmVcpu $vcpu -MaxExit 1 -ErrorAction Stop).Reason | Should -Be 'Mmio'
        $length = [int] (Get-Value x8)
        (Get-Value z0)[0..($length - 1)] | Should -Be @(0..($length - 1))
        (Get-Value p0)[0] | Should -Be 0xFF
        (Get-Value z1)[14] | Should -Be 15
    }
}

Describe 'Set-KvmRegister on arm64' -Skip:$noArm {
    BeforeEach { $vm = New-Guest 0xD503201F; $vcpu = $vm.Vcpus[0] }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'takes what Get-KvmRegister gave, and numbers as names' {
        $id = 0x6030000000100002
        Set-KvmRegister $vcpu @{ x0 = 1; $id = 0xFFFFFFFFFFFFFFFE; '0x6030000000100004' = 3; v7 = [byte[]] (1..16); sp = 0x8000; TTBR0_EL1 = 0x4000; mp_state = 5 } -ErrorAction Stop
        '{0:X}' -f (Get-Value x1) | Should -Be 'FFFFFFFFFFFFFFFE'
        Get-Value x0, x2, sp, TTBR0_EL1, mp_state | Should -Be @(1, 3, 0x8000, 0x4000, 5)
        $values = @{}
        (Get-KvmRegister $vcpu x*, v7, pstate, exception).ForEach{ $values[$_.Name] = $_.Value }
        $before = Get-All
        Set-KvmRegister $vcpu $values -ErrorAction Stop
        Get-All | Should -Be $before
        (Get-Value v7) -join ' ' | Should -Be ((1..16) -join ' ')
    }

    It 'changes nothing where one is refused: <What>' -ForEach @(
        # What identifies the processor cannot be another: api.rst 4.68, EINVAL.
        @{ What = 'an id register'; Value = @{ x3 = 7; TPIDR_EL0 = 8; MVFR2_EL1 = 0x12345; v3 = [byte[]] (1..16) }; Id = 'KvmSetOneRegFailed' }
        @{ What = 'a register that there is not'; Value = @{ x3 = 7; TPIDR_EL0 = 8; S3_0_C15_C15_7 = 1 }; Id = 'RegisterNotSupported' }
        @{ What = 'a name that is none'; Value = @{ x3 = 7; x31 = 1 }; Id = 'RegisterUnknown' }
        @{ What = 'a value that does not fit'; Value = @{ x3 = 7; fpcr = 0x100000000 }; Id = 'RegisterValueInvalid' }
        # EL2 on a vCPU that has none.
        @{ What = 'a mode that there is not'; Value = @{ x3 = 7; mp_state = 5; pstate = 0x3C9 }; Id = 'KvmSetOneRegFailed' }
        @{ What = 'a state that there is not'; Value = @{ x3 = 7; mp_state = 77 }; Id = 'KvmSetMpStateFailed' }
    ) {
        $before = Get-All
        $failure = Get-Failure { Set-KvmRegister $vcpu $Value -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike "$Id,*"
        $failure.TargetObject | Should -Be $vcpu
        Get-All | Should -Be $before
    }

    It 'sets nothing with -WhatIf' {
        Set-KvmRegister $vcpu @{ x0 = 5 } -WhatIf
        Get-Value x0 | Should -Be 0
    }
}
