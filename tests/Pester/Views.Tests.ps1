BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet)
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $kvmps = "$PSScriptRoot/../../kvmps"
    $manifest = "$PSScriptRoot/../../KvmPS.psd1"
    function Show([string] $Script) {
        (& $kvmps -NoProfile -Command "Import-Module '$manifest'; $Script" 2>&1 | ForEach-Object { "$_" }) -join "`n"
    }
}

Describe 'What a person sees' -Skip:$noKvm {
    It '<What>' -ForEach @(
        @{ What = 'a VM'; Script = 'New-KvmVm -Name lab'; Shows = '*Id*Name*State*Fd*Vcpus*Devices*lab*Open*' }
        @{ What = 'a vCPU'; Script = 'New-KvmVm -Name lab | New-KvmVcpu'; Shows = '*Id*Vm*State*Fd*0*lab*Open*' }
        @{ What = 'a device'; Script = 'New-KvmVm -Name lab | New-KvmDevice -Type VFIO'; Shows = '*Id*Vm*TypeName*Type*State*Fd*1*lab*VFIO*4*Open*' }
        @{ What = 'a device type'; Script = 'Get-KvmDeviceType -Name VFIO'; Shows = '*Number*Name*Supported*Architecture*Teardown*4*VFIO*True*All*Release*' }
        @{ What = 'a capability'; Script = 'Get-KvmCapability USER_MEMORY'; Shows = '*Number*Name*Supported*Value*Scope*3*KVM_CAP_USER_MEMORY*True*1*System*' }
        @{ What = 'the host'; Script = 'Get-KvmHost'; Shows = '*DevicePath*: /dev/kvm*ApiVersion*: 12*DeviceTypes*: {*VFIO*}*DestroyDevice*' }
        @{ What = 'an attribute'; Script = 'New-KvmVm | New-KvmDevice -Type VFIO | Get-KvmDeviceAttr'; Shows = '*Group*Attr*Access*Value*KVM_DEV_VFIO_FILE*KVM_DEV_VFIO_FILE_ADD*Set*' }
        @{ What = 'an ioctl'; Script = 'Get-KvmHost | Invoke-KvmIoctl -Request GET_API_VERSION'; Shows = '*Request*Result*KVM_GET_API_VERSION*12*' }
        @{ What = 'a finding'; Script = 'Test-KvmHost -DevicePath /nonexistent'; Shows = '*Name*: DeviceNode*Status*: Fail*Message*Remedy*' }
        @{ What = 'an error'; Script = '$vm = New-KvmVm -Name lab; New-KvmDevice $vm XICS'; Shows = "*KVM_CREATE_DEVICE on VM 'lab' failed: ENODEV*Recommendation: Get-KvmDeviceType*" }
    ) {
        Show $Script | Should -BeLike $Shows
    }

    It 'fits 100 columns' {
        $text = Show 'New-KvmVm -Name lab; Get-KvmDeviceType; Get-KvmCapability; New-KvmVm | New-KvmVcpu | Get-KvmDeviceAttr'
        foreach ($line in $text -split "`n") { $line.TrimEnd().Length | Should -BeLessOrEqual 100 -Because $line }
    }

    It 'has no control codes when redirected' {
        Show 'New-KvmVm; Get-KvmDeviceType; New-KvmVm -Type 0xFFFFFFFF' | Should -Not -Match "`e"
    }
}

Describe 'ToString' -Skip:$noKvm {
    AfterEach { Get-KvmVm | Remove-KvmVm }

    It 'says which object it is' {
        $vm = New-KvmVm -Name lab
        $device = New-KvmDevice $vm VFIO
        "$vm" | Should -Be "VM 'lab'"
        "$(New-KvmVcpu $vm)" | Should -Be "vCPU 0 of VM 'lab'"
        "$device" | Should -Be "VFIO device 1 (fd $($device.Fd)) of VM 'lab'"
        "$(Get-KvmHost)" | Should -Be '/dev/kvm'
    }
}
