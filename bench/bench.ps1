# Measures what docs/performance.md tells, as ratios against something that runs beside it. Called by build.ps1 Bench.
param([string] $Root, [string] $Scratch)

$ErrorActionPreference = 'Stop'
Import-Module "$Root/KvmPS.psd1"
Import-Module "$Root/bench/Floor/bin/Release/net10.0/KvmPS.Floor.dll"

. "$PSScriptRoot/common.ps1"

# Nanoseconds per object of a pipeline.
function Measure-PerObject([int] $Count, [scriptblock] $Pipeline) {
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    & $Pipeline
    $clock.Elapsed.TotalNanoseconds / $Count
}

# Milliseconds of a whole process.
function Measure-Process([string] $Command) {
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    $null = & "$Root/kvmps" -NoProfile -Command $Command
    $clock.Elapsed.TotalMilliseconds
}

$count = 100000
$rounds = 9
$vm = New-KvmVm -Name bench
try {
    $device = New-KvmDevice $vm VFIO
    $vcpu = New-KvmVcpu $vm
    $floor = [double[]]::new($rounds); $ours = [double[]]::new($rounds); $c = [double[]]::new($rounds)
    $get = [double[]]::new($rounds); $cGet = [double[]]::new($rounds)
    # In turn, so that what else the machine does hits all three alike; the first two rounds are warm-up.
    for ($i = -2; $i -lt $rounds; $i++) {
        $a = Measure-PerObject $count { $null = Send-Object -InputObject $device -Count $count | Test-Nothing }
        $b = Measure-PerObject $count { $null = Send-Object -InputObject $device -Count $count | Test-KvmDeviceAttr -Group 1 -Attr 1 }
        $e = Measure-PerObject $count { $null = Send-Object -InputObject $vcpu -Count $count | Get-KvmDeviceAttr -Group 0 -Attr 0 }
        $d = (& "$Scratch/ioctl" $count).ForEach{ [double]::Parse($_, [cultureinfo]::InvariantCulture) }
        if ($i -ge 0) { $floor[$i] = $a; $ours[$i] = $b; $c[$i] = $d[0]; $get[$i] = $e; $cGet[$i] = $d[1] }
    }
    $floorMedian = Get-Median $floor; $oursMedian = Get-Median $ours; $cMedian = Get-Median $c
    Show 'an empty pair of cmdlets' $floorMedian 'ns per object'
    Show 'KVM_HAS_DEVICE_ATTR in a C loop' $cMedian 'ns per call'
    Show 'Test-KvmDeviceAttr' $oursMedian 'ns per object'
    Show 'Test-KvmDeviceAttr / (empty pair + C)' ($oursMedian / ($floorMedian + $cMedian)) ''

    $getMedian = Get-Median $get; $cGetMedian = Get-Median $cGet
    Show 'KVM_GET_DEVICE_ATTR of KVM_VCPU_TSC_OFFSET in a C loop' $cGetMedian 'ns per call'
    Show 'Get-KvmDeviceAttr of the same' $getMedian 'ns per object'
    Show 'Get-KvmDeviceAttr / (empty pair + C)' ($getMedian / ($floorMedian + $cGetMedian)) ''

    $before = [System.GC]::GetAllocatedBytesForCurrentThread()
    $null = Send-Object -InputObject $device -Count $count | Test-Nothing
    $between = [System.GC]::GetAllocatedBytesForCurrentThread()
    $null = Send-Object -InputObject $device -Count $count | Test-KvmDeviceAttr -Group 1 -Attr 1
    $after = [System.GC]::GetAllocatedBytesForCurrentThread()
    Show 'allocated by Test-KvmDeviceAttr beyond the empty pair' ((($after - $between) - ($between - $before)) / $count) 'bytes per object'
    $null = Send-Object -InputObject $vcpu -Count $count | Get-KvmDeviceAttr -Group 0 -Attr 0
    $end = [System.GC]::GetAllocatedBytesForCurrentThread()
    Show 'allocated by Get-KvmDeviceAttr beyond the empty pair' ((($end - $after) - ($between - $before)) / $count) 'bytes per object'
}
finally { Remove-KvmVm $vm }

$rounds = 15
$without = [double[]]::new($rounds); $with = [double[]]::new($rounds)
for ($i = -1; $i -lt $rounds; $i++) {
    $a = Measure-Process '1'
    $b = Measure-Process "Import-Module '$Root/KvmPS.psd1'"
    if ($i -ge 0) { $without[$i] = $a; $with[$i] = $b }
}
Show 'starting the shell' (Get-Median $without) 'ms'
Show 'starting the shell and importing the module' (Get-Median $with) 'ms'
Show 'Import-Module' ((Get-Median $with) - (Get-Median $without)) 'ms'
