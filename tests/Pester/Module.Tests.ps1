BeforeAll {
    $module = Import-Module "$PSScriptRoot/../../KvmPS.psd1" -PassThru
    $root = [System.IO.Path]::GetFullPath("$PSScriptRoot/../..")
    $version = "$($module.Version)"
}

Describe 'The module' {
    It 'exports exactly what its manifest says' {
        $manifest = Test-ModuleManifest "$root/KvmPS.psd1"
        @($module.ExportedCommands.Keys).Where({ $true }).Count | Should -Be $manifest.ExportedCmdlets.Count
        foreach ($name in $manifest.ExportedCmdlets.Keys) { $module.ExportedCommands.ContainsKey($name) | Should -BeTrue -Because $name }
    }

    It 'is shipped as exactly these files' {
        $copy = "$root/out/KvmPS/$version"
        [string[]] $files = [System.IO.Directory]::GetFiles($copy, '*', 'AllDirectories').ForEach({ $_.Substring($copy.Length + 1) })
        [System.Array]::Sort($files, [System.StringComparer]::Ordinal)
        $files | Should -Be @(
            'KvmPS.psd1', 'LICENSE', 'THIRD-PARTY-NOTICES.txt'
            'en-US/KvmPS.dll-Help.xml', 'en-US/about_KvmPS.help.txt', 'en-US/about_KvmPS_Devices.help.txt'
            'en-US/about_KvmPS_Errors.help.txt', 'en-US/about_KvmPS_Guests.help.txt', 'en-US/about_KvmPS_Lifetime.help.txt'
            'lib/KvmPS.Format.ps1xml', 'lib/KvmPS.Native.dll', 'lib/KvmPS.Types.ps1xml'
            'lib/KvmPS.dll', 'lib/Mono.Posix.NETStandard.dll'
            'lib/linux-arm64/MonoPosixHelper.so', 'lib/linux-x64/MonoPosixHelper.so'
        )
    }

    It 'has one version, in every assembly' {
        [System.Reflection.AssemblyName]::GetAssemblyName("$root/out/KvmPS/$version/lib/KvmPS.dll").Version.ToString(3) | Should -Be $version
        [System.Reflection.AssemblyName]::GetAssemblyName("$root/out/KvmPS/$version/lib/KvmPS.Native.dll").Version.ToString(3) | Should -Be $version
    }

    It 'keeps PowerShell out of KvmPS.Native' {
        $native = [KvmPS.Native.KvmVm].Assembly.GetReferencedAssemblies().Name
        $native | Should -Contain 'Mono.Posix.NETStandard'
        $native | Should -Not -Contain 'System.Management.Automation'
    }

    It 'loads Mono.Posix from its own folder' {
        [KvmPS.Native.KvmException].GetProperty('Errno').PropertyType.Assembly.Location | Should -BeLike "$root/*/Mono.Posix.NETStandard.dll"
    }
}
