BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet) -or [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -ne 'X64'
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    . "$PSScriptRoot/Selftest.ps1"
    . "$PSScriptRoot/RealModeGuest.ps1"
    . "$PSScriptRoot/InterruptGuest.ps1"
    function Get-Value($Vcpu, [string] $Name) { (Get-KvmRegister $Vcpu $Name -ErrorAction Stop).Value }
}

Describe 'exit_on_emulation_failure_test' -Tag Conformance -Skip:$noKvm {
    BeforeEach {
        # mov ax,0x2000; mov ds,ax; fld dword [0]: MMIO that KVM's emulator cannot do; hlt
        $vm = New-LowGuest floating ([byte[]] (0xB8, 0x00, 0x20, 0x8E, 0xD8, 0xD9, 0x06, 0x00, 0x00, 0xF4))
        $vcpu = $vm.Vcpus[0]
    }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'what cannot be emulated ends KVM_RUN with its bytes: KVM_INTERNAL_ERROR_EMULATION' {
        Skip-Without KVM_CAP_EXIT_ON_EMULATION_FAILURE
        Enable-Capability $vm KVM_CAP_EXIT_ON_EMULATION_FAILURE 1 | Should -Be OK
        $exit = Invoke-KvmVcpu $vcpu -MaxExit 1 -Timeout 20
        "$($exit.Reason) $($exit.Suberror)" | Should -Be 'InternalError Emulation'
        # KVM_INTERNAL_ERROR_EMULATION_FLAG_INSTRUCTION_BYTES
        $exit.Data[0] -band 1 | Should -Be 1
        $exit.Instruction.Length | Should -BeGreaterOrEqual 2
        $exit.Instruction[0..1] | Should -Be @(0xD9, 0x06)
    }

    It 'user space can step over it, and the guest goes on' {
        Skip-Without KVM_CAP_EXIT_ON_EMULATION_FAILURE
        Enable-Capability $vm KVM_CAP_EXIT_ON_EMULATION_FAILURE 1 | Should -Be OK
        $null = Invoke-KvmVcpu $vcpu -MaxExit 1 -Timeout 20
        $rip = Get-Value $vcpu rip
        $rip | Should -Be 5
        Set-KvmRegister $vcpu @{ rip = $rip + 4 }
        "$((Invoke-KvmVcpu $vcpu -MaxExit 1 -Timeout 20).Reason)" | Should -Be Hlt
    }

    It 'KVM_CAP_EXIT_ON_EMULATION_FAILURE takes 0 and 1, and nothing else: EINVAL' {
        Skip-Without KVM_CAP_EXIT_ON_EMULATION_FAILURE
        foreach ($value in 0, 1) { Enable-Capability $vm KVM_CAP_EXIT_ON_EMULATION_FAILURE $value | Should -Be OK }
        Enable-Capability $vm KVM_CAP_EXIT_ON_EMULATION_FAILURE 2 | Should -Be EINVAL
    }
}

Describe 'debug_regs' -Tag Conformance -Skip:$noKvm {
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'INT3 exits with #BP at its address where user space handles breakpoints' {
        # nop; int3; hlt
        $vm = New-LowGuest breakpoint ([byte[]] (0x90, 0xCC, 0xF4))
        Set-Handler $vm 3
        Set-KvmRegister $vm.Vcpus[0] @{ rsp = 0x7000 }
        Set-KvmGuestDebug $vm.Vcpus[0] -SoftwareBreakpoint
        $exit = Invoke-KvmVcpu $vm.Vcpus[0] -MaxExit 1 -Timeout 20
        if ("$($exit.Reason)" -eq 'Io') {
            Skip-Backend kvm_pvm 'emulates INT3 in real mode without asking who handles breakpoints'
            if ([System.IO.File]::ReadAllText('/proc/cpuinfo') -match 'QEMU TCG CPU') { Set-ItResult -Skipped -Because 'QEMU''s emulated processor does not let KVM intercept INT3' }
        }
        "$($exit.Reason)" | Should -Be Debug
        $exit.Exception | Should -Be 3
        $exit.Pc | Should -Be 0x8001
    }
}

Describe 'smm_test' -Tag Conformance -Skip:$noKvm {
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    BeforeAll {
        # Intel SDM volume 3, 32.3: SMRAM begins at 0x30000, its code 0x8000 behind. api.rst 4.35: in SMM a vCPU sees the slots
        # of address space 1, whose number stands in the upper half of theirs.
        function New-SmmGuest {
            # next: out 0x81,al; jmp next
            $guest = New-LowGuest smm ([byte[]] (0xE6, 0x81, 0xEB, 0xFC)) -IrqChip
            $null = Add-KvmMemory $guest 0x30000 0x10000 -Slot 0x10000 -ErrorAction Stop
            # mov al,0x5A; out 0x80,al; rsm
            Write-KvmMemory $guest 0x38000 ([byte[]] (0xB0, 0x5A, 0xE6, 0x80, 0x0F, 0xAA))
            $guest
        }
    }

    It 'an SMI runs the handler in SMM, and RSM goes on where the guest was' {
        Skip-Without KVM_CAP_X86_SMM
        $vm = New-SmmGuest
        $vcpu = $vm.Vcpus[0]
        (Invoke-KvmVcpu $vcpu -MaxExit 1 -Timeout 20).Port | Should -Be 0x81
        Send-KvmSmi $vcpu
        $exit = Invoke-KvmVcpu $vcpu -MaxExit 1 -Timeout 20
        "$($exit.Port) $($exit.Value)" | Should -Be '128 90'
        (Get-Value $vcpu smi).smm | Should -Be 1
        $exit = Invoke-KvmVcpu $vcpu -MaxExit 1 -Timeout 20
        $exit.Port | Should -Be 0x81
        (Get-Value $vcpu smi).smm | Should -Be 0
    }

    It 'a vCPU in SMM is saved, restored in another VM, and goes on' {
        Skip-Without KVM_CAP_X86_SMM
        $vm = New-SmmGuest
        $null = Invoke-KvmVcpu $vm.Vcpus[0] -MaxExit 1 -Timeout 20
        Send-KvmSmi $vm.Vcpus[0]
        (Invoke-KvmVcpu $vm.Vcpus[0] -MaxExit 1 -Timeout 20).Port | Should -Be 0x80
        $folder = [System.IO.Directory]::CreateTempSubdirectory('kvmps-smm-').FullName
        try {
            $copy = Restore-KvmVm (Save-KvmVm $vm "$folder/vm").FullName -Name copy
            (Get-Value $copy.Vcpus[0] smi).smm | Should -Be 1
            (Invoke-KvmVcpu $copy.Vcpus[0] -MaxExit 1 -Timeout 20).Port | Should -Be 0x81
        }
        finally { [System.IO.Directory]::Delete($folder, $true) }
    }
}

Describe 'fix_hypercall_test' -Tag Conformance -Skip:$noKvm {
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    BeforeAll {
        # VMCALL (0F 01 C1) is Intel's, VMMCALL (0F 01 D9) AMD's: the guest's processor has the one of its CPUID.
        $vendor = (Get-KvmCpuid -Supported 0).Ebx
        $native, $other = if ($vendor -eq 0x756E6547) { 0xC1, 0xD9 } else { 0xD9, 0xC1 }

        # The other vendor's hypercall, and HLT; #UD is told on port 0x80.
        function New-CallGuest([switch] $Quirk) {
            $guest = New-KvmVm calls -Memory 64KB
            if (-not $Quirk) { Enable-Capability $guest KVM_CAP_DISABLE_QUIRKS2 0x20 | Should -Be OK }
            $null = New-KvmVcpu $guest
            Set-KvmCpuid $guest.Vcpus[0] -FromHost
            Write-KvmMemory $guest 0x8000 ([byte[]] (0x0F, 0x01, $other, 0xF4))
            Set-Handler $guest 6
            # KVM_HC_KICK_CPU or any other number: rax tells -KVM_ENOSYS for what there is not.
            Set-KvmRegister $guest.Vcpus[0] @{ cs = @{ base = 0; selector = 0 }; rip = 0x8000; rsp = 0x7000; rax = 0x7FFF }
            $guest
        }
    }

    It 'the other vendor''s hypercall becomes the processor''s own' {
        Skip-Without KVM_CAP_DISABLE_QUIRKS2 -Bits 0x20
        $vm = New-CallGuest -Quirk
        $exit = @(Invoke-KvmVcpu $vm.Vcpus[0] -MaxExit 1 -Timeout 2)[-1]
        if ("$($exit.Reason)" -eq 'Intr') { Skip-Backend kvm_pvm 'emulates real mode, and never gets beyond a hypercall there' }
        "$($exit.Reason)" | Should -Be Hlt
        (Read-KvmMemory $vm 0x8000 3) -join ',' | Should -Be "15,1,$native"
    }

    It 'without KVM_X86_QUIRK_FIX_HYPERCALL_INSN it is #UD, and stays as it is' {
        Skip-Without KVM_CAP_DISABLE_QUIRKS2 -Bits 0x20
        $vm = New-CallGuest
        $exit = @(Invoke-KvmVcpu $vm.Vcpus[0] -MaxExit 1 -Timeout 20)[-1]
        "$($exit.Reason) $($exit.Value)" | Should -Be 'Io 6'
        (Read-KvmMemory $vm 0x8000 3) -join ',' | Should -Be "15,1,$other"
    }
}
