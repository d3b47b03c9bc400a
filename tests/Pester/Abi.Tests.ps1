# The numbers and layouts in KvmPS.Native.Abi, held against the kernel's own <linux/kvm.h>: every structure, field,
# request and constant becomes a _Static_assert in a C file, and the compiler is the judge.
# KVMPS_KERNEL_HEADERS names a folder with the headers of another kernel (the usr/include of Debian's linux-libc-dev or
# of the kernel's "make headers_install") to be judged by instead.

BeforeDiscovery {
    # As the kernel's headers compute them: once for most architectures, once for powerpc, which spells directions in
    # another way. 0 where the header of powerpc lacks the request.
    $numbers = @(
        @{ Name = 'KVM_GET_API_VERSION'; Generic = '0000AE00'; PowerPC = '2000AE00' }
        @{ Name = 'KVM_CREATE_VM'; Generic = '0000AE01'; PowerPC = '2000AE01' }
        @{ Name = 'KVM_CREATE_DEVICE'; Generic = 'C00CAEE0'; PowerPC = 'C00CAEE0' }
        @{ Name = 'KVM_SET_DEVICE_ATTR'; Generic = '4018AEE1'; PowerPC = '8018AEE1' }
        @{ Name = 'KVM_SET_USER_MEMORY_REGION'; Generic = '4020AE46'; PowerPC = '8020AE46' }
        @{ Name = 'KVM_SET_USER_MEMORY_REGION2'; Generic = '40A0AE49'; PowerPC = '80A0AE49' }
        @{ Name = 'KVM_GET_DIRTY_LOG'; Generic = '4010AE42'; PowerPC = '8010AE42' }
        @{ Name = 'KVM_GET_CLOCK'; Generic = '8030AE7C'; PowerPC = '4030AE7C' }
        @{ Name = 'KVM_SET_IRQCHIP'; Generic = '8208AE63'; PowerPC = '4208AE63' }
        @{ Name = 'KVM_GET_MP_STATE'; Generic = '8004AE98'; PowerPC = '4004AE98' }
        @{ Name = 'KVM_ENABLE_CAP'; Generic = '4068AEA3'; PowerPC = '8068AEA3' }
        @{ Name = 'KVM_PRE_FAULT_MEMORY'; Generic = 'C040AED5'; PowerPC = 'C040AED5' }
        @{ Name = 'KVM_DESTROY_DEVICE'; Generic = 'C008AEF0'; PowerPC = 'C008AEF0' }
    )

    # Least: how much of what is here every header since Linux 6.1 knows, less a margin for what moved between the
    # architectures' headers; a run that has checked less has proved less than it says.
    $targets = @(
        @{ Arch = 'X86'; Least = 1350 }
        @{ Arch = 'Arm64'; Least = 900 }
        @{ Arch = 'S390'; Least = 800 }
        @{ Arch = 'PowerPC'; Least = 850 }
        @{ Arch = 'RiscV'; Least = 800 }
        @{ Arch = 'LoongArch'; Least = 800 }
        @{ Arch = 'Mips'; Least = 800 }
    )
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"

    $process = [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture
    $native = @{ X64 = 'X86'; Arm64 = 'Arm64' }["$process"]
    $compiler = @(Get-Command cc, gcc, clang -CommandType Application -ErrorAction Ignore)[0].Source
    $folder = [System.IO.Directory]::CreateTempSubdirectory('kvmps-abi-').FullName

    # How Debian calls the architectures: in the names of folders and of packages.
    $triples = [ordered]@{
        X86 = 'x86_64-linux-gnu', 'amd64'
        Arm64 = 'aarch64-linux-gnu', 'arm64'
        S390 = 's390x-linux-gnu', 's390x'
        PowerPC = 'powerpc64le-linux-gnu', 'ppc64el'
        RiscV = 'riscv64-linux-gnu', 'riscv64'
        LoongArch = 'loongarch64-linux-gnu', 'loong64'
        Mips = 'mips64el-linux-gnuabi64', 'mips64el'
    }

    # Requests whose structure each architecture defines for itself. Where it is empty there is no type for it.
    $layouts = @{
        KVM_GET_REGS = 'kvm_regs'; KVM_SET_REGS = 'kvm_regs'
        KVM_GET_SREGS = 'kvm_sregs'; KVM_SET_SREGS = 'kvm_sregs'
        KVM_GET_FPU = 'kvm_fpu'; KVM_SET_FPU = 'kvm_fpu'
        KVM_GET_VCPU_EVENTS = 'kvm_vcpu_events'; KVM_SET_VCPU_EVENTS = 'kvm_vcpu_events'
        KVM_SET_GUEST_DEBUG = 'kvm_guest_debug'; KVM_SET_PMU_EVENT_FILTER = 'kvm_pmu_event_filter'
    }

    # Structures that later kernels made longer. Where the header lacks the new member, their size is unknown to it too.
    $grown = @{
        kvm_svm_nested_state_hdr = @{
            Member = 'gpat'; Symbols = 'struct kvm_svm_nested_state_hdr', 'struct kvm_nested_state.hdr.svm'
        }
        kvm_s390_vm_cpu_subfunc = @{ Member = 'pfcr'; Symbols = @('struct kvm_s390_vm_cpu_subfunc.reserved') }
    }

    # What an architecture on which none of our code runs has in another way.
    $foreign = @{ S390 = @('struct kvm_run', 'struct kvm_run.*', 'KVM_GUESTDBG_USE_HW_BP') }

    function Measure-Type([type] $Type) {
        $method = [System.Reflection.Emit.DynamicMethod]::new('size', [int], [type[]]@())
        $il = $method.GetILGenerator()
        $il.Emit([System.Reflection.Emit.OpCodes]::Sizeof, $Type)
        $il.Emit([System.Reflection.Emit.OpCodes]::Ret)
        $method.Invoke($null, $null)
    }

    function Measure-Offset([System.Reflection.FieldInfo] $Field) {
        $method = [System.Reflection.Emit.DynamicMethod]::new('offset', [long], [type[]]@())
        $il = $method.GetILGenerator()
        $null = $il.DeclareLocal($Field.DeclaringType)
        $il.Emit([System.Reflection.Emit.OpCodes]::Ldloca_S, [byte]0)
        $il.Emit([System.Reflection.Emit.OpCodes]::Ldflda, $Field)
        $il.Emit([System.Reflection.Emit.OpCodes]::Conv_U)
        $il.Emit([System.Reflection.Emit.OpCodes]::Ldloca_S, [byte]0)
        $il.Emit([System.Reflection.Emit.OpCodes]::Conv_U)
        $il.Emit([System.Reflection.Emit.OpCodes]::Sub)
        $il.Emit([System.Reflection.Emit.OpCodes]::Conv_I8)
        $il.Emit([System.Reflection.Emit.OpCodes]::Ret)
        $method.Invoke($null, $null)
    }

    # A fact: what it is about, and the expression that has to be true in C.
    function New-Fact([string] $Symbol, [string] $Expression) {
        [pscustomobject]@{ Symbol = $Symbol; Expression = $Expression }
    }

    function Get-FieldFact([string] $Struct, [string] $Path, [long] $Offset, [type] $Type, [string] $Arch) {
        foreach ($field in $Type.GetFields([System.Reflection.BindingFlags]'Public, Instance')) {
            $member = $field.Name
            $named = [KvmPS.Native.Abi.KernelMemberAttribute][System.Attribute]::GetCustomAttribute(
                $field, [KvmPS.Native.Abi.KernelMemberAttribute])
            if ($named) {
                if (-not $named.Architecture.HasFlag([KvmPS.Native.Abi.Arch]$Arch)) { continue }
                $member = $named.Path
            }
            $at = $Offset + (Measure-Offset $field)
            $size = Measure-Type $field.FieldType
            New-Fact "struct $Struct.$Path$member" (
                "offsetof(struct $Struct, $Path$member) == $at && " +
                "sizeof(((struct $Struct *)0)->$Path$member) == $size")
            # A structure or union without a name of its own is known by its way through the one that has a name.
            if ($field.FieldType.IsNested) { Get-FieldFact $Struct "$Path$member." $at $field.FieldType $Arch }
            elseif ($field.FieldType.IsGenericType -and $field.FieldType.GenericTypeArguments[0].IsNested) {
                Get-FieldFact $Struct "$Path$member[0]." $at $field.FieldType.GenericTypeArguments[0] $Arch
            }
        }
    }

    # What the catalogue of attributes says of an architecture: names of groups and attributes, and structures.
    function Get-AttrFact([string] $Arch) {
        $said = [System.Collections.Generic.HashSet[string]]::new()
        foreach ($row in [KvmPS.Native.Abi.DeviceAttrCatalog]::All.Where{ $_.Architecture.HasFlag([KvmPS.Native.Abi.Arch]$Arch) }) {
            foreach ($name in $row.GroupNames.Where{ $said.Add($_) }) { New-Fact $name "$name == $($row.Group)" }
            # The name of an attribute with fields is a macro that takes them.
            if (-not $row.Fields.Count) {
                foreach ($name in $row.AttrNames.Where{ $said.Add($_) }) { New-Fact $name "$name == $($row.Attr)ULL" }
            }
            $struct = $row.Payload.Element ?? $row.Payload
            if ("$($struct.Kind)" -ne 'Struct' -or -not $said.Add($struct.Name)) { continue }
            New-Fact "struct $($struct.Name)" "sizeof(struct $($struct.Name)) == $($struct.Size)"
            foreach ($member in $struct.Members) {
                New-Fact "struct $($struct.Name).$($member.Name)" (
                    "offsetof(struct $($struct.Name), $($member.Name)) == $($member.Offset) && " +
                    "sizeof(((struct $($struct.Name) *)0)->$($member.Name)) == $($member.Type.Size)")
            }
        }
    }

    # The registers of arm64 that have an id in a table of ours: what the header's macros make of the names.
    $oneRegisters = [System.IO.File]::ReadAllLines("$PSScriptRoot/../../src/KvmPS.Native/Abi/Registers/one-registers-arm64.tsv").Where{
        $_[0] -ne '#' }.ForEach{ $group, $id, $name = $_ -split "`t"; [pscustomobject]@{ Group = $group; Id = $id; Name = $name } }

    function Get-RegisterFact {
        $sizes = @{ '2' = 'U32'; '3' = 'U64'; '4' = 'U128' }
        # arch/arm64/include/uapi/asm/kvm.h: KVM_SPSR_EL1 and its kin are the places in spsr.
        $core = @{
            sp = 'regs.sp'; pc = 'regs.pc'; pstate = 'regs.pstate'; sp_el1 = 'sp_el1'; elr_el1 = 'elr_el1'; spsr_el1 = 'spsr[KVM_SPSR_EL1]'
            spsr_abt = 'spsr[KVM_SPSR_ABT]'; spsr_und = 'spsr[KVM_SPSR_UND]'; spsr_irq = 'spsr[KVM_SPSR_IRQ]'; spsr_fiq = 'spsr[KVM_SPSR_FIQ]'
            fpsr = 'fp_regs.fpsr'; fpcr = 'fp_regs.fpcr'
        }
        $named = @{
            CNTVCT_EL0 = 'KVM_REG_ARM_TIMER_CNT'; CNTV_CVAL_EL0 = 'KVM_REG_ARM_TIMER_CVAL'; CNTV_CTL_EL0 = 'KVM_REG_ARM_TIMER_CTL'
            CNTPCT_EL0 = 'KVM_REG_ARM_PTIMER_CNT'; CNTP_CVAL_EL0 = 'KVM_REG_ARM_PTIMER_CVAL'; CNTP_CTL_EL0 = 'KVM_REG_ARM_PTIMER_CTL'
            ffr = 'KVM_REG_ARM64_SVE_FFR(0)'; sve_vls = 'KVM_REG_ARM64_SVE_VLS'
            # These are numbers of a kind; the last is of Linux 6.15.
            STD_BMAP = 'KVM_REG_ARM_STD_BMAP'; STD_HYP_BMAP = 'KVM_REG_ARM_STD_HYP_BMAP'; VENDOR_HYP_BMAP = 'KVM_REG_ARM_VENDOR_HYP_BMAP'
            VENDOR_HYP_BMAP_2 = 'KVM_REG_ARM_VENDOR_HYP_BMAP_2'; PSCI_VERSION = 'KVM_REG_ARM_PSCI_VERSION'
        }
        foreach ($register in $oneRegisters) {
            $name = $register.Name
            $number = [regex]::Match($name, '\d+$').Value
            $kind = if ($register.Group -in 'General', 'Special', 'Fpu') {
                $member = $core[$name] ?? ($name -replace '^x(\d+)$', 'regs.regs[$1]' -replace '^v(\d+)$', 'fp_regs.vregs[$1]')
                "KVM_REG_ARM64 | KVM_REG_SIZE_$($sizes[$register.Id.Substring(4, 1)]) | KVM_REG_ARM_CORE | KVM_REG_ARM_CORE_REG($member)"
            }
            elseif ($named[$name]) { $named[$name] }
            elseif ($name -like 'SMCCC_*') { "KVM_REG_ARM_$name" }
            elseif ($name -like 'CCSIDR*' -and $register.Group -eq 'Cache') { "KVM_REG_ARM64 | KVM_REG_SIZE_U32 | KVM_REG_ARM_DEMUX | KVM_REG_ARM_DEMUX_ID_CCSIDR | $number" }
            elseif ($name -cmatch '^[zp]\d+$') { "KVM_REG_ARM64_SVE_$($name.Substring(0, 1).ToUpperInvariant())REG($number, 0)" }
            if ($kind) { New-Fact "register $name" "(unsigned long long)($kind) == $($register.Id)ULL" }
        }
    }

    function Get-Fact([string] $Arch) {
        Get-AttrFact $Arch
        if ($Arch -eq 'Arm64') { Get-RegisterFact }
        $abi = 'KvmPS.Native.Abi'
        $types = [KvmPS.Native.Abi.Request].Assembly.GetExportedTypes().Where{ $_.Namespace -in $abi, "$abi.$Arch" }
        foreach ($type in $types) {
            if ($type.IsValueType -and -not $type.IsNested -and $type.Name -cmatch '^[a-z]') {
                New-Fact "struct $($type.Name)" "sizeof(struct $($type.Name)) == $(Measure-Type $type)"
                Get-FieldFact $type.Name '' 0 $type $Arch
            }
            elseif ($type.IsAbstract -and $type.IsSealed) {
                foreach ($field in $type.GetFields().Where{ $_.IsLiteral -and $_.Name -cmatch '^[A-Z][A-Z0-9_]+$' }) {
                    New-Fact $field.Name "(unsigned long long)($($field.Name)) == $($field.GetRawConstantValue())ULL"
                }
            }
        }
        foreach ($capability in [System.Enum]::GetValues([KvmPS.Native.Abi.Capability])) {
            New-Fact "$capability" "$capability == $([uint]$capability)"
        }
        foreach ($field in [KvmPS.Native.Abi.ExitReason].GetFields([System.Reflection.BindingFlags]'Public, Static')) {
            $name = [System.Attribute]::GetCustomAttribute($field, [KvmPS.Native.Abi.KernelNameAttribute]).Name
            New-Fact $name "$name == $($field.GetRawConstantValue())"
        }
        foreach ($type in [KvmPS.Native.Abi.DeviceTypes]::All) {
            New-Fact $type.KernelName "$($type.KernelName) == $($type.Number)"
        }
        foreach ($request in [KvmPS.Native.Abi.Requests]::All) {
            $size = $request.Size
            if ($Arch -ne $native -and $layouts[$request.Name]) {
                if ($Arch -notin 'X86', 'Arm64') { continue }
                $layout = $types.Where{ $_.FullName -eq "$abi.$Arch.$($layouts[$request.Name])" }
                $size = if ($layout) { Measure-Type $layout[0] } else { 0 }
            }
            $value = [KvmPS.Native.Abi.Request]::Encode($request.Direction, $request.Number, $size, $Arch)
            if ($Arch -eq $native) { $value = [ulong]$request.Value }
            New-Fact $request.Name "$($request.Name) == $($value)U"
        }
    }

    # RISC-V's and LoongArch's headers ask for what only their own compilers define.
    $defines = @{ RiscV = '-D__riscv_xlen=64'; LoongArch = '-D__loongarch64' }

    # Where the compiler finds the headers of an architecture; nothing where they are not on this machine.
    function Get-IncludeArgument([string] $Arch, [string] $Triple) {
        $given = $env:KVMPS_KERNEL_HEADERS
        $found = { param($path) [System.IO.File]::Exists("$path/kvm.h") }
        if ($given) {
            if (& $found "$given/$Triple/asm") { return '-isystem', "$given/$Triple", '-isystem', $given }
            if ($Arch -eq $native -and (& $found "$given/asm")) { return '-isystem', $given }
            return
        }
        # -I. changes nothing: the compiler's own folders are the right ones.
        if ($Arch -eq $native -and (& $found '/usr/include/linux')) { return '-I.' }
        foreach ($path in "/usr/$Triple/include", "/usr/include/$Triple") {
            if (& $found "$path/asm") { return '-isystem', $path }
        }
    }

    function Invoke-Compiler([string[]] $Argument, [string] $Program = $compiler) {
        $start = [System.Diagnostics.ProcessStartInfo]::new($Program)
        $start.RedirectStandardOutput = $start.RedirectStandardError = $true
        $start.WorkingDirectory = $folder
        $start.Environment['LC_ALL'] = 'C'
        foreach ($value in $Argument) { $start.ArgumentList.Add($value) }
        $process = [System.Diagnostics.Process]::Start($start)
        try {
            $errors = $process.StandardError.ReadToEndAsync()
            $output = $process.StandardOutput.ReadToEnd()
            $process.WaitForExit()
            [pscustomobject]@{
                ExitCode = $process.ExitCode; Output = $output; Errors = $errors.GetAwaiter().GetResult()
            }
        }
        finally { $process.Dispose() }
    }

    $complaint = [regex]'(?m)^(?<file>[^:\n]+):(?<line>\d+):\d+: (fatal )?error: (?<text>.*)$'

    # All complaints at once: gcc's habit, and clang's on demand.
    $options = @('-std=gnu11', '-w', '-fsyntax-only')
    if ($compiler -and (Invoke-Compiler '--version').Output -match 'clang') { $options += '-ferror-limit=0' }

    # Compiles facts. A symbol that the header lacks is taken out and the rest compiled again, so that in the end the
    # compiler has accepted everything that is counted as checked.
    function Test-Fact([object[]] $Fact, [string] $Arch, [string[]] $Include) {
        $unknown = [System.Collections.Generic.List[string]]::new()
        $head = '#include <stddef.h>', '#include <linux/kvm.h>'
        while ($true) {
            $lines = $Fact.ForEach{ "_Static_assert($($_.Expression), `"$($_.Symbol)`");" }
            [System.IO.File]::WriteAllLines("$folder/abi.c", [string[]]($head + $lines))
            $run = Invoke-Compiler ($options + $Include + 'abi.c')
            $wrong = [System.Collections.Generic.List[string]]::new()
            $absent = [System.Collections.Generic.HashSet[int]]::new()
            foreach ($found in $complaint.Matches($run.Errors)) {
                $index = [int]$found.Groups['line'].Value - 1 - $head.Count
                $text = $found.Groups['text'].Value
                if ($found.Groups['file'].Value -ne 'abi.c' -or $index -lt 0) {
                    throw "The header does not compile: $($found.Value)"
                }
                if ($text -match 'static.?assert') { $wrong.Add($Fact[$index].Symbol) }
                elseif ($text -match 'undeclared|undefined type|incomplete (definition of )?type|no member named') {
                    $null = $absent.Add($index)
                }
                else { throw "$($Fact[$index].Symbol): $text" }
            }
            if ($run.ExitCode -ne 0 -and $wrong.Count + $absent.Count -eq 0) {
                throw "$compiler failed: $($run.Errors)"
            }
            if ($absent.Count -eq 0) {
                foreach ($struct in $grown.Keys.Where{ "struct $_.$($grown[$_].Member)" -in $unknown }) {
                    foreach ($symbol in $grown[$struct].Symbols.Where{ $wrong.Remove($_) }) { $unknown.Add($symbol) }
                }
                $checked = $Fact.Symbol.Where{ $_ -notin $wrong -and $_ -notin $unknown }
                return [pscustomobject]@{ Checked = $checked; Wrong = $wrong; Unknown = $unknown }
            }
            foreach ($index in $absent) { $unknown.Add($Fact[$index].Symbol) }
            $number = -1
            $Fact = $Fact.Where{ $number++; -not $absent.Contains($number) }
        }
    }

    $judged = @{}

    # The verdict on an architecture, or why there is none. Found once.
    function Get-Result([string] $Arch) {
        $triple, $package = $triples[$Arch]
        if ($judged[$Arch]) { return $judged[$Arch] }
        $include = @(if ($compiler) { Get-IncludeArgument $Arch $triple })
        if ($include -and $defines[$Arch]) { $include += $defines[$Arch] }
        $judged[$Arch] = if (-not $compiler) {
            [pscustomobject]@{ Skipped = 'there is no C compiler (cc, gcc or clang)' }
        }
        elseif (-not $include) {
            $debian = $Arch -eq $native ? 'linux-libc-dev' : "linux-libc-dev-$package-cross"
            [pscustomobject]@{ Skipped = "there are no kernel headers of $Arch (Debian: $debian)" }
        }
        else {
            $facts = @(Get-Fact $Arch).Where{ $symbol = $_.Symbol; -not @($foreign[$Arch]).Where{ $symbol -like $_ } }
            $result = Test-Fact $facts $Arch $include
            [pscustomobject]@{
                Skipped = $null; Include = $include; Version = Get-HeaderVersion $include; Fact = $facts
                Checked = $result.Checked; Wrong = $result.Wrong; Unknown = $result.Unknown
            }
        }
        $judged[$Arch]
    }

    function Get-HeaderVersion([string[]] $Include) {
        [System.IO.File]::WriteAllText("$folder/version.c", "#include <linux/version.h>`nLINUX_VERSION_CODE`n")
        $run = Invoke-Compiler (@('-E', '-P') + $Include + 'version.c')
        $code = [int]$run.Output.Trim()
        [version]::new($code -shr 16, $code -shr 8 -band 0xFF)
    }
}

AfterAll {
    [System.IO.Directory]::Delete($folder, $true)
}

Describe 'The ABI against the kernel header of <Arch>' -Tag Abi -ForEach $targets {
    It 'has every size, offset and number that the header has' {
        $result = Get-Result $Arch
        if ($result.Skipped) { Set-ItResult -Skipped -Because $result.Skipped; return }
        $unknown = $Arch -eq $native ? ": $($result.Unknown -join ', ')" : ''
        $host.UI.WriteLine("    $Arch, Linux $($result.Version): $($result.Checked.Count) checked, " +
            "$($result.Unknown.Count) unknown to that header$unknown")
        $result.Wrong | Should -BeNullOrEmpty
        if ($result.Version -ge [version]'6.1') { $result.Checked.Count | Should -BeGreaterOrEqual $Least }
    }
}

Describe 'The ABI against the kernel headers' -Tag Abi {
    It 'has checked what every header has' {
        $result = Get-Result $native
        if ($result.Skipped) { Set-ItResult -Skipped -Because $result.Skipped; return }
        $symbols = @(
            'struct kvm_create_device', 'struct kvm_create_device.fd', 'struct kvm_device_attr.addr'
            'struct kvm_userspace_memory_region.userspace_addr', 'struct kvm_irqfd.gsi', 'struct kvm_run.io.data_offset'
            'struct kvm_run.mmio.is_write', 'struct kvm_stats_desc.bucket_size', 'struct kvm_regs'
            'struct kvm_guest_debug', 'KVM_CREATE_DEVICE', 'KVM_SET_DEVICE_ATTR', 'KVM_GET_REGS', 'KVM_RUN'
            'KVM_API_VERSION', 'KVM_MEM_READONLY', 'KVM_CREATE_DEVICE_TEST', 'KVM_CAP_IRQCHIP', 'KVM_CAP_S390_ZPCI_OP'
            'KVM_EXIT_IO', 'KVM_EXIT_NOTIFY', 'KVM_DEV_TYPE_VFIO', 'KVM_DEV_TYPE_ARM_PV_TIME'
        )
        $symbols.Where{ $_ -notin $result.Checked } | Should -BeNullOrEmpty
    }

    It 'leaves nothing to trust: together, the headers of all architectures know everything' {
        $results = $triples.Keys.ForEach{ Get-Result $_ }
        $lacking = $results.Where{ $_.Skipped -or $_.Version -lt [version]'7.2' }
        if ($lacking) {
            Set-ItResult -Skipped -Because ('it takes the headers of Linux 7.2 for every architecture ' +
                '(KVMPS_KERNEL_HEADERS with those of Debian''s linux-libc-dev)')
            return
        }
        $checked = [System.Collections.Generic.HashSet[string]]::new([string[]]$results.Checked)
        $results.Unknown.Where{ -not $checked.Contains($_) -and $_ -notmatch 'destroy_device' } | Should -BeNullOrEmpty
    }

    It 'computes KVM_DESTROY_DEVICE as the kernel would' {
        $result = Get-Result $native
        if ($result.Skipped) { Set-ItResult -Skipped -Because $result.Skipped; return }
        $structure = 'struct { __u32 fd; __u32 flags; }'
        $value = [KvmPS.Native.Abi.Requests]::KVM_DESTROY_DEVICE.Value
        $facts = @(New-Fact 'KVM_DESTROY_DEVICE' "_IOWR(KVMIO, 0xf0, $structure) == $($value)U")
        (Test-Fact $facts $native $result.Include).Checked | Should -Be 'KVM_DESTROY_DEVICE'
    }

    It 'would notice a wrong <Kind>' -ForEach @(
        @{ Kind = 'structure size'; Symbol = 'struct kvm_device_attr'; Pattern = '== 24$'; Wrong = '== 23' }
        @{ Kind = 'field offset'; Symbol = 'struct kvm_run.mmio.len'; Pattern = '== 48 '; Wrong = '== 44 ' }
        @{ Kind = 'field size'; Symbol = 'struct kvm_run.mmio.is_write'; Pattern = '== 1$'; Wrong = '== 4' }
        @{ Kind = 'request'; Symbol = 'KVM_GET_DEVICE_ATTR'; Pattern = '== \d+'; Wrong = '== 0x8018AEE2' }
        @{ Kind = 'capability'; Symbol = 'KVM_CAP_DEVICE_CTRL'; Pattern = '== 89$'; Wrong = '== 90' }
        @{ Kind = 'exit reason'; Symbol = 'KVM_EXIT_MMIO'; Pattern = '== 6$'; Wrong = '== 7' }
        @{ Kind = 'device type'; Symbol = 'KVM_DEV_TYPE_VFIO'; Pattern = '== 4$'; Wrong = '== 5' }
        @{ Kind = 'constant'; Symbol = 'KVM_MEM_READONLY'; Pattern = '== 2ULL$'; Wrong = '== 1ULL' }
    ) {
        $result = Get-Result $native
        if ($result.Skipped) { Set-ItResult -Skipped -Because $result.Skipped; return }
        $fact = $result.Fact.Where{ $_.Symbol -eq $Symbol }[0]
        $mutant = New-Fact $Symbol ($fact.Expression -replace $Pattern, $Wrong)
        $mutant.Expression | Should -Not -Be $fact.Expression
        $verdict = Test-Fact @($fact, $mutant) $native $result.Include
        $verdict.Wrong | Should -Be $Symbol
    }
}

# The assembler knows the encodings of system registers by the architecture's names.
Describe 'The system registers of arm64 against the assembler' -Tag Abi {
    It 'have the encodings that their names have' {
        $assembler = @(Get-Command aarch64-linux-gnu-as -CommandType Application -ErrorAction Ignore)[0].Source
        if (-not $assembler) {
            Set-ItResult -Skipped -Because 'there is no assembler of arm64 (Debian: binutils-aarch64-linux-gnu)'
            return
        }
        # The ids of these two are not their encodings (api.rst 4.68); the header judges them.
        $registers = $oneRegisters.Where{ $_.Group -eq 'System' -and $_.Name -notin 'CNTVCT_EL0', 'CNTV_CVAL_EL0' }
        $lines = $registers.ForEach{
            $id = [System.Convert]::ToUInt64($_.Id, 16)
            "mrs x0, $($_.Name)"
            "mrs x0, S$($id -shr 14 -band 3)_$($id -shr 11 -band 7)_C$($id -shr 7 -band 15)_C$($id -shr 3 -band 15)_$($id -band 7)"
        }
        $options = '-march=armv8.8-a+sve2+sme+memtag', '-aln', '-o', 'registers.o', 'registers.s'
        [System.IO.File]::WriteAllLines("$folder/registers.s", [string[]] $lines)
        # Names that are younger than the assembler, or of a register that is only written, become nothing.
        foreach ($found in [regex]::Matches((Invoke-Compiler $options $assembler).Errors, '(?m)^registers\.s:(\d+): Error')) {
            $lines[[int] $found.Groups[1].Value - 1] = ''
        }
        [System.IO.File]::WriteAllLines("$folder/registers.s", [string[]] $lines)
        $run = Invoke-Compiler $options $assembler
        $run.Errors | Should -Not -Match 'Error'
        # The listing: line, address, instruction, source.
        $made = @{}
        foreach ($found in [regex]::Matches($run.Output, '(?m)^ *(\d+) [0-9a-f]{4} ([0-9A-F]{8})\s')) { $made[[int] $found.Groups[1].Value] = $found.Groups[2].Value }
        $checked = 0
        $wrong = for ($i = 0; $i -lt $registers.Count; $i++) {
            if (-not $made[2 * $i + 1]) { continue }
            $checked++
            if ($made[2 * $i + 1] -ne $made[2 * $i + 2]) { $registers[$i].Name }
        }
        $wrong | Should -BeNullOrEmpty
        $host.UI.WriteLine("    $checked of $($registers.Count) checked")
        # Debian 12's binutils 2.40 knows all but 20.
        $checked | Should -BeGreaterThan 300
    }
}

Describe 'Requests' {
    It 'computes <Name> as 0x<Generic>, and on powerpc as 0x<PowerPC>' -ForEach $numbers {
        $request = [KvmPS.Native.Abi.Requests]::Find($Name)
        $request.Value.ToString('X8') | Should -Be $Generic
        foreach ($case in ('Arm64', $Generic), ('PowerPC', $PowerPC), ('Mips', $PowerPC)) {
            $arch, $value = $case
            $number = [KvmPS.Native.Abi.Request]::Encode($request.Direction, $request.Number, $request.Size, $arch)
            $number.ToString('X8') | Should -Be $value -Because "that is $Name on $arch"
        }
    }

    It 'knows all 151 of Linux 7.2 and KVM_DESTROY_DEVICE, each by its own name' {
        $all = [KvmPS.Native.Abi.Requests]::All
        $all.Count | Should -Be 152
        [System.Collections.Generic.HashSet[string]]::new([string[]]$all.Name).Count | Should -Be 152
        $all.Name.Where{ -not $_.StartsWith('KVM_') } | Should -BeNullOrEmpty
    }

    It 'finds <_>' -ForEach 'KVM_CREATE_DEVICE', 'CREATE_DEVICE', 'kvm_create_device', 'create_device' {
        [KvmPS.Native.Abi.Requests]::Find($_).Name | Should -Be 'KVM_CREATE_DEVICE'
    }

    It 'finds nothing where there is nothing' {
        [KvmPS.Native.Abi.Requests]::Find('KVM_CREATE_NOTHING') | Should -BeNullOrEmpty
        [KvmPS.Native.Abi.Requests]::Find(0xAEFF, 'System') | Should -BeNullOrEmpty
        [KvmPS.Native.Abi.Requests]::Find(0xAE01, 'Vcpu') | Should -BeNullOrEmpty
    }

    It 'tells requests of one number apart by what they are asked of' {
        # _IOW(KVMIO, 0xab, 16 bytes): KVM_ARM_SET_DEVICE_ADDR of a VM and KVM_GET_ONE_REG of a vCPU
        [KvmPS.Native.Abi.Requests]::Find(0x4010AEAB, 'Vm').Name | Should -Be 'KVM_ARM_SET_DEVICE_ADDR'
        [KvmPS.Native.Abi.Requests]::Find(0x4010AEAB, 'Vcpu').Name | Should -Be 'KVM_GET_ONE_REG'
        $taken = [System.Collections.Generic.HashSet[string]]::new()
        foreach ($request in [KvmPS.Native.Abi.Requests]::All) {
            foreach ($scope in "$($request.Scope)" -split ', ') {
                $taken.Add("$($request.Value) $scope") | Should -Be $true -Because "$request is the only one"
            }
        }
    }

    It 'says that <Name> takes <Argument>, <Size> bytes' -ForEach @(
        # api.rst: by value, where the number has a size (S390_STORE_STATUS) and where it has none
        @{ Name = 'KVM_CREATE_VCPU'; Argument = 'Value'; Size = 0 }
        @{ Name = 'KVM_SET_TSS_ADDR'; Argument = 'Value'; Size = 0 }
        @{ Name = 'KVM_S390_STORE_STATUS'; Argument = 'Value'; Size = 0 }
        @{ Name = 'KVM_RUN'; Argument = 'None'; Size = 0 }
        @{ Name = 'KVM_SET_IDENTITY_MAP_ADDR'; Argument = 'Struct'; Size = 8 }
        @{ Name = 'KVM_CREATE_DEVICE'; Argument = 'Struct'; Size = 12 }
        # a structure that the number does not speak of
        @{ Name = 'KVM_REINJECT_CONTROL'; Argument = 'Struct'; Size = 32 }
        # entries follow
        @{ Name = 'KVM_SET_CPUID2'; Argument = 'Header'; Size = 8 }
        @{ Name = 'KVM_GET_REG_LIST'; Argument = 'Header'; Size = 8 }
    ) {
        $request = [KvmPS.Native.Abi.Requests]::Find($Name)
        "$($request.Argument)" | Should -Be $Argument
        $request.ArgumentSize | Should -Be $Size
    }
}

Describe 'Capabilities, exit reasons and device types' {
    It 'has the 244 capabilities and 44 exit reasons of Linux 7.2' {
        [System.Enum]::GetNames([KvmPS.Native.Abi.Capability]).Count | Should -Be 244
        [System.Enum]::GetNames([KvmPS.Native.Abi.ExitReason]).Count | Should -Be 44
    }

    It 'says that <Name> is enabled on <Scope>' -ForEach @(
        # api.rst, chapters 6 (vCPU) and 7 (VM)
        @{ Name = 'KVM_CAP_HYPERV_SYNIC2'; Scope = 'Vcpu' }
        @{ Name = 'KVM_CAP_PPC_OSI'; Scope = 'Vcpu' }
        @{ Name = 'KVM_CAP_SPLIT_IRQCHIP'; Scope = 'Vm' }
        @{ Name = 'KVM_CAP_X86_USER_SPACE_MSR'; Scope = 'Vm' }
        @{ Name = 'KVM_CAP_NR_MEMSLOTS'; Scope = 'None' }
    ) {
        "$([KvmPS.Native.Abi.Capabilities]::EnabledOn($Name))" | Should -Be $Scope
    }

    It 'finds the device type <_>' -ForEach 'VFIO', 'vfio', 'KVM_DEV_TYPE_VFIO', 'kvm_dev_type_vfio' {
        [KvmPS.Native.Abi.DeviceTypes]::Find($_).Number | Should -Be 4
    }

    It 'finds each device type by its number, and none beyond' {
        foreach ($type in [KvmPS.Native.Abi.DeviceTypes]::All) {
            [KvmPS.Native.Abi.DeviceTypes]::Find([uint]$type.Number).Name | Should -Be $type.Name
        }
        foreach ($number in 0, 17, 0xFFFFFFFFL) {
            [KvmPS.Native.Abi.DeviceTypes]::Find([uint]$number) | Should -BeNullOrEmpty
        }
        [KvmPS.Native.Abi.DeviceTypes]::Find('NOTHING') | Should -BeNullOrEmpty
    }

    It 'knows that closing <_> ends it, and that several ITS fit into a VM' -ForEach 'VFIO', 'XICS', 'XIVE' {
        # The drivers with a release operation; the others have destroy alone.
        "$([KvmPS.Native.Abi.DeviceTypes]::Find($_).Teardown)" | Should -Be 'Release'
        [KvmPS.Native.Abi.DeviceTypes]::All.Where{ "$($_.Teardown)" -eq 'Release' }.Count | Should -Be 3
        [KvmPS.Native.Abi.DeviceTypes]::All.Where{ -not $_.OnePerVm }.Name | Should -Be 'ARM_VGIC_ITS'
    }
}
