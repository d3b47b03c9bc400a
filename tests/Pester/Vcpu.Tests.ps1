BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet)
    $x86 = [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -eq 'X64'
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
}

Describe 'vCPUs' -Skip:$noKvm {
    BeforeEach { $vm = New-KvmVm -Name vcpus }
    AfterEach { Get-KvmVm | Remove-KvmVm }

    It 'New-KvmVcpu creates one with the lowest free id' {
        $made = New-KvmVcpu $vm
        $made | Should -BeOfType ([KvmPS.Native.KvmVcpu])
        $made.Id | Should -Be 0
        $made.Vm | Should -Be $vm
        [System.IO.FileInfo]::new("/proc/self/fd/$($made.Fd)").LinkTarget | Should -Be 'anon_inode:kvm-vcpu:0'
        ($vm | New-KvmVcpu).Id | Should -Be 1
        $vm.Vcpus.Count | Should -Be 2
    }

    It 'New-KvmVcpu takes ids' {
        (New-KvmVcpu $vm -Id 3, 1).Id | Should -Be @(3, 1)
        (New-KvmVcpu $vm).Id | Should -Be 0
        (New-KvmVcpu $vm).Id | Should -Be 2
    }

    It 'New-KvmVcpu -WhatIf creates none' {
        New-KvmVcpu $vm -WhatIf | Should -BeNullOrEmpty
        $vm.Vcpus.Count | Should -Be 0
    }

    It 'New-KvmVcpu says ResourceExists, EEXIST, for an id twice' {
        $null = New-KvmVcpu $vm -Id 0
        $failure = { New-KvmVcpu $vm -Id 0 -ErrorAction Stop } |
            Should -Throw -ErrorId 'KvmCreateVcpuFailed,*' -ExceptionType ([KvmPS.Native.KvmException]) -PassThru
        $failure.Exception.Errno | Should -Be 'EEXIST'
        $failure.CategoryInfo.Category | Should -Be 'ResourceExists'
        $failure.TargetObject | Should -Be $vm
    }

    It 'New-KvmVcpu says InvalidArgument, EINVAL, for an id that is too high' {
        $limit = (Get-KvmCapability KVM_CAP_MAX_VCPU_ID).Value
        $failure = { New-KvmVcpu $vm -Id $limit -ErrorAction Stop } | Should -Throw -ErrorId 'KvmCreateVcpuFailed,*' -PassThru
        $failure.Exception.Errno | Should -Be 'EINVAL'
        $failure.CategoryInfo.Category | Should -Be 'InvalidArgument'
    }

    It 'Get-KvmVcpu finds them by VM, by id and by pipeline' {
        $null = New-KvmVcpu $vm -Id 0, 1
        $other = New-KvmVm other
        $null = New-KvmVcpu $other
        (Get-KvmVcpu).Count | Should -Be 3
        (Get-KvmVcpu vcpus).Id | Should -Be @(0, 1)
        (Get-KvmVcpu $vm -Id 1).Id | Should -Be 1
        ($other | Get-KvmVcpu).Vm | Should -Be $other
    }

    It 'Remove-KvmVcpu closes it, and the kernel keeps its id' {
        $vcpu = New-KvmVcpu $vm
        $vcpu | Remove-KvmVcpu
        $vcpu.State | Should -Be 'Removed'
        $vm.Vcpus.Count | Should -Be 0
        { New-KvmVcpu $vm -Id 0 -ErrorAction Stop } | Should -Throw -ErrorId 'KvmCreateVcpuFailed,*'
        (New-KvmVcpu $vm).Id | Should -Be 1
    }

    It 'Remove-KvmVcpu -WhatIf removes nothing' {
        $vcpu = New-KvmVcpu $vm
        Remove-KvmVcpu $vcpu -WhatIf
        $vcpu.State | Should -Be 'Open'
    }

    It 'says KvmObjectRemoved for a removed one, naming it' {
        $vcpu = New-KvmVcpu $vm
        Remove-KvmVcpu $vcpu
        foreach ($use in { Remove-KvmVcpu $vcpu -ErrorAction Stop }, { Test-KvmDeviceAttr $vcpu 0 0 -ErrorAction Stop }) {
            $failure = $use | Should -Throw -ErrorId 'KvmObjectRemoved,*' -PassThru
            $failure.Exception.Message | Should -BeLike "*vCPU 0 of VM 'vcpus'*"
            $failure.TargetObject | Should -Be $vcpu
        }
    }
}

Describe 'Initialize-KvmVcpu' -Skip:($noKvm -or -not $x86) {
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    # On arm64: Arm64Register.Tests.ps1.
    It 'says KvmInitializeNotNeeded where vCPUs can run as they are made' {
        $vcpu = (New-KvmVm plain -Vcpu 1).Vcpus[0]
        $failure = { $vcpu | Initialize-KvmVcpu -ErrorAction Stop } | Should -Throw -ErrorId 'KvmInitializeNotNeeded,*' -PassThru
        $failure.Exception.Errno | Should -Be 'ENOTTY'
        $failure.CategoryInfo.Category | Should -Be 'NotImplemented'
        { Initialize-KvmVcpu $vcpu -WhatIf -ErrorAction Stop } | Should -Not -Throw
    }
}
