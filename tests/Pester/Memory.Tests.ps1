BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet)
    $x86 = [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -eq 'X64'
    $noReadOnly = $noKvm -or -not (Get-KvmCapability KVM_CAP_READONLY_MEM).Supported
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    . "$PSScriptRoot/RealModeGuest.ps1"
    $page = [uint] [System.Environment]::SystemPageSize
    function Get-Failure([scriptblock] $Action) { try { $null = & $Action } catch { $_ } }
    function Test-Mapped([string] $Path) { [System.IO.File]::ReadAllText('/proc/self/maps').Contains($Path) }
    $folder = [System.IO.Directory]::CreateTempSubdirectory('kvmps-memory-').FullName
}

AfterAll { [System.IO.Directory]::Delete($folder, $true) }

Describe 'Add-KvmMemory' -Skip:$noKvm {
    BeforeEach { $vm = New-KvmVm ram }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'adds memory in the lowest free slot' {
        $first = Add-KvmMemory $vm 0 1MB
        $first | Should -BeOfType ([KvmPS.Native.KvmMemory])
        $first.Vm | Should -Be $vm
        $first.Slot | Should -Be 0
        $first.GuestAddress | Should -Be 0
        $first.Size | Should -Be 1MB
        "$($first.Flags)" | Should -Be 'None'
        (Add-KvmMemory $vm 0xFEE00000 0x10000 -Slot 7).Slot | Should -Be 7
        ($vm | Add-KvmMemory -GuestAddress 2MB -Size 1MB).Slot | Should -Be 1
        # By address, as /proc/iomem and QEMU's mtree tell it.
        $vm.Memory.Slot | Should -Be @(0, 1, 7)
    }

    It 'adds nothing with -WhatIf' {
        Add-KvmMemory $vm 0 1MB -WhatIf | Should -BeNullOrEmpty
        $vm.Memory.Count | Should -Be 0
    }

    It 'reserves hundreds of GiB without touching them' {
        $before = [System.Diagnostics.Process]::GetCurrentProcess().WorkingSet64
        $null = Add-KvmMemory $vm 0 512GB
        [System.Diagnostics.Process]::GetCurrentProcess().WorkingSet64 - $before | Should -BeLessThan 512MB
        Write-KvmMemory $vm (512GB - 4) ([byte[]](1, 2, 3, 4))
        (Read-KvmMemory $vm (512GB - 4) 4) -join ',' | Should -Be '1,2,3,4'
    }

    It 'takes advice about huge pages' {
        $added = Add-KvmMemory $vm 0 4MB -HugePages
        # "hg" stands among the VmFlags of the mapping that was advised.
        $smaps = [System.IO.File]::ReadAllText('/proc/self/smaps')
        ([regex]::Matches($smaps, 'Size: +4096 kB[\s\S]*?VmFlags:[^\n]*')).Where({ $_.Value -match ' hg' }).Count | Should -BeGreaterThan 0
        $added.State | Should -Be 'Open'
    }

    # set_memory_region_test: adding what is there, and flags that do not exist.
    It 'says MemorySlotExists, EEXIST, for <What>' -Tag Conformance, set_memory_region_test -ForEach @(
        @{ What = 'a slot number twice'; Address = 8MB; Slot = 0 }
        @{ What = 'an address that another slot has'; Address = 0; Slot = 1 }
        @{ What = 'a part of what another slot has'; Address = 1MB - 4096; Slot = 1 }
    ) {
        $null = Add-KvmMemory $vm 0 1MB -Slot 0
        $failure = Get-Failure { Add-KvmMemory $vm $Address 1MB -Slot $Slot -Path "$folder/not mapped" -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike 'MemorySlotExists,*'
        $failure.CategoryInfo.Category | Should -Be 'ResourceExists'
        $failure.Exception.Errno | Should -Be 'EEXIST'
        $failure.TargetObject | Should -Be $vm
        $failure.ErrorDetails.RecommendedAction | Should -Match 'Get-KvmMemory'
        $vm.Memory.Count | Should -Be 1
        Test-Mapped "$folder/not mapped" | Should -BeFalse
    }

    It 'says MemoryAlignment, EINVAL, for <What>' -ForEach @(
        @{ What = 'an address within a page'; Address = 1; Size = 4096 }
        @{ What = 'a size that is no number of pages'; Address = 0; Size = 4097 }
        @{ What = 'no size'; Address = 0; Size = 0 }
        @{ What = 'a range that wraps'; Address = 0xFFFFFFFFFFFFF000; Size = 8192 }
        @{ What = 'a slot beyond the limit'; Address = 0; Size = 4096; Slot = 65535 }
    ) {
        $slot = if ($Slot) { @{ Slot = $Slot } } else { @{} }
        $failure = Get-Failure { Add-KvmMemory $vm $Address $Size @slot -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike 'MemoryAlignment,*'
        $failure.CategoryInfo.Category | Should -Be 'InvalidArgument'
        $failure.Exception.Errno | Should -Be 'EINVAL'
        $failure.TargetObject | Should -Be $vm
    }

    It 'goes on with the next VM' {
        $other = New-KvmVm other
        $null = Add-KvmMemory $vm 0 1MB
        $errors = $null
        $added = $vm, $other | Add-KvmMemory -GuestAddress 0 -Size 1MB -ErrorVariable errors -ErrorAction SilentlyContinue
        $added.Vm | Should -Be $other
        $errors.Count | Should -Be 1
    }

    It 'says KvmObjectRemoved for a VM that was removed' {
        Remove-KvmVm $vm
        { Add-KvmMemory $vm 0 1MB -ErrorAction Stop } | Should -Throw -ErrorId 'KvmObjectRemoved,*'
    }
}

Describe 'Memory that is a file' -Skip:$noKvm {
    BeforeEach { $vm = New-KvmVm file; $path = "$folder/$([guid]::NewGuid())" }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'is made, its owner''s alone, and holds what is written' {
        $null = Add-KvmMemory $vm 0 64KB -Path $path
        Write-KvmMemory $vm 0x1000 -Text 'in the file'
        [System.IO.FileInfo]::new($path).Length | Should -Be 64KB
        "$([System.IO.File]::GetUnixFileMode($path))" | Should -Be 'UserWrite, UserRead'
        [System.Text.Encoding]::ASCII.GetString([System.IO.File]::ReadAllBytes($path), 0x1000, 11) | Should -Be 'in the file'
    }

    It 'begins at an offset' {
        [System.IO.File]::WriteAllBytes($path, [byte[]]::new(8192))
        $null = Add-KvmMemory $vm 0 4096 -Path $path -Offset 4096
        Write-KvmMemory $vm 0 ([byte[]] (1..4))
        [System.IO.File]::ReadAllBytes($path)[4096..4099] | Should -Be @(1, 2, 3, 4)
    }

    It 'is not changed where it is read-only' -Skip:$noReadOnly {
        [System.IO.File]::WriteAllBytes($path, [byte[]]::new(4096))
        $rom = Add-KvmMemory $vm 0 4096 -Path $path -ReadOnly
        (Read-KvmMemory $vm 0 2) -join ',' | Should -Be '0,0'
        $failure = Get-Failure { Write-KvmMemory $vm 0 ([byte[]](1)) -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike 'MemoryReadOnly,*'
        $failure.CategoryInfo.Category | Should -Be 'PermissionDenied'
        $failure.TargetObject | Should -Be $rom
    }

    It 'that somebody shortens is an error, not the end of the process' {
        $slot = Add-KvmMemory $vm 0 8192 -Path $path
        [System.IO.File]::WriteAllBytes($path, [byte[]]::new(4096))
        (Read-KvmMemory $vm 0 4).Count | Should -Be 4
        foreach ($action in { Read-KvmMemory $vm 0x1000 4 -ErrorAction Stop }, { Write-KvmMemory $vm 0x1000 ([byte[]](1)) -ErrorAction Stop }) {
            $failure = Get-Failure $action
            $failure.FullyQualifiedErrorId | Should -BeLike 'MemoryFileTruncated,*'
            $failure.TargetObject | Should -Be $slot
        }
    }

    It 'is left as it is where the memory cannot be added' {
        [System.IO.File]::WriteAllText($path, 'abc')
        $null = Add-KvmMemory $vm 0 64KB
        { Add-KvmMemory $vm 0x1000 64KB -Path $path -ErrorAction Stop } | Should -Throw -ErrorId 'MemorySlotExists,*'
        { Add-KvmMemory $vm 0x20000 64KB -Slot 0 -Path $path -ErrorAction Stop } | Should -Throw -ErrorId 'MemorySlotExists,*'
        [System.IO.File]::ReadAllText($path) | Should -Be 'abc'
    }

    It 'is whole after Read-KvmMemory into itself' {
        $null = Add-KvmMemory $vm 0 64KB -Path $path
        Write-KvmMemory $vm 0 -Text hello
        (Read-KvmMemory $vm 0 4096 -Path $path).Length | Should -Be 4096
        [System.IO.File]::ReadAllText($path).TrimEnd([char] 0) | Should -Be 'hello'
        Read-KvmMemory $vm 0 16 -AsText | Should -Be 'hello'
    }

    It 'is a regular file: a FIFO is refused at once' {
        & mkfifo $path
        { Add-KvmMemory $vm 0 4096 -Path $path -ReadOnly -ErrorAction Stop } | Should -Throw -ErrorId 'MmapFailed,*' -ExpectedMessage '*no regular file*'
        $null = Add-KvmMemory $vm 0 4096
        { Write-KvmMemory $vm 0 -Path $path -ErrorAction Stop } | Should -Throw -ErrorId 'KvmFileNotUsable,*'
    }

    It 'is a path of the file system' {
        { Add-KvmMemory $vm 0 4096 -Path Env:/memory -ErrorAction Stop } | Should -Throw -ErrorId 'KvmPathNotFile,*'
    }

    It 'names the file that cannot be opened' {
        $failure = Get-Failure { Add-KvmMemory $vm 0 4096 -Path "$folder/absent/x" -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike 'OpenFailed,*'
        $failure.CategoryInfo.Category | Should -Be 'ObjectNotFound'
        $failure.Exception.Message | Should -Match 'absent/x'
    }
}

Describe 'Get-KvmMemory and Remove-KvmMemory' -Skip:$noKvm {
    BeforeEach { $vm = New-KvmVm ram -Memory 1MB; $null = Add-KvmMemory $vm 2MB 1MB -Slot 5 }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'finds slots by VM, by number and by pipeline' {
        (Get-KvmMemory).Count | Should -Be 2
        (Get-KvmMemory ram -Slot 5).GuestAddress | Should -Be 2MB
        ($vm | Get-KvmMemory -Slot 0).Size | Should -Be 1MB
    }

    It 'takes memory away, and unmaps it' {
        $slot = Add-KvmMemory $vm 4MB 1MB -Slot 6 -Path "$folder/unmapped"
        Test-Mapped "$folder/unmapped" | Should -BeTrue
        $slot | Remove-KvmMemory
        $slot.State | Should -Be 'Removed'
        Test-Mapped "$folder/unmapped" | Should -BeFalse
        (Get-KvmMemory $vm).Slot | Should -Be @(0, 5)
        $slot = Get-KvmMemory $vm -Slot 5
        $slot | Remove-KvmMemory
        { Read-KvmMemory $vm 2MB 1 -ErrorAction Stop } | Should -Throw -ErrorId 'MemoryNotMapped,*'
        (Add-KvmMemory $vm 2MB 1MB -Slot 5).State | Should -Be 'Open'
    }

    It 'removes nothing with -WhatIf' {
        Get-KvmMemory $vm | Remove-KvmMemory -WhatIf
        (Get-KvmMemory $vm).Count | Should -Be 2
    }

    It 'says KvmObjectRemoved the second time, and after the VM' {
        $slot = Get-KvmMemory $vm -Slot 5
        $slot | Remove-KvmMemory
        $failure = Get-Failure { $slot | Remove-KvmMemory -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike 'KvmObjectRemoved,*'
        $failure.TargetObject | Should -Be $slot
        $slot = Get-KvmMemory $vm -Slot 0
        Remove-KvmVm $vm
        $slot.State | Should -Be 'Removed'
        { $slot | Remove-KvmMemory -ErrorAction Stop } | Should -Throw -ErrorId 'KvmObjectRemoved,*'
    }
}

Describe 'Read-KvmMemory and Write-KvmMemory' -Skip:$noKvm {
    BeforeEach {
        $vm = New-KvmVm ram -Memory 64KB
        $null = Add-KvmMemory $vm 64KB 64KB
        $null = Add-KvmMemory $vm 1MB 64KB
    }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'new memory is zero' {
        (Read-KvmMemory $vm 0 16) -join '' | Should -Be ('0' * 16)
    }

    It 'gives one array of bytes' {
        $bytes = Read-KvmMemory $vm 0 4096
        , $bytes | Should -BeOfType ([byte[]])
        $bytes.Length | Should -Be 4096
    }

    It 'crosses slots' {
        $bytes = [byte[]]::new(8192)
        [System.Random]::new(1).NextBytes($bytes)
        Write-KvmMemory $vm (64KB - 4096) $bytes
        [System.Convert]::ToHexString((Read-KvmMemory $vm (64KB - 4096) 8192)) | Should -Be ([System.Convert]::ToHexString($bytes))
        (Read-KvmMemory $vm 64KB 1) | Should -Be $bytes[4096]
    }

    It 'copies nothing where a part is not mapped' {
        $failure = Get-Failure { Write-KvmMemory $vm (128KB - 2) ([byte[]](1, 2, 3, 4)) -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike 'MemoryNotMapped,*'
        $failure.CategoryInfo.Category | Should -Be 'ObjectNotFound'
        $failure.TargetObject | Should -Be $vm
        $failure.Exception.Message | Should -Match '0x20000'
        (Read-KvmMemory $vm (128KB - 2) 2) -join ',' | Should -Be '0,0'
        { Read-KvmMemory $vm (128KB - 2) 4 -ErrorAction Stop } | Should -Throw -ErrorId 'MemoryNotMapped,*'
        { Read-KvmMemory $vm 0xFFFFFFFFFFFFFFFF 2 -ErrorAction Stop } | Should -Throw -ErrorId 'MemoryNotMapped,*'
    }

    It 'writes text and reads it' {
        Write-KvmMemory $vm 0x100 -Text "grüße"
        Read-KvmMemory $vm 0x100 64 -AsText | Should -Be "grüße"
    }

    It 'writes nothing with -WhatIf' {
        Write-KvmMemory $vm 0 ([byte[]](1)) -WhatIf
        (Read-KvmMemory $vm 0 1) | Should -Be 0
    }

    It 'moves files in and out, the latter its owner''s alone' {
        $bytes = [byte[]]::new(100000)
        [System.Random]::new(2).NextBytes($bytes)
        [System.IO.File]::WriteAllBytes("$folder/in", $bytes)
        Write-KvmMemory $vm 0x10 -Path "$folder/in"
        $file = Read-KvmMemory $vm 0x10 100000 -Path "$folder/out"
        $file | Should -BeOfType ([System.IO.FileInfo])
        "$([System.IO.File]::GetUnixFileMode("$folder/out"))" | Should -Be 'UserWrite, UserRead'
        [System.Convert]::ToHexString([System.IO.File]::ReadAllBytes("$folder/out")) | Should -Be ([System.Convert]::ToHexString($bytes))
    }

    It 'moves in what a file of /proc says, which has no length' {
        Write-KvmMemory $vm 0 -Path /proc/version
        Read-KvmMemory $vm 0 4096 -AsText | Should -Be ([System.IO.File]::ReadAllText('/proc/version'))
    }

    It 'leaves a file alone where memory is missing' {
        [System.IO.File]::WriteAllText("$folder/keep", 'as it was')
        { Read-KvmMemory $vm 0 1MB -Path "$folder/keep" -ErrorAction Stop } | Should -Throw -ErrorId 'MemoryNotMapped,*'
        [System.IO.File]::ReadAllText("$folder/keep") | Should -Be 'as it was'
    }

    It 'names a file that is not there' {
        $failure = Get-Failure { Write-KvmMemory $vm 0 -Path "$folder/absent" -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike 'KvmFileNotUsable,*'
        $failure.CategoryInfo.Category | Should -Be 'ObjectNotFound'
    }

    It 'says KvmObjectRemoved for a VM that was removed' {
        Remove-KvmVm $vm
        { Read-KvmMemory $vm 0 1 -ErrorAction Stop } | Should -Throw -ErrorId 'KvmObjectRemoved,*'
        { Write-KvmMemory $vm 0 ([byte[]](1)) -ErrorAction Stop } | Should -Throw -ErrorId 'KvmObjectRemoved,*'
    }
}

Describe 'Get-KvmDirtyPage' -Skip:($noKvm -or -not $x86) {
    BeforeEach {
        # mov byte [0x1234],1; mov byte [0x5000],1; hlt; mov byte [0x9000],1; hlt
        $vm = New-RealModeGuest dirty ([byte[]](0xC6, 0x06, 0x34, 0x12, 1, 0xC6, 0x06, 0x00, 0x50, 1, 0xF4, 0xC6, 0x06, 0x00, 0x90, 1, 0xF4))
        Get-KvmMemory $vm -Slot 0 | Remove-KvmMemory
        $null = Add-KvmMemory $vm 0 64KB -Slot 3 -LogDirtyPages
        $vcpu = Get-KvmVcpu $vm
    }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    # dirty_log_test: a fresh log is empty, afterwards it tells exactly the pages that were written.
    It 'tells exactly what the guest wrote' -Tag Conformance, dirty_log_test {
        Get-KvmDirtyPage $vm -Slot 3 | Should -BeNullOrEmpty
        $null = Invoke-KvmVcpu $vcpu
        $pages = $vm | Get-KvmDirtyPage
        $pages.GuestAddress | Should -Be @(0x1000, 0x5000)
        $pages[0].Slot | Should -Be 3
        $pages[0].Vm | Should -Be $vm
    }

    It 'keeps them without -Clear, and forgets them with it' -Tag Conformance, dirty_log_test {
        $null = Invoke-KvmVcpu $vcpu
        $null = Get-KvmDirtyPage $vm
        (Get-KvmDirtyPage $vm -Clear).GuestAddress | Should -Be @(0x1000, 0x5000)
        Get-KvmDirtyPage $vm | Should -BeNullOrEmpty
        $null = Invoke-KvmVcpu $vcpu
        (Get-KvmDirtyPage $vm).GuestAddress | Should -Be 0x9000
    }

    It 'says DirtyLogNotEnabled, ENOENT, for a slot that does not log' {
        $null = Add-KvmMemory $vm 1MB 64KB -Slot 9
        $failure = Get-Failure { Get-KvmDirtyPage $vm -Slot 9 -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike 'DirtyLogNotEnabled,*'
        $failure.Exception.Errno | Should -Be 'ENOENT'
        $failure.CategoryInfo.Category | Should -Be 'InvalidOperation'
    }

    It 'says MemorySlotNotFound for a slot that there is not' {
        { Get-KvmDirtyPage $vm -Slot 77 -ErrorAction Stop } | Should -Throw -ErrorId 'MemorySlotNotFound,*'
    }
}

Describe 'A dirty ring' -Skip:($noKvm -or -not $x86 -or -not (Get-KvmCapability KVM_CAP_DIRTY_LOG_RING).Supported) {
    BeforeEach {
        $vm = New-KvmVm ring
        Enable-KvmCapability $vm KVM_CAP_DIRTY_LOG_RING -Argument 65536
        $vcpu = New-KvmVcpu $vm
        $null = Add-KvmMemory $vm 0 0x8000 -Slot 1 -LogDirtyPages
        $null = Add-KvmMemory $vm 0x8000 0x8000 -Slot 2 -LogDirtyPages
        $null = Add-KvmMemory $vm 0xFFFFF000 0x1000
        Write-KvmMemory $vm 0xFFFFFFF0 ([byte[]](0xE9, 0x0D, 0xF0))
        # mov bx,0x1000; l: inc byte [bx]; add bx,0x3000; out 0x80,al; jmp l
        Write-KvmMemory $vm 0xFFFFF000 ([byte[]](0xBB, 0x00, 0x10, 0xFE, 0x07, 0x81, 0xC3, 0x00, 0x30, 0xE6, 0x80, 0xEB, 0xF6))
        $null = Invoke-KvmVcpu $vcpu -MaxExit 4
    }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'tells the pages of all slots, until they are cleared' -Tag Conformance, dirty_log_test {
        (Get-KvmDirtyPage $vm).GuestAddress | Should -Be @(0x1000, 0x4000, 0x7000, 0xA000)
        (Get-KvmDirtyPage $vm -Slot 1 -Clear).GuestAddress | Should -Be @(0x1000, 0x4000, 0x7000)
        (Get-KvmDirtyPage $vm -Clear).GuestAddress | Should -Be 0xA000
        $null = Invoke-KvmVcpu $vcpu -MaxExit 1
        (Get-KvmDirtyPage $vm).GuestAddress | Should -Be 0xD000
    }
}

Describe 'guest_memfd' -Skip:($noKvm -or -not (Get-KvmCapability KVM_CAP_GUEST_MEMFD).Supported) {
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'gives a slot private memory besides' {
        $vm = New-KvmVm gmem
        $slot = Add-KvmMemory $vm 0 64KB -GuestMemfd
        "$($slot.Flags)" | Should -Be 'GuestMemfd'
        [System.IO.Directory]::GetFiles('/proc/self/fd').Where({ [System.IO.FileInfo]::new($_).LinkTarget -match 'gmem|guest.memfd' }).Count | Should -Be 1
        Remove-KvmMemory $slot
        [System.IO.Directory]::GetFiles('/proc/self/fd').Where({ [System.IO.FileInfo]::new($_).LinkTarget -match 'gmem|guest.memfd' }).Count | Should -Be 0
    }

    # set_memory_region_test: private memory cannot be logged.
    It 'says MemoryAlignment, EINVAL, together with -LogDirtyPages' {
        $vm = New-KvmVm gmem
        { Add-KvmMemory $vm 0 64KB -GuestMemfd -LogDirtyPages -ErrorAction Stop } | Should -Throw -ErrorId 'MemoryAlignment,*'
        $vm.Memory.Count | Should -Be 0
    }
}
