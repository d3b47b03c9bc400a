BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet)
    $noCompiler = -not (Get-Command cc, gcc, clang -CommandType Application -ErrorAction Ignore)
    $root = [Environment]::UserName -eq 'root'
    $noSetpriv = -not $root -or -not (Get-Command setpriv -CommandType Application -ErrorAction Ignore)
    $noNetwork = -not $root
    if ($root) { $null = unshare --net true 2>&1; $noNetwork = $LASTEXITCODE -ne 0 }
    $noUserNamespace = $true
    if (-not $noSetpriv) { $null = setpriv --reuid 65534 --regid 65534 --clear-groups unshare --map-root-user --net true 2>&1; $noUserNamespace = $LASTEXITCODE -ne 0 }
    # Where we are in a user namespace ourselves the kernel tells us nothing.
    $deaf = [KvmPS.Native.KvmHostMonitor]::MayHearNothing
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $kvmps = [System.IO.Path]::GetFullPath("$PSScriptRoot/../../kvmps")
    $module = [System.IO.Path]::GetFullPath("$PSScriptRoot/../../KvmPS.psd1")
    $folder = [System.IO.Directory]::CreateTempSubdirectory('kvmps-event-').FullName
    $compiler = @(Get-Command cc, gcc, clang -CommandType Application -ErrorAction Ignore)[0]
    if ($compiler) { & $compiler -o "$folder/uevent" "$PSScriptRoot/uevent.c" }

    function Wait-Until([scriptblock] $Condition) {
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        while (-not (& $Condition) -and $clock.Elapsed.TotalSeconds -lt 20) { [System.Threading.Thread]::Sleep(20) }
        & $Condition
    }

    # The ports of this process's sockets that hear of devices, as /proc/net/netlink (protocol 15) has them.
    function Get-Port {
        $own = [System.IO.Directory]::GetFiles('/proc/self/fd').ForEach({ "$([System.IO.FileInfo]::new($_).LinkTarget)" }).Where({ $_ -like 'socket:*' }) -replace '\D'
        foreach ($line in [System.IO.File]::ReadAllLines('/proc/net/netlink')) {
            $words = $line.Split(' ', [System.StringSplitOptions]::RemoveEmptyEntries)
            if ($words[1] -eq '15' -and $words[-1] -in $own) { [uint] $words[2] }
        }
    }

    # A pipeline that watches, in a runspace of its own.
    function Start-Watch([string] $Script) {
        $shell = [powershell]::Create([System.Management.Automation.Runspaces.InitialSessionState]::CreateDefault2())
        $null = $shell.AddScript("Import-Module '$module'; $Script")
        $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
        $output.EnumeratorNeverBlocks = $true
        $watch = @{ Shell = $shell; Output = $output; Running = $shell.BeginInvoke([System.Management.Automation.PSDataCollection[psobject]]::new(), $output) }
        $null = Wait-Until { Get-Port }
        $watch
    }

    function Stop-Watch($Watch) { $Watch.Shell.Stop(); $Watch.Shell.Dispose() }
}

AfterAll { [System.IO.Directory]::Delete($folder, $true) }

Describe 'Watch-KvmHost' -Skip:($noKvm -or $deaf) {
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'tells of a VM that is made, and of its end' {
        $watch = Start-Watch 'Watch-KvmHost'
        try {
            $vm = New-KvmVm -Name watched
            $fd = $vm.Fd
            Remove-KvmVm $vm
            $null = Wait-Until { $watch.Output.Where({ $_.ProcessId -eq $PID -and $_.Fd -eq $fd }).Count -eq 2 }
        }
        finally { Stop-Watch $watch }
        $made, $ended = $watch.Output.Where({ $_.ProcessId -eq $PID -and $_.Fd -eq $fd })
        $made | Should -BeOfType ([KvmPS.Native.KvmHostEvent])
        "$($made.Event)" | Should -Be 'Create'
        "$($ended.Event)" | Should -Be 'Destroy'
        foreach ($found in $made, $ended) {
            $found.ProcessName | Should -Be ([System.IO.File]::ReadAllText("/proc/$PID/comm").Trim())
            $found.StatsPath | Should -Be "/kvm/$($found.ThreadId)-$fd"
            "/proc/$PID/task/$($found.ThreadId)" | Should -Exist
        }
        $ended.Created | Should -BeGreaterOrEqual $made.Created
        $ended.Sequence | Should -BeGreaterThan $made.Sequence
        $ended.Time | Should -BeGreaterOrEqual $made.Time
        Get-Port | Should -BeNullOrEmpty
    }

    It 'tells what a C program hears' -Skip:$noCompiler {
        $start = [System.Diagnostics.ProcessStartInfo]::new("$folder/uevent", [string[]] @('listen', '6'))
        $start.RedirectStandardOutput = $true
        $watch = Start-Watch 'Watch-KvmHost'
        $listener = [System.Diagnostics.Process]::Start($start)
        try {
            $listener.StandardOutput.ReadLine() | Should -Be 'ready'
            foreach ($round in 1..3) { New-KvmVm | Remove-KvmVm }
            $heard = $listener.StandardOutput.ReadToEnd().Trim().Split("`n")
            $heard.Count | Should -Be 6
            $last = [ulong] $heard[-1].Split(' ')[0]
            Wait-Until { $watch.Output.Where({ $_.Sequence -eq $last }) } | Should -Not -BeNullOrEmpty
        }
        finally { Stop-Watch $watch; $listener.Kill(); $listener.WaitForExit(); $listener.Dispose() }
        $first = [ulong] $heard[0].Split(' ')[0]
        $told = $watch.Output.Where({ $_.Sequence -ge $first -and $_.Sequence -le $last }).ForEach({ "$($_.Sequence) $("$($_.Event)".ToLowerInvariant()) $($_.ThreadId) $($_.Created) $($_.Count) $($_.StatsPath)" })
        $told | Should -Be $heard
    }

    It 'hears of another process''s VM, whose name it still knows at the end' {
        $watch = Start-Watch 'Watch-KvmHost'
        try {
            $other = [int] (& $kvmps -NoProfile -Command "Import-Module '$module'; `$null = New-KvmVm; `$PID")
            $null = Wait-Until { $watch.Output.Where({ $_.ProcessId -eq $other }).Count -eq 2 }
        }
        finally { Stop-Watch $watch }
        $told = $watch.Output.Where({ $_.ProcessId -eq $other })
        $told.Event.ForEach({ "$_" }) | Should -Be @('Create', 'Destroy')
        $told[1].ProcessName | Should -Be $told[0].ProcessName
    }

    It 'ends after -Timeout, after -MaxEvent, and where the pipeline has enough' {
        Watch-KvmHost -Timeout 0 -MaxEvent 1 | Out-Null
        foreach ($script in 'Watch-KvmHost -MaxEvent 2', 'Watch-KvmHost | ForEach-Object { $_; if (++$n -eq 2) { break } }', 'Watch-KvmHost -Timeout 1.5') {
            $watch = Start-Watch $script
            try {
                New-KvmVm | Remove-KvmVm
                Wait-Until { $watch.Running.IsCompleted } | Should -BeTrue -Because $script
                if ($script -notlike '*Timeout*') { $watch.Output.Count | Should -Be 2 -Because $script }
                else { $watch.Output.Count | Should -BeGreaterOrEqual 2 -Because $script }
            }
            finally { Stop-Watch $watch }
            Get-Port | Should -BeNullOrEmpty -Because $script
        }
    }

    # 100 ms are the contract; this machine may have other things to do.
    It 'ends at once when it is stopped' {
        $watch = Start-Watch 'Watch-KvmHost'
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        Stop-Watch $watch
        $clock.ElapsedMilliseconds | Should -BeLessThan 2000
        Get-Port | Should -BeNullOrEmpty
    }

    It 'takes <What> for a duration not' -ForEach @(
        @{ What = 'less than nothing'; Timeout = -1 }
        @{ What = 'a word'; Timeout = 'soon' }
    ) {
        { Watch-KvmHost -Timeout $Timeout } | Should -Throw -ErrorId 'ParameterArgumentTransformationError,*'
    }

    It 'does not believe <What>' -Skip:($noCompiler -or $noNetwork) -ForEach @(
        @{ What = 'a process that sends to its socket'; Command = 'forge'; Lines = @() }
        @{ What = 'the kernel where that says what KVM would not'; Command = 'inject'; Lines = 'ACTION=change', 'SUBSYSTEM=misc', 'DEVNAME=kvm', 'EVENT=create', 'EVENT=destroy', 'STATS_PATH=/kvm/1-9' }
    ) {
        # In a network namespace of its own nobody else hears what is sent.
        $script = "Import-Module '$module'; Watch-KvmHost -Timeout 20 | ForEach-Object { `"`$(`$_.Event) `$(`$_.StatsPath)`"; if (`$_.ProcessId -eq $PID) { break } }"
        $start = [System.Diagnostics.ProcessStartInfo]::new('unshare', [string[]] (@('--net', 'sh', '-c',
            'kvmps=$1 script=$2; shift 2; (until port=$(awk ''$2 == 15 && $3 > 0 { print $3 }'' /proc/net/netlink) && test "$port"; do sleep 0.05; done; program=$1 command=$2; shift 2; "$program" $command $(test $command = forge && echo $port || echo 5) "$@"; echo "sent $?") & exec "$kvmps" -NoProfile -Command "$script"',
            'sh', $kvmps, $script, "$folder/uevent", $Command) + $Lines))
        $start.RedirectStandardOutput = $true
        $other = [System.Diagnostics.Process]::Start($start)
        try {
            $other.StandardOutput.ReadLine() | Should -Be 'sent 0'
            New-KvmVm | Remove-KvmVm
            $heard = $other.StandardOutput.ReadToEnd()
        }
        finally { $other.Kill($true); $other.WaitForExit(); $other.Dispose() }
        $heard | Should -Match 'Create /kvm/\d+-\d+'
        $heard | Should -Not -Match '/kvm/1-9'
    }

    It 'tells that events were lost, and goes on' -Skip:($noCompiler -or $noNetwork) {
        # Its buffer has room for some thousand messages; while it is kept busy it gets far more, in a network namespace of its own.
        $script = "Import-Module '$module'; Watch-KvmHost -Timeout 60 | ForEach-Object { if (-not `$flooded) { `$flooded = `$true; 'first'; & '$folder/uevent' inject 60000 } elseif (`"`$(`$_.Event)`" -eq 'Lost') { `$lost = `$true; 'lost' } elseif (`$lost -and `$_.ProcessId -eq $PID) { `$_.StatsPath; break } }"
        $start = [System.Diagnostics.ProcessStartInfo]::new('unshare', [string[]] @('--net', $kvmps, '-NoProfile', '-Command', $script))
        $start.RedirectStandardOutput = $true
        $other = [System.Diagnostics.Process]::Start($start)
        try {
            $line = $other.StandardOutput.ReadLineAsync()
            Wait-Until { New-KvmVm | Remove-KvmVm; $line.IsCompleted } | Should -BeTrue
            $line.Result | Should -Be 'first'
            $other.StandardOutput.ReadLine() | Should -Be 'lost'
            $line = $other.StandardOutput.ReadLineAsync()
            Wait-Until { New-KvmVm | Remove-KvmVm; $line.IsCompleted } | Should -BeTrue
            $line.Result | Should -Match '^/kvm/\d+-\d+$'
        }
        finally { $other.Kill($true); $other.WaitForExit(); $other.Dispose() }
    }

    It 'needs no rights' -Skip:$noSetpriv {
        $start = [System.Diagnostics.ProcessStartInfo]::new('setpriv', [string[]] @('--reuid', '65534', '--regid', '65534', '--clear-groups', '--', $kvmps, '-NoProfile', '-Command',
            "Import-Module '$module'; Watch-KvmHost -Timeout 60 | ForEach-Object { if (`$_.ProcessId -eq $PID) { `$_.ProcessName; break } }"))
        $start.RedirectStandardOutput = $true
        $other = [System.Diagnostics.Process]::Start($start)
        try {
            Wait-Until { New-KvmVm | Remove-KvmVm; $other.HasExited } | Should -BeTrue
            $other.StandardOutput.ReadToEnd().Trim() | Should -Not -BeNullOrEmpty
        }
        finally { if (-not $other.HasExited) { $other.Kill($true) }; $other.WaitForExit(); $other.Dispose() }
    }

    It 'warns where the kernel tells nothing' -Skip:$noUserNamespace {
        $seen = setpriv --reuid 65534 --regid 65534 --clear-groups unshare --map-root-user --net $kvmps -NoProfile -Command "Import-Module '$module'; Watch-KvmHost -Timeout 0" 2>&1
        "$seen" | Should -BeLike '*user namespace*'
    }

    It 'says what forbids it' {
        $plan = [KvmPS.Native.KvmVm].Assembly.GetType('KvmPS.Native.Interop.FaultPlan', $true)
        $null = $plan.GetMethod('Begin').Invoke($null, @(1, [int] [Mono.Unix.Native.Errno]::EAFNOSUPPORT, 0, $false))
        try { $record = { Watch-KvmHost -Timeout 0 -ErrorAction Stop } | Should -Throw -ErrorId 'HostEventsNotAvailable,*' -PassThru }
        finally { $calls = $plan.GetMethod('End').Invoke($null, @()) }
        $calls | Should -Be 'socket'
        $record.Exception.Errno | Should -Be 'EAFNOSUPPORT'
        "$($record.CategoryInfo.Category)" | Should -Be 'PermissionDenied'
        $record.ErrorDetails.RecommendedAction | Should -BeLike '*Get-KvmProcess*'
    }
}

Describe 'KvmHostMonitor' {
    It 'says that it was disposed' {
        $monitor = [KvmPS.Native.KvmHostMonitor]::new()
        $monitor.Next([timespan]::Zero, [System.Threading.CancellationToken]::None) | Out-Null
        $monitor.Dispose()
        { $monitor.Next([timespan]::Zero, [System.Threading.CancellationToken]::None) } | Should -Throw -PassThru |
            ForEach-Object { $_.Exception.GetBaseException() } | Should -BeOfType ([KvmPS.Native.KvmObjectRemovedException])
        $monitor.Dispose()
    }
}

# Messages as lib/kobject_uevent.c and virt/kvm/kvm_main.c write them, and as nobody should.
Describe 'A message about a device' {
    BeforeAll {
        $parse = [KvmPS.Native.KvmVm].Assembly.GetType('KvmPS.Native.UeventMessage', $true).GetMethod('Parse')
        $usual = [ordered] @{ ACTION = 'change'; DEVPATH = '/devices/virtual/misc/kvm'; SUBSYSTEM = 'misc'; CREATED = '7'; COUNT = '1'; EVENT = 'create'; PID = '42'; STATS_PATH = '/kvm/42-9'; MAJOR = '10'; MINOR = '232'; DEVNAME = 'kvm'; SEQNUM = '5' }

        function Read-Text([string] $Text) {
            $bytes = [System.Text.Encoding]::Latin1.GetBytes($Text)
            $parse.Invoke($null, @($bytes, $bytes.Length))
        }

        function Read-Message([hashtable] $Change = @{}, [string] $Head = 'change@/devices/virtual/misc/kvm', [string] $Tail = '') {
            $lines = foreach ($key in $usual.Keys) { if ($Change[$key] -ne '-') { "$key=$(if ($Change.ContainsKey($key)) { $Change[$key] } else { $usual[$key] })" } }
            Read-Text ((@($Head) + $lines -join "`0") + "`0$Tail")
        }
    }

    It 'is read as it stands' {
        $found = Read-Message
        "$($found.Event)" | Should -Be 'Create'
        $found.ThreadId | Should -Be 42
        $found.Fd | Should -Be 9
        $found.Created | Should -Be 7
        $found.Count | Should -Be 1
        $found.Sequence | Should -Be 5
        $found.StatsPath | Should -Be '/kvm/42-9'
        "$((Read-Message @{ EVENT = 'destroy' }).Event)" | Should -Be 'Destroy'
    }

    It 'without debugfs is read as well' {
        $found = Read-Message @{ STATS_PATH = '-' }
        $found.ThreadId | Should -Be 42
        $found.StatsPath | Should -BeNullOrEmpty
        $found.Fd | Should -BeNullOrEmpty
    }

    It 'is none of KVM''s where <What>' -ForEach @(
        @{ What = 'something else happened'; Change = @{ EVENT = 'explode' } }
        @{ What = 'nothing happened'; Change = @{ EVENT = '-' } }
        @{ What = 'it is another device'; Change = @{ DEVNAME = 'kvm2' } }
        @{ What = 'it is another subsystem'; Change = @{ SUBSYSTEM = 'net' } }
        @{ What = 'it is added'; Change = @{ ACTION = 'add' } }
        @{ What = 'its head is another'; Head = 'add@/devices/virtual/misc/kvm' }
        @{ What = 'it has no head'; Head = '' }
        @{ What = 'udev sends it'; Head = 'libudev' }
        @{ What = 'a key comes twice'; Tail = "EVENT=destroy`0" }
        @{ What = 'a line has no value'; Tail = "EVENT`0" }
        @{ What = 'a line has no key'; Tail = "=x`0" }
        @{ What = 'a line is empty'; Tail = "`0" }
        @{ What = 'it does not end'; Tail = 'X=1' }
        @{ What = 'it is too long'; Tail = "X=$('x' * 9000)`0" }
    ) {
        $arguments = @{}
        foreach ($name in 'Change', 'Head', 'Tail') { if ($null -ne $ExecutionContext.SessionState.PSVariable.GetValue($name)) { $arguments[$name] = $ExecutionContext.SessionState.PSVariable.GetValue($name) } }
        Read-Message @arguments | Should -BeNullOrEmpty
    }

    It 'does not tell <Name> where that is <Value>' -ForEach @(
        @{ Key = 'PID'; Name = 'ThreadId'; Value = '-1' }
        @{ Key = 'PID'; Name = 'ThreadId'; Value = '2147483648' }
        @{ Key = 'PID'; Name = 'ThreadId'; Value = ' 1' }
        @{ Key = 'CREATED'; Name = 'Created'; Value = '18446744073709551616' }
        @{ Key = 'COUNT'; Name = 'Count'; Value = '' }
        @{ Key = 'SEQNUM'; Name = 'Sequence'; Value = '0x5' }
        @{ Key = 'STATS_PATH'; Name = 'StatsPath'; Value = '/kvm/../../etc' }
        @{ Key = 'STATS_PATH'; Name = 'StatsPath'; Value = '/kvm/1-9\e[2J' }
        @{ Key = 'STATS_PATH'; Name = 'Fd'; Value = '/kvm/1-99999999999' }
        @{ Key = 'STATS_PATH'; Name = 'Fd'; Value = '/kvm/1-2-3' }
        @{ Key = 'STATS_PATH'; Name = 'StatsPath'; Value = "/kvm/$('1' * 100)-1" }
    ) {
        # A control character in a test's name would make the results no XML.
        $found = Read-Message @{ $Key = [regex]::Unescape($Value) }
        "$($found.Event)" | Should -Be 'Create'
        $found.$Name | Should -BeNullOrEmpty
    }

    It 'is survived whatever stands in it' {
        $random = [System.Random]::new(7)
        $good = [System.Text.Encoding]::ASCII.GetBytes((@('change@/devices/virtual/misc/kvm') + @($usual.Keys).ForEach({ "$_=$($usual[$_])" }) -join "`0") + "`0")
        foreach ($round in 1..3000) {
            $bytes = [byte[]] $good.Clone()
            foreach ($change in 1..$random.Next(1, 6)) { $bytes[$random.Next($bytes.Length)] = $random.Next(256) }
            $null = $parse.Invoke($null, @($bytes, $random.Next($bytes.Length + 1)))
        }
    }
}
