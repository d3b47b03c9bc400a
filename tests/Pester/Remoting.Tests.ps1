BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet)
    $noStats = $noKvm -or -not (Get-KvmCapability KVM_CAP_BINARY_STATS_FD).Supported
    $noGuest = $noKvm -or [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -ne 'X64'

    # sshd starts a pwsh; the shell that asks may be any.
    $pwsh = @([System.Environment]::ProcessPath, (Get-Command pwsh -CommandType Application -ErrorAction Ignore).Source).Where({
            [System.IO.Path]::GetFileName($_) -eq 'pwsh' -and [version]((& $_ -Version) -replace '[^0-9.]') -ge '7.6'
        }, 'First')
    $sshd = @(Get-Command sshd, /usr/sbin/sshd -CommandType Application -ErrorAction Ignore)[0].Source
    $missing = if (-not $pwsh) { 'there is no pwsh 7.6 for sshd to start' }
    elseif (-not $sshd) { 'there is no sshd' }
    elseif (-not (Get-Command ssh -CommandType Application -ErrorAction Ignore)) { 'there is no ssh' }
    $server = @{ Sshd = $sshd; Pwsh = "$pwsh" }
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

Describe 'A copy in another process' -Skip:$noKvm {
    BeforeAll { $vm = New-KvmVm -Name copied -Memory 1MB -Vcpu 2 }
    AfterAll { Get-KvmVm | Remove-KvmVm }

    It 'of a process has its vCPUs and descriptors' {
        $process = Get-KvmProcess -Id $PID
        $copy = Copy-Object $process
        $copy.Vcpus.Fd | Should -Be $process.Vcpus.Fd
        $copy.Fds.Name | Should -Be $process.Fds.Name
        @($copy.Fds.Where({ $_.Kind -eq 'Vm' })).Fd | Should -Be $process.Vms.Fd
    }

    It 'of a host has the parameters of its modules' {
        $there = (Get-KvmHost -Detailed).ModuleParameters
        $copy = Copy-Object (Get-KvmHost -Detailed)
        $copy.ModuleParameters.Name | Should -Be $there.Name
        $copy.ModuleParameters.Value | Should -Be $there.Value
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

Describe "Over SSH$(if ($missing) { ", where that is possible: $missing" })" -Skip:($noKvm -or $missing) -ForEach $server {
    BeforeAll {
        # An sshd on loopback addresses, each of which is a host. Its keys and the user's live as long as these tests.
        $folder = [System.IO.Directory]::CreateTempSubdirectory('kvmps-ssh-').FullName
        foreach ($key in 'host', 'user') { & ssh-keygen -q -t ed25519 -N '' -f "$folder/$key" }
        $probe = [System.Net.Sockets.TcpListener]::new([System.Net.IPAddress]::Loopback, 0)
        $probe.Start()
        $port = $probe.LocalEndpoint.Port
        $probe.Stop()
        [System.IO.File]::WriteAllLines("$folder/config", [string[]] @(
                (1..3).ForEach({ "ListenAddress 127.0.0.${_}:$port" })
                "HostKey $folder/host", "AuthorizedKeysFile $folder/user.pub", "PidFile $folder/pid"
                'StrictModes no', 'UsePAM no', 'PasswordAuthentication no', 'PermitRootLogin prohibit-password'
                "Subsystem powershell $Pwsh -sshs -NoLogo -NoProfile"
                if ($env:DOTNET_ROOT) { "SetEnv DOTNET_ROOT=$env:DOTNET_ROOT" }
            ))
        [System.IO.File]::WriteAllLines("$folder/known_hosts", [string[]] ('localhost', '127.0.0.2', '127.0.0.3').ForEach({
                    "[$_]:$port $([System.IO.File]::ReadAllText("$folder/host.pub"))".TrimEnd()
                }))

        # As root it wants the folder that its service makes.
        $separation = '/run/sshd'
        $madeSeparation = [Environment]::UserName -eq 'root' -and -not [System.IO.Directory]::Exists($separation)
        if ($madeSeparation) { $null = [System.IO.Directory]::CreateDirectory($separation) }
        $daemon = [System.Diagnostics.Process]::Start($Sshd, [string[]] ('-D', '-f', "$folder/config", '-E', "$folder/log"))
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        do {
            [System.Threading.Thread]::Sleep(20)
            $log = if ([System.IO.File]::Exists("$folder/log")) { [System.IO.File]::ReadAllText("$folder/log") }
        } until ($log -like '*listening*listening*listening*' -or $daemon.HasExited -or $clock.Elapsed.TotalSeconds -gt 20)
        $log | Should -BeLike '*listening*listening*listening*'

        $connection = @{
            Port = $port; KeyFilePath = "$folder/user"
            Options = @{ UserKnownHostsFile = "$folder/known_hosts"; StrictHostKeyChecking = 'yes'; IdentitiesOnly = 'yes'; BatchMode = 'yes' }
        }
        $module = "$root/KvmPS.psd1"
        $session = New-PSSession -HostName localhost @connection
        Invoke-Command $session { Import-Module $using:module }
    }

    AfterAll {
        Get-PSSession | Remove-PSSession
        $daemon.Kill($true)
        $daemon.WaitForExit()
        $daemon.Dispose()
        if ($madeSeparation) { [System.IO.Directory]::Delete($separation) }
        [System.IO.Directory]::Delete($folder, $true)
    }

    AfterEach {
        Get-KvmVm | Remove-KvmVm
        Invoke-Command $session { Get-KvmVm | Remove-KvmVm -Force }
    }

    It 'a host tells what it is' {
        $there = Invoke-Command -HostName localhost @connection { Import-Module $using:module; Get-KvmHost }
        $here = Get-KvmHost
        $there.PSObject.TypeNames | Should -Contain 'Deserialized.KvmPS.Native.KvmHost'
        $there.PSComputerName | Should -Be 'localhost'
        foreach ($property in 'KernelVersion', 'Backend', 'MaxVcpus', 'DeviceTypes', 'DestroyDevice') { $there.$property | Should -Be $here.$property }
        $there.DestroyDevice -in 'Supported', 'NotSupported' | Should -BeTrue
    }

    It 'many hosts are asked at once, and one that does not answer is an error of its own' {
        $answers = Invoke-Command -HostName localhost, 127.0.0.2, 127.0.0.3, 127.0.0.4 @connection -ErrorVariable failures -ErrorAction SilentlyContinue {
            Import-Module $using:module
            Get-KvmHost
        } 2> $null
        [string[]] $names = $answers.PSComputerName
        [System.Array]::Sort($names)
        $names | Should -Be @('127.0.0.2', '127.0.0.3', 'localhost')
        $failures.Count | Should -Be 1
        $failures[0].TargetObject | Should -Be '127.0.0.4'
        $failures[0].FullyQualifiedErrorId | Should -BeLike 'PSSessionStateBroken*'
    }

    It 'a process is seen with its VMs and vCPUs' {
        $vm = New-KvmVm -Name seen -Vcpu 2
        $process = Invoke-Command $session { Get-KvmProcess -Id $using:PID }
        $process.Vms.Fd | Should -Be $vm.Fd
        $process.Vcpus.Id | Should -Be @(0, 1)
        $process.Vcpus.Fd | Should -Be $vm.Vcpus.Fd
    }

    It 'counters come with their units, rates and buckets' -Skip:$noStats {
        $stats = Invoke-Command $session { Get-KvmStat -Vcpu (New-KvmVm -Name counted -Vcpu 1).Vcpus }
        $wait = $stats.Where({ $_.Name -eq 'halt_wait_ns' })
        $wait.Value | Should -BeOfType ([ulong])
        $wait.Unit | Should -Be 'ns'
        $stats.Where({ $_.Name -eq 'halt_wait_hist' }).Value[3].To | Should -Be 8
    }

    It 'snapshots of hosts are compared here' {
        $there = Invoke-Command -HostName localhost, 127.0.0.2 @connection { Import-Module $using:module; Get-KvmHostSnapshot }
        $there.Count | Should -Be 2
        $here = Get-KvmHostSnapshot
        # It is the same host: nothing keeps a guest from moving.
        $there | Compare-KvmHostSnapshot $here | Should -BeNullOrEmpty
        $here | Compare-KvmHostSnapshot $there[0] | Should -BeNullOrEmpty
        # Documentation/virt/kvm/api.rst: every KVM has it.
        $there[1].Capabilities = $there[1].Capabilities.Where({ $_.Name -ne 'KVM_CAP_USER_MEMORY' })
        $difference = $there | Compare-KvmHostSnapshot $here
        $difference.Name | Should -Be 'KVM_CAP_USER_MEMORY'
        $difference.Blocking | Should -BeTrue
    }

    It 'errors come with id, category, target and errno' {
        $record = { Invoke-Command $session { New-KvmVm -Name lab | New-KvmDevice -Type XICS } -ErrorAction Stop } |
            Should -Throw -ErrorId 'DeviceTypeNotSupported,*' -PassThru
        "$($record.CategoryInfo.Category)" | Should -Be 'NotInstalled'
        "$($record.TargetObject)" | Should -Be "VM 'lab'"
        $record.ErrorDetails.RecommendedAction | Should -BeLike 'Get-KvmDeviceType*'
        $record.Exception.SerializedRemoteException.Errno | Should -BeExactly 'ENODEV'
        # In the host they have their types.
        Invoke-Command $session { try { New-KvmDevice lab XICS -ErrorAction Stop } catch [KvmPS.Native.KvmNotSupportedException] { "$($_.Exception.Errno)" } } | Should -Be 'ENODEV'
    }

    It 'a session keeps VMs, of which copies come' {
        $copy = Invoke-Command $session { $vm = New-KvmVm -Name kept -Memory 1MB -Vcpu 1; $vm }
        $copy.Name | Should -Be 'kept'
        { Remove-KvmVm $copy -ErrorAction Stop } | Should -Throw -ErrorId 'KvmVmArgumentInvalid,*'
        { Invoke-Command $session { Remove-KvmVm $using:copy } -ErrorAction Stop } | Should -Throw -ErrorId 'KvmVmArgumentInvalid,*'
        Invoke-Command $session { (Get-KvmVm $using:copy.Name).Vcpus.Count } | Should -Be 1
        Get-KvmVm | Should -BeNullOrEmpty
        $read = Invoke-Command $session { Write-KvmMemory $vm 0x1000 -Text 'over SSH'; Read-KvmMemory $vm 0x1000 8 }
        $read.GetType() | Should -Be ([byte[]])
        [System.Text.Encoding]::ASCII.GetString($read) | Should -Be 'over SSH'
    }

    It 'a guest that does not end is stopped from here' -Skip:$noGuest {
        $runs = Invoke-Command $session -AsJob -ScriptBlock {
            . "$using:PSScriptRoot/RealModeGuest.ps1"
            $vm = New-RealModeGuest spin $spin
            'runs'
            Invoke-KvmVcpu $vm.Vcpus[0]
        }
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        while (-not $runs.ChildJobs[0].Output.Count -and "$($runs.State)" -eq 'Running' -and $clock.Elapsed.TotalSeconds -lt 20) { [System.Threading.Thread]::Sleep(20) }
        "$($runs.State)" | Should -Be 'Running'
        Stop-Job $runs
        "$($runs.State)" | Should -Be 'Stopped'
        Receive-Job $runs | Should -Be 'runs'
        Remove-Job $runs
        Invoke-Command $session { (Get-KvmVcpu spin).State } | Should -Be 'Open'
    }

    It 'the end of a session ends its VMs' {
        $other = New-PSSession -HostName localhost @connection
        $id = Invoke-Command $other { Import-Module $using:module; $null = New-KvmVm -Name brief; $PID }
        (Get-KvmProcess -Id $id).Vms.Count | Should -Be 1
        Remove-PSSession $other
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        while ([System.IO.Directory]::Exists("/proc/$id") -and $clock.Elapsed.TotalSeconds -lt 20) { [System.Threading.Thread]::Sleep(20) }
        Get-KvmProcess -Id $id -ErrorAction Ignore | Should -BeNullOrEmpty
    }
}
