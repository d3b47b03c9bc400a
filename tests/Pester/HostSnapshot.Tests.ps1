BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet)
    $x86 = [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -eq 'X64'
    # The host that comes with the sources has no Microsoft.PowerShell.Utility.
    $noUtility = -not (Get-Command ConvertTo-Json -ErrorAction Ignore)
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $kvmps = "$PSScriptRoot/../../kvmps"
}

Describe 'Get-KvmHostSnapshot' -Skip:$noKvm {
    BeforeAll { $here = Get-KvmHostSnapshot }

    It 'tells of the host what Get-KvmHost tells' {
        $plain = Get-KvmHost
        foreach ($name in 'Architecture', 'KernelVersion', 'Backend', 'ApiVersion', 'VcpuMapSize') { $here.$name | Should -Be $plain.$name -Because $name }
        $here.Version | Should -Be 1
        $here.HostName | Should -Be ([System.Environment]::MachineName)
        $here.Taken.Kind | Should -Be 'Utc'
        $here.Gaps | Should -BeNullOrEmpty
        "$here" | Should -Be $here.HostName
    }

    It 'has every capability that host or VM supports, with both answers' {
        $vm = New-KvmVm
        $ofVm = Get-KvmCapability -Vm $vm
        Remove-KvmVm $vm
        $ofHost = Get-KvmCapability
        $here.LastCapability | Should -Be (Get-KvmCapability -All)[-1].Number
        @($here.Capabilities.Where{ $_.Value }.ForEach{ "$($_.Name)=$($_.Value)" }) | Should -Be @($ofHost.ForEach{ "$($_.Name)=$($_.Value)" })
        @($here.Capabilities.Where{ $_.VmValue }.ForEach{ "$($_.Name)=$($_.VmValue)" }) | Should -Be @($ofVm.ForEach{ "$($_.Name)=$($_.Value)" })
    }

    It 'has every known device type, and the attributes of those that are there' {
        @($here.DeviceTypes.Where{ $_.Supported }.Name) | Should -Be (Get-KvmHost).DeviceTypes
        $here.DeviceTypes.Count | Should -Be (Get-KvmDeviceType).Count
        $vm = New-KvmVm
        foreach ($type in $here.DeviceTypes.Where{ $_.Supported }) {
            $device = New-KvmDevice $vm $type.Name -ErrorAction Ignore
            foreach ($attr in $here.DeviceAttrs.Where{ $device -and $_.Owner -eq $type.Name }) {
                Test-KvmDeviceAttr $device $attr.Group $attr.Attr | Should -Be $attr.Supported -Because "$attr"
            }
        }
        Remove-KvmVm $vm
    }

    It 'has CPUID, MSRs and frequency as their commands tell them' -Skip:(-not $x86) {
        # Leaves of topology and APIC ids tell on which processor they were read.
        $own = 1, 0xB, 0x1F, 0x8000001Eu
        $filled = (Get-KvmCpuid -Supported).Where{ $_.Function -notin $own -and ($_.Eax -bor $_.Ebx -bor $_.Ecx -bor $_.Edx) }
        @($here.Cpuid.Where{ $_.Function -notin $own }) | Should -Be @($filled)
        @($here.Msrs.Name) | Should -Be @((Get-KvmMsr -Supported).Name)
        $vm = New-KvmVm -Vcpu 1
        $here.TscKhz | Should -Be (Invoke-KvmIoctl $vm.Vcpus[0] KVM_GET_TSC_KHZ).Result
        Remove-KvmVm $vm
    }

    It 'is the same on whatever processor it is taken' -Skip:(-not $x86 -or [System.Environment]::ProcessorCount -lt 2) {
        # The first numbers of 'Cpus_allowed_list: 0-3,8'.
        $allowed = [regex]::Match([System.IO.File]::ReadAllText('/proc/self/status'), 'Cpus_allowed_list:\s*(\S+)').Groups[1].Value -split ','
        $processors = $allowed.ForEach{ $first, $last = $_ -split '-'; [int] $first .. [int] ($last ?? $first) }
        $taken = $processors[0, -1].ForEach{
            & taskset -c $_ $kvmps -NoProfile -Command "Import-Module '$PSScriptRoot/../../KvmPS.psd1'; [System.Text.Json.JsonSerializer]::Serialize((Get-KvmHostSnapshot).Cpuid, [System.Collections.Generic.IReadOnlyList[KvmPS.Native.KvmCpuidEntry]])"
        }
        $taken[0] | Should -BeLike '*"Function":1,*'
        $taken[1] | Should -Be $taken[0]
    }

    It 'has the identification registers of the processor' -Skip:$x86 {
        $here.Registers.Count | Should -BeGreaterThan 30
        $here.Registers.Name | Should -Contain 'ID_AA64PFR0_EL1'
        # EL0 and EL1 are 1 (AArch64) or 2 (AArch32 as well): Arm ARM, D19.2.66.
        $here.Registers.Where{ $_.Name -eq 'ID_AA64PFR0_EL1' }[0].Value -band 0xF | Should -BeIn 1, 2
        Compare-KvmHostSnapshot $here $here | Should -BeNullOrEmpty
    }

    It 'leaves no VM and no descriptor behind' {
        $before = [System.IO.Directory]::GetFiles('/proc/self/fd').Count
        1..10 | ForEach-Object { $null = Get-KvmHostSnapshot }
        # The runtime opens some of its own meanwhile.
        [System.IO.Directory]::GetFiles('/proc/self/fd').Count | Should -BeLessThan ($before + 10)
        Get-KvmVm | Should -BeNullOrEmpty
    }

    It 'differs from itself by nothing, after <Way>' -ForEach @(
        @{ Way = 'no way at all'; Go = { $here } }
        @{ Way = 'JSON of System.Text.Json, as text'; Go = { [System.Text.Json.JsonSerializer]::Serialize($here, $here.GetType()) } }
        @{ Way = 'JSON of System.Text.Json, read again'; Go = { [System.Text.Json.JsonSerializer]::Deserialize([System.Text.Json.JsonSerializer]::Serialize($here, $here.GetType()), $here.GetType()) } }
        @{ Way = 'JSON of System.Text.Json, as a document'; Go = { [System.Text.Json.JsonDocument]::Parse([System.Text.Json.JsonSerializer]::Serialize($here, $here.GetType())) } }
        @{ Way = 'the serializer of remoting'; Go = { [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($here)) } }
        @{ Way = 'the serializer of CliXml'; Go = { [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($here, 2)) } }
    ) {
        $there = & $Go
        Compare-KvmHostSnapshot $here $there | Should -BeNullOrEmpty
        , $there | ForEach-Object { Compare-KvmHostSnapshot $there $here } | Should -BeNullOrEmpty
    }

    It 'differs from itself by nothing, after <Way> of pwsh' -Skip:$noUtility -ForEach @(
        @{ Way = 'ConvertTo-Json and ConvertFrom-Json'; Go = { $here | ConvertTo-Json | ConvertFrom-Json } }
        @{ Way = 'ConvertFrom-Json -AsHashtable'; Go = { $here | ConvertTo-Json | ConvertFrom-Json -AsHashtable } }
        @{ Way = 'Export-CliXml'; Go = { $here | Export-Clixml "$TestDrive/host.xml"; Import-Clixml "$TestDrive/host.xml" } }
        @{ Way = 'Start-Job'; Go = { Start-Job { Import-Module $using:manifest; Get-KvmHostSnapshot } | Receive-Job -Wait -AutoRemoveJob } }
    ) {
        $manifest = "$PSScriptRoot/../../KvmPS.psd1"
        $there = & $Go
        Compare-KvmHostSnapshot $here $there | Should -BeNullOrEmpty
        Compare-KvmHostSnapshot $there $here | Should -BeNullOrEmpty
    }
}

Describe 'Get-KvmHostSnapshot without /dev/kvm' {
    It 'says KvmNotPresent' {
        { Get-KvmHostSnapshot -DevicePath /nonexistent/kvm } | Should -Throw -ErrorId 'KvmNotPresent,*'
    }
}

Describe 'Compare-KvmHostSnapshot' {
    BeforeAll {
        . "$PSScriptRoot/Snapshots.ps1"

        # Rows as text, which is easy to compare: kind, name, the two values, and ! where it blocks.
        function Get-Told($Reference, $Difference) {
            (Compare-KvmHostSnapshot $Reference $Difference -ErrorAction Stop -WarningAction SilentlyContinue).ForEach{
                "$($_.Kind) $($_.Name): $($_.Reference) > $($_.Difference)$($_.Blocking ? ' !' : '')"
            }
        }

    }

    It 'tells nothing of two that are the same' {
        Get-Told (New-Snapshot) (New-Snapshot) | Should -BeNullOrEmpty
        Get-Told (New-Snapshot) (New-Snapshot @{ HostName = 'b'; Taken = '2026-01-01T00:00:00Z' }) | Should -BeNullOrEmpty
    }

    It 'emits what differs with its host and a reason, by argument and by pipeline' {
        $other = New-Snapshot @{ HostName = 'b'; DeviceTypes = @(@{ Name = 'VFIO'; Number = 4; Supported = $false }) }
        foreach ($row in (Compare-KvmHostSnapshot -ReferenceObject (New-Snapshot) -DifferenceObject $other), ($other | Compare-KvmHostSnapshot (New-Snapshot))) {
            $row | Should -BeOfType ([KvmPS.Native.KvmHostDifference])
            $row.HostName | Should -Be 'b'
            $row.Kind | Should -Be 'DeviceType'
            $row.Name | Should -Be 'VFIO'
            $row.Reference | Should -BeTrue
            $row.Difference | Should -BeFalse
            $row.Blocking | Should -BeTrue
            $row.Reason | Should -Match '\w'
        }
    }

    It 'streams: what differs on the first host is told before the second is asked for' {
        $log = [System.Collections.Generic.List[string]]::new()
        1..3 | ForEach-Object { $log.Add("host $_"); New-Snapshot @{ HostName = "h$_"; KernelVersion = '7' } } |
            Compare-KvmHostSnapshot (New-Snapshot) | ForEach-Object { $log.Add($_.HostName) }
        $log -join ' ' | Should -Be 'host 1 h1 host 2 h2 host 3 h3'
    }

    # Leaf, register and bit of features: Intel SDM volume 2, CPUID.
    It 'tells of CPUID: <What>' -ForEach @(
        @{ What = 'a feature that is lost blocks'; Before = @(7, 0, 0, 0x20); After = @(7); Told = 'Cpuid avx2: True > False !' }
        @{ What = 'a feature that is new does not'; Before = @(7); After = @(7, 0, 0, 0x20); Told = 'Cpuid avx2: False > True' }
        @{ What = 'a bit that nobody knows is told by its place'; Before = @(7, 0, 0, 0, 0x8000); After = @(7); Told = 'Cpuid CPUID 0x7.0 ECX bit 15: True > False !' }
        @{ What = 'so is a bit of a leaf that nobody knows'; Before = @(0x77, 3, 2); After = @(0x77, 3); Told = 'Cpuid CPUID 0x77.3 EAX bit 1: True > False !' }
        @{ What = 'fewer physical address bits block'; Before = @(0x80000008u, 0, 0x3030); After = @(0x80000008u, 0, 0x302E); Told = 'Cpuid physical address bits: 48 > 46 !' }
        @{ What = 'more of them do not'; Before = @(0x80000008u, 0, 0x302E); After = @(0x80000008u, 0, 0x3030); Told = 'Cpuid physical address bits: 46 > 48' }
        @{ What = 'fewer counters block'; Before = @(0xA, 0, 0x7300802); After = @(0xA, 0, 0x7300402); Told = 'Cpuid pmu general counters: 8 > 4 !' }
        @{ What = 'a C-bit elsewhere blocks'; Before = @(0x8000001Fu, 0, 0, 47); After = @(0x8000001Fu, 0, 0, 51); Told = 'Cpuid position of the C-bit: 47 > 51 !' }
        @{ What = 'KVM''s own features have the kernel''s names'; Before = @(0x40000001, 0, 0x20); After = @(0x40000001); Told = 'Cpuid KVM_FEATURE_STEAL_TIME: True > False !' }
        @{ What = 'family, model and stepping do not block'; Before = @(1, 0, 0x806F8); After = @(1, 0, 0x50657); Told = 'Processor Model: family 6, model 143, stepping 8 > family 6, model 85, stepping 7' }
    ) {
        Get-Told (New-Snapshot -Cpuid (New-Entry @Before)) (New-Snapshot -Cpuid (New-Entry @After)) | Should -Be @($Told)
    }

    It 'tells nothing of what belongs to one machine: <What>' -ForEach @(
        @{ What = 'APIC id and number of threads'; Before = @(1, 0, 0, 0x00100800); After = @(1, 0, 0, 0x3F400800) }
        @{ What = 'caches'; Before = @(4, 1, 0x1C004121, 0x1C0003F, 0x3F); After = @(4, 1, 0x7C004121, 0x2C0003F, 0x7F) }
        @{ What = 'topology'; Before = @(0xB, 1, 4, 8, 0x201); After = @(0xB, 1, 5, 64, 0x201, 0x3F) }
        @{ What = 'dies'; Before = @(0x1F, 2, 6); After = @(0x1F, 2, 7) }
        @{ What = 'the name of the processor'; Before = @(0x80000002u, 0, 1, 2, 3, 4); After = @(0x80000002u, 0, 5, 6, 7, 8) }
        @{ What = 'caches of AMD'; Before = @(0x8000001Du, 3, 1, 2, 3, 4); After = @(0x8000001Du, 3, 5, 6, 7, 8) }
        @{ What = 'topology of AMD'; Before = @(0x8000001Eu, 0, 1, 0x101); After = @(0x8000001Eu, 0, 2, 0x102) }
        @{ What = 'number of cores'; Before = @(0x80000008u, 0, 0, 0, 0x7007); After = @(0x80000008u, 0, 0, 0, 0x703F) }
        @{ What = 'where the hypervisor''s leaves end'; Before = @(0x40000000, 0, 0x40000001); After = @(0x40000000, 0, 0x40000010) }
        @{ What = 'what the operating system switched on'; Before = @(1, 0, 0, 0, 0x8000000); After = @(1) }
        @{ What = 'what leaf 0x80000001 repeats'; Before = @(0x80000001u, 0, 0, 0, 0, 0x183F3FF); After = @(0x80000001u) }
    ) {
        Get-Told (New-Snapshot -Cpuid (New-Entry @Before)) (New-Snapshot -Cpuid (New-Entry @After)) | Should -BeNullOrEmpty
        Get-Told (New-Snapshot -Cpuid (New-Entry @After)) (New-Snapshot -Cpuid (New-Entry @Before)) | Should -BeNullOrEmpty
    }

    It 'takes another vendor for blocking' {
        # AuthenticAMD
        $amd = New-Snapshot @{ Cpuid = @(New-Entry 0 0 0x10 0x68747541 0x444D4163 0x69746E65) }
        Get-Told (New-Snapshot) $amd | Should -Be @('Processor Vendor: GenuineIntel > AuthenticAMD !')
    }

    It 'does not take for blocking what KVM emulates there' {
        $other = New-Snapshot @{ EmulatedCpuid = @(New-Entry 1 0 0 0 0x400000) }
        $row = Compare-KvmHostSnapshot (New-Snapshot -Cpuid (New-Entry 1 0 0 0 0x400000)) $other
        $row.Name | Should -Be 'movbe'
        $row.Blocking | Should -BeFalse
        $row.Reason | Should -BeLike '*emulates*'
    }

    # Intel SDM volume 1, 13.2: sizes and offsets of the components of the extended state.
    It 'tells of extended state: <What>' -ForEach @(
        @{ What = 'a component is missing, which is said once'; Before = @(@(0xD, 0, 7), @(0xD, 2, 0x100, 0x240)); After = @(, @(0xD, 0, 3)); Told = 'Xsave AVX state: True > False !' }
        @{ What = 'another offset blocks'; Before = @(, @(0xD, 9, 8, 0xA80)); After = @(, @(0xD, 9, 8, 0x340)); Told = 'Xsave offset of XSAVE component 9: 2688 > 832 !' }
        @{ What = 'another size blocks'; Before = @(, @(0xD, 2, 0x100, 0x240)); After = @(, @(0xD, 2, 0x200, 0x240)); Told = 'Xsave size of XSAVE component 2: 256 > 512 !' }
        @{ What = 'the size of all of it does not'; Before = @(, @(0xD, 0, 7, 0x340, 0x340)); After = @(, @(0xD, 0, 7, 0x988, 0x340)); Told = 'Xsave size of the XSAVE area: 832 > 2440' }
        @{ What = 'an instruction is missing'; Before = @(, @(0xD, 1, 0xF)); After = @(, @(0xD, 1, 7)); Told = 'Xsave xsaves: True > False !' }
    ) {
        $made = ($Before, $After).ForEach{ , @($_.ForEach{ $entry = $_; New-Entry @entry }) }
        Get-Told (New-Snapshot -Cpuid $made[0]) (New-Snapshot -Cpuid $made[1]) | Should -Be @($Told)
    }

    # vmx_restore_* of arch/x86/kvm/vmx/vmx.c; IA32_ARCH_CAPABILITIES in the Intel SDM volume 4.
    It 'tells of feature MSRs: <What>' -ForEach @(
        @{ What = 'RDCL_NO lost'; Msr = 'MSR_IA32_ARCH_CAPABILITIES'; Before = 1; After = 0; Told = 'RDCL_NO: True > False !' }
        @{ What = 'RDCL_NO new'; Msr = 'MSR_IA32_ARCH_CAPABILITIES'; Before = 0; After = 1; Told = 'RDCL_NO: False > True' }
        @{ What = 'RSBA new, which guests have to know'; Msr = 'MSR_IA32_ARCH_CAPABILITIES'; Before = 0; After = 4; Told = 'RSBA: False > True !' }
        @{ What = 'RSBA lifted'; Msr = 'MSR_IA32_ARCH_CAPABILITIES'; Before = 4; After = 0; Told = 'RSBA: True > False' }
        @{ What = 'an unknown bit new'; Msr = 'MSR_IA32_ARCH_CAPABILITIES'; Before = 0; After = 0x10000000000; Told = 'bit 40: False > True !' }
        @{ What = 'an unknown bit lost'; Msr = 'MSR_IA32_ARCH_CAPABILITIES'; Before = 0x10000000000; After = 0; Told = 'bit 40: True > False !' }
        @{ What = 'a control that may not be 1 any more'; Msr = 'MSR_IA32_VMX_TRUE_PINBASED_CTLS'; Before = 0x4000000000; After = 0; Told = 'may be 1: control 6: True > False !' }
        @{ What = 'a control that has to be 1 now'; Msr = 'MSR_IA32_VMX_TRUE_PINBASED_CTLS'; Before = 0; After = 2; Told = 'has to be 1: control 1: False > True !' }
        @{ What = 'a control that need not be 1 any more'; Msr = 'MSR_IA32_VMX_TRUE_PINBASED_CTLS'; Before = 2; After = 0; Told = 'has to be 1: control 1: True > False' }
        @{ What = 'fewer CR3 targets'; Msr = 'MSR_IA32_VMX_MISC'; Before = 0x40000; After = 0x20000; Told = 'CR3 targets: 4 > 2 !' }
        @{ What = 'more CR3 targets'; Msr = 'MSR_IA32_VMX_MISC'; Before = 0x20000; After = 0x40000; Told = 'CR3 targets: 2 > 4' }
        @{ What = 'another VMCS revision'; Msr = 'MSR_IA32_VMX_BASIC'; Before = 1; After = 2; Told = 'VMCS revision: 1 > 2 !' }
        @{ What = 'a larger VMCS'; Msr = 'MSR_IA32_VMX_BASIC'; Before = 0x40000000000; After = 0x80000000000; Told = 'VMCS region size: 1024 > 2048 !' }
        @{ What = 'another LBR format'; Msr = 'MSR_IA32_PERF_CAPABILITIES'; Before = 5; After = 6; Told = 'LBR format: 5 > 6 !' }
        @{ What = 'an LBR format where there was none'; Msr = 'MSR_IA32_PERF_CAPABILITIES'; Before = 0; After = 6; Told = 'LBR format: 0 > 6' }
        @{ What = 'other microcode'; Msr = 'MSR_IA32_UCODE_REV'; Before = 9; After = 7; Told = 'microcode revision: 9 > 7' }
        @{ What = 'an MSR that nobody knows'; Msr = '0x123'; Before = 0; After = 1; Told = 'bit 0: False > True !' }
    ) {
        Get-Told (New-Snapshot -FeatureMsrs (New-Msr $Msr $Before)) (New-Snapshot -FeatureMsrs (New-Msr $Msr $After)) | Should -Be @("FeatureMsr $Msr $Told")
    }

    It 'tells of MSRs that cannot be restored' {
        $more = New-Snapshot @{ Msrs = @(@{ Name = 'MSR_IA32_TSC'; Index = 0x10 }, @{ Name = 'MSR_IA32_XSS'; Index = 0xDA0 }) }
        Get-Told $more (New-Snapshot) | Should -Be @('Msr MSR_IA32_XSS: True > absent !')
        Get-Told (New-Snapshot) $more | Should -Be @('Msr MSR_IA32_XSS: absent > True')
        Get-Told (New-Snapshot -FeatureMsrs (New-Msr MSR_IA32_UCODE_REV 9)) (New-Snapshot) | Should -Be @('FeatureMsr MSR_IA32_UCODE_REV: 0x9 > absent !')
    }

    It 'tells of the time-stamp counter: <What>' -ForEach @(
        @{ What = '250 ppm are no difference to KVM'; After = 2000500; Told = 'Tsc TscKhz: 2000000 > 2000500' }
        @{ What = 'more blocks'; After = 2000501; Told = 'Tsc TscKhz: 2000000 > 2000501 !' }
        @{ What = 'slower blocks as well'; After = 1900000; Told = 'Tsc TscKhz: 2000000 > 1900000 !' }
    ) {
        Get-Told (New-Snapshot) (New-Snapshot @{ TscKhz = $After }) | Should -Be @($Told)
        # Where it can be scaled, nothing blocks.
        $scaling = New-Capability KVM_CAP_TSC_CONTROL 60 1
        Get-Told (New-Snapshot -Capabilities $scaling) (New-Snapshot @{ TscKhz = $After } -Capabilities $scaling) | Should -Be @($Told -replace ' !')
    }

    It 'tells of capabilities: <What>' -ForEach @(
        @{ What = 'one is lost'; Name = 'KVM_CAP_X86_SMM'; Before = 1; After = 0; Told = 'Capability KVM_CAP_X86_SMM: 1 > 0 !' }
        @{ What = 'one is new'; Name = 'KVM_CAP_X86_SMM'; Before = 0; After = 1; Told = 'Capability KVM_CAP_X86_SMM: 0 > 1' }
        @{ What = 'fewer vCPUs'; Name = 'KVM_CAP_MAX_VCPUS'; Before = 1024; After = 288; Told = 'Limit KVM_CAP_MAX_VCPUS (vCPUs): 1024 > 288 !' }
        @{ What = 'more vCPUs'; Name = 'KVM_CAP_MAX_VCPUS'; Before = 288; After = 1024; Told = 'Limit KVM_CAP_MAX_VCPUS (vCPUs): 288 > 1024' }
        @{ What = 'fewer processors'; Name = 'KVM_CAP_NR_VCPUS'; Before = 64; After = 2; Told = 'Capability KVM_CAP_NR_VCPUS (recommended vCPUs): 64 > 2' }
        @{ What = 'a type of VM is lost'; Name = 'KVM_CAP_VM_TYPES'; Before = 5; After = 1; Told = 'VmType KVM_CAP_VM_TYPES KVM_X86_SEV_VM: True > False !' }
        @{ What = 'no type of VM is told, which means the default'; Name = 'KVM_CAP_VM_TYPES'; Before = 1; After = 0; Told = $null }
        @{ What = 'a flag of the clock is lost'; Name = 'KVM_CAP_ADJUST_CLOCK'; Before = 0xE; After = 2; Told = 'Capability KVM_CAP_ADJUST_CLOCK KVM_CLOCK_HOST_TSC: True > False !', 'Capability KVM_CAP_ADJUST_CLOCK KVM_CLOCK_REALTIME: True > False !' }
        @{ What = 'less of what nobody knows'; Name = 'KVM_CAP_NEVER_HEARD_OF'; Before = 3; After = 2; Told = 'Capability KVM_CAP_NEVER_HEARD_OF: 3 > 2 !' }
    ) {
        $made = ($Before, $After).ForEach{ , (New-Snapshot -Capabilities @(New-Capability $Name 200 $_)) }
        $rows = @(Get-Told $made[0] $made[1])
        [System.Array]::Sort($rows)
        $rows | Should -Be @(@($Told).Where{ $_ })
    }

    It 'says what an older module did not ask for' {
        $newer = New-Snapshot @{ LastCapability = 300 } -Capabilities @(New-Capability KVM_CAP_NEW 290 1)
        Get-Told $newer (New-Snapshot) | Should -Be @('Capability KVM_CAP_NEW: 1 > not asked !')
        Get-Told (New-Snapshot) $newer | Should -Be @('Capability KVM_CAP_NEW: not asked > 1')
        $types = New-Snapshot @{ DeviceTypes = @(@{ Name = 'VFIO'; Number = 4; Supported = $true }, @{ Name = 'NEW'; Number = 99; Supported = $true }) }
        Get-Told $types (New-Snapshot) | Should -Be @('DeviceType NEW: True > not asked !')
    }

    It 'tells of attributes, and of the bits of the host''s own' {
        $attr = @{ Owner = 'System'; Name = 'KVM_X86_GRP_SYSTEM/KVM_X86_XCOMP_GUEST_SUPP'; Group = 0; Attr = 0; Supported = $true; Value = 7 }
        $other = New-Snapshot @{ DeviceAttrs = @($attr, @{ Owner = 'Vcpu'; Name = 'KVM_VCPU_TSC_CTRL/KVM_VCPU_TSC_OFFSET'; Group = 0; Attr = 0; Supported = $false }) }
        Get-Told (New-Snapshot) $other | Should -Be @(
            'DeviceAttr Vcpu KVM_VCPU_TSC_CTRL/KVM_VCPU_TSC_OFFSET: True > False !'
            'DeviceAttr System KVM_X86_GRP_SYSTEM/KVM_X86_XCOMP_GUEST_SUPP bit 9: True > False !')
    }

    It 'says whom it concerns' {
        $windows = New-Snapshot @{ HyperVCpuid = @(New-Entry 0x40000003 0 0x200) }
        $row = Compare-KvmHostSnapshot $windows (New-Snapshot)
        $row.Kind | Should -Be 'HyperV'
        $row.Name | Should -Be 'HV_MSR_REFERENCE_TSC_AVAILABLE'
        $row.Reason | Should -BeLike '*Hyper-V*'
        (Compare-KvmHostSnapshot (New-Snapshot -FeatureMsrs (New-Msr MSR_IA32_VMX_VMFUNC 1)) (New-Snapshot -FeatureMsrs (New-Msr MSR_IA32_VMX_VMFUNC 0))).Reason | Should -BeLike '*vmx*'
    }

    It 'tells of another kernel, and blocks only for its API' {
        Get-Told (New-Snapshot) (New-Snapshot @{ KernelVersion = '7.2'; Backend = 'kvm_amd'; VcpuMapSize = 4096; ClockFlags = 'None'; Processor = 'Q' }) | Should -Be @(
            'Kernel KernelVersion: 6.12.0 > 7.2', 'Kernel Backend: kvm_intel > kvm_amd', 'Kernel VcpuMapSize: 12288 > 4096'
            'Processor Processor: P > Q', 'Clock ClockFlags: TscStable > None')
        Get-Told (New-Snapshot) (New-Snapshot @{ ApiVersion = 13 }) | Should -Be @('Kernel ApiVersion: 12 > 13 !')
    }

    It 'says of another architecture that, and nothing beside it' {
        Get-Told (New-Snapshot) (New-Snapshot @{ Architecture = 'Arm64'; KernelVersion = '7'; Cpuid = $null }) | Should -Be @('Architecture Architecture: X64 > Arm64 !')
    }

    # arm64_ftr_bits of arch/arm64/kernel/cpufeature.c; KVM_ARM_GET_REG_WRITABLE_MASKS in api.rst.
    It 'tells of arm64: <What>' -ForEach @(
        @{ What = 'a register is missing'; Before = @{ Name = 'X'; Id = 1 }; After = @{ Name = 'Y'; Id = 2 }; Told = 'Register X: True > absent !', 'Register Y: absent > True' }
        @{ What = 'what cannot be set has to be the same'; Before = @{ Value = 0x11 }; After = @{ Value = 0x12 }; Told = 'Register ID_AA64PFR0_EL1: 0x11 > 0x12 !' }
        @{ What = 'what can be set may be more'; Before = @{ Value = 0x11 }; After = @{ Value = 0x12; Writable = 0xFF }; Told = 'Register ID_AA64PFR0_EL1 EL0: 1 > 2' }
        @{ What = 'but not less'; Before = @{ Value = 0x12 }; After = @{ Value = 0x11; Writable = 0xFF }; Told = 'Register ID_AA64PFR0_EL1 EL0: 2 > 1 !' }
        @{ What = 'a signed field'; Before = @{ Value = 0 }; After = @{ Value = 0xF0000; Writable = 0xF0000 }; Told = 'Register ID_AA64PFR0_EL1 FP: 0 > -1 !' }
        @{ What = 'what a guest has is its own'; Before = @{ Name = 'X'; Id = 1 }; After = @{ Name = 'X'; Id = 1 }; Told = $null }
    ) {
        $made = ($Before, $After).ForEach{
            $register = @{ Name = 'ID_AA64PFR0_EL1'; Id = 0x603000000013C020 }
            foreach ($name in $_.Keys) { $register[$name] = $_[$name] }
            , (New-Snapshot @{ Architecture = 'Arm64'; Registers = @($register) })
        }
        Get-Told $made[0] $made[1] | Should -Be @(@($Told).Where{ $_ })
    }

    It 'takes numbers as JavaScript, hands and other modules write them' {
        $text = New-Snapshot -FeatureMsrs @(@{ Name = 'MSR_IA32_ARCH_CAPABILITIES'; Index = '0x10A'; Value = '0x8000000000000001' })
        $big = New-Snapshot -FeatureMsrs @(@{ Name = 'MSR_IA32_ARCH_CAPABILITIES'; Index = 266.0; Value = [System.Numerics.BigInteger]::Parse('9223372036854775809') })
        Get-Told $text $big | Should -BeNullOrEmpty
    }

    Context 'what is not whole' {
        It 'a part is missing: nothing is said of it but that' {
            $row = Compare-KvmHostSnapshot (New-Snapshot) (New-Snapshot @{ HostName = 'b'; Cpuid = $null })
            "$($row.Kind) $($row.Name) $($row.Reference) $($row.Difference) $($row.Blocking)" | Should -Be 'Snapshot Cpuid 1 missing True'
            $row.Reason | Should -BeLike "b's snapshot does not have it*"
        }

        It 'a part could not be read when it was taken: so it says' {
            $row = Compare-KvmHostSnapshot (New-Snapshot) (New-Snapshot @{ Msrs = $null; Gaps = @(@{ Name = 'Msrs'; Reason = 'EIO' }) })
            $row.Name | Should -Be 'Msrs'
            $row.Blocking | Should -BeTrue
            $row.Reason | Should -BeLike '*EIO*'
        }

        It 'something in a part is wrong: <Because>' -ForEach @(
            @{ Part = 'Capabilities'; Value = @(@{ Name = 'KVM_CAP_IRQCHIP'; Number = 'x'; Value = 1; VmValue = 1 }); Because = "Capabilities\[0].Number is 'x', where a number is needed" }
            @{ Part = 'Capabilities'; Value = @(@{ Name = 'KVM_CAP_IRQCHIP'; Value = 1; VmValue = 1 }); Because = 'Capabilities\[0] has no Number' }
            @{ Part = 'Capabilities'; Value = @('KVM_CAP_IRQCHIP'); Because = "Capabilities\[0] is the text 'KVM_CAP_IRQCHIP', where a record is needed: with more depth" }
            @{ Part = 'Cpuid'; Value = @(@{ Function = -1 }); Because = 'Cpuid\[0].Function is -1, which is not within UInt32' }
            @{ Part = 'Cpuid'; Value = 5; Because = "Cpuid\[0] is '5' \(Int32\), where a record is needed" }
            @{ Part = 'DeviceTypes'; Value = @(@{ Name = 'VFIO'; Number = 4; Supported = 'maybe' }); Because = "DeviceTypes\[0].Supported is 'maybe', where true or false is needed" }
            @{ Part = 'TscKhz'; Value = @(1, 2); Because = 'TscKhz is .*, where a number is needed' }
            @{ Part = 'HostName'; Value = $null; Because = 'it has no HostName' }
            @{ Part = 'Taken'; Value = 'yesterday'; Because = "Taken is 'yesterday', where a time is needed" }
        ) {
            $rows = @(Compare-KvmHostSnapshot (New-Snapshot) (New-Snapshot @{ $Part = $Value }))
            $row = $rows.Where{ $_.Kind -eq 'Snapshot' }
            $row.Count | Should -Be 1
            $row[0].Name | Should -Be $Part
            $row[0].Blocking | Should -BeTrue
            $row[0].Reason | Should -Match $Because
        }

        It 'a newer version: what is understood is compared, and the rest is named' {
            $newer = New-Snapshot @{ Version = 2; HostName = 'b'; Quirks = @('x'); PSComputerName = 'b'; RunspaceId = 'c'; KernelVersion = '9' }
            $rows = Compare-KvmHostSnapshot (New-Snapshot) $newer -WarningVariable warnings -WarningAction SilentlyContinue
            @($rows.ForEach{ "$($_.Kind) $($_.Name) $($_.Blocking)" }) | Should -Be @('Snapshot Quirks True', 'Snapshot Version False', 'Kernel KernelVersion False')
            "$warnings" | Should -BeLike '*b has version 2*'
        }

        It 'a property of somebody''s own is nobody''s business' {
            Get-Told (New-Snapshot) (New-Snapshot @{ Comment = 'rack 7'; PSComputerName = 'b' }) | Should -BeNullOrEmpty
        }
    }

    Context 'what is no snapshot' {
        It '<What> is an error of its own, and the others are compared' -ForEach @(
            @{ What = 'a number'; Argument = 5; Because = "it is '5' (Int32), where a record is needed" }
            @{ What = 'an empty object'; Argument = @{}; Because = 'it has no Version and Architecture' }
            @{ What = 'a text'; Argument = 'host17'; Because = 'the text is no JSON' }
            @{ What = 'half a JSON text'; Argument = '{ "Version": 1, "Archit'; Because = 'the text is no JSON' }
            @{ What = 'an empty JSON array'; Argument = '[]'; Because = 'it is an empty list' }
            @{ What = 'JSON of something else'; Argument = '[1]'; Because = '[0] is Number, where a record is needed' }
            @{ What = 'a version that is no number'; Argument = @{ Version = 'new'; Architecture = 'X64' }; Because = "Version is 'new', where a number is needed" }
            @{ What = 'an architecture that is no text'; Argument = @{ Version = 1; Architecture = 5 }; Because = "Architecture is '5' (Int32), where a text is needed" }
            @{ What = 'some other object'; Argument = [version] '1.2'; Because = "it is '1.2' (Version), where a record is needed" }
        ) {
            $rows = Compare-KvmHostSnapshot (New-Snapshot) $Argument, (New-Snapshot @{ KernelVersion = '7' }) -ErrorVariable failures -ErrorAction SilentlyContinue
            $rows.Name | Should -Be 'KernelVersion'
            $failures.Count | Should -Be 1
            $failures[0].FullyQualifiedErrorId | Should -BeLike 'KvmSnapshotInvalid,*'
            $failures[0].CategoryInfo.Category | Should -Be 'InvalidData'
            $failures[0].TargetObject | Should -Be $Argument
            "$($failures[0])".Contains($Because) | Should -BeTrue -Because "$($failures[0])"
            $failures[0].ErrorDetails.RecommendedAction | Should -BeLike '*Get-KvmHostSnapshot*'
        }

        Context 'the lines of a file' {
            BeforeAll {
                $options = [System.Text.Json.JsonSerializerOptions]::new()
                $options.WriteIndented = $true
                $lines = [System.Text.Json.JsonSerializer]::Serialize((New-Snapshot @{ HostName = 'b'; KernelVersion = '7' }), [hashtable], $options) -split "`n"
            }

            It 'are put together, by argument and by pipeline' {
                (Compare-KvmHostSnapshot (New-Snapshot) $lines -ErrorAction Stop).Name | Should -Be 'KernelVersion'
                ($lines | Compare-KvmHostSnapshot (New-Snapshot) -ErrorAction Stop).Name | Should -Be 'KernelVersion'
                (Compare-KvmHostSnapshot $lines (New-Snapshot) -ErrorAction Stop).Name | Should -Be 'KernelVersion'
                # Two files, and something else.
                @($lines + $lines + (New-Snapshot @{ ApiVersion = 11 }) | Compare-KvmHostSnapshot (New-Snapshot) -ErrorAction Stop).Name | Should -Be @('KernelVersion', 'KernelVersion', 'ApiVersion')
            }

            It 'are one error where they make no document: <What>' -ForEach @(
                @{ What = 'the end is missing'; Break = { $lines[0..9] } }
                @{ What = 'a line is damaged'; Break = { $lines[0..9] + '?' + $lines[10..99999] } }
            ) {
                $broken = @(& $Break)
                $rows = Compare-KvmHostSnapshot (New-Snapshot) ($broken + (New-Snapshot @{ ApiVersion = 11 })) -ErrorVariable failures -ErrorAction SilentlyContinue
                $rows.Name | Should -Be 'ApiVersion'
                $failures.Count | Should -Be 1
                $failures[0].FullyQualifiedErrorId | Should -BeLike 'KvmSnapshotInvalid,*'
                "$($failures[0])" | Should -BeLike '*lines of a file*'
                $failures[0].ErrorDetails.RecommendedAction | Should -BeLike '*-Raw*'
            }
        }

        It 'a reference that is none ends it' {
            { New-Snapshot | Compare-KvmHostSnapshot @{ Version = 1 } } | Should -Throw -ErrorId 'KvmSnapshotInvalid,*'
            { New-Snapshot | Compare-KvmHostSnapshot '[]' } | Should -Throw -ErrorId 'KvmSnapshotInvalid,*'
        }

        It 'is not run, whatever it has' {
            $object = [psobject]::new()
            $script:ran = $false
            $object.psobject.Properties.Add([psscriptproperty]::new('Version', { $script:ran = $true; 1 }))
            $object.psobject.Properties.Add([psnoteproperty]::new('Architecture', 'X64'))
            Compare-KvmHostSnapshot (New-Snapshot) $object -ErrorVariable failures -ErrorAction SilentlyContinue
            $failures[0].FullyQualifiedErrorId | Should -BeLike 'KvmSnapshotInvalid,*'
            $script:ran | Should -BeFalse
        }
    }
}

Describe 'The names of CPUID''s bits' {
    BeforeAll {
        $rows = [System.IO.File]::ReadAllLines("$PSScriptRoot/../../src/KvmPS.Native/Abi/Values/cpuid.tsv").Where{ $_ -notlike '#*' }.ForEach{
            $cells = $_ -split "`t"
            [pscustomobject]@{ Leaf = $cells[0]; Subleaf = $cells[1]; Register = $cells[2]; Bits = $cells[3]; Rule = $cells[4]; Name = $cells[5] }
        }
        $features = $rows.Where{ $_.Rule -eq 'Feature' -and $_.Bits -notlike '*-*' -and $_.Subleaf -ne '*' -and $_.Register -ne '*' }
    }

    It 'stand once for each bit, and the bits of a register do not overlap' {
        $seen = [System.Collections.Generic.HashSet[string]]::new()
        foreach ($row in $rows) {
            $first, $last = $row.Bits -split '-'
            foreach ($bit in [int] $first .. [int] ($last ?? $first)) {
                $seen.Add("$($row.Leaf) $($row.Subleaf) $($row.Register) $bit") | Should -BeTrue -Because "$($row.Leaf) $($row.Register) $bit $($row.Name)"
            }
        }
    }

    It 'are different for different features' {
        $names = @($features.Name)
        [System.Collections.Generic.HashSet[string]]::new([string[]] $names).Count | Should -Be $names.Count
    }

    # Linux says of this processor's flags what CPUID said to Linux.
    It 'are those of /proc/cpuinfo: a flag that Linux shows is a bit that CPUID has' -Skip:(-not $x86) {
        $flags = [System.Linq.Enumerable]::First([System.IO.File]::ReadLines('/proc/cpuinfo'), [System.Func[string, bool]] { $args[0] -like 'flags*' }) -split '[:\s]+'
        # Linux shows these for several bits of several vendors.
        $flags = $flags.Where{ $_ -notin 'ibrs', 'ibpb', 'stibp', 'ssbd' }
        $asked = $features.Where{ $_.Name -in $flags }
        $asked.Count | Should -BeGreaterThan 20
        $lines = $asked.ForEach{ "    __cpuid_count($($_.Leaf)u, $($_.Subleaf)u, EAX, EBX, ECX, EDX); if (!($($_.Register) >> $($_.Bits) & 1)) puts(`"$($_.Name)`");" }
        $source = "$TestDrive/bits.c"
        [System.IO.File]::WriteAllText($source, "#include <cpuid.h>`n#include <stdio.h>`nint main(void) {`n    unsigned EAX, EBX, ECX, EDX;`n$($lines -join "`n")`n    return 0;`n}`n")
        & cc -o "$TestDrive/bits" $source
        $LASTEXITCODE | Should -Be 0
        @(& "$TestDrive/bits") | Should -BeNullOrEmpty
    }

    It 'are at the bits that gcc''s cpuid.h has for them' -Skip:(-not $x86) {
        $path = & cc -E -M -include cpuid.h -x c /dev/null
        $header = [System.IO.File]::ReadAllText(("$path" -split '[\s\\]+').Where{ $_ -like '*/cpuid.h' }[0])
        $compared = 0
        foreach ($match in [regex]::Matches($header, '#define\s+bit_(\w+)\s+\(\s*1u?\s*<<\s*(\d+)\s*\)')) {
            $name = $match.Groups[1].Value.ToLowerInvariant()
            foreach ($feature in $features.Where{ $_.Name.Replace('_', '') -eq $name.Replace('_', '') }) {
                $feature.Bits | Should -Be $match.Groups[2].Value -Because $feature.Name
                $compared++
            }
        }
        $compared | Should -BeGreaterThan 50
    }
}
