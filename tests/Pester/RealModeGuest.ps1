# Guests of a few bytes: an x86 vCPU begins in real mode at 0xFFFFFFF0, so code in the page below 4 GiB runs as it is.

# A VM with RAM at 0 and the code at F000:F000, where the reset vector jumps to.
function New-RealModeGuest([string] $Name, [byte[]] $Code, [uint] $Vcpu = 1) {
    $vm = New-KvmVm $Name -Memory 1MB -Vcpu $Vcpu
    $null = Add-KvmMemory $vm 0xFFFFF000 0x1000
    Write-KvmMemory $vm 0xFFFFFFF0 ([byte[]](0xE9, 0x0D, 0xF0))
    Write-KvmMemory $vm 0xFFFFF000 $Code
    $vm
}

# jmp $
[byte[]] $spin = 0xEB, 0xFE
