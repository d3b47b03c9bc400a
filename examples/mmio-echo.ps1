# A device made of PowerShell: what the guest writes to its register it reads back, with the letters' case turned.
$ErrorActionPreference = 'Stop'
Import-Module "$PSScriptRoot/../KvmPS.psd1"

$vm = New-KvmVm -Name echo -Memory 64KB -Vcpu 1
try {
    $null = Add-KvmMemory $vm -GuestAddress 0xFFFFF000 -Size 4KB
    Write-KvmMemory $vm 0xFFFFFFF0 ([byte[]] (0xE9, 0x0D, 0xF0))        # jmp F000:F000
    Write-KvmMemory $vm 0x1000 -Text 'Device, Are You There?'
    Write-KvmMemory $vm 0xFFFFF000 ([byte[]] (
            0xB8, 0x00, 0xD0,           # mov ax,0xD000      the device is at 0xD0000, where there is no memory
            0x8E, 0xC0,                 # mov es,ax
            0xBE, 0x00, 0x10,           # mov si,0x1000      what we send
            0xBF, 0x00, 0x20,           # mov di,0x2000      where we keep the answer
            0xAC,                       # next: lodsb
            0x84, 0xC0,                 # test al,al
            0x74, 0x0D,                 # jz end
            0x26, 0xA2, 0x00, 0x00,     # mov es:[0],al      to the device
            0x26, 0xA0, 0x00, 0x00,     # mov al,es:[0]      and back
            0x88, 0x05,                 # mov [di],al
            0x47,                       # inc di
            0xEB, 0xEE,                 # jmp next
            0xF4))                      # end: hlt

    $register = 0
    Invoke-KvmVcpu $vm.Vcpus[0] | ForEach-Object {
        if ($_.Direction -eq 'Write') { $register = $_.Value }
        elseif ($_.Direction -eq 'Read') {
            $letter = [char] $register
            $_.Value = [int] $(if ([char]::IsUpper($letter)) { [char]::ToLower($letter) } else { [char]::ToUpper($letter) })
        }
    }
    "The guest sent:      $(Read-KvmMemory $vm 0x1000 32 -AsText)"
    "The device answered: $(Read-KvmMemory $vm 0x2000 32 -AsText)"
}
finally { Remove-KvmVm $vm -Force }
