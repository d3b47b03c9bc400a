# The guest, and whoever shares memory, descriptors or files with us, as an adversary: what they can write to is read in every way
# that it can be wrong. tests/Fuzz has the loops; here is how long they run and what must come of it.
# The long form: KVMPS_FUZZ_CALLS=10000000 ./kvmps build.ps1 Test -File Hostile

BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $x86 = [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -eq 'X64'
    $noGuest = -not $x86 -or -not (Test-KvmHost -Quiet)
    $noSdk = -not (Get-Command dotnet -CommandType Application -ErrorAction Ignore)
    $calls = [int] ($env:KVMPS_FUZZ_CALLS ?? 100000)
    $cases = @(
        @{ What = 'exits'; Of = 'kvm_run pages of any content'; Rounds = $calls }
        @{ What = 'exits-torn'; Of = 'kvm_run pages that change while they are read'; Rounds = [int] ($calls / 2) }
        @{ What = 'dirty-ring'; Of = 'dirty rings that name any slot and any page, and are never empty'; Rounds = [int] ($calls / 100) }
        @{ What = 'coalesced-ring'; Of = 'rings of collected writes that begin and end anywhere'; Rounds = [int] ($calls / 10) }
        @{ What = 'stats'; Of = 'files of counters that contradict themselves'; Rounds = [int] ($calls / 10) }
    )
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    . "$PSScriptRoot/RealModeGuest.ps1"
    $folder = [System.IO.Directory]::CreateTempSubdirectory('kvmps-hostile-').FullName
    $fuzz = "$PSScriptRoot/../Fuzz/bin/Release/net10.0/KvmPS.Fuzz.dll"
    function Get-Failure([scriptblock] $Action) { try { $null = & $Action } catch { $_ } }

    function Invoke-Fuzz([string] $What, [int] $Rounds, [string[]] $More = @()) {
        $seed = [System.Random]::Shared.Next()
        # A loop without an end is a failure, too.
        $output = & timeout 1200 dotnet $fuzz $What $seed $Rounds $More 2>&1
        $LASTEXITCODE | Should -Be 0 -Because "'$What $seed $Rounds' said: $output"
        $counts = [regex]::Match("$output", '(\d+) taken, (\d+) refused$')
        $counts.Success | Should -BeTrue -Because "$output"
        # Where all is refused, or nothing, the numbers were not near enough to the right ones.
        [long] $counts.Groups[1].Value | Should -BeGreaterThan 0 -Because "$output"
        [long] $counts.Groups[2].Value | Should -BeGreaterThan 0 -Because "$output"
    }
}

AfterAll { [System.IO.Directory]::Delete($folder, $true) }

Describe 'What others can write to' -Tag Build, Fuzz -Skip:$noSdk {
    BeforeAll {
        $output = & dotnet build "$PSScriptRoot/../Fuzz/KvmPS.Fuzz.csproj" -c Release -v quiet -nologo 2>&1
        if ($LASTEXITCODE) { throw "$output" }
    }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'is no number to be trusted: <Of>' -ForEach $cases { Invoke-Fuzz $What $Rounds }

    It 'is no number to be trusted: images whose headers lead anywhere' -Skip:$noGuest -ForEach @{ Rounds = [int] ($calls / 50) } {
        Invoke-Fuzz images $Rounds $folder
    }

    It 'is no number to be trusted: saved VMs that nobody saved' -Skip:$noGuest -ForEach @{ Rounds = [int] ($calls / 200) } {
        $vm = New-KvmVm -Name original -Memory 64KB
        $null = New-KvmIrqChip $vm
        $null = New-KvmPit $vm
        $null = New-KvmVcpu $vm
        $null = New-KvmVcpu $vm
        Set-KvmCpuid $vm.Vcpus[0] -FromHost
        Set-KvmGsiRoute $vm 24 -Address 0xFEE00000 -Data 0x40
        $null = Save-KvmVm $vm "$folder/fuzzed"
        Invoke-Fuzz state $Rounds "$folder/fuzzed"
        (Restore-KvmVm "$folder/fuzzed" again).Vcpus.Count | Should -Be 2
    }
}

Describe 'A saved VM from elsewhere' -Skip:$noGuest {
    BeforeEach {
        $vm = New-RealModeGuest saved ([byte[]] (0xF4))
        $saved = "$folder/$([guid]::NewGuid())"
        $null = Save-KvmVm $vm $saved
        $json = [System.IO.File]::ReadAllText("$saved/state.json")
        $count = (Get-KvmVm).Count
    }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'is refused with <What>' -ForEach @(
        @{ What = 'null for a memory slot'; From = '(?s)"Memory": \[.*?\]'; To = '"Memory": [null]' }
        @{ What = 'null for a vCPU'; From = '(?s)"Vcpus": \[.*\]'; To = '"Vcpus": [null]' }
        @{ What = 'null for a structure of a vCPU'; From = '"Special": "[^"]*"'; To = '"Special": null' }
        @{ What = 'null for the memory'; From = '(?s)"Memory": \[.*?\]'; To = '"Memory": null' }
        @{ What = 'a slot that is larger than all addresses'; From = '"Size": 4096'; To = '"Size": 18446744073709551615' }
        @{ What = 'a size below 0'; From = '"Size": 4096'; To = '"Size": -4096' }
        @{ What = 'a flag that there is not'; From = '"Flags": "[^"]*"'; To = '"Flags": "Executable"' }
        @{ What = 'a controller of a kind that there is not'; From = '"IrqChip": null'; To = '"IrqChip": 77' }
        @{ What = 'a route that leads nowhere'; From = '"Routes": null'; To = '"Routes": [{"Gsi":1,"Type":"Msi","Controller":null,"Pin":null,"Address":null,"Data":1,"DeviceId":null,"Vcpu":null,"Sint":null}]' }
        @{ What = 'no name'; From = '"Name": "saved"'; To = '"Name": ""' }
        @{ What = 'a name that steers the terminal'; From = '"Name": "saved"'; To = '"Name": "\u001b[2Jsaved"' }
        @{ What = 'an architecture that steers the terminal'; From = '"Architecture": "X64"'; To = '"Architecture": "\u001b[2J"' }
        @{ What = 'parts within parts without end'; From = '"Routes": null'; To = "`"Routes`": $('[' * 5000)$(']' * 5000)" }
    ) {
        $changed = [regex]::Replace($json, $From, $To)
        $changed | Should -Not -Be $json
        [System.IO.File]::WriteAllText("$saved/state.json", $changed)
        $failure = Get-Failure { Restore-KvmVm $saved -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike 'SavedVmInvalid,*'
        $failure.CategoryInfo.Category | Should -Be 'InvalidData'
        "$failure" | Should -Not -Match '\x1B'
        (Get-KvmVm).Count | Should -Be $count
    }

    It 'is refused with a slot that is there twice' {
        [System.IO.File]::WriteAllText("$saved/state.json", [regex]::Replace($json, '(?s)"Memory": \[(.*?)\]', '"Memory": [$1,$1]'))
        { Restore-KvmVm $saved -ErrorAction Stop } | Should -Throw -ErrorId 'MemorySlotExists,*'
        (Get-KvmVm).Count | Should -Be $count
    }

    It 'gives the guest no file of ours: <_> as a symbolic link' -ForEach 'memory-0.bin', 'state.json' {
        [System.IO.File]::Move("$saved/$_", "$saved.$_")
        $null = [System.IO.File]::CreateSymbolicLink("$saved/$_", "$saved.$_")
        { Restore-KvmVm $saved -ErrorAction Stop } | Should -Throw -ErrorId 'KvmFileNotUsable,*'
        (Get-KvmVm).Count | Should -Be $count
    }

    It 'does not wait for somebody at the other end: <_> as a FIFO' -ForEach 'memory-0.bin', 'state.json' {
        [System.IO.File]::Delete("$saved/$_")
        & mkfifo "$saved/$_"
        { Restore-KvmVm $saved -ErrorAction Stop } | Should -Throw -ErrorId 'KvmFileNotUsable,*'
        (Get-KvmVm).Count | Should -Be $count
    }

    It 'is recognised where saving was cut short' {
        [System.IO.File]::Move("$saved/state.json", "$saved/state.json.unfinished")
        $failure = Get-Failure { Restore-KvmVm $saved -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike 'SavedVmInvalid,*'
        "$failure" | Should -BeLike '*cut short*'
    }
}
