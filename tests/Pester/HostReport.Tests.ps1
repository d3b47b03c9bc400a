BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet)
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    . "$PSScriptRoot/Snapshots.ps1"
    # The pages are also well-formed XML, so that they can be looked into.
    function Find-Node([string] $Page, [string] $Path) { ([xml] $Page).SelectNodes($Path) }
    $other = New-Snapshot @{ HostName = 'b'; KernelVersion = '7.2'; DeviceTypes = @(@{ Name = 'VFIO'; Number = 4; Supported = $false }) }
}

Describe 'ConvertTo-KvmHostReport' {
    It 'emits one page as one text, by argument and by pipeline' {
        foreach ($page in (ConvertTo-KvmHostReport -InputObject (New-Snapshot), $other), ((New-Snapshot), $other | ConvertTo-KvmHostReport)) {
            @($page).Count | Should -Be 1
            $page | Should -BeOfType ([string])
            $page | Should -BeLike '<!DOCTYPE html>*</html>*'
            @(Find-Node $page '//table[@class="hosts"]/tbody/tr').Count | Should -Be 2
        }
    }

    It 'of one host tells what it has, and compares nothing' {
        $page = New-Snapshot -Cpuid (New-Entry 7 0 0 0x20) | ConvertTo-KvmHostReport
        @(Find-Node $page '//title')[0].InnerText | Should -Be 'KVM on a'
        @(Find-Node $page '//h2').InnerText | Should -Be @('Host', 'What it has')
        @(Find-Node $page '//li').InnerText | Should -Contain 'avx2'
        @(Find-Node $page '//table').Count | Should -Be 1
    }

    It 'tells what blocks, what differs and on which hosts, compared with the first' {
        $page = (New-Snapshot), $other | ConvertTo-KvmHostReport -Title 'Rack 7'
        @(Find-Node $page '//title')[0].InnerText | Should -Be 'Rack 7'
        @(Find-Node $page '//h1')[0].InnerText | Should -Be 'Rack 7'
        $tables = @(Find-Node $page '//table[@class="differences"]')
        @(Find-Node $page '//section[1]//tbody/tr/*').InnerText | Should -Be @('Device types', 'VFIO', 'yes', 'no', 'A guest with such a device cannot be made there.', 'b')
        $tables[1].SelectNodes('.//tbody/tr/th').InnerText | Should -Be 'KernelVersion'
        @(Find-Node $page '//span[contains(@class, "badge")]').InnerText | Should -Be @('the reference', '✕ 1 obstacle')
    }

    It 'compares with another reference, which need not be among the hosts' {
        $page = New-Snapshot | ConvertTo-KvmHostReport -ReferenceObject $other
        @(Find-Node $page '//p[@class="lead"]')[0].InnerText | Should -BeLike '1 host, compared with b:*'
        @(Find-Node $page '//span[contains(@class, "badge")]').InnerText | Should -Be @('✓ all can run')
        @(Find-Node $page '//table[@class="hosts"]/tbody/tr/th').InnerText | Should -Be 'a'
    }

    It 'shows what hosts have side by side, and those that have the same in one column' {
        $with = New-Snapshot @{ HostName = 'c' } -Cpuid (New-Entry 7 0 0 0x20)
        $page = (New-Snapshot), $with, (New-Snapshot @{ HostName = 'd' }) | ConvertTo-KvmHostReport
        @(Find-Node $page '//table[@class="matrix"]/thead/tr/th').InnerText | Should -Be @('', 'A', 'B')
        @(Find-Node $page '//dl/dd').InnerText | Should -Be @('a, d', 'c')
        $row = @(Find-Node $page '//table[@class="matrix"]/tbody/tr[th="avx2"]')[0]
        $row.SelectNodes('td').InnerText | Should -Be @('–', '✓')
        # Turned round, what is missing stands out.
        $row = @(Find-Node ($with, (New-Snapshot) | ConvertTo-KvmHostReport) '//table[@class="matrix"]/tbody/tr[th="avx2"]')[0]
        $row.SelectNodes('td').InnerText | Should -Be @('✓', '✕')
        $row.SelectNodes('td')[1].class | Should -BeLike '*bad*'
    }

    It 'shows numbers as numbers, and in red only what blocks' {
        $many, $one = (2, 1).ForEach{ New-Snapshot @{ HostName = "h$_" } -Capabilities @((New-Capability KVM_CAP_NR_VCPUS 9 $_), (New-Capability KVM_CAP_NEVER_HEARD_OF 200 $_), (New-Capability KVM_CAP_X86_SMM 117 ($_ - 1))) }
        $page = $many, $one | ConvertTo-KvmHostReport
        $cells = (Find-Node $page '//table[@class="matrix"]/tbody/tr[th="KVM_CAP_NR_VCPUS"]/td')
        $cells.InnerText | Should -Be @('2', '1')
        $cells.class | Should -Not -Match 'bad'
        $cells = (Find-Node $page '//table[@class="matrix"]/tbody/tr[th="KVM_CAP_NEVER_HEARD_OF"]/td')
        $cells.InnerText | Should -Be @('2', '1')
        $cells[1].class | Should -BeLike '*bad*'
        $cells = (Find-Node $page '//table[@class="matrix"]/tbody/tr[th="KVM_CAP_X86_SMM"]/td')
        $cells.InnerText | Should -Be @('✓', '✕')
    }

    It 'shows a field that blocks with the value that it is in' {
        $had, $has = (1, 0).ForEach{ New-Snapshot @{ HostName = "h$_" } -FeatureMsrs @(New-Msr MSR_IA32_ARCH_CAPABILITIES $_) }
        $cells = (Find-Node ($had, $has | ConvertTo-KvmHostReport) '//table[@class="matrix"]/tbody/tr[th="MSR_IA32_ARCH_CAPABILITIES"]/td')
        $cells.InnerText | Should -Be @('0x1', '0x0')
        $cells[1].class | Should -BeLike '*bad*'
        (Find-Node ($has, $had | ConvertTo-KvmHostReport) '//table[@class="matrix"]/tbody/tr[th="MSR_IA32_ARCH_CAPABILITIES"]/td').class | Should -Not -Match 'bad'
    }

    It 'does not take for missing what could not be read: <What>' -ForEach @(
        @{ What = 'a part that was not taken'; With = @{ Cpuid = $null; Gaps = @(@{ Name = 'Cpuid'; Reason = 'EIO' }) }; Row = 'avx2' }
        @{ What = 'a damaged part'; With = @{ Cpuid = 5 }; Row = 'avx2' }
        @{ What = 'attributes of one owner'; With = @{ DeviceAttrs = @(); Gaps = @(@{ Name = 'Vcpu'; Reason = 'EIO' }) }; Row = 'Vcpu KVM_VCPU_TSC_CTRL/KVM_VCPU_TSC_OFFSET' }
    ) {
        $whole = New-Snapshot -Cpuid (New-Entry 7 0 0 0x20)
        $page = $whole, (New-Snapshot (@{ HostName = 'b' } + $With)), (New-Snapshot @{ HostName = 'c'; DeviceAttrs = @() }) | ConvertTo-KvmHostReport
        $cells = (Find-Node $page "//table[@class='matrix']/tbody/tr[th='$Row']/td")
        $cells.InnerText | Should -Be @('✓', '?', '✕')
        $cells[1].class | Should -Be 'unread'
        (Find-Node $page '//dl[dt="?"]/dd').InnerText | Should -Contain 'could not be read'
        (Find-Node ($whole, (New-Snapshot) | ConvertTo-KvmHostReport) '//dl/dt').InnerText | Should -Not -Contain '?'
    }

    It 'keeps architectures apart' {
        $arm = New-Snapshot @{ HostName = 'arm'; Architecture = 'Arm64'; Registers = @(@{ Name = 'MIDR_EL1'; Id = 1; Value = 0x410FD0C1 }) }
        $page = (New-Snapshot), $arm | ConvertTo-KvmHostReport
        @(Find-Node $page '//h2').InnerText | Should -Contain 'What they have: Arm64'
        @(Find-Node $page '//h2').InnerText | Should -Contain 'What they have: X64'
        @(Find-Node $page '//li[starts-with(., "MIDR_EL1")]').InnerText | Should -Be 'MIDR_EL1 0x410FD0C1'
    }

    It 'needs nothing from elsewhere, and runs nothing' {
        $page = (New-Snapshot), $other | ConvertTo-KvmHostReport
        $page | Should -Not -Match '(?i)<script|<link|<img|<iframe|\bsrc=|url\(|@import|https?://|\son\w+='
        foreach ($link in Find-Node $page '//@href') { $link.Value | Should -Match '^#host\d+$' }
        @(Find-Node $page '//meta[@http-equiv="Content-Security-Policy"]/@content')[0].Value | Should -BeLike "default-src 'none'*"
    }

    It 'shows as text whatever a snapshot holds' {
        $evil = '<script>alert("x")</script>&amp;''"><img src=x onerror=alert(1)>'
        $host1 = New-Snapshot @{
            HostName = $evil; Processor = $evil; KernelVersion = $evil; Backend = $evil; ClockFlags = $evil; Architecture = $evil
            DeviceTypes = @(@{ Name = $evil; Number = 4; Supported = $true }); Msrs = @(@{ Name = $evil; Index = 1 })
            Gaps = @(@{ Name = $evil; Reason = $evil })
        } -Capabilities @(New-Capability $evil 17 5) -FeatureMsrs @(New-Msr $evil 5)
        foreach ($page in ($host1 | ConvertTo-KvmHostReport -Title $evil), ((New-Snapshot), $host1, (New-Snapshot @{ HostName = $evil; Backend = $evil }) | ConvertTo-KvmHostReport)) {
            @(Find-Node $page '//script | //img').Count | Should -Be 0
            $page | Should -Not -Match '<(script|img)'
            @(Find-Node $page '//table[@class="hosts"]/tbody/tr/th').InnerText | Should -Contain $evil
        }
    }

    It 'is as good for <_> hosts' -ForEach 1, 2, 100 {
        $count = $_
        $page = 1..$count | ForEach-Object { New-Snapshot @{ HostName = "h$_"; TscKhz = 2000000 + $_ * 1000; KernelVersion = "6.$_" } } | ConvertTo-KvmHostReport
        @(Find-Node $page '//table[@class="hosts"]/tbody/tr').Count | Should -Be $count
        $ids = @(Find-Node $page '//@id').Value
        [System.Collections.Generic.HashSet[string]]::new([string[]] @($ids)).Count | Should -Be $count
        # However many values there are, a cell shows a few.
        foreach ($cell in Find-Node $page '//table[@class="differences"]//td[not(@class="names")]') { $cell.InnerText.Length | Should -BeLessThan 200 }
    }

    It 'tells of what is no snapshot, and shows the others' {
        $page = 5, (New-Snapshot), 'x' | ConvertTo-KvmHostReport -ErrorVariable failures -ErrorAction SilentlyContinue
        @($failures.ForEach{ $_.FullyQualifiedErrorId -replace ',.*' }) | Should -Be @('KvmSnapshotInvalid', 'KvmSnapshotInvalid')
        @(Find-Node $page '//table[@class="hosts"]/tbody/tr/th').InnerText | Should -Be 'a'
        5 | ConvertTo-KvmHostReport -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        { ConvertTo-KvmHostReport '[]' -ErrorAction Stop } | Should -Throw -ErrorId 'KvmSnapshotInvalid,*'
        { New-Snapshot | ConvertTo-KvmHostReport -ReferenceObject 5 } | Should -Throw -ErrorId 'KvmSnapshotInvalid,*'
    }

    It 'shows this host' -Skip:$noKvm {
        $page = Get-KvmHostSnapshot | ConvertTo-KvmHostReport
        @(Find-Node $page '//table[@class="hosts"]/tbody/tr/th').InnerText | Should -Be ([System.Environment]::MachineName)
        @(Find-Node $page '//li').Count | Should -BeGreaterThan 100
    }
}
