# What the benchmarks share.
function Get-Median([double[]] $Values) {
    [System.Array]::Sort($Values)
    $Values[[int][System.Math]::Floor($Values.Length / 2)]
}

function Show([string] $What, [double] $Value, [string] $Unit) { [string]::Format(('{0,-62} {1,10:' + $(if ($Unit) { 'n1' } else { 'n2' }) + '} {2}'), $What, $Value, $Unit) }
