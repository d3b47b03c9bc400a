BeforeDiscovery {
    $module = Import-Module "$PSScriptRoot/../../KvmPS.psd1" -PassThru
    $noKvm = -not (Test-KvmHost -Quiet)
    $noStats = $noKvm -or -not (Get-KvmCapability KVM_CAP_BINARY_STATS_FD).Supported
    $noGuest = $noKvm -or [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -ne 'X64'
    $enums = ($module.ImplementingAssembly, [KvmPS.Native.KvmVm].Assembly).ForEach({ $_.GetExportedTypes() }).Where({ $_.IsEnum }).ForEach({ @{ Enum = $_ } })

    $sshd = @(Get-Command sshd, /usr/sbin/sshd -CommandType Application -ErrorAction Ignore)[0].Source
    $missing = if ([System.IO.Path]::GetFileName([System.Environment]::ProcessPath) -ne 'pwsh') { 'only pwsh can be started by sshd' }
    elseif (-not $sshd) { 'there is no sshd' }
    elseif (-not (Get-Command ssh -CommandType Application -ErrorAction Ignore)) { 'there is no ssh' }
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    . "$PSScriptRoot/RealModeGuest.ps1"
    $root = [System.IO.Path]::GetFullPath("$PSScriptRoot/../..")

    # What another process gets of an object: serialized as remoting and jobs do.
    function Copy-Object($InputObject) {
        [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($InputObject, 1))
    }
}

Describe 'A copy in another process' {
    It 'has the name for a value of <Enum>' -ForEach $enums {
        $value = [System.Enum]::GetValues($Enum)[0]
        $copy = Copy-Object $value
        $copy | Should -BeExactly "$value"
        $copy | Should -BeOfType ([string])
    }
}

Describe 'A copy in another process, of what KVM has' -Skip:$noKvm {
    BeforeAll { $vm = New-KvmVm -Name copied -Memory 1MB -Vcpu 2 }
    AfterAll { Get-KvmVm | Remove-KvmVm }

    It 'of a process has its vCPUs and descriptors' {
        $process = Get-KvmProcess -Id $PID
        $copy = Copy-Object $process
        $copy.Vcpus.Fd | Should -Be $process.Vcpus.Fd
        $copy.Fds.Name | Should -Be $process.Fds.Name
        @($copy.Fds.Where({ $_.Kind -eq 'Vm' })).Fd | Should -Be $process.Vms.Fd
    }

    It 'of a histogram has its buckets' -Skip:$noStats {
        $copy = Copy-Object (Get-KvmStat -Vcpu $vm.Vcpus[0] -Name halt_wait_hist)
        $copy.Value[0..3].From | Should -Be @(0, 1, 2, 4)
        $copy.Type -eq 'LogHistogram' | Should -BeTrue
        $copy.Target.Id | Should -Be 0
    }

    It 'of a segment register has its parts' -Skip:$noGuest {
        (Copy-Object (Get-KvmRegister $vm.Vcpus[0] -Name cs)).Value.selector | Should -Be (Get-KvmRegister $vm.Vcpus[0] -Name cs).Value.selector
    }

    It 'of a VM is no VM' {
        $copy = Copy-Object $vm
        $record = { Get-KvmVcpu $copy -ErrorAction Stop } | Should -Throw -ErrorId 'KvmVmArgumentInvalid,*' -PassThru
        "$record" | Should -BeLike "VM 'copied' (Deserialized.KvmPS.Native.KvmVm) is not a VM*"
        $record.ErrorDetails.RecommendedAction | Should -BeLike '*came from another process*'
        { $copy | Remove-KvmVm -ErrorAction Stop } | Should -Throw -ErrorId 'KvmVmArgumentInvalid,*'
        "$($vm.State)" | Should -Be 'Open'
    }

    It 'of a process is no process' -Skip:$noStats {
        $copy = Copy-Object (Get-KvmProcess -Id $PID)
        { Get-KvmStat -Process $copy } | Should -Throw "*process $PID (*) (Deserialized.KvmPS.Native.KvmProcess) is no process*"
    }
}

Describe 'Views of copies' -Skip:$noGuest {
    BeforeAll {
        $scripts = @(
            '$vm', '$vm.Vcpus', '$vm.Memory', 'Get-KvmDeviceType', 'Get-KvmCapability *IRQ*', 'Get-KvmHost', 'Test-KvmHost', 'Get-KvmProcess -Id $PID'
            'Get-KvmRegister $vm.Vcpus[0]', 'Get-KvmMsr $vm.Vcpus[0] -Name IA32_APICBASE', 'Get-KvmCpuid -Supported', 'Get-KvmDeviceAttr $vm.Vcpus[0]'
            'Get-KvmDeviceAttr -ListAvailable', 'Get-KvmIrqChip $pc', '(Get-KvmIrqChip $pc).Ioapic.Pins', 'Get-KvmGsiRoute $pc', '(Get-KvmIrqFd $pc).EventFd'
            'Get-KvmIrqFd $pc', 'Get-KvmIoEvent $pc', 'Get-KvmStat $vm'
        )
        # A shell shows each twice: as it is, and as a copy.
        $all = & "$root/kvmps" -NoProfile -Command @"
`$ErrorActionPreference = 'Stop'
Import-Module '$root/KvmPS.psd1'
`$vm = New-KvmVm -Name lab -Memory 1MB -Vcpu 1
`$pc = New-KvmVm -Name pc
`$null = New-KvmIrqChip `$pc
`$null = Register-KvmIrqFd `$pc -Gsi 4
`$null = Register-KvmIoEvent `$pc -Port 0x3F8 -Length 1
foreach (`$script in $($scripts.ForEach({ "{ $_ }" }) -join ', ')) {
    `$objects = @(& `$script)
    `$objects | Out-Host
    '='
    `$objects.ForEach({ [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize(`$_, 1)) }) | Out-Host
    '='
}
"@ 2>&1
        $LASTEXITCODE | Should -Be 0 -Because "$($all[-1])"
        # Where an object shows a VM's name, its copy has the VM's text.
        $shown = (($all.ForEach({ "$_" }) -join "`n") -split '(?m)^=$').ForEach({ ($_ -replace "VM '(lab|pc)'", '$1' -replace ' +', ' ').Trim() })
    }

    It 'are those of the objects' {
        $shown.Count | Should -Be ($scripts.Count * 2 + 1)
        for ($i = 0; $i -lt $scripts.Count; $i++) {
            $shown[2 * $i] | Should -Not -BeNullOrEmpty -Because $scripts[$i]
            $shown[2 * $i + 1] | Should -Be $shown[2 * $i] -Because $scripts[$i]
        }
    }
}
