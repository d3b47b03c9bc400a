BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet)
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $kvmps = "$PSScriptRoot/../../kvmps"
    $manifest = "$PSScriptRoot/../../KvmPS.psd1"
    # What earlier tests left to the finalizer is closed first.
    function Get-OpenFd {
        [System.GC]::Collect(); [System.GC]::WaitForPendingFinalizers()
        [System.IO.Directory]::GetFiles('/proc/self/fd').Count
    }

    # Runs a script in a shell of its own, behind a shell command such as a limit.
    function Invoke-Behind([string] $Limit, [string] $Script) {
        (& sh -c "$Limit; exec `"`$0`" -NoProfile -Command `"`$1`"" $kvmps "`$manifest = '$manifest'; Import-Module `$manifest; $Script" 2>&1) -join "`n"
    }
}

Describe 'Descriptors' -Skip:$noKvm {
    AfterEach { Get-KvmVm | Remove-KvmVm }

    It 'are as before after 10,000 cycles of create and remove of a VM with a vCPU' -Tag Long {
        $vm = New-KvmVm; Remove-KvmVm $vm
        $before = Get-OpenFd
        for ($i = 0; $i -lt 10000; $i++) {
            $vm = New-KvmVm
            if ($i % 10 -eq 0) { $null = New-KvmVcpu $vm }
            Remove-KvmVm $vm
        }
        Get-OpenFd | Should -Be $before
    }

    It 'are as before after 100 cycles of a VFIO device' {
        $vm = New-KvmVm
        $before = Get-OpenFd
        for ($i = 0; $i -lt 100; $i++) { New-KvmDevice $vm VFIO | Remove-KvmDevice }
        Get-OpenFd | Should -Be $before
    }

    It 'of 1,000 VMs that were dropped without removal are found and closed by Get-KvmVm | Remove-KvmVm' -Tag Long {
        $before = Get-OpenFd
        for ($i = 0; $i -lt 1000; $i++) { $null = New-KvmVm }
        [System.GC]::Collect(); [System.GC]::WaitForPendingFinalizers()
        (Get-KvmVm).Count | Should -Be 1000
        Get-KvmVm | Remove-KvmVm
        Get-OpenFd | Should -Be $before
    }

    It 'are as before after creations that failed' {
        $vm = New-KvmVm
        $null = New-KvmDevice $vm VFIO
        $before = Get-OpenFd
        for ($i = 0; $i -lt 100; $i++) {
            New-KvmDevice $vm VFIO -ErrorAction Ignore
            New-KvmDevice $vm XICS -ErrorAction Ignore
            New-KvmVm -Type 0xFFFFFFFF -ErrorAction Ignore
            New-KvmVcpu $vm -Id 0xFFFFFFF -ErrorAction Ignore
        }
        Get-OpenFd | Should -Be $before
    }

    It 'that run out are a typed error, and the shell goes on working' {
        $text = Invoke-Behind 'ulimit -n 400' @'
$made = 0
try { while ($made -lt 2000) { $null = New-KvmVm -ErrorAction Stop; $made++ } }
catch { "$($_.FullyQualifiedErrorId) $($_.Exception.Errno) $($_.CategoryInfo.Category) $($_.ErrorDetails.RecommendedAction)" }
Get-KvmVm | Remove-KvmVm
"again $((New-KvmVm again).Name)"
'@
        $text | Should -BeLike '*Failed,*EMFILE LimitsExceeded*ulimit*again again*'
    }

    It 'are closed by the end of the process' {
        $text = Invoke-Behind 'true' '$null = New-KvmVm; $null = New-KvmVm | New-KvmVcpu; "made $(@(Get-KvmVm).Count)"'
        $text | Should -BeLike '*made 2*'
        $LASTEXITCODE | Should -Be 0
    }
}

Describe 'Several runspaces at once' -Skip:$noKvm {
    AfterEach { Get-KvmVm | Remove-KvmVm }

    It 'see the same VMs, and use each other''s devices' {
        $vm = New-KvmVm -Name shared
        $device = New-KvmDevice $vm VFIO
        $answers = 1..8 | ForEach-Object -Parallel {
            Import-Module $using:manifest
            Test-KvmDeviceAttr (Get-KvmVm shared | Get-KvmDevice) 1 1
            $null = New-KvmVm -Name "made by $_"
        } -ThrottleLimit 4
        $answers | Should -Be @($true, $true, $true, $true, $true, $true, $true, $true)
        (Get-KvmVm 'made by *').Count | Should -Be 8
        $device.State | Should -Be 'Open'
    }

    It 'that remove the same VM at once get one success and KvmObjectRemoved otherwise' {
        foreach ($round in 1..20) {
            $vm = New-KvmVm
            $results = 1..4 | ForEach-Object -Parallel {
                Import-Module $using:manifest
                $target = $using:vm
                try { Remove-KvmVm $target -ErrorAction Stop; 'removed' }
                catch { $_.FullyQualifiedErrorId.Split(',')[0] }
            } -ThrottleLimit 4
            $results.Where({ $_ -eq 'removed' }).Count | Should -Be 1
            $results.Where({ $_ -eq 'KvmObjectRemoved' }).Count | Should -Be 3
        }
    }

    It 'that use a VM while it is being removed get answers or KvmObjectRemoved, never another VM''s' {
        $before = Get-OpenFd
        $vm = New-KvmVm
        $device = New-KvmDevice $vm VFIO
        $results = 0..3 | ForEach-Object -Parallel {
            Import-Module $using:manifest
            $d = $using:device; $v = $using:vm
            if ($_ -eq 0) { [System.Threading.Thread]::Sleep(30); Remove-KvmVm $v; return 'removed' }
            for ($i = 0; $i -lt 3000; $i++) {
                try { if (-not (Test-KvmDeviceAttr $d 1 1 -ErrorAction Stop)) { return 'wrong answer' } }
                catch { return $_.FullyQualifiedErrorId.Split(',')[0] }
            }
            'finished'
        } -ThrottleLimit 4
        $results.Where({ $_ -notin 'removed', 'KvmObjectRemoved', 'finished' }) | Should -BeNullOrEmpty
        Get-OpenFd | Should -Be $before
    }
}

Describe 'After Remove-Module' -Skip:$noKvm {
    It 'the objects still work, and a new import finds the VMs' {
        $text = Invoke-Behind 'true' @'
$vm = New-KvmVm -Name kept
Remove-Module KvmPS
"cap $($vm.CheckExtension(3))"
Import-Module $manifest
"found $((Get-KvmVm kept).Id -eq $vm.Id)"
'@
        $text | Should -BeLike '*cap 1*found True*'
    }
}
