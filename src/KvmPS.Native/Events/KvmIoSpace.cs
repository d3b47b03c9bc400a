namespace KvmPS.Native;

/// <summary>Where a guest's access goes.</summary>
public enum KvmIoSpace
{
    /// <summary>A guest-physical address without memory.</summary>
    Mmio,

    /// <summary>A port (x86).</summary>
    Pio,
}
