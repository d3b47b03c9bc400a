namespace KvmPS.Native;

/// <summary>A page that the guest has written.</summary>
/// <param name="Vm">The VM.</param>
/// <param name="Slot">The number of its memory slot.</param>
/// <param name="GuestAddress">The guest-physical address of the page's first byte.</param>
public sealed record KvmDirtyPage(KvmVm Vm, uint Slot, ulong GuestAddress);
