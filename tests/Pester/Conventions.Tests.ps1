BeforeDiscovery {
    $module = Import-Module "$PSScriptRoot/../../KvmPS.psd1" -PassThru
    $commands = (Get-Command -Module KvmPS).ForEach({ @{ Command = $_; Name = $_.Name } })
    $enums = ($module.ImplementingAssembly, [KvmPS.Native.KvmVm].Assembly).ForEach({ $_.GetExportedTypes() }).Where({ $_.IsEnum }).ForEach({ @{ Enum = $_ } })
    # Types of which objects come, with the properties that are parts of theirs: not handles, which are no use elsewhere.
    $handles = [KvmPS.Native.KvmObject], [KvmPS.Native.KvmMemory], [KvmPS.Native.KvmRegistration], [KvmPS.Native.KvmEventFd]
    $emitted = (Get-Command -Module KvmPS).OutputType.Where({ $_.Type -and "$($_.Type)" -like 'KvmPS.*' }).Type
    $whole = [System.Linq.Enumerable]::Distinct([type[]] $emitted).ForEach({
            $parts = $_.GetProperties('Public, Instance').Where({
                    $type = $_.PropertyType.IsGenericType ? $_.PropertyType.GetGenericArguments()[0] : $_.PropertyType.GetElementType() ?? $_.PropertyType
                    "$type" -like 'KvmPS.*' -and -not $type.IsEnum -and -not $handles.Where({ $_.IsAssignableFrom($type) })
                })
            if ($parts) { @{ Type = $_; Parts = $parts.Name -join ', ' } }
        })
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../KvmPS.psd1"
    $approvedVerbs = ('Common', 'Communications', 'Data', 'Diagnostic', 'Lifecycle', 'Other', 'Security').ForEach({
            ([type] "System.Management.Automation.Verbs$_").GetFields().Name
        })
    $common = @([System.Management.Automation.Cmdlet]::CommonParameters)
    # What a verb says of state: https://learn.microsoft.com/powershell/scripting/developer/cmdlet/approved-verbs-for-windows-powershell-commands
    $readingVerbs = 'Compare', 'ConvertFrom', 'ConvertTo', 'Find', 'Get', 'Measure', 'Read', 'Receive', 'Select', 'Show', 'Test', 'Wait', 'Watch'
    function Get-Own($Command) { $Command.Parameters.Values.Where({ $_.Name -notin $common -and $_.Name -notin 'WhatIf', 'Confirm' }) }
    function Find-Attribute($Parameter, [type] $Type) { , @($Parameter.Attributes.Where({ $_ -is $Type })) }
}

Describe '<Name>' -ForEach $commands {
    It 'has an approved verb and a singular noun of this module' {
        $Command.Verb | Should -BeIn $approvedVerbs
        $Command.Noun | Should -MatchExactly '^Kvm([A-Z][A-Za-z]*([a-rt-z0-9]|ss))?$'
    }

    It 'is sealed, and named after its command' {
        $Command.ImplementingType.IsSealed | Should -BeTrue
        $Command.ImplementingType.Name | Should -BeExactly "$($Command.Verb)$($Command.Noun)Command"
    }

    It 'declares what it emits' {
        if ($Command.Verb -in 'Get', 'New', 'Test', 'Invoke', 'Read', 'Add', 'Compare', 'Find', 'Wait') { $Command.OutputType.Count | Should -BeGreaterThan 0 }
        foreach ($type in $Command.OutputType.Type) {
            [System.Collections.IEnumerable].IsAssignableFrom($type) -and $type -notin [string], [byte[]] |
                Should -BeFalse -Because "$type would be enumerated on its way"
        }
    }

    It 'has -WhatIf and -Confirm exactly where it changes something' {
        $changes = $Command.Verb -notin $readingVerbs
        $Command.Parameters.ContainsKey('WhatIf') | Should -Be $changes
        $Command.Parameters.ContainsKey('Confirm') | Should -Be $changes
        # High would fail in hosts that cannot prompt.
        $metadata = [System.Management.Automation.CommandMetadata]::new($Command.ImplementingType)
        if ($changes) { $metadata.ConfirmImpact | Should -BeIn 'Medium', 'Low' }
    }

    It 'takes objects by pipeline' {
        foreach ($parameter in Get-Own $Command) {
            if ($parameter.Name -cin 'Vm', 'Vcpu', 'Device', 'InputObject', 'Memory' -and $parameter.ParameterType.Name -match '^(Vm|Kvm)') {
                $wanted = $parameter.ParameterSets.Values.Where({ $_.IsMandatory -and $_.Position -eq 0 })
                foreach ($set in $wanted) { $set.ValueFromPipeline | Should -BeTrue -Because "-$($parameter.Name)" }
            }
        }
        $mandatory = @(Get-Own $Command).Where({ $_.ParameterSets.Values.Where({ $_.IsMandatory -and $_.Position -eq 0 }) })
        # As of Compare-Object, the reference stands first and the others come by pipeline.
        foreach ($parameter in $mandatory.Where({ $_.Name -ne 'ReferenceObject' })) {
            @($parameter.ParameterSets.Values.ValueFromPipeline) | Should -Contain $true -Because "-$($parameter.Name) stands first"
        }
    }

    It 'declares wildcards where they work' {
        foreach ($parameter in Get-Own $Command) {
            $declared = (Find-Attribute $parameter ([System.Management.Automation.SupportsWildcardsAttribute])).Count -gt 0
            if ($parameter.Name -eq 'Vm' -and $parameter.ParameterType.Name -eq 'VmArgument[]') { $declared | Should -BeTrue -Because '-Vm' }
            if ($parameter.ParameterType -in [switch], [byte[]], [ulong], [int], [uint]) { $declared | Should -BeFalse -Because "-$($parameter.Name)" }
        }
    }

    It 'has no parameter that clashes with a common one' {
        $reserved = $common + 'WhatIf', 'Confirm', 'UseTransaction'
        $aliases = 'ea', 'ev', 'wa', 'wv', 'infa', 'iv', 'ov', 'ob', 'pv', 'db', 'vb', 'proga', 'wi', 'cf'
        $declared = $Command.ImplementingType.GetProperties().Where({ $_.GetCustomAttributes([System.Management.Automation.ParameterAttribute], $true) }).Name
        foreach ($name in $declared) {
            $name | Should -Not -BeIn $reserved
            $name | Should -Not -BeIn $aliases
            $name | Should -MatchExactly '^[A-Z][A-Za-z0-9]*$'
            foreach ($alias in $Command.Parameters[$name].Aliases) { $alias | Should -Not -BeIn ($reserved + $aliases) }
        }
    }

    It 'gives every position once in a set' {
        foreach ($set in $Command.ParameterSets) {
            $positions = $set.Parameters.Where({ $_.Position -ge 0 }).Position
            @($positions).Count | Should -Be ([System.Collections.Generic.HashSet[int]]::new([int[]] @($positions))).Count -Because $set.Name
        }
    }

    It 'takes numbers as a person types them' {
        foreach ($parameter in Get-Own $Command) {
            $type = $parameter.ParameterType
            $plain = [System.Nullable]::GetUnderlyingType($type) ?? $type
            if ($plain -in [ulong], [ulong[]]) {
                @($parameter.Attributes.Where({ $_.GetType().Name -eq 'UnsignedAttribute' })).Count | Should -Be 1 -Because "-$($parameter.Name)"
            }
        }
    }
}

Describe 'The objects' {
    It 'have no property that throws, also after their removal' {
        if (-not (Test-KvmHost -Quiet)) {
            Set-ItResult -Skipped -Because 'KVM does not work here'
            return
        }
        $vm = New-KvmVm -Name conventions -Memory 64KB -Vcpu 1
        $objects = @(
            $vm; $vm.Vcpus[0]; $vm.Memory[0]; $vm | New-KvmDevice -Type VFIO; Get-KvmHost
            (Get-KvmCapability)[0]; (Get-KvmDeviceType)[0]; @($vm.Devices[0] | Get-KvmDeviceAttr)[0]
            (Get-KvmDeviceAttr -ListAvailable)[0]; (Test-KvmHost)[0]; ($snapshot = Get-KvmHostSnapshot)
            $snapshot.Capabilities[0]; $snapshot.DeviceTypes[0]; $snapshot.DeviceAttrs[0]
            Get-KvmHost | Invoke-KvmIoctl -Request GET_API_VERSION
        )
        function Read-All {
            foreach ($object in $objects) {
                foreach ($property in $object.GetType().GetProperties().Where({ $_.GetIndexParameters().Count -eq 0 })) {
                    { $property.GetValue($object) } | Should -Not -Throw -Because "$($object.GetType()).$($property.Name)"
                }
                "$object" | Should -Not -Be $object.GetType().FullName -Because 'it says which object it is'
            }
        }
        Read-All
        Remove-KvmVm $vm
        Read-All
    }
}

Describe 'KvmPS.Types.ps1xml' {
    BeforeAll { $types = [xml] [System.IO.File]::ReadAllText("$PSScriptRoot/../../src/KvmPS/Views/KvmPS.Types.ps1xml") }

    It 'gives another process the name for a value of <Enum>' -ForEach $enums {
        $types.SelectSingleNode("//Type[Name='$($Enum.FullName)']//NoteProperty[Name='SerializationMethod']").Value | Should -BeExactly 'String'
        $value = [System.Enum]::GetValues($Enum)[0]
        $copy = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($value, 1))
        $copy | Should -BeExactly "$value"
    }

    It 'gives another process the parts of <Type>: <Parts>' -ForEach $whole {
        $note = $types.SelectSingleNode("//Type[Name='$($Type.FullName)']//NoteProperty[Name='SerializationDepth']")
        [int] $note.Value | Should -BeGreaterOrEqual 2 -Because 'else only their texts come'
    }
}
