# Measures Get-KvmProcess on a host with thousands of processes and tens of thousands of descriptors, against the same in C.
param([string] $Root, [string] $Scratch)

$ErrorActionPreference = 'Stop'
Import-Module "$Root/KvmPS.psd1"
. "$PSScriptRoot/common.ps1"

$processes = 2000
# Each has ten descriptors more than its three.
$many = [System.Diagnostics.Process]::Start([System.Diagnostics.ProcessStartInfo]::new('sh', [string[]] @('-c',
    "for i in 3 4 5 6 7 8 9; do eval `"exec `$i</dev/null`"; done; i=0; while [ `$i -lt $processes ]; do sleep 600 & i=`$((i+1)); done; wait")))
$vm = New-KvmVm -Name bench
try {
    $folders = @()
    while ($folders.Count -lt $processes) {
        [System.Threading.Thread]::Sleep(50)
        $folders = [System.IO.Directory]::GetDirectories('/proc').Where({ [System.IO.Path]::GetFileName($_) -match '^\d+$' })
    }
    $fds = 0
    foreach ($folder in $folders) { $fds += [System.IO.Directory]::GetFiles("$folder/fd").Count }
    $rounds = 9
    $ours = [double[]]::new($rounds); $c = [double[]]::new($rounds)
    for ($i = -2; $i -lt $rounds; $i++) {
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        $null = Get-KvmProcess
        $a = $clock.Elapsed.TotalMicroseconds
        $b = [double]::Parse((& "$Scratch/process" 1 2> $null), [cultureinfo]::InvariantCulture)
        if ($i -ge 0) { $ours[$i] = $a; $c[$i] = $b }
    }
    Show "reading $fds links of $processes processes in C" (Get-Median $c) 'us'
    Show 'Get-KvmProcess' (Get-Median $ours) 'us'
    Show 'Get-KvmProcess / C' ((Get-Median $ours) / (Get-Median $c)) ''
}
finally {
    Remove-KvmVm $vm
    $many.Kill($true)
    $many.WaitForExit()
}
