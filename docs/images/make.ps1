# Makes the pictures of the README: runs commands in a shell of their own and draws what it shows.
# ./kvmps docs/images/make.ps1
$ErrorActionPreference = 'Stop'
$root = [System.IO.Path]::GetFullPath("$PSScriptRoot/../..")

$pictures = [ordered]@{
    devices = @(
        '$vm = New-KvmVm -Name lab'
        'Get-KvmDeviceType | Where-Object Supported'
        '$vfio = $vm | New-KvmDevice -Type VFIO'
        '$vfio'
        '$vfio | Get-KvmDeviceAttr'
        'Remove-KvmDevice $vfio -WhatIf'
        'New-KvmDevice $vm -Type VFIO'
    )
    guest   = @(
        '$vm = New-KvmVm -Name guest -Memory 64KB -Vcpu 1'
        'Write-KvmMemory $vm 0x1000 ([byte[]] (0xB0, 0x41, 0xE6, 0x42, 0xF4))     # mov al,0x41; out 0x42,al; hlt'
        'Set-KvmRegister $vm.Vcpus[0] @{ rip = 0x1000; cs = @{ base = 0; selector = 0 } }'
        'Invoke-KvmVcpu $vm.Vcpus[0]'
        'Get-KvmRegister $vm.Vcpus[0] rax, rip, cs'
    )
}

function Get-Terminal([string[]] $Commands) {
    $script = "Import-Module '$root/KvmPS.psd1'`n"
    # Each command is shown as it is typed, then run, as in an interactive shell: an error is part of the picture.
    foreach ($command in $Commands) {
        $quoted = "'$($command -replace "'", "''")'"
        $script += "[System.Console]::Out.WriteLine('PS> ' + $quoted)`n. ([scriptblock]::Create($quoted)) 2>&1 | Out-Host`n"
    }
    $output = & "$root/kvmps" -NoProfile -Command $script 2>&1
    # The empty lines that formatting puts around tables are more than a picture needs.
    ($output.ForEach({ "$_".TrimEnd() }).Where({ $_ -notlike 'kvmps: *' }) -join "`n") -replace '\n{2,}', "`n" -replace '(?m)^(.{90,110}) (.+)$', "`$1`n    `$2" -split "`n"
}

function Format-Picture([string[]] $Lines) {
    $width = 24 + 8.4 * [System.Linq.Enumerable]::Max([int[]] $Lines.ForEach({ $_.Length }))
    $height = 44 + 19 * $Lines.Count
    $y = 52
    $text = foreach ($line in $Lines) {
        $colour = switch -Wildcard ($line) {
            'PS> *' { '#f0c674' }
            'What if:*' { '#8abeb7' }
            '*Recommendation:*' { '#8abeb7' }
            'New-Kvm*:*' { '#cc6666' }
            default { '#d5d8d6' }
        }
        "<text x=`"12`" y=`"$y`" fill=`"$colour`" xml:space=`"preserve`">$([System.Security.SecurityElement]::Escape($line))</text>"
        $y += 19
    }
    @"
<svg xmlns="http://www.w3.org/2000/svg" width="$([int] $width)" height="$height" font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14">
<rect width="100%" height="100%" rx="8" fill="#1d1f21"/>
<circle cx="18" cy="18" r="6" fill="#cc6666"/><circle cx="38" cy="18" r="6" fill="#f0c674"/><circle cx="58" cy="18" r="6" fill="#b5bd68"/>
$($text -join "`n")
</svg>

"@
}

foreach ($name in $pictures.Keys) {
    [System.IO.File]::WriteAllText("$PSScriptRoot/$name.svg", (Format-Picture (Get-Terminal $pictures[$name])).TrimEnd() + "`n")
}
