BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noArm = [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -ne 'Arm64' -or -not (Test-KvmHost -Quiet)
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    . "$PSScriptRoot/Selftest.ps1"
    . "$PSScriptRoot/Arm64.ps1"

    # struct kvm_one_reg: u64 id, u64 addr
    function Use-Register($Vcpu, [string] $Request, [ulong] $Id, [long] $Address) { Get-IoctlAnswer $Vcpu $Request (Join-Byte $Id ([ulong] $Address)) }

    function Get-Register($Vcpu, [ulong] $Id) {
        $place = New-Mapping 4096
        Use-Register $Vcpu KVM_GET_ONE_REG $Id $place | Should -Be OK
        [ulong] [System.BitConverter]::ToUInt64([System.BitConverter]::GetBytes([System.Runtime.InteropServices.Marshal]::ReadInt64([System.IntPtr] $place)), 0)
    }

    function Set-Register($Vcpu, [ulong] $Id, [ulong] $Value) {
        $place = New-Mapping 4096
        [System.Runtime.InteropServices.Marshal]::WriteInt64([System.IntPtr] $place, [System.BitConverter]::ToInt64([System.BitConverter]::GetBytes($Value), 0))
        Use-Register $Vcpu KVM_SET_ONE_REG $Id $place
    }

    # asm/kvm.h: KVM_REG_ARM64 with KVM_REG_SIZE_U64, of the core registers x0 and pc (in words), of the firmware's those of bitmaps
    $core, $firmware = 0x6030000000100000ul, 0x6030000000160000ul
    $x0, $pc = $core, ($core + 0x40)

    # struct kvm_vcpu_init: u32 target, u32 features[7]: POWER_OFF 0, EL1_32BIT 1, PSCI_0_2 2
    function Initialize-Vcpu($Vcpu, [int[]] $Features) {
        $target = (Invoke-KvmIoctl $Vcpu.Vm KVM_ARM_PREFERRED_TARGET -ErrorAction Stop).Buffer
        foreach ($feature in $Features) { $target[4] = $target[4] -bor (1 -shl $feature) }
        Get-IoctlAnswer $Vcpu KVM_ARM_VCPU_INIT $target
    }

    # The guest's program from address 0 on, one instruction after the other.
    function Add-Instruction($Vm, [int[]] $Code) {
        $memory = Add-Memory $Vm 0 0x10000
        Write-Memory $memory 0 ([byte[]] @($Code.ForEach({ [System.BitConverter]::GetBytes($_) })))
        $memory
    }
}

Describe 'get-reg-list' -Tag Conformance -Skip:$noArm {
    BeforeEach {
        $vcpu = (New-Machine -Vcpus 1).Vcpus[0]
        $bytes = (Invoke-KvmIoctl $vcpu KVM_GET_REG_LIST -Buffer (Join-Byte 4096ul ([byte[]]::new(8 * 4096))) -ErrorAction Stop).Buffer
        $ids = @(for ($i = 0; $i -lt [System.BitConverter]::ToUInt64($bytes, 0); $i++) { [System.BitConverter]::ToUInt64($bytes, 8 + 8 * $i) })
    }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force; Clear-Mapping }

    It 'KVM_GET_REG_LIST tells each register once, of this architecture, and of a size that there is' {
        $ids.Count | Should -BeGreaterThan 100
        [System.Collections.Generic.HashSet[ulong]]::new([ulong[]] $ids).Count | Should -Be $ids.Count
        foreach ($id in $ids) {
            $id -shr 60 | Should -Be 6 -Because ('{0:X}' -f $id)
            ($id -shr 52) -band 0xF | Should -BeLessOrEqual 8 -Because ('{0:X}' -f $id)
        }
        foreach ($id in $x0, $pc) { $id | Should -BeIn $ids }
    }

    It 'each of them can be read, and set to what was read' {
        $place = New-Mapping 4096
        foreach ($id in $ids) {
            Use-Register $vcpu KVM_GET_ONE_REG $id $place | Should -Be OK -Because ('{0:X}' -f $id)
            Use-Register $vcpu KVM_SET_ONE_REG $id $place | Should -Be OK -Because ('{0:X}' -f $id)
        }
    }

    It 'a register that it does not tell is not there: ENOENT' {
        $place = New-Mapping 4096
        # KVM_REG_ARM64_SYSREG with op0 = 3, op1 = 7, crn = 15
        foreach ($request in 'KVM_GET_ONE_REG', 'KVM_SET_ONE_REG') { Use-Register $vcpu $request 0x603000000013FFFFul $place | Should -Be ENOENT }
    }
}

Describe 'vcpu_width_config' -Tag Conformance -Skip:$noArm {
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'vCPUs of one VM have one width: <What>' -ForEach @(
        @{ What = 'both of 64 bits'; First = @(); Second = @(); Answer = 'OK' }, @{ What = 'both of 32 bits'; First = @(1); Second = @(1); Answer = 'OK' }
        @{ What = '64, then 32 bits is EINVAL'; First = @(); Second = @(1); Answer = 'EINVAL' }, @{ What = '32, then 64 bits is EINVAL'; First = @(1); Second = @(); Answer = 'EINVAL' }
    ) {
        Skip-Without KVM_CAP_ARM_EL1_32BIT
        $vm = New-KvmVm width
        $one, $two = New-KvmVcpu $vm -Id 0, 1
        Initialize-Vcpu $one $First | Should -Be OK
        Initialize-Vcpu $two $Second | Should -Be $Answer
    }
}

Describe 'hypercalls' -Tag Conformance -Skip:$noArm {
    BeforeEach {
        $vm = New-Machine -Vcpus 1
        $vcpu = $vm.Vcpus[0]
        # KVM_REG_ARM_STD_BMAP came with Linux 5.19; a register that there is not is ENOENT.
        if ((Use-Register $vcpu KVM_GET_ONE_REG $firmware (New-Mapping 4096)) -eq 'ENOENT') { $none = $true } else { $none = $false }
    }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force; Clear-Mapping }

    It 'the bitmap <Name> has all of its services in a new vCPU, takes none of them, and refuses one that there is not: EINVAL' -ForEach @(
        @{ Name = 'KVM_REG_ARM_STD_BMAP'; Number = 0; All = 1 }, @{ Name = 'KVM_REG_ARM_STD_HYP_BMAP'; Number = 1; All = 1 }, @{ Name = 'KVM_REG_ARM_VENDOR_HYP_BMAP'; Number = 2; All = 3 }
    ) {
        if ($none) { Set-ItResult -Skipped -Because "this kernel has no $Name" }
        $id = $firmware + $Number
        (Get-Register $vcpu $id) -band $All | Should -Be $All
        Set-Register $vcpu $id 0 | Should -Be OK
        Get-Register $vcpu $id | Should -Be 0
        Set-Register $vcpu $id (1ul -shl 63) | Should -Be EINVAL
    }

    It 'a bitmap is not changed once the vCPU has run: EBUSY' {
        if ($none) { Set-ItResult -Skipped -Because 'this kernel has no KVM_REG_ARM_STD_BMAP' }
        $memory = Add-Program $vm
        (Invoke-KvmIoctl $vcpu KVM_RUN -ErrorAction Stop).Result | Should -Be 0
        $memory.Size | Should -BeGreaterThan 0
        foreach ($number in 0, 1, 2) { Set-Register $vcpu ($firmware + $number) 0 | Should -Be EBUSY }
    }
}

Describe 'psci_test' -Tag Conformance -Skip:$noArm {
    AfterEach { Get-KvmVm | Remove-KvmVm -Force; Clear-Mapping }

    It 'CPU_ON starts another vCPU at its entry with its context' {
        $vm = New-KvmVm psci
        $one, $two = New-KvmVcpu $vm -Id 0, 1
        Initialize-Vcpu $one 2 | Should -Be OK
        Initialize-Vcpu $two 2, 0 | Should -Be OK
        $memory = Add-Instruction $vm @(
            0xD2800060      # mov  x0, #3
            0xF2B88000      # movk x0, #0xC400, lsl #16: PSCI_0_2_FN64_CPU_ON
            0xD2800021      # mov  x1, #1: the other's affinity
            0xD2820002      # mov  x2, #0x1000: its entry
            0xD2848003      # mov  x3, #0x2400: its context
            0xD4000002      # hvc  #0
            0xD2A20004      # mov  x4, #0x10000000
            0xB9000080      # str  w0, [x4]
        )
        $exit = @(Invoke-KvmVcpu $one -MaxExit 1 -Timeout 60)[-1]
        "$($exit.Reason)" | Should -Be Mmio
        $exit.Value | Should -Be 0 -Because 'it is PSCI_RET_SUCCESS'
        # What is asked for happens when the other one is next run.
        $null = Invoke-KvmVcpu $two -Timeout 0.2
        Get-Register $two $x0 | Should -Be 0x2400
        $memory.Size | Should -BeGreaterThan 0
    }

    It 'SYSTEM_SUSPEND ends KVM_RUN with KVM_SYSTEM_EVENT_SUSPEND where user space handles it' {
        Skip-Without KVM_CAP_ARM_SYSTEM_SUSPEND
        $vm = New-KvmVm psci
        $vcpu = New-KvmVcpu $vm
        Initialize-Vcpu $vcpu 2 | Should -Be OK
        Enable-Capability $vm KVM_CAP_ARM_SYSTEM_SUSPEND 0 | Should -Be OK
        $memory = Add-Instruction $vm @(
            0xD28001C0      # mov  x0, #0xE
            0xF2B88000      # movk x0, #0xC400, lsl #16: PSCI_1_0_FN64_SYSTEM_SUSPEND
            0xD2820001      # mov  x1, #0x1000
            0xD2848002      # mov  x2, #0x2400
            0xD4000002      # hvc  #0
            0x14000000      # b    .
        )
        $exit = @(Invoke-KvmVcpu $vcpu -MaxExit 1 -Timeout 60)[-1]
        "$($exit.Reason) $($exit.Type)" | Should -Be 'SystemEvent Suspend'
        $memory.Size | Should -BeGreaterThan 0
    }
}

Describe 'smccc_filter' -Tag Conformance -Skip:$noArm {
    BeforeEach {
        $vm = New-Machine -Vcpus 1
        # struct kvm_smccc_filter: u32 base, u32 nr_functions, u8 action (HANDLE, DENY, FWD_TO_USER), u8 pad[15]
        function Set-Filter([uint] $Base, [uint] $Count, [byte] $Action, [byte] $Pad) {
            Get-Answer { Set-KvmDeviceAttr $vm SMCCC_CTRL SMCCC_FILTER (Join-Byte $Base $Count $Action ([byte[]] (@($Pad) * 15))) -ErrorAction Stop }
        }
        function Skip-WithoutFilter { if (-not (Test-KvmDeviceAttr $vm SMCCC_CTRL SMCCC_FILTER)) { Set-ItResult -Skipped -Because 'this kernel has no KVM_ARM_VM_SMCCC_FILTER' } }
    }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It '<What> is refused: EINVAL' -ForEach @(
        @{ What = 'padding that is not 0'; Base = 0x84000000u; Count = 1; Action = 1; Pad = 1 }, @{ What = 'a range without a function'; Base = 0x84000000u; Count = 0; Action = 1 }
        @{ What = 'a range that wraps around'; Base = 0xFFFFFFFFu; Count = 2; Action = 1 }, @{ What = 'an action that there is not'; Base = 0x84000000u; Count = 1; Action = 3 }
    ) {
        Skip-WithoutFilter
        Set-Filter $Base $Count $Action ($Pad ?? 0) | Should -Be EINVAL
    }

    It 'a range that is filtered already, or Arm''s own, is refused: EEXIST' {
        Skip-WithoutFilter
        Set-Filter 0x84000000u 1 1 0 | Should -Be OK
        Set-Filter 0x84000000u 1 1 0 | Should -Be EEXIST
        # SMCCC_VERSION and SMCCC_ARCH_FEATURES are always the kernel's.
        Set-Filter 0x80000000u 1 1 0 | Should -Be EEXIST
    }
}

Describe 'vgic_irq' -Tag Conformance -Skip:$noArm {
    BeforeEach {
        $vm = New-Machine
        if (Test-KvmDevice $vm ARM_VGIC_V3) { $gic = New-Gic $vm -Init }
        # struct kvm_irq_level: u32 irq, u32 level; api.rst 4.25: type in bits 27:24 (SPI 1, PPI 2), vCPU in 23:16, number in 15:0
        function Set-Line([uint] $Type, [uint] $Number, [uint] $Level, [uint] $Vcpu = 0) {
            Get-IoctlAnswer $vm KVM_IRQ_LINE (Join-Byte ([uint] (($Type -shl 24) -bor ($Vcpu -shl 16) -bor $Number)) $Level)
        }
        function Skip-WithoutGic { if (-not $gic) { Set-ItResult -Skipped -Because 'this machine makes no ARM_VGIC_V3' } }
    }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'KVM_IRQ_LINE refuses <What>: EINVAL' -ForEach @(
        @{ What = 'an SGI as an SPI'; Type = 1; Number = 15 }, @{ What = 'a PPI as an SPI'; Type = 1; Number = 31 }
        @{ What = 'an SGI as a PPI'; Type = 2; Number = 15 }, @{ What = 'an SPI as a PPI'; Type = 2; Number = 32 }
        @{ What = 'a PPI of a vCPU that there is not'; Type = 2; Number = 20; Vcpu = 9 }, @{ What = 'an SPI beyond the last'; Type = 1; Number = 64 }
        @{ What = 'another type'; Type = 3; Number = 40 }
    ) {
        Skip-WithoutGic
        Set-Line $Type $Number 1 ($Vcpu ?? 0) | Should -Be EINVAL
    }

    It 'an interrupt that is raised by KVM_IRQ_LINE is raised until it is lowered: <What>' -ForEach @(@{ What = 'an SPI'; Type = 1; Number = 40; Word = 32 }, @{ What = 'a PPI'; Type = 2; Number = 20; Word = 0 }) {
        Skip-WithoutGic
        # GICD_ICFGR2: SPIs are edge-triggered until somebody says otherwise.
        if ($Type -eq 1) { Set-KvmDeviceAttr $gic GRP_DIST_REGS @{ Offset = 0xC08 } 0 -ErrorAction Stop }
        foreach ($level in 1, 0) {
            Set-Line $Type $Number $level | Should -Be OK
            ((Get-KvmDeviceAttr $gic GRP_LEVEL_INFO @{ Mpidr = 0; Vintid = $Word } -ErrorAction Stop).Value -shr ($Number - $Word)) -band 1 | Should -Be $level
        }
    }
}
