using Mono.Unix.Native;

namespace KvmPS.Native;

/// <summary>A file that is the guest's memory, and begins with its first instruction.</summary>
internal static class FlatImage
{
    private const ulong RealModeEnd = 0x10_0000;

    public static void Plan(ImagePlan plan, ImageFile file, KvmImageOptions options)
    {
        if (options.Address is not { } address)
            throw plan.Refused(Errno.EINVAL, $"{options.Path} is a flat image, which does not say where it is loaded: an address is needed");
        plan.Format = KvmImageFormat.Flat;
        plan.Mode = options.Mode ?? KvmCpuMode.Real16;
        plan.EntryPoint = address;
        if (plan.Mode == KvmCpuMode.Real16 && address >= RealModeEnd)
            throw plan.Refused(Errno.EINVAL, $"real mode begins below 0x{RealModeEnd:X}, not at 0x{address:X}");
        if (address >= X86Tables.Mapped)
            throw plan.Refused(Errno.EINVAL, $"a vCPU begins below 0x{X86Tables.Mapped:X}, not at 0x{address:X}");
        plan.Add("Code", address, file.Length, file, 0, file.Length);
    }
}
