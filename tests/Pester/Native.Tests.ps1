BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet)
    $noSdk = -not (Get-Command dotnet -CommandType Application -ErrorAction Ignore)
}

Describe 'KvmPS.Native' -Tag Build {
    It 'serves a C# program that has no PowerShell' -Skip:($noKvm -or $noSdk) {
        $text = & dotnet run "$PSScriptRoot/../../examples/native.cs" 2>&1
        $LASTEXITCODE | Should -Be 0 -Because "$text"
        "$text" | Should -BeLike "*VM 'from C#' can have a VFIO device*KVM_CREATE_DEVICE: ENODEV*"
    }
}
