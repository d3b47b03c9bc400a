BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet)
    $x86 = [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -eq 'X64'
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
}

Describe 'Invoke-KvmIoctl' -Skip:$noKvm {
    BeforeEach { $vm = New-KvmVm -Name ioctls }
    AfterEach { Get-KvmVm | Remove-KvmVm }

    It 'issues KVM_GET_API_VERSION as <_>' -ForEach 'KVM_GET_API_VERSION', 'get_api_version', '0xAE00', 0xAE00 {
        $answer = Get-KvmHost | Invoke-KvmIoctl -Request $_
        $answer.Request | Should -Be 'KVM_GET_API_VERSION'
        $answer.Result | Should -Be 12
        $answer.Buffer | Should -BeNullOrEmpty
    }

    It 'passes numbers' {
        (Invoke-KvmIoctl $vm KVM_CHECK_EXTENSION -Value 3).Result | Should -Be 1
    }

    It 'passes a struct and gives back what the kernel made of it' {
        # struct kvm_clock_data { __u64 clock; __u32 flags; __u32 pad0; __u64 realtime; __u64 host_tsc; __u32 pad[4]; }
        $answer = Invoke-KvmIoctl $vm KVM_GET_CLOCK
        $answer.Buffer.Length | Should -Be 48
        [System.BitConverter]::ToUInt64($answer.Buffer, 0) | Should -BeGreaterThan 0
    } -Skip:(-not $x86)

    It 'leaves the caller''s buffer as it was' {
        $mine = [byte[]]::new(48)
        $answer = Invoke-KvmIoctl $vm KVM_GET_CLOCK -Buffer $mine
        $answer.Buffer | Should -Not -Be $mine
    } -Skip:(-not $x86)

    It 'fills small arguments from a number' -Skip:(-not $x86) {
        # KVM_SET_IDENTITY_MAP_ADDR carries a __u64; EINVAL once a vCPU exists (api.rst 4.40)
        { Invoke-KvmIoctl $vm KVM_SET_IDENTITY_MAP_ADDR -Value 0xFFFBC000 -ErrorAction Stop } | Should -Not -Throw
        $null = New-KvmVcpu $vm
        $failure = { Invoke-KvmIoctl $vm KVM_SET_IDENTITY_MAP_ADDR -Value 0xFFFBC000 -ErrorAction Stop } | Should -Throw -PassThru
        $failure.Exception.Errno | Should -Be 'EINVAL'
    }

    It 'refuses a buffer that is shorter than the request says, before the kernel sees it' {
        $failure = { Invoke-KvmIoctl $vm KVM_CREATE_DEVICE -Buffer ([byte[]]::new(11)) -ErrorAction Stop } |
            Should -Throw -ErrorId 'KvmIoctlArgumentInvalid,*' -PassThru
        $failure.Exception.Message | Should -BeLike '*KVM_CREATE_DEVICE*12*11*'
        $failure.TargetObject | Should -Be $vm
    }

    It 'refuses a struct for a request that takes a number, and both at once' {
        { Invoke-KvmIoctl $vm KVM_CHECK_EXTENSION -Buffer ([byte[]]::new(8)) -ErrorAction Stop } |
            Should -Throw -ErrorId 'KvmIoctlArgumentInvalid,*'
        { Invoke-KvmIoctl $vm KVM_CREATE_DEVICE -Value 1 -Buffer ([byte[]]::new(12)) -ErrorAction Stop } |
            Should -Throw -ErrorId 'KvmIoctlArgumentInvalid,*'
    }

    It 'names the request in its error: <Id>' -ForEach @(
        @{ Request = 'KVM_GET_API_VERSION'; Id = 'KvmGetApiVersionFailed' }
        @{ Request = 'KVM_SET_MP_STATE'; Id = 'KvmSetMpStateFailed' }
    ) {
        # a VM answers neither: ENOTTY on x86, EINVAL on arm64 (notes of the kernel's api.rst: "-ENOTTY")
        $failure = { Invoke-KvmIoctl $vm $Request -ErrorAction Stop } | Should -Throw -PassThru
        $failure.Exception.Operation | Should -Be $Request
        $failure.Exception.Errno | Should -BeIn @('ENOTTY', 'EINVAL')
        $failure.TargetObject | Should -Be $vm
    }

    It 'issues numbers that are not in the table' {
        # _IO(0xAE, 0xFF): nobody has it
        $failure = { Invoke-KvmIoctl $vm 0xAEFF -ErrorAction Stop } | Should -Throw -PassThru
        $failure.Exception.Errno | Should -BeIn @('ENOTTY', 'EINVAL')
        $failure.FullyQualifiedErrorId | Should -BeLike '*Failed,*'
    }

    It 'issues nothing with -WhatIf' {
        Invoke-KvmIoctl $vm KVM_CREATE_VCPU -Value 0 -WhatIf | Should -BeNullOrEmpty
        { New-KvmVcpu $vm -Id 0 -ErrorAction Stop } | Should -Not -Throw
    }

    It 'refuses a name that is no request' {
        $failure = { Invoke-KvmIoctl $vm KVM_NOSUCH } | Should -Throw -PassThru
        $failure.Exception.Message | Should -BeLike '*KVM_NOSUCH*'
    }
}
