# The catalogue of device attributes, src/KvmPS.Native/Abi/Attrs/device-attrs.tsv, and what is built on it without a kernel.
# Its names, numbers and structures are held against the kernel's headers in Abi.Tests.ps1.

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $file = "$PSScriptRoot/../../src/KvmPS.Native/Abi/Attrs/device-attrs.tsv"
    $lines = [System.IO.File]::ReadAllLines($file).Where{ $_ -and $_[0] -ne '#' }
    $rows = [KvmPS.Native.Abi.DeviceAttrCatalog]::All

    $binding = [KvmPS.KvmDeviceAttr].Assembly
    $static = [System.Reflection.BindingFlags]'Static, Public'
    function Encode($Value, [string] $Type, $Size) {
        $payload = [KvmPS.Native.Abi.AttrPayload]::Parse($Type)
        $arguments = [object[]]($Value, $payload, ($Size ?? $payload.Size), '')
        $raw = $binding.GetType('KvmPS.Binding.AttrValueEncoder').GetMethod('Encode', $static).Invoke($null, $arguments)
        if ($null -eq $raw) { "refused: $($arguments[3])" } else { [System.Convert]::ToHexString($raw) }
    }
    function Decode([string] $Hex, [string] $Type) {
        $arguments = [object[]]([KvmPS.Native.Abi.AttrPayload]::Parse($Type), [System.Convert]::FromHexString($Hex))
        , $binding.GetType('KvmPS.Binding.AttrValue').GetMethod('Decode', $static).Invoke($null, $arguments)
    }
    function EncodeField($Field, [ulong] $Value) {
        $bits = [ulong] 0
        if (-not $Field.TryEncode($Value, [ref] $bits)) { return 'refused' }
        '0x{0:X}' -f $bits
    }
    function Find([string] $Type, [string] $Group) { $rows.Where{ $_.DeviceType.Name -eq $Type -and $_.GroupName -like "*$Group" }[0] }
}

Describe 'The catalogue of attributes' {
    It 'has the 132 rows of Linux 7.2' {
        $rows.Count | Should -Be 132
        $lines.Count | Should -Be 132
    }

    It 'has so many of <Owner>: <Count>' -ForEach @(
        @{ Owner = 'FSL_MPIC_20'; Count = 3 }, @{ Owner = 'FSL_MPIC_42'; Count = 3 }, @{ Owner = 'XICS'; Count = 2 }
        @{ Owner = 'VFIO'; Count = 3 }, @{ Owner = 'ARM_VGIC_V2'; Count = 6 }, @{ Owner = 'FLIC'; Count = 11 }
        @{ Owner = 'ARM_VGIC_V3'; Count = 11 }, @{ Owner = 'ARM_VGIC_ITS'; Count = 6 }, @{ Owner = 'XIVE'; Count = 7 }
        @{ Owner = 'ARM_PV_TIME'; Count = 1 }, @{ Owner = 'RISCV_AIA'; Count = 12 }, @{ Owner = 'LOONGARCH_IPI'; Count = 1 }
        @{ Owner = 'LOONGARCH_EIOINTC'; Count = 7 }, @{ Owner = 'LOONGARCH_PCHPIC'; Count = 2 }
        @{ Owner = 'LOONGARCH_DMSINTC'; Count = 2 }, @{ Owner = 'ARM_VGIC_V5'; Count = 2 }
    ) {
        @(Get-KvmDeviceAttr -Type $Owner -ListAvailable).Count | Should -Be $Count
    }

    It 'has 14 columns in every line, and in each what belongs there' {
        $number = 0
        foreach ($line in $lines) {
            $cells = $line.Split("`t")
            $cells.Count | Should -Be 14 -Because $line
            $cells.Where{ $_ -ne $_.Trim() -or $_ -eq '' } | Should -BeNullOrEmpty -Because $line
            $cells[9] | Should -BeIn @('attr', ($rows[$number].Payload.Sizes -join '|')) -Because "that is the size of $($cells[8])"
            $cells[10] | Should -Match '^(-|(Get,)?(Set,)?(Has)?|Get|(Get,)?Set)$' -Because $line
            $cells[11] | Should -BeIn @('6.1', '6.12', '7.2') -Because $line
            $number++
        }
    }

    It 'is consistent: <What>' -ForEach @(
        @{ What = 'what is a device has a type, nothing else has one'; Wrong = { ("$($_.Scope)" -eq 'Device') -ne ($null -ne $_.DeviceType) } }
        @{ What = 'a number or fields'; Wrong = { $_.Group -is [uint] -and ($null -ne $_.Attr) -eq ($_.Fields.Count -gt 0) } }
        @{ What = 'what can be read has a payload'; Wrong = { $_.Access.HasFlag([KvmPS.Native.Abi.DeviceAttrAccess]::Get) -and "$($_.Payload.Kind)" -eq 'None' } }
        @{ What = 'what is state can be set'; Wrong = { $_.State.Count -and -not $_.Access.HasFlag([KvmPS.Native.Abi.DeviceAttrAccess]::Set) } }
        @{ What = 'state names fields that there are'; Wrong = { $names = $_.Fields.Name; $_.State.Fields.Where{ $_ -and $_.Name -notin $names } } }
        @{ What = 'names are the kernel''s'; Wrong = { ($_.GroupNames + $_.AttrNames).Where{ $_ -cnotmatch '^KVM_[A-Z0-9_]+$' } } }
        @{ What = 'the size is the number only where a field is called Size'; Wrong = { $_.SizeIsAttr -and $_.Fields[0].Name -ne 'Size' } }
    ) {
        $rows.Where($Wrong) | Should -BeNullOrEmpty
    }

    It 'names every attribute of an object once' {
        $seen = [System.Collections.Generic.HashSet[string]]::new()
        foreach ($row in $rows) {
            $key = "$($row.Scope) $($row.DeviceType) $($row.Architecture) $($row.Group) $($row.Attr)"
            $seen.Add($key) | Should -Be $true -Because $key
        }
    }
}

Describe 'Get-KvmDeviceAttr -ListAvailable' {
    It 'works on any host, without /dev/kvm' {
        $row = Get-KvmDeviceAttr -ListAvailable -Type KVM_DEV_TYPE_ARM_VGIC_V3 -Group GRP_ADDR -Attr ADDR_TYPE_DIST
        # include/uapi/asm/kvm.h of arm64; Documentation/virt/kvm/devices/arm-vgic-v3.rst
        $row.GroupName | Should -Be 'KVM_DEV_ARM_VGIC_GRP_ADDR'
        $row.Group | Should -Be 0
        $row.Attr | Should -Be 2
        "$($row.Payload)" | Should -Be 'addr'
        $row.Size | Should -Be 8
        "$($row.Access)" | Should -Be 'Get, Set'
        $row.Summary | Should -BeLike '*64K*'
    }

    It 'takes a name for <Count> rows: <_.Arguments>' -ForEach @(
        @{ Arguments = @{ Type = 'ARM_VGIC_V3', 'ARM_VGIC_ITS' }; Count = 17 }
        @{ Arguments = @{ Type = 8; Group = 'CTRL' }; Count = 4 }
        @{ Arguments = @{ Group = 'KVM_VCPU_TSC_CTRL' }; Count = 1 }
        @{ Arguments = @{}; Count = 132 }
    ) {
        @(Get-KvmDeviceAttr -ListAvailable @Arguments).Count | Should -Be $Count
    }

    It 'says DeviceAttrUnknown for a name that there is not' {
        { Get-KvmDeviceAttr -ListAvailable -Type ARM_VGIC_V3 -Group NOSUCH -ErrorAction Stop } | Should -Throw -ErrorId 'DeviceAttrUnknown,*'
    }

    It 'has device types too: Get-KvmDeviceType -ListAvailable, Supported unknown' {
        $types = Get-KvmDeviceType -ListAvailable
        $types.Number | Should -Be @(1..16)
        $types.Supported.Where{ $null -ne $_ } | Should -BeNullOrEmpty
    }

    It 'completes names in full and in short: <Line>' -ForEach @(
        @{ Line = 'Get-KvmDeviceAttr -ListAvailable -Type ARM_VGIC_V3 -Group KVM_DEV_ARM_VGIC_GRP_AD'; Expected = 'KVM_DEV_ARM_VGIC_GRP_ADDR' }
        @{ Line = 'Get-KvmDeviceAttr -ListAvailable -Type ARM_VGIC_V3 -Group GRP_AD'; Expected = 'GRP_ADDR' }
        @{ Line = 'Get-KvmDeviceAttr -ListAvailable -Type ARM_VGIC_V3 -Group GRP_ADDR -Attr ADDR_TYPE_D'; Expected = 'ADDR_TYPE_DIST' }
        @{ Line = 'Get-KvmDeviceAttr -ListAvailable -Type ARM_VGIC_V3 -Group GRP_DIST_REGS -Attr '; Expected = '@{ Mpidr = 0; Offset = 0 }' }
        @{ Line = 'Get-KvmDeviceAttr -ListAvailable -Type ARM_VG'; Expected = 'ARM_VGIC_ITS' }
    ) {
        (TabExpansion2 -inputScript $Line -cursorColumn $Line.Length).CompletionMatches.CompletionText | Should -Contain $Expected
    }

    It 'completes only what the type has' {
        $line = 'Get-KvmDeviceAttr -ListAvailable -Type VFIO -Group '
        (TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches.CompletionText |
            Should -Be @('KVM_DEV_VFIO_FILE', 'KVM_DEV_VFIO_GROUP')
    }

    It 'refuses fields that there are not and values that do not fit: <Attr.Keys>' -ForEach @(
        @{ Attr = @{ Mpidr = 0; Offset = 8; Colour = 1 } }
        @{ Attr = @{ Offset = 0x100000000 } }
        @{ Attr = @{ Mpidr = 'none' } }
    ) {
        { Get-KvmDeviceAttr -ListAvailable -Type ARM_VGIC_V3 -Group GRP_DIST_REGS -Attr $Attr -ErrorAction Stop } |
            Should -Throw -ErrorId 'DeviceAttrFieldInvalid,*'
    }

    It 'refuses parts of a field that contradict it' {
        # arm-vgic-v3.rst: Op0 are bits 14 and 15 of the instruction
        { Get-KvmDeviceAttr -ListAvailable -Type ARM_VGIC_V3 -Group CPU_SYSREGS -Attr @{ Instr = 0x4000; Op0 = 3 } -ErrorAction Stop } |
            Should -Throw -ErrorId 'DeviceAttrFieldInvalid,*'
    }
}

Describe 'Bit-fields' {
    It '<Type> <Group> puts <Field> = <Value> at <Expected>' -ForEach @(
        # arm-vgic-v3.rst: bits 63-32 mpidr, 31-0 offset; Aff0 of the mpidr is the lowest byte
        @{ Type = 'ARM_VGIC_V3'; Group = 'GRP_REDIST_REGS'; Field = 'Mpidr'; Value = 0x101; Expected = '0x10100000000' }
        @{ Type = 'ARM_VGIC_V3'; Group = 'GRP_REDIST_REGS'; Field = 'Offset'; Value = 0x10080; Expected = '0x10080' }
        @{ Type = 'ARM_VGIC_V3'; Group = 'GRP_REDIST_REGS'; Field = 'Offset'; Value = 0x100000000; Expected = 'refused' }
        # arm-vgic-v3.rst: Op0 15-14, Op1 13-11, CRn 10-7, CRm 6-3, Op2 2-0
        @{ Type = 'ARM_VGIC_V3'; Group = 'GRP_CPU_SYSREGS'; Field = 'CRn'; Value = 12; Expected = '0x600' }
        @{ Type = 'ARM_VGIC_V3'; Group = 'GRP_CPU_SYSREGS'; Field = 'Op0'; Value = 4; Expected = 'refused' }
        # arm-vgic-v3.rst: 31-10 info, 9-0 vINTID
        @{ Type = 'ARM_VGIC_V3'; Group = 'GRP_LEVEL_INFO'; Field = 'Vintid'; Value = 1024; Expected = 'refused' }
        # arm-vgic.rst: 39-32 vcpu_index
        @{ Type = 'ARM_VGIC_V2'; Group = 'GRP_DIST_REGS'; Field = 'Vcpu'; Value = 7; Expected = '0x700000000' }
        # xive.rst: 31-3 server, 2-0 priority
        @{ Type = 'XIVE'; Group = 'GRP_EQ_CONFIG'; Field = 'Server'; Value = 5; Expected = '0x28' }
        # asm/kvm.h of riscv: KVM_DEV_RISCV_AIA_IMSIC_ISEL_BITS is 12
        @{ Type = 'RISCV_AIA'; Group = 'GRP_IMSIC'; Field = 'Vcpu'; Value = 2; Expected = '0x2000' }
    ) {
        $field = (Find $Type $Group).Fields.Where{ $_.Name -eq $Field }[0]
        EncodeField $field $Value | Should -Be $Expected
        if ($Expected -ne 'refused') { $field.Decode([ulong] $Expected) | Should -Be $Value }
    }

    It 'knows that the attribute of an IMSIC address is 1 + the vCPU' {
        # asm/kvm.h of riscv: KVM_DEV_RISCV_AIA_ADDR_IMSIC(__vcpu) is (1 + (__vcpu))
        $field = $rows.Where{ $_.AttrName -eq 'KVM_DEV_RISCV_AIA_ADDR_IMSIC' }[0].Fields[0]
        EncodeField $field 3 | Should -Be '0x4'
        $field.Decode(4) | Should -Be 3
    }
}

Describe 'Values' {
    It 'writes <Type> of <Value> as <Expected>' -ForEach @(
        @{ Type = 'u8'; Value = 255; Expected = 'FF' }
        @{ Type = 'u16'; Value = '0x1234'; Expected = '3412' }
        @{ Type = 'u32'; Value = 0xFEE00000; Expected = '0000E0FE' }
        @{ Type = 's32'; Value = -2; Expected = 'FEFFFFFF' }
        @{ Type = 'fd'; Value = -1; Expected = 'FFFFFFFF' }
        @{ Type = 'addr'; Value = 0x8000000; Expected = '0000000800000000' }
        @{ Type = 'u64[2]'; Value = @(1, 2); Expected = '01000000000000000200000000000000' }
        # arm-vgic-v3.rst: count 63-52, base 51-16 in place, flags 15-12, index 11-0
        @{ Type = 'u64{Index:0-11 Flags:12-15 Base@16-51 Count:52-63}'; Value = @{ Count = 2; Base = 0x80A0000; Index = 1 }; Expected = '01000A0800002000' }
        @{ Type = 'u64{Index:0-11 Count:52-63}'; Value = 3; Expected = '0300000000000000' }
        # struct kvm_pmu_event_filter of arm64: u16, u16, u8, u8[3]
        @{ Type = 'f{base_event:u16 nevents:u16 action:u8 pad:u8[3]}'; Value = @{ base_event = 0x11; nevents = 1; action = 1 }; Expected = '1100010001000000' }
        # struct kvm_s390_vm_tod_clock: u8, u64 at 8
        @{ Type = 't{epoch_idx:u8 tod:u64}'; Value = [pscustomobject]@{ tod = 2; epoch_idx = 1 }; Expected = '01000000000000000200000000000000' }
        @{ Type = 't{a:u8 b:u8}[]'; Size = 4; Value = @(@{ a = 1; b = 2 }, @{ a = 3; b = 4 }); Expected = '01020304' }
        @{ Type = 'u32'; Value = [byte[]](1, 2, 3, 4); Expected = '01020304' }
        @{ Type = 'u32|u64'; Size = 8; Value = 7; Expected = '0700000000000000' }
        @{ Type = 'none'; Value = $null; Expected = '' }
    ) {
        Encode $Value $Type $Size | Should -Be $Expected
    }

    It 'refuses <Type> of <Value>' -ForEach @(
        @{ Type = 'u8'; Value = 256 }
        @{ Type = 's32'; Value = 0x80000000L }
        @{ Type = 'u32'; Value = 'seven' }
        @{ Type = 'u32'; Value = [byte[]](1, 2, 3) }
        @{ Type = 'u32'; Value = $null }
        @{ Type = 'none'; Value = 1 }
        @{ Type = 'u64[2]'; Value = @(1, 2, 3) }
        @{ Type = 't{a:u8 b:u8}'; Value = @{ c = 1 } }
        @{ Type = 't{a:u8 b:u8}'; Value = @{ a = 256 } }
        @{ Type = 't{a:u8 b:u8}'; Value = 7 }
        @{ Type = 't{a:u8 b:u8}[]'; Size = 4; Value = @(@{ a = 1 }) }
        @{ Type = 't{a:u8 b:u8}[]'; Size = 3; Value = @(@{ a = 1 }) }
        @{ Type = 'u64{Index:0-11}'; Value = @{ Index = 4096 } }
        @{ Type = 'u64{Base@16-51}'; Value = @{ Base = 0x1234 } }
        @{ Type = 'u32|u64'; Size = 2; Value = 1 }
    ) {
        Encode $Value $Type $Size | Should -BeLike 'refused: ?*'
    }

    It 'reads <Type> as <Is>' -ForEach @(
        @{ Type = 'u8'; Hex = 'FF'; Is = [byte]; Value = 255 }
        @{ Type = 'u32'; Hex = '0000E0FE'; Is = [uint]; Value = 0xFEE00000L }
        @{ Type = 's32'; Hex = 'FEFFFFFF'; Is = [int]; Value = -2 }
        @{ Type = 'fd'; Hex = 'FFFFFFFF'; Is = [int]; Value = -1 }
        @{ Type = 'addr'; Hex = '0000000800000000'; Is = [ulong]; Value = 0x8000000 }
        @{ Type = 'u32|u64'; Hex = '0700000000000000'; Is = [ulong]; Value = 7 }
        @{ Type = 'u8[4]'; Hex = '01020304'; Is = [byte[]]; Value = 1, 2, 3, 4 }
        @{ Type = 'u64[2]'; Hex = '01000000000000000200000000000000'; Is = [ulong[]]; Value = 1, 2 }
    ) {
        $read = Decode $Hex $Type
        , $read | Should -BeOfType $Is
        $read | Should -Be $Value
    }

    It 'reads structures, bit-fields and lists as objects with their names, and writes them back the same' {
        $struct = Decode '01000000000000000200000000000000' 't{epoch_idx:u8 tod:u64}'
        $struct.epoch_idx | Should -Be 1
        $struct.tod | Should -Be 2
        Encode $struct 't{epoch_idx:u8 tod:u64}' | Should -Be '01000000000000000200000000000000'
        $region = Decode '01000A0800002000' 'u64{Index:0-11 Flags:12-15 Base@16-51 Count:52-63}'
        $region.Base | Should -Be 0x80A0000
        $region.Count | Should -Be 2
        Encode $region 'u64{Index:0-11 Flags:12-15 Base@16-51 Count:52-63}' | Should -Be '01000A0800002000'
        $list = Decode '01020304' 't{a:u8 b:u8}[]'
        $list.Count | Should -Be 2
        $list[1].a | Should -Be 3
        Encode $list 't{a:u8 b:u8}[]' 4 | Should -Be '01020304'
    }
}
