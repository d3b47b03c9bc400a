# Every reason for which KVM_RUN returns, most of which no host has: a C program that is compiled with the kernel's header
# writes kvm_run as a kernel would, and reads from it what user space answers. It is the judge of names and places.

BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $noKvm = -not (Test-KvmHost -Quiet)
    $x86 = [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -eq 'X64'
    $noCompiler = -not @(Get-Command cc, gcc, clang -CommandType Application -ErrorAction Ignore)
}

Describe 'The exits' -Skip:($noKvm -or -not $x86 -or $noCompiler) {
    BeforeAll {
        $folder = [System.IO.Directory]::CreateTempSubdirectory('kvmps-exits-').FullName
        $headers = if ($env:KVMPS_KERNEL_HEADERS) { '-isystem', "$env:KVMPS_KERNEL_HEADERS/x86_64-linux-gnu", '-isystem', $env:KVMPS_KERNEL_HEADERS }
        & @(Get-Command cc, gcc, clang -CommandType Application -ErrorAction Ignore)[0].Source @headers -shared -fPIC -w -o "$folder/exits.so" "$PSScriptRoot/exits.c" -ldl
        if ($LASTEXITCODE) { throw 'exits.c does not compile.' }
        [System.IO.File]::WriteAllText("$folder/run.ps1", @'
param($Manifest)
Import-Module $Manifest
$common = [KvmPS.Native.KvmExit].GetProperties().Name
$vcpu = (New-KvmVm -Vcpu 1).Vcpus[0]
do {
    $exit = Invoke-KvmVcpu $vcpu -MaxExit 1
    $line = "$([int] $exit.Reason)"
    $names = if ($exit.Fields) { $exit.Fields.Keys } else { $exit.GetType().GetProperties().Name.Where{ $_ -notin $common } }
    foreach ($name in $names) {
        $value = if ($exit.Fields) { $exit.Fields[$name] } else { $exit.$name }
        $numbers = @($value).Where{ $null -ne $_ }.ForEach{ try { [ulong] $_ } catch { "$_" } }
        $line += "|$name=$($numbers -join ',')"
    }
    "$line|Raw=$($exit.Raw.Count)"
    if ($exit.Fields) {
        if ($exit.Value -is [array]) { $exit.Value = @(0x1122334455667788, 0x99) + @(0) * ($exit.Value.Count - 2) }
        elseif ($null -ne $exit.Value) { $exit.Value = 0x55667788 }
    }
    elseif ("$($exit.Reason)" -in 'Hypercall', 'Rdmsr', 'LoongarchIocsr') { $exit.Value = 0x55667788 }
    elseif ("$($exit.Reason)" -eq 'Wrmsr') { $exit.Fail = $true }
} until ("$($exit.Reason)" -eq 'Hlt')
Get-KvmVm | Remove-KvmVm -Force
'@)
        $env:EXITS = "$folder/exits.txt"
        $env:LD_PRELOAD = "$folder/exits.so"
        $output = & "$PSScriptRoot/../../kvmps" -NoProfile "$folder/run.ps1" "$PSScriptRoot/../../KvmPS.psd1"
        $env:EXITS = $env:LD_PRELOAD = $null
        $told = [System.IO.File]::ReadAllLines("$folder/exits.txt")
        $read = { param($line)
            $parts = $line -split '\|'
            $fields = [ordered]@{}
            foreach ($part in $parts[1..($parts.Count - 1)]) { $name, $value = $part -split '=', 2; $fields[$name] = $value }
            [pscustomobject]@{ Reason = [int] $parts[0]; Fields = $fields }
        }
        $ours = @($output.ForEach{ & $read $_ })
        $theirs = @($told.Where{ $_ -notlike 'answer*' }.ForEach{ & $read $_ })
        # Where an exit has an object of its own: what the header's members are called there.
        $names = @{
            'hypercall.nr' = 'Number'; 'hypercall.args' = 'Arguments'; 'hypercall.longmode' = 'Flags'
            'fail_entry.hardware_entry_failure_reason' = 'HardwareReason'; 'fail_entry.cpu' = 'Cpu'
            'internal.suberror' = 'Suberror'; 'internal.data' = 'Data'; 'system_event.type' = 'Type'; 'system_event.data' = 'Data'
            'msr.index' = 'Index'; 'msr.data' = 'Value'; 'msr.reason' = 'Cause'; 'memory_fault.flags' = 'Flags'
            'memory_fault.gpa' = 'Address'; 'memory_fault.size' = 'Size'; 'mmio.phys_addr' = 'Address'; 'mmio.len' = 'Size'; 'mmio.is_write' = 'Direction'
            'iocsr_io.phys_addr' = 'Address'; 'iocsr_io.len' = 'Size'; 'iocsr_io.is_write' = 'Direction'
        }
        # How many of them there are is how long the array is.
        $lengths = 'internal.ndata', 'system_event.ndata'
    }
    AfterAll { [System.IO.Directory]::Delete($folder, $true) }

    It 'come as objects of their reasons, one for each that the kernel told' {
        $ours.Reason | Should -Be $theirs.Reason
        $theirs.Count | Should -BeGreaterThan 35
    }

    It 'have every member of the kernel''s by name, with its value' {
        $checked = 0
        for ($i = 0; $i -lt $theirs.Count; $i++) {
            foreach ($member in $theirs[$i].Fields.Keys) {
                if ($member -in $lengths) { continue }
                $name = $names[$member] ?? ($member -split '\.')[-1]
                $value = $theirs[$i].Fields[$member]
                if ($name -eq 'Direction') { $value = @('Read', 'Write')[$value] }
                $because = "that is $member of reason $($theirs[$i].Reason)"
                $actual = $ours[$i].Fields[$name]
                if ($name -eq 'Direction') { $actual = @('Read', 'Write')[[int] $actual] }
                $actual | Should -Be $value -Because $because
                $checked++
            }
        }
        $checked | Should -BeGreaterThan 80
    }

    It 'have the bytes, all of them where the reason is not known' {
        $unknown = $ours.Where{ $_.Reason -eq 0x7FFF }
        $unknown.Count | Should -Be 1
        $unknown.Fields['Raw'] | Should -Be 256
        $ours.Where{ $_.Fields.Count -gt 1 -and [int] $_.Fields['Raw'] -eq 0 } | Should -BeNullOrEmpty
    }

    It 'take the answer to where the kernel reads it' {
        $answers = @{}
        foreach ($line in $told.Where{ $_ -like 'answer*' }) { $null, $reason, $answer = $line -split '\|'; $name, $value = $answer -split '='; $answers[$name] = $value }
        $answers.Count | Should -BeGreaterThan 10
        foreach ($name in 'hypercall.ret', 'papr_hcall.ret', 'hyperv.u.hcall.result', 'xen.u.hcall.result', 'riscv_csr.ret_value', 'dcr.data', 'epr.epr', 'msr.data') {
            $answers[$name] | Should -Be 0x55667788 -Because $name
        }
        foreach ($name in 'riscv_sbi.ret[0]', 'osi.gprs[0]') { $answers[$name] | Should -Be 0x1122334455667788 -Because $name }
        $answers['riscv_sbi.ret[1]'] | Should -Be 0x99
        foreach ($name in @($answers.Keys).Where{ $_ -in 'iocsr_io.data', 'tdx.unknown.ret', 'snp_req_certs.ret' }) { $answers[$name] | Should -Be 0x55667788 -Because $name }
    }
}
