# Machines of arm64 for the tests of its interrupt controllers and vCPUs, built from ioctls; dot-sourced by them.

# The device types that this host can make: for discovery.
function Get-SupportedType {
    if (-not (Test-KvmHost -Quiet)) { return }
    $probe = New-KvmVm
    (Get-KvmDeviceType $probe).Where{ $_.Supported }.Name
    Remove-KvmVm $probe
}

# vCPUs have their MPIDR, and their features, from KVM_ARM_VCPU_INIT on (api.rst 4.82).
function New-Machine([int] $Vcpus = 2, [byte] $Feature, [string] $Name = 'arm64') {
    $vm = New-KvmVm -Name $Name
    $target = (Invoke-KvmIoctl $vm KVM_ARM_PREFERRED_TARGET -ErrorAction Stop).Buffer
    # struct kvm_vcpu_init: u32 target, u32 features[7]
    if ($PSBoundParameters.ContainsKey('Feature')) { $target[4] = $target[4] -bor (1 -shl $Feature) }
    for ($i = 0; $i -lt $Vcpus; $i++) {
        $null = Invoke-KvmIoctl (New-KvmVcpu $vm -Id $i) KVM_ARM_VCPU_INIT -Buffer $target -ErrorAction Stop
    }
    $vm
}

function New-Gic($Vm, [switch] $Init) {
    $gic = New-KvmDevice $Vm ARM_VGIC_V3 -ErrorAction Stop
    if ($Init) {
        Set-KvmDeviceAttr $gic GRP_NR_IRQS 0 64 -ErrorAction Stop
        Set-KvmDeviceAttr $gic GRP_ADDR ADDR_TYPE_DIST 0x8000000 -ErrorAction Stop
        Set-KvmDeviceAttr $gic GRP_ADDR ADDR_TYPE_REDIST 0x80A0000 -ErrorAction Stop
        Set-KvmDeviceAttr $gic GRP_CTRL CTRL_INIT -ErrorAction Stop
    }
    $gic
}

# Memory of the guest: an array that the collector leaves where it is, and where in it the guest's address 0 + Address lies.
function Add-Memory($Vm, [ulong] $Address, [int] $Size) {
    $page = 0x10000
    $bytes = [System.GC]::AllocateArray[byte]($Size + $page, $true)
    $start = [System.Runtime.InteropServices.Marshal]::UnsafeAddrOfPinnedArrayElement($bytes, 0).ToInt64()
    $offset = [int](-$start -band ($page - 1))
    # struct kvm_userspace_memory_region: u32 slot, u32 flags, u64 guest_phys_addr, u64 memory_size, u64 userspace_addr
    $region = [byte[]]::new(8) + [System.BitConverter]::GetBytes($Address) + [System.BitConverter]::GetBytes([ulong] $Size) +
        [System.BitConverter]::GetBytes($start + $offset)
    $null = Invoke-KvmIoctl $Vm KVM_SET_USER_MEMORY_REGION -Buffer $region -ErrorAction Stop
    [pscustomobject]@{ Address = $Address; Size = $Size; Bytes = $bytes; Offset = $offset }
}

function Read-Long($Memory, [ulong] $Address) {
    [System.BitConverter]::ToUInt64($Memory.Bytes, [int]($Memory.Offset + $Address - $Memory.Address))
}

function Write-Memory($Memory, [ulong] $Address, [byte[]] $Bytes) {
    $Bytes.CopyTo($Memory.Bytes, [int]($Memory.Offset + $Address - $Memory.Address))
}

# A vCPU begins at address 0: this program waits there until the word at 0x100 is not 0 (or for a long time), and leaves
# by writing where there is no memory. KVM_RUN returns 0 then.
function Add-Program($Vm, [switch] $Waiting) {
    $memory = Add-Memory $Vm 0 0x10000
    $code = @(
        0xD2A20001      # mov  x1, #0x10000000
        0xD2802003      # mov  x3, #0x100
        0xD2A20004      # mov  x4, #0x10000000
        0xB9400062      # 1: ldr w2, [x3]
        0x35000062      # cbnz w2, 2f
        0xF1000484      # subs x4, x4, #1
        0x54FFFFA1      # b.ne 1b
        0xB9000020      # 2: str w0, [x1]
    )
    Write-Memory $memory 0 ([byte[]] $code.ForEach{ [System.BitConverter]::GetBytes([int] $_) })
    if (-not $Waiting) { Write-Memory $memory 0x100 (1, 0, 0, 0) }
    $memory
}

# Runs what is given beside a vCPU that is in KVM_RUN, which ends afterwards.
function Invoke-BesideRunning($Vcpu, [scriptblock] $Work) {
    $memory = Add-Program $Vcpu.Vm -Waiting
    $state = [initialsessionstate]::CreateDefault2()
    $state.ImportPSModule("$PSScriptRoot/../../KvmPS.psd1")
    $shell = [powershell]::Create($state)
    try {
        $null = $shell.AddCommand('Invoke-KvmIoctl').AddArgument($Vcpu).AddArgument('KVM_RUN')
        $running = $shell.BeginInvoke()
        # It is there as soon as it is not to be had for another request.
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        while ($true) {
            if ($clock.Elapsed.TotalSeconds -gt 60 -or $running.IsCompleted) { throw "The vCPU does not run: $($shell.Streams.Error)" }
            $null = Get-KvmDeviceAttr (Get-KvmDevice $Vcpu.Vm)[0] GRP_DIST_REGS 0 -ErrorAction SilentlyContinue -ErrorVariable busy
            if ($busy) { break }
            [System.Threading.Thread]::Sleep(20)
        }
        & $Work
    }
    finally {
        Write-Memory $memory 0x100 (1, 0, 0, 0)
        $null = $shell.EndInvoke($running)
        $shell.Dispose()
    }
}

# The error that a call ends with is of this id; its errno.
function Get-Errno([scriptblock] $Call, [string] $Id) {
    $failure = $Call | Should -Throw -ErrorId "$Id,*" -PassThru
    "$($failure.Exception.Errno)"
}
