# The interrupt controllers of arm64. What is expected is what Documentation/virt/kvm/devices/arm-vgic-v3.rst,
# arm-vgic-its.rst and arm-vgic.rst say, and what the kernel's own selftests (vgic_init) assert.

BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $types = @()
    if (Test-KvmHost -Quiet) {
        $probe = New-KvmVm
        $types = (Get-KvmDeviceType $probe).Where{ $_.Supported }.Name
        Remove-KvmVm $probe
    }
    $noV3 = 'ARM_VGIC_V3' -notin $types
    $noIts = 'ARM_VGIC_ITS' -notin $types
    $noV2 = 'ARM_VGIC_V2' -notin $types
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"

    # vCPUs exist before INIT, and have their MPIDR from KVM_ARM_VCPU_INIT on (api.rst 4.82).
    function New-Machine([int] $Vcpus = 2) {
        $vm = New-KvmVm -Name vgic
        $target = (Invoke-KvmIoctl $vm KVM_ARM_PREFERRED_TARGET -Buffer ([byte[]]::new(32)) -ErrorAction Stop).Buffer
        for ($i = 0; $i -lt $Vcpus; $i++) {
            $null = Invoke-KvmIoctl (New-KvmVcpu $vm -Id $i) KVM_ARM_VCPU_INIT -Buffer $target -ErrorAction Stop
        }
        $vm
    }

    function New-Gic($Vm, [switch] $Init) {
        $gic = New-KvmDevice $Vm ARM_VGIC_V3
        if ($Init) {
            Set-KvmDeviceAttr $gic GRP_NR_IRQS 0 64 -ErrorAction Stop
            Set-KvmDeviceAttr $gic GRP_ADDR ADDR_TYPE_DIST 0x8000000 -ErrorAction Stop
            Set-KvmDeviceAttr $gic GRP_ADDR ADDR_TYPE_REDIST 0x80A0000 -ErrorAction Stop
            Set-KvmDeviceAttr $gic GRP_CTRL CTRL_INIT -ErrorAction Stop
        }
        $gic
    }

    function Get-Errno([scriptblock] $Call, [string] $Id) {
        $failure = $Call | Should -Throw -ErrorId "$Id,*" -PassThru
        "$($failure.Exception.Errno)"
    }
}

Describe 'Attributes of a VGICv3' -Skip:$noV3 {
    BeforeEach { $vm = New-Machine }
    AfterEach { Get-KvmVm | Remove-KvmVm }

    It 'reads ~0 for addresses before they are set, and then what was set' {
        $gic = New-Gic $vm
        (Get-KvmDeviceAttr $gic GRP_ADDR ADDR_TYPE_DIST).Value | Should -Be ([ulong]::MaxValue)
        Set-KvmDeviceAttr $gic GRP_ADDR ADDR_TYPE_DIST 0x8000000 -ErrorAction Stop
        $row = Get-KvmDeviceAttr $gic KVM_DEV_ARM_VGIC_GRP_ADDR KVM_VGIC_V3_ADDR_TYPE_DIST
        $row.Value | Should -Be 0x8000000
        $row.Value | Should -BeOfType ([ulong])
        $row.Type | Should -Be 'addr'
    }

    It 'says <Errno>, <Id>, for <What>' -ForEach @(
        @{ What = 'an address that is set already'; Errno = 'EEXIST'; Id = 'DeviceAttrAlreadySet'; Call = { Set-KvmDeviceAttr $gic GRP_ADDR ADDR_TYPE_DIST 0x8000000 -ErrorAction Stop; Set-KvmDeviceAttr $gic GRP_ADDR ADDR_TYPE_DIST 0x9000000 -ErrorAction Stop } }
        @{ What = 'an address that is not aligned to 64K'; Errno = 'EINVAL'; Id = 'DeviceAttrInvalid'; Call = { Set-KvmDeviceAttr $gic GRP_ADDR ADDR_TYPE_DIST 0x8001000 -ErrorAction Stop } }
        @{ What = 'an address outside of the guest'; Errno = 'E2BIG'; Id = 'DeviceAttrOutOfRange'; Call = { Set-KvmDeviceAttr $gic GRP_ADDR ADDR_TYPE_DIST 0x4000000000000 -ErrorAction Stop } }
        @{ What = 'a region that there is not'; Errno = 'ENOENT'; Id = 'DeviceAttrNotFound'; Call = { Get-KvmDeviceAttr $gic GRP_ADDR ADDR_TYPE_REDIST_REGION -Value @{ Index = 5 } -ErrorAction Stop } }
        @{ What = 'the address of another VGIC'; Errno = 'ENXIO'; Id = 'DeviceAttrNotSupported'; Call = { Set-KvmDeviceAttr $gic 0 0 0x8000000 -Size 8 -ErrorAction Stop } }
        @{ What = 'an attribute that there is not'; Errno = 'ENXIO'; Id = 'DeviceAttrNotSupported'; Call = { Set-KvmDeviceAttr $gic 99 0 0 -Size 4 -ErrorAction Stop } }
        @{ What = '63 interrupts'; Errno = 'EINVAL'; Id = 'DeviceAttrInvalid'; Call = { Set-KvmDeviceAttr $gic GRP_NR_IRQS 0 63 -ErrorAction Stop } }
        @{ What = '65 interrupts'; Errno = 'EINVAL'; Id = 'DeviceAttrInvalid'; Call = { Set-KvmDeviceAttr $gic GRP_NR_IRQS 0 65 -ErrorAction Stop } }
        @{ What = 'a number of interrupts that is set already'; Errno = 'EBUSY'; Id = 'DeviceAttrBusy'; Call = { Set-KvmDeviceAttr $gic GRP_NR_IRQS 0 64 -ErrorAction Stop; Set-KvmDeviceAttr $gic GRP_NR_IRQS 0 96 -ErrorAction Stop } }
        @{ What = 'registers before INIT'; Errno = 'EBUSY'; Id = 'DeviceAttrBusy'; Call = { Get-KvmDeviceAttr $gic GRP_REDIST_REGS @{ Mpidr = 0; Offset = 0x14 } -ErrorAction Stop } }
        @{ What = 'pending tables before INIT'; Errno = 'ENXIO'; Id = 'DeviceAttrNotSupported'; Call = { Set-KvmDeviceAttr $gic GRP_CTRL SAVE_PENDING_TABLES -ErrorAction Stop } }
        @{ What = 'a buffer that is too short'; Errno = 'EFAULT'; Id = 'DeviceAttrBadAddress'; Call = { Get-KvmDeviceAttr $gic 0 2 -Size 4 -ErrorAction Stop } }
    ) {
        $gic = New-Gic $vm
        Get-Errno $Call $Id | Should -Be $Errno
    }

    It 'says EINVAL for a vCPU that there is not' {
        $gic = New-Gic $vm -Init
        Get-Errno { Get-KvmDeviceAttr $gic GRP_REDIST_REGS @{ Mpidr = 0x55; Offset = 0x14 } -ErrorAction Stop } DeviceAttrInvalid | Should -Be EINVAL
    }

    It 'is EEXIST a second time, even after the first one''s descriptor was closed' {
        $gic = New-Gic $vm
        { New-KvmDevice $vm ARM_VGIC_V3 -ErrorAction Stop } | Should -Throw
        (Get-KvmDevice $vm).Count | Should -Be 1
    }

    It 'takes INIT twice' {
        $gic = New-Gic $vm -Init
        { Set-KvmDeviceAttr $gic GRP_CTRL CTRL_INIT -ErrorAction Stop } | Should -Not -Throw
    }

    It 'reads registers by their fields, and shows them' {
        # GICR_TYPER at 8: bits 63-32 are the affinity, read as the upper word; GICD_TYPER at 4: ITLinesNumber is (64 / 32) - 1
        $gic = New-Gic $vm -Init
        $row = Get-KvmDeviceAttr $gic GRP_REDIST_REGS @{ Mpidr = 1; Offset = 0xC }
        $row.Attr | Should -Be 0x10000000C
        $row.Fields.Mpidr | Should -Be 1
        $row.Fields.Offset | Should -Be 12
        $row.Value | Should -Be 1
        $row.Value | Should -BeOfType ([uint])
        (Get-KvmDeviceAttr $gic GRP_DIST_REGS @{ Offset = 4 }).Value -band 0x1F | Should -Be 1
        (Get-KvmDeviceAttr $gic 5 0x10000000C).Fields.Mpidr | Should -Be 1
    }

    It 'sets and reads the priority mask by the parts of its instruction' {
        # ICC_PMR_EL1 is S3_0_C4_C6_0; five bits of priority: the lower three read as zero
        $gic = New-Gic $vm -Init
        $pmr = @{ Mpidr = 1; Op0 = 3; Op1 = 0; CRn = 4; CRm = 6; Op2 = 0 }
        Set-KvmDeviceAttr $gic CPU_SYSREGS $pmr 0xF0 -ErrorAction Stop
        $row = Get-KvmDeviceAttr $gic CPU_SYSREGS $pmr
        $row.Value | Should -Be 0xF0
        $row.Fields.Instr | Should -Be 0xC230
        (Get-KvmDeviceAttr $gic CPU_SYSREGS @{ Instr = 0xC230 }).Value | Should -Not -Be 0xF0
    }

    It 'registers regions of redistributors in the order of their index' {
        # vgic_init: count 2 at index 0, read back with the index in the payload
        $gic = New-Gic $vm
        Get-Errno { Set-KvmDeviceAttr $gic GRP_ADDR REDIST_REGION @{ Index = 1; Base = 0x80A0000; Count = 1 } -ErrorAction Stop } DeviceAttrInvalid | Should -Be EINVAL
        Set-KvmDeviceAttr $gic GRP_ADDR REDIST_REGION @{ Index = 0; Base = 0x80A0000; Count = 2 } -ErrorAction Stop
        $region = (Get-KvmDeviceAttr $gic GRP_ADDR REDIST_REGION -Value @{ Index = 0 }).Value
        $region.Base | Should -Be 0x80A0000
        $region.Count | Should -Be 2
        Get-Errno { Set-KvmDeviceAttr $gic GRP_ADDR ADDR_TYPE_REDIST 0x9000000 -ErrorAction Stop } DeviceAttrInvalid | Should -Be EINVAL
    }

    It 'is listed: addresses and numbers with values, commands without, register files on request' {
        $gic = New-Gic $vm -Init
        $rows = Get-KvmDeviceAttr $gic -ErrorAction Stop
        $rows.AttrName | Should -Contain 'KVM_VGIC_V3_ADDR_TYPE_DIST'
        $rows.Where{ $_.AttrName -eq 'KVM_DEV_ARM_VGIC_CTRL_INIT' }.Value | Should -BeNullOrEmpty
        $rows.Where{ $_.GroupName -like '*_REGS' } | Should -BeNullOrEmpty
        (Get-KvmDeviceAttr $gic -All).GroupName | Should -Contain 'KVM_DEV_ARM_VGIC_GRP_REDIST_REGS'
        $file = Get-KvmDeviceAttr $gic GRP_REDIST_REGS
        $file.Encoding | Should -Be 'Mpidr:32-63 Offset:0-31'
        $file.Attr | Should -BeNullOrEmpty
        { Test-KvmDeviceAttr $gic GRP_REDIST_REGS $null -ErrorAction Stop } | Should -Throw
    }

    It 'is saved and set again on a new one in another VM, <How>' -ForEach @(
        @{ How = 'as CliXml'; Travel = { [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($args[0], 3)) } }
        @{ How = 'as the numbers that JSON has'; Travel = { $args[0].ForEach{ [pscustomobject]@{ Group = [long] $_.Group; Attr = [bigint] $_.Attr; Value = $null -eq $_.Value ? $null : [bigint] $_.Value } } } }
    ) {
        $gic = New-Gic $vm -Init
        # GICD_ISENABLER1 and GICD_IPRIORITYR8 of the first shared interrupts, GICR_ISENABLER0 of vCPU 1, ICC_PMR_EL1 of vCPU 1
        Set-KvmDeviceAttr $gic GRP_DIST_REGS @{ Offset = 0x104 } 0x5 -ErrorAction Stop
        Set-KvmDeviceAttr $gic GRP_DIST_REGS @{ Offset = 0x420 } 0x00A0 -ErrorAction Stop
        Set-KvmDeviceAttr $gic GRP_REDIST_REGS @{ Mpidr = 1; Offset = 0x10100 } 0xFFFF -ErrorAction Stop
        Set-KvmDeviceAttr $gic CPU_SYSREGS @{ Mpidr = 1; Instr = 0xC230 } 0xE0 -ErrorAction Stop
        $saved = Get-KvmDeviceAttr $gic -State -ErrorAction Stop
        # arm-vgic-v3.rst: GICD_IIDR is set before any other register
        $first = $saved.Where({ $_.Fields }, 'First')
        $first.GroupName | Should -Be 'KVM_DEV_ARM_VGIC_GRP_DIST_REGS'
        $first.Fields.Offset | Should -Be 8
        $saved.Where({ $_.AttrName -eq 'KVM_DEV_ARM_VGIC_CTRL_INIT' }, 'First').Order | Should -BeLessThan $first.Order
        $arrived = & $Travel $saved

        $other = New-Machine
        $copy = New-KvmDevice $other ARM_VGIC_V3
        $arrived | Set-KvmDeviceAttr -InputObject $copy -ErrorAction Stop
        (Get-KvmDeviceAttr $copy GRP_DIST_REGS @{ Offset = 0x104 }).Value | Should -Be 0x5
        (Get-KvmDeviceAttr $copy GRP_REDIST_REGS @{ Mpidr = 1; Offset = 0x10100 }).Value | Should -Be 0xFFFF
        $again = Get-KvmDeviceAttr $copy -State -ErrorAction Stop
        $again.Count | Should -Be $saved.Count
        for ($i = 0; $i -lt $saved.Count; $i++) { "$($again[$i]) $($again[$i].Value)" | Should -Be "$($saved[$i]) $($saved[$i].Value)" }
    }
}

Describe 'Attributes of an ITS' -Skip:($noV3 -or $noIts) {
    BeforeEach {
        $vm = New-Machine
        $gic = New-Gic $vm -Init
        $its = New-KvmDevice $vm ARM_VGIC_ITS
    }
    AfterEach { Get-KvmVm | Remove-KvmVm }

    It 'has an address that is set once' {
        Set-KvmDeviceAttr $its GRP_ADDR VGIC_ITS_ADDR_TYPE 0x8080000 -ErrorAction Stop
        (Get-KvmDeviceAttr $its GRP_ADDR VGIC_ITS_ADDR_TYPE).Value | Should -Be 0x8080000
        Get-Errno { Set-KvmDeviceAttr $its GRP_ADDR VGIC_ITS_ADDR_TYPE 0x8080000 -ErrorAction Stop } DeviceAttrAlreadySet | Should -Be EEXIST
    }

    It 'says EINVAL for an address that is not aligned, E2BIG for one outside of the guest' {
        Get-Errno { Set-KvmDeviceAttr $its GRP_ADDR VGIC_ITS_ADDR_TYPE 0x8081000 -ErrorAction Stop } DeviceAttrInvalid | Should -Be EINVAL
        Get-Errno { Set-KvmDeviceAttr $its GRP_ADDR VGIC_ITS_ADDR_TYPE 0x4000000000000 -ErrorAction Stop } DeviceAttrOutOfRange | Should -Be E2BIG
    }

    It 'says ENXIO for registers before there is an address' {
        Get-Errno { Get-KvmDeviceAttr $its GRP_ITS_REGS @{ Offset = 0x80 } -ErrorAction Stop } DeviceAttrNotSupported | Should -Be ENXIO
    }

    It 'says ENXIO for a register that there is not, EINVAL for one that is not aligned' {
        Set-KvmDeviceAttr $its GRP_ADDR VGIC_ITS_ADDR_TYPE 0x8080000 -ErrorAction Stop
        Get-Errno { Get-KvmDeviceAttr $its GRP_ITS_REGS @{ Offset = 0x200 } -ErrorAction Stop } DeviceAttrNotSupported | Should -Be ENXIO
        Get-Errno { Get-KvmDeviceAttr $its GRP_ITS_REGS @{ Offset = 0x84 } -ErrorAction Stop } DeviceAttrInvalid | Should -Be EINVAL
    }

    It 'is saved and set again in the order of arm-vgic-its.rst' {
        # ITS Restore Sequence: address; GITS_CBASER; all others but GITS_CTLR; the tables; GITS_CTLR
        Set-KvmDeviceAttr $its GRP_ADDR VGIC_ITS_ADDR_TYPE 0x8080000 -ErrorAction Stop
        Set-KvmDeviceAttr $its GRP_CTRL CTRL_INIT -ErrorAction Stop
        Set-KvmDeviceAttr $its GRP_ITS_REGS @{ Offset = 0x80 } 0x40010000 -ErrorAction Stop
        $saved = Get-KvmDeviceAttr $its -State -ErrorAction Stop
        $places = $saved.ForEach{ $_.AttrName ?? ('0x{0:X}' -f $_.Fields.Offset) }
        $order = 'KVM_VGIC_ITS_ADDR_TYPE', '0x80', '0x90', 'KVM_DEV_ARM_ITS_RESTORE_TABLES', '0x0'
        $at = $order.ForEach{ $places.IndexOf($_) }
        $at | Should -Not -Contain -1
        [int[]] $sorted = $at
        [System.Array]::Sort($sorted)
        $at | Should -Be $sorted
        $other = New-Machine
        $null = New-Gic $other -Init
        $copy = New-KvmDevice $other ARM_VGIC_ITS
        $saved | Set-KvmDeviceAttr -InputObject $copy -ErrorAction Stop
        # The upper bits are memory attributes, which KVM makes sensible.
        $queue = (Get-KvmDeviceAttr $copy GRP_ITS_REGS @{ Offset = 0x80 }).Value
        $queue -band 0xFFFFFFFFF000 | Should -Be 0x40010000
        $queue | Should -Be (Get-KvmDeviceAttr $its GRP_ITS_REGS @{ Offset = 0x80 }).Value
    }
}

Describe 'Attributes of a VGICv2' -Skip:$noV2 {
    BeforeEach { $vm = New-Machine; $gic = New-KvmDevice $vm ARM_VGIC_V2 }
    AfterEach { Get-KvmVm | Remove-KvmVm }

    It 'has addresses that are aligned to 4K and set once' {
        Get-Errno { Set-KvmDeviceAttr $gic GRP_ADDR V2_ADDR_TYPE_DIST 0x8000100 -ErrorAction Stop } DeviceAttrInvalid | Should -Be EINVAL
        Set-KvmDeviceAttr $gic GRP_ADDR V2_ADDR_TYPE_DIST 0x8000000 -ErrorAction Stop
        Get-Errno { Set-KvmDeviceAttr $gic GRP_ADDR V2_ADDR_TYPE_DIST 0x8000000 -ErrorAction Stop } DeviceAttrAlreadySet | Should -Be EEXIST
    }

    It 'reads registers by vCPU and offset' {
        Set-KvmDeviceAttr $gic GRP_NR_IRQS 0 64 -ErrorAction Stop
        Set-KvmDeviceAttr $gic GRP_ADDR V2_ADDR_TYPE_DIST 0x8000000 -ErrorAction Stop
        Set-KvmDeviceAttr $gic GRP_ADDR V2_ADDR_TYPE_CPU 0x8010000 -ErrorAction Stop
        Set-KvmDeviceAttr $gic GRP_CTRL CTRL_INIT -ErrorAction Stop
        # GICD_TYPER at 4: ITLinesNumber (64 / 32) - 1, CPUNumber 2 - 1 in bits 7-5
        $row = Get-KvmDeviceAttr $gic GRP_DIST_REGS @{ Vcpu = 1; Offset = 4 }
        $row.Value -band 0xFF | Should -Be 0x21
        $row.Fields.Vcpu | Should -Be 1
        Get-Errno { Get-KvmDeviceAttr $gic GRP_DIST_REGS @{ Vcpu = 9; Offset = 4 } -ErrorAction Stop } DeviceAttrInvalid | Should -Be EINVAL
    }
}

Describe 'Timer attributes of an arm64 vCPU' -Skip:$noV3 {
    BeforeEach { $vm = New-Machine; $gic = New-Gic $vm }
    AfterEach { Get-KvmVm | Remove-KvmVm }

    It 'has PPI <Ppi> for <Timer>' -ForEach @(
        # vcpu.rst: EL1 virtual timer 27, EL1 physical timer 30
        @{ Timer = 'VTIMER'; Ppi = 27 }, @{ Timer = 'PTIMER'; Ppi = 30 }
    ) {
        $row = Get-KvmDeviceAttr $vm.Vcpus[0] TIMER_CTRL "IRQ_$Timer"
        $row.Value | Should -Be $Ppi
        $row.Value | Should -BeOfType ([int])
    }

    It 'says EINVAL for an interrupt that is no PPI' {
        Get-Errno { Set-KvmDeviceAttr $vm.Vcpus[0] TIMER_CTRL IRQ_VTIMER 64 -ErrorAction Stop } DeviceAttrInvalid | Should -Be EINVAL
    }
}
