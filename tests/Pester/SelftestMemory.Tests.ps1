BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet)
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    . "$PSScriptRoot/Selftest.ps1"
    $page = [ulong] [System.Environment]::SystemPageSize
    # include/uapi/linux/kvm.h: KVM_MEM_*
    $log, $readOnly, $gmem = 1u, 2u, 4u

    # struct kvm_userspace_memory_region: u32 slot, u32 flags, u64 guest_phys_addr, u64 memory_size, u64 userspace_addr
    function Set-Region($Vm, [uint] $Slot, [uint] $Flags, [ulong] $Address, [ulong] $Size, [ulong] $From) {
        Get-IoctlAnswer $Vm KVM_SET_USER_MEMORY_REGION (Join-Byte $Slot $Flags $Address $Size $From)
    }

    # struct kvm_userspace_memory_region2: the same, u64 guest_memfd_offset, u32 guest_memfd, u32 pad1, u64 pad2[14]
    function Set-Region2($Vm, [uint] $Slot, [uint] $Flags, [ulong] $Address, [ulong] $Size, [ulong] $From, [ulong] $Offset, [uint] $Fd) {
        Get-IoctlAnswer $Vm KVM_SET_USER_MEMORY_REGION2 (Join-Byte $Slot $Flags $Address $Size $From $Offset $Fd 0u ([byte[]]::new(112)))
    }

    $files = [System.Collections.Generic.List[int]]::new()

    # struct kvm_create_guest_memfd: u64 size, u64 flags, u64 reserved[6]; what it answers, or the descriptor.
    function New-GuestMemfd($Vm, [ulong] $Size, [ulong] $Flags) {
        $answer = Get-Answer {
            $made = Invoke-KvmIoctl $Vm KVM_CREATE_GUEST_MEMFD -Buffer (Join-Byte $Size $Flags ([byte[]]::new(48))) -ErrorAction Stop
            $files.Add($made.Result)
        }
        if ($answer -eq 'OK') { $files[-1] } else { $answer }
    }

    function Clear-File {
        foreach ($fd in $files) { $null = [Mono.Unix.Native.Syscall]::close($fd) }
        $files.Clear()
    }

    # fallocate(2) with a mode is not among Mono.Posix's calls.
    $library = [System.Reflection.Emit.AssemblyBuilder]::DefineDynamicAssembly('Fallocate', 'Run').DefineDynamicModule('Fallocate').DefineType('Fallocate')
    $method = $library.DefinePInvokeMethod('fallocate', 'libc', 'Public, Static, PinvokeImpl', 'Standard', [int], @([int], [int], [long], [long]), 'Winapi', 'Ansi')
    $method.SetImplementationFlags('PreserveSig')
    $fallocate = $library.CreateType()
    # include/uapi/linux/falloc.h
    $keepSize, $punchHole = 1, 2
    function Test-Fallocate([int] $Fd, [int] $Mode, [long] $Offset, [long] $Length) { $fallocate::fallocate($Fd, $Mode, $Offset, $Length) -eq 0 }
}

Describe 'set_memory_region_test' -Tag Conformance -Skip:$noKvm {
    BeforeEach { $vm = New-KvmVm regions }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force; Clear-Mapping; Clear-File }

    It 'KVM_SET_USER_MEMORY_REGION refuses each flag that it does not know, bit by bit: EINVAL' {
        $memory = New-Mapping $page
        foreach ($bit in 2..31) { Set-Region $vm 0 (1u -shl $bit) 0 $page $memory | Should -Be EINVAL -Because "bit $bit" }
        Set-Region $vm 0 $log 0 $page $memory | Should -Be OK
    }

    It 'KVM_SET_USER_MEMORY_REGION2 refuses each flag that it does not know, bit by bit: EINVAL' {
        Skip-Without KVM_CAP_USER_MEMORY2
        $memory = New-Mapping $page
        foreach ($bit in 3..31) { Set-Region2 $vm 0 (1u -shl $bit) 0 $page $memory | Should -Be EINVAL -Because "bit $bit" }
        Set-Region2 $vm 0 $log 0 $page $memory | Should -Be OK
    }

    It 'guest_memfd together with <With> is refused: EINVAL' -ForEach @(@{ With = 'KVM_MEM_LOG_DIRTY_PAGES'; Flag = 1u }, @{ With = 'KVM_MEM_READONLY'; Flag = 2u }) {
        Skip-Without KVM_CAP_GUEST_MEMFD $vm
        $memory = New-Mapping $page
        $fd = New-GuestMemfd $vm $page
        $fd | Should -BeOfType ([int])
        Set-Region2 $vm 0 ($gmem -bor $Flag) 0 $page $memory 0 $fd | Should -Be EINVAL
        Set-Region2 $vm 0 $gmem 0 $page $memory 0 $fd | Should -Be OK
    }

    It 'KVM_CAP_NR_MEMSLOTS slots can be added, and not one more: EINVAL' -Tag Long {
        $slots = [uint] (Get-KvmCapability KVM_CAP_NR_MEMSLOTS -Vm $vm).Value
        $size = 16 * $page
        $memory = New-Mapping ($slots * $size)
        $memory | Should -Not -Be 0
        $region = Join-Byte 0u 0u 0ul $size 0ul
        for ($slot = 0u; $slot -lt $slots; $slot++) {
            [System.BitConverter]::GetBytes($slot).CopyTo($region, 0)
            [System.BitConverter]::GetBytes($slot * $size).CopyTo($region, 8)
            [System.BitConverter]::GetBytes([ulong] $memory + $slot * $size).CopyTo($region, 24)
            $null = Invoke-KvmIoctl $vm KVM_SET_USER_MEMORY_REGION -Buffer $region -ErrorAction Stop
        }
        Set-Region $vm $slots 0 ($slots * $size) $size $memory | Should -Be EINVAL
    }

    It 'a guest_memfd slot cannot be bound to <What>: <Errno>' -ForEach @(
        @{ What = 'the descriptor of /dev/kvm'; Errno = 'EINVAL'; Fd = { $files.Add([Mono.Unix.Native.Syscall]::open('/dev/kvm', 'O_RDWR')); $files[-1] } }
        @{ What = 'the VM''s own descriptor'; Errno = 'EINVAL'; Fd = { $vm.Fd } }
        @{ What = 'a guest_memfd of another VM'; Errno = 'EINVAL'; Fd = { New-GuestMemfd (New-KvmVm other) 0x100000 } }
        @{ What = 'an offset within a page'; Errno = 'EINVAL'; Fd = { New-GuestMemfd $vm 0x100000 }; Offset = 1 }
        @{ What = 'a range behind its end'; Errno = 'EINVAL'; Fd = { New-GuestMemfd $vm 0x100000 }; Offset = 0x100000 }
        @{ What = 'a range that wraps around'; Errno = 'EINVAL'; Fd = { New-GuestMemfd $vm 0x100000 }; Offset = 0xFFFFFFFFFFFFF000ul }
    ) {
        Skip-Without KVM_CAP_GUEST_MEMFD $vm
        $memory = New-Mapping 0x10000
        $fd = & $Fd
        $fd | Should -BeOfType ([int])
        Set-Region2 $vm 0 $gmem 0 0x10000 $memory $Offset $fd | Should -Be $Errno
    }

    It 'a plain memfd is no guest_memfd: EINVAL' {
        Skip-Without KVM_CAP_GUEST_MEMFD $vm
        $memory = New-Mapping 0x10000
        # A file that nobody else sees, as memfd_create(2) makes it.
        $file = [System.IO.File]::OpenHandle("/dev/shm/kvmps-$([guid]::NewGuid())", 'CreateNew', 'ReadWrite', 'None', 'DeleteOnClose', 0x10000)
        try { Set-Region2 $vm 0 $gmem 0 0x10000 $memory 0 ([int] $file.DangerousGetHandle()) | Should -Be EINVAL }
        finally { $file.Dispose() }
    }

    It 'a guest_memfd slot that overlaps another one, in its <What>, is refused: EEXIST' -ForEach @(
        @{ What = 'front half'; Address = 0x1FF0000 }, @{ What = 'back half'; Address = 0x2010000 }, @{ What = 'whole'; Address = 0x2000000 }
    ) {
        Skip-Without KVM_CAP_GUEST_MEMFD $vm
        $memory = New-Mapping 0x40000
        $fd = New-GuestMemfd $vm 0x40000
        Set-Region2 $vm 0 $gmem 0x1000000 0x20000 $memory 0 $fd | Should -Be OK
        Set-Region2 $vm 1 $gmem 0x2000000 0x20000 $memory 0x20000 $fd | Should -Be OK
        Set-Region2 $vm 0 $gmem 0x1000000 0 $memory 0 $fd | Should -Be OK
        Set-Region2 $vm 0 $gmem $Address 0x20000 $memory 0 $fd | Should -Be EEXIST
        Set-Region2 $vm 0 $gmem 0x1000000 0x20000 $memory 0 $fd | Should -Be OK
    }

    # virt/kvm/guest_memfd.c, kvm_gmem_bind: the errno is the general one.
    It 'one range of a guest_memfd is not bound at two addresses, <What>: EINVAL' -ForEach @(
        @{ What = 'as it is'; Offset = 0x10000 }, @{ What = 'in its front half'; Offset = 0 }
        @{ What = 'in its back half'; Offset = 0x20000 }, @{ What = 'and what is around it'; Offset = 0; Length = 0x40000 }
    ) {
        Skip-Without KVM_CAP_GUEST_MEMFD $vm
        $memory = New-Mapping 0x40000
        $fd = New-GuestMemfd $vm 0x40000
        Set-Region2 $vm 0 $gmem 0x1000000 0x20000 $memory 0x10000 $fd | Should -Be OK
        Set-Region2 $vm 1 $gmem 0x2000000 ($Length ?? 0x20000) $memory $Offset $fd | Should -Be EINVAL
        Set-Region2 $vm 0 $gmem 0x1000000 0 $memory 0x10000 $fd | Should -Be OK
        Set-Region2 $vm 1 $gmem 0x2000000 ($Length ?? 0x20000) $memory $Offset $fd | Should -Be OK -Because 'the first one is gone'
    }

    It 'a slot can be moved and deleted, after which its number is free' {
        $memory = New-Mapping 0x20000
        Set-Region $vm 10 0 0xC0000000ul 0x20000 $memory | Should -Be OK
        Set-Region $vm 10 0 0xC0010000ul 0x20000 $memory | Should -Be OK
        Set-Region $vm 11 0 0xC0000000ul 0x10000 $memory | Should -Be OK -Because 'it was moved away from there'
        Set-Region $vm 10 0 0xC0010000ul 0 $memory | Should -Be OK
        Set-Region $vm 10 0 0xC0010000ul 0x10000 $memory | Should -Be OK
    }
}

Describe 'guest_memfd_test' -Tag Conformance -Skip:$noKvm {
    BeforeEach { $vm = New-KvmVm gmem; $size = 4 * $page }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force; Clear-Mapping; Clear-File }

    It 'a size of <What> is refused: EINVAL' -ForEach @(
        @{ What = 'nothing'; Bytes = 0 }, @{ What = 'one byte'; Bytes = 1 }, @{ What = 'half a page'; Bytes = 2048 }, @{ What = 'a page less one byte'; Bytes = 4095 }
    ) {
        Skip-Without KVM_CAP_GUEST_MEMFD $vm
        New-GuestMemfd $vm $Bytes | Should -Be EINVAL
    }

    It 'each flag of KVM_CAP_GUEST_MEMFD_FLAGS is taken, each other bit is refused: EINVAL' {
        Skip-Without KVM_CAP_GUEST_MEMFD $vm
        $known = [ulong] (Get-KvmCapability KVM_CAP_GUEST_MEMFD_FLAGS -Vm $vm).Value
        foreach ($bit in 0..63) {
            $answer = New-GuestMemfd $vm $size (1ul -shl $bit)
            if ($known -band (1ul -shl $bit)) { $answer | Should -BeOfType ([int]) -Because "bit $bit is known" }
            else { $answer | Should -Be EINVAL -Because "bit $bit is unknown" }
        }
    }

    It 'two of them have inodes and sizes of their own' {
        Skip-Without KVM_CAP_GUEST_MEMFD $vm
        $first, $second = [Mono.Unix.Native.Stat]::new(), [Mono.Unix.Native.Stat]::new()
        $null = [Mono.Unix.Native.Syscall]::fstat((New-GuestMemfd $vm $page), [ref] $first)
        $null = [Mono.Unix.Native.Syscall]::fstat((New-GuestMemfd $vm (2 * $page)), [ref] $second)
        $first.st_size, $second.st_size | Should -Be @($page, (2 * $page))
        $second.st_ino | Should -Not -Be $first.st_ino
    }

    It 'it is neither read nor written: read, write, pread, pwrite fail' {
        Skip-Without KVM_CAP_GUEST_MEMFD $vm
        $fd = New-GuestMemfd $vm $size
        $memory = [System.IntPtr] (New-Mapping $page)
        [Mono.Unix.Native.Syscall]::read($fd, $memory, 16) | Should -Be -1
        [Mono.Unix.Native.Syscall]::write($fd, $memory, 16) | Should -Be -1
        [Mono.Unix.Native.Syscall]::pread($fd, $memory, 16, 0) | Should -Be -1
        [Mono.Unix.Native.Syscall]::pwrite($fd, $memory, 16, 0) | Should -Be -1
    }

    It 'it is not mapped without GUEST_MEMFD_FLAG_MMAP' {
        Skip-Without KVM_CAP_GUEST_MEMFD $vm
        $fd = New-GuestMemfd $vm $size
        New-Mapping $size $fd MAP_SHARED | Should -Be 0
        New-Mapping $size $fd MAP_PRIVATE | Should -Be 0
    }

    It 'with GUEST_MEMFD_FLAG_MMAP it is mapped shared, and never private' {
        Skip-Without KVM_CAP_GUEST_MEMFD_FLAGS $vm 1
        $fd = New-GuestMemfd $vm $size 1
        New-Mapping $size $fd MAP_SHARED | Should -Not -Be 0
        New-Mapping $size $fd MAP_PRIVATE | Should -Be 0
    }

    It 'with GUEST_MEMFD_FLAG_INIT_SHARED what is written through a mapping is read there' {
        Skip-Without KVM_CAP_GUEST_MEMFD_FLAGS $vm 3
        $fd = New-GuestMemfd $vm $size 3
        $one, $other = (New-Mapping $size $fd MAP_SHARED), (New-Mapping $size $fd MAP_SHARED)
        [System.Runtime.InteropServices.Marshal]::WriteInt32([System.IntPtr] ($one + $page), 0x12345678)
        [System.Runtime.InteropServices.Marshal]::ReadInt32([System.IntPtr] ($other + $page)) | Should -Be 0x12345678
    }

    It 'fallocate takes whole pages within it, and nothing else' {
        Skip-Without KVM_CAP_GUEST_MEMFD $vm
        $fd = New-GuestMemfd $vm $size
        Test-Fallocate $fd $keepSize 0 $size | Should -BeTrue
        Test-Fallocate $fd $keepSize 0 $page | Should -BeTrue
        Test-Fallocate $fd $keepSize ($page - 1) $page | Should -BeFalse -Because 'it begins within a page'
        Test-Fallocate $fd $keepSize $page ($page - 1) | Should -BeFalse -Because 'it ends within a page'
        Test-Fallocate $fd $keepSize $size $page | Should -BeFalse -Because 'it begins at the end'
        Test-Fallocate $fd $keepSize ($size + $page) $page | Should -BeFalse -Because 'it begins behind the end'
    }

    It 'holes are punched in whole pages, also behind its end' {
        Skip-Without KVM_CAP_GUEST_MEMFD $vm
        $fd = New-GuestMemfd $vm $size
        $punch = $keepSize -bor $punchHole
        Test-Fallocate $fd $punch 0 $size | Should -BeTrue
        Test-Fallocate $fd $punch $size $page | Should -BeTrue
        Test-Fallocate $fd $punch ($size + $page) $page | Should -BeTrue
        Test-Fallocate $fd $punch $page ($page - 1) | Should -BeFalse
        Test-Fallocate $fd $punch ($page - 1) $page | Should -BeFalse
        Test-Fallocate $fd $keepSize $page $page | Should -BeTrue -Because 'a hole is filled again'
    }
}

Describe 'dirty_log_test' -Tag Conformance -Skip:$noKvm {
    BeforeEach {
        $vm = New-KvmVm log
        $null = Add-KvmMemory $vm 0 0x100000 -Slot 1 -LogDirtyPages
        $null = Add-KvmMemory $vm 0x100000 0x100000 -Slot 2
        $bits = New-Mapping $page
        # struct kvm_dirty_log: u32 slot, u32 padding, u64 dirty_bitmap
        function Get-Log([uint] $Slot) { Get-IoctlAnswer $vm KVM_GET_DIRTY_LOG (Join-Byte $Slot 0u ([ulong] $bits)) }
        # struct kvm_clear_dirty_log: u32 slot, u32 num_pages, u64 first_page, u64 dirty_bitmap
        function Clear-Log([uint] $Slot, [uint] $Pages, [ulong] $First) { Get-IoctlAnswer $vm KVM_CLEAR_DIRTY_LOG (Join-Byte $Slot $Pages $First ([ulong] $bits)) }
    }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force; Clear-Mapping }

    It 'a new log is empty, bit by bit' {
        foreach ($i in 0..($page / 8 - 1)) { [System.Runtime.InteropServices.Marshal]::WriteInt64([System.IntPtr] ($bits + 8 * $i), -1) }
        Get-Log 1 | Should -Be OK
        foreach ($i in 0..(0x100000 / $page / 64 - 1)) { [System.Runtime.InteropServices.Marshal]::ReadInt64([System.IntPtr] ($bits + 8 * $i)) | Should -Be 0 }
    }

    It 'a slot that is not logged, or not there, has no log: ENOENT' {
        Get-Log 2 | Should -Be ENOENT
        Get-Log 3 | Should -Be ENOENT
    }

    It 'KVM_CLEAR_DIRTY_LOG begins at a multiple of 64 pages, or is refused: EINVAL' {
        Skip-Without KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2 $vm
        Clear-Log 1 64 0 | Should -Be OK
        foreach ($first in 1, 63, 65) { Clear-Log 1 64 $first | Should -Be EINVAL -Because "page $first" }
    }

    It 'KVM_CLEAR_DIRTY_LOG refuses more pages than the slot has: EINVAL' {
        Skip-Without KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2 $vm
        $pages = [uint] (0x100000 / $page)
        Clear-Log 1 $pages 0 | Should -Be OK
        Clear-Log 1 ($pages + 64) 0 | Should -Be EINVAL
        Clear-Log 1 64 $pages | Should -Be EINVAL
    }
}

Describe 'pre_fault_memory_test' -Tag Conformance -Skip:$noKvm {
    BeforeEach {
        $vm = New-KvmVm faults
        $vcpu = New-KvmVcpu $vm
        $null = Add-KvmMemory $vm 0x1000000 0x200000
    }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    # struct kvm_pre_fault_memory: u64 gpa, u64 size, u64 flags, u64 padding[5]
    It 'a range of memory is populated, and nothing of it is left' {
        Skip-Without KVM_CAP_PRE_FAULT_MEMORY $vm
        $range = (Invoke-KvmIoctl $vcpu KVM_PRE_FAULT_MEMORY -Buffer (Join-Byte 0x1000000ul 0x200000ul 0ul ([byte[]]::new(40))) -ErrorAction Stop).Buffer
        [System.BitConverter]::ToUInt64($range, 8) | Should -Be 0
    }

    It 'what lies behind the memory is refused: ENOENT' {
        Skip-Without KVM_CAP_PRE_FAULT_MEMORY $vm
        Get-IoctlAnswer $vcpu KVM_PRE_FAULT_MEMORY (Join-Byte 0x1200000ul 0x1000ul 0ul ([byte[]]::new(40))) | Should -Be ENOENT
    }
}
