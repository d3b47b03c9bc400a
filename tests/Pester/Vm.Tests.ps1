BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet)
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    function Get-OpenFd { [System.IO.Directory]::GetFiles('/proc/self/fd').Count }
}

Describe 'New-KvmVm' -Skip:$noKvm {
    AfterEach { Get-KvmVm | Remove-KvmVm }

    It 'creates a VM that the kernel knows by its link in /proc' {
        $vm = New-KvmVm -Name lab
        $vm | Should -BeOfType ([KvmPS.Native.KvmVm])
        $vm.Name | Should -Be 'lab'
        $vm.Type | Should -Be 0
        $vm.State | Should -Be 'Open'
        [System.IO.FileInfo]::new("/proc/self/fd/$($vm.Fd)").LinkTarget | Should -Be 'anon_inode:kvm-vm'
    }

    It 'names a VM after its id where no name is given' {
        $vm = New-KvmVm
        $vm.Name | Should -Be "VM$($vm.Id)"
    }

    It 'takes names from the pipeline, one VM each' {
        $made = 'a', 'b', 'c' | New-KvmVm
        $made.Name | Should -Be @('a', 'b', 'c')
    }

    It 'opens descriptors that no child process inherits' {
        $vm = New-KvmVm
        $flags = [System.IO.File]::ReadAllLines("/proc/self/fdinfo/$($vm.Fd)").Where({ $_ -like 'flags:*' })[0]
        [System.Convert]::ToInt32(($flags -split '\s+')[1], 8) -band [System.Convert]::ToInt32('2000000', 8) |
            Should -Not -Be 0 -Because 'O_CLOEXEC is octal 2000000'
    }

    It 'creates nothing with -WhatIf' {
        $before = Get-OpenFd
        New-KvmVm -Name nothing -WhatIf | Should -BeNullOrEmpty
        Get-KvmVm | Should -BeNullOrEmpty
        Get-OpenFd | Should -Be $before
    }

    It 'says KvmCreateVmFailed, EINVAL, for a machine type that the kernel does not have' {
        $failure = { New-KvmVm -Type 0xFFFFFFFF -ErrorAction Stop } |
            Should -Throw -ErrorId 'KvmCreateVmFailed,*' -ExceptionType ([KvmPS.Native.KvmException]) -PassThru
        $failure.Exception.Errno | Should -Be 'EINVAL'
        $failure.Exception.Operation | Should -Be 'KVM_CREATE_VM'
        $failure.CategoryInfo.Category | Should -Be 'InvalidArgument'
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'says <Id>, <Errno>, for <Path>' -ForEach @(
        @{ Path = '/nonexistent/kvm'; Id = 'KvmNotPresent'; Errno = 'ENOENT'; Category = 'ResourceUnavailable' }
        @{ Path = '/dev/null'; Id = 'KvmApiVersionMismatch'; Errno = 'ENOTTY'; Category = 'InvalidOperation' }
    ) {
        $failure = { New-KvmVm -DevicePath $Path } |
            Should -Throw -ErrorId "$Id,*" -ExceptionType ([KvmPS.Native.KvmUnavailableException]) -PassThru
        $failure.Exception.Errno | Should -Be $Errno
        $failure.CategoryInfo.Category | Should -Be $Category
        "$($failure.TargetObject)" | Should -Be $Path
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'goes on after a VM that could not be made' {
        $made = 'x', 'y' | New-KvmVm -Type 0xFFFFFFFF -ErrorAction SilentlyContinue -ErrorVariable failures
        $made | Should -BeNullOrEmpty
        $failures.Where({ $_ -is [System.Management.Automation.ErrorRecord] }).Count | Should -Be 2
    }
}

Describe 'New-KvmVm -Memory -Vcpu' -Skip:$noKvm {
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'makes a VM with both' {
        $vm = New-KvmVm -Memory 64MB -Vcpu 2
        $vm.Memory.Size | Should -Be 64MB
        $vm.Vcpus.Id | Should -Be @(0, 1)
    }

    It 'keeps out of the last GiB below 4 GiB on x86' {
        $vm = New-KvmVm -Memory 5GB
        if ([System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -eq 'X64') {
            $vm.Memory.GuestAddress | Should -Be @(0, 4GB)
            $vm.Memory.Size | Should -Be @(3GB, 2GB)
        }
        else { $vm.Memory.Size | Should -Be 5GB }
    }

    It 'takes no 0 for a size' {
        { New-KvmVm -Memory 0 } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
        Get-KvmVm | Should -BeNullOrEmpty
    }

    It 'leaves nothing behind where a part of it fails' {
        { New-KvmVm -Memory 4095 -ErrorAction Stop } | Should -Throw -ErrorId 'MemoryAlignment,*'
        { New-KvmVm -Vcpu 100000 -ErrorAction Stop } | Should -Throw -ErrorId 'KvmCreateVcpuFailed,*'
        Get-KvmVm | Should -BeNullOrEmpty
    }
}

Describe 'Get-KvmVm' -Skip:$noKvm {
    BeforeEach { $one = New-KvmVm -Name one; $two = New-KvmVm -Name two }
    AfterEach { Get-KvmVm | Remove-KvmVm }

    It 'lists all VMs by id' {
        (Get-KvmVm).Name | Should -Be @('one', 'two')
    }

    It 'finds by name, wildcard, pipeline and id' {
        (Get-KvmVm -Name one).Id | Should -Be $one.Id
        (Get-KvmVm ON*).Id | Should -Be $one.Id
        ('two' | Get-KvmVm).Id | Should -Be $two.Id
        (Get-KvmVm -Id $two.Id).Name | Should -Be 'two'
    }

    It 'takes VMs where it takes their names' {
        $vm = New-KvmVm itself
        ($vm | Get-KvmVm).Id | Should -Be $vm.Id
        (Get-KvmVm $vm).Id | Should -Be $vm.Id
    }

    It 'is silent where a wildcard matches nothing' {
        Get-KvmVm 'none*' -ErrorAction Stop | Should -BeNullOrEmpty
    }

    It 'says KvmVmNotFound for an exact name that no VM has' {
        $failure = { Get-KvmVm none -ErrorAction Stop } | Should -Throw -ErrorId 'KvmVmNotFound,*' -PassThru
        $failure.CategoryInfo.Category | Should -Be 'ObjectNotFound'
        $failure.TargetObject | Should -Be 'none'
    }

    It 'says KvmVmNotFound for an id that no VM has' {
        { Get-KvmVm -Id 2147483647 -ErrorAction Stop } | Should -Throw -ErrorId 'KvmVmNotFound,*'
    }
}

Describe 'Remove-KvmVm' -Skip:$noKvm {
    AfterEach { Get-KvmVm | Remove-KvmVm }

    It 'closes the VM with its vCPUs and devices' {
        $before = Get-OpenFd
        $vm = New-KvmVm
        $vcpu = New-KvmVcpu $vm
        $device = New-KvmDevice $vm VFIO
        Get-OpenFd | Should -Be ($before + 3)
        Remove-KvmVm $vm
        Get-OpenFd | Should -Be $before
        $vm.State, $vcpu.State, $device.State | Should -Be @('Removed', 'Removed', 'Removed')
        $vm.Fd, $vcpu.Fd, $device.Fd | Should -Be @(-1, -1, -1)
        Get-KvmVm | Should -BeNullOrEmpty
    }

    It 'takes a VM, a name, a wildcard or an id' {
        $vms = 1..4 | ForEach-Object { New-KvmVm "v$_" }
        Remove-KvmVm -Vm $vms[0]
        Remove-KvmVm -Vm v2
        Remove-KvmVm -Vm $vms[2].Id
        (Get-KvmVm).Name | Should -Be @('v4')
        Remove-KvmVm 'v*'
        Get-KvmVm | Should -BeNullOrEmpty
    }

    It 'removes nothing with -WhatIf' {
        $vm = New-KvmVm
        $vm | Remove-KvmVm -WhatIf
        $vm.State | Should -Be 'Open'
        Get-KvmCapability -Vm $vm -Name KVM_CAP_NR_MEMSLOTS -ErrorAction Stop | Should -Not -BeNullOrEmpty
    }

    It 'says KvmObjectRemoved the second time, naming the VM' {
        $vm = New-KvmVm -Name gone
        Remove-KvmVm $vm
        $failure = { Remove-KvmVm $vm -ErrorAction Stop } |
            Should -Throw -ErrorId 'KvmObjectRemoved,*' -ExceptionType ([KvmPS.Native.KvmObjectRemovedException]) -PassThru
        $failure.Exception.Message | Should -BeLike "*VM 'gone'*"
        $failure.CategoryInfo.Category | Should -Be 'InvalidOperation'
        $failure.TargetObject | Should -Be $vm
    }

    It 'says KvmObjectRemoved for every use of a removed VM: <Use>' -ForEach @(
        @{ Use = 'New-KvmVcpu'; Call = { param($vm) New-KvmVcpu $vm -ErrorAction Stop } }
        @{ Use = 'New-KvmDevice'; Call = { param($vm) New-KvmDevice $vm VFIO -ErrorAction Stop } }
        @{ Use = 'New-KvmDevice -WhatIf'; Call = { param($vm) New-KvmDevice $vm VFIO -WhatIf -ErrorAction Stop } }
        @{ Use = 'Test-KvmDevice'; Call = { param($vm) Test-KvmDevice $vm VFIO -ErrorAction Stop } }
        @{ Use = 'Get-KvmDeviceType'; Call = { param($vm) Get-KvmDeviceType $vm -ErrorAction Stop } }
        @{ Use = 'Get-KvmCapability'; Call = { param($vm) Get-KvmCapability -Vm $vm -ErrorAction Stop } }
        @{ Use = 'Enable-KvmCapability'; Call = { param($vm) Enable-KvmCapability $vm KVM_CAP_MAX_VCPU_ID 4 -ErrorAction Stop } }
        @{ Use = 'Test-KvmDeviceAttr'; Call = { param($vm) Test-KvmDeviceAttr $vm 0 0 -ErrorAction Stop } }
        @{ Use = 'Get-KvmDeviceAttr'; Call = { param($vm) Get-KvmDeviceAttr $vm 0 0 -Size 8 -ErrorAction Stop } }
        @{ Use = 'Set-KvmDeviceAttr'; Call = { param($vm) Set-KvmDeviceAttr $vm 0 0 1 -Size 8 -ErrorAction Stop } }
        @{ Use = 'Invoke-KvmIoctl'; Call = { param($vm) Invoke-KvmIoctl $vm KVM_CHECK_EXTENSION 0 -ErrorAction Stop } }
        @{ Use = 'Remove-KvmDevice -Handle'; Call = { param($vm) Remove-KvmDevice -Vm $vm -Handle 0 -ErrorAction Stop } }
    ) {
        $vm = New-KvmVm
        Remove-KvmVm $vm
        $failure = { & $Call $vm } | Should -Throw -ErrorId 'KvmObjectRemoved,*' -PassThru
        $failure.TargetObject | Should -Be $vm
    }

    It 'leaves its properties readable' {
        $vm = New-KvmVm
        Remove-KvmVm $vm
        foreach ($property in $vm.PSObject.Properties) { { $property.Value } | Should -Not -Throw }
    }
}
