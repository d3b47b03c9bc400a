using System.Globalization;
using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <summary>A machine type that this host can make VMs of.</summary>
/// <param name="Number">What KVM_CREATE_VM takes.</param>
/// <param name="Name">What the kernel's header calls it; its number where this library does not know it.</param>
/// <seealso href="https://docs.kernel.org/virt/kvm/api.html">8.41 KVM_CAP_VM_TYPES</seealso>
public sealed record KvmVmType(uint Number, string Name)
{
    private static readonly string[] X86 =
    [
        nameof(VmType.KVM_X86_DEFAULT_VM), nameof(VmType.KVM_X86_SW_PROTECTED_VM), nameof(VmType.KVM_X86_SEV_VM),
        nameof(VmType.KVM_X86_SEV_ES_VM), nameof(VmType.KVM_X86_SNP_VM), nameof(VmType.KVM_X86_TDX_VM),
    ];

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>The types of a bitmap, as KVM_CAP_VM_TYPES gives it. Only x86 has that.</summary>
    internal static IReadOnlyList<KvmVmType> From(uint bitmap) =>
    [
        .. Enumerable.Range(0, 32).Where(bit => (bitmap >> bit & 1) != 0)
            .Select(bit => new KvmVmType((uint)bit, X86.ElementAtOrDefault(bit) ?? bit.ToString(CultureInfo.InvariantCulture))),
    ];
}
