namespace KvmPS.Native.Abi;

/// <summary>Stands for a structure that is empty on an architecture, where a request's number has size 0.</summary>
internal readonly struct NoArgument;
