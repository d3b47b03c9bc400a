BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet)
    $x86 = [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -eq 'X64'
}

BeforeAll {
    $root = [System.IO.Path]::GetFullPath("$PSScriptRoot/../..")
    function Invoke-Example([string] $Name) {
        $output = & "$root/kvmps" -NoProfile "$root/examples/$Name.ps1"
        $LASTEXITCODE | Should -Be 0
        $output -join "`n"
    }
}

Describe 'The example' -Skip:($noKvm -or -not $x86) {
    It 'hello greets' {
        Invoke-Example hello | Should -Be 'Hello from a guest!'
    }

    It 'mmio-echo answers' {
        Invoke-Example mmio-echo | Should -Match 'answered: dEVICE, aRE yOU tHERE\?'
    }

    It 'dirty-pages tells the page of each round' {
        Invoke-Example dirty-pages | Should -Be "Round 1: 0x1000`nRound 2: 0x4000`nRound 3: 0x7000`nRound 4: 0xA000"
    }

    It 'single-step shows the registers of each step' {
        $lines = (Invoke-Example single-step) -split "`n"
        $lines.Count | Should -Be 11
        $lines[1] | Should -Match '1002 +1 +1 +3$'
        $lines[9] | Should -Match '1006 +6 +4 +0$'
        $lines[10] | Should -Be '1 + 2 + 3 = 6'
    }

    It 'two-vcpus plays ping-pong' {
        Invoke-Example two-vcpus | Should -Be "vCPU 0 had the ball as number 2, 4, 6, 8, 10`nvCPU 1 had the ball as number 1, 3, 5, 7, 9"
    }
}
