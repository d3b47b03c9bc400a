# What KVM_DESTROY_DEVICE does for real. No kernel that is released has it: build.ps1 Lab runs this on one that was patched.

BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $destroys = (Test-KvmHost -Quiet) -and (Get-KvmHost).DestroyDevice -eq 'Supported'
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $manifest = "$PSScriptRoot/../../KvmPS.psd1"
    function Get-OpenFd { [System.IO.Directory]::GetFiles('/proc/self/fd').Count }
}

Describe 'KVM_DESTROY_DEVICE' -Tag Lab -Skip:(-not $destroys) {
    BeforeEach {
        $vm = New-KvmVm -Name owner
        $other = New-KvmVm -Name other
        $device = New-KvmDevice $vm VFIO
    }
    AfterEach { Get-KvmVm | Remove-KvmVm }

    It 'is what Remove-KvmDevice uses with -Method <_>' -ForEach 'Auto', 'Destroy' {
        $text = Remove-KvmDevice $device -Method $_ -Verbose 4>&1
        "$text" | Should -BeLike "*Destroy (KVM_DESTROY_DEVICE*"
        $device.State | Should -Be 'Removed'
        $device.Fd | Should -Be -1
        New-KvmDevice $vm VFIO -ErrorAction Stop | Should -Not -BeNullOrEmpty
    }

    It 'is not used with -Method Release' {
        "$(Remove-KvmDevice $device -Method Release -Verbose 4>&1)" | Should -BeLike '*Release*'
        New-KvmDevice $vm VFIO -ErrorAction Stop | Should -Not -BeNullOrEmpty
    }

    It 'is told by Get-KvmHost, and not done by -WhatIf' {
        (Get-KvmHost).DestroyDevice | Should -Be 'Supported'
        Remove-KvmDevice $device -WhatIf
        Remove-KvmDevice -Vm $vm -Handle $device.Fd -WhatIf
        Test-KvmDeviceAttr $device 1 1 | Should -BeTrue
    }

    It 'frees the device while its descriptor is still open' {
        $before = Get-OpenFd
        Remove-KvmDevice -Vm $vm -Handle $device.Fd -ErrorAction Stop
        Get-OpenFd | Should -Be $before
        $second = New-KvmDevice $vm VFIO -ErrorAction Stop
        Test-KvmDeviceAttr $second 1 1 | Should -BeTrue

        # the destroyed one's descriptor answers ENODEV to everything
        $failure = { Test-KvmDeviceAttr $device 1 1 -ErrorAction Stop } | Should -Throw -ErrorId 'DeviceNotFound,*' -PassThru
        $failure.Exception.Errno | Should -Be 'ENODEV'
        $failure.TargetObject | Should -Be $device
    }

    It 'says DeviceHandleInvalid, EBADF, for a descriptor that is not open' {
        $failure = { Remove-KvmDevice -Vm owner -Handle 9999 -ErrorAction Stop } |
            Should -Throw -ErrorId 'DeviceHandleInvalid,*' -ExceptionType ([KvmPS.Native.KvmException]) -PassThru
        $failure.Exception.Errno | Should -Be 'EBADF'
        $failure.Exception.Message | Should -BeLike "*fd 9999*VM 'owner'*"
        $failure.CategoryInfo.Category | Should -Be 'InvalidArgument'
        $failure.TargetObject | Should -Be $vm
        $failure.ErrorDetails.RecommendedAction | Should -BeLike '*Get-KvmDevice*'
    }

    It 'says DeviceNotFound, ENODEV, for <What>' -ForEach @(
        @{ What = 'a VM'; Fd = { $vm.Fd } }
        @{ What = 'a vCPU'; Fd = { (New-KvmVcpu $vm).Fd } }
        @{ What = 'a device that was destroyed before'; Fd = { Remove-KvmDevice -Vm $vm -Handle $device.Fd; $device.Fd } }
        @{ What = 'standard input'; Fd = { 0 } }
    ) {
        $handle = & $Fd
        $failure = { Remove-KvmDevice -Vm $vm -Handle $handle -ErrorAction Stop } |
            Should -Throw -ErrorId 'DeviceNotFound,*' -ExceptionType ([KvmPS.Native.KvmException]) -PassThru
        $failure.Exception.Errno | Should -Be 'ENODEV'
        $failure.CategoryInfo.Category | Should -Be 'ObjectNotFound'
        $failure.TargetObject | Should -Be $vm
    }

    It 'says DeviceNotOwned, EPERM, on another VM, from the kernel, and the device survives' {
        $failure = { Remove-KvmDevice -Vm $other -Handle $device.Fd -ErrorAction Stop } |
            Should -Throw -ErrorId 'DeviceNotOwned,*' -ExceptionType ([KvmPS.Native.KvmOwnershipException]) -PassThru
        $failure.Exception.Errno | Should -Be 'EPERM'
        $failure.CategoryInfo.Category | Should -Be 'PermissionDenied'
        $failure.TargetObject | Should -Be $other
        $failure.ErrorDetails.RecommendedAction | Should -BeLike '*own VM*'
        Test-KvmDeviceAttr $device 1 1 | Should -BeTrue
    }

    It 'makes the object unusable: KvmObjectRemoved' {
        Remove-KvmDevice $device -Method Destroy
        foreach ($use in { Remove-KvmDevice $device -ErrorAction Stop }, { Test-KvmDeviceAttr $device 1 1 -ErrorAction Stop },
            { Set-KvmDeviceAttr $device 1 1 0 -ErrorAction Stop }) {
            $failure = $use | Should -Throw -ErrorId 'KvmObjectRemoved,*' -ExceptionType ([KvmPS.Native.KvmObjectRemovedException]) -PassThru
            $failure.TargetObject | Should -Be $device
        }
    }

    It 'waits for work in flight: other runspaces get answers until the end, then KvmObjectRemoved' {
        $results = 0..3 | ForEach-Object -Parallel {
            Import-Module $using:manifest
            $d = $using:device
            if ($_ -eq 0) { [System.Threading.Thread]::Sleep(50); Remove-KvmDevice $d -Method Destroy -ErrorAction Stop; return 'destroyed' }
            while ($true) {
                try { if (-not (Test-KvmDeviceAttr $d 1 1 -ErrorAction Stop)) { return 'wrong answer' } }
                catch { return $_.FullyQualifiedErrorId.Split(',')[0] }
            }
        } -ThrottleLimit 4
        $results.Where({ $_ -eq 'destroyed' }).Count | Should -Be 1
        $results.Where({ $_ -in 'KvmObjectRemoved', 'DeviceNotFound' }).Count | Should -Be 3
        New-KvmDevice $vm VFIO -ErrorAction Stop | Should -Not -BeNullOrEmpty
    }

    It 'can be repeated: 200 devices, one after the other' {
        Remove-KvmDevice $device
        $before = Get-OpenFd
        for ($i = 0; $i -lt 200; $i++) { New-KvmDevice $vm VFIO -ErrorAction Stop | Remove-KvmDevice -Method Destroy -ErrorAction Stop }
        Get-OpenFd | Should -Be $before
    }
}
