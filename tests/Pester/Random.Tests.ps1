# Random programs over VMs, vCPUs, memory, devices, attributes, interrupts, eventfds, runs and removals, in several runspaces at
# once, against a model of what must hold (RandomModel.ps1).
# The long form: KVMPS_RANDOM_OPERATIONS=1000000 ./kvmps build.ps1 Test -File Random
# The same again: KVMPS_RANDOM_SEED=<what was printed>; one program: KVMPS_RANDOM_PROGRAM=<a file>

BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $here = [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -eq 'X64' -and (Test-KvmHost -Quiet)
    $seed = [int] ($env:KVMPS_RANDOM_SEED ?? ([System.Environment]::TickCount -band 0xFFFFFF))
    # As many operations, or else as many seconds.
    $count = [long] ($env:KVMPS_RANDOM_OPERATIONS ?? [long]::MaxValue)
    $seconds = [double] ($env:KVMPS_RANDOM_OPERATIONS ? 86400 : $env:KVMPS_RANDOM_SECONDS ?? 20)
    $amount = $env:KVMPS_RANDOM_OPERATIONS ? "$count operations" : "$seconds s"
    $given = [bool] $env:KVMPS_RANDOM_PROGRAM
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    . "$PSScriptRoot/RandomProgram.ps1"
    . "$PSScriptRoot/Held.ps1"
    $folder = [System.IO.Directory]::CreateTempSubdirectory('kvmps-random-').FullName
}

AfterAll { [System.IO.Directory]::Delete($folder, $true) }

Describe 'Random programs' -Tag Random -Skip:(-not $here) {
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'do what the model says: <Amount> in 3 runspaces, seed <Seed>' -Skip:$given -ForEach @{ Seed = $seed; Count = $count; Seconds = $seconds; Amount = $amount } {
        # What is made once is there before.
        $null = Invoke-RandomProgram -Seed 1 -Operations 300 -Length 100 -Folder $folder
        $held = Get-Held
        $result = Invoke-RandomProgram -Seed $Seed -Operations $Count -Duration ([timespan]::FromSeconds($Seconds)) -Folder $folder
        if ($result.Failure) { throw (Format-Failure $result.Failure $folder) }
        $result.Operations | Should -BeGreaterThan 0
        Get-Held | Should -Be $held -Because "the programs of seed $Seed have ended"
        Get-KvmVm | Should -BeNullOrEmpty
    }

    It 'are run again from a file' -Skip:(-not $given) {
        $failure = Invoke-Program ([System.IO.File]::ReadAllLines($env:KVMPS_RANDOM_PROGRAM).Where({ $_ })) again $folder
        $failure.What | Should -BeNullOrEmpty
    }
}

Describe 'A program that fails' -Skip:(-not $here) {
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'is the same for the same seed' {
        (New-Program 42 100) -join "`n" | Should -Be ((New-Program 42 100) -join "`n")
        (New-Program 43 100) -join "`n" | Should -Not -Be ((New-Program 42 100) -join "`n")
    }

    It 'is found and made short where the model is wrong about <Rule>' -ForEach @(
        @{ Rule = 'OneDevice'; Shortest = 'NewVm NewDevice NewDevice' }
        @{ Rule = 'Overlap'; Shortest = 'NewVm AddMemory AddMemory' }
    ) {
        $result = Invoke-RandomProgram -Seed 7 -Operations 2000 -Length 500 -Runspaces 2 -Folder $folder -BrokenRule $Rule
        $result.Failure | Should -Not -BeNullOrEmpty
        $lines = (Format-Failure $result.Failure $folder $Rule).Split("`n")
        $lines[0] | Should -BeLike "seed * operation $($result.Failure.At) of 500: *"
        $found = [string[]] $lines[2..($lines.Count - 1)]
        $found.ForEach({ $_.Split(' ')[0] }) -join ' ' | Should -Be $Shortest
        # Again, from what was printed; and not without the planted mistake.
        (Invoke-Program $found again $folder $Rule).At | Should -Be ($found.Count - 1)
        Invoke-Program $found again $folder | Should -BeNullOrEmpty
    }

    It 'is found and made short where a system call fails that should not' {
        $plan = [KvmPS.Native.KvmVm].Assembly.GetType('KvmPS.Native.Interop.FaultPlan', $true)
        # Whatever the program: its fifth system call from the first time on that it is asked for memory's dirty pages.
        $fails = {
            param($candidate)
            $null = $plan.GetMethod('Begin').Invoke($null, @(0, 0, 0, $false))
            $null = Invoke-Program $candidate counted $folder
            $calls = $plan.GetMethod('End').Invoke($null, @())
            $nth = [System.Array]::IndexOf($calls, 'KVM_GET_DIRTY_LOG') + 1
            if (-not $nth) { return $false }
            $null = $plan.GetMethod('Begin').Invoke($null, @($nth, [int] [Mono.Unix.Native.Errno]::EIO, 0, $false))
            try { [bool] (Invoke-Program $candidate planted $folder) } finally { $null = $plan.GetMethod('End').Invoke($null, @()) }
        }
        $program = New-Program 11 400
        & $fails $program | Should -BeTrue
        (Find-ShortestProgram $program $fails).ForEach({ $_.Split(' ')[0] }) -join ' ' | Should -Be 'NewVm AddMemory ReadDirtyPages'
    }
}
