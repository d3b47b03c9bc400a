# Random programs and guest runs for a given time; fails where the process grows. What is measured is measured when nothing runs.
param([double] $Minutes, [int] $Runspaces = 3)

$ErrorActionPreference = 'Stop'
Import-Module "$PSScriptRoot/../KvmPS.psd1"
. "$PSScriptRoot/Pester/RandomProgram.ps1"
. "$PSScriptRoot/Pester/Held.ps1"

# What a sample consists of, and what it may grow by: a part of itself, and a rest that comes and goes.
$limits = [ordered]@{
    Descriptors = 0.0, 2
    Mappings    = 0.05, 30
    Threads     = 0.0, 4
    HeapMB      = 0.1, 4
    RssMB       = 0.1, 24
}

# The runtime has sockets of its own.
function Get-HeldCount { @((Get-Held).Split("`n") -ne '').Count }
$heldBefore = Get-HeldCount

function Get-Sample([double] $Time, [long] $Operations) {
    foreach ($i in 1..2) {
        [System.GC]::Collect(2, 'Forced', $true, $true)
        [System.GC]::WaitForPendingFinalizers()
    }
    $status = [System.IO.File]::ReadAllText('/proc/self/status')
    [pscustomobject]@{
        Seconds     = [int] $Time
        Operations  = $Operations
        Descriptors = [System.IO.Directory]::GetFiles('/proc/self/fd').Count
        Mappings    = [System.IO.File]::ReadAllLines('/proc/self/maps').Count
        Threads     = [int] [regex]::Match($status, 'Threads:\s+(\d+)').Groups[1].Value
        HeapMB      = [System.Math]::Round([System.GC]::GetTotalMemory($true) / 1MB, 1)
        RssMB       = [System.Math]::Round([long] [regex]::Match($status, 'VmRSS:\s+(\d+)').Groups[1].Value / 1KB, 1)
        Kvm         = (Get-HeldCount) - $heldBefore
    }
}

function Get-Median($Values) { $sorted = [System.Linq.Enumerable]::Order([double[]] $Values).ForEach({ $_ }); $sorted[[System.Math]::Floor($sorted.Count / 2)] }

$folder = [System.IO.Directory]::CreateTempSubdirectory('kvmps-soak-').FullName
$workers = New-Worker $Runspaces
try {
    $seed = [System.Environment]::TickCount -band 0xFFFFFF
    "Random programs for $Minutes min in $Runspaces runspaces, from seed $seed"
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    $round = [timespan]::FromMinutes($Minutes / 24)
    $operations = 0
    $samples = foreach ($number in 0..23) {
        $result = Invoke-RandomProgram -Seed ($seed + 100000 * $number) -Duration $round -Worker $workers -Folder $folder
        if ($result.Failure) { throw (Format-Failure $result.Failure $folder) }
        $operations += $result.Operations
        Get-Sample $clock.Elapsed.TotalSeconds $operations
    }
}
finally {
    $workers.ForEach({ $_.Dispose() })
    [System.IO.Directory]::Delete($folder, $true)
}

# The first third is the way to what the runtime keeps for good: code that is compiled, buffers and threads of its pools.
$columns = @($samples[0].PSObject.Properties.Name)
$columns.ForEach({ $_.PadLeft(12) }) -join ''
foreach ($sample in $samples) { $columns.ForEach({ "$($sample.$_)".PadLeft(12) }) -join '' }
$grown = $false
foreach ($name in $limits.Keys) {
    $before = Get-Median $samples[8..15].$name
    $after = Get-Median $samples[16..23].$name
    $part, $rest = $limits[$name]
    $bad = $after -gt $before * (1 + $part) + $rest
    $grown = $grown -or $bad
    "$($bad ? 'GROWN' : 'flat ') ${name}: $before in the second third, $after in the last"
}
if (($samples.Kvm -ne 0).Count) {
    $grown = $true
    "GROWN Kvm: descriptors, mappings or threads of KVM's were left after a round: $($samples.Kvm)"
}
if ($grown) { exit 1 }
