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
$names = 'C', 'native', 'streamed', 'handled', 'vmC', 'vm', 'copyC', 'write', 'read'
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
        $c = (& "$Scratch/run" $exits $vms $bytes).ForEach({ [double]::Parse($_, [cultureinfo]::InvariantCulture) })
        $native = [KvmPS.Floor.RunLoop]::Measure($vcpu, $exits)
        $measured = @{
            C        = $c[0]
            native   = $native.Item1
            streamed = Measure-Per $exits { Invoke-KvmVcpu $vcpu -MaxExit $exits }
            handled  = Measure-Per $exits { Invoke-KvmVcpu $vcpu -MaxExit $exits | ForEach-Object { if ($_.Direction -eq 'In') { $_.Value = 1 } } }
            vmC      = $c[1]
            vm       = Measure-Per $vms {
                $made = [object[]]::new($vms)
                for ($n = 0; $n -lt $vms; $n++) { $made[$n] = New-KvmVm -Memory 64MB -Vcpu 1 }
                $made | Remove-KvmVm
            }
            copyC    = $c[2] / 1000 * $bytes
            write    = Measure-Per 1 { Write-KvmMemory $vm 4GB $source }
            read     = Measure-Per 1 { Read-KvmMemory $vm 4GB $bytes }
        }
        if ($i -ge 0) { $names.ForEach({ $times[$_][$i] = $measured[$_] }) }
    }
    $median = @{}
    $names.ForEach({ $median[$_] = Get-Median $times[$_] })
    Show 'an exit in a C loop' $median.C 'ns'
    Show 'exits per second, KvmVcpu.Run / C' ($median.C / $median.native) ''
    Show 'allocated by KvmVcpu.Run' $native.Item2 'bytes per exit'
    Show 'exits per second, Invoke-KvmVcpu / C' ($median.C / $median.streamed) ''
    Show 'Invoke-KvmVcpu beyond C' ($median.streamed - $median.C) 'ns per exit'
    Show 'exits per second, Invoke-KvmVcpu | ForEach-Object { } / C' ($median.C / $median.handled) ''
    Show 'ForEach-Object { } beyond that' ($median.handled - $median.streamed) 'ns per exit'
    Show 'a VM with memory and a vCPU, made and removed, in C' ($median.vmC / 1000) 'us'
    Show 'New-KvmVm -Memory -Vcpu | Remove-KvmVm / C' ($median.vm / $median.vmC) ''
    Show 'memcpy of 1 GiB' ($median.copyC / 1e6) 'ms'
    Show 'memcpy / Write-KvmMemory' ($median.copyC / $median.write) ''
    Show 'memcpy / Read-KvmMemory' ($median.copyC / $median.read) ''
}
finally { Remove-KvmVm $vm }
