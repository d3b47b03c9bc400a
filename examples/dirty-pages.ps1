# Which pages does a guest write? The question that live migration asks, round by round.
$ErrorActionPreference = 'Stop'
Import-Module "$PSScriptRoot/../KvmPS.psd1"

$vm = New-KvmVm -Name dirty -Vcpu 1
try {
    $null = Add-KvmMemory $vm -GuestAddress 0 -Size 64KB -LogDirtyPages
    $null = Add-KvmMemory $vm -GuestAddress 0xFFFFF000 -Size 4KB
    Write-KvmMemory $vm 0xFFFFFFF0 ([byte[]] (0xE9, 0x0D, 0xF0))        # jmp F000:F000
    Write-KvmMemory $vm 0xFFFFF000 ([byte[]] (
            0xBB, 0x00, 0x10,           # mov bx,0x1000
            0xFE, 0x07,                 # l: inc byte [bx]   a page,
            0x81, 0xC3, 0x00, 0x30,     # add bx,0x3000      and one three pages behind
            0xE6, 0x80,                 # out 0x80,al        the round ends
            0xEB, 0xF6))                # jmp l
    foreach ($round in 1..4) {
        $null = Invoke-KvmVcpu $vm.Vcpus[0] -MaxExit 1
        $pages = Get-KvmDirtyPage $vm -Clear
        "Round ${round}: $($pages.ForEach({ '0x{0:X}' -f $_.GuestAddress }) -join ', ')"
    }
}
finally { Remove-KvmVm $vm -Force }
