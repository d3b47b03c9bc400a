namespace KvmPS.Native;

/// <summary>Which interrupt controllers are in the kernel.</summary>
public enum KvmIrqChipMode
{
    /// <summary>All of them: on x86 the PICs, the IOAPIC and the local APICs.</summary>
    Full,

    /// <summary>The local APICs; PICs and IOAPIC are the virtual machine monitor's (x86).</summary>
    Split,
}
