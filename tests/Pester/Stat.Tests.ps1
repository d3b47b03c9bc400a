BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet) -or -not (Get-KvmCapability KVM_CAP_BINARY_STATS_FD).Supported
    $noGuest = $noKvm -or [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -ne 'X64'
    $noCompiler = -not (Get-Command cc, gcc, clang -CommandType Application -ErrorAction Ignore)
    $noQemu = -not (Get-Command qemu-system-x86_64 -CommandType Application -ErrorAction Ignore)
    $noDebugFs = [Environment]::UserName -ne 'root'
    if (-not $noDebugFs) { $null = unshare --mount sh -c 'mount -t debugfs none /sys/kernel/debug && test -d /sys/kernel/debug/kvm' 2>&1; $noDebugFs = $LASTEXITCODE -ne 0 }
    $mounted = [System.IO.Directory]::Exists('/sys/kernel/debug/kvm')
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    . "$PSScriptRoot/RealModeGuest.ps1"
    $shell = [System.IO.Path]::GetFullPath("$PSScriptRoot/../../kvmps")
    $module = [System.IO.Path]::GetFullPath("$PSScriptRoot/../../KvmPS.psd1")
    $folder = [System.IO.Directory]::CreateTempSubdirectory('kvmps-stat-').FullName

    # The descriptors of counters that this process has open.
    function Get-StatsFd([string] $Like = '*') {
        [System.IO.Directory]::GetFiles('/proc/self/fd').Where({ [System.IO.FileInfo]::new($_).LinkTarget -like "anon_inode:kvm-$Like-stats*" }).ForEach({ [int] [System.IO.Path]::GetFileName($_) })
    }

    # Bytes of an open file, as pread(2) gives them.
    function Read-Fd([int] $Fd, [int] $Offset, [int] $Count) {
        $memory = [System.Runtime.InteropServices.Marshal]::AllocHGlobal($Count)
        try {
            $read = [Mono.Unix.Native.Syscall]::pread($Fd, $memory, $Count, $Offset)
            $bytes = [byte[]]::new($read)
            [System.Runtime.InteropServices.Marshal]::Copy($memory, $bytes, 0, $read)
            , $bytes
        }
        finally { [System.Runtime.InteropServices.Marshal]::FreeHGlobal($memory) }
    }

    function Wait-Until([scriptblock] $Condition) {
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        while (-not (& $Condition) -and $clock.Elapsed.TotalSeconds -lt 20) { [System.Threading.Thread]::Sleep(20) }
        & $Condition
    }
}

AfterAll { [System.IO.Directory]::Delete($folder, $true) }

Describe 'Get-KvmStat' -Skip:$noKvm {
    BeforeEach { $vm = New-KvmVm -Name counted -Memory 1MB -Vcpu 2 }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'takes <What>' -ForEach @(
        @{ What = 'a VM'; Action = { Get-KvmStat $vm }; Scope = 'Vm' }
        @{ What = 'its name'; Action = { Get-KvmStat counted }; Scope = 'Vm' }
        @{ What = 'VMs from the pipeline'; Action = { $vm | Get-KvmStat }; Scope = 'Vm' }
        @{ What = 'a vCPU'; Action = { Get-KvmStat -Vcpu $vm.Vcpus[0] }; Scope = 'Vcpu' }
        @{ What = 'vCPUs from the pipeline'; Action = { Get-KvmVcpu $vm -Id 0 | Get-KvmStat }; Scope = 'Vcpu' }
    ) {
        $stats = @(& $Action)
        $stats.Count | Should -BeGreaterThan 0
        foreach ($stat in $stats) {
            $stat | Should -BeOfType ([KvmPS.Native.KvmStat])
            $stat.Scope | Should -Be $Scope
            $stat.Target | Should -Be $(if ($Scope -eq 'Vm') { $vm } else { $vm.Vcpus[0] })
            $stat.Source | Should -Be 'KVM_GET_STATS_FD'
            $stat.Rate | Should -BeNullOrEmpty
        }
    }

    # Documentation/virt/kvm/api.rst: every architecture has these of a vCPU.
    It 'finds counters by name and by wildcards, and says which are not there' {
        (Get-KvmStat -Vcpu $vm.Vcpus[0] -Name halt_wakeup).Name | Should -Be 'halt_wakeup'
        (Get-KvmStat -Vcpu $vm.Vcpus[0] -Name HALT_*_HIST).Count | Should -Be 3
        Get-KvmStat $vm -Name 'no such*' | Should -BeNullOrEmpty
        $record = { Get-KvmStat $vm -Name nothing -ErrorAction Stop } | Should -Throw -ErrorId 'KvmStatNotFound,*' -PassThru
        "$($record.CategoryInfo.Category)" | Should -Be 'ObjectNotFound'
        $record.TargetObject | Should -Be $vm
    }

    It 'knows type, unit and buckets' {
        $wait = Get-KvmStat -Vcpu $vm.Vcpus[0] -Name halt_wait_ns
        "$($wait.Type)" | Should -Be 'Cumulative'
        $wait.Unit | Should -Be 'ns'
        $wait.Value | Should -BeOfType ([ulong])
        # include/linux/kvm_types.h: HALT_POLL_HIST_COUNT buckets.
        $hist = Get-KvmStat -Vcpu $vm.Vcpus[0] -Name halt_wait_hist
        "$($hist.Type)" | Should -Be 'LogHistogram'
        $hist.Value.Count | Should -Be 32
        $hist.Value[0..3].From | Should -Be @(0, 1, 2, 4)
        $hist.Value[0..3].To | Should -Be @(1, 2, 4, 8)
        $hist.Value[31].From | Should -Be ([System.Math]::Pow(2, 30))
        $hist.Value[31].To | Should -BeNullOrEmpty
    }

    It 'knows what is true or false' -Skip:$noGuest {
        (Get-KvmStat -Vcpu $vm.Vcpus[0] -Name guest_mode).Value | Should -BeExactly $false
    }

    It 'says that a removed VM has no counters' {
        Remove-KvmVm $vm
        { Get-KvmStat $vm -ErrorAction Stop } | Should -Throw -ErrorId 'KvmObjectRemoved,*'
    }

    It 'takes its descriptor back with the VM, which would live on otherwise' {
        $null = Get-KvmStat $vm; $null = Get-KvmStat -Vcpu $vm.Vcpus; $null = Get-KvmStat $vm
        @(Get-StatsFd vm).Count | Should -Be 1
        @(Get-StatsFd vcpu).Count | Should -Be 2
        Remove-KvmVcpu $vm.Vcpus[1]
        @(Get-StatsFd vcpu).Count | Should -Be 1
        Remove-KvmVm $vm
        Get-StatsFd | Should -BeNullOrEmpty
    }

    It 'agrees with a program in C that reads the same descriptor' -Skip:$noCompiler {
        & @(Get-Command cc, gcc, clang -CommandType Application -ErrorAction Ignore)[0].Source -o "$folder/stats" "$PSScriptRoot/stats.c"
        $LASTEXITCODE | Should -Be 0
        foreach ($read in { Get-KvmStat $vm }, { Get-KvmStat -Vcpu $vm.Vcpus[0] }) {
            $stats = & $read
            $fd = @(Get-StatsFd)[-1]
            $mine = $stats.ForEach({ "$($_.Name) $(if ($_.Value -is [array]) { $_.Value.ForEach({ $_.Count }) -join ' ' } else { [ulong] $_.Value })" })
            & "$folder/stats" $PID $fd | Should -Be $mine
            # The first one is not asked again.
            if ($stats[0].Scope -eq 'Vm') { $first = $fd } else { $fd | Should -Not -Be $first }
        }
    }

    # The assertions of kvm_binary_stats_test about what the kernel writes.
    It 'header, descriptors and data of a <Scope> are in order' -Tag Conformance, kvm_binary_stats_test -ForEach @(
        @{ Scope = 'Vm'; Action = { Get-KvmStat $vm } }
        @{ Scope = 'Vcpu'; Action = { Get-KvmStat -Vcpu $vm.Vcpus[0] } }
    ) {
        $stats = & $Action
        $fd = @(Get-StatsFd)[0]
        $head = Read-Fd $fd 0 24
        $nameSize, $count, $id, $desc, $data = (4, 8, 12, 16, 20).ForEach({ [BitConverter]::ToUInt32($head, $_) })
        [System.Text.Encoding]::ASCII.GetString((Read-Fd $fd $id $nameSize)).TrimEnd("`0") | Should -Match '^kvm-\d+(/vcpu-0)?$'
        $count | Should -Be $stats.Count
        foreach ($offset in $id, $desc, $data) { $offset | Should -BeGreaterOrEqual 24 }
        ($desc -ge $id + $nameSize -or $id -ge $desc + $count * (16 + $nameSize)) | Should -BeTrue -Because 'id and descriptors do not overlap'
        $values = 0
        $bytes = Read-Fd $fd $desc ($count * (16 + $nameSize))
        for ($i = 0; $i -lt $count; $i++) {
            $at = $i * (16 + $nameSize)
            $flags = [BitConverter]::ToUInt32($bytes, $at)
            $exponent = [BitConverter]::ToInt16($bytes, $at + 4)
            $size = [BitConverter]::ToUInt16($bytes, $at + 6)
            $name = [System.Text.Encoding]::ASCII.GetString($bytes, $at + 16, $nameSize)
            $name.IndexOf([char] 0) | Should -BeGreaterThan 0 -Because 'a name ends within its room'
            $name.TrimEnd("`0") | Should -Be $stats[$i].Name
            $flags -band 0xF | Should -BeIn (0..4)
            ($flags -shr 4) -band 0xF | Should -BeIn (0..4)
            ($flags -shr 8) -band 0xF | Should -BeIn (0..1)
            switch (($flags -shr 4) -band 0xF) {
                2 { $exponent | Should -BeLessOrEqual 0 }
                4 { $exponent | Should -Be 0 }
                default { $exponent | Should -BeGreaterOrEqual 0 }
            }
            $size | Should -BeGreaterThan 0
            if (($flags -band 0xF) -ne 3) { [BitConverter]::ToUInt32($bytes, $at + 12) | Should -Be 0 -Because 'only a linear histogram has a width' }
            $values += $size
        }
        (Read-Fd $fd $data ($values * 8 + 8)).Length | Should -Be ($values * 8) -Because 'all values together are the file''s rest'
    }

    It 'counts what a guest does' -Skip:$noGuest {
        # Three times OUT 0x80, then HLT.
        $guest = New-RealModeGuest counting ([byte[]](0xE6, 0x80, 0xE6, 0x80, 0xE6, 0x80, 0xF4))
        $before = (Get-KvmStat -Vcpu $guest.Vcpus[0] -Name exits).Value
        @(Invoke-KvmVcpu $guest.Vcpus[0]).Count | Should -Be 4
        (Get-KvmStat -Vcpu $guest.Vcpus[0] -Name exits).Value - $before | Should -BeGreaterOrEqual 4
    }

    It 'can be asked while the guest runs, which goes on' -Skip:$noGuest {
        $guest = New-RealModeGuest spinning $spin
        $job = Start-KvmVcpu $guest.Vcpus[0]
        try {
            Wait-Until { "$($guest.Vcpus[0].State)" -eq 'Running' } | Should -BeTrue
            (Get-KvmStat -Vcpu $guest.Vcpus[0] -Name exits).Value | Should -BeOfType ([ulong])
            (Get-KvmStat -Vcpu $guest.Vcpus[0] -Name exits).Value | Should -BeOfType ([ulong])
            "$($guest.Vcpus[0].State)" | Should -Be 'Running'
        }
        finally { Stop-KvmVcpu $guest.Vcpus[0]; Wait-KvmVcpu $guest.Vcpus[0]; Remove-Job $job -Force -ErrorAction Ignore }
        (Get-KvmRegister $guest.Vcpus[0] rip).Value | Should -Be 0xF000 -Because 'it still spins where it did'
    }

    It 'does not let a guest run that only completes its exit' -Skip:$noGuest {
        # Asked again and again while another thread completes exits: none of them may be lost in the guest.
        $guest = New-RealModeGuest completing ([byte[]](0xE4, 0x80, 0xEB, 0xFE))
        $null = Invoke-KvmVcpu $guest.Vcpus[0] -MaxExit 1
        foreach ($round in 1..200) { $guest.Vcpus[0].CompleteExit(); $null = $guest.Vcpus[0].GetStats() }
        "$($guest.Vcpus[0].State)" | Should -Be 'Open'
    }
}

Describe 'Get-KvmStat -Watch' -Skip:$noKvm {
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'samples again and again, with rates from the second time on, until it is stopped' -Skip:$noGuest {
        # OUT 0x80 without end.
        $guest = New-RealModeGuest busy ([byte[]](0xE6, 0x80, 0xEB, 0xFC))
        $watch = [powershell]::Create([System.Management.Automation.Runspaces.InitialSessionState]::CreateDefault2())
        $null = $watch.AddScript({ param($Module, $Vcpu) Import-Module $Module; Get-KvmStat -Vcpu $Vcpu -Watch -Interval 0.05 }).AddArgument($module).AddArgument($guest.Vcpus[0])
        $job = Start-KvmVcpu $guest.Vcpus[0]
        try {
            $null = Wait-Until { "$($guest.Vcpus[0].State)" -eq 'Running' }
            $count = @(Get-KvmStat -Vcpu $guest.Vcpus[0]).Count
            $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
            $begun = $watch.BeginInvoke([System.Management.Automation.PSDataCollection[psobject]]::new(), $output)
            Wait-Until { $output.Count -ge 3 * $count } | Should -BeTrue
            $watch.Stop()
            $begun.IsCompleted | Should -BeTrue
        }
        finally {
            $watch.Dispose()
            Stop-KvmVcpu $guest.Vcpus[0]
            $null = Wait-KvmVcpu $guest.Vcpus[0]
            Remove-Job $job -Force
        }
        for ($i = 0; $i -lt $count; $i++) {
            $first, $second = $output[$i], $output[$count + $i]
            $second.Name | Should -Be $first.Name
            $first.Rate | Should -BeNullOrEmpty
            $seconds = ($second.Time - $first.Time).TotalSeconds
            $seconds | Should -BeGreaterOrEqual 0.05
            if ("$($second.Type)" -ne 'Cumulative') { $second.Rate | Should -BeNullOrEmpty; continue }
            $second.Rate | Should -Be (($second.Value - $first.Value) / $seconds)
            if ($second.Name -eq 'exits') { $second.Rate | Should -BeGreaterThan 0 }
        }
    }

    It 'ends with an error when its VM is removed' {
        $vm = New-KvmVm -Name short
        $record = { Get-KvmStat $vm -Watch -Interval 0.01 -ErrorAction Stop | ForEach-Object { if ("$($vm.State)" -eq 'Open') { Remove-KvmVm $vm } } } |
            Should -Throw -ErrorId 'KvmObjectRemoved,*' -PassThru
        $record.TargetObject | Should -Be $vm
        Get-StatsFd | Should -BeNullOrEmpty
    }
}

Describe 'Get-KvmStat -Process' -Skip:$noKvm {
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'reads what another process has open' {
        $start = [System.Diagnostics.ProcessStartInfo]::new($shell, [string[]] @('-NoProfile', '-Command',
            "Import-Module '$module'; `$v = New-KvmVm -Vcpu 1; `$null = Get-KvmStat `$v; `$null = Get-KvmStat -Vcpu `$v.Vcpus; 'ready'; `$null = [Console]::In.ReadLine()"))
        $start.RedirectStandardInput = $true
        $start.RedirectStandardOutput = $true
        $other = [System.Diagnostics.Process]::Start($start)
        try {
            $other.StandardOutput.ReadLine() | Should -Be 'ready'
            $stats = Get-KvmStat -Process $other.Id
            # The kernel takes the id of the thread that made the VM.
            $targets = [string[]] [System.Collections.Generic.SortedSet[string]]::new([string[]] $stats.Target)
            $targets[0] | Should -Match '^kvm-\d+$'
            $targets[1] | Should -Be "$($targets[0])/vcpu-0"
            [System.Linq.Enumerable]::Distinct([string[]] $stats.Source) | Should -Be 'pidfd_getfd'
            $vm = New-KvmVm -Vcpu 1
            $stats.Where({ $_.Scope -eq 'Vm' }).Name | Should -Be @(Get-KvmStat $vm).Name
            $stats.Where({ $_.Scope -eq 'Vcpu' }).Name | Should -Be @(Get-KvmStat -Vcpu $vm.Vcpus[0]).Name
            (Get-KvmProcess -Id $other.Id | Get-KvmStat -Name halt_wakeup).Value | Should -Be 0
            (Get-KvmProcess -Id $other.Id).StatsFds.Count | Should -Be 2
            @(Get-StatsFd).Count | Should -Be 2 -Because 'what was borrowed is given back'
        }
        finally { $other.Kill($true); $other.WaitForExit(); $other.Dispose() }
    }

    It 'says that it needs debugfs where nothing is open' -Skip:$mounted {
        $null = New-KvmVm
        $record = { Get-KvmStat -Process $PID -ErrorAction Stop } | Should -Throw -ErrorId 'KvmStatNotReadable,*' -PassThru
        "$($record.CategoryInfo.Category)" | Should -Be 'PermissionDenied'
        $record.TargetObject.Id | Should -Be $PID
        $record.ErrorDetails.RecommendedAction | Should -BeLike '*debugfs*'
    }

    It 'says that it may not where the kernel refuses' {
        $vm = New-KvmVm
        $null = Get-KvmStat $vm
        $plan = [KvmPS.Native.KvmVm].Assembly.GetType('KvmPS.Native.Interop.FaultPlan', $true)
        $process = Get-KvmProcess -Id $PID
        $null = $plan.GetMethod('Begin').Invoke($null, @(2, [int] [Mono.Unix.Native.Errno]::EPERM, 0, $false))
        try { $record = { Get-KvmStat -Process $process -ErrorAction Stop } | Should -Throw -ErrorId 'KvmStatNotReadable,*' -PassThru }
        finally { $calls = $plan.GetMethod('End').Invoke($null, @()) }
        $calls[0..1] | Should -Be @('pidfd_open', 'pidfd_getfd')
        $record.Exception.Errno | Should -Be 'EPERM'
    }

    It 'agrees with debugfs about a VM of QEMU' -Skip:($noQemu -or $noDebugFs) {
        $start = [System.Diagnostics.ProcessStartInfo]::new('qemu-system-x86_64', [string[]] @('-accel', 'kvm', '-display', 'none', '-serial', 'none', '-monitor', 'none', '-m', '16', '-S'))
        $start.RedirectStandardError = $true
        $qemu = [System.Diagnostics.Process]::Start($start)
        try {
            $null = Wait-Until { $qemu.HasExited -or (Get-KvmProcess -Id $qemu.Id -ErrorAction Ignore).Vcpus.Count -eq 1 }
            if ($qemu.HasExited) { Set-ItResult -Skipped -Because 'QEMU does not run with KVM here'; return }
            $script = "Import-Module '$module'; foreach (`$s in Get-KvmStat -Process $($qemu.Id)) { `"`$(`$s.Source) `$(`$s.Scope) `$(`$s.Name) `$(`$s.Value)`" }"
            $seen = unshare --mount sh -c 'mount -t debugfs none /sys/kernel/debug && cd /sys/kernel/debug/kvm/$1-* && for f in $(ls | LC_ALL=C sort); do test -f $f && grep -qsE "^[0-9]+$" $f && echo "debugfs Vm $f $(cat $f)"; done; echo; exec "$2" -NoProfile -Command "$3"' sh $qemu.Id $shell $script
            $split = [array]::IndexOf($seen, '')
            # A kernel that is locked down shows few of them.
            $split | Should -BeGreaterThan 0
            $seen[($split + 1)..($seen.Count - 1)].Where({ $_ -notlike 'WARNING: *locked down*' }) | Should -Be $seen[0..($split - 1)]
        }
        finally { $qemu.Kill(); $qemu.WaitForExit(); $qemu.Dispose() }
    }

    It 'agrees with what QEMU tells of a guest of ours, and says what cannot be read' -Skip:($noQemu -or $noDebugFs) {
        # Firmware that does nothing but OUT 0x80, from the reset vector on.
        $firmware = [byte[]]::new(65536)
        [byte[]] (0xE6, 0x80, 0xEB, 0xFC) | ForEach-Object { $at = 0xFFF0 } { $firmware[$at++] = $_ }
        [System.IO.File]::WriteAllBytes("$folder/firmware", $firmware)
        $start = [System.Diagnostics.ProcessStartInfo]::new('qemu-system-x86_64', [string[]] @(
                '-accel', 'kvm', '-machine', 'pc,usb=off', '-nodefaults', '-display', 'none', '-qmp', 'stdio', '-m', '16', '-bios', "$folder/firmware"))
        $start.RedirectStandardInput = $start.RedirectStandardOutput = $start.RedirectStandardError = $true
        $qemu = [System.Diagnostics.Process]::Start($start)
        function Invoke-Qmp([string] $Command) {
            $qemu.StandardInput.WriteLine("{ $Command }")
            do { $line = $qemu.StandardOutput.ReadLine() } until ($null -eq $line -or $line -match '^\{"(return|error)"')
            $line
        }
        try {
            $null = Invoke-Qmp '"execute": "qmp_capabilities"'
            $null = Wait-Until { $qemu.HasExited -or (Get-KvmProcess -Id $qemu.Id -ErrorAction Ignore).Vcpus.Count -eq 1 }
            if ($qemu.HasExited) { Set-ItResult -Skipped -Because "QEMU does not run with KVM here: $($qemu.StandardError.ReadToEnd())"; return }
            [System.Threading.Thread]::Sleep(500)
            $null = Invoke-Qmp '"execute": "stop"'
            $told = @{}
            foreach ($target in 'vm', 'vcpu') {
                $answer = Invoke-Qmp "`"execute`": `"query-stats`", `"arguments`": { `"target`": `"$target`" }"
                foreach ($match in [regex]::Matches($answer, '"name": "(\w+)", "value": (\d+|true|false)')) {
                    $told[$match.Groups[1].Value] = switch ($match.Groups[2].Value) { 'true' { '1' } 'false' { '0' } default { $_ } }
                }
            }
            if ($told.Count -eq 0) { Set-ItResult -Skipped -Because "this QEMU has no query-stats: $answer"; return }
            $script = "Import-Module '$module'; foreach (`$s in Get-KvmStat -Process $($qemu.Id)) { `"`$(`$s.Name) `$(`$s.Value)`" }; try { Get-KvmStat -Process $($qemu.Id) -Name nosuch -ErrorAction Stop } catch { `$_.Exception.Message }"
            $seen = unshare --mount sh -c 'mount -t debugfs none /sys/kernel/debug && cd /sys/kernel/debug/kvm/$1-* && n=0; for f in *; do test -d $f || cat $f > /dev/null 2>&1 || n=$((n + 1)); done; echo $n; exec "$2" -NoProfile -Command "$3"' sh $qemu.Id $shell $script
            $hidden = [int] $seen[0]
            $counters = $seen.Where({ $_ -match '^\w+ \d+$' })
            $counters.Count | Should -BeGreaterThan 0
            foreach ($counter in $counters) { $counter | Should -Be "$($counter.Split(' ')[0]) $($told[$counter.Split(' ')[0]])" }
            if ($hidden) { "$seen" | Should -BeLike "*WARNING: Of process $($qemu.Id)*cannot be read: $hidden counters of debugfs*has no counter 'nosuch' among those that can be read." }
            else { [long] $told['exits'] | Should -BeGreaterThan 10; "$seen" | Should -Not -BeLike '*WARNING*' }
        }
        finally { $qemu.Kill(); $qemu.WaitForExit(); $qemu.Dispose() }
    }

    It 'says that the process has ended' {
        $start = [System.Diagnostics.ProcessStartInfo]::new($shell, [string[]] @('-NoProfile', '-Command', "Import-Module '$module'; `$v = New-KvmVm; `$null = Get-KvmStat `$v; 'ready'; `$null = [Console]::In.ReadLine()"))
        $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
        $other = [System.Diagnostics.Process]::Start($start)
        try {
            $other.StandardOutput.ReadLine() | Should -Be 'ready'
            $process = Get-KvmProcess -Id $other.Id
        }
        finally { $other.Kill($true); $other.WaitForExit(); $other.Dispose() }
        $record = { Get-KvmStat -InputObject $process -ErrorAction Stop } | Should -Throw -ErrorId 'KvmProcessNotFound,*' -PassThru
        "$($record.CategoryInfo.Category)" | Should -Be 'ObjectNotFound'
        $record.TargetObject | Should -Be $process
    }

    It 'refuses <What>' -ForEach @(
        @{ What = 'what is no process'; Process = 'nobody' }
        @{ What = 'a number that is no id'; Process = -3 }
    ) {
        { Get-KvmStat -Process $Process } | Should -Throw -ErrorId 'CannotConvertArgumentNoMessage,*'
    }
}

# Handmade files, read through the same code.
Describe 'A file of counters' -Skip:$noKvm {
    BeforeAll {
        $assembly = [KvmPS.Native.KvmVm].Assembly
        $descriptorType = $assembly.GetType('KvmPS.Native.Interop.Descriptor', $true)
        $fileType = $assembly.GetType('KvmPS.Native.StatsFile', $true)

        # flags, name_size, num_desc, id_offset, desc_offset, data_offset; then flags, exponent, size, offset, bucket_size of one counter.
        function New-File([uint[]] $Header = @(0, 16, 1, 24, 40, 72), [uint[]] $Desc = @(0, 0x10000, 0, 0), [string] $Name = 'one', [byte[]] $Data = @(7, 0, 0, 0, 0, 0, 0, 0)) {
            $bytes = [System.Collections.Generic.List[byte]]::new()
            foreach ($word in $Header) { $bytes.AddRange([BitConverter]::GetBytes($word)) }
            $bytes.AddRange([System.Text.Encoding]::ASCII.GetBytes('made'.PadRight(16, [char] 0)))
            foreach ($word in $Desc) { $bytes.AddRange([BitConverter]::GetBytes($word)) }
            $bytes.AddRange([System.Text.Encoding]::ASCII.GetBytes($Name.PadRight(16, [char] 0)))
            $bytes.AddRange($Data)
            , $bytes.ToArray()
        }

        function Read-File([byte[]] $Bytes) {
            [System.IO.File]::WriteAllBytes("$folder/made", $Bytes)
            $descriptor = [Activator]::CreateInstance($descriptorType, $true)
            $descriptorType.GetMethod('Own').Invoke($descriptor, @([Mono.Unix.Native.Syscall]::open("$folder/made", 'O_RDONLY')))
            $file = $fileType.GetConstructors()[0].Invoke(@($descriptor, 'a handmade file'))
            try { $fileType.GetMethod('Read').Invoke($file, @('Vm', 'handmade', 'here')) }
            finally { $file.Dispose() }
        }

        function Get-OpenFile { @([System.IO.Directory]::GetFiles('/proc/self/fd').Where({ [System.IO.FileInfo]::new($_).LinkTarget -eq "$folder/made" })).Count }
    }

    It 'is read as it says' {
        $stat = Read-File (New-File)
        $stat.Name | Should -Be 'one'
        $stat.Value | Should -Be 7
    }

    It 'has linear histograms' {
        # Type 3, three buckets of 5.
        $stat = Read-File (New-File -Desc @(3, 0x30000, 0, 5) -Data ([byte[]]@(1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0)))
        $stat.Value.ForEach({ "$_" }) | Should -Be @('0..4: 1', '5..9: 2', '10..: 3')
    }

    It 'tells <Unit>' -ForEach @(
        @{ Flags = 0x10; Exponent = 0; Unit = 'B' }
        @{ Flags = 0x110; Exponent = 20; Unit = 'MiB' }
        @{ Flags = 0x20; Exponent = -6; Unit = 'µs' }
        @{ Flags = 0x20; Exponent = -12; Unit = '10^-12 s' }
        @{ Flags = 0x30; Exponent = 0; Unit = 'cycles' }
        @{ Flags = 0xE0; Exponent = 0; Unit = 'unit 14' }
    ) {
        (Read-File (New-File -Desc @($Flags, (0x10000 -bor ($Exponent -band 0xFFFF)), 0, 0))).Unit | Should -Be $Unit
    }

    It 'is refused where <What>' -ForEach @(
        @{ What = 'it is empty'; Cut = 0 }
        @{ What = 'it ends within its header'; Cut = 20 }
        @{ What = 'it ends within its descriptors'; Cut = 60 }
        @{ What = 'it ends within its values'; Cut = 79 }
        @{ What = 'it has flags that nobody knows'; Made = @{ Header = @(1, 16, 1, 24, 40, 72) } }
        @{ What = 'names have no room'; Made = @{ Header = @(0, 0, 1, 24, 40, 72) } }
        @{ What = 'names have too much room'; Made = @{ Header = @(0, 0xFFFFFFFFu, 1, 24, 40, 72) } }
        @{ What = 'there are no counters'; Made = @{ Header = @(0, 16, 0, 24, 40, 72) } }
        @{ What = 'there are too many counters'; Made = @{ Header = @(0, 16, 0xFFFFFFFFu, 24, 40, 72) } }
        @{ What = 'the id is in the header'; Made = @{ Header = @(0, 16, 1, 8, 40, 72) } }
        @{ What = 'the id is far away'; Made = @{ Header = @(0, 16, 1, 0xFFFFFFF0u, 40, 72) } }
        @{ What = 'the descriptors are in the header'; Made = @{ Header = @(0, 16, 1, 24, 0, 72) } }
        @{ What = 'the descriptors are far away'; Made = @{ Header = @(0, 16, 1, 24, 0xFFFFFFFFu, 72) } }
        @{ What = 'the values are in the header'; Made = @{ Header = @(0, 16, 1, 24, 40, 16) } }
        @{ What = 'the values are far away'; Made = @{ Header = @(0, 16, 1, 24, 40, 0xFFFFFFFFu) } }
        @{ What = 'a counter has no values'; Made = @{ Desc = @(0, 0, 0, 0) } }
        @{ What = 'a counter has more values than there are'; Made = @{ Desc = @(0, 0xFFFF0000u, 0, 0) } }
        @{ What = 'a value is not aligned'; Made = @{ Desc = @(0, 0x10000, 4, 0) } }
        @{ What = 'a value is far away'; Made = @{ Desc = @(0, 0x10000, 0xFFFFFFF8u, 0) } }
        @{ What = 'a counter has no name'; Made = @{ Name = '' } }
    ) {
        if ($null -eq $Made) { $Made = @{} }
        $file = New-File @Made
        if ($null -ne $Cut) { $file = [System.ArraySegment[byte]]::new($file, 0, $Cut).ToArray() }
        $record = { Read-File $file } | Should -Throw -PassThru
        $cause = $record.Exception.GetBaseException()
        $cause | Should -BeOfType ([KvmPS.Native.KvmException])
        "$($cause.Errno)" | Should -Be 'EPROTO'
        $cause.Message | Should -BeLike 'The counters of a handmade file cannot be read: *'
        Get-OpenFile | Should -Be 0
    }
}
