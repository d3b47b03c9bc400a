BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet)
    $destroys = -not $noKvm -and (Get-KvmHost).DestroyDevice -eq 'Supported'
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    function Get-OpenFd { [System.IO.Directory]::GetFiles('/proc/self/fd').Count }

    # -WhatIf writes to the host alone: another shell shows it as text.
    function Get-WhatIfText([string] $Script) {
        & "$PSScriptRoot/../../kvmps" -NoProfile -Command "Import-Module '$PSScriptRoot/../../KvmPS.psd1'; $Script" 2>&1 |
            ForEach-Object { "$_" }
    }
}

Describe 'Remove-KvmDevice' -Skip:$noKvm {
    BeforeEach {
        $vm = New-KvmVm -Name owner
        $device = New-KvmDevice $vm VFIO
    }
    AfterEach { Get-KvmVm | Remove-KvmVm }

    It 'removes a device so that another can be made, by parameter and by pipeline' {
        $before = Get-OpenFd
        Remove-KvmDevice $device
        $device.State | Should -Be 'Removed'
        $device.Fd | Should -Be -1
        $vm.Devices.Count | Should -Be 0
        Get-OpenFd | Should -Be ($before - 1)
        $again = New-KvmDevice $vm VFIO -ErrorAction Stop
        $again | Remove-KvmDevice
        $again.State | Should -Be 'Removed'
    }

    It 'emits nothing' {
        Remove-KvmDevice $device | Should -BeNullOrEmpty
    }

    It 'takes the own VM with -Vm: object, name and id' {
        foreach ($own in $vm, 'owner', $vm.Id) {
            Remove-KvmDevice (Get-KvmDevice $vm) -Vm $own -ErrorAction Stop
            $null = New-KvmDevice $vm VFIO
        }
        $device.State | Should -Be 'Removed'
    }

    It 'removes nothing with -WhatIf' {
        Remove-KvmDevice $device -WhatIf
        $device.State | Should -Be 'Open'
        Test-KvmDeviceAttr $device 1 1 | Should -BeTrue
        { New-KvmDevice $vm VFIO -ErrorAction Stop } | Should -Throw -ErrorId 'DeviceAlreadyExists,*'
    }

    It 'says with -Verbose which way it went' {
        $way = if ((Get-KvmHost).DestroyDevice -eq 'Supported') { 'Destroy' } else { 'Release' }
        $text = Remove-KvmDevice $device -Verbose 4>&1
        "$text" | Should -BeLike "*$way*VFIO device 1*VM 'owner'*"
    }

    It 'says with -WhatIf which way it would go' {
        $way = if ((Get-KvmHost).DestroyDevice -eq 'Supported') { 'Destroy' } else { 'Release' }
        $text = Get-WhatIfText '$d = New-KvmVm -Name w | New-KvmDevice -Type VFIO; Remove-KvmDevice $d -WhatIf; $d.State'
        "$text" | Should -BeLike "*What if:*$way*VFIO device 1*VM 'w'*Open*"
    }

    It 'says KvmObjectRemoved the second time, naming the device' {
        Remove-KvmDevice $device
        $failure = { Remove-KvmDevice $device -ErrorAction Stop } |
            Should -Throw -ErrorId 'KvmObjectRemoved,*' -ExceptionType ([KvmPS.Native.KvmObjectRemovedException]) -PassThru
        $failure.Exception.Message | Should -BeLike "*VFIO device 1 of VM 'owner'*"
        $failure.TargetObject | Should -Be $device
        $failure.CategoryInfo.Category | Should -Be 'InvalidOperation'
    }

    It 'says KvmObjectRemoved for <Use> of a removed device' -ForEach @(
        @{ Use = 'Test-KvmDeviceAttr'; Call = { param($d) Test-KvmDeviceAttr $d 1 1 -ErrorAction Stop } }
        @{ Use = 'Get-KvmDeviceAttr'; Call = { param($d) Get-KvmDeviceAttr $d 1 1 -ErrorAction Stop } }
        @{ Use = 'Set-KvmDeviceAttr'; Call = { param($d) Set-KvmDeviceAttr $d 1 1 3 -ErrorAction Stop } }
        @{ Use = 'Invoke-KvmIoctl'; Call = { param($d) Invoke-KvmIoctl $d KVM_HAS_DEVICE_ATTR -ErrorAction Stop } }
        @{ Use = 'Remove-KvmDevice -WhatIf'; Call = { param($d) Remove-KvmDevice $d -WhatIf -ErrorAction Stop } }
    ) {
        Remove-KvmDevice $device
        $failure = { & $Call $device } | Should -Throw -ErrorId 'KvmObjectRemoved,*' -PassThru
        $failure.TargetObject | Should -Be $device
    }

    It 'says DeviceNotOwned, EPERM, for a device of another VM, whatever the method: <_>' -ForEach 'Auto', 'Destroy', 'Release' {
        $other = New-KvmVm -Name other
        $failure = { Remove-KvmDevice $device -Vm $other -Method $_ -ErrorAction Stop } |
            Should -Throw -ErrorId 'DeviceNotOwned,*' -ExceptionType ([KvmPS.Native.KvmOwnershipException]) -PassThru
        $failure.Exception.Errno | Should -Be 'EPERM'
        $failure.CategoryInfo.Category | Should -Be 'PermissionDenied'
        $failure.TargetObject | Should -Be $device
        $failure.ErrorDetails.RecommendedAction | Should -BeLike '*own VM*'
        $device.State | Should -Be 'Open'
        Test-KvmDeviceAttr $device 1 1 | Should -BeTrue
    }

    It 'says KvmVmNotFound for a VM that does not exist, and leaves the device' {
        { Remove-KvmDevice $device -Vm nobody -ErrorAction Stop } | Should -Throw -ErrorId 'KvmVmNotFound,*'
        $device.State | Should -Be 'Open'
    }

    It 'goes on with the other devices after one that failed' {
        $second = New-KvmVm -Name second | New-KvmDevice -Type VFIO
        Remove-KvmDevice $device
        $device, $second | Remove-KvmDevice -ErrorAction SilentlyContinue
        $second.State | Should -Be 'Removed'
    }

    It 'releases with -Method Release' {
        Remove-KvmDevice $device -Method Release
        New-KvmDevice $vm VFIO -ErrorAction Stop | Should -Not -BeNullOrEmpty
    }
}

Describe 'Remove-KvmDevice on a kernel without KVM_DESTROY_DEVICE' -Skip:($noKvm -or $destroys) {
    BeforeEach {
        $vm = New-KvmVm -Name owner
        $device = New-KvmDevice $vm VFIO
    }
    AfterEach { Get-KvmVm | Remove-KvmVm }

    It 'says DestroyDeviceNotSupported with -Method Destroy, and leaves the device usable' {
        $failure = { Remove-KvmDevice $device -Method Destroy -ErrorAction Stop } |
            Should -Throw -ErrorId 'DestroyDeviceNotSupported,*' -ExceptionType ([KvmPS.Native.KvmNotSupportedException]) -PassThru
        $failure.Exception.Operation | Should -Be 'KVM_DESTROY_DEVICE'
        $failure.Exception.Errno | Should -Be 'ENOTTY'
        $failure.CategoryInfo.Category | Should -Be 'NotImplemented'
        $failure.TargetObject | Should -Be $device
        $failure.ErrorDetails.RecommendedAction | Should -BeLike '*Release*'
        $device.State | Should -Be 'Open'
        Test-KvmDeviceAttr $device 1 1 | Should -BeTrue
    }

    It 'says DestroyDeviceNotSupported for -Handle, from the kernel' {
        $failure = { Remove-KvmDevice -Vm $vm -Handle $device.Fd -ErrorAction Stop } |
            Should -Throw -ErrorId 'DestroyDeviceNotSupported,*' -ExceptionType ([KvmPS.Native.KvmNotSupportedException]) -PassThru
        $failure.Exception.Message | Should -BeLike "*fd $($device.Fd)*VM 'owner'*ENOTTY*"
        $device.State | Should -Be 'Open'
    }

    It 'says with -WhatIf that -Handle would change nothing' {
        "$(Get-WhatIfText 'Remove-KvmDevice -Vm (New-KvmVm) -Handle 0 -WhatIf')" | Should -BeLike '*What if:*does not have it*'
    }

    It 'is told by Get-KvmHost' {
        (Get-KvmHost).DestroyDevice | Should -Be 'NotSupported'
    }

    It 'answers the side-effect-free probe as the kernel does: <Scope>' -ForEach @(
        # 0xC008AEF0 with fd -1: ENOTTY from an x86 VM, EINVAL from an arm64 one
        @{ Scope = 'VM' }
    ) {
        $failure = { Invoke-KvmIoctl $vm KVM_DESTROY_DEVICE -Buffer ([byte[]](255, 255, 255, 255, 0, 0, 0, 0)) -ErrorAction Stop } |
            Should -Throw -PassThru
        $failure.Exception.Errno | Should -BeIn @('ENOTTY', 'EINVAL')
    }
}
