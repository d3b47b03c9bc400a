BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    . "$PSScriptRoot/GuestPrograms.ps1"
    $noKvm = -not (Test-KvmHost -Quiet)
    $x86 = [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -eq 'X64'
    $noTools = -not (Test-GuestToolchain)
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    . "$PSScriptRoot/GuestPrograms.ps1"
    $folder = [System.IO.Directory]::CreateTempSubdirectory('kvmps-image-').FullName

    function Get-Refusal([scriptblock] $Action, [string] $Id) {
        $Action | Should -Throw -ErrorId "$Id,*" -PassThru
    }

    # What the guest wrote to its ports, and why it stopped.
    function Get-Outcome($Vm) {
        $exits = @(Invoke-KvmVcpu $Vm.Vcpus[0] -Timeout 60)
        "$(($exits.Where({ $_.Reason -eq 'Io' })).ForEach({ '{0:X}' -f $_.Value }) -join ' ') $($exits[-1].Reason)"
    }

    function Get-Value($Vcpu, [string] $Name) { (Get-KvmRegister $Vcpu $Name).Value }

    # The registers and the memory of a VM, as one text.
    function Get-Picture($Vm) {
        $registers = (Get-KvmRegister $Vm.Vcpus[0] -Name cs, ss, gdt, cr0, cr3, cr4, efer, rip, rsp, rsi, rflags).ForEach({ [System.Convert]::ToHexString($_.Raw) })
        $memory = $Vm.Memory.ForEach({ [System.Convert]::ToHexString([System.Security.Cryptography.SHA256]::HashData((Read-KvmMemory $Vm $_.GuestAddress $_.Size))) })
        "$registers $memory"
    }
}

AfterAll { [System.IO.Directory]::Delete($folder, $true) }

Describe 'Import-KvmImage, flat' -Skip:($noKvm -or -not $x86) {
    BeforeEach {
        $vm = New-KvmVm flat -Memory 16MB -Vcpu 2
        # mov al,0x42; push ax; pop bx; mov al,bl; out 0x80,al; hlt: the same bytes mean it in each mode.
        [System.IO.File]::WriteAllBytes("$folder/flat", [byte[]] (0xB0, 0x42, 0x50, 0x5B, 0x88, 0xD8, 0xE6, 0x80, 0xF4))
    }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'runs in <Mode> from <Address>' -ForEach @(
        @{ Mode = 'Real16'; Address = 0x7C00 }, @{ Mode = 'Real16'; Address = 0x10000 }, @{ Mode = 'Real16'; Address = 0xFFFF0 }
        @{ Mode = 'Real16'; Address = 0x2345F }, @{ Mode = 'Protected32'; Address = 0x200000 }, @{ Mode = 'Protected32'; Address = 0x1000 }
        @{ Mode = 'Long64'; Address = 0x200000 }, @{ Mode = 'Long64'; Address = 0x3000 }
    ) {
        $image = Import-KvmImage $vm "$folder/flat" -Address $Address -Mode $Mode
        $image | Should -BeOfType ([KvmPS.Native.KvmImage])
        "$($image.Vm) $($image.Vcpu) $($image.Format) $($image.Mode)" | Should -Be "$vm $($vm.Vcpus[0]) Flat $Mode"
        $image.EntryPoint | Should -Be $Address
        $image.Segments.Where({ $_.Name -eq 'Code' }).ForEach({ "$($_.GuestAddress) $($_.Size)" }) | Should -Be "$Address 9"
        $image.BootParameters | Should -BeNullOrEmpty
        Get-Outcome $vm | Should -Be '42 Hlt'
    }

    It 'begins as a boot sector does without -Mode' {
        (Import-KvmImage $vm "$folder/flat" -Address 0x7C00).Mode | Should -Be 'Real16'
        $vcpu = $vm.Vcpus[0]
        $cs = Get-Value $vcpu cs
        $cs.base, $cs.selector, $cs.limit, (Get-Value $vcpu rip) | Should -Be @(0, 0, 0xFFFF, 0x7C00)
        (Get-Value $vcpu cr0) -band 0x80000001L | Should -Be 0
        Get-Value $vcpu rflags | Should -Be 2
    }

    # boot.rst, 64-bit boot protocol: CS is 0x10, the others 0x18, and both are in the GDT.
    It 'has its segments in a GDT (<Mode>)' -Skip:$noTools -ForEach @(@{ Mode = 'Protected32'; Bits = 32 }, @{ Mode = 'Long64'; Bits = 64 }) {
        $far = $Bits -eq 64 ? 'pushq $0x10; lea 1f(%rip), %rax; push %rax; lretq' : 'ljmp $0x10, $1f'
        $null = New-GuestProgram "$folder/segments" -Bits $Bits -Flat -Assembler @"
            mov `$0x18, %eax
            mov %eax, %ds; mov %eax, %es; mov %eax, %ss; mov %eax, %fs; mov %eax, %gs
            $far
        1:  mov %cs, %eax
            out %al, `$0x80
            hlt
"@
        $null = Import-KvmImage $vm "$folder/segments" -Address 0x200000 -Mode $Mode
        Get-Outcome $vm | Should -Be '10 Hlt'
    }

    It 'maps 4 GiB to themselves in Long64' -Skip:$noTools {
        $null = Add-KvmMemory $vm 0xFFC00000 1MB
        Write-KvmMemory $vm 0xFFCFFFFF ([byte[]] 0x77)
        $null = New-GuestProgram "$folder/top" -Flat -Assembler 'mov $0xFFCFFFFF, %eax; mov (%rax), %al; out %al, $0x80; hlt'
        $null = Import-KvmImage $vm "$folder/top" -Address 0x200000 -Mode Long64
        Get-Outcome $vm | Should -Be '77 Hlt'
    }

    It 'sets the vCPU that it is given, and no other' {
        $before = Get-Value $vm.Vcpus[0] rip
        (Import-KvmImage $vm "$folder/flat" -Address 0x7C00 -Vcpu $vm.Vcpus[1]).Vcpu | Should -Be $vm.Vcpus[1]
        Get-Value $vm.Vcpus[1] rip | Should -Be 0x7C00
        Get-Value $vm.Vcpus[0] rip | Should -Be $before
    }

    It 'loads into VMs from the pipeline, also without a vCPU' {
        $images = New-KvmVm 'a', 'b' -Memory 1MB | Import-KvmImage -Path "$folder/flat" -Address 0x7C00
        $images.Count | Should -Be 2
        $images.Vcpu | Should -Be @($null, $null)
        [System.Convert]::ToHexString((Read-KvmMemory a 0x7C00 2)) | Should -Be 'B042'
    }

    It 'changes nothing with -WhatIf' {
        $before = Get-Picture $vm
        Import-KvmImage $vm "$folder/flat" -Address 0x7C00 -WhatIf | Should -BeNullOrEmpty
        Get-Picture $vm | Should -Be $before
    }

    It 'says <Id> and changes nothing: <What>' -ForEach @(
        @{ What = 'no address'; Id = 'ImageArgumentInvalid'; Category = 'InvalidArgument'; Arguments = @{} }
        @{ What = 'real mode above 1 MiB'; Id = 'ImageArgumentInvalid'; Category = 'InvalidArgument'; Arguments = @{ Address = 0x100000 } }
        @{ What = 'above 4 GiB'; Id = 'ImageArgumentInvalid'; Category = 'InvalidArgument'; Arguments = @{ Address = 0x100000000; Mode = 'Long64' } }
        @{ What = 'a command line'; Id = 'ImageArgumentInvalid'; Category = 'InvalidArgument'; Arguments = @{ Address = 0x7C00; CommandLine = 'quiet' } }
        @{ What = 'no memory there'; Id = 'MemoryNotMapped'; Category = 'ObjectNotFound'; Arguments = @{ Address = 0x1000000; Mode = 'Long64' } }
        @{ What = 'memory to its middle only'; Id = 'MemoryNotMapped'; Category = 'ObjectNotFound'; Arguments = @{ Address = 0xFFFFFC; Mode = 'Protected32' } }
    ) {
        $before = Get-Picture $vm
        $failure = Get-Refusal { Import-KvmImage $vm "$folder/flat" @Arguments -ErrorAction Stop } $Id
        $failure.CategoryInfo.Category | Should -Be $Category
        $failure.TargetObject | Should -Be $vm
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        Get-Picture $vm | Should -Be $before
    }

    It 'says ImageTooLarge where the tables find no room' {
        $small = New-KvmVm small -Memory 8KB
        $failure = Get-Refusal { Import-KvmImage $small "$folder/flat" -Address 0x1000 -Mode Long64 -ErrorAction Stop } ImageTooLarge
        "$($failure.Exception.Errno) $($failure.CategoryInfo.Category)" | Should -Be 'ENOSPC LimitsExceeded'
    }

    It 'says VcpuNotOwned, EPERM, for the vCPU of another VM' {
        $other = New-KvmVm other -Vcpu 1
        $failure = Get-Refusal { Import-KvmImage $vm "$folder/flat" -Address 0x7C00 -Vcpu $other.Vcpus[0] -ErrorAction Stop } VcpuNotOwned
        $failure.Exception.Errno | Should -Be 'EPERM'
        $failure.TargetObject | Should -Be $other.Vcpus[0]
    }

    It 'says <Id> for <What>' -ForEach @(
        @{ What = 'a file that is not there'; Path = 'missing'; Id = 'KvmFileNotUsable'; Category = 'ObjectNotFound' }
        @{ What = 'a folder'; Path = '.'; Id = 'KvmFileNotUsable'; Category = 'OpenError' }
        @{ What = 'a pipe'; Path = 'pipe'; Id = 'KvmFileNotUsable'; Category = 'OpenError' }
        @{ What = 'an empty file'; Path = 'empty'; Id = 'ImageInvalid'; Category = 'InvalidData' }
    ) {
        [System.IO.File]::WriteAllBytes("$folder/empty", @())
        if (-not [System.IO.File]::Exists("$folder/pipe")) { $null = [Mono.Unix.Native.Syscall]::mkfifo("$folder/pipe", 'S_IRUSR, S_IWUSR') }
        (Get-Refusal { Import-KvmImage $vm "$folder/$Path" -Address 0x7C00 -ErrorAction Stop } $Id).CategoryInfo.Category | Should -Be $Category
    }

    It 'says KvmVcpuRunning while the vCPU runs, and writes nothing' {
        Write-KvmMemory $vm 0x1000 ([byte[]] (0xEB, 0xFE))
        Set-KvmRegister $vm.Vcpus[0] @{ cs = @{ base = 0 }; rip = 0x1000 }
        $job = Start-KvmVcpu $vm.Vcpus[0]
        try { $null = Get-Refusal { Import-KvmImage $vm "$folder/flat" -Address 0x7C00 -ErrorAction Stop } KvmVcpuRunning }
        finally { Stop-KvmVcpu $vm.Vcpus[0]; $null = Receive-Job $job -Wait -AutoRemoveJob }
        [System.Convert]::ToHexString((Read-KvmMemory $vm 0x7C00 1)) | Should -Be '00'
    }

    It 'says KvmObjectRemoved afterwards' {
        Remove-KvmVm $vm
        $null = Get-Refusal { Import-KvmImage $vm "$folder/flat" -Address 0x7C00 -ErrorAction Stop } KvmObjectRemoved
    }
}

Describe 'Import-KvmImage, ELF' -Skip:($noKvm -or -not $x86 -or $noTools) {
    BeforeAll {
        $hello = 'push $0x42; pop %{0}ax; out %al, $0x80; mov word, %eax; out %al, $0x81; mov zero, %eax; out %al, $0x82; hlt
            .data
            word: .long 0x17
            .bss
            zero: .skip 0x5000'
        $elf64 = New-GuestProgram "$folder/elf64" ($hello -f 'r')
        $elf32 = New-GuestProgram "$folder/elf32" ($hello -f 'e') -Bits 32
    }
    BeforeEach { $vm = New-KvmVm elf -Memory 16MB -Vcpu 1 }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'runs <Bits> bits, with zeros where the file has none' -ForEach @(@{ Bits = 64; Mode = 'Long64' }, @{ Bits = 32; Mode = 'Protected32' }) {
        # What was in memory before must not show.
        Write-KvmMemory $vm 0x100000 ([byte[]]::new(2MB) -replace '^0$', '255')
        $image = Import-KvmImage $vm "$folder/elf$Bits"
        "$($image.Format) $($image.Mode)" | Should -Be "Elf $Mode"
        $image.EntryPoint | Should -Be 0x200000
        $image.Segments.Name | Should -Contain 'LOAD'
        Get-Outcome $vm | Should -Be '42 17 0 Hlt'
    }

    It 'begins at the physical address of a virtual entry point' {
        [System.IO.File]::WriteAllText("$folder/high.ld", 'ENTRY(_start) SECTIONS { . = 0xFFFFFFFF80300000; .text : AT(0x300000) { *(.text) } }')
        $null = New-GuestProgram "$folder/high" 'mov $0x42, %al; out %al, $0x80; hlt' -Link '-T', "$folder/high.ld"
        (Import-KvmImage $vm "$folder/high").EntryPoint | Should -Be 0x300000
        Get-Outcome $vm | Should -Be '42 Hlt'
    }

    It 'moves what is position-independent by -Address' {
        $null = New-GuestProgram "$folder/pie" 'lea 1f(%rip), %rax; mov (%rax), %al; out %al, $0x80; hlt; 1: .byte 0x42' -Address 0x1000 -Link '-pie', '--no-dynamic-linker'
        (Import-KvmImage $vm "$folder/pie" -Address 0x400000).EntryPoint | Should -Be 0x401000
        Get-Outcome $vm | Should -Be '42 Hlt'
    }

    It 'says ImageInvalid for an address that the file does not have' {
        $null = Get-Refusal { Import-KvmImage $vm $elf64 -Address 0x400000 -ErrorAction Stop } ImageInvalid
    }

    It 'says ImageArgumentInvalid for -Mode' {
        $null = Get-Refusal { Import-KvmImage $vm $elf64 -Mode Real16 -ErrorAction Stop } ImageArgumentInvalid
    }

    # System V ABI, chapters 4 and 5: the fields of Elf64_Ehdr, and of Elf64_Phdr in the table at 64.
    It 'says <Id> and changes nothing: <What>' -ForEach @(
        @{ What = 'class 3'; Change = @{ 4 = 3 }; Id = 'ImageInvalid' }
        @{ What = 'big-endian'; Change = @{ 5 = 2 }; Id = 'ImageInvalid' }
        @{ What = 'the class of the other width'; Change = @{ 4 = 1 }; Id = 'ImageInvalid' }
        @{ What = 'not linked'; Change = @{ 16 = 1, 0 }; Id = 'ImageInvalid' }
        @{ What = 'for arm64'; Change = @{ 18 = 183, 0 }; Id = 'ImageInvalid' }
        @{ What = 'an entry point in no segment'; Change = @{ 24 = 0, 0, 0, 0x7F, 0, 0, 0, 0 }; Id = 'ImageInvalid' }
        @{ What = 'program headers behind the end'; Change = @{ 32 = 0, 0, 0, 1, 0, 0, 0, 0 }; Id = 'ImageInvalid' }
        @{ What = 'program headers at the last offset'; Change = @{ 32 = [byte[]] (, 0xFF * 8) }; Id = 'ImageInvalid' }
        @{ What = 'program headers of 8 bytes'; Change = @{ 54 = 8, 0 }; Id = 'ImageInvalid' }
        @{ What = 'program headers of 0 bytes'; Change = @{ 54 = 0, 0 }; Id = 'ImageInvalid' }
        @{ What = 'no program header'; Change = @{ 56 = 0, 0 }; Id = 'ImageInvalid' }
        @{ What = '65535 program headers'; Change = @{ 56 = 255, 255 }; Id = 'ImageInvalid' }
        @{ What = 'a segment behind the end'; Change = @{ 72 = 0, 0, 0, 1, 0, 0, 0, 0 }; Id = 'ImageInvalid' }
        @{ What = 'a segment at the last offset'; Change = @{ 72 = [byte[]] (, 0xFF * 8) }; Id = 'ImageInvalid' }
        @{ What = 'more in the file than in memory'; Change = @{ 104 = 1, 0, 0, 0, 0, 0, 0, 0 }; Id = 'ImageInvalid' }
        @{ What = 'beyond the last address'; Change = @{ 88 = [byte[]] (, 0xFF * 8) }; Id = 'ImageInvalid' }
        @{ What = 'where there is no memory'; Change = @{ 88 = 0, 0, 0, 0x40, 0, 0, 0, 0 }; Id = 'MemoryNotMapped' }
        @{ What = 'larger than the memory'; Change = @{ 88 = 0, 0, 0x80, 0, 0, 0, 0, 0; 104 = [byte[]] (0, 0, 0, 0, 0, 1, 0, 0) }; Id = 'MemoryNotMapped' }
        @{ What = 'as large as can be written down'; Change = @{ 104 = [byte[]] (, 0xFF * 8) }; Id = 'ImageInvalid' }
        @{ What = 'two segments at one place'; Change = @{ 88 = 0, 0, 0x20, 0, 0, 0, 0, 0 }; Id = 'ImageInvalid' }
    ) {
        $path = Edit-File $elf64 "$folder/wrong" $Change
        $before = Get-Picture $vm
        $failure = Get-Refusal { Import-KvmImage $vm $path -ErrorAction Stop } $Id
        $failure.TargetObject | Should -Be $vm
        if ($Id -eq 'ImageInvalid') {
            "$($failure.Exception.Errno) $($failure.CategoryInfo.Category)" | Should -Be 'ENOEXEC InvalidData'
            $failure.Exception.Message | Should -BeLike "*$path*"
        }
        Get-Picture $vm | Should -Be $before
    }

    It 'says ImageInvalid for a file of <Length> bytes' -ForEach @(4, 15, 16, 51, 63, 64, 119, 120, 0x1000).ForEach({ @{ Length = $_ } }) {
        $path = Edit-File $elf64 "$folder/short" -Length $Length
        $null = Get-Refusal { Import-KvmImage $vm $path -Format Elf -ErrorAction Stop } ImageInvalid
    }

    It 'answers whatever the headers say with an image or a typed error' {
        $random = [System.Random]::new(20240611)
        $outcomes = @{}
        for ($round = 0; $round -lt 400; $round++) {
            $change = @{}
            for ($i = 0; $i -le $random.Next(3); $i++) { $change[$random.Next(4, 0xE8)] = [byte] ($random.Next(4) ? $random.Next(256) : 255 * $random.Next(2)) }
            $path = Edit-File ($random.Next(2) ? $elf64 : $elf32) "$folder/fuzz" $change
            $failures = $null
            $null = Import-KvmImage $vm $path -Format Elf -ErrorAction SilentlyContinue -ErrorVariable failures
            $id = $failures ? $failures[0].FullyQualifiedErrorId.Split(',')[0] : 'Image'
            $id | Should -BeIn 'Image', 'ImageInvalid', 'MemoryNotMapped', 'ImageTooLarge' -Because "$($change.Keys) = $($change.Values)"
            $outcomes[$id]++
        }
        $outcomes.Keys | Should -Contain 'Image'
        $outcomes.Keys | Should -Contain 'ImageInvalid'
    }
}

Describe 'Import-KvmImage, Linux' -Skip:($noKvm -or -not $x86 -or $noTools) {
    BeforeAll {
        # A kernel that says by which entry it was called (64 at +0x200, 32 at +0), and the type of its loader as it finds it.
        $code = [System.IO.File]::ReadAllBytes((New-GuestProgram "$folder/code" -Flat -Assembler @'
            .code32
            mov $32, %al; out %al, $0x80; mov 0x210(%esi), %al; out %al, $0x81; hlt
            .org 0x200
            .code64
            mov $64, %al; out %al, $0x80; mov 0x210(%rsi), %al; out %al, $0x81; hlt
            .balign 16
'@))
        $kernel = New-Kernel "$folder/kernel" $code
        [System.IO.File]::WriteAllBytes("$folder/initrd", [byte[]] (1..200))
        function Read-Number($Vm, [ulong] $Address, [int] $Size) {
            $bytes = Read-KvmMemory $Vm $Address $Size
            [System.Array]::Resize([ref] $bytes, 8)
            [System.BitConverter]::ToUInt64($bytes, 0)
        }
    }
    BeforeEach { $vm = New-KvmVm linux -Memory 64MB -Vcpu 1 }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'begins at the 64-bit entry point, at the address that the kernel prefers' {
        $image = Import-KvmImage $vm $kernel
        "$($image.Format) $($image.Mode)" | Should -Be 'Linux Long64'
        $image.EntryPoint | Should -Be 0x1000200
        Get-Value $vm.Vcpus[0] rsi | Should -Be $image.BootParameters
        Get-Outcome $vm | Should -Be '40 FF Hlt'
    }

    It 'begins at the 32-bit entry point of a kernel without another' {
        $image = Import-KvmImage $vm (New-Kernel "$folder/kernel32" $code @{ 0x236 = 0 })
        "$($image.Mode) $($image.EntryPoint)" | Should -Be "Protected32 $(0x1000000)"
        Get-Outcome $vm | Should -Be '20 FF Hlt'
    }

    It 'loads to 0x100000 what is not relocatable, to -Address what is' {
        (Import-KvmImage $vm (New-Kernel "$folder/fixed" $code @{ 0x234 = 0 })).EntryPoint | Should -Be 0x100200
        Get-Outcome $vm | Should -Be '40 FF Hlt'
        (Import-KvmImage $vm $kernel -Address 0x2000000).EntryPoint | Should -Be 0x2000200
        Get-Outcome $vm | Should -Be '40 FF Hlt'
    }

    # zero-page.rst and boot.rst: where struct boot_params has what.
    It 'tells it of command line, initrd and memory' {
        $null = Add-KvmMemory $vm 0x100000000 1MB
        $null = Add-KvmMemory $vm 0xFFF00000 1MB -ReadOnly
        $image = Import-KvmImage $vm $kernel -CommandLine 'console=ttyS0 häuser' -Initrd "$folder/initrd"
        $zero = $image.BootParameters
        Read-KvmMemory $vm (Read-Number $vm ($zero + 0x228) 4) 100 -AsText | Should -Be 'console=ttyS0 häuser'
        $initrd = Read-Number $vm ($zero + 0x218) 4
        Read-Number $vm ($zero + 0x21C) 4 | Should -Be 200
        [System.Convert]::ToHexString((Read-KvmMemory $vm $initrd 200)) | Should -Be ([System.Convert]::ToHexString([byte[]] (1..200)))
        # As high as there is memory, at a page.
        $initrd | Should -Be (64MB - 4KB)
        # The header as it is in the file: setup_sects, boot_flag, jump and HdrS.
        [System.Convert]::ToHexString((Read-KvmMemory $vm ($zero + 0x1F1) 1)) | Should -Be '02'
        [System.Convert]::ToHexString((Read-KvmMemory $vm ($zero + 0x1FE) 8)) | Should -Be '55AAEB6A48647253'
        Read-Number $vm ($zero + 0x1E8) 1 | Should -Be 4
        $entries = for ($at = $zero + 0x2D0; $at -lt $zero + 0x2D0 + 4 * 20; $at += 20) {
            '{0:X}+{1:X}:{2}' -f (Read-Number $vm $at 8), (Read-Number $vm ($at + 8) 8), (Read-Number $vm ($at + 16) 4)
        }
        $entries | Should -Be '0+A0000:1', '100000+3F00000:1', 'FFF00000+100000:2', '100000000+100000:1'
        $image.CommandLine | Should -Be 'console=ttyS0 häuser'
        $image.InitrdPath | Should -Be "$folder/initrd"
        $image.Segments.Name.Where({ $_ -eq 'Initrd' }).Count | Should -Be 1
    }

    It 'keeps the initrd below initrd_addr_max and out of the memory in which the kernel works' {
        $null = Import-KvmImage $vm (New-Kernel "$folder/low" $code @{ 0x22C = 0xFF, 0xFF, 0x3F, 0x01 }) -Initrd "$folder/initrd" -OutVariable image
        # Below 0x1400000, which is the end of 0x1000000 and init_size.
        $image[0].Segments.Where({ $_.Name -eq 'Initrd' }).GuestAddress | Should -Be (0x1000000 - 0x1000)
    }

    It 'lets nothing overlap' {
        $image = Import-KvmImage $vm $kernel -CommandLine x -Initrd "$folder/initrd"
        $image.Segments.Count | Should -Be 6
        $end = 0
        foreach ($segment in $image.Segments) {
            $segment.GuestAddress | Should -BeGreaterOrEqual $end
            $end = $segment.GuestAddress + $segment.Size
        }
    }

    It 'takes a vmlinux' {
        $null = New-GuestProgram "$folder/vmlinux" 'mov 0x210(%rsi), %al; out %al, $0x80; mov 0x202(%rsi), %al; out %al, $0x81; hlt'
        (Import-KvmImage $vm "$folder/vmlinux" -CommandLine quiet).Format | Should -Be 'Linux'
        Get-Outcome $vm | Should -Be 'FF 48 Hlt'
        (Import-KvmImage $vm "$folder/vmlinux").Format | Should -Be 'Elf'
        (Import-KvmImage $vm "$folder/vmlinux" -Format Linux).BootParameters | Should -BeGreaterThan 0
    }

    It 'takes a command line of cmdline_size bytes, and no more' {
        $small = New-Kernel "$folder/small" $code @{ 0x238 = 10, 0, 0, 0 }
        (Import-KvmImage $vm $small -CommandLine '0123456789').CommandLine | Should -Be '0123456789'
        $failure = Get-Refusal { Import-KvmImage $vm $small -CommandLine '0123456789x' -ErrorAction Stop } CommandLineTooLong
        "$($failure.Exception.Errno) $($failure.CategoryInfo.Category)" | Should -Be 'E2BIG LimitsExceeded'
        # ü has two bytes.
        $null = Get-Refusal { Import-KvmImage $vm $small -CommandLine '012345678ü' -ErrorAction Stop } CommandLineTooLong
        $null = Get-Refusal { Import-KvmImage $vm $small -CommandLine "a`0b" -ErrorAction Stop } ImageArgumentInvalid
    }

    It 'says ImageTooLarge for an initrd that is larger than the memory' {
        $file = [System.IO.File]::Create("$folder/huge")
        $file.SetLength(1TB)
        $file.Dispose()
        $before = Get-Picture $vm
        $failure = Get-Refusal { Import-KvmImage $vm $kernel -Initrd "$folder/huge" -ErrorAction Stop } ImageTooLarge
        $failure.Exception.Message | Should -BeLike '*Initrd*'
        Get-Picture $vm | Should -Be $before
        [System.IO.File]::Delete("$folder/huge")
    }

    It 'says <Id> and changes nothing: <What>' -ForEach @(
        @{ What = 'no boot flag'; Change = @{ 0x1FE = 0 }; Id = 'ImageInvalid' }
        @{ What = 'no HdrS'; Change = @{ 0x202 = 0 }; Id = 'ImageInvalid' }
        @{ What = 'protocol 2.05'; Change = @{ 0x206 = 5, 2 }; Id = 'ImageInvalid' }
        @{ What = 'a zImage'; Change = @{ 0x211 = 0 }; Id = 'ImageInvalid' }
        @{ What = 'more setup than file'; Change = @{ 0x1F1 = 255 }; Id = 'ImageInvalid' }
        @{ What = 'less kernel than it says'; Change = @{ 0x1F4 = 0, 0, 1, 0 }; Id = 'ImageInvalid' }
        @{ What = 'an alignment of 3'; Change = @{ 0x230 = 3, 0, 0, 0 }; Id = 'ImageInvalid' }
        @{ What = 'an alignment of 0'; Change = @{ 0x230 = 0, 0, 0, 0 }; Id = 'ImageInvalid' }
        @{ What = 'a preferred address in low memory'; Change = @{ 0x258 = 0, 0, 0, 0, 0, 0, 0, 0 }; Id = 'ImageInvalid' }
        @{ What = 'the last address'; Change = @{ 0x258 = 0, 0, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF }; Id = 'ImageInvalid' }
        @{ What = 'work beyond 4 GiB'; Change = @{ 0x260 = 0xFF, 0xFF, 0xFF, 0xFF }; Id = 'ImageInvalid' }
        @{ What = 'a preferred address without memory'; Change = @{ 0x258 = 0, 0, 0, 0x10, 0, 0, 0, 0 }; Id = 'MemoryNotMapped' }
        @{ What = 'more work than memory'; Change = @{ 0x260 = 0, 0, 0, 0x10 }; Id = 'MemoryNotMapped' }
    ) {
        $path = New-Kernel "$folder/wrong" $code $Change
        $before = Get-Picture $vm
        $null = Get-Refusal { Import-KvmImage $vm $path -Format Linux -CommandLine quiet -ErrorAction Stop } $Id
        Get-Picture $vm | Should -Be $before
    }

    It 'says ImageInvalid for -Address <Address>' -ForEach @(@{ Address = 0x2000001 }, @{ Address = 0x1000 }, @{ Address = 0xFFFFFFFFFFE00000 }) {
        $null = Get-Refusal { Import-KvmImage $vm $kernel -Address $Address -ErrorAction Stop } ImageInvalid
    }

    It 'says ImageInvalid for a file of <Length> bytes' -ForEach @(0x1FF, 0x205, 0x268, 0x5FF, 0x600).ForEach({ @{ Length = $_ } }) {
        $path = Edit-File $kernel "$folder/short" -Length $Length
        $null = Get-Refusal { Import-KvmImage $vm $path -Format Linux -ErrorAction Stop } ImageInvalid
    }

    It 'answers whatever the header says with an image or a typed error' {
        $random = [System.Random]::new(20240612)
        for ($round = 0; $round -lt 300; $round++) {
            $change = @{}
            for ($i = 0; $i -le $random.Next(3); $i++) { $change[$random.Next(0x1F1, 0x270)] = [byte] ($random.Next(3) ? $random.Next(256) : 255) }
            $path = New-Kernel "$folder/fuzz" $code $change
            $failures = $null
            $null = Import-KvmImage $vm $path -Format Linux -CommandLine x -Initrd "$folder/initrd" -ErrorAction SilentlyContinue -ErrorVariable failures
            $id = $failures ? $failures[0].FullyQualifiedErrorId.Split(',')[0] : 'Image'
            $id | Should -BeIn 'Image', 'ImageInvalid', 'MemoryNotMapped', 'ImageTooLarge', 'CommandLineTooLong' -Because "$($change.Keys) = $($change.Values)"
        }
    }
}
