using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <summary>One attribute of an object's state.</summary>
/// <param name="Known">Its row of the catalogue.</param>
/// <param name="Attr">Its number in the group.</param>
/// <param name="State">When it is restored, and whether the object has to have it.</param>
public sealed record KvmStateAttr(DeviceAttr Known, ulong Attr, AttrState State);
