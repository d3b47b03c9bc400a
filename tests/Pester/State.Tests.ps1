BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet)
    $x86 = [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -eq 'X64'
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    . "$PSScriptRoot/RealModeGuest.ps1"
    $root = [System.IO.Path]::GetFullPath("$PSScriptRoot/../..")
    $parent = [System.IO.Directory]::CreateTempSubdirectory('kvmps-state-').FullName
    function Get-Failure([scriptblock] $Action) { try { $null = & $Action } catch { $_ } }
}

AfterAll { [System.IO.Directory]::Delete($parent, $true) }

# state_test: what is saved in one VM goes on in another.
Describe 'Save-KvmVm and Restore-KvmVm' -Skip:($noKvm -or -not $x86) {
    BeforeEach {
        # mov al,'a'; l: out 0x80,al; inc al; inc byte [0x500]; jmp l
        $vm = New-RealModeGuest saved ([byte[]](0xB0, 0x61, 0xE6, 0x80, 0xFE, 0xC0, 0xFE, 0x06, 0, 5, 0xEB, 0xF6))
        $vcpu = $vm.Vcpus[0]
        $folder = "$parent/$([guid]::NewGuid())"
    }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'goes on where it stopped, more than once, and leaves the original as it was' -Tag Conformance, state_test {
        (Invoke-KvmVcpu $vcpu -MaxExit 3).Value | Should -Be @(0x61, 0x62, 0x63)
        $saved = Save-KvmVm $vm $folder
        $saved | Should -BeOfType ([System.IO.DirectoryInfo])
        foreach ($one in (Restore-KvmVm $folder -Name first), ($saved | Restore-KvmVm), $vm) {
            (Invoke-KvmVcpu $one.Vcpus[0] -MaxExit 2).Value | Should -Be @(0x64, 0x65)
            Read-KvmMemory $one 0x500 1 | Should -Be 4
        }
        (Get-KvmVm).Name | Should -Be @('saved', 'first', 'saved')
    }

    It 'goes on in another process' {
        $null = Invoke-KvmVcpu $vcpu -MaxExit 1
        $null = Save-KvmVm $vm $folder
        $told = & "$root/kvmps" -NoProfile -Command "(Invoke-KvmVcpu (Restore-KvmVm '$folder').Vcpus[0] -MaxExit 2).Value -join ','"
        $told | Should -Be '98,99'
    }

    It 'keeps every register, MSR and CPUID entry' -Tag Conformance, state_test {
        Set-KvmCpuid $vcpu -FromHost
        Set-KvmRegister $vcpu @{ xmm3 = [byte[]] (1..16); dr0 = 0x1000; rdi = 0x123456789ABCDEF0; gdt = @{ base = 0x5000; limit = 23 } }
        Set-KvmMsr $vcpu @{ IA32_SYSENTER_EIP = 0xFFFFFFFF81000000 }
        $null = Save-KvmVm $vm $folder
        $copy = (Restore-KvmVm $folder).Vcpus[0]
        function Get-All($Of) { (Get-KvmRegister $Of *).ForEach({ "$($_.Name)=$([System.Convert]::ToHexString($_.Raw))" }) -join ' ' }
        Get-All $copy | Should -Be (Get-All $vcpu)
        (Get-KvmMsr $copy IA32_SYSENTER_EIP).Value | Should -Be (Get-KvmMsr $vcpu IA32_SYSENTER_EIP).Value
        "$(Get-KvmCpuid $copy)" | Should -Be "$(Get-KvmCpuid $vcpu)"
        (Get-KvmCpuid $copy 1).Eax | Should -Be (Get-KvmCpuid $vcpu 1).Eax
    }

    It 'keeps interrupt controllers, timer and routes' {
        $board = New-KvmVm board -Memory 64KB
        $null = New-KvmIrqChip $board
        $null = New-KvmPit $board
        $null = New-KvmVcpu $board
        Set-KvmIrqLine $board 4 -Level 1 | Should -Not -Be 'nothing'
        $null = Save-KvmVm $board $folder
        $copy = Restore-KvmVm $folder -Name copy
        "$($copy.IrqChip)" | Should -Be 'Full'
        (Get-KvmIrqChip $copy).Ioapic.Pins.Count | Should -Be (Get-KvmIrqChip $board).Ioapic.Pins.Count
        "$((Get-KvmIrqChip $copy).PicMaster.Irr)" | Should -Be "$((Get-KvmIrqChip $board).PicMaster.Irr)"
        (Get-KvmPit $copy).Channels.Count | Should -Be 3
    }

    It 'completes a read that the guest waits for' -Tag Conformance, state_test {
        # in al,0x60; out 0x80,al
        $asking = New-RealModeGuest asking ([byte[]](0xE4, 0x60, 0xE6, 0x80, 0xF4))
        (Invoke-KvmVcpu $asking.Vcpus[0] -MaxExit 1).Value = 0x2A
        $null = Save-KvmVm $asking $folder
        (Invoke-KvmVcpu (Restore-KvmVm $folder).Vcpus[0] -MaxExit 1).Value | Should -Be 0x2A
    }

    It 'is its owner''s alone, and zeros take no room' {
        $null = Add-KvmMemory $vm 16MB 1GB
        $null = Save-KvmVm $vm $folder
        "$([System.IO.File]::GetUnixFileMode($folder))" | Should -Be 'UserExecute, UserWrite, UserRead'
        foreach ($file in [System.IO.Directory]::GetFiles($folder)) { "$([System.IO.File]::GetUnixFileMode($file))" | Should -Be 'UserWrite, UserRead' }
        [int] ((& du -sk $folder) -split '\s')[0] | Should -BeLessThan 4096
    }

    It 'saves nothing with -WhatIf, and restores nothing' {
        Save-KvmVm $vm $folder -WhatIf | Should -BeNullOrEmpty
        [System.IO.Directory]::Exists($folder) | Should -BeFalse
        Restore-KvmVm $folder -WhatIf | Should -BeNullOrEmpty
    }

    It 'says which folder it needs, for <What>' -ForEach @(
        @{ What = 'saving to a folder that is not empty'; Path = 'full'; Use = { Save-KvmVm $vm $args[0] -ErrorAction Stop }; Needed = '*a folder of your own that is empty*' }
        @{ What = 'saving to a file'; Path = 'full/mine'; Use = { Save-KvmVm $vm $args[0] -ErrorAction Stop }; Needed = '*a folder of your own that is empty*' }
        @{ What = 'saving where no folder can be made'; Path = '/proc/x'; Use = { Save-KvmVm $vm $args[0] -ErrorAction Stop }; Needed = '*a folder of your own that is empty*' }
        @{ What = 'restoring what is not there'; Path = 'absent'; Use = { Restore-KvmVm $args[0] -ErrorAction Stop }; Needed = '*a folder that Save-KvmVm wrote*' }
        @{ What = 'restoring a file'; Path = 'full/mine'; Use = { Restore-KvmVm $args[0] -ErrorAction Stop }; Needed = '*a folder that Save-KvmVm wrote*' }
    ) {
        $null = [System.IO.Directory]::CreateDirectory("$folder/full")
        [System.IO.File]::WriteAllText("$folder/full/mine", 'x')
        $given = [System.IO.Path]::Combine($folder, $Path)
        $failure = Get-Failure { & $Use $given }
        $failure.FullyQualifiedErrorId | Should -BeLike 'KvmFileNotUsable,*'
        $failure.ErrorDetails.RecommendedAction | Should -BeLike "$given has to be $Needed"
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeLike '*has to be a file*'
        [System.IO.Directory]::GetFileSystemEntries("$folder/full").Count | Should -Be 1
    }

    It 'emits the folder as Get-Item does, wherever one is' {
        $where = $ExecutionContext.SessionState.Path
        $before = $where.CurrentLocation.Path
        $null = $where.SetLocation('env:')
        try { $saved = Save-KvmVm $vm "FileSystem::$folder" } finally { $null = $where.SetLocation($before) }
        $saved.PSPath | Should -BeLike "*FileSystem::$folder"
        $saved.UnixStat.GetModeString() | Should -Be 'drwx------'
        $saved.UnixStat.GetUserName() | Should -Be ([Environment]::UserName)
    }

    It 'says KvmFileNotUsable for a folder that is not empty, or not there' {
        $null = [System.IO.Directory]::CreateDirectory($folder)
        [System.IO.File]::WriteAllText("$folder/mine", 'x')
        { Save-KvmVm $vm $folder -ErrorAction Stop } | Should -Throw -ErrorId 'KvmFileNotUsable,*'
        [System.IO.Directory]::GetFileSystemEntries($folder).Count | Should -Be 1
        { Restore-KvmVm "$folder/absent" -ErrorAction Stop } | Should -Throw -ErrorId 'KvmFileNotUsable,*'
    }

    It 'says SavedVmInvalid for <What>, and makes no VM' -ForEach @(
        @{ What = 'another text'; From = '^[\s\S]*$'; To = 'no json' }
        @{ What = 'a newer version'; From = '"Version": 1'; To = '"Version": 2' }
        @{ What = 'another architecture'; From = '"Architecture": "X64"'; To = '"Architecture": "Arm64"' }
        @{ What = 'a structure of another length'; From = '"Special": "'; To = '"Special": "AAAA' }
        @{ What = 'a slot of another length'; From = '"Size": 4096'; To = '"Size": 8192' }
    ) {
        $null = Save-KvmVm $vm $folder
        $count = (Get-KvmVm).Count
        $text = [System.IO.File]::ReadAllText("$folder/state.json")
        [System.IO.File]::WriteAllText("$folder/state.json", [regex]::Replace($text, $From, $To))
        $failure = Get-Failure { Restore-KvmVm $folder -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike 'SavedVmInvalid,*'
        $failure.CategoryInfo.Category | Should -Be 'InvalidData'
        (Get-KvmVm).Count | Should -Be $count
    }

    It 'says KvmVcpuRunning for a VM that runs' {
        Write-KvmMemory $vm 0xFFFFF000 $spin
        $job = Start-KvmVcpu $vcpu
        { Save-KvmVm $vm $folder -ErrorAction Stop } | Should -Throw -ErrorId 'KvmVcpuRunning,*'
        Stop-KvmVcpu $vcpu
        $null = Wait-Job $job
        Remove-Job $job
    }

    It 'says KvmObjectRemoved for a VM that was removed' {
        Remove-KvmVm $vm
        { Save-KvmVm $vm $folder -ErrorAction Stop } | Should -Throw -ErrorId 'KvmObjectRemoved,*'
    }
}
