# Measures the listing of a VGICv3 with two vCPUs, registers included, against its ioctls in C. Called by build.ps1 Bench -Architecture arm64, in
# the lab's guest; the C program was compiled before.
$ErrorActionPreference = 'Stop'
$root = [System.IO.Path]::GetFullPath("$PSScriptRoot/..")
Import-Module "$root/KvmPS.psd1"
. "$PSScriptRoot/common.ps1"
. "$root/tests/Pester/Arm64.ps1"

$vm = New-Machine 2
try {
    $gic = New-Gic $vm -Init
    # All that the listing asks for: most of it the device does not have.
    $lines = @($gic.GetStateAttrs()).ForEach({ "$($_.Known.Group) $($_.Attr)" })
    $list = [System.IO.Path]::GetTempFileName()
    [System.IO.File]::WriteAllLines($list, [string[]] $lines)
    $rounds = 21
    $ours = [double[]]::new($rounds)
    for ($n = 0; $n -lt 100; $n++) { $null = Get-KvmDeviceAttr $gic -State }
    $c = [double[]]::new(3)
    for ($i = 0; $i -lt $c.Length; $i++) {
        $c[$i] = [double]::Parse((& "$root/out/bench-arm64/listing" $list), [cultureinfo]::InvariantCulture)
        for ($n = 0; $n -lt $rounds; $n++) {
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            $null = Get-KvmDeviceAttr $gic -State
            $ours[$n] = $clock.Elapsed.TotalMicroseconds
        }
    }
    Show "HAS and GET of $($lines.Count) attributes and registers of a VGICv3 in C" ([System.Linq.Enumerable]::Min($c)) 'us'
    Show 'Get-KvmDeviceAttr of the same' ([System.Linq.Enumerable]::Min($ours)) 'us'
    Show 'Get-KvmDeviceAttr / C' (([System.Linq.Enumerable]::Min($ours)) / ([System.Linq.Enumerable]::Min($c))) ''
}
finally { Remove-KvmVm $vm }
