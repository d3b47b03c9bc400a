BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet)
    $x86 = [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -eq 'X64'
    $noTsc = $true
    $noXcomp = $true
    if (-not $noKvm -and $x86) {
        $probe = New-KvmVm
        $noTsc = -not (Test-KvmDeviceAttr (New-KvmVcpu $probe) 0 0)
        # kvm_pvm accepts every offset and keeps none; a C program gets the same 0 back
        $forgets = (Get-KvmHost).Backend -eq 'kvm_pvm'
        $noXcomp = -not (Test-KvmDeviceAttr (Get-KvmHost) 0 0)
        Remove-KvmVm $probe
    }
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
}

Describe 'Attributes of a VFIO device' -Skip:$noKvm {
    BeforeAll { $vm = New-KvmVm -Name attrs; $device = New-KvmDevice $vm VFIO }
    AfterAll { Remove-KvmVm $vm }

    It 'Test-KvmDeviceAttr finds KVM_DEV_VFIO_FILE_ADD as <Group> <Attr>' -ForEach @(
        @{ Group = 1; Attr = 1 }
        @{ Group = '0x1'; Attr = '0x1' }
        @{ Group = 'KVM_DEV_VFIO_FILE'; Attr = 'KVM_DEV_VFIO_FILE_ADD' }
        @{ Group = 'vfio_file'; Attr = 'file_add' }
        @{ Group = 'KVM_DEV_VFIO_GROUP'; Attr = 'KVM_DEV_VFIO_GROUP_ADD' }
        @{ Group = 'FILE'; Attr = 1 }
        @{ Group = 1; Attr = 'FILE_ADD' }
    ) {
        Test-KvmDeviceAttr $device $Group $Attr | Should -BeTrue
        $device | Test-KvmDeviceAttr -Group $Group -Attr $Attr | Should -BeTrue
    }

    It 'Test-KvmDeviceAttr is false for what the kernel does not know' {
        # virt/kvm/vfio.c: has_attr knows group 1 with attributes 1 and 2 (and 3 on powerpc)
        Test-KvmDeviceAttr $device 1 77 | Should -BeFalse
        Test-KvmDeviceAttr $device 2 1 | Should -BeFalse
        Test-KvmDeviceAttr $device 0xFFFFFFFF 0xFFFFFFFFFFFFFFFF | Should -BeFalse
    }

    It 'Get-KvmDeviceAttr lists what the device has, without values that cannot be read' {
        $rows = Get-KvmDeviceAttr $device
        $rows.AttrName | Should -Be @('KVM_DEV_VFIO_FILE_ADD', 'KVM_DEV_VFIO_FILE_DEL')
        foreach ($row in $rows) {
            $row.InputObject | Should -Be $device
            $row.Group | Should -Be 1
            $row.GroupName | Should -Be 'KVM_DEV_VFIO_FILE'
            $row.Access | Should -Be 'Set'
            $row.Supported | Should -BeTrue
            $row.Value | Should -BeNullOrEmpty
        }
        (Get-KvmDeviceAttr $device -Group VFIO_FILE).Attr | Should -Be @(1, 2)
    }

    It 'Get-KvmDeviceAttr says DeviceAttrNotAccessible, EPERM: a VFIO device has no getter' {
        $failure = { Get-KvmDeviceAttr $device FILE FILE_ADD -ErrorAction Stop } |
            Should -Throw -ErrorId 'DeviceAttrNotAccessible,*' -ExceptionType ([KvmPS.Native.KvmException]) -PassThru
        $failure.Exception.Errno | Should -Be 'EPERM'
        $failure.Exception.Operation | Should -Be 'KVM_GET_DEVICE_ATTR'
        $failure.CategoryInfo.Category | Should -Be 'InvalidOperation'
        $failure.TargetObject | Should -Be $device
        $failure.ErrorDetails.RecommendedAction | Should -BeLike '*no matter of rights*'
    }

    It 'Set-KvmDeviceAttr says <Id>, <Errno>, for <What>' -ForEach @(
        @{ What = 'an attribute that does not exist'; Group = 1; Attr = 77; Value = 0; Id = 'DeviceAttrNotSupported'; Errno = 'ENXIO'; Category = 'ObjectNotFound' }
        @{ What = 'a group that does not exist'; Group = 9; Attr = 1; Value = 0; Id = 'DeviceAttrNotSupported'; Errno = 'ENXIO'; Category = 'ObjectNotFound' }
    ) {
        $failure = { Set-KvmDeviceAttr $device $Group $Attr $Value -Size 4 -ErrorAction Stop } |
            Should -Throw -ErrorId "$Id,*" -PassThru
        $failure.Exception.Errno | Should -Be $Errno
        $failure.CategoryInfo.Category | Should -Be $Category
        $failure.TargetObject | Should -Be $device
    }

    It 'Set-KvmDeviceAttr says what the kernel says of a file that is no VFIO group: EINVAL; of none: EBADF; of a file not added: ENOENT' {
        # Documentation/virt/kvm/devices/vfio.rst; virt/kvm/vfio.c kvm_vfio_file_add, kvm_vfio_file_del
        $failure = { Set-KvmDeviceAttr $device FILE FILE_ADD ([int] $vm.Fd) -ErrorAction Stop } | Should -Throw -ErrorId 'DeviceAttrInvalid,*' -PassThru
        $failure.Exception.Errno | Should -Be 'EINVAL'
        $failure.CategoryInfo.Category | Should -Be 'InvalidArgument'
        $failure = { Set-KvmDeviceAttr $device FILE FILE_ADD -1 -ErrorAction Stop } | Should -Throw -ErrorId 'KvmSetDeviceAttrFailed,*' -PassThru
        $failure.Exception.Errno | Should -Be 'EBADF'
        $failure = { Set-KvmDeviceAttr $device FILE FILE_DEL ([int] $vm.Fd) -ErrorAction Stop } | Should -Throw -ErrorId 'DeviceAttrNotFound,*' -PassThru
        $failure.Exception.Errno | Should -Be 'ENOENT'
        $failure.CategoryInfo.Category | Should -Be 'ObjectNotFound'
    }

    It 'Set-KvmDeviceAttr says DeviceAttrBadAddress, EFAULT, for a value that is shorter than the attribute' {
        # FILE_ADD reads 4 bytes; of 2 the kernel would read beyond the buffer, into the guard page
        $argument = { Set-KvmDeviceAttr $device 1 1 ([byte[]](1, 2)) -ErrorAction Stop }
        $argument | Should -Throw -ErrorId 'DeviceAttrValueInvalid,*'
        $failure = { Get-KvmDeviceAttr (Get-KvmHost) 0 0 -Size 2 -ErrorAction Stop } | Should -Throw -PassThru
        $failure.Exception.Errno | Should -BeIn @('EFAULT', 'ENXIO', 'EINVAL', 'ENOTTY')
    }

    It 'refuses before the kernel sees it: <What>' -ForEach @(
        @{ What = 'a value that does not fit'; Value = 0x1FFFFFFFF }
        @{ What = 'a text'; Value = 'seven' }
        @{ What = 'bytes of another length'; Value = [byte[]](1, 2, 3) }
        @{ What = 'no value'; Value = $null }
    ) {
        $failure = { Set-KvmDeviceAttr $device FILE FILE_ADD -Value $Value -ErrorAction Stop } |
            Should -Throw -ErrorId 'DeviceAttrValueInvalid,*' -PassThru
        $failure.CategoryInfo.Category | Should -Be 'InvalidArgument'
        $failure.TargetObject | Should -Be $device
    }

    It 'refuses names that are not known, and lists those that are' {
        foreach ($call in { Test-KvmDeviceAttr $device NOSUCH 1 -ErrorAction Stop }, { Get-KvmDeviceAttr $device FILE NOSUCH -ErrorAction Stop },
            { Get-KvmDeviceAttr $device NOSUCH -ErrorAction Stop }, { Set-KvmDeviceAttr $device FILE NOSUCH 1 -ErrorAction Stop }) {
            $failure = $call | Should -Throw -ErrorId 'DeviceAttrUnknown,*' -PassThru
            $failure.Exception.Message | Should -BeLike '*NOSUCH*'
            $failure.ErrorDetails.RecommendedAction | Should -BeLike '*KVM_DEV_VFIO_FILE_ADD*'
        }
    }

    It 'asks for the size of an attribute that it does not know' {
        { Get-KvmDeviceAttr $device 5 6 -ErrorAction Stop } | Should -Throw -ErrorId 'DeviceAttrSizeUnknown,*'
        { Set-KvmDeviceAttr $device 5 6 1 -ErrorAction Stop } | Should -Throw -ErrorId 'DeviceAttrSizeUnknown,*'
        { Set-KvmDeviceAttr $device 5 6 ([byte[]](1, 0, 0, 0)) -ErrorAction Stop } | Should -Throw -ErrorId 'DeviceAttrNotSupported,*'
    }

    It 'refuses a size that contradicts what is known' {
        $failure = { Set-KvmDeviceAttr $device FILE FILE_ADD 0 -Size 8 -ErrorAction Stop } | Should -Throw -ErrorId 'DeviceAttrValueInvalid,*' -PassThru
        $failure.Exception.Message | Should -BeLike '*4 bytes, not 8*'
        { Get-KvmDeviceAttr $device FILE FILE_ADD -Size 8 -ErrorAction Stop } | Should -Throw -ErrorId 'DeviceAttrValueInvalid,*'
    }

    It 'refuses fields for an attribute that has none' {
        foreach ($call in { Test-KvmDeviceAttr $device FILE @{ Mpidr = 0 } -ErrorAction Stop }, { Get-KvmDeviceAttr $device FILE @{ Mpidr = 0 } -ErrorAction Stop },
            { Set-KvmDeviceAttr $device FILE @{ Mpidr = 0 } 1 -ErrorAction Stop }) {
            $failure = $call | Should -Throw -ErrorId 'DeviceAttrFieldInvalid,*' -PassThru
            $failure.CategoryInfo.Category | Should -Be 'InvalidArgument'
            $failure.TargetObject | Should -Be $device
        }
        (Get-KvmDeviceAttr $device)[0].Fields | Should -BeNullOrEmpty
    }

    It 'says the error again for every object that is piped' {
        $null = $device, $device | Test-KvmDeviceAttr -Group FILE -Attr NOSUCH -ErrorAction SilentlyContinue -ErrorVariable failures
        $failures.Count | Should -Be 2
    }

    It 'has no state to be saved' {
        Get-KvmDeviceAttr $device -State | Should -BeNullOrEmpty
    }

    It 'changes nothing with -WhatIf' {
        { Set-KvmDeviceAttr $device FILE FILE_ADD ([int] $vm.Fd) -WhatIf -ErrorAction Stop } | Should -Not -Throw
    }
}

Describe 'Attributes of a vCPU: KVM_VCPU_TSC_OFFSET' -Skip:($noKvm -or $noTsc) {
    # Documentation/virt/kvm/devices/vcpu.rst; re-expresses the ioctl part of the kernel's system_counter_offset_test
    BeforeAll { $vm = New-KvmVm -Name tsc; $vcpu = New-KvmVcpu $vm }
    AfterAll { Remove-KvmVm $vm }

    It 'is listed with its value' {
        $row = Get-KvmDeviceAttr $vcpu
        $row.AttrName | Should -Be 'KVM_VCPU_TSC_OFFSET'
        $row.Access | Should -Be 'Get, Set'
        $row.Value | Should -BeOfType ([ulong])
        $row.Raw.Length | Should -Be 8
    }

    It 'reads back <_>' -Tag Conformance, system_counter_offset_test -ForEach '0', '4096', '0xFFFFFFFF81000000', '0x8000000000000000' {
        if ((Get-KvmHost).Backend -eq 'kvm_pvm') { Set-ItResult -Skipped -Because 'kvm_pvm takes TSC offsets and forgets them'; return }
        $vcpu | Set-KvmDeviceAttr -Group TSC_CTRL -Attr TSC_OFFSET -Value $_
        $row = Get-KvmDeviceAttr $vcpu TSC_CTRL TSC_OFFSET
        $row.Value | Should -Be ([System.Convert]::ToUInt64($_, $(if ($_ -like '0x*') { 16 } else { 10 })))
        [System.BitConverter]::ToUInt64($row.Raw) | Should -Be $row.Value
    }

    It 'takes a hex literal as it is typed, and bytes' -Skip:$forgets {
        Set-KvmDeviceAttr $vcpu 0 0 0xFEE00000
        (Get-KvmDeviceAttr $vcpu 0 0).Value | Should -Be 4276092928
        Set-KvmDeviceAttr $vcpu 0 0 ([byte[]](1, 0, 0, 0, 0, 0, 0, 128))
        (Get-KvmDeviceAttr $vcpu 0 0).Value | Should -Be 9223372036854775809
    }

    It 'has a type, no fields and no error' {
        $row = Get-KvmDeviceAttr $vcpu
        $row.Error | Should -BeNullOrEmpty
        $row.Type | Should -Be 'u64'
        $row.Fields | Should -BeNullOrEmpty
        $row.Encoding | Should -BeNullOrEmpty
    }

    It 'is saved as CliXml and set on a vCPU of another VM' -Skip:$forgets {
        Set-KvmDeviceAttr $vcpu 0 0 0x123456789ABC
        $xml = [System.Management.Automation.PSSerializer]::Serialize((Get-KvmDeviceAttr $vcpu -State), 3)
        $other = New-KvmVm -Name tsc2
        try {
            $copy = New-KvmVcpu $other
            [System.Management.Automation.PSSerializer]::Deserialize($xml) | Set-KvmDeviceAttr -InputObject $copy
            (Get-KvmDeviceAttr $copy 0 0).Value | Should -Be 0x123456789ABC
        }
        finally { Remove-KvmVm $other }
    }

    It 'has a state that goes through CliXml and JSON: group, attribute and value arrive' {
        $state = Get-KvmDeviceAttr $vcpu -State
        $state.Order | Should -BeOfType ([int])
        $picture = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($state, 3))
        { $picture | Set-KvmDeviceAttr -InputObject $vcpu -ErrorAction Stop } | Should -Not -Throw
        # as ConvertFrom-Json makes them
        $plain = [pscustomobject]@{ Group = [long] $state.Group; Attr = [long] $state.Attr; Value = [bigint] $state.Value }
        { $plain | Set-KvmDeviceAttr -InputObject $vcpu -ErrorAction Stop } | Should -Not -Throw
        { [pscustomobject]@{ Group = 0; Attr = 77; Value = 1 } | Set-KvmDeviceAttr -InputObject $vcpu -ErrorAction Stop } |
            Should -Throw -ErrorId 'DeviceAttrSizeUnknown,*'
    }

    It 'emits the vCPU with -PassThru' {
        Set-KvmDeviceAttr $vcpu 0 0 5 -PassThru | Should -Be $vcpu
    }

    It 'is not changed by -WhatIf' -Skip:$forgets {
        Set-KvmDeviceAttr $vcpu 0 0 5
        Set-KvmDeviceAttr $vcpu 0 0 6 -WhatIf
        (Get-KvmDeviceAttr $vcpu 0 0).Value | Should -Be 5
    }

    It 'stays within a buffer that is too short: DeviceAttrBadAddress, EFAULT' {
        $failure = { Get-KvmDeviceAttr $vcpu 0 0 -Size 4 -ErrorAction Stop } |
            Should -Throw -ErrorId 'DeviceAttrBadAddress,*' -PassThru
        $failure.Exception.Errno | Should -Be 'EFAULT'
        $failure.CategoryInfo.Category | Should -Be 'InvalidData'
        $failure.ErrorDetails.RecommendedAction | Should -BeLike '*-Size*'
    }

    It 'is read at the start of a buffer that is longer' -Skip:$forgets {
        Set-KvmDeviceAttr $vcpu 0 0 0x1122
        $row = Get-KvmDeviceAttr $vcpu 0 0 -Size 16
        [System.Convert]::ToHexString($row.Raw) | Should -Be '22110000000000000000000000000000'
    }

    It 'is ENXIO for another attribute of the group' {
        Test-KvmDeviceAttr $vcpu 0 1 | Should -BeFalse
        $failure = { Get-KvmDeviceAttr $vcpu 0 1 -Size 8 -ErrorAction Stop } | Should -Throw -ErrorId 'DeviceAttrNotSupported,*' -PassThru
        $failure.Exception.Errno | Should -Be 'ENXIO'
    }
}

Describe 'Attributes of the host: KVM_X86_XCOMP_GUEST_SUPP' -Skip:($noKvm -or $noXcomp) {
    It 'is a mask that includes x87 and SSE' {
        # XCR0: bit 0 x87, bit 1 SSE; both are always there on x86-64
        $row = Get-KvmHost | Get-KvmDeviceAttr -Group GRP_SYSTEM -Attr XCOMP_GUEST_SUPP
        $row.Value -band 3 | Should -Be 3
    }

    It 'cannot be set' {
        $failure = { Set-KvmDeviceAttr (Get-KvmHost) 0 0 1 -ErrorAction Stop } | Should -Throw -PassThru
        $failure.Exception.Errno | Should -Be 'EINVAL'
    }
}

Describe 'Attributes of a VM on x86' -Skip:($noKvm -or -not $x86) {
    It 'do not exist: listed as none, tested as false, read as DeviceAttrNotSupported' {
        $vm = New-KvmVm
        try {
            Get-KvmDeviceAttr $vm -ErrorAction Stop | Should -BeNullOrEmpty
            Test-KvmDeviceAttr $vm 0 0 | Should -BeFalse
            $failure = { Get-KvmDeviceAttr $vm 0 0 -Size 8 -ErrorAction Stop } | Should -Throw -ErrorId 'DeviceAttrNotSupported,*' -PassThru
            $failure.Exception.Errno | Should -Be 'ENOTTY'
        }
        finally { Remove-KvmVm $vm }
    }
}
