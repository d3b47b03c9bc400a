using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <content>What only x86 has.</content>
public sealed partial class KvmVm
{
    private readonly ConcurrentDictionary<ulong, RegisterSet> extendedStates = new();

    // Where the components lie is the host's matter, as KVM tells it.
    private IReadOnlyList<KvmCpuidEntry> ExtendedStateLeaves => field ??=
        [.. System.GetSupportedCpuid().Where(entry => entry.Function == ExtendedState.CpuidLeaf)];

    /// <summary>The extended state of a vCPU: how long it is, and which registers stand where.</summary>
    /// <param name="components">The components that the vCPU's CPUID has, as in XCR0.</param>
    /// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.134 KVM_GET_XSAVE2</seealso>
    internal RegisterSet GetExtendedState(ulong components) => extendedStates.GetOrAdd(components, MakeExtendedState);

    private RegisterSet MakeExtendedState(ulong components)
    {
        int size = CheckExtension((uint)Capability.KVM_CAP_XSAVE2);
        int room = Math.Max(size, Unsafe.SizeOf<kvm_xsave>());
        KvmCpuidEntry? Leaf(int component) => ExtendedStateLeaves.FirstOrDefault(leaf => leaf.Index == component);
        for (int i = ExtendedState.LegacyComponents; i < 64; i++)
        {
            // What has to be asked for before it can be used (AMX) has no room until then.
            if (Leaf(i) is not { Eax: > 0 } leaf || leaf.Ebx + leaf.Eax > room)
                components &= ~(1ul << i);
        }
        return new RegisterSet(
            "Fpu", size > 0 ? Requests.KVM_GET_XSAVE2 : Requests.KVM_GET_XSAVE, Requests.KVM_SET_XSAVE, room,
            ExtendedState.Layout(components, component => (int)Leaf(component)!.Ebx));
    }
}
