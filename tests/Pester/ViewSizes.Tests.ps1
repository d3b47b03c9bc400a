BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet)
    $views = [xml] [System.IO.File]::ReadAllText("$PSScriptRoot/../../src/KvmPS/Views/KvmPS.Format.ps1xml")
    $shown = $views.SelectNodes('//View').ForEach({ @{ View = $_; Name = $_.Name } })
    $emitted = (Get-Command -Module KvmPS).OutputType.Where({ $_.Type -and "$($_.Type)" -like 'KvmPS.*' }).Type
    $types = [System.Linq.Enumerable]::Distinct([type[]] $emitted).ForEach({ @{ Type = $_ } })
}

BeforeAll {
    $viewed = ([xml] [System.IO.File]::ReadAllText("$PSScriptRoot/../../src/KvmPS/Views/KvmPS.Format.ps1xml")).SelectNodes('//TypeName').ForEach({ $_.InnerText })
}

Describe 'The view of <Type>' -ForEach $types {
    It 'exists' {
        # A job has the view that PowerShell has for jobs, and KvmObject is whatever was given.
        if ($Type.FullName -notin 'KvmPS.KvmVcpuJob', 'KvmPS.Native.KvmObject') { $Type.FullName | Should -BeIn $viewed }
    }
}

Describe 'The table <Name>' -ForEach $shown.Where({ $_.View.TableControl }) {
    It 'fits 100 columns' {
        # Columns without a width take what is left of a line.
        $widths = $View.SelectNodes('.//TableColumnHeader').ForEach({ $_.Width ? [int] $_.Width : 4 })
        [System.Linq.Enumerable]::Sum([int[]] $widths) + $widths.Count - 1 | Should -BeLessOrEqual 100
    }

    It 'has a cell for every column' {
        $View.SelectNodes('.//TableColumnItem').Count % $View.SelectNodes('.//TableColumnHeader').Count | Should -Be 0
    }
}

Describe 'The table KvmHostDifference' {
    It 'has room for the reason at 80 columns' {
        $views = [xml] [System.IO.File]::ReadAllText("$PSScriptRoot/../../src/KvmPS/Views/KvmPS.Format.ps1xml")
        $headers = $views.SelectNodes('//View[Name="KvmHostDifference"]//TableColumnHeader')
        $headers[-1].Label | Should -Be 'Reason'
        80 - [System.Linq.Enumerable]::Sum([int[]] $headers.Width.Where({ $_ })) - ($headers.Count - 1) | Should -BeGreaterThan 16
    }
}

Describe 'Rows' -Skip:$noKvm {
    BeforeAll {
        # In a shell of its own, because this one's output is the test's.
        function Get-Shown([string] $Script) {
            $output = & "$PSScriptRoot/../../kvmps" -NoProfile -Command "Import-Module '$PSScriptRoot/../../KvmPS.psd1'; $Script | Out-Host"
            $LASTEXITCODE | Should -Be 0
            @($output).ForEach({ "$_".TrimEnd() }).Where({ $_ })
        }
    }

    It 'none show nothing' {
        Get-Shown 'Get-KvmVm' | Should -BeNullOrEmpty
    }

    It 'one shows a heading and a row' {
        (Get-Shown 'New-KvmVm -Name lonely').Count | Should -Be 3
    }

    # Columns without a width take what is left of the line, which is 120 columns where nobody sees it.
    It '10,000 of <What> show as many, under one heading' -ForEach @(
        @{ What = 'capabilities'; One = '(Get-KvmCapability)[0]' }
        @{ What = 'memory slots'; One = '(New-KvmVm -Memory 1MB).Memory[0]' }
        @{ What = 'registers'; One = '(New-KvmVm -Vcpu 1 | Get-KvmVcpu | Get-KvmRegister)[0]' }
        @{ What = 'MSRs'; One = '(New-KvmVm -Vcpu 1 | Get-KvmVcpu | Get-KvmMsr -Name IA32_APICBASE)' }
        @{ What = 'attributes'; One = '(Get-KvmDeviceAttr -Type VFIO -ListAvailable)[0]' }
    ) {
        $lines = Get-Shown "`$one = $One; 1..10000 | ForEach-Object { `$one }"
        $lines.Count | Should -Be 10002
        @($lines.Where({ $_ -match '^-+ ' -or $_ -match '^ *-+ +-+' })).Count | Should -Be 1
        foreach ($line in $lines) { if ($line.Length -gt 120) { throw "longer than the line: $line" } }
    }
}
