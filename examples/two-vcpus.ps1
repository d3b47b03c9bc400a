# Two vCPUs play ping-pong with interrupts: the first wakes the second as a PC's firmware does (INIT, then a start-up
# IPI), and then each answers the other's interrupt with one of its own. The local APICs are the kernel's, so that no
# interrupt leaves the guest; what we see is the ball's count that each handler writes to port 0x80.
$ErrorActionPreference = 'Stop'
Import-Module "$PSScriptRoot/../KvmPS.psd1"

$vm = New-KvmVm -Name two-vcpus -Memory 64KB
try {
    $null = New-KvmIrqChip $vm                                          # before the first vCPU
    $null = New-KvmVcpu $vm -Id 0, 1
    $null = Add-KvmMemory $vm -GuestAddress 0xFFFFF000 -Size 4KB
    Write-KvmMemory $vm 0xFFFFFFF0 ([byte[]] (0xEA, 0, 0, 0x00, 0x08))  # the first CPU begins here: jmp 0800:0000
    Write-KvmMemory $vm 0x1000 ([byte[]] (                              # GDT: nothing, code and data of 4 GiB
            0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0x9B, 0xCF, 0, 0xFF, 0xFF, 0, 0, 0, 0x93, 0xCF, 0))
    Write-KvmMemory $vm 0x1100 ([byte[]] (23, 0, 0x00, 0x10, 0, 0, 0, 0, 0x07, 0x02, 0x00, 0x20, 0, 0))
    Write-KvmMemory $vm 0x2200 ([byte[]] (0x82, 0x80, 0x08, 0, 0, 0x8E, 0, 0))  # IDT: 0x40 is handled at 8:8082
    Write-KvmMemory $vm 0x8000 ([byte[]] (
            0xFA,                                           # cli            both begin here, in real mode
            0x0F, 0x01, 0x16, 0x00, 0x11,                   # lgdt [0x1100]
            0x0F, 0x20, 0xC0,                               # mov eax,cr0
            0x0C, 0x01,                                     # or al,1
            0x0F, 0x22, 0xC0,                               # mov cr0,eax
            0x66, 0xEA, 0x16, 0x80, 0, 0, 0x08, 0,          # jmp 8:8016     protected mode from here on
            0x66, 0xB8, 0x10, 0,                            # mov ax,0x10
            0x8E, 0xD8,                                     # mov ds,ax
            0x8E, 0xD0,                                     # mov ss,ax
            0x0F, 0x01, 0x1D, 0x08, 0x11, 0, 0,             # lidt [0x1108]
            0xBF, 0x00, 0x00, 0xE0, 0xFE,                   # mov edi,0xFEE00000
            0xC7, 0x87, 0xF0, 0, 0, 0, 0xFF, 0x01, 0, 0,    # mov dword [edi+0xF0],0x1FF     local APIC on
            0x8B, 0x5F, 0x20,                               # mov ebx,[edi+0x20]
            0xC1, 0xEB, 24,                                 # shr ebx,24     the CPU's own id
            0x89, 0xDC,                                     # mov esp,ebx
            0xC1, 0xE4, 12,                                 # shl esp,12
            0x81, 0xC4, 0x00, 0x60, 0, 0,                   # add esp,0x6000
            0x85, 0xDB,                                     # test ebx,ebx
            0x75, 0x2E,                                     # jnz second
            0xC7, 0x87, 0x10, 0x03, 0, 0, 0, 0, 0, 0x01,    # mov dword [edi+0x310],1<<24    to CPU 1:
            0xC7, 0x87, 0x00, 0x03, 0, 0, 0x00, 0x45, 0, 0, # mov dword [edi+0x300],0x4500   INIT
            0xC7, 0x87, 0x00, 0x03, 0, 0, 0x08, 0x46, 0, 0, # mov dword [edi+0x300],0x4608   start at 0800:0000
            0x80, 0x3D, 0x00, 0x05, 0, 0, 0x01,             # wait: cmp byte [0x500],1
            0x75, 0xF7,                                     # jne wait
            0xE8, 0x2E, 0, 0, 0,                            # call send
            0xEB, 0x07,                                     # jmp idle
            0xC6, 0x05, 0x00, 0x05, 0, 0, 0x01,             # second: mov byte [0x500],1
            0xFB,                                           # idle: sti
            0xF4,                                           # sleep: hlt
            0xEB, 0xFD,                                     # jmp sleep
            0xC7, 0x87, 0xB0, 0, 0, 0, 0, 0, 0, 0,          # handler: mov dword [edi+0xB0],0   end of interrupt
            0xFE, 0x05, 0x04, 0x05, 0, 0,                   # inc byte [0x504]
            0xA0, 0x04, 0x05, 0, 0,                         # mov al,[0x504]
            0xE6, 0x80,                                     # out 0x80,al
            0xE8, 0x05, 0, 0, 0,                            # call send
            0x83, 0xC4, 12,                                 # add esp,12     instead of going back
            0xEB, 0xDB,                                     # jmp idle
            0x89, 0xD8,                                     # send: mov eax,ebx
            0x83, 0xF0, 0x01,                               # xor eax,1
            0xC1, 0xE0, 24,                                 # shl eax,24
            0x89, 0x87, 0x10, 0x03, 0, 0,                   # mov [edi+0x310],eax            to the other:
            0xC7, 0x87, 0x00, 0x03, 0, 0, 0x40, 0x40, 0, 0, # mov dword [edi+0x300],0x4040   interrupt 0x40
            0xC3))                                          # ret

    $second = Start-KvmVcpu $vm.Vcpus[1]
    $first = Invoke-KvmVcpu $vm.Vcpus[0] -MaxExit 5 -Timeout 30
    Stop-KvmVcpu $vm.Vcpus[1]
    "vCPU 0 had the ball as number $($first.Value -join ', ')"
    "vCPU 1 had the ball as number $((Receive-Job $second -Wait -AutoRemoveJob).Where({ $_.Reason -eq 'Io' }).Value -join ', ')"
}
finally { Remove-KvmVm $vm -Force }
