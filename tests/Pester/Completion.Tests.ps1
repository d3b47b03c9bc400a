BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet)
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    function Complete([string] $Line) {
        [System.Management.Automation.CommandCompletion]::CompleteInput($Line, $Line.Length, $null).CompletionMatches
    }
}

Describe 'Tab completion' {
    It 'completes <What>' -ForEach @(
        @{ What = 'device types'; Line = 'New-KvmDevice -Type VF'; Expected = 'VFIO' }
        @{ What = 'device types by any part of them'; Line = 'Test-KvmDevice -Type ITS'; Expected = 'ARM_VGIC_ITS' }
        @{ What = 'names of device types'; Line = 'Get-KvmDeviceType -Name XI'; Expected = 'XIVE' }
        @{ What = 'capabilities'; Line = 'Get-KvmCapability -Name KVM_CAP_IRQCH'; Expected = 'KVM_CAP_IRQCHIP' }
        @{ What = 'capabilities without KVM_CAP_'; Line = 'Enable-KvmCapability -Name SPLIT_IRQ'; Expected = 'KVM_CAP_SPLIT_IRQCHIP' }
        @{ What = 'requests'; Line = 'Invoke-KvmIoctl -Request KVM_DESTROY'; Expected = 'KVM_DESTROY_DEVICE' }
        @{ What = 'requests without KVM_'; Line = 'Invoke-KvmIoctl -Request CREATE_VC'; Expected = 'KVM_CREATE_VCPU' }
        @{ What = 'groups, where no object is at hand'; Line = 'Test-KvmDeviceAttr -Group KVM_DEV_VFIO_F'; Expected = 'KVM_DEV_VFIO_FILE' }
        @{ What = 'registers'; Line = 'Get-KvmRegister -Name xmm1'; Expected = 'xmm15' }
        @{ What = 'MSRs'; Line = 'Get-KvmMsr -Name IA32_APICB'; Expected = 'IA32_APICBASE' }
        @{ What = 'a register to set'; Line = 'Set-KvmRegister -Value rip'; Expected = '@{ rip = 0 }' }
        @{ What = 'a segment to set'; Line = 'Set-KvmRegister -Value cs'; Expected = '@{ cs = @{ base = 0 } }' }
        @{ What = 'an MSR to set'; Line = 'Set-KvmMsr -Value APICB'; Expected = '@{ MSR_IA32_APICBASE = 0 }' }
        @{ What = 'exit reasons'; Line = 'Invoke-KvmVcpu -Until Shut'; Expected = 'Shutdown' }
        @{ What = 'methods'; Line = 'Remove-KvmDevice -Method Rel'; Expected = 'Release' }
    ) {
        (Complete $Line).CompletionText | Should -Contain $Expected
    }

    It 'has a tooltip with the number of a request' {
        # _IOWR(0xAE, 0xf0, 8 bytes)
        (Complete 'Invoke-KvmIoctl -Request KVM_DESTROY_DEVICE')[0].ToolTip | Should -BeLike '*0xC008AEF0*'
    }

    # The numbers are those of linux/kvm.h and of the Intel manual.
    It 'has a tooltip for <What>' -ForEach @(
        @{ What = 'device types'; Line = 'New-KvmDevice -Type VFIO'; Like = '*KVM_DEV_TYPE_VFIO = 4*' }
        @{ What = 'capabilities'; Line = 'Get-KvmCapability KVM_CAP_USER_MEMORY'; Like = '*= 3' }
        @{ What = 'registers'; Line = 'Get-KvmRegister -Name rip'; Like = 'General*' }
        @{ What = 'MSRs'; Line = 'Get-KvmMsr -Name IA32_APICBASE'; Like = '*0x1B' }
    ) {
        (Complete $Line)[0].ToolTip | Should -BeLike $Like
    }

    It 'completes ids of VMs, and tells which VM that is' -Skip:$noKvm {
        $vm = New-KvmVm -Name 'by id'
        try {
            $found = (Complete 'Get-KvmVm -Id ').Where({ $_.ListItemText -eq "$($vm.Id)" })
            $found.CompletionText | Should -Be "$($vm.Id)"
            $found.ToolTip | Should -BeLike "VM 'by id'*"
        }
        finally { Get-KvmVm | Remove-KvmVm }
    }

    It 'completes ids of vCPUs and slots of memory, of the VM that is given' -Skip:$noKvm {
        $first = New-KvmVm -Name first -Memory 1MB -Vcpu 2
        $null = New-KvmVm -Name second -Memory 1MB -Vcpu 3
        $null = Add-KvmMemory $first 0x200000 1MB -Slot 7
        try {
            (Complete 'Get-KvmVcpu -Vm first -Id ').CompletionText | Should -Be @('0', '1')
            (Complete 'Get-KvmVcpu second ').CompletionText | Should -Be @('0', '1', '2')
            (Complete 'Get-KvmMemory -Vm first -Slot ').CompletionText | Should -Be @('0', '7')
            (Complete 'Get-KvmDirtyPage first -Slot 7')[0].ToolTip | Should -BeLike '*0x100000 bytes at 0x200000'
            (Complete 'Get-KvmVcpu -Id ').CompletionText.Count | Should -Be 5
        }
        finally { Get-KvmVm | Remove-KvmVm }
    }

    It 'completes VM names, quoted where they need it' -Skip:$noKvm {
        $null = New-KvmVm -Name 'two words'
        $null = New-KvmVm -Name simple
        try {
            (Complete 'Remove-KvmVm -Vm sim').CompletionText | Should -Be 'simple'
            (Complete 'Get-KvmVm -Name tw').CompletionText | Should -Be "'two words'"
            (Complete 'New-KvmDevice -Vm two').CompletionText | Should -Be "'two words'"
        }
        finally { Get-KvmVm | Remove-KvmVm }
    }

    It 'completes the groups and attributes of the object that is given or piped' -Skip:$noKvm {
        $global:kvmCompletionDevice = New-KvmVm | New-KvmDevice -Type VFIO
        try {
            (Complete 'Get-KvmDeviceAttr -InputObject $kvmCompletionDevice -Group ').CompletionText |
                Should -Be @('KVM_DEV_VFIO_FILE', 'KVM_DEV_VFIO_GROUP')
            (Complete '$kvmCompletionDevice | Set-KvmDeviceAttr -Group VFIO_FILE -Attr ').CompletionText |
                Should -Contain 'KVM_DEV_VFIO_FILE_DEL'
            (Complete '$kvmCompletionDevice | Test-KvmDeviceAttr -Group ').CompletionText | Should -Not -Contain 'KVM_VCPU_TSC_CTRL'
        }
        finally {
            Remove-KvmVm $kvmCompletionDevice.Vm
            $global:kvmCompletionDevice = $null
        }
    }
}
