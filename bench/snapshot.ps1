# A thousand hosts compared with one: how long it takes, and what is held meanwhile.
param([Parameter(Mandatory)] [string] $Root)
$ErrorActionPreference = 'Stop'
. "$PSScriptRoot/common.ps1"
Import-Module "$Root/KvmPS.psd1"
$reference = Get-KvmHostSnapshot
$text = [System.Text.Json.JsonSerializer]::Serialize($reference, $reference.GetType())
$copy = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($reference))
$count = 1000

$sources = [ordered]@{
    # Each with another kernel, so that something differs.
    'JSON texts'         = { $text.Replace('"KernelVersion":"', "`"KernelVersion`":`"$_-") }
    'copies of remoting' = { $copy }
    'live snapshots'     = { $reference }
}
foreach ($name in $sources.Keys) {
    $source = $sources[$name]
    $held = [System.Collections.Generic.List[double]]::new()
    $times = foreach ($round in 1..3) {
        $before = [System.GC]::GetTotalMemory($true)
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        1..$count | ForEach-Object {
            if ($_ % 250 -eq 0) { $held.Add(([System.GC]::GetTotalMemory($true) - $before) / 1KB) }
            & $source
        } | Compare-KvmHostSnapshot $reference | ForEach-Object { }
        $clock.Elapsed.TotalSeconds
    }
    Show "Compare-KvmHostSnapshot, $count hosts as $name" (Get-Median $times) 's'
    Show '  held after every 250 of them, at most' ([System.Linq.Enumerable]::Max($held)) 'KB'
}
$clock = [System.Diagnostics.Stopwatch]::StartNew()
$page = 1..100 | ForEach-Object { $reference } | ConvertTo-KvmHostReport
Show 'ConvertTo-KvmHostReport, 100 hosts' $clock.Elapsed.TotalMilliseconds 'ms'
Show '  its length' ($page.Length / 1KB) 'KB'
