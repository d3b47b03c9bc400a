# Measures running guests against C, as docs/performance.md tells it. Called by build.ps1 Bench.
param([string] $Root, [string] $Scratch)

$ErrorActionPreference = 'Stop'
Import-Module "$Root/KvmPS.psd1"
Import-Module "$Root/bench/Floor/bin/Release/net10.0/KvmPS.Floor.dll"
. "$PSScriptRoot/common.ps1"
. "$Root/tests/Pester/RealModeGuest.ps1"

# Nanoseconds per unit of something.
function Measure-Per([double] $Count, [scriptblock] $Action) {
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    $null = & $Action
    $clock.Elapsed.TotalNanoseconds / $Count
}

$exits = 20000
$vms = 1000
$bytes = 1GB
$rounds = 11
$names = 'C', 'native', 'streamed', 'handled', 'vmC', 'vmMapped', 'vm', 'writeC', 'write', 'readC', 'read'
$times = @{}
$names.ForEach({ $times[$_] = [double[]]::new($rounds) })

# l: out 0x80,al; jmp l
$vm = New-RealModeGuest bench ([byte[]](0xE6, 0x80, 0xEB, 0xFC))
$vcpu = $vm.Vcpus[0]
$null = Add-KvmMemory $vm 4GB $bytes
$source = [byte[]]::new($bytes)
[System.Array]::Fill($source, [byte] 1)
try {
    for ($i = -4; $i -lt $rounds; $i++) {
        $c = (& "$Scratch/run" $exits $vms).ForEach({ [double]::Parse($_, [cultureinfo]::InvariantCulture) })
        $native = [KvmPS.Floor.RunLoop]::Measure($vcpu, $exits)
        $measured = @{
            C        = $c[0]
            native   = $native.Item1
            streamed = Measure-Per $exits { Invoke-KvmVcpu $vcpu -MaxExit $exits }
            handled  = Measure-Per $exits { Invoke-KvmVcpu $vcpu -MaxExit $exits | ForEach-Object { if ($_.Direction -eq 'In') { $_.Value = 1 } } }
            vmC      = $c[1]
            vmMapped = $c[2]
            vm       = Measure-Per $vms {
                $made = [object[]]::new($vms)
                for ($n = 0; $n -lt $vms; $n++) { $made[$n] = New-KvmVm -Memory 64MB -Vcpu 1 }
                $made | Remove-KvmVm
            }
            writeC   = [KvmPS.Floor.Memory]::Write($source)
            write    = Measure-Per 1 { Write-KvmMemory $vm 4GB $source }
            readC    = [KvmPS.Floor.Memory]::Read($bytes)
            read     = Measure-Per 1 { Read-KvmMemory $vm 4GB $bytes }
        }
        if ($i -ge 0) { $names.ForEach({ $times[$_][$i] = $measured[$_] }) }
    }
    # What was measured in one round was measured on a machine that was equally busy.
    function Get-Ratio([string] $Over, [string] $Under) {
        $ratios = [double[]]::new($rounds)
        for ($i = 0; $i -lt $rounds; $i++) { $ratios[$i] = $times[$Over][$i] / $times[$Under][$i] }
        Get-Median $ratios
    }
    $median = @{}
    $names.ForEach({ $median[$_] = Get-Median $times[$_].Clone() })
    Show 'an exit in a C loop' $median.C 'ns'
    Show 'exits per second, KvmVcpu.Run / C' (Get-Ratio C native) ''
    Show 'allocated by KvmVcpu.Run' $native.Item2 'bytes per exit'
    Show 'exits per second, Invoke-KvmVcpu / C' (Get-Ratio C streamed) ''
    Show 'Invoke-KvmVcpu beyond C' ($median.streamed - $median.C) 'ns per exit'
    Show 'exits per second, Invoke-KvmVcpu | ForEach-Object { } / C' (Get-Ratio C handled) ''
    Show 'ForEach-Object { } beyond that' ($median.handled - $median.streamed) 'ns per exit'
    Show 'a VM with memory and a vCPU, made and removed, in C' ($median.vmC / 1000) 'us'
    Show 'New-KvmVm -Memory -Vcpu | Remove-KvmVm / C' (Get-Ratio vm vmC) ''
    Show 'the same / C in a process with as many mappings' (Get-Ratio vm vmMapped) ''
    Show 'memcpy of 1 GiB' ($median.writeC / 1e6) 'ms'
    Show 'memcpy / Write-KvmMemory' (Get-Ratio writeC write) ''
    Show 'malloc and memcpy / Read-KvmMemory' (Get-Ratio readC read) ''
}
finally { Remove-KvmVm $vm }
