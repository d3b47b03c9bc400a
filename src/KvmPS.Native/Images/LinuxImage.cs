using System.Buffers.Binary;
using System.Text;
using Mono.Unix.Native;

namespace KvmPS.Native;

/// <summary>Linux kernels for x86, by the 64-bit or the 32-bit boot protocol.</summary>
/// <seealso href="https://docs.kernel.org/arch/x86/boot.html">1.14 32-bit boot protocol, 1.15 64-bit boot protocol</seealso>
/// <seealso href="https://docs.kernel.org/arch/x86/zero-page.html">Zero page: struct boot_params</seealso>
internal static class LinuxImage
{
    private const int ParametersSize = 0x1000;
    private const ulong LongModeEntry = 0x200;
    private const ulong LowMemoryEnd = 0xA_0000;
    private const ulong HighMemory = 0x10_0000;

    private const int MemoryMapCount = 0x1E8;
    private const int MemoryMap = 0x2D0;
    private const int MemoryMapEntry = 20;
    private const int MemoryMapMost = 128;
    private const uint Ram = 1;
    private const uint Reserved = 2;

    private const int LoaderType = 0x210;
    private const byte UndefinedLoader = 0xFF;
    private const int InitrdAddress = 0x218;
    private const int InitrdSize = 0x21C;
    private const int CommandLineAddress = 0x228;

    /// <summary>A bzImage.</summary>
    public static LinuxHeader PlanKernel(ImagePlan plan, ImageFile file, KvmImageOptions options)
    {
        LinuxHeader header = LinuxHeader.Parse(file, options.Address);
        plan.Format = KvmImageFormat.Linux;
        plan.Mode = header.Mode;
        plan.EntryPoint = header.KernelAddress + (header.Mode == KvmCpuMode.Long64 ? LongModeEntry : 0);
        ulong length = file.Length - header.KernelOffset;
        plan.Add("Kernel", header.KernelAddress, length, file, header.KernelOffset, length);
        if (header.WorkSize > 0)
            plan.Reserve("the kernel's working memory", header.WorkAddress, header.WorkSize);
        return header;
    }

    /// <summary>A vmlinux.</summary>
    public static LinuxHeader PlanVmlinux(ImagePlan plan, ImageFile file, KvmImageOptions options)
    {
        ElfImage.Plan(plan, file, options);
        plan.Format = KvmImageFormat.Linux;
        return LinuxHeader.OfVmlinux();
    }

    /// <summary>What a kernel is given: command line, initrd, and the parameters that tell of them and of the memory.</summary>
    public static void PlanParameters(ImagePlan plan, LinuxHeader header, KvmVm vm, KvmImageOptions options, ImageFile? initrd)
    {
        byte[] parameters = new byte[ParametersSize];
        header.Bytes.CopyTo(parameters, LinuxHeader.Offset);
        parameters[LoaderType] = UndefinedLoader;
        WriteMemoryMap(plan, vm, parameters);

        byte[] commandLine = CommandLine(plan, header, options);
        ulong at = plan.Lowest("CommandLine", (ulong)commandLine.Length, X86Tables.Mapped);
        plan.Add("CommandLine", at, commandLine);
        Write(parameters, CommandLineAddress, at);

        if (initrd is not null)
        {
            ulong place = plan.Highest("Initrd", initrd.Length, Math.Min(header.InitrdLimit, X86Tables.Mapped));
            plan.Add("Initrd", place, initrd.Length, initrd, 0, initrd.Length);
            Write(parameters, InitrdAddress, place);
            Write(parameters, InitrdSize, initrd.Length);
        }
        plan.BootParameters = plan.Lowest("BootParameters", ParametersSize, X86Tables.Mapped);
        plan.Add("BootParameters", plan.BootParameters.Value, parameters);
    }

    private static byte[] CommandLine(ImagePlan plan, LinuxHeader header, KvmImageOptions options)
    {
        byte[] text = Encoding.UTF8.GetBytes(options.CommandLine ?? "");
        if (text.AsSpan().Contains((byte)0))
            throw plan.Refused(Errno.EINVAL, "the command line has a zero in it, which would end it");
        if ((uint)text.Length > header.CommandLineSize)
            throw plan.Refused(Errno.E2BIG, $"the command line has {text.Length} bytes, and {options.Path} takes {header.CommandLineSize}");
        return [.. text, 0];
    }

    // Below 1 MiB a PC has its BIOS and video memory: kernels keep away from there, whatever they are told.
    private static void WriteMemoryMap(ImagePlan plan, KvmVm vm, byte[] parameters)
    {
        var map = new List<(ulong Address, ulong Size, uint Type)>();
        foreach (KvmMemory slot in vm.Memory)
        {
            uint type = slot.Flags.HasFlag(KvmMemoryFlags.ReadOnly) ? Reserved : Ram;
            (ulong start, ulong last) = (slot.GuestAddress, slot.GuestAddress + (slot.Size - 1));
            if (start < LowMemoryEnd)
                map.Add((start, Math.Min(last, LowMemoryEnd - 1) - start + 1, type));
            if (last >= HighMemory)
                map.Add((Math.Max(start, HighMemory), last - Math.Max(start, HighMemory) + 1, type));
        }
        if (map.Count > MemoryMapMost)
            throw plan.Refused(Errno.ENOSPC, $"its memory has {map.Count} parts, and a kernel can be told of {MemoryMapMost}");
        parameters[MemoryMapCount] = (byte)map.Count;
        for (int i = 0; i < map.Count; i++)
        {
            Span<byte> entry = parameters.AsSpan(MemoryMap + i * MemoryMapEntry, MemoryMapEntry);
            BinaryPrimitives.WriteUInt64LittleEndian(entry, map[i].Address);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[8..], map[i].Size);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[16..], map[i].Type);
        }
    }

    // All of it lies below 4 GiB.
    private static void Write(byte[] parameters, int at, ulong value) =>
        BinaryPrimitives.WriteUInt32LittleEndian(parameters.AsSpan(at), checked((uint)value));
}
