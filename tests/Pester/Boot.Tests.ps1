# Linux as a guest. An ordinary kernel boots where the backend uses VMX or SVM: in the lab. kvm_pvm interprets a guest that is
# not made for it: there the kernel tells of itself on its console, and ends at the breakpoint instruction with which it
# tests its own handler (int3_selftest in arch/x86/kernel/alternative.c), or at XRSTOR, neither of which is interpreted.
BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    . "$PSScriptRoot/GuestPrograms.ps1"
    $noKvm = -not (Test-KvmHost -Quiet)
    $x86 = [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -eq 'X64'
    # tests/Lab/kernel-x86/build-kernel.sh guest makes one.
    $noKernel = -not $x86 -or -not (Find-GuestKernel)
    $noTools = -not (Test-GuestToolchain)
    $interpreted = $noKvm -or (Get-KvmHost).Backend -notin 'kvm_amd', 'kvm_intel'
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    . "$PSScriptRoot/GuestPrograms.ps1"
    $folder = [System.IO.Directory]::CreateTempSubdirectory('kvmps-boot-').FullName
    $kernel = Find-GuestKernel

    function New-Machine([string] $Initrd) {
        $vm = New-KvmVm linux -Memory 128MB
        $null = New-KvmIrqChip $vm
        $null = New-KvmPit $vm -SpeakerDummy
        # The bit that says to a kernel that it is a guest, and takes its time from KVM: it need not calibrate a timer then.
        $cpuid = (Get-KvmCpuid -Supported).ForEach({
                if ($_.Function -ne 1) { $_ }
                else { [KvmPS.Native.KvmCpuidEntry]::new(1, 0, $_.Flags, $_.Eax, $_.Ebx, $_.Ecx -bor 0x80000000L, $_.Edx) }
            })
        Set-KvmCpuid (New-KvmVcpu $vm) $cpuid
        $arguments = $Initrd ? @{ Initrd = $Initrd } : @{}
        $null = Import-KvmImage $vm $kernel -CommandLine 'console=ttyS0 earlyprintk=serial,ttyS0,115200 reboot=t panic=-1' @arguments
        $vm
    }
}

AfterAll { [System.IO.Directory]::Delete($folder, $true) }

Describe 'A Linux kernel that was built for guests' -Skip:($noKvm -or $noKernel) {
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'begins to unpack itself, by the 64-bit boot protocol' {
        $vm = New-Machine
        $lines = @(Invoke-KvmConsole $vm.Vcpus[0] -Until 'Decompressing Linux' -Timeout 300).Where({ $_ -is [string] })
        $lines[0] | Should -Be 'early console in extract_kernel'
        $lines[-1] | Should -BeLike 'Decompressing Linux*'
    }
}

Describe 'A Linux kernel that boots' -Skip:($noKvm -or $noKernel -or $noTools -or $interpreted) {
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'runs its init, which resets the machine' {
        $vm = New-Machine (New-Initramfs "$folder/initramfs")
        $output = @(Invoke-KvmConsole $vm.Vcpus[0] -Timeout 600)
        $lines = $output.Where({ $_ -is [string] })
        "$lines" | Should -BeLike '*Command line: console=ttyS0 earlyprintk=serial,ttyS0,115200 reboot=t panic=-1 *'
        "$lines" | Should -BeLike '*BIOS-e820: `[mem 0x0000000000100000-0x0000000007ffffff`] usable*'
        "$lines" | Should -BeLike '*ttyS0 at I/O 0x3f8 (irq = 4, base_baud = 115200) is a 16550A*'
        $lines | Should -Contain 'Hello from user space'
        "$($output.Where({ $_ -isnot [string] })[-1].Reason)" | Should -Be 'Shutdown'
    }

    It 'reads what is sent to its console, by the UART''s interrupt' {
        $vm = New-Machine (New-Initramfs "$folder/asking" -Define ASK)
        $asked = @(Invoke-KvmConsole $vm.Vcpus[0] -Until 'name\? $' -Timeout 600)
        $asked[-1] | Should -Be 'name? '
        Send-KvmConsole $vm 'the guest of a guest'
        @(Invoke-KvmConsole $vm.Vcpus[0] -Timeout 600).Where({ $_ -is [string] }) | Should -Contain 'You are the guest of a guest'
    }

    It 'is booted by examples/boot-linux.ps1' {
        $output = & "$PSScriptRoot/../../kvmps" -NoProfile "$PSScriptRoot/../../examples/boot-linux.ps1" -Kernel $kernel -Initrd (New-Initramfs "$folder/example")
        $LASTEXITCODE | Should -Be 0
        $output | Should -Contain 'Hello from user space'
        $output[-1] | Should -BeLike 'The machine stopped: Shutdown*'
    }
}
