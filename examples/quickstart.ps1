# A first look at KvmPS: one VM, one in-kernel device, two errors, and everything removed again.
# Run it with ./kvmps examples/quickstart.ps1, or dot by dot in a shell of your own.
$ErrorActionPreference = 'Stop'
Import-Module "$PSScriptRoot/../KvmPS.psd1"

function Step([string] $Text) { "`n# $Text" }

if (-not (Test-KvmHost -Quiet)) {
    Step 'KVM does not work here. Test-KvmHost says why, and what to do:'
    Test-KvmHost | ForEach-Object { "$($_.Status)  $($_.Name): $($_.Message)"; if ($_.Remedy) { "      $($_.Remedy)" } }
    exit 1
}

Step 'What is this host?  Get-KvmHost'
Get-KvmHost | Out-Host

Step "A VM.  `$vm = New-KvmVm -Name quickstart"
$vm = New-KvmVm -Name quickstart
$vm | Out-Host
try {
    Step 'Which in-kernel devices can this kernel create?  Get-KvmDeviceType | Where-Object Supported'
    Get-KvmDeviceType | Where-Object Supported | Out-Host

    Step "One of them.  `$vfio = `$vm | New-KvmDevice -Type VFIO"
    $vfio = $vm | New-KvmDevice -Type VFIO
    $vfio | Out-Host

    Step 'Its attributes, asked from the kernel.  $vfio | Get-KvmDeviceAttr'
    $vfio | Get-KvmDeviceAttr | Out-Host
    Step 'Has it this one?  $vfio | Test-KvmDeviceAttr -Group VFIO_FILE -Attr FILE_ADD'
    $vfio | Test-KvmDeviceAttr -Group VFIO_FILE -Attr FILE_ADD

    Step 'What would removing it do?  Remove-KvmDevice $vfio -WhatIf'
    Remove-KvmDevice $vfio -WhatIf

    Step 'An error has a type, an errno, the object, and what to do next. A VM has at most one VFIO device:'
    try {
        New-KvmDevice $vm -Type VFIO
    }
    catch [KvmPS.Native.KvmException] {
        "caught $($_.FullyQualifiedErrorId.Split(',')[0]) ($($_.Exception.Errno)) about $($_.TargetObject)"
        "advice: $($_.ErrorDetails.RecommendedAction)"
    }
    Step 'What this kernel does not have is an error of its own type:'
    try {
        New-KvmDevice $vm -Type KVM_DEV_TYPE_XICS
    }
    catch [KvmPS.Native.KvmNotSupportedException] {
        "caught $($_.FullyQualifiedErrorId.Split(',')[0]): $($_.Exception.Message)"
    }

    Step 'Remove it, and say which way that goes.  Remove-KvmDevice $vfio -Verbose'
    Remove-KvmDevice $vfio -Verbose
    "The device is now $($vfio.State)."
}
finally {
    Step 'Remove the VM with all that is left in it.  $vm | Remove-KvmVm'
    $vm | Remove-KvmVm
    "VMs left: $(@(Get-KvmVm).Count)"
}
