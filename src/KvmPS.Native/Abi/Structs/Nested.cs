using System.Runtime.InteropServices;

namespace KvmPS.Native.Abi;

/// <summary>
/// The head of a nested state of <c>size</c> bytes; <c>format</c> chooses the member of <c>hdr</c>.
/// </summary>
/// <remarks>Used by KVM_GET_NESTED_STATE.</remarks>
public struct kvm_nested_state
{
    /// <summary>KVM_STATE_NESTED_*.</summary>
    public ushort flags;

    /// <summary>KVM_STATE_NESTED_FORMAT_*: what <c>hdr</c> holds.</summary>
    public ushort format;

    /// <summary>The bytes of this head and what follows.</summary>
    public uint size;

    public hdr_t hdr;

    /// <summary>The member <c>hdr</c>.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 120)]
    public struct hdr_t
    {
        [FieldOffset(0)]
        public kvm_vmx_nested_state_hdr vmx;

        [FieldOffset(0)]
        public kvm_svm_nested_state_hdr svm;

        [FieldOffset(0)]
        public Array120<byte> pad;
    }
}

/// <summary>The head of a VMX state.</summary>
/// <remarks>Used by KVM_GET_NESTED_STATE.</remarks>
public struct kvm_vmx_nested_state_hdr
{
    public ulong vmxon_pa;
    public ulong vmcs12_pa;
    public smm_t smm;
    public ushort pad;
    public uint flags;
    public ulong preemption_timer_deadline;

    /// <summary>The member <c>smm</c>.</summary>
    public struct smm_t
    {
        public ushort flags;
    }
}

/// <summary>The VMCS pages of a VMX state.</summary>
/// <remarks>Used by KVM_GET_NESTED_STATE.</remarks>
public struct kvm_vmx_nested_state_data
{
    public Array4096<byte> vmcs12;
    public Array4096<byte> shadow_vmcs12;
}

/// <summary>The head of an SVM state.</summary>
/// <remarks>Used by KVM_GET_NESTED_STATE.</remarks>
public struct kvm_svm_nested_state_hdr
{
    public ulong vmcb_pa;
    public ulong gpat;
}

/// <summary>The VMCB page of an SVM state.</summary>
/// <remarks>Used by KVM_GET_NESTED_STATE.</remarks>
public struct kvm_svm_nested_state_data
{
    public Array4096<byte> vmcb12;
}
