BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet)
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"

    # One shell shows everything, because starting one takes its time; a line of = stands between.
    $scripts = @(
        'New-KvmVm -Name lab'
        'New-KvmVm -Name lab2 | New-KvmVcpu'
        'New-KvmVm -Name lab3 | New-KvmDevice -Type VFIO'
        'Get-KvmDeviceType -Name VFIO'
        'Get-KvmCapability USER_MEMORY'
        'Get-KvmHost'
        'Get-KvmDeviceAttr (Get-KvmDevice lab3)'
        'Get-KvmHost | Invoke-KvmIoctl -Request GET_API_VERSION'
        'Test-KvmHost -DevicePath /nonexistent'
        'New-KvmDevice lab XICS'
        'Get-KvmVm; Get-KvmDeviceType; Get-KvmCapability; New-KvmDevice lab 99'
    )
    $all = & "$PSScriptRoot/../../kvmps" -NoProfile -Command @"
Import-Module '$PSScriptRoot/../../KvmPS.psd1'
$($scripts.ForEach({ "& { $_ } | Out-Host; '='" }) -join "`n")
"@ 2>&1
    $shown = ($all.ForEach({ "$_" }) -join "`n") -split '(?m)^=$'
}

Describe 'What a person sees' -Skip:$noKvm {
    It 'of <What>' -ForEach @(
        @{ Index = 0; What = 'a VM'; Shows = '*Id*Name*State*Fd*Vcpus*Devices*lab*Open*' }
        @{ Index = 1; What = 'a vCPU'; Shows = '*Id*Vm*State*Fd*0*lab2*Open*' }
        @{ Index = 2; What = 'a device'; Shows = '*Id*Vm*TypeName*Type*State*Fd*1*lab3*VFIO*4*Open*' }
        @{ Index = 3; What = 'a device type'; Shows = '*Number*Name*Supported*Architecture*Teardown*4*VFIO*True*All*Release*' }
        @{ Index = 4; What = 'a capability'; Shows = '*Number*Name*Supported*Value*Scope*3*KVM_CAP_USER_MEMORY*True*1*System*' }
        @{ Index = 5; What = 'the host'; Shows = '*DevicePath*: /dev/kvm*ApiVersion*: 12*DeviceTypes*: {*VFIO*}*DestroyDevice*' }
        @{ Index = 6; What = 'an attribute'; Shows = '*Group*Attr*Access*Value*KVM_DEV_VFIO_FILE*KVM_DEV_VFIO_FILE_ADD*Set*' }
        @{ Index = 7; What = 'an ioctl'; Shows = '*Request*Result*KVM_GET_API_VERSION*12*' }
        @{ Index = 8; What = 'a finding'; Shows = '*Name*Status*Message and remedy*DeviceNode*Fail*-> Use /dev/kvm*' }
        @{ Index = 9; What = 'an error'; Shows = "*KVM_CREATE_DEVICE on VM 'lab' failed: ENODEV*Recommendation: Get-KvmDeviceType*" }
    ) {
        $shown[$Index] | Should -BeLike $Shows
    }

    It 'fits 100 columns' {
        foreach ($line in ($shown[0..4] + $shown[6..7] + $shown[10]) -split "`n") {
            if ($line -notlike '*|*') { $line.TrimEnd().Length | Should -BeLessOrEqual 100 -Because $line }
        }
    }

    It 'has no control codes when redirected' {
        "$shown" | Should -Not -Match "`e"
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

Describe 'Numbers of the machine in a list' {
    BeforeAll {
        $views = ([xml] [System.IO.File]::ReadAllText("$PSScriptRoot/../../src/KvmPS/Views/KvmPS.Format.ps1xml")).SelectNodes('//View')
    }

    # Format-List and a narrow terminal show an object without a list of ours with its properties as they are: in decimal.
    It 'are hexadecimal as in the table: <_>' -ForEach @(
        'KvmPS.Native.KvmMemory', 'KvmPS.Native.KvmDirtyPage', 'KvmPS.KvmRegister', 'KvmPS.KvmMsr', 'KvmPS.Native.KvmCpuidEntry'
        'KvmPS.Native.KvmIoEvent', 'KvmPS.Native.KvmCoalescedMmio', 'KvmPS.Native.KvmCoalescedWrite', 'KvmPS.Native.KvmGsiRoute', 'KvmPS.Native.KvmTsc'
    ) {
        $type = $_
        $of = $views.Where{ $_.SelectNodes('.//TypeName').ForEach{ $_.InnerText } -contains $type }
        $how = { param($node) ($node.SelectNodes('.//FormatString') + $node.SelectNodes('.//ScriptBlock')).ForEach{ $_.InnerText } -join "`n" }
        $table = $of.Where{ $_.TableControl }
        $list = $of.Where{ $_.ListControl }
        $list.Count | Should -Be 1
        & $how $table[0] | Should -Match '0x\{0:'
        & $how $list[0] | Should -Be (& $how $table[0])
    }
}
