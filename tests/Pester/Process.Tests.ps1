BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet)
    $noQemu = -not (Get-Command qemu-system-x86_64 -CommandType Application -ErrorAction Ignore)
    $root = [Environment]::UserName -eq 'root'
    $noSetpriv = -not $root -or -not (Get-Command setpriv -CommandType Application -ErrorAction Ignore)
    # A mount namespace of our own is refused in some containers.
    $noNamespace = -not $root
    if ($root) { $null = unshare --mount --pid --fork --mount-proc true 2>&1; $noNamespace = $LASTEXITCODE -ne 0 }
    $noDebugFs = $noNamespace
    if (-not $noNamespace) { $null = unshare --mount sh -c 'mount -t debugfs none /sys/kernel/debug && test -d /sys/kernel/debug/kvm' 2>&1; $noDebugFs = $LASTEXITCODE -ne 0 }
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $shell = [System.IO.Path]::GetFullPath("$PSScriptRoot/../../kvmps")
    $module = [System.IO.Path]::GetFullPath("$PSScriptRoot/../../KvmPS.psd1")

    # What links of a process's descriptors say, as /proc has them.
    function Get-Link([int] $Id) {
        [System.IO.Directory]::GetFiles("/proc/$Id/fd").ForEach({
            [pscustomobject] @{ Fd = [int] [System.IO.Path]::GetFileName($_); Link = [System.IO.FileInfo]::new($_).LinkTarget }
        }).Where({ $_.Link -match '^anon_inode:\[?kvm-|/dev/kvm$' })
    }

    # Another process that does something, says so, and waits until it is told to end.
    function Start-Other([string] $Program, [string[]] $Arguments) {
        $start = [System.Diagnostics.ProcessStartInfo]::new($Program)
        foreach ($argument in $Arguments) { $start.ArgumentList.Add($argument) }
        $start.RedirectStandardInput = $true
        $start.RedirectStandardOutput = $true
        $start.RedirectStandardError = $true
        [System.Diagnostics.Process]::Start($start)
    }

    function Stop-Other($Process) {
        $Process.Kill($true)
        $Process.WaitForExit()
        $Process.Dispose()
    }

    function Wait-Until([scriptblock] $Condition) {
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        while (-not (& $Condition) -and $clock.Elapsed.TotalSeconds -lt 20) { [System.Threading.Thread]::Sleep(20) }
        & $Condition
    }
}

Describe 'Get-KvmProcess' -Skip:$noKvm {
    BeforeEach {
        $vm = New-KvmVm -Name seen -Memory 3MB -Vcpu 2
        $device = New-KvmDevice $vm VFIO -ErrorAction Ignore
    }

    AfterEach {
        Get-KvmVm | Remove-KvmVm -Force
    }

    It 'sees this process as /proc has it' {
        $process = Get-KvmProcess -Id $PID
        $process | Should -BeOfType ([KvmPS.Native.KvmProcess])
        $links = Get-Link $PID
        $process.Fds.Fd | Should -Be $links.Fd
        @($process.Fds).ForEach({ if ($_.Kind -eq 'System') { $_.Name } else { "anon_inode:$($_.Name)" } }) | Should -Be $links.Link
        $process.Vms.Fd | Should -Contain $vm.Fd
        $process.Vcpus.Where({ $_.Fd -in $vm.Vcpus.Fd }).Id | Should -Be @(0, 1)
        if ($device) { $process.Devices.Where({ $_.Fd -eq $device.Fd }).Name | Should -Be 'kvm-vfio' }
        $process.GuestMemory | Should -BeGreaterOrEqual 3MB
        $process.UserName | Should -Be ([Environment]::UserName)
        $process.CommandLine | Should -Be ([System.IO.File]::ReadAllText("/proc/$PID/cmdline").TrimEnd("`0") -replace "`0", ' ')
        "$process" | Should -Be "process $PID ($($process.Name))"
    }

    It 'finds it among all, by name, and by wildcards' {
        $name = (Get-KvmProcess -Id $PID).Name
        (Get-KvmProcess 3> $null).Id | Should -Contain $PID
        (Get-KvmProcess $name 3> $null).Id | Should -Contain $PID
        (Get-KvmProcess -Name "$($name[0])*" 3> $null).Id | Should -Contain $PID
        Get-KvmProcess 'no such*' 3> $null | Should -BeNullOrEmpty
    }

    It 'takes ids of processes from the pipeline' {
        ([System.Diagnostics.Process]::GetCurrentProcess() | Get-KvmProcess).Vms.Fd | Should -Contain $vm.Fd
    }

    It 'forgets what was removed' {
        Remove-KvmVm $vm
        $process = Get-KvmProcess -Id $PID -ErrorAction Ignore
        $process.Vms | Should -BeNullOrEmpty
    }

    It 'says of <What> that it is not there' -ForEach @(
        @{ What = 'a process without KVM'; Arguments = @{ Id = 1 } }
        @{ What = 'no process'; Arguments = @{ Id = [int]::MaxValue } }
        @{ What = 'a name'; Arguments = @{ Name = 'nobody' } }
    ) {
        $record = { Get-KvmProcess @Arguments -ErrorAction Stop 3> $null } | Should -Throw -ErrorId 'KvmProcessNotFound,*' -PassThru
        "$($record.CategoryInfo.Category)" | Should -Be 'ObjectNotFound'
        $record.TargetObject | Should -Be @($Arguments.Values)[0]
        $record.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'sees a guest of another process' {
        $other = Start-Other $shell @('-NoProfile', '-Command', "Import-Module '$module'; `$v = New-KvmVm -Name other -Memory 1MB -Vcpu 1; 'ready'; `$null = [Console]::In.ReadLine()")
        try {
            $other.StandardOutput.ReadLine() | Should -Be 'ready'
            $process = Get-KvmProcess -Id $other.Id
            $process.Vms.Count | Should -Be 1
            $process.Vcpus.Id | Should -Be 0
            $process.CommandLine | Should -BeLike '*New-KvmVm -Name other*'
            $process.Fds.Fd | Should -Be (Get-Link $other.Id).Fd
        }
        finally { Stop-Other $other }
        { Get-KvmProcess -Id $process.Id -ErrorAction Stop } | Should -Throw -ErrorId 'KvmProcessNotFound,*'
    }

    It 'survives processes that end while it looks' {
        $loop = Start-Other 'sh' @('-c', 'while :; do (exec 3</dev/kvm; :) & done')
        try {
            foreach ($round in 1..20) { (Get-KvmProcess -ErrorAction Stop 3> $null).Id | Should -Contain $PID }
        }
        finally { Stop-Other $loop }
    }

    It 'leaves no descriptor behind' {
        $null = Get-KvmProcess 3> $null
        $before = [System.IO.Directory]::GetFiles('/proc/self/fd').Count
        foreach ($round in 1..10) { $null = Get-KvmProcess 3> $null }
        [System.IO.Directory]::GetFiles('/proc/self/fd').Count | Should -Be $before
    }

    It 'sees QEMU''s vCPUs and the threads that run them' -Skip:$noQemu {
        $qemu = Start-Other 'qemu-system-x86_64' @('-accel', 'kvm', '-display', 'none', '-serial', 'none', '-monitor', 'none', '-m', '16', '-smp', '2', '-name', 'debug-threads=on')
        try {
            # Its threads have their names before they run their vCPUs.
            $null = Wait-Until { $qemu.HasExited -or (Get-KvmProcess -Id $qemu.Id -ErrorAction Ignore).Vcpus.ThreadId.Where({ $_ }).Count -eq 2 }
            if ($qemu.HasExited) { Set-ItResult -Skipped -Because "QEMU does not run with KVM here: $($qemu.StandardError.ReadToEnd())"; return }
            $process = Get-KvmProcess 'qemu-system-x86_64' 3> $null | Where-Object Id -EQ $qemu.Id
            $process.Vcpus.Id | Should -Be @(0, 1)
            foreach ($vcpu in $process.Vcpus) {
                [System.IO.File]::ReadAllText("/proc/$($qemu.Id)/task/$($vcpu.ThreadId)/comm").Trim() | Should -Be "CPU $($vcpu.Id)/KVM"
            }
            $process.Fds.Fd | Should -Be (Get-Link $qemu.Id).Fd
        }
        finally { Stop-Other $qemu }
    }

    It 'knows the threads from debugfs where it is mounted' -Skip:($noQemu -or $noDebugFs) {
        $qemu = Start-Other 'qemu-system-x86_64' @('-accel', 'kvm', '-display', 'none', '-serial', 'none', '-monitor', 'none', '-m', '16', '-smp', '2')
        try {
            $null = Wait-Until { $qemu.HasExited -or (Get-KvmProcess -Id $qemu.Id -ErrorAction Ignore).Vcpus.Count -eq 2 }
            if ($qemu.HasExited) { Set-ItResult -Skipped -Because 'QEMU does not run with KVM here'; return }
            [System.Threading.Thread]::Sleep(300)
            $script = "Import-Module '$module'; `$p = Get-KvmProcess -Id $($qemu.Id); `$p.Vcpus.ThreadId -join ' '; `$p.Missing.Count; `$null -ne `$p.GuestMemory"
            $seen = unshare --mount sh -c 'mount -t debugfs none /sys/kernel/debug && cat /sys/kernel/debug/kvm/$1-*/vcpu?/pid && exec "$2" -NoProfile -Command "$3"' sh $qemu.Id $shell $script
            $seen[2] | Should -Be "$($seen[0]) $($seen[1])"
            $seen[3] | Should -Be '0'
            $seen[4] | Should -Be 'True'
        }
        finally { Stop-Other $qemu }
    }

    It 'tells an unprivileged user what could not be seen' -Skip:$noSetpriv {
        $script = "Import-Module '$module'; Get-KvmProcess | ForEach-Object Id; try { Get-KvmProcess -Id $PID -ErrorAction Stop } catch { `$_.FullyQualifiedErrorId; `$_.CategoryInfo.Category }"
        $seen = setpriv --reuid 65534 --regid 65534 --clear-groups -- $shell -NoProfile -Command $script 2>&1
        "$seen" | Should -BeLike '*The descriptors of * processes may not be seen*root sees all*'
        "$seen" | Should -BeLike '*KvmProcessAccessDenied,*PermissionDenied'
        @($seen).Where({ "$_" -eq "$PID" }) | Should -BeNullOrEmpty
    }

    It 'says where /proc hides processes' -Skip:$noNamespace {
        $script = "Import-Module '$module'; Get-KvmProcess"
        $seen = unshare --mount --pid --fork sh -c 'mount -t proc -o hidepid=2 proc /proc && exec "$1" -NoProfile -Command "$2"' sh $shell $script 2>&1
        "$seen" | Should -BeLike '*hidepid*'
    }

    It 'says so to an unprivileged user, too' -Skip:($noNamespace -or $noSetpriv) {
        $script = "Import-Module '$module'; Get-KvmProcess; try { Get-KvmProcess -Id 1 -ErrorAction Stop } catch { `$_.FullyQualifiedErrorId }"
        $seen = unshare --mount --pid --fork sh -c 'mount -t proc -o hidepid=2 proc /proc && setpriv --reuid 65534 --regid 65534 --clear-groups -- "$1" -NoProfile -Command "$2"; exit $?' sh $shell $script 2>&1
        "$seen" | Should -BeLike '*hidepid*'
        "$seen" | Should -BeLike '*KvmProcessNotFound,*'
    }

    It 'says where /proc tells of no processes, and nothing else fails for that' -Skip:$noNamespace {
        # The runtime itself does not start without one.
        $script = "Import-Module '$module'; `$v = New-KvmVm; & mount -t tmpfs none /proc; Get-KvmProcess; (Get-KvmHost).KernelVersion; (Get-KvmHost -Detailed).MaxVcpus -gt 0; @(Test-KvmHost).Count; @(Get-KvmStat `$v).Count -gt 0; Watch-KvmHost -Timeout 0; try { Get-KvmStat -Process `$PID -ErrorAction Stop } catch { `$_.FullyQualifiedErrorId }"
        $seen = unshare --mount $shell -NoProfile -Command $script 2>&1
        "$seen" | Should -BeLike "WARNING: /proc does not tell of processes*mount -t proc* $(uname -r) True 12 True KvmProcessNotFound,*"
    }

    It 'works where /proc tells of processes only' -Skip:$noNamespace {
        $script = "Import-Module '$module'; `$v = New-KvmVm; (Get-KvmProcess -Id `$PID).Vms.Count; (Get-KvmHost -Detailed).KernelVersion; Test-KvmHost -Quiet; @(Test-KvmHost).Count"
        $seen = unshare --mount --pid --fork sh -c 'mount -t proc -o subset=pid proc /proc && exec "$1" -NoProfile -Command "$2"' sh $shell $script 2>&1
        if ($LASTEXITCODE -ne 0) { Set-ItResult -Skipped -Because "this kernel has no such /proc: $seen"; return }
        $seen | Should -Be @('1', (uname -r), 'True', '12')
    }
}
