# A virtual machine monitor in ten lines: the guest writes a greeting to the serial port, we print it.
Import-Module "$PSScriptRoot/../KvmPS.psd1"
$vm = New-KvmVm -Name hello -Vcpu 1
$null = Add-KvmMemory $vm -GuestAddress 0xFFFFF000 -Size 4KB        # an x86 CPU begins at 0xFFFFFFF0, in real mode
Write-KvmMemory $vm 0xFFFFFFF0 ([byte[]] (0xE9, 0x0D, 0xF0))        # jmp F000:F000
Write-KvmMemory $vm 0xFFFFF100 -Text "Hello from a guest!`n"
# mov si,0xF100; mov dx,0x3F8; mov cx,20; cs rep outsb; hlt
Write-KvmMemory $vm 0xFFFFF000 ([byte[]] (0xBE, 0x00, 0xF1, 0xBA, 0xF8, 0x03, 0xB9, 20, 0, 0x2E, 0xF3, 0x6E, 0xF4))
Invoke-KvmVcpu $vm.Vcpus[0] | ForEach-Object { if ($_.Port -eq 0x3F8) { [Console]::Out.Write([Text.Encoding]::ASCII.GetString($_.Data)) } }
Remove-KvmVm $vm
