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

    It '10,000 show as many, under one heading' {
        $lines = Get-Shown '$one = (Get-KvmCapability)[0]; 1..10000 | ForEach-Object { $one }'
        $lines.Count | Should -Be 10002
        @($lines.Where({ $_ -match '^-+ ' -or $_ -match '^ *-+ +-+' })).Count | Should -Be 1
        foreach ($line in $lines) { if ($line.Length -gt 100) { throw "longer than 100 columns: $line" } }
    }
}
