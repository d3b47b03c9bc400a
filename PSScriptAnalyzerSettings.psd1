@{
    Severity     = @('Error', 'Warning', 'Information')
    Rules        = @{
        # kvmps and initramfs are names.
        PSUseSingularNouns = @{ Enable = $true; NounAllowList = @('Kvmps', 'Initramfs', 'Data', 'Windows') }
    }
    ExcludeRules = @(
        # What BeforeAll and BeforeDiscovery assign is used in blocks of their own: the rule does not know Pester.
        'PSUseDeclaredVarsMoreThanAssignments'
        # Parameters of a script are used in its functions, which the rule does not see.
        'PSReviewUnusedParameter'
        # The functions of tests and build are helpers, not commands: nobody asks them for -WhatIf.
        'PSUseShouldProcessForStateChangingFunctions'
        # Positions are part of what is tested.
        'PSAvoidUsingPositionalParameters'
        # The runner's fixtures tell their order to the test that runs them; completion sees global variables only.
        'PSAvoidGlobalVars'
        # All files are UTF-8 without a mark: .editorconfig.
        'PSUseBOMForUnicodeEncodedFile'
    )
}
