# Steps through three rounds of a loop and shows the registers after each instruction.
$ErrorActionPreference = 'Stop'
Import-Module "$PSScriptRoot/../KvmPS.psd1"

$vm = New-KvmVm -Name steps -Memory 64KB -Vcpu 1
try {
    $vcpu = $vm.Vcpus[0]
    Write-KvmMemory $vm 0x1000 ([byte[]] (
            0x00, 0xD8,                 # 1000: add al,bl
            0xFE, 0xC3,                 # 1002: inc bl
            0xE2, 0xFA))                # 1004: loop 1000
    Set-KvmRegister $vcpu @{ cs = @{ base = 0; selector = 0 }; rip = 0x1000; rax = 0; rbx = 1; rcx = 3 }
    Set-KvmGuestDebug $vcpu -SingleStep

    '   rip    al    bl    cx'
    Invoke-KvmVcpu $vcpu -MaxExit 9 | ForEach-Object {
        $of = @{}
        (Get-KvmRegister $vcpu rip, rax, rbx, rcx).ForEach({ $of[$_.Name] = $_.Value })
        '{0,6:X} {1,5} {2,5} {3,5}' -f $of.rip, $of.rax, $of.rbx, $of.rcx
    }
    "1 + 2 + 3 = $((Get-KvmRegister $vcpu rax).Value)"
}
finally { Remove-KvmVm $vm -Force }
