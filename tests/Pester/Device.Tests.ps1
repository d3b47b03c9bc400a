BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet)
    # enum kvm_device_type of <linux/kvm.h>, Linux 7.2
    $types = @(
        @{ Name = 'FSL_MPIC_20'; Number = 1 }, @{ Name = 'FSL_MPIC_42'; Number = 2 }, @{ Name = 'XICS'; Number = 3 }
        @{ Name = 'VFIO'; Number = 4 }, @{ Name = 'ARM_VGIC_V2'; Number = 5 }, @{ Name = 'FLIC'; Number = 6 }
        @{ Name = 'ARM_VGIC_V3'; Number = 7 }, @{ Name = 'ARM_VGIC_ITS'; Number = 8 }, @{ Name = 'XIVE'; Number = 9 }
        @{ Name = 'ARM_PV_TIME'; Number = 10 }, @{ Name = 'RISCV_AIA'; Number = 11 }, @{ Name = 'LOONGARCH_IPI'; Number = 12 }
        @{ Name = 'LOONGARCH_EIOINTC'; Number = 13 }, @{ Name = 'LOONGARCH_PCHPIC'; Number = 14 }
        @{ Name = 'LOONGARCH_DMSINTC'; Number = 15 }, @{ Name = 'ARM_VGIC_V5'; Number = 16 }
    )
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    function Get-OpenFd { [System.IO.Directory]::GetFiles('/proc/self/fd').Count }
}

Describe 'Get-KvmDeviceType' -Skip:$noKvm {
    It 'knows <Name> as <Number>' -ForEach $types {
        (Get-KvmDeviceType -Name $Name).Number | Should -Be $Number
        (Get-KvmDeviceType -Name "KVM_DEV_TYPE_$Name").Name | Should -Be $Name
    }

    It 'says what the kernel answers to KVM_CREATE_DEVICE_TEST, for every type' {
        $vm = New-KvmVm
        try {
            foreach ($type in $vm | Get-KvmDeviceType) {
                # struct kvm_create_device { __u32 type; __u32 fd; __u32 flags; }, flags 1: KVM_CREATE_DEVICE_TEST
                $argument = [byte[]]::new(12)
                $argument[0] = $type.Number
                $argument[8] = 1
                $answer = Invoke-KvmIoctl $vm KVM_CREATE_DEVICE -Buffer $argument -ErrorAction SilentlyContinue
                $type.Supported | Should -Be ($null -ne $answer) -Because $type.Name
            }
        }
        finally { Remove-KvmVm $vm }
    }

    It 'takes wildcards, and leaves no VM behind' {
        $before = Get-OpenFd
        (Get-KvmDeviceType -Name ARM_*).Name | Should -Contain 'ARM_VGIC_ITS'
        Get-KvmVm | Should -BeNullOrEmpty
        Get-OpenFd | Should -Be $before
    }

    It 'says that VFIO is freed on release, and that a VGIC is not' {
        (Get-KvmDeviceType -Name VFIO).Teardown | Should -Be 'Release'
        (Get-KvmDeviceType -Name ARM_VGIC_V3).Teardown | Should -Be 'VmOnly'
    }
}

Describe 'New-KvmDevice' -Skip:$noKvm {
    BeforeEach { $vm = New-KvmVm -Name devices }
    AfterEach { Get-KvmVm | Remove-KvmVm }

    It 'creates a device by <_>' -ForEach 'VFIO', 'vfio', 'KVM_DEV_TYPE_VFIO', 4, '4' {
        $made = New-KvmDevice $vm $_
        $made | Should -BeOfType ([KvmPS.Native.KvmDevice])
        $made.TypeName | Should -Be 'VFIO'
        $made.Type | Should -Be 4
        $made.Vm | Should -Be $vm
        $made.State | Should -Be 'Open'
        $vm.Devices.Count | Should -Be 1
        [System.IO.FileInfo]::new("/proc/self/fd/$($made.Fd)").LinkTarget | Should -Be 'anon_inode:kvm-vfio'
    }

    It 'takes VMs from the pipeline, and by name' {
        $null = New-KvmVm -Name more
        (Get-KvmVm | New-KvmDevice -Type VFIO).Count | Should -Be 2
        $null = New-KvmVm -Name third
        (New-KvmDevice -Vm thi* -Type VFIO).Vm.Name | Should -Be 'third'
    }

    It 'creates nothing with -WhatIf' {
        $before = Get-OpenFd
        New-KvmDevice $vm VFIO -WhatIf | Should -BeNullOrEmpty
        $vm.Devices.Count | Should -Be 0
        Get-OpenFd | Should -Be $before
        New-KvmDevice $vm VFIO -ErrorAction Stop | Should -Not -BeNullOrEmpty
    }

    It 'says DeviceAlreadyExists, EBUSY, for a second VFIO device' {
        $first = New-KvmDevice $vm VFIO
        $failure = { New-KvmDevice $vm VFIO -ErrorAction Stop } |
            Should -Throw -ErrorId 'DeviceAlreadyExists,*' -ExceptionType ([KvmPS.Native.KvmException]) -PassThru
        $failure.Exception.Errno | Should -Be 'EBUSY'
        $failure.Exception.Operation | Should -Be 'KVM_CREATE_DEVICE'
        $failure.CategoryInfo.Category | Should -Be 'ResourceExists'
        $failure.TargetObject | Should -Be $vm
        $failure.ErrorDetails.RecommendedAction | Should -BeLike '*Get-KvmDevice*'
        $first.State | Should -Be 'Open'
    }

    It 'says DeviceTypeNotSupported, ENODEV, for <_>, and -WhatIf says so before' -ForEach 'FSL_MPIC_20', 'XICS', 'FLIC', 99 {
        $failure = { New-KvmDevice $vm $_ -ErrorAction Stop } |
            Should -Throw -ErrorId 'DeviceTypeNotSupported,*' -ExceptionType ([KvmPS.Native.KvmNotSupportedException]) -PassThru
        $failure.Exception.Errno | Should -Be 'ENODEV'
        $failure.CategoryInfo.Category | Should -Be 'NotInstalled'
        $failure.TargetObject | Should -Be $vm
        $failure.ErrorDetails.RecommendedAction | Should -BeLike '*Get-KvmDeviceType*'
        Test-KvmDevice $vm $_ | Should -Be $false
    }

    It 'refuses a name that is no type, and lists those that are' {
        $failure = { New-KvmDevice $vm NOSUCH } | Should -Throw -PassThru
        $failure.CategoryInfo.Category | Should -Be 'InvalidArgument'
        $failure.Exception.Message | Should -BeLike '*NOSUCH*VFIO*'
    }

    It 'says KvmVmNotFound for a VM name that does not exist' {
        { New-KvmDevice nobody VFIO -ErrorAction Stop } | Should -Throw -ErrorId 'KvmVmNotFound,*'
    }

    It 'refuses a picture of a VM' {
        { New-KvmDevice ([pscustomobject]@{ Name = 'devices' }) VFIO -ErrorAction Stop } |
            Should -Throw -ErrorId 'KvmVmArgumentInvalid,*'
    }
}

Describe 'Test-KvmDevice' -Skip:$noKvm {
    BeforeEach { $vm = New-KvmVm }
    AfterEach { Get-KvmVm | Remove-KvmVm }

    It 'is true for VFIO and false for a type of another architecture, and creates nothing' {
        $before = Get-OpenFd
        Test-KvmDevice $vm VFIO | Should -BeTrue
        $vm | Test-KvmDevice -Type FLIC | Should -BeFalse
        Test-KvmDevice $vm -Type VFIO, FLIC | Should -Be @($true, $false)
        Get-OpenFd | Should -Be $before
    }
}

Describe 'Get-KvmDevice' -Skip:$noKvm {
    BeforeEach {
        $one = New-KvmVm -Name one | New-KvmDevice -Type VFIO
        $two = New-KvmVm -Name two | New-KvmDevice -Type VFIO
    }
    AfterEach { Get-KvmVm | Remove-KvmVm }

    It 'lists those of all VMs, of one VM, of a type' {
        (Get-KvmDevice).Count | Should -Be 2
        Get-KvmDevice -Vm two | Should -Be $two
        $one.Vm | Get-KvmDevice | Should -Be $one
        (Get-KvmDevice -Type VFIO).Count | Should -Be 2
        Get-KvmDevice -Type XICS | Should -BeNullOrEmpty
    }

    It 'does not list a removed one' {
        Remove-KvmDevice $one
        Get-KvmDevice | Should -Be $two
    }
}
