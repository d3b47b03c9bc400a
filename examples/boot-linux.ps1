# A virtual machine monitor that boots a Linux kernel to its console, as long as it is a PC with a serial line and nothing else:
#   ./kvmps examples/boot-linux.ps1 bzImage -Initrd initrd.img
# The kernel's last words are its init's; a machine that resets itself (reboot=t) ends the run.
param(
    [Parameter(Mandatory)] [string] $Kernel,
    [string] $Initrd,
    [string] $CommandLine = 'console=ttyS0 earlyprintk=serial,ttyS0,115200 reboot=t panic=-1',
    [ulong] $Memory = 256MB,
    [int] $Timeout = 600
)
$ErrorActionPreference = 'Stop'
Import-Module "$PSScriptRoot/../KvmPS.psd1"

$vm = New-KvmVm -Name linux -Memory $Memory
try {
    $null = Invoke-KvmIoctl $vm KVM_SET_TSS_ADDR -Value 0xFFFBD000      # three pages that Intel's processors need for themselves
    $null = New-KvmIrqChip $vm                                          # PICs, IOAPIC and local APICs, before the first vCPU
    $null = New-KvmPit $vm -SpeakerDummy                                # the timer
    $vcpu = New-KvmVcpu $vm
    # A processor like this one, which says that it is a guest's (CPUID 1, ECX bit 31): then kernels take their time from KVM.
    Set-KvmCpuid $vcpu (Get-KvmCpuid -Supported).ForEach({
            if ($_.Function -ne 1) { $_ }
            else { [KvmPS.Native.KvmCpuidEntry]::new(1, 0, $_.Flags, $_.Eax, $_.Ebx, $_.Ecx -bor 0x80000000L, $_.Edx) }
        })
    $image = @{ CommandLine = $CommandLine }
    if ($Initrd) { $image.Initrd = $Initrd }
    $null = Import-KvmImage $vm $Kernel @image

    Invoke-KvmConsole $vcpu -Timeout $Timeout | ForEach-Object {
        if ($_ -is [string]) { $_ }
        # Ports of devices that this PC does not have read as zeros; any other exit ends the run.
        elseif ($_.Reason -notin 'Io', 'Mmio') { "The machine stopped: $($_.Reason) $($_.Description)" }
    }
}
finally { Remove-KvmVm $vm -Force }
