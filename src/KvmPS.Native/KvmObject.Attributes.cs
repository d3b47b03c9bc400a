using KvmPS.Native.Abi;
using KvmPS.Native.Interop;
using Mono.Unix.Native;

namespace KvmPS.Native;

public abstract partial class KvmObject
{
    /// <summary>The largest payload that is passed to the kernel, in bytes: the longest buffer that an attribute takes.</summary>
    public const int MaxAttrSize = 16 * 1024 * 1024;

    /// <summary>The attributes that objects of this kind can have on this architecture, as far as they are known.</summary>
    public IReadOnlyList<DeviceAttr> GetKnownAttrs() => DeviceAttrCatalog.For(Scope, (this as KvmDevice)?.Type);

    /// <summary>KVM_HAS_DEVICE_ATTR: whether the object implements the attribute, which may still not be usable now.</summary>
    /// <param name="group">The attribute's group.</param>
    /// <param name="attr">The attribute in its group, with bit-fields encoded.</param>
    /// <returns>
    /// False where the kernel answers ENXIO (no such attribute), EPERM (this type of device has no answer), ENOTTY or
    /// EINVAL (this kind of object has no attributes).
    /// </returns>
    /// <exception cref="KvmException">EIO: the VM is dead; ENODEV: the device was destroyed.</exception>
    /// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.81 KVM_HAS_DEVICE_ATTR</seealso>
    public unsafe bool HasDeviceAttr(uint group, ulong attr)
    {
        var argument = new kvm_device_attr { group = group, attr = attr };
        if (TryIoctl(Requests.KVM_HAS_DEVICE_ATTR, &argument, out _, out Errno errno))
            return true;
        return errno is Errno.ENXIO or Errno.EPERM or Errno.ENOTTY or Errno.EINVAL
            ? false
            : throw KvmException.From(nameof(Requests.KVM_HAS_DEVICE_ATTR), errno, this);
    }

    /// <summary>KVM_GET_DEVICE_ATTR. However much the kernel writes, it stays within <paramref name="payload"/>.</summary>
    /// <param name="group">The attribute's group.</param>
    /// <param name="attr">The attribute in its group, with bit-fields encoded.</param>
    /// <param name="payload">
    /// In and out, at most <see cref="MaxAttrSize"/> bytes: the kernel reads and writes as many as the attribute has.
    /// With fewer here it answers EFAULT.
    /// </param>
    /// <exception cref="KvmException">ENXIO, EPERM, EBUSY, EINVAL, ENOENT, EFAULT … as the attribute's document says.</exception>
    /// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.80 KVM_GET_DEVICE_ATTR</seealso>
    public void GetDeviceAttr(uint group, ulong attr, Span<byte> payload) =>
        AccessAttr(Requests.KVM_GET_DEVICE_ATTR, group, attr, payload, out _).CopyTo(payload);

    /// <summary>As <see cref="GetDeviceAttr"/>; false where the kernel answers with the errno that is tolerated.</summary>
    internal bool TryGetDeviceAttr(uint group, ulong attr, Span<byte> payload, Errno tolerated)
    {
        AccessAttr(Requests.KVM_GET_DEVICE_ATTR, group, attr, payload, out Errno errno, tolerated).CopyTo(payload);
        return errno == 0;
    }

    /// <summary>KVM_SET_DEVICE_ATTR.</summary>
    /// <param name="group">The attribute's group.</param>
    /// <param name="attr">The attribute in its group, with bit-fields encoded.</param>
    /// <param name="payload">The new value, as many bytes as the attribute has; empty for attributes that are commands.</param>
    /// <exception cref="KvmException">ENXIO, EPERM, EBUSY, EEXIST, EINVAL, E2BIG … as the attribute's document says.</exception>
    /// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.80 KVM_SET_DEVICE_ATTR</seealso>
    public void SetDeviceAttr(uint group, ulong attr, ReadOnlySpan<byte> payload) =>
        AccessAttr(Requests.KVM_SET_DEVICE_ATTR, group, attr, payload, out _);

    private unsafe ReadOnlySpan<byte> AccessAttr(
        in Request request, uint group, ulong attr, ReadOnlySpan<byte> payload, out Errno errno, Errno tolerated = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payload.Length, MaxAttrSize, nameof(payload));
        Span<byte> buffer = GuardedBuffer.Rent(payload.Length);
        payload.CopyTo(buffer);
        fixed (byte* address = buffer)
        {
            var argument = new kvm_device_attr { group = group, attr = attr, addr = (ulong)address };
            if (!TryIoctl(request, &argument, out _, out errno) && errno != tolerated)
                throw KvmException.From(request.Name, errno, this);
        }
        return buffer;
    }
}
