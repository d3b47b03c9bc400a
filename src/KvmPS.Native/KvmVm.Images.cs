using System.Runtime.InteropServices;
using KvmPS.Native.Abi;
using Mono.Unix.Native;

namespace KvmPS.Native;

/// <content>Loading programs and kernels.</content>
public sealed partial class KvmVm
{
    private const ulong ImageStart = 0x290;

    /// <summary>Loads a flat binary, an ELF file or a Linux kernel, and lets a vCPU begin with it. x86 only.</summary>
    /// <param name="options">What to load, and how.</param>
    /// <param name="progress">Is told how many bytes of how many are written.</param>
    /// <param name="cancellation">Ends it before, with the vCPU's registers as they were.</param>
    /// <returns>What lies where.</returns>
    /// <remarks>
    /// The file is checked as a whole before anything is changed. General and special registers of the vCPU are set, the others
    /// stay; what a kernel needs beside them are CPUID entries, interrupt controllers and a timer.
    /// </remarks>
    /// <exception cref="KvmException">
    /// ENOEXEC: the file is malformed or for another machine; EFAULT: there is no memory where it belongs; ENOSPC: nor for what goes
    /// with it; E2BIG: the command line is longer than the kernel takes; EINVAL: options that contradict each other; EPERM: the
    /// vCPU is of another VM; ENOTSUP: not on this architecture.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public KvmImage ImportImage(KvmImageOptions options, IProgress<(long Done, long Total)>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ThrowIfRemoved(ImagePlan.Operation);
        var plan = new ImagePlan(this);
        if (RuntimeInformation.ProcessArchitecture != global::System.Runtime.InteropServices.Architecture.X64)
            throw plan.Refused(Errno.EOPNOTSUPP, "images can be loaded into x86 guests only");
        if (options.Vcpu is { } other && other.Vm != this)
            throw new KvmOwnershipException(ImagePlan.Operation, Errno.EPERM, other, $"{other} is not a vCPU of {this}.");
        using var file = new ImageFile(this, options.Path);
        using ImageFile? initrd = options.InitrdPath is { } path ? new ImageFile(this, path) : null;
        Plan(plan, file, initrd, options);
        plan.ThrowIfNotWritable();

        // The registers come first, because the kernel can refuse them.
        IReadOnlyList<(RegisterSet Set, byte[] Bytes)> before = [];
        if (options.Vcpu is { } vcpu)
        {
            IReadOnlyList<(RegisterSet Set, byte[] Bytes)> registers = plan.Tables!.Registers(vcpu, plan);
            before = [.. registers.Select(register => (register.Set, vcpu.ReadRegisters(register.Set)))];
            vcpu.WriteRegisters(registers);
        }
        try
        {
            plan.Write(progress, cancellation);
        }
        catch
        {
            options.Vcpu?.WriteRegisters(before);
            throw;
        }
        return new KvmImage(this, options, plan);
    }

    private void Plan(ImagePlan plan, ImageFile file, ImageFile? initrd, KvmImageOptions options)
    {
        byte[] start = file.Read(0, Math.Min(file.Length, ImageStart), "its beginning");
        bool forKernel = options.CommandLine is not null || initrd is not null;
        KvmImageFormat format = options.Format is not KvmImageFormat.Auto ? options.Format
            : ElfImage.Is(start) ? (forKernel ? KvmImageFormat.Linux : KvmImageFormat.Elf)
            : LinuxHeader.Is(start) ? KvmImageFormat.Linux
            : KvmImageFormat.Flat;
        if (forKernel && format != KvmImageFormat.Linux)
            throw plan.Refused(Errno.EINVAL, $"{options.Path} is no Linux kernel, so that a command line or an initrd would be lost");
        if (options.Mode is not null && format != KvmImageFormat.Flat)
            throw plan.Refused(Errno.EINVAL, $"{options.Path} is not flat and has a mode of its own");

        LinuxHeader? header = null;
        if (format == KvmImageFormat.Flat)
            FlatImage.Plan(plan, file, options);
        else if (format == KvmImageFormat.Elf)
            ElfImage.Plan(plan, file, options);
        else
            header = ElfImage.Is(start) ? LinuxImage.PlanVmlinux(plan, file, options) : LinuxImage.PlanKernel(plan, file, options);
        plan.ThrowIfNotWritable();
        if (header is not null)
            LinuxImage.PlanParameters(plan, header, this, options, initrd);
        plan.Tables = new X86Tables(plan);
        KvmMemory? home = memory.FirstOrDefault(slot => plan.EntryPoint - slot.GuestAddress < slot.Size);
        plan.Stack = home is null ? 0 : Math.Min(home.GuestAddress + home.Size, X86Tables.Mapped);
    }
}
