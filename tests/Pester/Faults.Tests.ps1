BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet)
    $notRoot = [System.Environment]::UserName -ne 'root'
    $noGuest = [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -ne 'X64'
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

# Each in a shell of its own, which limits itself when it has begun.
Describe 'A limit' -Skip:$noKvm {
    BeforeAll { $folder = [System.IO.Directory]::CreateTempSubdirectory('kvmps-limits-').FullName }
    AfterAll { [System.IO.Directory]::Delete($folder, $true) }

    It 'of the size of files (RLIMIT_FSIZE) is a typed error of <What>, not the end of the process, and leaves no file' -ForEach @(
        @{ What = 'Save-KvmVm'; Action = 'Save-KvmVm $vm $target'; Saves = $true }
        @{ What = 'Read-KvmMemory -Path'; Action = 'Read-KvmMemory $vm 0 8MB -Path $target' }
        @{ What = 'Add-KvmMemory -Path'; Action = 'Add-KvmMemory $vm 1GB 4MB -Path $target' }
    ) {
        if ($Saves -and $noGuest) { Set-ItResult -Skipped -Because 'only x86 can save'; return }
        $text = Invoke-Behind "cd $folder" @"
`$vm = New-KvmVm limited -Memory 8MB
foreach (`$i in 0..7) { Write-KvmMemory `$vm (`$i * 1MB) ([byte[]] (,7 * 64KB)) }
& prlimit --fsize=200000:200000 --pid `$PID
`$target = '$folder/file'
try { `$null = $Action -ErrorAction Stop } catch { "`$(`$_.FullyQualifiedErrorId) `$(`$_.CategoryInfo.Category) `$(`$_.ErrorDetails.RecommendedAction)" }
"left `$([System.IO.Directory]::GetFileSystemEntries('$folder').Count)"
"alive `$((Read-KvmMemory `$vm 0 1) -join '')"
"@
        $text | Should -BeLike '*,KvmPS.* LimitsExceeded *room*left 0*alive 7'
    }

    It 'of a file system that is full is a typed error of Save-KvmVm, and no half of a VM is left' -Skip:($notRoot -or $noGuest) {
        & mount -t tmpfs -o size=1m tmpfs $folder
        try {
            $vm = New-KvmVm full -Memory 8MB -Vcpu 1
            foreach ($i in 0..7) { Write-KvmMemory $vm ($i * 1MB) ([byte[]] (, 7 * 512KB)) }
            $failure = { Save-KvmVm $vm "$folder/saved" -ErrorAction Stop } | Should -Throw -ErrorId 'KvmFileNotUsable,*' -PassThru
            $failure.CategoryInfo.Category | Should -Be 'LimitsExceeded'
            $failure.Exception.HResult | Should -Be ([int] [Mono.Unix.Native.Errno]::ENOSPC)
            [System.IO.Directory]::GetFileSystemEntries($folder).Count | Should -Be 0
            $failure = { Read-KvmMemory $vm 0 8MB -Path "$folder/ram" -ErrorAction Stop } | Should -Throw -ErrorId 'KvmFileNotUsable,*' -PassThru
            [System.IO.Directory]::GetFileSystemEntries($folder).Count | Should -Be 0
            # There is room again.
            Remove-KvmVm $vm
            $vm = New-KvmVm small -Memory 8MB -Vcpu 1
            Write-KvmMemory $vm 1MB ([byte[]] (1, 2))
            $null = Save-KvmVm $vm "$folder/saved"
            (Read-KvmMemory (Restore-KvmVm "$folder/saved" -Name back) 1MB 2) -join ',' | Should -Be '1,2'
        }
        finally {
            Get-KvmVm | Remove-KvmVm
            & umount $folder
        }
    }

    It 'of a file system that is full is no harm to the process whose memory is a file there' -Skip:$notRoot {
        & mount -t tmpfs -o size=1m tmpfs $folder
        try {
            # A sparse file is as long as one likes; a page that is written has to be there.
            $text = Invoke-Behind 'true' @"
`$vm = New-KvmVm; `$null = Add-KvmMemory `$vm 0 4MB -Path $folder/ram
try { foreach (`$i in 0..3) { Write-KvmMemory `$vm (`$i * 1MB) ([byte[]] (,7 * 1MB)) -ErrorAction Stop } }
catch { "`$(`$_.FullyQualifiedErrorId) `$(`$_.Exception.Errno)" }
"alive `$((Read-KvmMemory `$vm 0 1) -join '')"
"@
            $text | Should -BeLike '*MemoryFile*,* EFAULT*alive 7'
        }
        finally { & umount $folder }
    }

    It 'of address space (RLIMIT_AS) is a typed error, and the shell goes on working' {
        $text = Invoke-Behind 'true' @'
$vm = New-KvmVm limited
$limit = [long] [System.IO.File]::ReadAllText('/proc/self/statm').Split(' ')[0] * 4096 + 256MB
& prlimit --as=$limit --pid $PID
try { $null = Add-KvmMemory $vm 0 1GB -ErrorAction Stop } catch { "$($_.FullyQualifiedErrorId) $($_.Exception.Errno) $($_.CategoryInfo.Category)" }
"slots $($vm.Memory.Count)"
$null = Add-KvmMemory $vm 0 16MB
"again $($vm.Memory.Count)"
'@
        $text | Should -BeLike 'MmapFailed,* ENOMEM ResourceUnavailable*slots 0*again 1'
    }

    It 'of threads (RLIMIT_NPROC) is a typed error of Start-KvmVcpu, and the vCPU can be run' -Skip:($notRoot -or $noGuest) {
        # root has no such limit; another user who may use KVM and read these files has.
        $script = @"
`$manifest = '$manifest'; Import-Module `$manifest
. '$PSScriptRoot/RealModeGuest.ps1'
`$vm = New-RealModeGuest many ([byte[]] (0xEB, 0xFE)) -Vcpu 30
# Begun before, so that what the shell itself needs is there.
`$first = Start-KvmVcpu `$vm.Vcpus[0]; Stop-KvmVcpu `$vm.Vcpus[0]; `$null = Wait-Job `$first; Remove-Job `$first
`$threads = [System.IO.Directory]::GetDirectories('/proc/self/task').Count
& prlimit --nproc=`$(`$threads + 8) --pid `$PID
`$failed = `$null
foreach (`$vcpu in `$vm.Vcpus) { try { `$null = Start-KvmVcpu `$vcpu -ErrorAction Stop } catch { `$failed = `$_; break } }
"`$(`$failed.FullyQualifiedErrorId) `$([int] `$failed.Exception.Errno) `$(`$failed.CategoryInfo.Category) `$(`$failed.TargetObject -eq `$vcpu) `$(`$vcpu.State)"
Stop-KvmVcpu `$vm.Vcpus; `$null = Wait-KvmVcpu `$vm.Vcpus -Timeout 20
"jobs `$(@(Get-Job).Where({ `$_.State -eq 'Running' }).Count)"
"exit `$((Invoke-KvmVcpu `$vcpu -Timeout 0.1).Reason)"
Remove-KvmVm `$vm
'removed'
"@
        $text = (& setpriv --reuid 54321 --regid 54321 --clear-groups --inh-caps=-all,+dac_override --ambient-caps=-all,+dac_override `
                env HOME=$folder KVMPS_SHELL=$env:KVMPS_SHELL $kvmps -NoProfile -Command $script 2>&1) -join "`n"
        $text | Should -BeLike '*VcpuThreadNotStarted,* 11 LimitsExceeded True Open*jobs 0*exit Intr*removed'
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

    It 'that read the dirty pages of a slot while it becomes a larger one do no harm to the process' {
        $text = Invoke-Behind 'true' @'
$vm = New-KvmVm race
1, 2 | ForEach-Object -ThrottleLimit 2 -Parallel {
    Import-Module $using:manifest
    $vm = $using:vm
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    while ($clock.Elapsed.TotalSeconds -lt 2) {
        if ($_ -eq 1) { foreach ($size in 4KB, 512MB) { Add-KvmMemory $vm 0 $size -Slot 0 -LogDirtyPages | Remove-KvmMemory } }
        else {
            $null = Get-KvmDirtyPage $vm 0 -ErrorAction SilentlyContinue -ErrorVariable failure
            if ($failure.Count -and $failure[0].FullyQualifiedErrorId -notmatch '^(KvmObjectRemoved|MemorySlotNotFound),') { "wrong: $failure" }
        }
    }
}
[System.GC]::Collect()
'alive'
'@
        $text | Should -Be 'alive'
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
