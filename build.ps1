#!/usr/bin/env pwsh
# Builds, tests and packs KvmPS. Runs under pwsh 7.6 and under the embedded host, so it uses Core cmdlets and .NET only.
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Test', 'Lab', 'Soak', 'Bench', 'Pack', 'Analyze', 'Clean')]
    [string] $Task = 'Build',

    # Test: only the tests whose full name is like one of these.
    [string[]] $Name = @(),

    # Test: only these files of tests/Pester, without .Tests.ps1.
    [string[]] $File = @(),

    # Test: only the tests with one of these tags.
    [string[]] $Tag = @(),

    # Test: not the tests with one of these tags.
    [string[]] $ExcludeTag = @(),

    # Test: where the results are written as NUnit xml.
    [string] $ResultPath = "$PSScriptRoot/out/test-results.xml",

    # Test: what was built before is tested as it is.
    [switch] $NoBuild,

    # Lab: x86 has a kernel with KVM_DESTROY_DEVICE, arm64 one with interrupt controllers and their attributes.
    [ValidateSet('x86', 'arm64')]
    [string] $Architecture = 'x86',

    # Lab, arm64: a machine with a GICv2 instead of a GICv3.
    [switch] $GicV2,

    # Lab: the kernel without the patch.
    [switch] $Control,

    # Lab: the patched kernel with KASAN, lockdep and kmemleak, under a threaded stress; or the tests that are named.
    [switch] $Sanitize,

    # Soak: how long.
    [double] $Minutes = 10,

    # Lab: a script or a PowerShell command to run there, instead of the suite.
    [string] $Command,

    # Lab: an interactive shell there.
    [switch] $Shell,

    # Lab: installs the Debian packages that it needs, first.
    [switch] $InstallDependencies
)

$ErrorActionPreference = 'Stop'
# From a command line outside of PowerShell a list arrives as one text.
$Name, $File, $Tag, $ExcludeTag = ($Name, $File, $Tag, $ExcludeTag).ForEach({ , @($_ -split ',' -ne '') })
$root = $PSScriptRoot
$version = [regex]::Match([System.IO.File]::ReadAllText("$root/KvmPS.psd1"), "ModuleVersion\s*=\s*'([^']+)'").Groups[1].Value
$module = "$root/out/KvmPS/$version"
$binaries = "$root/src/KvmPS/bin/Release/net10.0"

# The module, file by file: where it stands in the finished copy, and where it comes from.
$moduleFiles = [ordered]@{
    'KvmPS.psd1'                          = "$root/KvmPS.psd1"
    'LICENSE'                             = "$root/LICENSE"
    'THIRD-PARTY-NOTICES.txt'             = "$root/THIRD-PARTY-NOTICES.txt"
    'lib/KvmPS.dll'                       = "$binaries/KvmPS.dll"
    'lib/KvmPS.Native.dll'                = "$binaries/KvmPS.Native.dll"
    'lib/KvmPS.Types.ps1xml'              = "$root/src/KvmPS/Views/KvmPS.Types.ps1xml"
    'lib/KvmPS.Format.ps1xml'             = "$root/src/KvmPS/Views/KvmPS.Format.ps1xml"
    # The managed assembly is the same for every Linux; its native part is looked for in <rid>/ by PowerShell.
    'lib/Mono.Posix.NETStandard.dll'      = "$binaries/runtimes/linux-x64/lib/netstandard2.0/Mono.Posix.NETStandard.dll"
    'lib/linux-x64/MonoPosixHelper.so'    = "$binaries/runtimes/linux-x64/native/libMonoPosixHelper.so"
    'lib/linux-arm64/MonoPosixHelper.so'  = "$binaries/runtimes/linux-arm64/native/libMonoPosixHelper.so"
    'en-US/KvmPS.dll-Help.xml'            = "$root/src/KvmPS/obj/KvmPS.dll-Help.xml"
}
foreach ($topic in [System.IO.Directory]::GetFiles("$root/docs/about", '*.help.txt')) {
    $moduleFiles["en-US/$([System.IO.Path]::GetFileName($topic))"] = $topic
}

function Invoke-DotNet {
    # What it says is of interest only where it fails.
    $output = & dotnet @args -c Release -v quiet -nologo
    if ($LASTEXITCODE -eq 0) { return }
    # Errors are told twice, in the course of things and at the end.
    $lines = [System.Linq.Enumerable]::Distinct([string[]] $output.ForEach({ "$_".Trim() }))
    throw "dotnet $args ended with exit code ${LASTEXITCODE}:`n$($lines -join "`n")"
}

function Remove-Folder([string] $Path) {
    if ([System.IO.Directory]::Exists($Path)) { [System.IO.Directory]::Delete($Path, $true) }
}

function Build {
    # The stamp is as old as the beginning of the build: what is edited meanwhile makes it stale, and so would folders
    # that the build adds.
    foreach ($folder in 'KvmPS/bin', 'KvmPS/obj', 'KvmPS.Native/bin', 'KvmPS.Native/obj') {
        $null = [System.IO.Directory]::CreateDirectory("$root/src/$folder")
    }
    $begun = [System.DateTime]::UtcNow
    Invoke-DotNet build "$root/src/KvmPS/KvmPS.csproj"
    & "$root/docs/tools/maml.ps1" -Pages "$root/docs/cmdlets" -Target $moduleFiles['en-US/KvmPS.dll-Help.xml']
    $new = "$root/out/KvmPS/.new"
    Remove-Folder $new
    foreach ($name in $moduleFiles.Keys) {
        $target = "$new/$name"
        $null = [System.IO.Directory]::CreateDirectory([System.IO.Path]::GetDirectoryName($target))
        [System.IO.File]::Copy($moduleFiles[$name], $target)
    }
    Remove-Folder $module
    [System.IO.Directory]::Move($new, $module)
    # With these links the manifest in the project's root is as good as the one in the finished copy.
    foreach ($name in 'lib', 'en-US') {
        [System.IO.File]::Delete("$root/$name")
        $null = [System.IO.File]::CreateSymbolicLink("$root/$name", "out/KvmPS/$version/$name")
    }
    [System.IO.File]::WriteAllText("$root/out/KvmPS/.stamp", "$version`n")
    [System.IO.File]::SetLastWriteTimeUtc("$root/out/KvmPS/.stamp", $begun)
    "Built $module"
}


function Find-TestFramework {
    $pester = (Get-Module -ListAvailable Pester).Where({ $_.Version.Major -eq 5 }, 'First')
    if ($pester) { return $pester.Path }
    if (-not $NoBuild) { Invoke-DotNet build "$root/tests/Runner/KvmPS.TestRunner.csproj" }
    "$root/tests/Runner/bin/Release/net10.0/KvmPS.TestRunner.dll"
}

function Test {
    if (-not $NoBuild) { Build }
    # Aliases are imported into the scope of the caller: this one has to be the tests' own.
    $framework = Import-Module (Find-TestFramework) -PassThru
    "Testing with $($framework.Name) $($framework.Version)"
    $paths = if ($File) { $File.ForEach({ "$root/tests/Pester/$_.Tests.ps1" }) } else { "$root/tests/Pester" }
    $result = Invoke-Pester -Configuration @{
        Run        = @{ Path = [string[]] $paths; PassThru = $true }
        Filter     = @{ FullName = $Name; Tag = $Tag; ExcludeTag = $ExcludeTag }
        Output     = @{ Verbosity = 'Detailed' }
        TestResult = @{ Enabled = $true; OutputPath = $ResultPath; OutputFormat = 'NUnitXml' }
    }
    $failed = $result.FailedCount + $result.FailedBlocksCount + $result.FailedContainersCount
    "$($result.PassedCount) passed, $failed failed, $($result.SkippedCount) skipped"
    if ($failed) { exit 1 }
    if (-not $result.PassedCount) { throw $(if ($result.SkippedCount) { 'All of these tests are skipped here: their names or reasons, above, say what they need.' } else { 'No test ran.' }) }
}

# The embedded host with its runtime, for the guest that has no .NET.
function Build-Arm64Host {
    Invoke-DotNet publish "$root/src/KvmPS.Host/KvmPS.Host.csproj" -r linux-arm64 --self-contained '-p:PublishReadyToRun=true' -o "$root/out/host-arm64"
}

function Lab {
    if ($Architecture -eq 'arm64') {
        if ($Control -or $Sanitize) { throw '-Control and -Sanitize are kernels of -Architecture x86.' }
        $lab = "$root/tests/Lab/arm64"
        $installer = "$lab/prepare-guest.sh"
        $kernel = $GicV2 ? 'gicv2' : 'gicv3'
        $inner = "KVMPS_SHELL=$root/out/host-arm64/kvmps-host"
        # What is about attributes and devices; two vCPUs, because one is emulated on one processor at a time.
        if (-not $File) { $script:File = 'Vgic', 'VgicState', 'Arm64Vcpu', 'Arm64Register', 'Device', 'DeviceAttr', 'DeviceAttrFuzz', 'KvmHost' }
    }
    else {
        if ($GicV2) { throw '-GicV2 is a machine of -Architecture arm64.' }
        $lab = "$root/tests/Lab/kernel-x86"
        $installer = "$lab/build-kernel.sh"
        $kernel = if ($Control) { 'control' } elseif ($Sanitize) { 'sanitize' } else { 'patched' }
        $inner = 'KVMPS_SHELL'
    }
    if ($InstallDependencies) {
        & $installer --install-deps
        if ($LASTEXITCODE -ne 0) { throw 'The packages of the lab could not be installed.' }
    }
    Build
    if ($Architecture -eq 'arm64') { Build-Arm64Host }
    else {
        $env:KVMPS_GUEST_KERNEL = & "$lab/build-kernel.sh" guest
        if ($LASTEXITCODE -ne 0) { throw 'The kernel for guests could not be built.' }
    }
    # The guest sees this machine's files, read-only: whatever runs there is built here.
    $guest = "$lab/run-in-guest"
    $options = @('-k', $kernel) + @($inner, 'NO_COLOR', 'KVMPS_FUZZ_CALLS', 'KVMPS_GUEST_KERNEL', 'KVMPS_RANDOM_OPERATIONS', 'KVMPS_RANDOM_SECONDS', 'KVMPS_RANDOM_SEED').ForEach({ '-e', $_ })
    if ($Shell) { & $guest $options -i -- "$root/kvmps" }
    elseif ($Command -like '*.ps1*') { & $guest $options -c "'$root/kvmps' $Command" }
    elseif ($Command) { & $guest $options -- "$root/kvmps" -Command $Command }
    elseif ($Sanitize -and -not ($File -or $Name -or $Tag)) { & "$lab/check-kernel.sh" sanitize }
    else {
        $null = Find-TestFramework
        $results = "$root/out/lab-$kernel"
        $null = [System.IO.Directory]::CreateDirectory($results)
        $filters = @(
            foreach ($filter in 'Name', 'File', 'Tag', 'ExcludeTag') {
                $value = $ExecutionContext.SessionState.PSVariable.GetValue($filter)
                if ($value) { "-$filter"; $value -join ',' }
            }
        )
        # Under emulation a VM takes some 50 ms to make; the header is the same there; the guest has files, a lockdown and a VFIO
        # of its own where tests put those of other hosts.
        if (-not $ExcludeTag) { $filters += '-ExcludeTag', 'Long,Abi,Host' }
        & $guest $options -t 3600 -o $results -- "$root/kvmps" -NoProfile "$root/build.ps1" Test -NoBuild -ResultPath "$results/test-results.xml" $filters
    }
    exit $LASTEXITCODE
}

# In the guest of the lab: the C program runs there beside us.
function Invoke-Arm64Bench {
    $null = [System.IO.Directory]::CreateDirectory("$root/out/bench-arm64")
    & aarch64-linux-gnu-gcc -static -O2 -Wall -o "$root/out/bench-arm64/listing" "$root/bench/listing.c"
    if ($LASTEXITCODE -ne 0) { throw 'The C program that is measured beside us does not compile: install gcc-aarch64-linux-gnu and libc6-dev-arm64-cross.' }
    $script:Command = "'$root/bench/listing.ps1'"
    Lab
}

function Soak {
    Build
    & "$root/tests/soak.ps1" -Minutes $Minutes
    exit $LASTEXITCODE
}

function Bench {
    if ($Architecture -eq 'arm64') { Invoke-Arm64Bench }
    Build
    Invoke-DotNet build "$root/bench/Floor/KvmPS.Floor.csproj"
    $scratch = [System.IO.Directory]::CreateTempSubdirectory('kvmps-bench-').FullName
    try {
        foreach ($program in 'ioctl', 'run', 'process') {
            & cc -O2 -Wall -o "$scratch/$program" "$root/bench/$program.c"
            if ($LASTEXITCODE -ne 0) { throw 'The C programs that are measured beside us do not compile: install gcc and linux-libc-dev.' }
        }
        & "$root/bench/bench.ps1" -Root $root -Scratch $scratch
        & "$root/bench/guest.ps1" -Root $root -Scratch $scratch
        & "$root/bench/process.ps1" -Root $root -Scratch $scratch
        & "$root/bench/snapshot.ps1" -Root $root
    }
    finally { Remove-Folder $scratch }
}

# The part of the changelog about this version.
function Get-ReleaseNote {
    $match = [regex]::Match([System.IO.File]::ReadAllText("$root/CHANGELOG.md"), '(?ms)^## ' + [regex]::Escape($version) + '\s*$(.*?)(?=^## |\z)')
    if (-not $match.Success) { throw "CHANGELOG.md says nothing of $version." }
    $match.Groups[1].Value.Trim()
}

# NuGet writes times and random names into packages. Without them the same sources make the same bytes.
function Format-Package([string] $Path) {
    $entries = [System.Collections.Generic.SortedDictionary[string, byte[]]]::new([System.StringComparer]::Ordinal)
    $old = [System.IO.Compression.ZipFile]::OpenRead($Path)
    try {
        foreach ($entry in $old.Entries) {
            $bytes = [System.IO.MemoryStream]::new()
            $stream = $entry.Open()
            $stream.CopyTo($bytes)
            $stream.Dispose()
            $name = $entry.FullName -replace '[^/]+\.psmdcp$', 'core.psmdcp'
            $entries[$name] = $bytes.ToArray()
        }
    }
    finally { $old.Dispose() }
    $relations = [System.Text.Encoding]::UTF8.GetString($entries['_rels/.rels']) -replace '[^/"]+\.psmdcp', 'core.psmdcp'
    $number = @{ Value = 0 }
    $relations = [regex]::Replace($relations, 'Id="[^"]*"', { "Id=`"R$(($number.Value++))`"" })
    $entries['_rels/.rels'] = [System.Text.Encoding]::UTF8.GetBytes($relations)
    $new = [System.IO.Compression.ZipArchive]::new([System.IO.File]::Create($Path), 'Create')
    try {
        foreach ($name in $entries.Keys) {
            $entry = $new.CreateEntry($name, 'Optimal')
            $entry.LastWriteTime = [System.DateTimeOffset]::new(1980, 1, 1, 0, 0, 0, [timespan]::Zero)
            # rw-r--r--, as unzip shall make it.
            $entry.ExternalAttributes = 0x81A4 -shl 16
            $stream = $entry.Open()
            $stream.Write($entries[$name])
            $stream.Dispose()
        }
    }
    finally { $new.Dispose() }
}

function Pack {
    Build
    [System.Environment]::SetEnvironmentVariable('KVMPS_RELEASE_NOTES', (Get-ReleaseNote))
    foreach ($package in [System.IO.Directory]::GetFiles("$root/out", '*.nupkg')) { [System.IO.File]::Delete($package) }
    Invoke-DotNet pack "$root/src/KvmPS/KvmPS.Package.proj" -o "$root/out" "-p:ModuleDirectory=$module/"
    Invoke-DotNet pack "$root/src/KvmPS.Native/KvmPS.Native.csproj" -o "$root/out"
    foreach ($package in [System.IO.Directory]::GetFiles("$root/out", '*.nupkg')) {
        Format-Package $package
        "Packed $package"
    }
}

function Analyze {
    Invoke-DotNet build "$root/KvmPS.sln"
    & dotnet format "$root/KvmPS.sln" --verify-no-changes --no-restore
    if ($LASTEXITCODE -ne 0) { throw 'dotnet format would change files: run it.' }
    $scripts = 'kvmps', '.ci/run', 'tests/without-kvm.sh', 'tests/Lab/guest-init', 'tests/Lab/kernel-x86/build-kernel.sh',
        'tests/Lab/kernel-x86/check-kernel.sh', 'tests/Lab/kernel-x86/run-in-guest', 'tests/Lab/arm64/initramfs-init',
        'tests/Lab/arm64/prepare-guest.sh', 'tests/Lab/arm64/run-in-guest'
    & shellcheck -x $scripts.ForEach{ "$root/$_" }
    if ($LASTEXITCODE -ne 0) { throw 'shellcheck has found something (or is not installed).' }
    Invoke-ScriptAnalysis
}

# PSScriptAnalyzer needs a pwsh: where there is none, or not the module, this says so.
function Invoke-ScriptAnalysis {
    if (-not (Get-Module -ListAvailable PSScriptAnalyzer)) {
        'PSScriptAnalyzer is not installed: the PowerShell files were not analyzed.'
        return
    }
    Import-Module PSScriptAnalyzer
    $files = & git -C $root ls-files '*.ps1' '*.psd1'
    if ($LASTEXITCODE -ne 0) { throw 'git does not list the files of this folder.' }
    $findings = $files.ForEach({ Invoke-ScriptAnalyzer -Path "$root/$_" -Settings "$root/PSScriptAnalyzerSettings.psd1" })
    if ($findings) { throw "PSScriptAnalyzer:`n$($findings.ForEach({ "$($_.ScriptPath):$($_.Line) $($_.RuleName): $($_.Message)" }) -join "`n")" }
    "PSScriptAnalyzer has analyzed $($files.Count) files."
}

function Clean {
    foreach ($folder in @('out') + [System.IO.Directory]::GetDirectories($root, 'bin', 'AllDirectories') + [System.IO.Directory]::GetDirectories($root, 'obj', 'AllDirectories')) {
        Remove-Folder ([System.IO.Path]::Combine($root, $folder))
    }
    foreach ($name in 'lib', 'en-US') { [System.IO.File]::Delete("$root/$name") }
}

& $Task
