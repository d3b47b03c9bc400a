BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet)
    $noSetpriv = [System.Environment]::UserName -ne 'root' -or -not [System.IO.File]::Exists('/usr/bin/setpriv')
    # A mount namespace of our own is refused in some containers.
    $noNamespace = [System.Environment]::UserName -ne 'root'
    if (-not $noNamespace) { $null = unshare --mount mount -t tmpfs none /sys/module 2>&1; $noNamespace = $LASTEXITCODE -ne 0 }
    $noSecurityFs = $noNamespace -or -not ([System.IO.File]::ReadAllText('/proc/filesystems') -match 'securityfs')
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $kvmps = [System.IO.Path]::GetFullPath("$PSScriptRoot/../../kvmps")
    $module = [System.IO.Path]::GetFullPath("$PSScriptRoot/../../KvmPS.psd1")

    # What Test-KvmHost finds once a shell has changed what can be seen; as user 65534 where $As says so.
    function Get-Finding([string] $Prepare, [string] $DevicePath = '/dev/kvm', [string] $Script = '', [string[]] $As) {
        $text = "Import-Module '$module'; foreach (`$c in Test-KvmHost -DevicePath '$DevicePath') { '{0}|{1}|{2}|{3}' -f `$c.Name, `$c.Status, `$c.Message, `$c.Remedy }; $Script"
        $output = & unshare --mount sh -c "set -e; $Prepare; exec `"`$@`"" sh @As $kvmps -NoProfile -Command $text 2>&1
        $found = @{ Other = @() }
        foreach ($line in $output) {
            $cells = "$line".Split('|', 4)
            if ($cells.Count -eq 4) { $found[$cells[0]] = [pscustomobject] @{ Status = $cells[1]; Message = $cells[2]; Remedy = $cells[3] } }
            else { $found.Other += "$line" }
        }
        $found
    }

    # A /dev of our own, which anything can be done to.
    $ownDev = "d='$TestDrive'; mkdir -p `$d/dev; mount -t tmpfs none `$d/dev; for n in null zero full random urandom tty; do touch `$d/dev/`$n; mount --bind /dev/`$n `$d/dev/`$n; done; mount --rbind `$d/dev /dev"
}

Describe 'KVM on this host' {
    It 'works, so that no test is skipped for the lack of it' {
        $failed = (Test-KvmHost).Where({ $_.Status -eq 'Fail' })
        if ($failed) { Set-ItResult -Skipped -Because "KVM does not work here: $($failed[0].Message) $($failed[0].Remedy)" }
        Test-KvmHost -Quiet | Should -BeTrue
    }
}

Describe 'Get-KvmHost' -Skip:$noKvm {
    BeforeAll { $here = Get-KvmHost }

    It 'tells the kernel from /proc, and the API version 12' {
        $here.DevicePath | Should -Be '/dev/kvm'
        $here.ApiVersion | Should -Be 12
        $here.KernelVersion | Should -Be ([System.IO.File]::ReadAllText('/proc/sys/kernel/osrelease').Trim())
        $here.Architecture | Should -Be ([System.Runtime.InteropServices.RuntimeInformation]::OSArchitecture)
    }

    It 'tells limits as KVM_CHECK_EXTENSION does' {
        $here.MaxVcpus | Should -Be (Get-KvmCapability KVM_CAP_MAX_VCPUS).Value
        $here.RecommendedVcpus | Should -Be (Get-KvmCapability KVM_CAP_NR_VCPUS).Value
        $here.MaxMemorySlots | Should -Be (Get-KvmCapability KVM_CAP_NR_MEMSLOTS).Value
        # asserted by the kernel's kvm_create_max_vcpus
        $here.MaxVcpuId | Should -BeGreaterOrEqual $here.MaxVcpus
    }

    It 'tells the size of the vCPU''s map, which holds at least struct kvm_run' {
        $here.VcpuMapSize | Should -Be (Invoke-KvmIoctl $here KVM_GET_VCPU_MMAP_SIZE).Result
        $here.VcpuMapSize | Should -BeGreaterOrEqual 2352
    }

    It 'tells device types as Get-KvmDeviceType does' {
        $here.DeviceTypes | Should -Be @((Get-KvmDeviceType).Where({ $_.Supported }).Name)
    }

    It 'names a backend that is a loaded module' -Skip:(-not [System.IO.Directory]::Exists('/sys/module')) {
        if ($here.Backend) { "/sys/module/$($here.Backend)" | Should -Exist }
        else { [System.IO.Directory]::GetDirectories('/sys/module', 'kvm_*') | Should -BeNullOrEmpty }
    }

    It '-Detailed tells more, and all that it tells without' {
        $detail = Get-KvmHost -Detailed
        $detail | Should -BeOfType ([KvmPS.Native.KvmHostDetail])
        foreach ($property in $here.GetType().GetProperties().Name) { "$($detail.$property)" | Should -Be "$($here.$property)" -Because $property }
        $detail.AddressSpaces | Should -Be ([System.Math]::Max(1, (Get-KvmCapability KVM_CAP_MULTI_ADDRESS_SPACE -All).Value))
        $detail.OpenFileLimit | Should -Be (& sh -c 'ulimit -n')
    }

    It '-Detailed tells module parameters as /sys/module does' {
        $parameters = (Get-KvmHost -Detailed).ModuleParameters
        $files = [System.IO.Directory]::GetDirectories('/sys/module', 'kvm*').Where({ [System.IO.Path]::GetFileName($_) -match '^kvm($|_)' -and [System.IO.Directory]::Exists("$_/parameters") }).ForEach({ [System.IO.Directory]::GetFiles("$_/parameters") })
        @($parameters).Count | Should -Be @($files).Count
        foreach ($parameter in $parameters) {
            $file = "/sys/module/$($parameter.Module)/parameters/$($parameter.Name)"
            $parameter.Value | Should -Be ([System.IO.File]::ReadAllText($file).Trim()) -Because $file
            $parameter.Writable | Should -Be ([System.IO.File]::GetUnixFileMode($file).HasFlag([System.IO.UnixFileMode]::UserWrite)) -Because $file
        }
    }

    It '-Detailed tells the machine types that VMs can be made of' {
        $types = (Get-KvmHost -Detailed).VmTypes
        $bitmap = (Get-KvmCapability KVM_CAP_VM_TYPES -All).Value
        foreach ($number in 0..9) {
            $types.Number -contains $number | Should -Be (($bitmap -shr $number -band 1) -ne 0)
        }
        # arch/x86/include/uapi/asm/kvm.h
        if ($bitmap -band 1) { $types[0].Name | Should -Be 'KVM_X86_DEFAULT_VM'; New-KvmVm -Type $types[0].Number | Remove-KvmVm }
    }

    It '-Detailed tells whether there is nesting as KVM_GET_SUPPORTED_CPUID does' -Skip:([System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -ne 'X64') {
        $vmx = (Get-KvmCpuid -Supported).Where({ $_.Function -eq 1 }).Ecx -band 0x20
        $svm = (Get-KvmCpuid -Supported).Where({ $_.Function -eq 0x80000001L }).Ecx -band 4
        (Get-KvmHost -Detailed).Nested | Should -Be ([bool] ($vmx -bor $svm))
    }

    It 'leaves no VM and no descriptor behind' {
        $before = [System.IO.Directory]::GetFiles('/proc/self/fd').Count
        1..20 | ForEach-Object { $null = Get-KvmHost }
        [System.IO.Directory]::GetFiles('/proc/self/fd').Count | Should -Be $before
        Get-KvmVm | Should -BeNullOrEmpty
    }
}

Describe 'Test-KvmHost' {
    It 'passes all that decides whether KVM works, and fails nothing' -Skip:$noKvm {
        $checks = Test-KvmHost
        $checks.Name | Should -Be @(
            'DeviceNode', 'Access', 'ApiVersion', 'VmCreation', 'VcpuCreation', 'GuestRun'
            'Backend', 'Nested', 'ModuleParameters', 'HugePages', 'Iommu', 'Lockdown'
        )
        $checks[0..4].Status | Should -Be (@('Pass') * 5)
        $checks.Status | Should -Not -Contain 'Fail'
        foreach ($check in $checks) {
            $check.Message | Should -Not -BeNullOrEmpty
            if ("$($check.Status)" -in 'Warn', 'Fail') { $check.Remedy | Should -Not -BeNullOrEmpty -Because $check.Name }
            if ("$($check.Status)" -eq 'Pass') { $check.Remedy | Should -BeNullOrEmpty -Because $check.Name }
        }
        Test-KvmHost -Quiet | Should -BeTrue
    }

    It 'is an exit code' -ForEach @(
        @{ DevicePath = '/dev/kvm'; Expected = 0 }
        @{ DevicePath = '/nonexistent/kvm'; Expected = 1 }
    ) {
        if ($Expected -eq 0 -and -not (Test-KvmHost -Quiet)) { Set-ItResult -Skipped -Because 'KVM does not work here'; return }
        $null = & $kvmps -NoProfile -Command "Import-Module '$module'; exit [int] -not (Test-KvmHost -DevicePath $DevicePath -Quiet)"
        $LASTEXITCODE | Should -Be $Expected
    }

    It 'explains a device node that does not exist, and skips what depends on it' {
        $checks = Test-KvmHost -DevicePath /nonexistent/kvm
        $checks[0].Status | Should -Be 'Fail'
        $checks[0].Message | Should -BeLike '*/nonexistent/kvm does not exist*'
        if ([System.IO.File]::Exists('/dev/kvm')) { $checks[0].Remedy | Should -Be 'Use /dev/kvm.' }
        $checks[1..5].Status | Should -Be (@('Skip') * 5)
        Test-KvmHost -DevicePath /nonexistent/kvm -Quiet | Should -BeFalse
    }

    It 'explains a node that is not KVM''s' {
        $checks = Test-KvmHost -DevicePath /dev/null
        $checks[0].Status | Should -Be 'Pass'
        ($checks.Where({ $_.Status -eq 'Fail' })).Message | Should -BeLike '*KVM_GET_API_VERSION*/dev/null*ENOTTY*'
    }

    It 'explains a path that is no device' {
        (Test-KvmHost -DevicePath /etc/passwd)[0].Status | Should -Be 'Fail'
        (Test-KvmHost -DevicePath /etc)[0].Status | Should -Be 'Fail'
    }
}

# A kernel is not booted again for each of its states: what it shows of them is put where it would show it.
Describe 'What Test-KvmHost finds around KVM' -Tag Host -Skip:($noNamespace -or $noKvm) {
    It 'of lockdown: <Shown>' -ForEach @(
        @{ Shown = '[none] integrity confidentiality'; Status = 'Pass'; Message = 'The kernel is not locked down.' }
        @{ Shown = 'none [integrity] confidentiality'; Status = 'Warn'; Message = '*locked down (integrity)*debugfs*' }
        @{ Shown = 'none integrity [confidentiality]'; Status = 'Warn'; Message = '*locked down (confidentiality)*' }
    ) {
        $found = (Get-Finding "mount -t tmpfs none /sys/kernel/security; echo '$Shown' > /sys/kernel/security/lockdown").Lockdown
        $found.Status | Should -Be $Status
        $found.Message | Should -BeLike $Message
    }

    It 'of lockdown, once its remedy was followed' -Skip:$noSecurityFs {
        $before = (Test-KvmHost).Where({ $_.Name -eq 'Lockdown' })
        if ("$($before.Status)" -ne 'Skip') { Set-ItResult -Skipped -Because 'lockdown can be read here'; return }
        $found = (Get-Finding ($before.Remedy -replace '^sudo ')).Lockdown
        $found.Status | Should -BeIn 'Pass', 'Warn'
    }

    It 'of huge pages: <Enabled>, <Reserved> reserved' -ForEach @(
        @{ Enabled = 'always [madvise] never'; Reserved = 0; Status = 'Pass'; Message = '*asked for*none.'; Remedy = '' }
        @{ Enabled = '[always] madvise never'; Reserved = 5; Status = 'Pass'; Message = '*always. Reserved: 5 of 2048kB (3 free).'; Remedy = '' }
        @{ Enabled = 'always madvise [never]'; Reserved = 5; Status = 'Pass'; Message = '*never. Reserved: 5 of*'; Remedy = '' }
        @{ Enabled = 'always madvise [never]'; Reserved = 0; Status = 'Warn'; Message = '*small pages*'; Remedy = 'echo madvise | sudo tee /sys/kernel/mm/transparent_hugepage/enabled' }
    ) {
        $found = (Get-Finding "cd /sys/kernel; mount -t tmpfs none mm; mkdir -p mm/transparent_hugepage mm/hugepages/hugepages-2048kB; echo '$Enabled' > mm/transparent_hugepage/enabled; echo $Reserved > mm/hugepages/hugepages-2048kB/nr_hugepages; echo 3 > mm/hugepages/hugepages-2048kB/free_hugepages; cd /").HugePages
        $found.Status | Should -Be $Status
        $found.Message | Should -BeLike $Message
        $found.Remedy | Should -Be $Remedy
    }

    It 'of an IOMMU <What>' -ForEach @(
        @{ What = 'that is none'; Prepare = ':'; Status = 'Warn'; Message = 'There is no IOMMU*' }
        @{ What = 'without VFIO'; Prepare = 'mkdir /sys/kernel/iommu_groups/0 /sys/kernel/iommu_groups/1'; Status = 'Warn'; Message = '2 IOMMU groups, but no VFIO*' }
        @{ What = 'with VFIO'; Prepare = 'mkdir -p /sys/kernel/iommu_groups/0 /dev/vfio; touch /dev/vfio/vfio'; Status = 'Pass'; Message = '1 IOMMU groups. No device is bound*' }
        @{ What = 'with a group of VFIO''s'; Prepare = 'mkdir -p /sys/kernel/iommu_groups/7 /dev/vfio; touch /dev/vfio/vfio /dev/vfio/7'; Status = 'Pass'; Message = '1 IOMMU groups. For VFIO are /dev/vfio/7.' }
    ) {
        $found = (Get-Finding "$ownDev; mknod /dev/kvm c 10 232; mount -t tmpfs none /sys/kernel/iommu_groups; $Prepare").Iommu
        $found.Status | Should -Be $Status
        $found.Message | Should -BeLike $Message
        if ($Status -eq 'Warn') { $found.Remedy | Should -Not -BeNullOrEmpty }
    }

    It 'of a group of VFIO''s that belongs to somebody else' -Skip:$noSetpriv {
        $found = (Get-Finding "$ownDev; mknod -m 666 /dev/kvm c 10 232; mount -t tmpfs none /sys/kernel/iommu_groups; mkdir -p /sys/kernel/iommu_groups/7 /dev/vfio; touch /dev/vfio/vfio /dev/vfio/7; chmod 600 /dev/vfio/7" -As 'setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--').Iommu
        $found.Status | Should -Be 'Warn'
        $found.Message | Should -BeLike '*this user may not open /dev/vfio/7.'
        $found.Remedy | Should -Match '^sudo chown \S+ /dev/vfio/7$'
    }

    It 'of modules and their parameters' {
        $found = Get-Finding 'mount -t tmpfs none /sys/module; cd /sys/module; mkdir -p kvm/parameters kvm_intel/parameters; echo live > kvm_intel/initstate; echo Y > kvm/parameters/ignore_msrs; chmod 644 kvm/parameters/ignore_msrs; echo N > kvm_intel/parameters/ept; echo N > kvm_intel/parameters/nested; chmod 444 kvm_intel/parameters/*; cd /' -Script '(Get-KvmHost -Detailed).ModuleParameters.ForEach({ "$_ $($_.Writable)" })'
        $found.Backend.Message | Should -BeLike '*kvm_intel (a module that is loaded)*'
        $found.ModuleParameters.Status | Should -Be 'Warn'
        $found.ModuleParameters.Message | Should -BeLike 'kvm.ignore_msrs=Y: *; kvm_intel.ept=N: *'
        $found.ModuleParameters.Remedy | Should -BeLike 'echo N | sudo tee /sys/module/kvm/parameters/ignore_msrs; echo options kvm_intel ept=1 *modprobe.d*sudo modprobe -r kvm_intel && sudo modprobe kvm_intel.'
        if ($found.Nested.Status -eq 'Warn') { $found.Nested.Remedy | Should -BeLike '*options kvm_intel nested=1*' }
        $found.Other | Should -Be @('kvm.ignore_msrs=Y True', 'kvm_intel.ept=N False', 'kvm_intel.nested=N False')
    }

    It 'of parameters of a kernel that has all built in' {
        $found = Get-Finding 'mount -t tmpfs none /sys/module; cd /sys/module; mkdir -p kvm/parameters kvm_amd kvm_intel; echo Y > kvm/parameters/enable_vmware_backdoor; chmod 444 kvm/parameters/*; cd /'
        $found.ModuleParameters.Remedy | Should -Be 'boot with kvm.enable_vmware_backdoor=N on the kernel''s command line.'
        # One of the two, and the one that is this processor's.
        $vendor = [System.IO.File]::ReadAllText('/proc/cpuinfo') -match 'AuthenticAMD|HygonGenuine' ? 'kvm_amd' : 'kvm_intel'
        $found.Backend.Message | Should -Be "Guests are run by $vendor (part of the kernel)."
    }
}

Describe 'A remedy of Test-KvmHost' -Skip:($noNamespace -or $noKvm) {
    It 'for a node that is missing makes it' {
        $found = Get-Finding $ownDev
        $found.DeviceNode.Status | Should -Be 'Fail'
        $found.DeviceNode.Remedy | Should -Match 'sudo (mknod /dev/kvm c \d+ \d+);'
        $again = Get-Finding "$ownDev; $($found.DeviceNode.Remedy -replace '^.*sudo (mknod [^;]*);.*$', '$1')" -Script 'Test-KvmHost -Quiet'
        $again.Other | Should -Be 'True'
    }

    It 'for a kernel without KVM is to get some' {
        $found = Get-Finding "$ownDev; mount -t tmpfs none /sys/module; grep -v kvm /proc/misc > /dev/misc; mount --bind /dev/misc /proc/misc"
        $found.DeviceNode.Remedy | Should -BeLike '*build.ps1 Lab*'
        $found.DeviceNode.Remedy | Should -Match 'firmware|boot another one|install'
        $found.Backend.Status | Should -Be 'Warn'
        $found.Access.Status | Should -Be 'Skip'
        $found.Nested.Status | Should -Be 'Skip'
    }

    It 'for an Intel or AMD kernel with its module is to load that' -Skip:([System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -ne 'X64') {
        $found = Get-Finding "$ownDev; mount -t tmpfs none /sys/module; grep -v kvm /proc/misc > /dev/misc; mount --bind /dev/misc /proc/misc; test -d /lib/modules || exit 77; mount -t tmpfs none /lib/modules; m=/lib/modules/`$(uname -r)/kernel/arch/x86/kvm; mkdir -p `$m; touch `$m/kvm-intel.ko.xz `$m/kvm-amd.ko.xz"
        if ($LASTEXITCODE -eq 77) { Set-ItResult -Skipped -Because 'there is no folder to put modules into'; return }
        $found.DeviceNode.Remedy | Should -Match 'sudo modprobe kvm_(intel|amd)\. Where that is refused'
    }
}

Describe 'Without /dev/kvm' {
    It '<Name> says KvmNotPresent, ENOENT, with advice' -ForEach @(
        @{ Name = 'Get-KvmHost'; Call = { Get-KvmHost -DevicePath /nonexistent/kvm } }
        @{ Name = 'New-KvmVm'; Call = { New-KvmVm -DevicePath /nonexistent/kvm } }
    ) {
        $failure = $Call | Should -Throw -ErrorId 'KvmNotPresent,*' -ExceptionType ([KvmPS.Native.KvmUnavailableException]) -PassThru
        $failure.Exception.Errno | Should -Be 'ENOENT'
        $failure.CategoryInfo.Category | Should -Be 'ResourceUnavailable'
        $failure.ErrorDetails.RecommendedAction | Should -BeLike '*Test-KvmHost*'
    }
}

Describe 'Without permission' -Skip:$noSetpriv {
    It 'New-KvmVm says KvmAccessDenied, EACCES, and Test-KvmHost what to do' {
        $node = "$TestDrive/kvm"
        & mknod $node c 10 232
        & chmod 000 $node
        # Root without capabilities is stopped by the mode of the node as anybody else is.
        $text = & setpriv --bounding-set=-all --inh-caps=-all $kvmps -NoProfile -Command @"
Import-Module '$PSScriptRoot/../../KvmPS.psd1'
try { New-KvmVm -DevicePath '$node' } catch { `$_.FullyQualifiedErrorId; `$_.Exception.Errno; `$_.CategoryInfo.Category; `$_.ErrorDetails.RecommendedAction }
(Test-KvmHost -DevicePath '$node').ForEach({ "`$(`$_.Name) `$(`$_.Status) `$(`$_.Remedy)" })
"@ 2>&1
        $text = $text -join "`n"
        $text | Should -BeLike '*KvmAccessDenied,*EACCES*PermissionDenied*group*'
        $text | Should -BeLike '*Access Fail*chgrp kvm*'
    }

    It 'Test-KvmHost tells a user <What>' -Skip:($noNamespace -or $noKvm) -ForEach @(
        @{ What = 'who is not in the group'; Mode = '660'; Group = 'video:x:4242:'; Remedy = 'Become a member of group video, which may: sudo usermod -aG video somebody, then log in again.' }
        @{ What = 'whose session is older'; Mode = '660'; Group = 'video:x:4242:other,somebody'; Remedy = 'somebody is a member of group video, which may, but this session is older than that: log in again, or newgrp video.' }
        @{ What = 'that root alone may'; Mode = '600'; Group = 'kvm:x:4242:'; Remedy = 'Only root may: sudo chgrp kvm /dev/kvm && sudo chmod 660 /dev/kvm && sudo usermod -aG kvm somebody, then log in again.' }
        @{ What = 'that there is no group yet'; Mode = '600'; Group = 'video:x:4242:'; Remedy = 'Only root may: sudo groupadd --system kvm; sudo chgrp*' }
        @{ What = 'that nodev forbids it'; Mode = '666'; Group = 'video:x:4242:'; Then = 'mount -o remount,nodev /dev'; Remedy = '/dev/kvm is on a file system that is mounted with nodev*' }
        @{ What = 'in the group nothing'; Mode = '660'; Group = 'video:x:4242:'; Groups = '--groups=4242'; Remedy = '' }
    ) {
        $as = 'setpriv', '--reuid=4243', '--regid=4243', ($Groups ? $Groups : '--clear-groups'), '--'
        $prepare = "$ownDev; mknod /dev/kvm c 10 232; chown 0:4242 /dev/kvm; chmod $Mode /dev/kvm; echo '$Group' > /dev/group; echo 'root:x:0:' >> /dev/group; mount --bind /dev/group /etc/group; (cat /etc/passwd; echo somebody:x:4243:4243::/:/bin/sh) > /dev/passwd; mount --bind /dev/passwd /etc/passwd; $($Then ? $Then : ':')"
        $found = Get-Finding $prepare -As $as
        $found.Access.Status | Should -Be ($Remedy ? 'Fail' : 'Pass')
        $found.Access.Remedy | Should -BeLike $Remedy
        if (-not $Remedy) { $found.GuestRun.Status | Should -Be 'Pass' }
    }
}
