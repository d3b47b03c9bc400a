# The attributes of arm64's vCPUs and VMs: PMU, timers, stolen time, calls. What is expected is what
# Documentation/virt/kvm/devices/vcpu.rst and vm.rst say.

BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    . "$PSScriptRoot/Arm64.ps1"
    $noArm = [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -ne 'Arm64' -or -not (Test-KvmHost -Quiet)
    $noPmu = $noArm -or -not (Get-KvmCapability KVM_CAP_ARM_PMU_V3).Supported
    $noStolen = $noArm -or -not (Get-KvmCapability KVM_CAP_STEAL_TIME).Supported
    $noV3 = $noArm -or 'ARM_VGIC_V3' -notin @(Get-SupportedType)
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    . "$PSScriptRoot/Arm64.ps1"
    # KVM_ARM_VCPU_PMU_V3 of asm/kvm.h
    $pmuFeature = 3
}

Describe 'The PMU of an arm64 vCPU' -Tag Conformance, vpmu_counter_access -Skip:($noPmu -or $noV3) {
    BeforeEach { $vm = New-Machine -Feature $pmuFeature; $vcpu = $vm.Vcpus[0] }
    AfterEach { Get-KvmVm | Remove-KvmVm }

    It 'is not there without its feature: no attribute, DeviceAttrNotReady, ENODEV' {
        $without = (New-Machine).Vcpus[0]
        Test-KvmDeviceAttr $without PMU_V3_CTRL PMU_V3_IRQ | Should -BeFalse
        (Get-KvmDeviceAttr $without).GroupName | Should -Not -Contain 'KVM_ARM_VCPU_PMU_V3_CTRL'
        Get-Errno { Set-KvmDeviceAttr $without PMU_V3_CTRL PMU_V3_IRQ 23 -ErrorAction Stop } DeviceAttrNotReady | Should -Be ENODEV
    }

    It 'is listed: its interrupt as not set, its commands without a value' {
        $null = New-Gic $vm
        $rows = (Get-KvmDeviceAttr $vcpu -ErrorAction Stop).Where{ $_.GroupName -eq 'KVM_ARM_VCPU_PMU_V3_CTRL' }
        $rows.AttrName | Should -Contain 'KVM_ARM_VCPU_PMU_V3_INIT'
        $rows.AttrName | Should -Contain 'KVM_ARM_VCPU_PMU_V3_FILTER'
        $rows.Where{ $_.AttrName -eq 'KVM_ARM_VCPU_PMU_V3_IRQ' }.Error | Should -BeLike '*ENXIO*'
    }

    It 'has an interrupt that is set once' {
        $null = New-Gic $vm -Init
        Set-KvmDeviceAttr $vcpu PMU_V3_CTRL PMU_V3_IRQ 23 -ErrorAction Stop
        $row = Get-KvmDeviceAttr $vcpu PMU_V3_CTRL PMU_V3_IRQ
        $row.Value | Should -Be 23
        $row.Value | Should -BeOfType ([int])
        Get-Errno { Set-KvmDeviceAttr $vcpu PMU_V3_CTRL PMU_V3_IRQ 23 -ErrorAction Stop } DeviceAttrBusy | Should -Be EBUSY
    }

    It 'says <Errno>, <Id>, for <What>' -ForEach @(
        @{ What = 'an interrupt without an interrupt controller'; Errno = 'EINVAL'; Id = 'DeviceAttrInvalid'; Call = { Set-KvmDeviceAttr $vcpu PMU_V3_CTRL PMU_V3_IRQ 23 -ErrorAction Stop } }
        @{ What = 'an interrupt that is not set'; Gic = $true; Errno = 'ENXIO'; Id = 'DeviceAttrNotSupported'; Call = { Get-KvmDeviceAttr $vcpu PMU_V3_CTRL PMU_V3_IRQ -ErrorAction Stop } }
        @{ What = 'an SGI'; Gic = $true; Errno = 'EINVAL'; Id = 'DeviceAttrInvalid'; Call = { Set-KvmDeviceAttr $vcpu PMU_V3_CTRL PMU_V3_IRQ 15 -ErrorAction Stop } }
        @{ What = 'another PPI than that of its sister'; Gic = $true; Errno = 'EINVAL'; Id = 'DeviceAttrInvalid'; Call = { Set-KvmDeviceAttr $vm.Vcpus[1] PMU_V3_CTRL PMU_V3_IRQ 23 -ErrorAction Stop; Set-KvmDeviceAttr $vcpu PMU_V3_CTRL PMU_V3_IRQ 24 -ErrorAction Stop } }
        @{ What = 'the SPI of its sister'; Gic = $true; Errno = 'EINVAL'; Id = 'DeviceAttrInvalid'; Call = { Set-KvmDeviceAttr $vm.Vcpus[1] PMU_V3_CTRL PMU_V3_IRQ 40 -ErrorAction Stop; Set-KvmDeviceAttr $vcpu PMU_V3_CTRL PMU_V3_IRQ 40 -ErrorAction Stop } }
        @{ What = 'INIT without an interrupt'; Gic = $true; Errno = 'ENXIO'; Id = 'DeviceAttrNotSupported'; Call = { Set-KvmDeviceAttr $vcpu PMU_V3_CTRL PMU_V3_INIT -ErrorAction Stop } }
        @{ What = 'events beyond the last'; Gic = $true; Errno = 'EINVAL'; Id = 'DeviceAttrInvalid'; Call = { Set-KvmDeviceAttr $vcpu PMU_V3_CTRL PMU_V3_FILTER @{ base_event = 0xFFFF; nevents = 2; action = 0 } -ErrorAction Stop } }
        @{ What = 'neither allow nor deny'; Gic = $true; Errno = 'EINVAL'; Id = 'DeviceAttrInvalid'; Call = { Set-KvmDeviceAttr $vcpu PMU_V3_CTRL PMU_V3_FILTER @{ base_event = 0x11; nevents = 1; action = 2 } -ErrorAction Stop } }
        @{ What = 'a PMU that the host has not'; Gic = $true; Errno = 'ENXIO'; Id = 'DeviceAttrNotSupported'; Call = { Set-KvmDeviceAttr $vcpu PMU_V3_CTRL SET_PMU 0x7FFFFFFF -ErrorAction Stop } }
        @{ What = 'an attribute that there is not'; Gic = $true; Errno = 'ENXIO'; Id = 'DeviceAttrNotSupported'; Call = { Set-KvmDeviceAttr $vcpu 0 99 ([byte[]](1, 2, 3, 4)) -ErrorAction Stop } }
        @{ What = 'a buffer that is too short'; Gic = $true; Errno = 'EFAULT'; Id = 'DeviceAttrBadAddress'; Call = { Set-KvmDeviceAttr $vcpu PMU_V3_CTRL PMU_V3_IRQ 23 -ErrorAction Stop; Get-KvmDeviceAttr $vcpu 0 0 -Size 2 -ErrorAction Stop } }
    ) {
        if ($Gic) { $null = New-Gic $vm -Init }
        Get-Errno $Call $Id | Should -Be $Errno
    }

    It 'is initialised after the interrupt controller, ENODEV before, and once, EBUSY' {
        $gic = New-Gic $vm
        Set-KvmDeviceAttr $vcpu PMU_V3_CTRL PMU_V3_IRQ 23 -ErrorAction Stop
        Get-Errno { Set-KvmDeviceAttr $vcpu PMU_V3_CTRL PMU_V3_INIT -ErrorAction Stop } DeviceAttrNotReady | Should -Be ENODEV
        Set-KvmDeviceAttr $gic GRP_CTRL CTRL_INIT -ErrorAction Stop
        Set-KvmDeviceAttr $vcpu PMU_V3_CTRL PMU_V3_INIT -ErrorAction Stop
        Get-Errno { Set-KvmDeviceAttr $vcpu PMU_V3_CTRL PMU_V3_INIT -ErrorAction Stop } DeviceAttrBusy | Should -Be EBUSY
        Get-Errno { Set-KvmDeviceAttr $vcpu PMU_V3_CTRL PMU_V3_FILTER @{ base_event = 0; nevents = 1; action = 0 } -ErrorAction Stop } DeviceAttrBusy | Should -Be EBUSY
    }

    # The document has EBUSY for any once there is a filter; the code says so of another PMU only.
    It 'takes the host''s PMU by its number, and the same again once there is a filter' {
        $pmu = [System.IO.Directory]::GetDirectories('/sys/bus/event_source/devices', 'armv8*')[0]
        $pmuType = [int] [System.IO.File]::ReadAllText("$pmu/type")
        Set-KvmDeviceAttr $vcpu PMU_V3_CTRL SET_PMU $pmuType -ErrorAction Stop
        Set-KvmDeviceAttr $vcpu PMU_V3_CTRL PMU_V3_FILTER @{ base_event = 0x11; nevents = 1; action = 1 } -ErrorAction Stop
        { Set-KvmDeviceAttr $vcpu PMU_V3_CTRL SET_PMU $pmuType -ErrorAction Stop } | Should -Not -Throw
        $other = [uint] 0x7FFFFFFF
        Get-Errno { Set-KvmDeviceAttr $vcpu PMU_V3_CTRL SET_PMU $other -ErrorAction Stop } DeviceAttrNotSupported | Should -Be ENXIO
    }
}

Describe 'The timers of an arm64 vCPU' -Skip:$noV3 {
    BeforeEach { $vm = New-Machine; $gic = New-Gic $vm; $vcpu = $vm.Vcpus[0] }
    AfterEach { Get-KvmVm | Remove-KvmVm }

    It 'have PPI <Ppi> for <Timer>, where the kernel knows of it' -ForEach @(
        @{ Timer = 'VTIMER'; Ppi = 27; Since = '3.0' }, @{ Timer = 'PTIMER'; Ppi = 30; Since = '3.0' }
        @{ Timer = 'HVTIMER'; Ppi = 28; Since = '6.4' }, @{ Timer = 'HPTIMER'; Ppi = 26; Since = '6.4' }
    ) {
        $kernel = [version] [regex]::Match((Get-KvmHost).KernelVersion, '^\d+\.\d+').Value
        Test-KvmDeviceAttr $vcpu TIMER_CTRL "IRQ_$Timer" | Should -Be ($kernel -ge $Since)
        if ($kernel -lt $Since) {
            Get-Errno { Get-KvmDeviceAttr $vcpu TIMER_CTRL "IRQ_$Timer" -ErrorAction Stop } DeviceAttrNotSupported | Should -Be ENXIO
            return
        }
        $row = Get-KvmDeviceAttr $vcpu TIMER_CTRL "IRQ_$Timer"
        $row.Value | Should -Be $Ppi
        $row.Value | Should -BeOfType ([int])
    }

    It 'are set on all vCPUs by setting them on one' {
        Set-KvmDeviceAttr $vcpu TIMER_CTRL IRQ_VTIMER 20 -ErrorAction Stop
        $vm.Vcpus.ForEach{ (Get-KvmDeviceAttr $_ TIMER_CTRL IRQ_VTIMER).Value } | Should -Be @(20, 20)
        (Get-KvmDeviceAttr $vcpu TIMER_CTRL IRQ_PTIMER).Value | Should -Be 30
    }

    It 'say EINVAL for <_>, which is no PPI' -ForEach 15, 32, -1 {
        $irq = $_
        Get-Errno { Set-KvmDeviceAttr $vcpu TIMER_CTRL IRQ_VTIMER $irq -ErrorAction Stop } DeviceAttrInvalid | Should -Be EINVAL
    }

    It 'say EBUSY once a vCPU has run' {
        Set-KvmDeviceAttr $gic GRP_ADDR ADDR_TYPE_DIST 0x8000000 -ErrorAction Stop
        Set-KvmDeviceAttr $gic GRP_ADDR ADDR_TYPE_REDIST 0x80A0000 -ErrorAction Stop
        Set-KvmDeviceAttr $gic GRP_CTRL CTRL_INIT -ErrorAction Stop
        $memory = Add-Program $vm
        (Invoke-KvmIoctl $vcpu KVM_RUN -ErrorAction Stop).Result | Should -Be 0
        Get-Errno { Set-KvmDeviceAttr $vcpu TIMER_CTRL IRQ_VTIMER 20 -ErrorAction Stop } DeviceAttrBusy | Should -Be EBUSY
        $memory.Size | Should -BeGreaterThan 0
    }

    It 'say EFAULT for a buffer that is too short' {
        Get-Errno { Get-KvmDeviceAttr $vcpu 1 0 -Size 2 -ErrorAction Stop } DeviceAttrBadAddress | Should -Be EFAULT
    }

    It 'are saved and set on a vCPU of another VM' {
        Set-KvmDeviceAttr $vcpu TIMER_CTRL IRQ_VTIMER 21 -ErrorAction Stop
        Set-KvmDeviceAttr $vcpu TIMER_CTRL IRQ_PTIMER 22 -ErrorAction Stop
        $saved = [System.Management.Automation.PSSerializer]::Serialize((Get-KvmDeviceAttr $vcpu -State -ErrorAction Stop), 3)
        $other = New-Machine
        $null = New-Gic $other
        [System.Management.Automation.PSSerializer]::Deserialize($saved) | Set-KvmDeviceAttr -InputObject $other.Vcpus[1] -ErrorAction Stop
        (Get-KvmDeviceAttr $other.Vcpus[0] TIMER_CTRL IRQ_VTIMER).Value | Should -Be 21
        (Get-KvmDeviceAttr $other.Vcpus[1] TIMER_CTRL IRQ_PTIMER).Value | Should -Be 22
    }
}

Describe 'The stolen time of an arm64 vCPU' -Tag Conformance, steal_time -Skip:$noStolen {
    BeforeEach { $vm = New-Machine; $vcpu = $vm.Vcpus[0]; $memory = Add-Memory $vm 0x40000000 0x10000 }
    AfterEach { Get-KvmVm | Remove-KvmVm }

    It 'has an address in the guest''s memory that is set once' {
        (Get-KvmDeviceAttr $vcpu PVTIME_CTRL PVTIME_IPA).Value | Should -Be ([ulong]::MaxValue)
        Set-KvmDeviceAttr $vcpu PVTIME_CTRL PVTIME_IPA 0x40000040 -ErrorAction Stop
        $row = Get-KvmDeviceAttr $vcpu PVTIME_CTRL PVTIME_IPA
        $row.Value | Should -Be 0x40000040
        $row.Type | Should -Be 'addr'
        Get-Errno { Set-KvmDeviceAttr $vcpu PVTIME_CTRL PVTIME_IPA 0x40000080 -ErrorAction Stop } DeviceAttrAlreadySet | Should -Be EEXIST
        (Get-KvmDeviceAttr $vm.Vcpus[1] PVTIME_CTRL PVTIME_IPA).Value | Should -Be ([ulong]::MaxValue)
        $memory.Size | Should -BeGreaterThan 0
    }

    It 'says EINVAL for <What>' -ForEach @(
        @{ What = 'an address that is not aligned to 64 bytes'; Address = 0x40000020 }
        @{ What = 'an address without memory'; Address = 0x50000000 }
    ) {
        Get-Errno { Set-KvmDeviceAttr $vcpu PVTIME_CTRL PVTIME_IPA $Address -ErrorAction Stop } DeviceAttrInvalid | Should -Be EINVAL
    }

    It 'says ENXIO for another attribute, EFAULT for a buffer that is too short' {
        Get-Errno { Get-KvmDeviceAttr $vcpu 2 1 -Size 8 -ErrorAction Stop } DeviceAttrNotSupported | Should -Be ENXIO
        Get-Errno { Get-KvmDeviceAttr $vcpu 2 0 -Size 4 -ErrorAction Stop } DeviceAttrBadAddress | Should -Be EFAULT
    }
}

Describe 'Attributes of an arm64 vCPU and VM that there are not' -Skip:$noArm {
    AfterEach { Get-KvmVm | Remove-KvmVm }

    It 'are ENXIO in a group that there is not' {
        $vcpu = (New-Machine -Vcpus 1).Vcpus[0]
        Test-KvmDeviceAttr $vcpu 99 0 | Should -BeFalse
        Get-Errno { Get-KvmDeviceAttr $vcpu 99 0 -Size 8 -ErrorAction Stop } DeviceAttrNotSupported | Should -Be ENXIO
    }

    It 'are set and not read by a VM: the filter of calls, where the kernel has it' {
        # vm.rst: KVM_ARM_VM_SMCCC_FILTER; EEXIST for a range that is filtered already
        $vm = New-Machine
        $filter = @{ base = 0x84000000L; nr_functions = 1; action = 1 }
        if (Test-KvmDeviceAttr $vm SMCCC_CTRL SMCCC_FILTER) {
            Set-KvmDeviceAttr $vm SMCCC_CTRL SMCCC_FILTER $filter -ErrorAction Stop
            Get-Errno { Set-KvmDeviceAttr $vm SMCCC_CTRL SMCCC_FILTER $filter -ErrorAction Stop } DeviceAttrAlreadySet | Should -Be EEXIST
        }
        else {
            Get-KvmDeviceAttr $vm -ErrorAction Stop | Should -BeNullOrEmpty
            { Set-KvmDeviceAttr $vm SMCCC_CTRL SMCCC_FILTER $filter -ErrorAction Stop } | Should -Throw -ErrorId 'DeviceAttr*'
        }
    }
}
