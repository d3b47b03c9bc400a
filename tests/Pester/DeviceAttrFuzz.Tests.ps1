# Memory safety of the attribute calls. KVM_GET_DEVICE_ATTR writes as much as the attribute has and says not how much that is.
# The long form: KVMPS_FUZZ_CALLS=1000000 ./kvmps build.ps1 Test -File DeviceAttrFuzz

BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet)
    $kinds = @('host', 'VM', 'vCPU')
    $calls = [int]($env:KVMPS_FUZZ_CALLS ?? 1500)
    if (-not $noKvm) {
        $probe = New-KvmVm
        $kinds += (Get-KvmDeviceType $probe).Where{ $_.Supported }.Name
        Remove-KvmVm $probe
    }
    $cases = $kinds.ForEach{ @{ Kind = $_; Calls = $calls } }
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    . "$PSScriptRoot/Arm64.ps1"
    $arm64 = [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -eq 'Arm64'

    # An object that is ready for as much as there is: on arm64 its vCPUs are initialised, and VGICs have their addresses.
    function New-Target([string] $Kind) {
        if (-not $arm64) {
            $vm = New-KvmVm -Name fuzz
            switch ($Kind) {
                'host' { return Get-KvmHost }
                'VM' { return $vm }
                'vCPU' { return New-KvmVcpu $vm }
                default { return New-KvmDevice $vm $Kind }
            }
        }
        # 3 is KVM_ARM_VCPU_PMU_V3
        $vm = New-Machine -Name fuzz -Feature 3
        switch ($Kind) {
            'host' { Get-KvmHost }
            'VM' { $vm }
            'vCPU' { $vm.Vcpus[0] }
            'ARM_VGIC_V3' { New-Gic $vm -Init }
            'ARM_VGIC_ITS' {
                $null = New-Gic $vm -Init
                $its = New-KvmDevice $vm $Kind
                Set-KvmDeviceAttr $its GRP_ADDR VGIC_ITS_ADDR_TYPE 0x8080000
                $its
            }
            default { New-KvmDevice $vm $Kind }
        }
    }

    # Numbers that mean something, numbers near to them, and any.
    function Get-Number([System.Random] $Random, [object[]] $Known, [int] $Bytes) {
        switch ($Random.Next(4)) {
            0 { if ($Known) { return $Known[$Random.Next($Known.Count)] } }
            1 { return $Random.Next(16) }
            2 { return [ulong] $Random.Next() -shl $Random.Next(($Bytes - 4) * 8 + 1) }
        }
        $any = [byte[]]::new(8)
        $Random.NextBytes($any)
        [System.BitConverter]::ToUInt64($any) -shr (64 - 8 * $Bytes)
    }

    function Get-Size([System.Random] $Random) {
        switch ($Random.Next(8)) {
            0 { return 0 }
            1 { return $Random.Next(70000) }
            2 { return 4096 * $Random.Next(1, 5) }
            default { return $Random.Next(65) }
        }
    }
}

Describe 'The buffer of an attribute' -Skip:$noKvm {
    It 'lies between two pages that nobody may touch' {
        $vm = New-KvmVm
        try { $null = Get-KvmDeviceAttr (New-KvmVcpu $vm) 0 0 -Size 8 -ErrorAction Ignore } finally { Remove-KvmVm $vm }
        $page = [System.Environment]::SystemPageSize
        $maps = [System.IO.File]::ReadAllLines('/proc/self/maps').ForEach{
            $range, $rights = $_.Split(' ')[0, 1]
            $from, $to = $range.Split('-').ForEach{ [System.Convert]::ToUInt64($_, 16) }
            [pscustomobject]@{ From = $from; To = $to; Rights = $rights }
        }
        $between = 0
        for ($i = 1; $i -lt $maps.Count - 1; $i++) {
            $before, $it, $after = $maps[($i - 1)..($i + 1)]
            # The guard page behind it may have grown together with what else is out of bounds.
            if ($it.Rights -eq 'rw-p' -and ($it.To - $it.From) % $page -eq 0 -and $before.Rights -eq '---p' -and $before.To -eq $it.From -and
                $after.Rights -eq '---p' -and $after.From -eq $it.To) { $between++ }
        }
        $between | Should -BeGreaterThan 0
    }

    It 'is not left by the kernel: of <Size> bytes an attribute of 8 is EFAULT, at every alignment' -ForEach @(
        @{ Size = 0 }, @{ Size = 1 }, @{ Size = 4 }, @{ Size = 7 }
    ) {
        $vm = New-KvmVm
        try {
            $vcpu = New-KvmVcpu $vm
            # KVM_VCPU_TSC_OFFSET, or KVM_ARM_VCPU_PVTIME_IPA
            $group = $arm64 ? 2 : 0
            if (-not (Test-KvmDeviceAttr $vcpu $group 0)) { Set-ItResult -Skipped -Because 'this vCPU has no such attribute'; return }
            $failure = { Get-KvmDeviceAttr $vcpu $group 0 -Size $Size -ErrorAction Stop } | Should -Throw -ErrorId 'DeviceAttrBadAddress,*' -PassThru
            $failure.Exception.Errno | Should -Be 'EFAULT'
        }
        finally { Remove-KvmVm $vm }
    }
}

Describe 'Any attribute, any size, any value' -Tag Fuzz -Skip:$noKvm {
    It 'does no harm to the process or its VMs: <Calls> calls on a <Kind>' -ForEach $cases {
        $seed = [System.Environment]::TickCount
        $random = [System.Random]::new($seed)
        $target = New-Target $Kind
        $vm = Get-KvmVm -Name fuzz
        try {
            $known = $target.GetKnownAttrs()
            $groups = @($known.Group)
            $attrs = @($known.Attr -ne $null)
            # Registers, with what they are made of.
            $state = @($target.GetStateAttrs())
            for ($i = 0; $i -lt $Calls; $i++) {
                $group = Get-Number $random $groups 4
                $attr = Get-Number $random $attrs 8
                if ($state -and $random.Next(2)) {
                    $part = $state[$random.Next($state.Count)]
                    $group, $attr = $part.Known.Group, $part.Attr
                }
                $size = Get-Size $random
                switch ($random.Next(4)) {
                    0 { $null = Test-KvmDeviceAttr $target $group $attr -ErrorAction Ignore }
                    1 {
                        $value = [byte[]]::new($size)
                        $random.NextBytes($value)
                        Set-KvmDeviceAttr $target $group $attr $value -ErrorAction Ignore
                    }
                    default { $null = Get-KvmDeviceAttr $target $group $attr -Size $size -ErrorAction Ignore }
                }
            }
            # Still the same: the VM answers, takes a vCPU (with a VGIC it has them all), and everything is where it was.
            Get-KvmVm -Name fuzz | Should -Be $vm -Because "the seed was $seed"
            Test-KvmDevice $vm VFIO | Should -BeTrue -Because "the seed was $seed"
            if ($Kind -notlike 'ARM_*') { (New-KvmVcpu $vm).State | Should -Be 'Open' -Because "the seed was $seed" }
            [System.GC]::Collect()
        }
        finally { Remove-KvmVm $vm }
    }
}
