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
    $folder = [System.IO.Directory]::CreateTempSubdirectory('kvmps-console-').FullName

    # Macros for guests: the ports are those of a PC's COM1 (PC16550D, table II: register, value).
    $macros = @'
    .macro put register, value
        mov $(0x3F8 + \register), %dx
        mov $\value, %al
        out %al, %dx
    .endm
    .macro get register
        mov $(0x3F8 + \register), %dx
        in %dx, %al
    .endm
    # Tells what is in al.
    .macro tell
        out %al, $0x80
    .endm
'@

    # A 16-bit guest of assembler, which begins at 0x7C00 as a boot sector does.
    function New-Guest([string] $Assembler, [switch] $IrqChip, [uint] $Vcpu = 1) {
        $path = New-GuestProgram "$folder/$([guid]::NewGuid())" "$macros`n$Assembler" -Bits 16 -Address 0x7C00 -Flat
        $vm = New-KvmVm console -Memory 512KB
        if ($IrqChip) { $null = New-KvmIrqChip $vm }
        $null = New-KvmVcpu $vm -Id (0..($Vcpu - 1))
        foreach ($one in $vm.Vcpus) { $null = Import-KvmImage $vm $path -Address 0x7C00 -Vcpu $one }
        $vm
    }

    # A guest that writes the bytes of this text, and halts.
    function New-Writer([string] $Text) {
        $bytes = [System.Text.Encoding]::UTF8.GetBytes($Text)
        New-Guest "mov `$text, %si; mov `$$($bytes.Length), %cx; mov `$0x3F8, %dx; cld; rep outsb; hlt`ntext: .byte $($bytes -join ', ')"
    }

    # What the guest told of the registers that it read, in hexadecimal.
    function Get-Told($Vm) {
        (Invoke-KvmConsole $Vm.Vcpus[0] -Timeout 60).Where({ $_ -is [KvmPS.Native.KvmIoExit] -and $_.Port -eq 0x80 }).ForEach({ '{0:X2}' -f $_.Value }) -join ' '
    }
}

AfterAll { [System.IO.Directory]::Delete($folder, $true) }

Describe 'Invoke-KvmConsole' -Skip:($noKvm -or -not $x86 -or $noTools) {
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'emits lines, then the exit that ended the run' {
        $vm = New-Writer "one`r`ntwo`n`nlast"
        $output = @(Invoke-KvmConsole $vm.Vcpus[0])
        # The last line has no end and comes when nothing can follow it any more.
        $output[0, 1, 2] | Should -Be @('one', 'two', '')
        $output[3].Reason | Should -Be 'Hlt'
        $output[4] | Should -Be 'last'
        $output.Count | Should -Be 5
    }

    It 'takes vCPUs from the pipeline' {
        (New-Writer "one`n" | Get-KvmVcpu | Invoke-KvmConsole)[0] | Should -Be 'one'
    }

    It 'runs nothing with -WhatIf' {
        $vm = New-Writer "one`n"
        Invoke-KvmConsole $vm.Vcpus[0] -WhatIf | Should -BeNullOrEmpty
        (Get-KvmRegister $vm.Vcpus[0] rip).Value | Should -Be 0x7C00
    }

    It 'shows what could tell a terminal something as pictures' {
        $vm = New-Writer "a`e[2Jb`tc`u{7F}d`u{9B}e`u{202E}f`bg$([char] 0)h ä€`n"
        (Invoke-KvmConsole $vm.Vcpus[0])[0] | Should -BeExactly "a`u{241B}[2Jb`tc`u{2421}d`u{FFFD}e`u{FFFD}f`u{2408}g`u{2400}h ä€"
    }

    It 'leaves it alone with -Raw' {
        $vm = New-Writer "a`e[2Jb`u{202E}`r`n"
        (Invoke-KvmConsole $vm.Vcpus[0] -Raw)[0] | Should -BeExactly "a`e[2Jb`u{202E}"
    }

    It 'shows bytes that are no UTF-8 as such' {
        $vm = New-Guest 'put 0, 0xC3; put 0, 0x28; put 0, 0xFF; put 0, 0x0A; hlt'
        (Invoke-KvmConsole $vm.Vcpus[0])[0] | Should -BeExactly "`u{FFFD}(`u{FFFD}"
    }

    It 'ends at a line that matches, and the next call goes on behind it' {
        $vm = New-Writer "one`ntwo`nthree`n"
        Invoke-KvmConsole $vm.Vcpus[0] -Until 'W' | Should -Be @('one', 'two')
        (Invoke-KvmConsole $vm.Vcpus[0])[0] | Should -Be 'three'
    }

    It 'ends at a prompt, which has no end of line' {
        $vm = New-Guest 'put 0, 0x6C; put 0, 0x6F; put 0, 0x67; put 0, 0x3A; 1: jmp 1b'
        Invoke-KvmConsole $vm.Vcpus[0] -Until 'log:$' -Timeout 60 | Should -Be 'log:'
        "$($vm.Vcpus[0].State)" | Should -Be 'Open'
    }

    It 'ends with -Timeout, and an Intr exit' {
        $vm = New-Guest 'put 0, 0x6C; 1: jmp 1b'
        $output = @(Invoke-KvmConsole $vm.Vcpus[0] -Timeout 0.5)
        $output.Count | Should -Be 2
        "$($output[0].Reason) $($output[1])" | Should -Be 'Intr l'
    }

    It 'ends when the pipeline wants no more' {
        $vm = New-Guest '1: put 0, 0x79; put 0, 0x0A; jmp 1b'
        $count = 0
        # break leaves the loop, and stops the pipeline in it.
        foreach ($round in 1) { Invoke-KvmConsole $vm.Vcpus[0] | ForEach-Object { if (++$count -eq 5) { break } } }
        $count | Should -Be 5
        "$($vm.Vcpus[0].State)" | Should -Be 'Open'
        (Get-KvmRegister $vm.Vcpus[0] rip).Value | Should -BeGreaterThan 0
    }

    It 'hands out a line without an end in parts' {
        $vm = New-Guest 'mov $0x3F8, %dx; mov $0x61, %al; mov $0x7530, %cx; 1: out %al, %dx; loop 1b; mov $0x7530, %cx; 1: out %al, %dx; loop 1b; mov $0x7530, %cx; 1: out %al, %dx; loop 1b; hlt'
        $output = @(Invoke-KvmConsole $vm.Vcpus[0]).Where({ $_ -is [string] })
        $output.ForEach({ $_.Length }) | Should -Be @(65536, 24464)
    }

    It 'passes exits that are not the UART''s, whose values reach the guest' {
        $vm = New-Guest 'in $0x60, %al; mov $0x3F8, %dx; out %al, %dx; put 0, 0x0A; hlt'
        $lines = Invoke-KvmConsole $vm.Vcpus[0] | ForEach-Object { if ($_.Direction -eq 'In') { $_.Value = 0x58 } else { $_ } }
        $lines[0] | Should -Be 'X'
    }

    It 'has the text before the exit that came after it' {
        $vm = New-Guest 'put 0, 0x61; put 0, 0x0A; out %al, $0x80; put 0, 0x62; put 0, 0x0A; hlt'
        $output = @(Invoke-KvmConsole $vm.Vcpus[0])
        $output.ForEach({ $_ -is [string] ? $_ : "$($_.Reason)" }) | Should -Be @('a', 'Io', 'b', 'Hlt')
    }

    It 'runs several vCPUs at once' {
        # The first that comes waits for the other.
        $vm = New-Guest 'lock incb 0x500; 1: cmpb $2, 0x500; jne 1b; put 0, 0x61; hlt' -Vcpu 2
        $output = @(Invoke-KvmConsole $vm.Vcpus -Timeout 60)
        $output.Where({ $_ -is [string] }) | Should -Be 'aa'
        "$($output.Where({ $_.Reason }).Reason)" | Should -Be 'Hlt Hlt'
    }

    It 'ends all of them when one cannot go on' {
        # It jumps to where there is no memory.
        $vm = New-Guest 'lock incb 0x500; cmpb $2, 0x500; je 2f; 1: jmp 1b; 2: ljmp $0x9000, $0' -Vcpu 2
        $output = @(Invoke-KvmConsole $vm.Vcpus -Timeout 120)
        $output.Count | Should -Be 1
        "$($output.Reason)" | Should -Be 'InternalError'
    }

    It 'has its UART elsewhere with -Port' {
        $vm = New-Guest 'mov $0x2F8, %dx; mov $0x61, %al; out %al, %dx; put 0, 0x62; hlt'
        $output = @(Invoke-KvmConsole $vm.Vcpus[0] -Port 0x2F8)
        $output[0].Port | Should -Be 0x3F8
        $output[-1] | Should -Be 'a'
    }

    It 'says PatternInvalid for <Pattern>' -ForEach @(@{ Pattern = '(' }, @{ Pattern = '(?=a)b' }, @{ Pattern = '(a)\1' }) {
        $vm = New-Writer "one`n"
        $failure = { Invoke-KvmConsole $vm.Vcpus[0] -Until $Pattern } | Should -Throw -ErrorId 'PatternInvalid,*' -PassThru
        "$($failure.CategoryInfo.Category)" | Should -Be 'InvalidArgument'
        $failure.TargetObject | Should -Be $Pattern
    }

    It 'says KvmVcpuRunning where one of them runs, and runs none' {
        $vm = New-Guest 'lock incb 0x500; 1: jmp 1b' -Vcpu 2
        $job = Start-KvmVcpu $vm.Vcpus[1]
        try {
            { Invoke-KvmConsole $vm.Vcpus -ErrorAction Stop } | Should -Throw -ErrorId 'KvmVcpuRunning,*'
            "$($vm.Vcpus.State)" | Should -Be 'Open Running'
        }
        finally { Stop-KvmVcpu $vm.Vcpus[1]; $null = Receive-Job $job -Wait -AutoRemoveJob }
    }

    It 'says KvmObjectRemoved afterwards' {
        $vm = New-Writer "one`n"
        $vcpu = $vm.Vcpus[0]
        Remove-KvmVm $vm
        { Invoke-KvmConsole $vcpu -ErrorAction Stop } | Should -Throw -ErrorId 'KvmObjectRemoved,*'
        { Send-KvmConsole $vm x -ErrorAction Stop } | Should -Throw -ErrorId 'KvmObjectRemoved,*'
    }
}

Describe 'Send-KvmConsole' -Skip:($noKvm -or -not $x86 -or $noTools) {
    BeforeEach {
        # An echo: waits for LSR's DR, until a carriage return comes.
        $vm = New-Guest '1: get 5; test $1, %al; jz 1b; get 0; mov $0x3F8, %dx; out %al, %dx; cmp $0x0D, %al; jne 1b; put 0, 0x0A; hlt'
    }
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It 'gives the guest a line' {
        Send-KvmConsole $vm 'hä?'
        (Invoke-KvmConsole $vm.Vcpus[0] -Timeout 60)[0] | Should -Be 'hä?'
    }

    It 'takes VMs from the pipeline, and -NoNewline' {
        $vm | Send-KvmConsole -Text 'a' -NoNewline
        Send-KvmConsole console 'b'
        (Invoke-KvmConsole $vm.Vcpus[0] -Timeout 60)[0] | Should -Be 'ab'
    }

    It 'reaches a guest that runs' {
        $asker = New-Guest 'put 0, 0x3F; put 0, 0x0A; 1: get 5; test $1, %al; jz 1b; get 0; mov $0x3F8, %dx; out %al, %dx; hlt'
        $output = Invoke-KvmConsole $asker.Vcpus[0] -Timeout 60 | ForEach-Object { if ($_ -eq '?') { Send-KvmConsole $asker '!' }; $_ }
        $output[-1] | Should -Be '!'
    }

    It 'sends nothing with -WhatIf' {
        Send-KvmConsole $vm 'a' -WhatIf
        Send-KvmConsole $vm 'b'
        (Invoke-KvmConsole $vm.Vcpus[0] -Timeout 60)[0] | Should -Be 'b'
    }

    It 'says KvmVmNotFound' {
        { Send-KvmConsole nobody x -ErrorAction Stop } | Should -Throw -ErrorId 'KvmVmNotFound,*'
    }
}

# PC16550D, 8.0: what the registers read as.
Describe 'The UART' -Skip:($noKvm -or -not $x86 -or $noTools) {
    AfterEach { Get-KvmVm | Remove-KvmVm -Force }

    It '<What>' -ForEach @(
        @{ What = 'begins as after a reset: IER, IIR, LCR, MCR, LSR, MSR'; Program = 'get 1; tell; get 2; tell; get 3; tell; get 4; tell; get 5; tell; get 6; tell'; Told = '00 01 00 00 60 B0' }
        @{ What = 'keeps IER''s four bits, MCR''s five, LCR and SCR'; Program = 'put 1, 0xFF; put 4, 0xEF; put 3, 0x7F; put 7, 0x5A; get 1; tell; get 4; tell; get 3; tell; get 7; tell'; Told = '0F 0F 7F 5A' }
        @{ What = 'has its divisor behind DLAB'; Program = 'put 1, 5; put 3, 0x83; put 0, 0x34; put 1, 0x12; get 0; tell; get 1; tell; put 3, 3; get 1; tell'; Told = '34 12 05' }
        @{ What = 'says in IIR that its FIFOs are on'; Program = 'put 2, 1; get 2; tell; put 2, 0; get 2; tell'; Told = 'C1 01' }
        @{ What = 'has an empty transmitter: an interrupt when IER is set, gone when IIR was read'; Program = 'put 1, 2; get 2; tell; get 2; tell; put 1, 0; put 1, 2; get 2; tell'; Told = '02 01 02' }
        @{ What = 'has the same interrupt after each byte'; Program = 'put 1, 2; get 2; put 0, 0x61; get 2; tell; get 2; tell'; Told = '02 01' }
        @{ What = 'loops its modem lines back'; Program = 'put 4, 0x11; get 6; tell; put 4, 0x12; get 6; tell; put 4, 0x14; get 6; tell; put 4, 0x18; get 6; tell; get 6; tell'; Told = '29 13 41 8C 80' }
        @{ What = 'loops its bytes back'; Program = 'put 4, 0x10; put 0, 0x5A; get 5; tell; get 0; tell; get 5; tell'; Told = '61 5A 60' }
        @{ What = 'is overrun without a FIFO, which LSR tells once'; Program = 'put 4, 0x10; put 0, 1; put 0, 2; get 5; tell; get 5; tell; get 0; tell'; Told = '63 61 01' }
        @{ What = 'keeps 16 bytes in its FIFO'; Program = 'put 2, 1; put 4, 0x10; mov $17, %cx; 1: put 0, 7; loop 1b; mov $0, %bl; 2: get 5; test $1, %al; jz 3f; get 0; inc %bl; jmp 2b; 3: mov %bl, %al; tell'; Told = '10' }
        @{ What = 'forgets them with FCR'; Program = 'put 2, 1; put 4, 0x10; put 0, 7; put 2, 3; get 5; tell'; Told = '60' }
        @{ What = 'says what came by its priority: data, transmitter, modem'; Program = 'put 4, 0x10; put 0, 7; put 4, 0x18; put 1, 0x0B; get 2; tell; get 0; get 2; tell; get 2; tell; get 6; get 2; tell'; Told = '04 02 00 01' }
        @{ What = 'says that less came than its trigger level'; Program = 'put 2, 0x41; put 4, 0x10; put 1, 1; put 0, 7; get 2; tell; put 0, 7; put 0, 7; put 0, 7; get 2; tell'; Told = 'CC C4' }
        @{ What = 'takes several bytes at once, a register each'; Program = 'mov $0x3FE, %dx; mov $0x5AFF, %ax; out %ax, %dx; in %dx, %ax; tell; mov %ah, %al; tell'; Told = 'B0 5A' }
        @{ What = 'reads as nothing behind its end'; Program = 'mov $0x3FF, %dx; mov $0xFF5A, %ax; out %ax, %dx; in %dx, %ax; tell; mov %ah, %al; tell'; Told = '5A FF' }
        @{ What = 'leaves the ports around it alone'; Program = 'mov $0x3F7, %dx; out %al, %dx; mov $0x400, %dx; out %al, %dx; mov $1, %al; tell'; Told = '01' }
    ) {
        Get-Told (New-Guest "$Program; hlt") | Should -Be $Told
    }

    It 'interrupts by IRQ <Irq> for each byte that is sent, and for what comes' -ForEach @(@{ Irq = 4 }, @{ Irq = 3 }) {
        # PICs with vectors from 0x20; the handler tells IIR, answers it, and ends the interrupt (Intel 8259A).
        $vm = New-Guest -IrqChip -Assembler @"
            xor %ax, %ax; mov %ax, %ds; mov %ax, %ss; mov `$0x7000, %sp
            movw `$handler, 0x20 * 4 + $Irq * 4; movw %ax, 0x20 * 4 + $Irq * 4 + 2
            mov `$0x11, %al; out %al, `$0x20; mov `$0x20, %al; out %al, `$0x21; mov `$4, %al; out %al, `$0x21; mov `$1, %al; out %al, `$0x21; mov `$0, %al; out %al, `$0x21
            put 4, 8
            put 1, 3
            sti
        1:  hlt
            jmp 1b
        handler:
            get 2
            tell
            cmp `$2, %al
            jne 2f
            cmpb `$2, count
            je 3f
            incb count
            put 0, 0x61
            jmp 3f
        2:  get 0
            tell
        3:  mov `$0x20, %al; out %al, `$0x20
            iret
        count: .byte 0
"@
        $told = [System.Collections.Generic.List[string]]::new()
        Invoke-KvmConsole $vm.Vcpus[0] -Irq $Irq -Timeout 60 | ForEach-Object {
            if ($_.Port -eq 0x80) { $told.Add('{0:X}' -f $_.Value) }
            # The transmitter empty at first and after two bytes; then it is our turn.
            if ($told.Count -eq 3) { Send-KvmConsole $vm '!' -NoNewline }
            if ($told.Count -ge 5) { Stop-KvmVcpu $vm.Vcpus[0] }
        }
        "$told" | Should -Be '2 2 2 4 21'
    }

    It 'does not interrupt without OUT2' {
        $vm = New-Guest -IrqChip -Assembler 'put 1, 2; get 2; tell; 1: jmp 1b'
        Send-KvmConsole $vm x
        $null = Invoke-KvmConsole $vm.Vcpus[0] -Timeout 0.5
        (Get-KvmIrqChip $vm).PicMaster.Irr | Should -Be 0
    }
}
