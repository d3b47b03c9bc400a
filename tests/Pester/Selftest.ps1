# What the assertions of the kernel's selftests (tools/testing/selftests/kvm) are re-expressed with; dot-sourced by
# Selftest*.Tests.ps1. A Describe of those has the name of a selftest, an It one of its assertions.

# Skips a test whose assertion is about what this kernel lacks, and says what that is.
function Skip-Without([string] $Capability, $Vm, [ulong] $Bits) {
    $with = if ($Vm) { @{ Vm = $Vm } } else { @{} }
    $value = [ulong] (Get-KvmCapability $Capability @with).Value
    if (-not $value -or ($value -band $Bits) -ne $Bits) {
        Set-ItResult -Skipped -Because $(if ($Bits) { '{0} has not 0x{1:X} here, but 0x{2:X}' -f $Capability, $Bits, $value } else { "this kernel has no $Capability" })
    }
}

# Skips a test of behaviour that came with a kernel and that nothing else tells.
function Skip-Before([version] $Kernel, [string] $What) {
    $release = [regex]::Match([System.IO.File]::ReadAllText('/proc/sys/kernel/osrelease'), '^\d+\.\d+').Value
    if ([version] $release -lt $Kernel) { Set-ItResult -Skipped -Because "this is Linux $release, before ${Kernel}: $What" }
}

# Skips a test where a backend that is not the kernel's own behaves otherwise.
function Skip-Backend([string] $Backend, [string] $What) {
    if ((Get-KvmHost).Backend -eq $Backend) { Set-ItResult -Skipped -Because "$Backend $What" }
}

# The numbers one after the other as a C structure has them, each in the size of its type; arrays of bytes as they are.
function Join-Byte {
    $bytes = [System.Collections.Generic.List[byte]]::new()
    foreach ($value in $args) {
        if ($value -is [byte[]]) { $bytes.AddRange($value) }
        elseif ($value -is [byte]) { $bytes.Add($value) }
        else { $bytes.AddRange([byte[]] [System.BitConverter]::GetBytes($value)) }
    }
    , $bytes.ToArray()
}

# What the kernel answers: OK or the name of the errno.
function Get-Answer([scriptblock] $Call) {
    try { $null = & $Call; 'OK' } catch [KvmPS.Native.KvmException] { "$($_.Exception.Errno)" }
}

# The same for a request, whose argument is a number or a struct's bytes.
function Get-IoctlAnswer($Object, [string] $Request, $Argument) {
    $with = if ($Argument -is [byte[]]) { @{ Buffer = $Argument } } elseif ($null -ne $Argument) { @{ Value = $Argument } } else { @{} }
    Get-Answer { Invoke-KvmIoctl $Object $Request @with -ErrorAction Stop }
}

# struct kvm_enable_cap: u32 cap, u32 flags, u64 args[4], u8 pad[64]
function Enable-Capability($Object, [string] $Name, [ulong] $Argument, [uint] $Flags) {
    Get-IoctlAnswer $Object KVM_ENABLE_CAP (Join-Byte ([uint] (Get-KvmCapability $Name).Number) $Flags $Argument ([byte[]]::new(88)))
}

# Mappings that a test makes, for Clear-Mapping in AfterEach.
$mappings = [System.Collections.Generic.Dictionary[long, ulong]]::new()

# Memory of this process, or of a descriptor; 0 where the kernel refuses it.
function New-Mapping([ulong] $Size, [int] $Fd = -1, [string] $Flags = $(if ($Fd -lt 0) { 'MAP_PRIVATE, MAP_ANONYMOUS, MAP_NORESERVE' } else { 'MAP_SHARED' }), [string] $Protection = 'PROT_READ, PROT_WRITE', [ulong] $Offset) {
    $address = [long] [Mono.Unix.Native.Syscall]::mmap([System.IntPtr]::Zero, $Size, $Protection, $Flags, $Fd, $Offset)
    if ($address -eq -1) { return 0L }
    $mappings[$address] = $Size
    $address
}

function Clear-Mapping {
    foreach ($address in @($mappings.Keys)) { $null = [Mono.Unix.Native.Syscall]::munmap([System.IntPtr] $address, $mappings[$address]) }
    $mappings.Clear()
}

# What the descriptors of a kind that this process has open are called: anon_inode:kvm-vm and such.
function Get-LinkCount([string] $Like) {
    @([System.IO.Directory]::GetFiles('/proc/self/fd').Where({ [System.IO.FileInfo]::new($_).LinkTarget -like $Like })).Count
}

# The module in other threads, which see the same VMs: each runs the work with its number and the argument.
function Invoke-Beside([int] $Threads, $Argument, [scriptblock] $Work) {
    $shells = foreach ($number in 1..$Threads) {
        $shell = [powershell]::Create([initialsessionstate]::CreateDefault2())
        $null = $shell.AddScript("Import-Module '$PSScriptRoot/../../KvmPS.psd1'; . '$PSScriptRoot/Selftest.ps1'; & { $Work } `$args[0] `$args[1]").AddArgument($number).AddArgument($Argument)
        @{ Shell = $shell; Handle = $shell.BeginInvoke() }
    }
    foreach ($one in $shells) {
        $one.Shell.EndInvoke($one.Handle)
        if ($one.Shell.Streams.Error.Count) { throw $one.Shell.Streams.Error[0] }
        $one.Shell.Dispose()
    }
}
