using System.Text.Json.Serialization;

namespace KvmPS.Native;

/// <summary>A saved VM without the contents of its memory: data only, whoever wrote it.</summary>
internal sealed record VmState
{
    /// <summary>The version of this format.</summary>
    public const int CurrentVersion = 1;

    public required int Version { get; init; }

    public required string Architecture { get; init; }

    public required string Name { get; init; }

    public required ulong Type { get; init; }

    public KvmIrqChipMode? IrqChip { get; init; }

    /// <summary>The VM's own state: the kernel's structures by the name of what they are.</summary>
    public required Dictionary<string, byte[]> Parts { get; init; }

    public VmStateRoute[]? Routes { get; init; }

    public required VmStateMemory[] Memory { get; init; }

    public required VmStateVcpu[] Vcpus { get; init; }

    /// <summary>What JSON lets pass and no saved VM has; null where there is nothing of that.</summary>
    [JsonIgnore]
    public string? Problem =>
        Name.Length == 0 || Printable.SteersAnywhere(Name) ? "its name is empty or has control characters"
        : IrqChip is { } chip && !Enum.IsDefined(chip) ? $"it has interrupt controllers of the kind {chip}"
        : Memory.Contains(null!) || Vcpus.Contains(null!) || Routes?.Contains(null!) == true ? "it has null among its memory, vCPUs or routes"
        : Parts.ContainsValue(null!) || Vcpus.Any(vcpu => vcpu.Parts.ContainsValue(null!) || vcpu.Cpuid.Contains(null!)) ? "it has null in place of a structure"
        : Memory.Aggregate(UInt128.Zero, (sum, slot) => sum + slot.Size) > long.MaxValue ? "it has more memory than there are addresses"
        : Routes?.FirstOrDefault(route => !KvmGsiRoute.From(route).IsComplete) is { } incomplete ? $"the route of GSI {incomplete.Gsi} leads nowhere"
        : null;
}

/// <summary>A memory slot; its contents are in the file memory-SLOT.bin beside the state.</summary>
internal sealed record VmStateMemory(uint Slot, ulong GuestAddress, ulong Size, KvmMemoryFlags Flags);

/// <summary>A GSI route.</summary>
internal sealed record VmStateRoute(
    uint Gsi, KvmGsiRouteType Type, KvmIrqController? Controller, uint? Pin, ulong? Address, uint? Data, uint? DeviceId, uint? Vcpu, uint? Sint);

/// <summary>A vCPU.</summary>
internal sealed record VmStateVcpu(
    uint Id, int TscKhz, KvmCpuidEntry[] Cpuid, Dictionary<string, byte[]> Parts, Dictionary<uint, ulong> Msrs);

[JsonSourceGenerationOptions(WriteIndented = true, UseStringEnumConverter = true, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(VmState))]
internal sealed partial class VmStateJson : JsonSerializerContext;
