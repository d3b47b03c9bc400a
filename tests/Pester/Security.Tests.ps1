# What docs/security.md says, as far as a test can hold it.
BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet)
    $noGuest = $noKvm -or [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -ne 'X64'
    $noCompiler = -not (Get-Command cc, gcc, clang -CommandType Application -ErrorAction Ignore)
    $noRoot = $noKvm -or [Environment]::UserName -ne 'root' -or -not (Get-Command setpriv -CommandType Application -ErrorAction Ignore)
    # Others than root have to be able to start what stands here, and a device node of their own has to work where we put it.
    if (-not $noRoot) {
        $probe = [System.IO.Directory]::CreateTempSubdirectory('kvmps-rights-').FullName
        $null = & mknod "$probe/kvm" c 10 232
        $null = & chown -R 65534:65534 $probe
        $null = & setpriv --reuid=65534 --regid=65534 --clear-groups sh -c "test -r '$PSScriptRoot' && exec 3<>'$probe/kvm'" 2>&1
        $noRoot = $LASTEXITCODE -ne 0
        [System.IO.Directory]::Delete($probe, $true)
    }
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    . "$PSScriptRoot/RealModeGuest.ps1"
    $root = [System.IO.Path]::GetFullPath("$PSScriptRoot/../..")
    $folder = [System.IO.Directory]::CreateTempSubdirectory('kvmps-security-').FullName

    function Get-Mode([string] $Path) { [System.Convert]::ToString([int] [System.IO.File]::GetUnixFileMode($Path), 8) }

    # A shell of its own process, behind a shell command such as a mask.
    function Invoke-Behind([string] $Before, [string] $Script) {
        (& sh -c "$Before; exec `"`$0`" -NoProfile -Command `"`$1`"" "$root/kvmps" "Import-Module '$root/KvmPS.psd1'; $Script" 2>&1) -join "`n"
    }

    # The same as another user.
    function Invoke-AsUser([string[]] $Who, [string] $Script) {
        (& setpriv $Who "$root/kvmps" -NoProfile -Command "Import-Module '$root/KvmPS.psd1'; $Script" 2>&1) -join "`n"
    }
}

AfterAll { [System.IO.Directory]::Delete($folder, $true) }

Describe 'Descriptors' -Skip:$noKvm {
    AfterEach {
        Get-KvmVm | Remove-KvmVm -Force
        if ($eventFd) { Remove-KvmEventFd $eventFd -Force }
    }

    It 'are ours alone: no child process inherits one' {
        $eventFd = New-KvmEventFd
        $vm = New-KvmVm -Name kept -Memory 1MB -Vcpu 2
        $null = New-KvmDevice $vm VFIO
        $null = Add-KvmMemory $vm 1GB 64KB -Path "$folder/memory" -LogDirtyPages
        $null = Get-KvmStat $vm -ErrorAction Ignore
        $null = Get-KvmStat -Vcpu $vm.Vcpus -ErrorAction Ignore
        $null = Register-KvmIoEvent $vm 0xC0000000 4
        $null = Register-KvmCoalescedMmio $vm 0xD0000000 8
        $null = Receive-KvmCoalescedMmio $vm
        # KVM_X86_SW_PROTECTED_VM, where there is such.
        New-KvmVm -Type 1 -ErrorAction Ignore | Add-KvmMemory -GuestAddress 0 -Size 64KB -GuestMemfd -ErrorAction Ignore
        $made = 0
        foreach ($fd in [System.IO.Directory]::GetFiles('/proc/self/fd')) {
            $link = [System.IO.FileInfo]::new($fd).LinkTarget
            if ($link -notmatch 'kvm|eventfd') { continue }
            $info = [System.IO.File]::ReadAllText("/proc/self/fdinfo/$([System.IO.Path]::GetFileName($fd))")
            # O_CLOEXEC
            [System.Convert]::ToInt32([regex]::Match($info, 'flags:\s+(\d+)').Groups[1].Value, 8) -band 0x80000 | Should -Be 0x80000 -Because "$fd is $link"
            $made++
        }
        $made | Should -BeGreaterThan 5
        "$(& sh -c 'ls -l /proc/self/fd')" | Should -Not -Match 'kvm|eventfd'
    }
}

Describe 'Native code' -Skip:$noKvm {
    It 'comes from the module''s folder, whatever LD_LIBRARY_PATH, the system and the current folder have' {
        $hostile = [System.IO.Directory]::CreateDirectory("$folder/hostile").FullName
        $ours = [System.IO.Path]::GetDirectoryName([KvmPS.Native.KvmVm].Assembly.Location)
        $helper = [System.IO.Directory]::GetFiles($ours, 'MonoPosixHelper.so', 'AllDirectories').Where({ $_ -match $(if ([System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -eq 'X64') { 'x64' } else { 'arm64' }) })[0]
        foreach ($name in 'libMonoPosixHelper.so', 'MonoPosixHelper.so', 'MonoPosixHelper', 'libc.so', 'liblibc.so', 'libc') { [System.IO.File]::Copy($helper, "$hostile/$name") }
        $text = Invoke-Behind "cd '$hostile'; export LD_LIBRARY_PATH='$hostile'" (
            '$null = New-KvmVm -Memory 1MB -Vcpu 1; [System.IO.File]::ReadAllLines(''/proc/self/maps'').Where({ $_ -match ''hostile|MonoPosixHelper'' }).ForEach({ $_.Substring($_.IndexOf(''/'')) })')
        $text | Should -Not -Match 'hostile'
        $text | Should -Match 'KvmPS/[^/]+/lib/linux-\w+/MonoPosixHelper\.so|/lib/linux-\w+/MonoPosixHelper\.so'
    }

    It 'is looked for nowhere else' -Skip:(-not (Get-Command strace -CommandType Application -ErrorAction Ignore)) {
        & strace -f -qq -e trace=openat,open -o "$folder/trace" "$root/kvmps" -NoProfile -Command "Import-Module '$root/KvmPS.psd1'; `$null = New-KvmVm -Memory 1MB -Vcpu 1"
        $LASTEXITCODE | Should -Be 0
        $tried = [System.IO.File]::ReadAllLines("$folder/trace").Where({ $_ -match 'MonoPosixHelper|libc\.so"|liblibc' })
        $tried.Count | Should -Be 1 -Because "$tried"
        $tried[0] | Should -Match '/lib/linux-\w+/MonoPosixHelper\.so'
    }
}

Describe 'A file that -Path names' -Skip:$noKvm {
    BeforeEach {
        $vm = New-KvmVm -Name files -Memory 1MB -Vcpu 1
        $path = "$folder/$([guid]::NewGuid())"
    }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'is refused where it is <What>: <Name>' -ForEach @(
        foreach ($what in @{ What = 'a FIFO'; Make = { & mkfifo $path } }, @{ What = 'a symbolic link to a FIFO'; Make = { & mkfifo "$path.fifo"; $null = [System.IO.File]::CreateSymbolicLink($path, "$path.fifo") } },
            @{ What = 'a symbolic link to /dev/zero'; Make = { $null = [System.IO.File]::CreateSymbolicLink($path, '/dev/zero') } }, @{ What = 'a folder'; Make = { $null = [System.IO.Directory]::CreateDirectory($path) } }) {
            $what + @{ Name = 'Write-KvmMemory'; Action = { Write-KvmMemory $vm 0 -Path $path -ErrorAction Stop } }
            $what + @{ Name = 'Import-KvmImage'; Action = { Import-KvmImage $vm $path -Address 0 -ErrorAction Stop } }
            $what + @{ Name = 'Add-KvmMemory'; Action = { Add-KvmMemory $vm 1GB 64KB -Path $path -ErrorAction Stop } }
            if ($what.What -notlike '*link*') { $what + @{ Name = 'Read-KvmMemory'; Action = { Read-KvmMemory $vm 0 16 -Path $path -ErrorAction Stop } } }
        }
    ) {
        & $Make
        { & $Action } | Should -Throw -ErrorId '*,KvmPS.Commands.*'
        [System.IO.Path]::Exists($path) | Should -BeTrue
        [System.IO.Directory]::GetFileSystemEntries($folder).Where({ $_.StartsWith("$path.") -and $_ -notlike '*.fifo' }) | Should -BeNullOrEmpty
    }

    It 'is not followed where it is a link that Read-KvmMemory replaces' {
        [System.IO.File]::WriteAllText("$path.target", 'mine')
        $null = [System.IO.File]::CreateSymbolicLink($path, "$path.target")
        $null = Read-KvmMemory $vm 0 16 -Path $path
        [System.IO.File]::ReadAllText("$path.target") | Should -Be 'mine'
        [System.IO.FileInfo]::new($path).LinkTarget | Should -BeNullOrEmpty
    }

    It 'that is a device stays one' -Skip:($noRoot) {
        & mknod $path c 1 3
        { Read-KvmMemory $vm 0 16 -Path $path -ErrorAction Stop } | Should -Throw -ErrorId 'KvmFileNotUsable,*'
        & sh -c "test -c '$path'"
        $LASTEXITCODE | Should -Be 0
    }

    It 'with a guest''s secrets is its owner''s alone, also where it was there for all, and whatever the mask is' {
        [System.IO.File]::WriteAllText("$path.dump", 'there')
        $all = [System.IO.UnixFileMode] 511
        [System.IO.File]::SetUnixFileMode("$path.dump", $all)
        $null = [System.IO.Directory]::CreateDirectory("$path.there")
        [System.IO.File]::SetUnixFileMode("$path.there", $all)
        $text = Invoke-Behind 'umask 0' "`$vm = New-KvmVm -Memory 1MB; `$null = Add-KvmMemory `$vm 1GB 64KB -Path '$path.ram'
            `$null = Read-KvmMemory `$vm 0 16 -Path '$path.dump'; `$null = Read-KvmMemory `$vm 0 16 -Path '$path.new'; `$null = Save-KvmVm `$vm '$path.saved'; `$null = Save-KvmVm `$vm '$path.there'"
        $text | Should -Be ''
        foreach ($file in "$path.ram", "$path.dump", "$path.new") { Get-Mode $file | Should -Be '600' -Because $file }
        foreach ($saved in "$path.saved", "$path.there") {
            Get-Mode $saved | Should -Be '700' -Because $saved
            foreach ($file in [System.IO.Directory]::GetFiles($saved)) { Get-Mode $file | Should -Be '600' -Because $file }
        }
    }
}

Describe 'Rights' -Skip:$noRoot {
    BeforeAll {
        $own = [System.IO.Directory]::CreateDirectory("$folder/own").FullName
        & chmod 755 $folder
        & mknod "$own/kvm" c 10 232
        & chown -R 0:64999 $own
        & chmod 2770 $own
        & chmod 660 "$own/kvm"
    }

    It 'of the node''s group are enough, without any capability' {
        $text = Invoke-AsUser '--reuid=65534', '--regid=65534', '--groups=64999', '--inh-caps=-all', '--bounding-set=-all', '--no-new-privs' (
            "`$vm = New-KvmVm -Memory 1MB -Vcpu 1 -DevicePath '$own/kvm'; `$null = New-KvmDevice `$vm VFIO; `$null = Save-KvmVm `$vm '$own/saved'; Remove-KvmVm `$vm; (Restore-KvmVm '$own/saved' -DevicePath '$own/kvm').Vcpus.Count")
        $text | Should -Be '1'
        Get-Mode "$own/saved" | Should -Match '^2?700$'
    }

    It 'of others are not: KvmAccessDenied, and Test-KvmHost says which group it would take' {
        & chmod 775 $own
        $text = Invoke-AsUser '--reuid=65534', '--regid=65534', '--clear-groups' "try { New-KvmVm -DevicePath '$own/kvm' -ErrorAction Stop } catch { `$_.FullyQualifiedErrorId }; (Test-KvmHost -DevicePath '$own/kvm').Where({ `$_.Status -eq 'Fail' }).Remedy"
        & chmod 770 $own
        $text | Should -Match '^KvmAccessDenied,'
        $text | Should -Match '64999'
    }

    It 'of somebody else''s folder are not taken: nothing is saved into it' {
        $others = [System.IO.Directory]::CreateDirectory("$folder/others").FullName
        & chmod 777 $others
        $text = Invoke-AsUser '--reuid=65534', '--regid=65534', '--groups=64999' "`$vm = New-KvmVm -Memory 1MB -DevicePath '$own/kvm'; try { Save-KvmVm `$vm '$others' -ErrorAction Stop } catch { `$_.FullyQualifiedErrorId }"
        $text | Should -Match '^KvmFileNotUsable,'
        [System.IO.Directory]::GetFileSystemEntries($others) | Should -BeNullOrEmpty
    }

    It 'to see others'' processes are not needed to see one''s own, and what is missing is said' {
        $null = New-KvmVm -Name seen
        $text = Invoke-AsUser '--reuid=65534', '--regid=65534', '--groups=64999' "`$null = New-KvmVm -DevicePath '$own/kvm'; (Get-KvmProcess -WarningVariable warned -WarningAction SilentlyContinue).Id -contains `$PID; [bool] `$warned; try { Get-KvmProcess -Id $PID -ErrorAction Stop } catch { `$_.FullyQualifiedErrorId }"
        Get-KvmVm | Remove-KvmVm
        $text | Should -Match '^True\nTrue\nKvmProcessAccessDenied,'
    }
}

Describe 'What a terminal shows' -Skip:$noKvm {
    It 'is not steered by names and command lines of other processes' {
        # Clears the screen, sets the title, goes to the next line, and writes from right to left.
        $name = "`e[2J`e]0;t`ax`n`u{202E}y"
        [System.IO.File]::Copy('/bin/sleep', "$folder/`e[2Jx")
        $start = [System.Diagnostics.ProcessStartInfo]::new('bash', [string[]] @('-c', 'exec 9<>/dev/kvm; exec -a "$1" "$0" 100', "$folder/`e[2Jx", $name))
        $other = [System.Diagnostics.Process]::Start($start)
        try {
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            do { $seen = Get-KvmProcess -Id $other.Id -ErrorAction Ignore } until ($seen.CommandLine -like '*100' -or $clock.Elapsed.TotalSeconds -gt 20)
            $seen.CommandLine | Should -Be '?[2J?]0;t?x??y 100'
            $seen.Name | Should -Be '?[2Jx'
            $seen.Fds.Count | Should -Be 1
            "$seen $($seen.Fds)" | Should -Not -Match '[\x00-\x1F\x7F\u202E]'
        }
        finally { $other.Kill() }
    }

    It 'is not steered by what a guest writes to a port' -Skip:$noGuest {
        # mov al,0x1B; out 0x80,al; hlt
        $vm = New-RealModeGuest steering ([byte[]] (0xB0, 0x1B, 0xE6, 0x80, 0xF4))
        $exit = (Invoke-KvmVcpu $vm.Vcpus[0])[0]
        $exit.Value | Should -Be 0x1B
        "$exit $($exit.Description) $($exit.Data) $($exit.Raw)" | Should -Not -Match '[\x00-\x1F]'
        Remove-KvmVm $vm
    }
}

Describe 'A process that is up to something' -Skip:($noGuest -or $noCompiler) {
    It 'does not end the listing of all: the number of a descriptor with more bits than one has' {
        & @(Get-Command cc, gcc, clang -CommandType Application -ErrorAction Ignore)[0].Source -Wall -o "$folder/waiting" "$PSScriptRoot/waiting.c"
        $LASTEXITCODE | Should -Be 0
        $start = [System.Diagnostics.ProcessStartInfo]::new("$folder/waiting")
        $start.RedirectStandardOutput = $true
        $other = [System.Diagnostics.Process]::Start($start)
        try {
            $fd = [int] $other.StandardOutput.ReadLine()
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            do { $seen = Get-KvmProcess -Id $other.Id } until ($seen.Vcpus[0].ThreadId -or $clock.Elapsed.TotalSeconds -gt 20)
            $seen.Vcpus[0].Fd | Should -Be $fd
            $seen.Vcpus[0].ThreadId | Should -Be $other.Id
            (Get-KvmProcess -WarningAction Ignore).Id | Should -Contain $other.Id
        }
        finally { $other.Kill() }
    }
}
