# docs/conformance.md is written from results; what it has in common with the tests does not depend on them.
Describe 'docs/conformance.md' {
    It 'has no row without a test with the tag Conformance, and lacks none of those' {
        & "$PSScriptRoot/../../docs/tools/conformance.ps1" -Check | Should -BeNullOrEmpty -Because './kvmps docs/tools/conformance.ps1 writes it from new results'
    }
}
