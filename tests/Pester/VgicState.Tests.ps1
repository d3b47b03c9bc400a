# Saving a VGIC with all that it holds, and making it again in another VM, in the order of arm-vgic-v3.rst and of the
# section "ITS Restore Sequence" of arm-vgic-its.rst.

BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    . "$PSScriptRoot/Arm64.ps1"
    $types = @(Get-SupportedType)
    $noIts = 'ARM_VGIC_ITS' -notin $types
    $noV2 = 'ARM_VGIC_V2' -notin $types
    $ways = @{ How = 'as CliXml' }, @{ How = 'as JSON' }
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    . "$PSScriptRoot/Arm64.ps1"

    # There and back as a text. What comes out of JSON has the types that ConvertFrom-Json makes.
    function Send-State([object[]] $State, [string] $How) {
        if ($How -eq 'as CliXml') {
            return [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($State, 3))
        }
        $rows = [System.Collections.Generic.List[object]]::new()
        foreach ($row in $State) {
            $plain = [System.Collections.Generic.Dictionary[string, object]]::new()
            foreach ($name in 'Group', 'Attr', 'Value') { $plain[$name] = $row.$name }
            $rows.Add($plain)
        }
        $text = [System.Text.Json.JsonSerializer]::Serialize($rows, $rows.GetType(), [System.Text.Json.JsonSerializerOptions]::new())
        foreach ($element in [System.Text.Json.JsonDocument]::Parse($text).RootElement.EnumerateArray()) {
            $row = [ordered]@{}
            foreach ($member in $element.EnumerateObject()) {
                $number = [bigint] 0
                $row[$member.Name] = if (-not [bigint]::TryParse($member.Value.GetRawText(), [ref] $number)) { $null }
                elseif ($number -le [long]::MaxValue) { [long] $number }
                else { $number }
            }
            [pscustomobject] $row
        }
    }

    # Each row as a line that a person can compare.
    function Show-State([object[]] $State) { $State.ForEach{ "$_ = $($_.Value)" } }

    # A command of the ITS: four words, the first with its number.
    function New-Command([ulong[]] $Words) { [byte[]] $Words.ForEach{ [System.BitConverter]::GetBytes($_) } }

    $valid = [ulong] 1 -shl 63
    $ram = 0x40000000
    $deviceTable, $collectionTable, $queue, $itt, $properties = (1..5).ForEach{ $ram + 0x10000 * $_ }
    $pending = @(($ram + 0x60000), ($ram + 0x70000))

    # An ITS as a guest would have set it up: two devices, whose events are LPIs of two vCPUs.
    function Initialize-Lpi($Gic, $Its, $Memory) {
        foreach ($mpidr in 0, 1) {
            # GICR_PROPBASER 0x70 with 16 bits of numbers, GICR_PENDBASER 0x78, GICR_CTLR.EnableLPIs
            Set-KvmDeviceAttr $Gic GRP_REDIST_REGS @{ Mpidr = $mpidr; Offset = 0x70 } ($properties + 15) -ErrorAction Stop
            Set-KvmDeviceAttr $Gic GRP_REDIST_REGS @{ Mpidr = $mpidr; Offset = 0x78 } $pending[$mpidr] -ErrorAction Stop
            Set-KvmDeviceAttr $Gic GRP_REDIST_REGS @{ Mpidr = $mpidr; Offset = 0 } 1 -ErrorAction Stop
        }
        # The LPIs 8192, 8195 and 8200 are enabled, with a priority.
        foreach ($lpi in 0, 3, 8) { Write-Memory $Memory ($properties + $lpi) 0xA1 }
        $commands = @(
            New-Command 9, 0, ($valid -bor 5), 0                                # MAPC collection 5 to vCPU 0
            New-Command 9, 0, ($valid -bor 0x10000 -bor 6), 0                   # MAPC collection 6 to vCPU 1
            New-Command (8 + (2L -shl 32)), 3, ($valid -bor $itt), 0            # MAPD device 2, 4 bits of events
            New-Command (8 + (7L -shl 32)), 3, ($valid -bor ($itt + 0x1000)), 0 # MAPD device 7
            New-Command (10 + (2L -shl 32)), (0 + (8192L -shl 32)), 5, 0        # MAPTI device 2, event 0
            New-Command (10 + (2L -shl 32)), (9 + (8195L -shl 32)), 6, 0        # MAPTI device 2, event 9
            New-Command (10 + (7L -shl 32)), (1 + (8200L -shl 32)), 6, 0        # MAPTI device 7, event 1
        )
        Write-Memory $Memory $queue ([byte[]] $commands)
        Set-KvmDeviceAttr $Its GRP_ADDR VGIC_ITS_ADDR_TYPE 0x8080000 -ErrorAction Stop
        # GITS_BASER0 is the table of devices, GITS_BASER1 that of collections, GITS_CBASER the queue: a page of 64K each
        Set-KvmDeviceAttr $Its GRP_ITS_REGS @{ Offset = 0x100 } ($valid -bor $deviceTable) -ErrorAction Stop
        Set-KvmDeviceAttr $Its GRP_ITS_REGS @{ Offset = 0x108 } ($valid -bor $collectionTable) -ErrorAction Stop
        Set-KvmDeviceAttr $Its GRP_ITS_REGS @{ Offset = 0x80 } ($valid -bor $queue -bor 15) -ErrorAction Stop
        Set-KvmDeviceAttr $Its GRP_ITS_REGS @{ Offset = 0 } 1 -ErrorAction Stop
        Set-KvmDeviceAttr $Its GRP_ITS_REGS @{ Offset = 0x88 } $commands.Count -ErrorAction Stop
    }

    # struct kvm_msi: u32 address_lo, address_hi, data, flags, devid; GITS_TRANSLATER is at 0x10040 of the ITS
    function Send-Msi($Vm, [uint] $Device, [uint] $EventId) {
        $words = [uint[]](0x8090040, 0, $EventId, 1, $Device, 0, 0, 0)
        (Invoke-KvmIoctl $Vm KVM_SIGNAL_MSI -Buffer ([byte[]] $words.ForEach{ [System.BitConverter]::GetBytes($_) }) -ErrorAction Stop).Result
    }

    function Save-Table($Gic, $Its) {
        Set-KvmDeviceAttr $Its GRP_CTRL SAVE_TABLES -ErrorAction Stop
        Set-KvmDeviceAttr $Gic GRP_CTRL SAVE_PENDING_TABLES -ErrorAction Stop
    }
}

Describe 'The state of a VGICv3 and its ITS' -Skip:$noIts {
    BeforeEach {
        $vm = New-Machine
        $memory = Add-Memory $vm $ram 0x80000
        $gic = New-Gic $vm -Init
        $its = New-KvmDevice $vm ARM_VGIC_ITS
    }
    AfterEach { Get-KvmVm | Remove-KvmVm }

    It 'is listed in the order in which it is to be set' {
        $state = Get-KvmDeviceAttr $gic -State -ErrorAction Stop
        $orders = [int[]] $state.Order
        $sorted = [int[]] $orders.Clone()
        [System.Array]::Sort($sorted)
        $orders | Should -Be $sorted
        # arm-vgic-v3.rst: INIT comes before registers, GICD_IIDR before all others
        $first = $state.Where({ $_.Fields }, 'First')[0]
        "$($first.GroupName) $($first.Fields.Offset)" | Should -Be 'KVM_DEV_ARM_VGIC_GRP_DIST_REGS 8'
        $state.Where({ $_.AttrName -eq 'KVM_DEV_ARM_VGIC_CTRL_INIT' })[0].Order | Should -BeLessThan $first.Order
        # ITS Restore Sequence: address; GITS_CBASER; all others but GITS_CTLR; the tables; GITS_CTLR
        Set-KvmDeviceAttr $its GRP_ADDR VGIC_ITS_ADDR_TYPE 0x8080000 -ErrorAction Stop
        $places = (Get-KvmDeviceAttr $its -State -ErrorAction Stop).ForEach{ $_.AttrName ?? ('0x{0:X}' -f $_.Fields.Offset) }
        $at = ('KVM_VGIC_ITS_ADDR_TYPE', '0x80', '0x90', 'KVM_DEV_ARM_ITS_RESTORE_TABLES', '0x0').ForEach{ $places.IndexOf($_) }
        $at | Should -Not -Contain -1
        $sorted = [int[]] $at
        [System.Array]::Sort($sorted)
        $at | Should -Be $sorted
        foreach ($other in '0x4', '0x88', '0x100', '0x108') {
            $places.IndexOf($other) | Should -BeGreaterThan $places.IndexOf('0x80')
            $places.IndexOf($other) | Should -BeLessThan $places.IndexOf('KVM_DEV_ARM_ITS_RESTORE_TABLES')
        }
    }

    It 'leaves out what nobody has set, and what the hardware has not' {
        # Registers cannot be read before INIT; what comes before them are the number of interrupts and the addresses.
        $early = New-Gic (New-Machine)
        Set-KvmDeviceAttr $early GRP_ADDR ADDR_TYPE_REDIST 0x80A0000 -ErrorAction Stop
        $names = (Get-KvmDeviceAttr $early -State -ErrorAction SilentlyContinue).AttrName
        $names | Should -Contain 'KVM_VGIC_V3_ADDR_TYPE_REDIST'
        $names | Should -Not -Contain 'KVM_VGIC_V3_ADDR_TYPE_DIST'
        # ICC_AP0R0_EL1 and ICC_AP1R0_EL1 are always there; more of them only where there are more than 32 preemption levels
        $instructions = (Get-KvmDeviceAttr $gic -State -ErrorAction Stop).Where{ $_.GroupName -like '*CPU_SYSREGS' }.Fields.Instr
        $instructions | Should -Contain 0xC644
        $instructions | Should -Contain 0xC648
        # ICC_CTLR_EL1.PRIbits, bits 10-8: less one
        $bits = (((Get-KvmDeviceAttr $gic CPU_SYSREGS @{ Mpidr = 0; Instr = 0xC664 }).Value -shr 8) -band 7) + 1
        $instructions.Where{ $_ -in 0xC644..0xC647 }.Count | Should -Be (2 * [System.Math]::Pow(2, [System.Math]::Max(0, $bits - 5)))
    }

    It 'has the tables of the ITS in memory as arm-vgic-its.rst lays them out' {
        Initialize-Lpi $gic $its $memory
        (Get-KvmDeviceAttr $its GRP_ITS_REGS @{ Offset = 0x90 }).Value | Should -Be (7 * 32) -Because 'all commands are done'
        Send-Msi $vm 2 9 | Should -Be 1
        Save-Table $gic $its
        # DTE: V, the distance to the next one, bits 51-8 of its ITT, the bits of its events less one
        Read-Long $memory ($deviceTable + 8 * 2) | Should -Be ($valid -bor (5L -shl 49) -bor ($itt -shr 8 -shl 5) -bor 3)
        Read-Long $memory ($deviceTable + 8 * 7) | Should -Be ($valid -bor (($itt + 0x1000) -shr 8 -shl 5) -bor 3)
        # CTE: V, number of the vCPU, collection; in no certain order
        $collections = (0, 8).ForEach{ Read-Long $memory ($collectionTable + $_) }
        $collections | Should -Contain ($valid -bor 5)
        $collections | Should -Contain ($valid -bor 0x10000 -bor 6)
        # ITE: the distance to the next one, LPI, collection
        Read-Long $memory $itt | Should -Be ((9L -shl 48) -bor (8192L -shl 16) -bor 5)
        Read-Long $memory ($itt + 8 * 9) | Should -Be ((8195L -shl 16) -bor 6)
        Read-Long $memory ($itt + 0x1000 + 8) | Should -Be ((8200L -shl 16) -bor 6)
        # The pending table has a bit for each interrupt: 8195 of vCPU 1
        Read-Long $memory ($pending[1] + 1024) | Should -Be 8
        Read-Long $memory ($pending[0] + 1024) | Should -Be 0
    }

    It 'cannot save LPIs where there is no memory: DeviceAttrBadAddress, EFAULT' {
        Initialize-Lpi $gic $its $memory
        foreach ($offset in 0, 0x78) { Set-KvmDeviceAttr $gic GRP_REDIST_REGS @{ Mpidr = 1; Offset = $offset } ($offset ? 0x60000000 : 0) -ErrorAction Stop }
        Get-Errno { Set-KvmDeviceAttr $gic GRP_CTRL SAVE_PENDING_TABLES -ErrorAction Stop } DeviceAttrBadAddress | Should -Be EFAULT
    }

    It 'is saved, sent <How>, and set again in another VM' -ForEach $ways {
        # GICD_CTLR, and of the shared interrupts group, configuration, enable, latch, active, priority and route
        foreach ($register in @(
                @{ Offset = 0x84; Value = 0xFFFFFFFFL }, @{ Offset = 0xC08; Value = 0x2A }, @{ Offset = 0x104; Value = 0x5 }
                @{ Offset = 0x204; Value = 0x10 }, @{ Offset = 0x304; Value = 0x20 }, @{ Offset = 0x420; Value = 0xA0C0 }
                @{ Offset = 0x6100; Value = 1 }, @{ Offset = 0; Value = 2 }
            )) { Set-KvmDeviceAttr $gic GRP_DIST_REGS @{ Offset = $register.Offset } $register.Value -ErrorAction Stop }
        Set-KvmDeviceAttr $gic GRP_REDIST_REGS @{ Mpidr = 1; Offset = 0x10100 } 0xFFFF -ErrorAction Stop
        Set-KvmDeviceAttr $gic GRP_REDIST_REGS @{ Mpidr = 1; Offset = 0x1041C } 0x80000000L -ErrorAction Stop
        Set-KvmDeviceAttr $gic GRP_LEVEL_INFO @{ Mpidr = 1; Vintid = 0 } 0x8000000 -ErrorAction Stop
        Set-KvmDeviceAttr $gic CPU_SYSREGS @{ Mpidr = 1; Instr = 0xC230 } 0xE0 -ErrorAction Stop
        Set-KvmDeviceAttr $gic CPU_SYSREGS @{ Mpidr = 1; Instr = 0xC667 } 1 -ErrorAction Stop
        Initialize-Lpi $gic $its $memory
        Send-Msi $vm 7 1 | Should -Be 1
        Save-Table $gic $its
        $savedGic = Get-KvmDeviceAttr $gic -State -ErrorAction Stop
        $savedIts = Get-KvmDeviceAttr $its -State -ErrorAction Stop

        # a) memory and vCPUs; the ITS must be there for GICR_CTLR.EnableLPIs to be taken; b) the VGIC; c), d) the ITS
        $other = New-Machine
        $copy = Add-Memory $other $ram 0x80000
        [System.Array]::Copy($memory.Bytes, $memory.Offset, $copy.Bytes, $copy.Offset, $copy.Size)
        $newGic = New-KvmDevice $other ARM_VGIC_V3
        $newIts = New-KvmDevice $other ARM_VGIC_ITS
        Send-State $savedGic $How | Set-KvmDeviceAttr -InputObject $newGic -ErrorAction Stop
        Send-State $savedIts $How | Set-KvmDeviceAttr -InputObject $newIts -ErrorAction Stop

        (Get-KvmDeviceAttr $newGic GRP_DIST_REGS @{ Offset = 0x104 }).Value | Should -Be 5
        (Get-KvmDeviceAttr $newGic GRP_DIST_REGS @{ Offset = 0x204 }).Value | Should -Be 0x10
        (Get-KvmDeviceAttr $newGic GRP_REDIST_REGS @{ Mpidr = 1; Offset = 0x10100 }).Value | Should -Be 0xFFFF
        (Get-KvmDeviceAttr $newGic GRP_REDIST_REGS @{ Mpidr = 1; Offset = 0 }).Value -band 1 | Should -Be 1
        (Get-KvmDeviceAttr $newGic CPU_SYSREGS @{ Mpidr = 1; Instr = 0xC230 }).Value | Should -Be 0xE0
        (Get-KvmDeviceAttr $newIts GRP_ITS_REGS @{ Offset = 0 }).Value -band 1 | Should -Be 1
        Show-State (Get-KvmDeviceAttr $newGic -State -ErrorAction Stop) | Should -Be (Show-State $savedGic)
        Show-State (Get-KvmDeviceAttr $newIts -State -ErrorAction Stop) | Should -Be (Show-State $savedIts)

        # What is in the kernel, and not in registers: the new ones write the same tables into memory that has none.
        $expected = $memory.Bytes[$memory.Offset..($memory.Offset + $memory.Size - 1)]
        foreach ($table in $deviceTable, $collectionTable, $itt, ($itt + 0x1000), ($pending[0] + 1024), ($pending[1] + 1024)) {
            Write-Memory $copy $table ([byte[]]::new(128))
        }
        Save-Table $newGic $newIts
        $same = [System.Linq.Enumerable]::SequenceEqual([byte[]] $expected, [byte[]] $copy.Bytes[$copy.Offset..($copy.Offset + $copy.Size - 1)])
        $same | Should -BeTrue
        # And an interrupt that was mapped there arrives here.
        Send-Msi $other 2 0 | Should -Be 1
        Set-KvmDeviceAttr $newGic GRP_CTRL SAVE_PENDING_TABLES -ErrorAction Stop
        Read-Long $copy ($pending[0] + 1024) | Should -Be 1
    }
}

Describe 'The state of a VGICv2' -Skip:$noV2 {
    AfterEach { Get-KvmVm | Remove-KvmVm }

    It 'is saved, sent <How>, and set again in another VM' -ForEach $ways {
        $vm = New-Machine
        $gic = New-KvmDevice $vm ARM_VGIC_V2
        Set-KvmDeviceAttr $gic GRP_NR_IRQS 0 64 -ErrorAction Stop
        Set-KvmDeviceAttr $gic GRP_ADDR V2_ADDR_TYPE_DIST 0x8000000 -ErrorAction Stop
        Set-KvmDeviceAttr $gic GRP_ADDR V2_ADDR_TYPE_CPU 0x8010000 -ErrorAction Stop
        Set-KvmDeviceAttr $gic GRP_CTRL CTRL_INIT -ErrorAction Stop
        # GICD_IIDR, GICD_CTLR, GICD_IGROUPR1, GICD_ISENABLER1, GICD_IPRIORITYR8, GICD_ITARGETSR8
        Set-KvmDeviceAttr $gic GRP_DIST_REGS @{ Vcpu = 0; Offset = 8 } (Get-KvmDeviceAttr $gic GRP_DIST_REGS @{ Vcpu = 0; Offset = 8 }).Value -ErrorAction Stop
        foreach ($register in @(
                @{ Offset = 0; Value = 1 }, @{ Offset = 0x84; Value = 0xF0 }, @{ Offset = 0x104; Value = 0x5 }
                @{ Offset = 0x420; Value = 0xA0C0 }, @{ Offset = 0x820; Value = 0x0201 }
            )) { Set-KvmDeviceAttr $gic GRP_DIST_REGS @{ Vcpu = 0; Offset = $register.Offset } $register.Value -ErrorAction Stop }
        Set-KvmDeviceAttr $gic GRP_DIST_REGS @{ Vcpu = 1; Offset = 0x100 } 0xFFFF0000L -ErrorAction Stop
        Set-KvmDeviceAttr $gic GRP_CPU_REGS @{ Vcpu = 1; Offset = 4 } 0x1E -ErrorAction Stop
        $saved = Get-KvmDeviceAttr $gic -State -ErrorAction Stop

        $other = New-Machine
        $copy = New-KvmDevice $other ARM_VGIC_V2
        Send-State $saved $How | Set-KvmDeviceAttr -InputObject $copy -ErrorAction Stop
        (Get-KvmDeviceAttr $copy GRP_DIST_REGS @{ Vcpu = 0; Offset = 0x84 }).Value | Should -Be 0xF0
        (Get-KvmDeviceAttr $copy GRP_DIST_REGS @{ Vcpu = 0; Offset = 0x820 }).Value | Should -Be 0x0201
        (Get-KvmDeviceAttr $copy GRP_CPU_REGS @{ Vcpu = 1; Offset = 4 }).Value | Should -Be 0x1E
        Show-State (Get-KvmDeviceAttr $copy -State -ErrorAction Stop) | Should -Be (Show-State $saved)
    }
}
