BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet)
    $x86 = [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -eq 'X64'
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    . "$PSScriptRoot/RealModeGuest.ps1"
    function Get-Failure([scriptblock] $Action) { try { $null = & $Action } catch { $_ } }
}

Describe 'Get-KvmRegister' -Skip:($noKvm -or -not $x86) {
    BeforeEach {
        # mov eax,0x11223344; mov cx,0x55; mov ds,cx; mov dx,0x77; hlt
        $vm = New-RealModeGuest registers ([byte[]](0x66, 0xB8, 0x44, 0x33, 0x22, 0x11, 0xB9, 0x55, 0, 0x8E, 0xD9, 0xBA, 0x77, 0, 0xF4))
        $vcpu = $vm.Vcpus[0]
    }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    # Intel SDM volume 3, table 10-1: the state after RESET.
    It 'shows a vCPU as it comes out of reset' {
        $fresh = New-KvmVm fresh -Vcpu 1
        $of = @{}
        ($fresh.Vcpus | Get-KvmRegister).ForEach({ $of[$_.Name] = $_.Value })
        $of.rip | Should -Be 0xFFF0
        $of.rflags | Should -Be 2
        $of.cr0 | Should -Be 0x60000010
        $of.cs.base | Should -Be 0xFFFF0000L
        $of.cs.selector | Should -Be 0xF000
        $of.cs.limit | Should -Be 0xFFFF
        $of.idt.limit | Should -Be 0xFFFF
        $of.efer | Should -Be 0
        $of.apic_base | Should -Be 0xFEE00900L
        (Get-KvmRegister $fresh.Vcpus[0] dr7).Value | Should -Be 0x400
        (Get-KvmRegister $fresh.Vcpus[0] xcr0).Value | Should -Be 1
    }

    It 'shows what the guest has computed' {
        $null = Invoke-KvmVcpu $vcpu
        $register = Get-KvmRegister $vcpu rax
        $register | Should -BeOfType ([KvmPS.KvmRegister])
        $register.Vcpu | Should -Be $vcpu
        $register.Group | Should -Be 'General'
        $register.Value | Should -Be 0x11223344
        $register.Raw -join ',' | Should -Be '68,51,34,17,0,0,0,0'
        (Get-KvmRegister $vcpu RDX, rip).Value | Should -Be @(0x77, 0xF00F)
        $ds = (Get-KvmRegister $vcpu ds).Value
        $ds.selector | Should -Be 0x55
        $ds.base | Should -Be 0x550
    }

    It 'shows general and special registers by default, and all with *' {
        (Get-KvmRegister $vcpu).Group | ForEach-Object { $_ | Should -BeIn 'General', 'Special' }
        $all = Get-KvmRegister $vcpu *
        foreach ($name in 'r15', 'cr4', 'gdt', 'xmm15', 'st7', 'mxcsr', 'dr6', 'xcr0', 'exception', 'smi', 'mp_state') { $all.Name | Should -Contain $name }
        $all.Name | Should -Not -Contain 'padding'
        $all.Count | Should -Be ([System.Collections.Generic.HashSet[string]]::new([string[]] $all.Name)).Count
        (Get-KvmRegister $vcpu xmm1*).Name | Should -Be @('xmm1', 'xmm10', 'xmm11', 'xmm12', 'xmm13', 'xmm14', 'xmm15')
    }

    # api.rst 4.42: what CPUID does not offer is not in the extended state.
    It 'shows vectors as far as CPUID has them' {
        (Get-KvmRegister $vcpu *mm*).Name | Should -Be @(0..15).ForEach{ "xmm$_" }
        { Get-KvmRegister $vcpu ymm0 -ErrorAction Stop } | Should -Throw -ErrorId 'RegisterUnknown,*'
        Set-KvmCpuid $vcpu -FromHost
        # CPUID.0DH:EAX bit 2 is AVX, bits 5 to 7 are AVX-512.
        $components = (Get-KvmCpuid $vcpu).Where{ $_.Function -eq 0xD -and $_.Index -eq 0 }.Eax
        $names = (Get-KvmRegister $vcpu *).Name
        $names -contains 'ymm15' | Should -Be ([bool] ($components -band 4))
        $names -contains 'zmm31' | Should -Be (($components -band 0xE0) -eq 0xE0)
        $names -contains 'k7' | Should -Be ([bool] ($components -band 0x20))
    }

    It 'reads a register by the number that KVM_GET_ONE_REG takes, where the kernel has that' {
        # arch/x86/include/uapi/asm/kvm.h: KVM_X86_REG_MSR(index)
        $id = 0x2030000200000174
        if (-not (Get-KvmCapability KVM_CAP_ONE_REG -Vm $vm).Supported) {
            { Get-KvmRegister $vcpu $id -ErrorAction Stop } | Should -Throw -ErrorId 'RegisterNotSupported,*'
            return
        }
        Set-KvmRegister $vcpu @{ $id = 0x10; rax = 9 } -ErrorAction Stop
        (Get-KvmMsr $vcpu IA32_SYSENTER_CS).Value | Should -Be 0x10
        $register = Get-KvmRegister $vcpu '0x2030000200000174', rax
        $register.Name | Should -Be @('0x2030000200000174', 'rax')
        $register.Value | Should -Be @(0x10, 9)
        $missing = Get-Failure { Set-KvmRegister $vcpu @{ $id = 0x20; '0x2030000300000099' = 1 } -ErrorAction Stop }
        $missing.FullyQualifiedErrorId | Should -BeLike 'RegisterNotSupported,*'
        $missing.TargetObject | Should -Be $vcpu
        (Get-KvmRegister $vcpu $id).Value | Should -Be 0x10
        { Get-KvmRegister $vcpu 0x55 -ErrorAction Stop } | Should -Throw -ErrorId 'RegisterUnknown,*'
    }

    It 'says RegisterUnknown for a name that is none' {
        $failure = Get-Failure { Get-KvmRegister $vcpu rex -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike 'RegisterUnknown,*'
        $failure.CategoryInfo.Category | Should -Be 'ObjectNotFound'
        $failure.TargetObject | Should -Be $vcpu
        Get-KvmRegister $vcpu rex* | Should -BeNullOrEmpty
    }

    It 'says how a field is set where one is named as a register' {
        $failure = Get-Failure { Set-KvmRegister $vcpu @{ 'cs.base' = 0 } -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike 'RegisterUnknown,*'
        $failure.ErrorDetails.RecommendedAction | Should -BeLike '*@{ cs = @{ base = 0 } }*'
        (Get-Failure { Get-KvmRegister $vcpu rex.low -ErrorAction Stop }).ErrorDetails.RecommendedAction | Should -Not -BeLike '*field*'
    }

    It 'says KvmObjectRemoved for a vCPU that was removed' {
        Remove-KvmVcpu $vcpu
        { Get-KvmRegister $vcpu -ErrorAction Stop } | Should -Throw -ErrorId 'KvmObjectRemoved,*'
    }
}

Describe 'Set-KvmRegister' -Skip:($noKvm -or -not $x86) {
    BeforeEach {
        # mov [0x500],eax; hlt
        $vm = New-RealModeGuest registers ([byte[]](0x66, 0xA3, 0x00, 0x05, 0xF4))
        $vcpu = $vm.Vcpus[0]
        function Get-All { (Get-KvmRegister $vcpu *).ForEach({ "$($_.Name)=$([System.Convert]::ToHexString($_.Raw))" }) -join ' ' }
    }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'gives the guest its registers' {
        Set-KvmRegister $vcpu @{ rax = 0xCAFEF00D }
        $null = Invoke-KvmVcpu $vcpu
        [System.BitConverter]::ToUInt32((Read-KvmMemory $vm 0x500 4)) | Should -Be 0xCAFEF00DL
    }

    It 'starts the guest where it is told, with fields that are left out as they were' {
        Write-KvmMemory $vm 0x1000 ([byte[]](0xE6, 0x42, 0xF4))
        $limit = (Get-KvmRegister $vcpu cs).Value.limit
        $vcpu | Set-KvmRegister -Value @{ rip = 0x1000; cs = @{ base = 0; selector = 0 } }
        (Get-KvmRegister $vcpu cs).Value.limit | Should -Be $limit
        (Invoke-KvmVcpu $vcpu)[0].Port | Should -Be 0x42
    }

    It 'gives the guest its SSE registers, and shows what it loads' {
        # movups [0x500],xmm3; movups xmm4,[0x510]; hlt
        Write-KvmMemory $vm 0x1000 ([byte[]](0x0F, 0x11, 0x1E, 0x00, 0x05, 0x0F, 0x10, 0x26, 0x10, 0x05, 0xF4))
        Write-KvmMemory $vm 0x510 ([byte[]] (101..116))
        Set-KvmRegister $vcpu @{ cr4 = 0x200; cs = @{ base = 0; selector = 0 }; rip = 0x1000; xmm3 = [byte[]] (1..16) } -ErrorAction Stop
        (Invoke-KvmVcpu $vcpu -ErrorAction Stop).Reason | Should -Be 'Hlt'
        (Read-KvmMemory $vm 0x500 16) | Should -Be @(1..16)
        (Get-KvmRegister $vcpu xmm4).Value | Should -Be @(101..116)
        (Get-KvmRegister $vcpu xmm3).Value | Should -Be @(1..16)
    }

    It 'gives the guest its vectors, and shows what it makes of them' {
        Set-KvmCpuid $vcpu -FromHost
        if (-not ((Get-KvmCpuid $vcpu).Where{ $_.Function -eq 0xD -and $_.Index -eq 0 }.Eax -band 4)) {
            Set-ItResult -Skipped -Because 'this processor has no AVX'
            return
        }
        # vaddps ymm2,ymm0,ymm1; hlt
        Write-KvmMemory $vm 0x1000 ([byte[]](0xC5, 0xFC, 0x58, 0xD1, 0xF4))
        $first = [float[]] (1.5, -2, 3, 4, 5, 6, 7, 8e20)
        $second = [float[]] (0.25, 2, 30, 400, 5e3, 6e4, 7e5, 8)
        $bytes = { param([float[]] $values) , [byte[]] $values.ForEach{ [System.BitConverter]::GetBytes($_) } }
        # Protected mode, flat; CR4.OSFXSR and OSXSAVE, XCR0 with AVX: VEX is an invalid opcode in real mode.
        $flat = @{ base = 0; selector = 8; limit = 0xFFFFFFFF; type = 11; present = 1; s = 1; db = 1; g = 1; dpl = 0; l = 0 }
        Set-KvmRegister $vcpu @{
            cr0 = 0x11; cr4 = 0x40200; xcr0 = 7; cs = $flat; ss = $flat + @{} ; rip = 0x1000
            ymm0 = & $bytes $first; ymm1 = & $bytes $second; mxcsr = 0x1F80
        } -ErrorAction Stop
        $exit = Invoke-KvmVcpu $vcpu -ErrorAction Stop
        if ($exit.Reason -eq 'InternalError' -and "$($exit.Suberror)" -eq 'Emulation') {
            Set-ItResult -Skipped -Because 'this backend emulates what the guest does here, and has no AVX'
            return
        }
        $exit.Reason | Should -Be 'Hlt'
        $sum = (Get-KvmRegister $vcpu ymm2).Value
        for ($i = 0; $i -lt 8; $i++) { [System.BitConverter]::ToSingle($sum, 4 * $i) | Should -Be ([float] ($first[$i] + $second[$i])) }
        (Get-KvmRegister $vcpu xmm2).Value | Should -Be $sum[0..15]
    }

    It 'keeps one part of a vector when it sets the other' {
        Set-KvmCpuid $vcpu -FromHost
        Set-KvmRegister $vcpu @{ xmm3 = [byte[]] (1..16); st7 = [byte[]] (1..10 + @(0) * 6); fcw = 0x27F } -ErrorAction Stop
        if ((Get-KvmRegister $vcpu *).Name -contains 'ymm3') {
            Set-KvmRegister $vcpu @{ ymm4 = [byte[]] (1..32) } -ErrorAction Stop
            (Get-KvmRegister $vcpu ymm3).Value | Should -Be @((1..16) + @(0) * 16)
            Set-KvmRegister $vcpu @{ xmm4 = [byte[]]::new(16) } -ErrorAction Stop
            (Get-KvmRegister $vcpu ymm4).Value | Should -Be @(@(0) * 16 + (17..32))
        }
        (Get-KvmRegister $vcpu xmm3).Value | Should -Be @(1..16)
        (Get-KvmRegister $vcpu st7).Value[0..9] | Should -Be @(1..10)
        (Get-KvmRegister $vcpu fcw).Value | Should -Be 0x27F
    }

    It 'takes what Get-KvmRegister gave' {
        $before = Get-KvmRegister $vcpu cs, gdt, rax, xmm5, mp_state, dr0
        Set-KvmRegister $vcpu @{ cs = @{ base = 0x1000 }; gdt = @{ base = 0x2000; limit = 0x10 }; rax = 1; xmm5 = [byte[]] (1..16); dr0 = 0x3000 }
        (Get-KvmRegister $vcpu xmm5).Value -join ',' | Should -Be ((1..16) -join ',')
        (Get-KvmRegister $vcpu dr0).Value | Should -Be 0x3000
        $values = @{}
        $before.ForEach({ $values[$_.Name] = $_.Value })
        Set-KvmRegister $vcpu $values
        $after = Get-KvmRegister $vcpu cs, gdt, rax, xmm5, mp_state, dr0
        $after.ForEach({ [System.Convert]::ToHexString($_.Raw) }) | Should -Be $before.ForEach({ [System.Convert]::ToHexString($_.Raw) })
    }

    It 'takes 64 bits as a person types them' {
        Set-KvmRegister $vcpu @{ rax = 0xFFFFFFFF81000000; rbx = 0xFFFFFFFF; rcx = 512MB }
        '{0:X}' -f (Get-KvmRegister $vcpu rax).Value | Should -Be 'FFFFFFFF81000000'
        '{0:X}' -f (Get-KvmRegister $vcpu rbx).Value | Should -Be 'FFFFFFFF'
        (Get-KvmRegister $vcpu rcx).Value | Should -Be 512MB
    }

    # set_sregs_test: what no processor has is refused, and leaves the special registers unchanged.
    It 'refuses <What>, and changes nothing at all' -Tag Conformance, set_sregs_test -ForEach @(
        @{ What = 'an unknown bit in CR4'; Value = @{ cr4 = 0x8000000000000000 } }
        @{ What = 'the upper half of CR0'; Value = @{ cr0 = 0x100000000 } }
        @{ What = 'CR0.NW without CR0.CD'; Value = @{ cr0 = 0x20000010 } }
        @{ What = 'CR0.PG without CR0.PE'; Value = @{ cr0 = 0x80000010 } }
        @{ What = 'a reserved bit in the APIC base'; Value = @{ apic_base = 0xFEE00D00 } }
    ) {
        $before = Get-All
        $failure = Get-Failure { Set-KvmRegister $vcpu ($Value + @{ rax = 7; rip = 9; dr1 = 5 }) -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike 'KvmSetSregsFailed,*'
        $failure.Exception.Errno | Should -Be 'EINVAL'
        $failure.CategoryInfo.Category | Should -Be 'InvalidArgument'
        $failure.TargetObject | Should -Be $vcpu
        Get-All | Should -Be $before
    }

    # api.rst 4.141: the pointers are valid with PAE paging only.
    It 'refuses <What>, and changes nothing at all: <Operation>' -ForEach @(
        @{ What = 'a reserved bit in MXCSR'; Value = @{ mxcsr = 0xFFFFFFFF; xmm3 = [byte[]] (1..16) }; Operation = 'KVM_SET_XSAVE' }
        @{ What = 'a component that there is not'; Value = @{ xstate_bv = 0x4000000000000000; xmm3 = [byte[]] (1..16) }; Operation = 'KVM_SET_XSAVE' }
        @{ What = 'pointers without paging'; Value = @{ sregs2_flags = 1; pdptrs = 1, 2, 3, 4 }; Operation = 'KVM_SET_SREGS2' }
    ) {
        if ($Operation -eq 'KVM_SET_SREGS2' -and -not (Get-KvmCapability KVM_CAP_SREGS2).Supported) {
            Set-ItResult -Skipped -Because 'this kernel has no KVM_CAP_SREGS2'
            return
        }
        $before = Get-All
        $failure = Get-Failure { Set-KvmRegister $vcpu ($Value + @{ rax = 7; rip = 9; dr1 = 5; cr2 = 0x5000 }) -ErrorAction Stop }
        $failure.Exception.Operation | Should -Be $Operation
        $failure.Exception.Errno | Should -Be 'EINVAL'
        $failure.CategoryInfo.Category | Should -Be 'InvalidArgument'
        Get-All | Should -Be $before
    }

    It 'takes back what it wrote before a refusal' {
        $before = Get-All
        # The FPU's registers come after the special and general ones, and MXCSR has reserved bits; XCR0 comes last.
        $failure = Get-Failure { Set-KvmRegister $vcpu @{ rax = 7; cr2 = 0x123000; xcr0 = 0 } -ErrorAction Stop }
        $failure.Exception.Operation | Should -Be 'KVM_SET_XCRS'
        Get-All | Should -Be $before
    }

    It 'says <Id> for <What>, before anything changes' -ForEach @(
        @{ What = 'a name that is no register'; Value = @{ rax = 5; rex = 1 }; Id = 'RegisterUnknown' }
        @{ What = 'a field that a segment does not have'; Value = @{ rax = 5; cs = @{ bass = 1 } }; Id = 'RegisterValueInvalid' }
        @{ What = 'a value that does not fit'; Value = @{ rax = 5; mxcsr = 0x100000000 }; Id = 'RegisterValueInvalid' }
        @{ What = 'bytes of another length'; Value = @{ rax = 5; xmm0 = [byte[]] (1, 2) }; Id = 'RegisterValueInvalid' }
        @{ What = 'a text'; Value = @{ rax = 'five' }; Id = 'RegisterValueInvalid' }
    ) {
        $before = Get-All
        $failure = Get-Failure { Set-KvmRegister $vcpu $Value -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike "$Id,*"
        $failure.TargetObject | Should -Be $vcpu
        Get-All | Should -Be $before
    }

    It 'sets nothing with -WhatIf' {
        $before = Get-All
        Set-KvmRegister $vcpu @{ rax = 5 } -WhatIf
        Get-All | Should -Be $before
    }

    It 'says KvmObjectRemoved for a vCPU that was removed' {
        Remove-KvmVcpu $vcpu
        { Set-KvmRegister $vcpu @{ rax = 5 } -ErrorAction Stop } | Should -Throw -ErrorId 'KvmObjectRemoved,*'
    }
}
