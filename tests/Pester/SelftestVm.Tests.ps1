BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet)
    $x86 = [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -eq 'X64'
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    . "$PSScriptRoot/Selftest.ps1"
    $page = [ulong] [System.Environment]::SystemPageSize
    $x86 = [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -eq 'X64'

    # A vCPU that can be asked for everything: on arm64 it has to be initialised first.
    function New-Vcpu($Vm) {
        $vcpu = New-KvmVcpu $Vm
        if (-not $x86) {
            $null = Invoke-KvmIoctl $vcpu KVM_ARM_VCPU_INIT -Buffer (Invoke-KvmIoctl $Vm KVM_ARM_PREFERRED_TARGET -ErrorAction Stop).Buffer -ErrorAction Stop
        }
        $vcpu
    }
}

# What lib/kvm_util.c asserts for all of them.
Describe 'kvm_util' -Tag Conformance -Skip:$noKvm {
    BeforeEach { $vm = New-KvmVm library }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force; Clear-Mapping }

    It 'KVM_GET_API_VERSION is 12' {
        (Get-KvmHost | Invoke-KvmIoctl -Request KVM_GET_API_VERSION -ErrorAction Stop).Result | Should -Be 12
    }

    It 'KVM_CHECK_EXTENSION never fails, on the host and on a VM' {
        foreach ($of in @{}, @{ Vm = $vm }) {
            $errors = $null
            $told = Get-KvmCapability -All @of -ErrorVariable errors
            $told.Count | Should -BeGreaterThan 100
            $errors | Should -BeNullOrEmpty
            foreach ($one in $told) { $one.Value | Should -BeGreaterOrEqual 0 -Because $one.Name }
        }
    }

    It 'KVM_GET_VCPU_MMAP_SIZE is as much as struct kvm_run has, and can be mapped' {
        # sizeof(struct kvm_run) is 2352 on x86 and arm64.
        $size = (Get-KvmHost | Invoke-KvmIoctl -Request KVM_GET_VCPU_MMAP_SIZE -ErrorAction Stop).Result
        $size | Should -BeGreaterOrEqual 2352
        New-Mapping $size (New-KvmVcpu $vm).Fd | Should -Not -Be 0
    }

    It 'KVM_CREATE_DEVICE tells the descriptor in its struct and returns 0; with KVM_CREATE_DEVICE_TEST it makes none' {
        $type = @((Get-KvmDeviceType $vm).Where({ $_.Supported }))[0]
        if (-not $type) { Set-ItResult -Skipped -Because 'this kernel makes no device of any type' }
        $count = Get-LinkCount 'anon_inode:kvm-*'
        # struct kvm_create_device: u32 type, u32 fd, u32 flags: KVM_CREATE_DEVICE_TEST is 1
        $tried = Invoke-KvmIoctl $vm KVM_CREATE_DEVICE -Buffer (Join-Byte ([uint] $type.Number) 0xFFFFFFFFu 1u) -ErrorAction Stop
        $tried.Result | Should -Be 0
        [System.BitConverter]::ToUInt32($tried.Buffer, 4) | Should -Be 0xFFFFFFFFu
        Get-LinkCount 'anon_inode:kvm-*' | Should -Be $count
        $made = Invoke-KvmIoctl $vm KVM_CREATE_DEVICE -Buffer (Join-Byte ([uint] $type.Number) 0xFFFFFFFFu 0u) -ErrorAction Stop
        $made.Result | Should -Be 0
        Get-LinkCount 'anon_inode:kvm-*' | Should -Be ($count + 1)
        [Mono.Unix.Native.Syscall]::close([System.BitConverter]::ToInt32($made.Buffer, 4)) | Should -Be 0
    }

    It 'KVM_GET_REG_LIST with room for none is E2BIG where there are registers' {
        $vcpu = New-Vcpu $vm
        $answer = Get-IoctlAnswer $vcpu KVM_GET_REG_LIST ([byte[]]::new(8))
        if ($answer -in 'EINVAL', 'ENOTTY') { Set-ItResult -Skipped -Because 'this kernel has no KVM_GET_REG_LIST' }
        if ($answer -eq 'OK') { Set-ItResult -Skipped -Because 'KVM_GET_REG_LIST has no registers on this host' }
        $answer | Should -Be E2BIG
    }

    It 'KVM_RUN with kvm_run.immediate_exit is EINTR' {
        Skip-Without KVM_CAP_IMMEDIATE_EXIT
        $vcpu = New-Vcpu $vm
        $null = Add-KvmMemory $vm 0 $page
        $run = New-Mapping $page $vcpu.Fd
        # struct kvm_run: u8 request_interrupt_window, u8 immediate_exit
        [System.Runtime.InteropServices.Marshal]::WriteByte([System.IntPtr] ($run + 1), 1)
        Get-IoctlAnswer $vcpu KVM_RUN | Should -Be EINTR
    }

    It 'a dirty ring is mapped shared, and neither private nor to be executed' {
        Skip-Without KVM_CAP_DIRTY_LOG_RING $vm
        Enable-KvmCapability $vm KVM_CAP_DIRTY_LOG_RING -Argument 65536 -ErrorAction Stop
        $vcpu = New-KvmVcpu $vm
        # KVM_DIRTY_LOG_PAGE_OFFSET is 64 on x86 and arm64; MAP_PRIVATE is 2, PROT_EXEC is 4.
        New-Mapping 65536 $vcpu.Fd MAP_PRIVATE 'PROT_READ, PROT_WRITE' (64 * $page) | Should -Be 0
        New-Mapping 65536 $vcpu.Fd MAP_PRIVATE 'PROT_READ, PROT_EXEC' (64 * $page) | Should -Be 0
        New-Mapping 65536 $vcpu.Fd MAP_SHARED 'PROT_READ, PROT_WRITE' (64 * $page) | Should -Not -Be 0
    }
}

Describe 'kvm_create_max_vcpus' -Tag Conformance -Skip:$noKvm {
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'KVM_CAP_MAX_VCPU_ID is not below KVM_CAP_MAX_VCPUS' {
        $most = (Get-KvmCapability KVM_CAP_MAX_VCPUS).Value
        $most | Should -BeGreaterThan 0
        $ids = (Get-KvmCapability KVM_CAP_MAX_VCPU_ID).Value
        if ($ids) { $ids | Should -BeGreaterOrEqual $most }
    }

    It 'KVM_CAP_MAX_VCPUS vCPUs can be made, <What>' -Tag Long -ForEach @(@{ What = 'from the first id on'; Last = $false }, @{ What = 'up to the last id'; Last = $true }) {
        $most = [uint] (Get-KvmCapability KVM_CAP_MAX_VCPUS).Value
        $ids = [uint] (Get-KvmCapability KVM_CAP_MAX_VCPU_ID).Value
        $first = if ($Last) { $ids - $most } else { 0 }
        $vm = New-KvmVm many
        @(New-KvmVcpu $vm -Id @($first..($first + $most - 1)) -ErrorAction Stop).Count | Should -Be $most
    }
}

Describe 'irqfd_test' -Tag Conformance -Skip:($noKvm -or -not $x86) {
    BeforeEach {
        $vm = New-KvmVm irqs
        $null = New-KvmIrqChip $vm
        $eventFd = New-KvmEventFd
        # struct kvm_irqfd: u32 fd, u32 gsi, u32 flags, u32 resamplefd, u8 pad[16]; KVM_IRQFD_FLAG_DEASSIGN is 1
        function Set-IrqFd($Of, [int] $Fd, [uint] $Gsi, [uint] $Flags) {
            Get-IoctlAnswer $Of KVM_IRQFD (Join-Byte $Fd $Gsi $Flags 0u ([byte[]]::new(16)))
        }
    }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force; Remove-KvmEventFd $eventFd -Force }

    It 'an eventfd that is assigned is not assigned again, whatever the interrupt: EBUSY' {
        Set-IrqFd $vm $eventFd.Fd 10 | Should -Be OK
        Set-IrqFd $vm $eventFd.Fd 10 | Should -Be EBUSY
        Set-IrqFd $vm $eventFd.Fd 11 | Should -Be EBUSY
    }

    It 'it is not assigned to another VM either: EBUSY' {
        Skip-Before 6.17 'an eventfd could serve several VMs'
        Set-IrqFd $vm $eventFd.Fd 10 | Should -Be OK
        $other = New-KvmVm other
        $null = New-KvmIrqChip $other
        Set-IrqFd $other $eventFd.Fd 10 | Should -Be EBUSY
        Set-IrqFd $other $eventFd.Fd 12 | Should -Be EBUSY
        Set-IrqFd $vm $eventFd.Fd 10 1 | Should -Be OK
        Set-IrqFd $other $eventFd.Fd 10 | Should -Be OK -Because 'it is free again'
    }

    It 'it can be taken back as often as one likes' {
        Set-IrqFd $vm $eventFd.Fd 10 | Should -Be OK
        Set-IrqFd $vm $eventFd.Fd 10 1 | Should -Be OK
        Set-IrqFd $vm $eventFd.Fd 10 1 | Should -Be OK
        Set-IrqFd $vm $eventFd.Fd 10 | Should -Be OK
    }

    It 'a descriptor that is closed is neither assigned nor taken back: EBADF' {
        $fd = [Mono.Unix.Native.Syscall]::dup($eventFd.Fd)
        $null = [Mono.Unix.Native.Syscall]::close($fd)
        Set-IrqFd $vm $fd 10 | Should -Be EBADF
        Set-IrqFd $vm $fd 10 1 | Should -Be EBADF
    }

    It 'threads that assign and take back at once are told nothing but OK and EBUSY' {
        $answers = Invoke-Beside 2 @{ Vm = $vm; Fd = $eventFd.Fd } {
            param($Number, $With)
            foreach ($round in 1..500) {
                Get-IoctlAnswer $With.Vm KVM_IRQFD (Join-Byte ([int] $With.Fd) ([uint] (9 + $Number)) ([uint] ($round % 2)) 0u ([byte[]]::new(16)))
            }
        }
        $answers.Count | Should -Be 1000
        foreach ($answer in [System.Collections.Generic.HashSet[string]]::new([string[]] $answers)) { $answer | Should -BeIn OK, EBUSY }
    }
}

Describe 'hardware_disable_test' -Tag Conformance -Skip:($noKvm -or -not $x86) {
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'VMs whose vCPUs are running can be torn down, again and again' {
        . "$PSScriptRoot/RealModeGuest.ps1"
        foreach ($round in 1..10) {
            $vm = New-RealModeGuest torn $spin -Vcpu 4
            $jobs = $vm.Vcpus | Start-KvmVcpu
            Remove-KvmVm $vm -Force
            $null = $jobs | Wait-Job
            $jobs | Remove-Job -Force
        }
        $guest = New-RealModeGuest after ([byte[]] (0xF4))
        "$((Invoke-KvmVcpu $guest.Vcpus[0] -Timeout 20).Reason)" | Should -Be Hlt
    }
}
