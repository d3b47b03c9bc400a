# Snapshots of hosts that do not exist, as JSON would have them; dot-sourced by the tests of snapshots and reports.
function New-Entry([uint] $Function, [uint] $Index = 0, [uint] $Eax = 0, [uint] $Ebx = 0, [uint] $Ecx = 0, [uint] $Edx = 0) {
    @{ Function = $Function; Index = $Index; Flags = 0; Eax = $Eax; Ebx = $Ebx; Ecx = $Ecx; Edx = $Edx }
}

# A host, as its snapshot's JSON would have it; the arguments replace parts.
function New-Snapshot([hashtable] $With = @{}, [object[]] $Cpuid = @(), [object[]] $FeatureMsrs = @(), [object[]] $Capabilities = @()) {
    $snapshot = @{
        Version = 1; HostName = 'a'; Architecture = 'X64'; KernelVersion = '6.12.0'; Backend = 'kvm_intel'; Processor = 'P'
        ApiVersion = 12; VcpuMapSize = 12288; TscKhz = 2000000; ClockFlags = 'TscStable'; LastCapability = 249
        Capabilities = @(@{ Name = 'KVM_CAP_IRQCHIP'; Number = 0; Value = 1; VmValue = 1 }) + $Capabilities
        DeviceTypes = @(@{ Name = 'VFIO'; Number = 4; Supported = $true }, @{ Name = 'XICS'; Number = 3; Supported = $false })
        DeviceAttrs = @(
            @{ Owner = 'System'; Name = 'KVM_X86_GRP_SYSTEM/KVM_X86_XCOMP_GUEST_SUPP'; Group = 0; Attr = 0; Supported = $true; Value = 0x207 }
            @{ Owner = 'Vcpu'; Name = 'KVM_VCPU_TSC_CTRL/KVM_VCPU_TSC_OFFSET'; Group = 0; Attr = 0; Supported = $true })
        # GenuineIntel
        Cpuid = @(New-Entry 0 0 0x1F 0x756E6547 0x6C65746E 0x49656E69) + $Cpuid
        EmulatedCpuid = @(); HyperVCpuid = @(); FeatureMsrs = $FeatureMsrs
        Msrs = @(@{ Name = 'MSR_IA32_TSC'; Index = 0x10 })
    }
    foreach ($name in $With.Keys) { $snapshot[$name] = $With[$name] }
    $snapshot
}

function New-Msr([string] $Name, [ulong] $Value) {
    @{ Name = $Name; Index = 1; Value = $Value }
}

function New-Capability([string] $Name, [uint] $Number, [int] $Value) {
    @{ Name = $Name; Number = $Number; Value = $Value; VmValue = $Value }
}
