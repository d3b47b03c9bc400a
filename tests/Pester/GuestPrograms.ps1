# Programs for guests, made by the machine's own tools; dot-sourced by the tests that load them.

# Whether there is a compiler and linker for them: for discovery.
function Test-GuestToolchain {
    @(Get-Command gcc, ld, objcopy -CommandType Application -ErrorAction Ignore).Count -ge 3
}

function Invoke-Tool([string] $Tool, [string[]] $Arguments) {
    $output = & $Tool @Arguments 2>&1
    if ($LASTEXITCODE -ne 0) { throw "$Tool $Arguments failed: $output" }
}

# An ELF file of assembler (GNU's, AT&T syntax), linked for an address; with -Flat its bytes alone.
function New-GuestProgram([string] $Path, [string] $Assembler, [ValidateSet(16, 32, 64)] [int] $Bits = 64, [string] $Address = '0x200000', [string[]] $Link = @(), [switch] $Flat) {
    [System.IO.File]::WriteAllText("$Path.S", ".code$Bits`n.globl _start`n_start:`n$Assembler`n")
    Invoke-Tool gcc @('-c', ($Bits -eq 64 ? '-m64' : '-m32'), '-o', "$Path.o", "$Path.S")
    Invoke-Tool ld (@('-m', ($Bits -eq 64 ? 'elf_x86_64' : 'elf_i386'), '--build-id=none', "-Ttext=$Address") + $Link + @('-o', $Path, "$Path.o"))
    if ($Flat) { Invoke-Tool objcopy @('-O', 'binary', '-j', '.text', $Path, $Path) }
    $Path
}

# Bytes of a file, some of them changed: @{ offset = bytes }.
function Edit-File([string] $From, [string] $To, [hashtable] $Change = @{}, [long] $Length = -1) {
    $bytes = [System.IO.File]::ReadAllBytes($From)
    foreach ($offset in $Change.Keys) { ([byte[]] $Change[$offset]).CopyTo($bytes, [int] $offset) }
    if ($Length -ge 0) { [System.Array]::Resize([ref] $bytes, $Length) }
    [System.IO.File]::WriteAllBytes($To, $bytes)
    $To
}

# A bzImage by the book (Documentation/arch/x86/boot.rst): two sectors of setup, then code; boot protocol 2.15.
function New-Kernel([string] $Path, [byte[]] $Code, [hashtable] $Change = @{}) {
    $file = [byte[]]::new(0x600 + $Code.Length)
    $file[0x1F1] = 2                                                        # setup_sects
    [System.BitConverter]::GetBytes([uint] (($Code.Length + 15) -shr 4)).CopyTo($file, 0x1F4)      # syssize
    ([byte[]] (0x55, 0xAA, 0xEB, 0x6A)).CopyTo($file, 0x1FE)                # boot_flag, jump: the header ends at 0x26C
    [System.Text.Encoding]::ASCII.GetBytes('HdrS').CopyTo($file, 0x202)
    ([byte[]] (0x0F, 0x02)).CopyTo($file, 0x206)                            # version
    $file[0x211] = 1                                                        # loadflags: LOADED_HIGH
    [System.BitConverter]::GetBytes([uint] 0x7FFFFFFF).CopyTo($file, 0x22C) # initrd_addr_max
    [System.BitConverter]::GetBytes([uint] 0x200000).CopyTo($file, 0x230)   # kernel_alignment
    $file[0x234] = 1                                                        # relocatable_kernel
    $file[0x236] = 1                                                        # xloadflags: XLF_KERNEL_64
    [System.BitConverter]::GetBytes([uint] 2047).CopyTo($file, 0x238)       # cmdline_size
    [System.BitConverter]::GetBytes([ulong] 0x1000000).CopyTo($file, 0x258) # pref_address
    [System.BitConverter]::GetBytes([uint] 0x400000).CopyTo($file, 0x260)   # init_size
    $Code.CopyTo($file, 0x600)
    foreach ($offset in $Change.Keys) { ([byte[]] $Change[$offset]).CopyTo($file, [int] $offset) }
    [System.IO.File]::WriteAllBytes($Path, $file)
    $Path
}

# The kernel that the lab builds for guests: KVMPS_GUEST_KERNEL, or the newest in the lab's cache.
function Find-GuestKernel {
    if ($env:KVMPS_GUEST_KERNEL) { return $env:KVMPS_GUEST_KERNEL }
    $cache = [System.IO.Path]::Combine($env:KVMPS_CACHE ? $env:KVMPS_CACHE : "$($env:XDG_CACHE_HOME ? $env:XDG_CACHE_HOME : "$HOME/.cache")/kvmps", 'lab')
    if (-not [System.IO.Directory]::Exists($cache)) { return }
    $kernels = [System.IO.Directory]::GetDirectories($cache, 'guest-*').ForEach({ [System.IO.FileInfo]::new("$_/bzImage") }).Where({ $_.Exists })
    [System.Linq.Enumerable]::LastOrDefault([System.Linq.Enumerable]::OrderBy([System.IO.FileInfo[]] $kernels, [Func[System.IO.FileInfo, datetime]] { $args[0].LastWriteTimeUtc })).FullName
}

# An initramfs with /dev/console and init.c as /init: a cpio archive as Documentation/driver-api/early-userspace/buffer-format.rst has it.
function New-Initramfs([string] $Path, [string[]] $Define = @()) {
    Invoke-Tool gcc (@('-Os', '-static', '-nostdlib', '-ffreestanding', '-fno-stack-protector') + $Define.ForEach({ "-D$_" }) + @('-o', "$Path.init", "$PSScriptRoot/init.c"))
    $archive = [System.IO.MemoryStream]::new()
    $number = 0
    foreach ($entry in @(
            @{ Name = 'dev'; Mode = 0x41ED }                            # a folder, rwxr-xr-x
            @{ Name = 'dev/console'; Mode = 0x2180; Major = 5; Minor = 1 } # a character device, rw-------
            @{ Name = 'init'; Mode = 0x81ED; Data = [System.IO.File]::ReadAllBytes("$Path.init") }
            @{ Name = 'TRAILER!!!'; Mode = 0 })) {
        $data = [byte[]] ($entry.Data ?? @())
        $fields = (++$number), $entry.Mode, 0, 0, 1, 0, $data.Length, 0, 0, [int] $entry.Major, [int] $entry.Minor, ($entry.Name.Length + 1), 0
        $archive.Write([System.Text.Encoding]::ASCII.GetBytes('070701' + -join $fields.ForEach({ '{0:X8}' -f $_ }) + $entry.Name + "`0"))
        while ($archive.Length % 4) { $archive.WriteByte(0) }
        $archive.Write($data)
        while ($archive.Length % 4) { $archive.WriteByte(0) }
    }
    [System.IO.File]::WriteAllBytes($Path, $archive.ToArray())
    $Path
}
