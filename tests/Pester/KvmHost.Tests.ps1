BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet)
    $noSetpriv = [System.Environment]::UserName -ne 'root' -or -not [System.IO.File]::Exists('/usr/bin/setpriv')
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $kvmps = "$PSScriptRoot/../../kvmps"
}

Describe 'KVM on this host' {
    It 'works, so that no test is skipped for the lack of it' {
        $failed = (Test-KvmHost).Where({ $_.Status -eq 'Fail' })
        if ($failed) { Set-ItResult -Skipped -Because "KVM does not work here: $($failed[0].Message) $($failed[0].Remedy)" }
        Test-KvmHost -Quiet | Should -BeTrue
    }
}

Describe 'Get-KvmHost' -Skip:$noKvm {
    BeforeAll { $here = Get-KvmHost }

    It 'tells the kernel from /proc, and the API version 12' {
        $here.DevicePath | Should -Be '/dev/kvm'
        $here.ApiVersion | Should -Be 12
        $here.KernelVersion | Should -Be ([System.IO.File]::ReadAllText('/proc/sys/kernel/osrelease').Trim())
        $here.Architecture | Should -Be ([System.Runtime.InteropServices.RuntimeInformation]::OSArchitecture)
    }

    It 'tells limits as KVM_CHECK_EXTENSION does' {
        $here.MaxVcpus | Should -Be (Get-KvmCapability KVM_CAP_MAX_VCPUS).Value
        $here.RecommendedVcpus | Should -Be (Get-KvmCapability KVM_CAP_NR_VCPUS).Value
        $here.MaxMemorySlots | Should -Be (Get-KvmCapability KVM_CAP_NR_MEMSLOTS).Value
        # asserted by the kernel's kvm_create_max_vcpus
        $here.MaxVcpuId | Should -BeGreaterOrEqual $here.MaxVcpus
    }

    It 'tells the size of the vCPU''s map, which holds at least struct kvm_run' {
        $here.VcpuMapSize | Should -Be (Invoke-KvmIoctl $here KVM_GET_VCPU_MMAP_SIZE).Result
        $here.VcpuMapSize | Should -BeGreaterOrEqual 2352
    }

    It 'tells device types as Get-KvmDeviceType does' {
        $here.DeviceTypes | Should -Be @((Get-KvmDeviceType).Where({ $_.Supported }).Name)
    }

    It 'names a backend that is a loaded module' -Skip:(-not [System.IO.Directory]::Exists('/sys/module')) {
        if ($here.Backend) { "/sys/module/$($here.Backend)" | Should -Exist }
        else { [System.IO.Directory]::GetDirectories('/sys/module', 'kvm_*') | Should -BeNullOrEmpty }
    }

    It 'leaves no VM and no descriptor behind' {
        $before = [System.IO.Directory]::GetFiles('/proc/self/fd').Count
        1..20 | ForEach-Object { $null = Get-KvmHost }
        [System.IO.Directory]::GetFiles('/proc/self/fd').Count | Should -Be $before
        Get-KvmVm | Should -BeNullOrEmpty
    }
}

Describe 'Test-KvmHost' {
    It 'passes everything where KVM works' -Skip:$noKvm {
        $checks = Test-KvmHost
        $checks.Name | Should -Be @('DeviceNode', 'Access', 'ApiVersion', 'VmCreation', 'VcpuCreation', 'GuestRun')
        $checks.Status | Should -Be (@('Pass') * 6)
        Test-KvmHost -Quiet | Should -BeTrue
    }

    It 'explains a device node that does not exist, and skips what depends on it' {
        $checks = Test-KvmHost -DevicePath /nonexistent/kvm
        $checks[0].Status | Should -Be 'Fail'
        $checks[0].Message | Should -BeLike '*/nonexistent/kvm does not exist*'
        $checks[0].Remedy | Should -BeLike '*modprobe*Lab*'
        $checks[1].Status | Should -Be 'Skip'
        Test-KvmHost -DevicePath /nonexistent/kvm -Quiet | Should -BeFalse
    }

    It 'explains a node that is not KVM''s' {
        $checks = Test-KvmHost -DevicePath /dev/null
        $checks[0].Status | Should -Be 'Pass'
        ($checks.Where({ $_.Status -eq 'Fail' })).Message | Should -BeLike '*KVM_GET_API_VERSION*/dev/null*ENOTTY*'
    }

    It 'explains a path that is no device' {
        (Test-KvmHost -DevicePath /etc/passwd)[0].Status | Should -Be 'Fail'
        (Test-KvmHost -DevicePath /etc)[0].Status | Should -Be 'Fail'
    }
}

Describe 'Without /dev/kvm' {
    It '<Name> says KvmNotPresent, ENOENT, with advice' -ForEach @(
        @{ Name = 'Get-KvmHost'; Call = { Get-KvmHost -DevicePath /nonexistent/kvm } }
        @{ Name = 'New-KvmVm'; Call = { New-KvmVm -DevicePath /nonexistent/kvm } }
    ) {
        $failure = $Call | Should -Throw -ErrorId 'KvmNotPresent,*' -ExceptionType ([KvmPS.Native.KvmUnavailableException]) -PassThru
        $failure.Exception.Errno | Should -Be 'ENOENT'
        $failure.CategoryInfo.Category | Should -Be 'ResourceUnavailable'
        $failure.ErrorDetails.RecommendedAction | Should -BeLike '*Test-KvmHost*'
    }
}

Describe 'Without permission' -Skip:$noSetpriv {
    It 'New-KvmVm says KvmAccessDenied, EACCES, and Test-KvmHost what to do' {
        $node = "$TestDrive/kvm"
        & mknod $node c 10 232
        & chmod 000 $node
        # Root without capabilities is stopped by the mode of the node as anybody else is.
        $text = & setpriv --bounding-set=-all --inh-caps=-all $kvmps -NoProfile -Command @"
Import-Module '$PSScriptRoot/../../KvmPS.psd1'
try { New-KvmVm -DevicePath '$node' } catch { `$_.FullyQualifiedErrorId; `$_.Exception.Errno; `$_.CategoryInfo.Category; `$_.ErrorDetails.RecommendedAction }
(Test-KvmHost -DevicePath '$node').ForEach({ "`$(`$_.Name) `$(`$_.Status) `$(`$_.Remedy)" })
"@ 2>&1
        $text = $text -join "`n"
        $text | Should -BeLike '*KvmAccessDenied,*EACCES*PermissionDenied*group*'
        $text | Should -BeLike '*Access Fail*chgrp kvm*'
    }
}
