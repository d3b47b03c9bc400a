using System.Runtime.InteropServices;
using KvmPS.Native.Abi;
using KvmPS.Native.Interop;

namespace KvmPS.Native;

/// <summary>One look at a host: what its kernel said of KVM, as plain data of that moment.</summary>
public class KvmHost : KvmSystem
{
    internal KvmHost(KvmSystem system)
        : base(system.DevicePath)
    {
        ApiVersion = GetApiVersion();
        VcpuMapSize = Ioctl(Requests.KVM_GET_VCPU_MMAP_SIZE);
        RecommendedVcpus = Check(Capability.KVM_CAP_NR_VCPUS);
        MaxVcpus = Check(Capability.KVM_CAP_MAX_VCPUS);
        MaxVcpuId = Check(Capability.KVM_CAP_MAX_VCPU_ID);
        MaxMemorySlots = Check(Capability.KVM_CAP_NR_MEMSLOTS);
        using KvmVm probe = CreateProbeVm();
        DeviceTypes = [.. probe.GetDeviceTypes().Where(type => type.Supported == true).Select(type => type.Name)];
        DestroyDevice = probe.SupportsDestroyDevice() ? KvmSupport.Supported : KvmSupport.NotSupported;
    }

    /// <summary>KVM_GET_API_VERSION: 12.</summary>
    public int ApiVersion { get; }

    /// <summary>The architecture of kernel and guests, such as X64 or Arm64.</summary>
    public string Architecture { get; } = RuntimeInformation.OSArchitecture.ToString();

    /// <summary>The running kernel's release, as uname -r.</summary>
    public string KernelVersion { get; } = Libc.KernelRelease;

    /// <summary>The module that runs guests on this host's processor by its hardware: kvm_intel, kvm_amd; null where there is none such.</summary>
    public static string? ProcessorModule { get; } = FindProcessorModule();

    /// <summary>The kernel module that runs the guests (kvm_intel, kvm_amd …); null where it is part of the kernel itself.</summary>
    public string? Backend { get; } = FindBackend();

    /// <summary>KVM_GET_VCPU_MMAP_SIZE: bytes that a vCPU shares with user space.</summary>
    public int VcpuMapSize { get; }

    /// <summary>KVM_CAP_NR_VCPUS: vCPUs that a VM should not exceed.</summary>
    public int RecommendedVcpus { get; }

    /// <summary>KVM_CAP_MAX_VCPUS: vCPUs that a VM can have.</summary>
    public int MaxVcpus { get; }

    /// <summary>KVM_CAP_MAX_VCPU_ID: vCPU ids are below this.</summary>
    public int MaxVcpuId { get; }

    /// <summary>KVM_CAP_NR_MEMSLOTS: memory slots that a VM can have.</summary>
    public int MaxMemorySlots { get; }

    /// <summary>The names of the in-kernel device types that can be created.</summary>
    public IReadOnlyList<string> DeviceTypes { get; }

    /// <summary>Whether the kernel has KVM_DESTROY_DEVICE.</summary>
    public KvmSupport DestroyDevice { get; }

    /// <summary>Finds the kernel module that runs the guests; null where it is part of the kernel itself, or where there is none.</summary>
    public static string? FindBackend()
    {
        string[] found = [.. KvmModuleParameter.FindModules().Where(module => module != "kvm")];
        // A kernel can have those of Intel and of AMD built in; only one of them runs guests.
        return Array.Find(found, module => module == ProcessorModule) ?? found.FirstOrDefault();
    }

    private protected int Check(Capability capability) => CheckExtension((uint)capability);

    private static string? FindProcessorModule() =>
        ProcFile.FindLine("/proc/cpuinfo", "vendor_id")?.Split(": ") switch
        {
            [_, "AuthenticAMD" or "HygonGenuine"] => "kvm_amd",
            [_, "GenuineIntel" or "CentaurHauls" or "  Shanghai  "] => "kvm_intel",
            _ => null,
        };
}

/// <summary>Whether a kernel has something.</summary>
public enum KvmSupport
{
    /// <summary>It does not.</summary>
    NotSupported,

    /// <summary>It does.</summary>
    Supported,
}
