# Dot-sourced by SelftestX86Registers.Tests.ps1, for its discovery and for its tests.
# Intel SDM volume 3, 2.5: bits of CR4, and the CPUID bit without which they are reserved.
$features = @(
    @{ Name = 'UMIP'; Bit = 11; Function = 7; Register = 'Ecx'; Feature = 2 }, @{ Name = 'LA57'; Bit = 12; Function = 7; Register = 'Ecx'; Feature = 16 }
    @{ Name = 'VMXE'; Bit = 13; Function = 1; Register = 'Ecx'; Feature = 5 }, @{ Name = 'SMXE'; Bit = 14; Function = 1; Register = 'Ecx'; Feature = 6 }
    @{ Name = 'FSGSBASE'; Bit = 16; Function = 7; Register = 'Ebx'; Feature = 0 }, @{ Name = 'PCIDE'; Bit = 17; Function = 1; Register = 'Ecx'; Feature = 17 }
    @{ Name = 'OSXSAVE'; Bit = 18; Function = 1; Register = 'Ecx'; Feature = 26 }, @{ Name = 'SMEP'; Bit = 20; Function = 7; Register = 'Ebx'; Feature = 7 }
    @{ Name = 'SMAP'; Bit = 21; Function = 7; Register = 'Ebx'; Feature = 20 }, @{ Name = 'PKE'; Bit = 22; Function = 7; Register = 'Ecx'; Feature = 3 }
)
