@{
    RootModule           = 'lib/KvmPS.dll'
    ModuleVersion        = '0.1.0'
    GUID                 = 'b6f5f1d0-4a0e-4c8d-9a57-2f6f0c1f4f5e'
    Author               = 'The KvmPS developers'
    CompanyName          = 'Community'
    Copyright            = '(c) The KvmPS developers. MIT licence.'
    Description          = "The Linux kernel's KVM API on the PowerShell pipeline: VMs, vCPUs and in-kernel devices as live objects, every ioctl with tab completion, -WhatIf and typed errors."
    PowerShellVersion    = '7.6'
    CompatiblePSEditions = @('Core')
    FormatsToProcess     = @('lib/KvmPS.Format.ps1xml')
    CmdletsToExport      = @(
        'Get-KvmHost'
        'Test-KvmHost'
        'Enable-KvmCapability'
        'Get-KvmCapability'
        'Get-KvmVm'
        'New-KvmVm'
        'Remove-KvmVm'
        'Get-KvmVcpu'
        'New-KvmVcpu'
        'Remove-KvmVcpu'
        'Get-KvmDeviceType'
        'Get-KvmDevice'
        'New-KvmDevice'
        'Remove-KvmDevice'
        'Test-KvmDevice'
        'Get-KvmDeviceAttr'
        'Set-KvmDeviceAttr'
        'Test-KvmDeviceAttr'
        'Invoke-KvmIoctl'
        'Add-KvmMemory'
        'Get-KvmMemory'
        'Read-KvmMemory'
        'Remove-KvmMemory'
        'Write-KvmMemory'
        'Get-KvmDirtyPage'
        'Invoke-KvmVcpu'
        'Start-KvmVcpu'
        'Stop-KvmVcpu'
        'Wait-KvmVcpu'
        'Set-KvmGuestDebug'
        'Get-KvmRegister'
        'Set-KvmRegister'
        'Get-KvmMsr'
        'Set-KvmMsr'
        'Get-KvmCpuid'
        'Set-KvmCpuid'
    )
    FunctionsToExport    = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
    PrivateData          = @{
        PSData = @{
            Tags       = @('KVM', 'Linux', 'Virtualization', 'Kernel', 'ioctl', 'PSEdition_Core')
            LicenseUri = 'https://opensource.org/license/mit'
            Prerelease = ''
        }
    }
}
