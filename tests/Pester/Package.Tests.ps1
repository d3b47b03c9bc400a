BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet)
    $noPSResource = -not (Get-Command Install-PSResource -ErrorAction Ignore)
}

BeforeAll {
    $root = [System.IO.Path]::GetFullPath("$PSScriptRoot/../..")
    $manifest = Test-ModuleManifest "$root/KvmPS.psd1"
    $version = "$($manifest.Version)"
    function Invoke-Pack {
        $output = & "$root/kvmps" -NoProfile "$root/build.ps1" Pack
        $LASTEXITCODE | Should -Be 0 -Because ($output -join "`n")
        [System.IO.Directory]::GetFiles("$root/out", '*.nupkg').ForEach({
                "$([System.IO.Path]::GetFileName($_)) $([System.Convert]::ToHexString([System.Security.Cryptography.SHA256]::HashData([System.IO.File]::ReadAllBytes($_))))"
            })
    }
    $first = Invoke-Pack
    $package = "$root/out/KvmPS.$version.nupkg"

    # What a new process says that has the module from a certain folder and nowhere else.
    function Invoke-Installed([string] $Folder) {
        $before = $env:PSModulePath
        try {
            $env:PSModulePath = $Folder
            & ([System.Environment]::ProcessPath) -NoProfile -Command "
                Import-Module KvmPS
                (Get-Module KvmPS).ModuleBase
                (Get-Help New-KvmVm).Synopsis
                @(Get-Command -Module KvmPS).Count
                (Test-KvmHost)[0].Name"
        }
        finally { $env:PSModulePath = $before }
    }
    $expected = 'Makes a VM.', "$($manifest.ExportedCmdlets.Count)", 'DeviceNode'
}

Describe 'The packages' -Tag Build {
    It 'are the same bytes when they are built again' {
        foreach ($folder in 'KvmPS', 'KvmPS.Native') { [System.IO.Directory]::Delete("$root/src/$folder/bin", $true) }
        Invoke-Pack | Should -Be $first
        $first.Count | Should -Be 2
    }

    It 'tell version and release notes' {
        $archive = [System.IO.Compression.ZipFile]::OpenRead($package)
        try {
            $nuspec = [xml] [System.IO.StreamReader]::new($archive.GetEntry('KvmPS.nuspec').Open()).ReadToEnd()
            $archive.GetEntry('README.md') | Should -Not -BeNullOrEmpty
            foreach ($rid in 'linux-x64', 'linux-arm64') { $archive.GetEntry("lib/$rid/MonoPosixHelper.so") | Should -Not -BeNullOrEmpty }
        }
        finally { $archive.Dispose() }
        $nuspec.package.metadata.version | Should -Be $version
        $nuspec.package.metadata.tags | Should -BeLike '*PSModule*'
        $section = ([System.IO.File]::ReadAllText("$root/CHANGELOG.md") -split '(?m)^## ')[1]
        "$version`n`n$($nuspec.package.metadata.releaseNotes)" | Should -Be $section.Trim()
    }

    It 'install by unzipping into PSModulePath' {
        $folder = [System.IO.Directory]::CreateTempSubdirectory('kvmps-unzip-').FullName
        try {
            [System.IO.Compression.ZipFile]::ExtractToDirectory($package, "$folder/KvmPS/$version")
            Invoke-Installed $folder | Should -Be (@("$folder/KvmPS/$version") + $expected)
        }
        finally { [System.IO.Directory]::Delete($folder, $true) }
    }

    It 'install with Install-PSResource from a folder' -Skip:$noPSResource {
        $folder = [System.IO.Directory]::CreateTempSubdirectory('kvmps-install-').FullName
        # Of a user whose home is that folder.
        $before = $env:HOME
        try {
            $env:HOME = $folder
            $null = [System.IO.Directory]::CreateDirectory("$folder/source")
            [System.IO.File]::Copy($package, "$folder/source/KvmPS.$version.nupkg")
            $output = & ([System.Environment]::ProcessPath) -NoProfile -Command "
                Register-PSResourceRepository -Name here -Uri '$folder/source' -Trusted
                (Find-PSResource KvmPS -Repository here).Version.ToString()
                Install-PSResource KvmPS -Repository here"
            $output | Should -Be $version
            Invoke-Installed "$folder/.local/share/powershell/Modules" | Should -Be (@("$folder/.local/share/powershell/Modules/KvmPS/$version") + $expected)
        }
        finally {
            $env:HOME = $before
            [System.IO.Directory]::Delete($folder, $true)
        }
    }

    It 'serve a C# program of ten lines' -Skip:$noKvm {
        $folder = [System.IO.Directory]::CreateTempSubdirectory('kvmps-native-').FullName
        try {
            $code = [System.IO.File]::ReadAllText("$root/examples/native.cs")
            $code | Should -BeLike '*#:project ../src/KvmPS.Native/KvmPS.Native.csproj*'
            [System.IO.File]::WriteAllText("$folder/native.cs", ($code -replace '#:project \S+', "#:package KvmPS.Native@$version"))
            $cache = $env:NUGET_PACKAGES ?? "$([System.Environment]::GetFolderPath('UserProfile'))/.nuget/packages"
            # Packages of this version change: they are not to stay in the user's cache.
            [System.IO.File]::WriteAllText("$folder/nuget.config", "<configuration>
                <config><add key='globalPackagesFolder' value='$folder/packages' /></config>
                <fallbackPackageFolders><add key='cache' value='$cache' /></fallbackPackageFolders>
                <packageSources><add key='here' value='$root/out' /></packageSources></configuration>")
            $text = & dotnet run "$folder/native.cs" 2>&1
            $LASTEXITCODE | Should -Be 0 -Because ($text -join "`n")
            [System.IO.Directory]::Exists("$folder/packages/kvmps.native/$version") | Should -BeTrue
            [System.IO.File]::Exists("$folder/packages/kvmps.native/$version/lib/net10.0/KvmPS.Native.xml") | Should -BeTrue
        }
        finally { [System.IO.Directory]::Delete($folder, $true) }
    }
}
