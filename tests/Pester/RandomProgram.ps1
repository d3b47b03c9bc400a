# Makes random programs, runs them in several runspaces at once, makes the shortest of one that failed and reads it again.
# A program is a list of operations of RandomModel.ps1, each with three numbers: 'AddMemory 12 7 99'.

. "$PSScriptRoot/RandomModel.ps1"

# The names, each as often as its weight says.
$choices = [string[]] $operations.Keys.ForEach({ , $_ * $operations[$_][0] })

function New-Program([int] $Seed, [int] $Count) {
    $random = [System.Random]::new($Seed)
    $program = [string[]]::new($Count)
    for ($i = 0; $i -lt $Count; $i++) {
        $program[$i] = "$($choices[$random.Next($choices.Length)]) $($random.Next(1048576)) $($random.Next(1048576)) $($random.Next(1048576))"
    }
    $program
}

# Runs a program in a world of its own; gives nothing, or the number of the operation that failed and what was wrong.
function Invoke-Program([string[]] $Program, [string] $Name, [string] $Folder, [string] $BrokenRule) {
    $ErrorActionPreference = 'Stop'
    $w = New-World $Name $Folder $BrokenRule
    $i = 0
    try {
        for (; $i -lt $Program.Length; $i++) {
            $kind, [int] $a, [int] $b, [int] $c = $Program[$i].Split(' ')
            $null = . $operations[$kind][1]
        }
        # What is left has to be there.
        $a = $b = $c = 0
        $null = . $operations.List[1]
    }
    catch { @{ At = $i; What = "$($i -lt $Program.Length ? $Program[$i] : 'List'): $_" } }
    finally { Remove-World $w }
}

# Delta debugging: leaves parts out as long as what is left still fails, and makes numbers 0.
function Find-ShortestProgram([string[]] $Program, [scriptblock] $Fails, [timespan] $Patience = '00:01:00') {
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    do {
        $before = $Program -join "`n"
        $Program = Remove-Operation $Program $Fails $clock $Patience
        for ($i = 0; $i -lt $Program.Length -and $clock.Elapsed -lt $Patience; $i++) {
            $kind, $numbers = $Program[$i].Split(' ')
            foreach ($at in 0..2) {
                if ($numbers[$at] -eq '0') { continue }
                $simpler = $Program.Clone()
                $other = $numbers.Clone()
                $other[$at] = '0'
                $simpler[$i] = "$kind $other"
                if (& $Fails $simpler) { $Program, $numbers = $simpler, $other }
            }
        }
    } while ($before -ne ($Program -join "`n") -and $clock.Elapsed -lt $Patience)
    $Program
}

function Remove-Operation([string[]] $Program, [scriptblock] $Fails, $Clock, [timespan] $Patience) {
    $parts = 2
    while ($Program.Length -gt 1 -and $Clock.Elapsed -lt $Patience) {
        $size = [int] [System.Math]::Ceiling($Program.Length / $parts)
        $shorter = $null
        for ($from = 0; $from -lt $Program.Length; $from += $size) {
            $rest = [System.Collections.Generic.List[string]]::new($Program)
            $rest.RemoveRange($from, [System.Math]::Min($size, $Program.Length - $from))
            if ($rest.Count -and (& $Fails $rest.ToArray())) {
                $shorter = $rest.ToArray()
                break
            }
        }
        if ($shorter) {
            $Program = $shorter
            $parts = [System.Math]::Max($parts - 1, 2)
        }
        elseif ($size -eq 1) {
            # What is made and removed again goes in pairs.
            $shorter = Remove-Pair $Program $Fails
            if (-not $shorter) { break }
            $Program = $shorter
            $parts = $Program.Length
        }
        else { $parts = [System.Math]::Min($parts * 2, $Program.Length) }
    }
    $Program
}

function Remove-Pair([string[]] $Program, [scriptblock] $Fails) {
    if ($Program.Length -gt 16) { return }
    for ($i = 0; $i -lt $Program.Length; $i++) {
        for ($j = $i + 1; $j -lt $Program.Length; $j++) {
            $rest = [System.Collections.Generic.List[string]]::new($Program)
            $rest.RemoveAt($j)
            $rest.RemoveAt($i)
            if ($rest.Count -and (& $Fails $rest.ToArray())) { return $rest.ToArray() }
        }
    }
}

# Runspaces that have read all this.
function New-Worker([int] $Count) {
    foreach ($number in 1..$Count) {
        $runspace = [runspacefactory]::CreateRunspace([initialsessionstate]::CreateDefault2())
        $runspace.Open()
        $shell = [powershell]::Create()
        $shell.Runspace = $runspace
        $null = $shell.AddScript('param($Manifest, $Script) Import-Module $Manifest; . $Script').AddParameters(@("$PSScriptRoot/../../KvmPS.psd1", "$PSScriptRoot/RandomProgram.ps1")).Invoke()
        $shell.Dispose()
        $runspace
    }
}

# What one of them does until there were as many operations, the time is over or one has failed. Each program has the seed after
# the one before it, so one that fails is known by its seed and its length.
function Invoke-Worker([int] $Number, $Shared) {
    while (-not $Shared.Failure -and $Shared.Clock.Elapsed -lt $Shared.Duration) {
        $Shared.Begun.Enqueue(0)
        # How many there were; two that get the same number do no harm.
        $index = $Shared.Begun.Count - 1
        if ($index -ge $Shared.Programs) { break }
        $failure = Invoke-Program (New-Program ($Shared.Seed + $index) $Shared.Length) "w$Number" $Shared.Folder $Shared.BrokenRule
        if ($failure) {
            $failure.Seed = $Shared.Seed + $index
            $failure.Length = $Shared.Length
            $Shared.Failure = $failure
        }
        $Shared.Ended.Enqueue(0)
    }
}

# Runs programs in several runspaces at once; gives what was done and what failed first.
function Invoke-RandomProgram(
    [int] $Seed, [long] $Operations = [long]::MaxValue, [timespan] $Duration = [timespan]::MaxValue, [int] $Runspaces = 3, $Worker, [int] $Length = 200, [string] $Folder, [string] $BrokenRule
) {
    $shared = [hashtable]::Synchronized(@{
            Seed = $Seed; Length = $Length; Folder = $Folder; BrokenRule = $BrokenRule; Duration = $Duration; Programs = [System.Math]::Ceiling($Operations / $Length)
            Clock = [System.Diagnostics.Stopwatch]::StartNew(); Failure = $null
            Begun = [System.Collections.Concurrent.ConcurrentQueue[int]]::new(); Ended = [System.Collections.Concurrent.ConcurrentQueue[int]]::new()
        })
    $used = $Worker ?? @(New-Worker $Runspaces)
    $number = 0
    $running = foreach ($runspace in $used) {
        $shell = [powershell]::Create()
        $shell.Runspace = $runspace
        $null = $shell.AddScript('param($Number, $Shared) Invoke-Worker $Number $Shared').AddParameters(@((++$number), $shared))
        @{ Shell = $shell; Result = $shell.BeginInvoke() }
    }
    foreach ($one in $running) {
        try { $null = $one.Shell.EndInvoke($one.Result) }
        catch { $shared.Failure ??= @{ At = -1; What = "$_"; Seed = $Seed; Length = 0 } }
        finally { $one.Shell.Dispose() }
    }
    if (-not $Worker) { foreach ($runspace in $used) { $runspace.Dispose() } }
    Get-KvmVm arena-* -ErrorAction Ignore | Remove-KvmVm -Force
    @{ Operations = $shared.Ended.Count * $Length; Seconds = $shared.Clock.Elapsed.TotalSeconds; Failure = $shared.Failure }
}

# What a failure is: seed, program and, where it fails alone as well, the shortest one that does.
function Format-Failure($Failure, [string] $Folder, [string] $BrokenRule) {
    $text = "seed $($Failure.Seed), operation $($Failure.At) of $($Failure.Length): $($Failure.What)"
    if ($Failure.At -lt 0) { return $text }
    $program = [string[]] (New-Program $Failure.Seed $Failure.Length)[0..[System.Math]::Min($Failure.At, $Failure.Length - 1)]
    # Another failure would lead to another program.
    $failing = $Failure.What.Split(' :'.ToCharArray())[0]
    $fails = { param($candidate) (Invoke-Program $candidate shrink $Folder $BrokenRule).What -match "^$failing\b" }
    if (-not (& $fails $program)) { return "$text`nAlone it does not fail: it takes several runspaces." }
    "$text`nThe shortest that fails (KVMPS_RANDOM_PROGRAM=<a file with these lines> runs it again):`n$((Find-ShortestProgram $program $fails) -join "`n")"
}
