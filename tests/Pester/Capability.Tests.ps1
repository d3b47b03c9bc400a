BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet)
    $noVcpuIdLimit = $noKvm -or -not (Get-KvmCapability KVM_CAP_MAX_VCPU_ID).Supported
    $x86 = [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -eq 'X64'
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
}

Describe 'Get-KvmCapability' -Skip:$noKvm {
    It 'refuses $null for a name' {
        { Get-KvmCapability -Name $null } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
        { Get-KvmCapability -Name irqchip, $null } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
    }

    It 'knows 244 capabilities with the numbers of the kernel''s header' {
        # include/uapi/linux/kvm.h, Linux 7.2: KVM_CAP_IRQCHIP 0, KVM_CAP_DEVICE_CTRL 89, KVM_CAP_BINARY_STATS_FD 203
        $all = Get-KvmCapability -All
        $all.Count | Should -Be 244
        $all.Where({ $_.Name -eq 'KVM_CAP_IRQCHIP' }).Number | Should -Be 0
        $all.Where({ $_.Name -eq 'KVM_CAP_DEVICE_CTRL' }).Number | Should -Be 89
        $all.Where({ $_.Name -eq 'KVM_CAP_BINARY_STATS_FD' }).Number | Should -Be 203
    }

    It 'shows only what is supported, unless -All or an exact name asks for more' {
        (Get-KvmCapability).Where({ -not $_.Supported }).Count | Should -Be 0
        (Get-KvmCapability).Count | Should -BeLessThan 244
        # KVM_CAP_PPC_HTM is powerpc's, KVM_CAP_S390_PSW is s390's: one of them is never supported here
        (Get-KvmCapability -Name KVM_CAP_S390_PSW).Supported | Should -BeFalse
        Get-KvmCapability -Name *S390_PSW* | Should -BeNullOrEmpty
        Get-KvmCapability -Name *S390_PSW* -All | Should -Not -BeNullOrEmpty
    }

    It 'finds KVM_CAP_USER_MEMORY by <_>' -ForEach 'KVM_CAP_USER_MEMORY', 'USER_MEMORY', 'user_memory', '3' {
        $found = Get-KvmCapability $_
        $found.Name | Should -Be 'KVM_CAP_USER_MEMORY'
        $found.Number | Should -Be 3
        $found.Value | Should -BeGreaterThan 0
        $found.Scope | Should -Be 'System'
    }

    It 'asks VMs, by parameter and by pipeline' {
        $vm = New-KvmVm
        try {
            (Get-KvmCapability USER_MEMORY -Vm $vm).Scope | Should -Be 'Vm'
            ($vm | Get-KvmCapability USER_MEMORY).Value | Should -BeGreaterThan 0
        }
        finally { Remove-KvmVm $vm }
    }

    It 'answers as KVM_CHECK_EXTENSION does, for every capability' {
        $system = Get-KvmHost
        foreach ($capability in Get-KvmCapability -All) {
            $answer = (Invoke-KvmIoctl $system KVM_CHECK_EXTENSION $capability.Number -ErrorAction SilentlyContinue -ErrorVariable failure).Result
            # EINVAL is for those that are a question to a VM only.
            if ($failure) { $failure[0].Exception.Errno | Should -Be 'EINVAL'; $answer = 0 }
            $answer | Should -Be $capability.Value -Because $capability.Name
        }
    }

    It 'takes a number that is newer than this module' {
        $found = Get-KvmCapability 100000
        $found.Number | Should -Be 100000
        $found.Supported | Should -BeFalse
    }

    It 'says KvmCapabilityNotFound for a name that does not exist' {
        $failure = { Get-KvmCapability KVM_CAP_NOSUCH -ErrorAction Stop } | Should -Throw -ErrorId 'KvmCapabilityNotFound,*' -PassThru
        $failure.CategoryInfo.Category | Should -Be 'ObjectNotFound'
        $failure.TargetObject | Should -Be 'KVM_CAP_NOSUCH'
    }
}

Describe 'Enable-KvmCapability' -Skip:$noKvm {
    BeforeEach { $vm = New-KvmVm -Name caps }
    AfterEach { Get-KvmVm | Remove-KvmVm }

    It 'limits vCPU ids with KVM_CAP_MAX_VCPU_ID: once, not above the host''s limit; ids from there on fail' -Tag Conformance, max_vcpuid_cap_test -Skip:(-not $x86 -or $noVcpuIdLimit) {
        # re-expresses the kernel's max_vcpuid_cap_test
        $limit = (Get-KvmCapability MAX_VCPU_ID).Value
        $failure = { Enable-KvmCapability $vm MAX_VCPU_ID ($limit + 1) -ErrorAction Stop } |
            Should -Throw -ErrorId 'KvmEnableCapFailed,*' -ExceptionType ([KvmPS.Native.KvmException]) -PassThru
        $failure.Exception.Errno | Should -Be 'EINVAL'
        $failure.CategoryInfo.Category | Should -Be 'InvalidArgument'
        $failure.TargetObject | Should -Be $vm
        $vm | Enable-KvmCapability -Name KVM_CAP_MAX_VCPU_ID -Argument 2 -ErrorAction Stop
        { Enable-KvmCapability $vm MAX_VCPU_ID 3 -ErrorAction Stop } | Should -Throw -ErrorId 'KvmEnableCapFailed,*'
        { New-KvmVcpu $vm -Id 2 -ErrorAction Stop } | Should -Throw -ErrorId 'KvmCreateVcpuFailed,*'
        (New-KvmVcpu $vm -Id 1 -ErrorAction Stop).Id | Should -Be 1
    }

    It 'enables nothing with -WhatIf' -Skip:(-not $x86 -or $noVcpuIdLimit) {
        Enable-KvmCapability $vm MAX_VCPU_ID 1 -WhatIf
        (New-KvmVcpu $vm -Id 5 -ErrorAction Stop).Id | Should -Be 5
    }

    It 'says KvmEnableCapFailed on a vCPU for what cannot be enabled there' {
        $vcpu = New-KvmVcpu $vm
        $failure = { Enable-KvmCapability -Vcpu $vcpu -Name KVM_CAP_USER_MEMORY -ErrorAction Stop } |
            Should -Throw -ErrorId 'KvmEnableCapFailed,*' -PassThru
        $failure.Exception.Errno | Should -Be 'EINVAL'
        $failure.TargetObject | Should -Be $vcpu
    }

    It 'refuses more than four arguments and names that do not exist' {
        { Enable-KvmCapability $vm MAX_VCPU_ID 1, 2, 3, 4, 5 } | Should -Throw
        { Enable-KvmCapability $vm NOSUCH } | Should -Throw -PassThru |
            ForEach-Object { $_.Exception.Message | Should -BeLike '*NOSUCH*' }
    }
}
