# Guests that wait for interrupts. Each says on port 0x81 that it is ready, and its handler the vector on port 0x80.

# A VM whose vCPU 0 leaves the page below 4 GiB at once for 0800:0000: a real-mode interrupt would not come back there.
function New-LowGuest([string] $Name, [byte[]] $Code, [switch] $IrqChip, [switch] $Pit) {
    $vm = New-KvmVm $Name -Memory 64KB
    if ($IrqChip) { $null = New-KvmIrqChip $vm }
    if ($Pit) { $null = New-KvmPit $vm }
    $null = New-KvmVcpu $vm
    $null = Add-KvmMemory $vm 0xFFFFF000 0x1000
    Write-KvmMemory $vm 0xFFFFFFF0 ([byte[]] (0xEA, 0x00, 0x00, 0x00, 0x08))
    Write-KvmMemory $vm 0x8000 $Code
    $vm
}

# The handler of a vector, at 0800:0800.
function Set-Handler($Vm, [byte] $Vector, [byte[]] $Acknowledge = @()) {
    # what acknowledges it; mov al,vector; out 0x80,al; iret
    Write-KvmMemory $Vm 0x8800 ($Acknowledge + [byte[]] (0xB0, $Vector, 0xE6, 0x80, 0xCF))
    Write-KvmMemory $Vm (4 * $Vector) ([byte[]] (0x00, 0x08, 0x00, 0x08))
}

# With PICs whose vectors begin at 0x20.
function New-InterruptGuest([string] $Name, [byte[]] $Program = @(), [byte] $Vector, [switch] $Pit) {
    # Intel 8259A: ICW1 to ICW4 of the first PIC, then a mask of none
    $vm = New-LowGuest $Name -IrqChip -Pit:$Pit -Code ([byte[]] (
            0xB0, 0x11, 0xE6, 0x20, 0xB0, 0x20, 0xE6, 0x21, 0xB0, 0x04, 0xE6, 0x21, 0xB0, 0x01, 0xE6, 0x21, 0xB0, 0x00, 0xE6, 0x21) +
        # sti; out 0x81,al; hlt; jmp back
        $Program + [byte[]] (0xFB, 0xE6, 0x81, 0xF4, 0xEB, 0xFD))
    # mov al,0x20; out 0x20,al
    Set-Handler $vm $Vector ([byte[]] (0xB0, 0x20, 0xE6, 0x20))
    $vm
}

# With its local APIC on; FS reaches it.
function New-ApicGuest([string] $Name, [byte] $Vector) {
    # mov dword fs:[0xF0],0x1FF; sti; out 0x81,al; hlt; jmp back
    $vm = New-LowGuest $Name -IrqChip -Code ([byte[]] (0x64, 0x66, 0xC7, 0x06, 0xF0, 0x00, 0xFF, 0x01, 0, 0, 0xFB, 0xE6, 0x81, 0xF4, 0xEB, 0xFD))
    Set-KvmRegister $vm.Vcpus[0] @{ fs = @{ base = 0xFEE00000 } }
    # mov dword fs:[0xB0],0
    Set-Handler $vm $Vector ([byte[]] (0x64, 0x66, 0xC7, 0x06, 0xB0, 0x00, 0, 0, 0, 0))
    $vm
}
