using System.Runtime.InteropServices;
using KvmPS.Native.Abi;
using KvmPS.Native.Abi.X86;

namespace KvmPS.Native;

/// <summary>The tables in guest memory that a mode needs, and the registers that put a vCPU into it.</summary>
/// <seealso href="https://docs.kernel.org/arch/x86/boot.html">1.15 64-bit boot protocol: its selectors are 0x10 and 0x18</seealso>
internal sealed class X86Tables
{
    /// <summary>What long mode maps to itself.</summary>
    public const ulong Mapped = 1ul << 32;

    private const ulong Page = 0x1000;
    private const int PageEntries = 512;
    private const ulong LargePage = 2 << 20;
    private const ulong PresentWritable = 0x3;
    private const ulong Large = 0x80;

    private const ushort CodeSelector = 0x10;
    private const ushort DataSelector = 0x18;
    private const ulong Code32 = 0x00CF_9B00_0000_FFFF;
    private const ulong Code64 = 0x00AF_9B00_0000_FFFF;
    private const ulong Data = 0x00CF_9300_0000_FFFF;

    private const ulong ProtectionEnable = 1;
    private const ulong MonitorCoprocessor = 1 << 1;
    private const ulong ExtensionType = 1 << 4;
    private const ulong NumericError = 1 << 5;
    private const ulong Paging = 1ul << 31;
    private const ulong PhysicalAddressExtension = 1 << 5;
    private const ulong SseEnable = 3 << 9;
    private const ulong LongModeEnable = 1 << 8;
    private const ulong LongModeActive = 1 << 10;
    private const ulong FlagsReset = 2;

    private readonly KvmCpuMode mode;
    private readonly ulong gdt;
    private readonly ushort gdtLimit;
    private readonly ulong pageTables;

    public X86Tables(ImagePlan plan)
    {
        mode = plan.Mode;
        if (mode == KvmCpuMode.Real16)
            return;
        ulong[] descriptors = [0, 0, mode == KvmCpuMode.Long64 ? Code64 : Code32, Data];
        byte[] table = MemoryMarshal.AsBytes<ulong>(descriptors).ToArray();
        gdt = plan.Lowest("Gdt", (ulong)table.Length, Mapped);
        gdtLimit = (ushort)(table.Length - 1);
        plan.Add("Gdt", gdt, table);
        if (mode == KvmCpuMode.Protected32)
            return;
        pageTables = plan.Lowest("PageTables", (2 + Mapped / (PageEntries * LargePage)) * Page, Mapped);
        plan.Add("PageTables", pageTables, IdentityMap(pageTables));
    }

    /// <summary>The registers with which a vCPU begins, all of the general and special ones.</summary>
    public IReadOnlyList<(RegisterSet Set, byte[] Bytes)> Registers(KvmVcpu vcpu, ImagePlan plan)
    {
        RegisterSet special = RegisterCatalog.Find(nameof(kvm_sregs.cr0))!.Value.Set;
        RegisterSet general = RegisterCatalog.Find(nameof(kvm_regs.rip))!.Value.Set;
        byte[] sregs = vcpu.ReadRegisters(special);
        Set(ref MemoryMarshal.AsRef<kvm_sregs>(sregs.AsSpan()), plan.EntryPoint);
        byte[] regs = new byte[general.Size];
        ref kvm_regs at = ref MemoryMarshal.AsRef<kvm_regs>(regs.AsSpan());
        at.rflags = FlagsReset;
        at.rip = mode == KvmCpuMode.Real16 ? plan.EntryPoint - RealModeBase(plan.EntryPoint) : plan.EntryPoint;
        at.rsi = plan.BootParameters ?? 0;
        at.rsp = mode == KvmCpuMode.Real16 ? 0 : plan.Stack;
        return [(special, sregs), (general, regs)];
    }

    private void Set(ref kvm_sregs sregs, ulong entry)
    {
        bool real = mode == KvmCpuMode.Real16;
        kvm_segment data = Segment(real ? 0ul : DataSelector, type: 3);
        data.db = real ? (byte)0 : (byte)1;
        kvm_segment code = Segment(real ? RealModeBase(entry) >> 4 : CodeSelector, type: 11);
        code.@base = real ? RealModeBase(entry) : 0;
        code.db = mode == KvmCpuMode.Protected32 ? (byte)1 : (byte)0;
        code.l = mode == KvmCpuMode.Long64 ? (byte)1 : (byte)0;
        sregs.cs = code;
        sregs.ds = sregs.es = sregs.fs = sregs.gs = sregs.ss = data;
        sregs.gdt.@base = gdt;
        sregs.gdt.limit = gdtLimit;
        sregs.idt.@base = 0;
        sregs.idt.limit = real ? (ushort)0x3FF : (ushort)0;
        // SSE is on, because compilers use it for programs of 64 bits.
        sregs.cr0 = ExtensionType | (real ? 0 : ProtectionEnable | MonitorCoprocessor | NumericError) | (mode == KvmCpuMode.Long64 ? Paging : 0);
        sregs.cr2 = 0;
        sregs.cr3 = pageTables;
        sregs.cr4 = real ? 0 : SseEnable | (mode == KvmCpuMode.Long64 ? PhysicalAddressExtension : 0);
        sregs.efer = mode == KvmCpuMode.Long64 ? LongModeEnable | LongModeActive : 0;
    }

    private kvm_segment Segment(ulong selector, byte type) => new()
    {
        selector = (ushort)selector,
        type = type,
        present = 1,
        s = 1,
        limit = mode == KvmCpuMode.Real16 ? 0xFFFF : uint.MaxValue,
        g = mode == KvmCpuMode.Real16 ? (byte)0 : (byte)1,
    };

    // As a BIOS begins a boot sector: CS is 0 where that reaches.
    private static ulong RealModeBase(ulong entry) => entry <= ushort.MaxValue ? 0 : entry & ~0xFul;

    private static byte[] IdentityMap(ulong at)
    {
        int directories = (int)(Mapped / (PageEntries * LargePage));
        ulong[] entries = new ulong[(2 + directories) * PageEntries];
        entries[0] = (at + Page) | PresentWritable;
        for (int i = 0; i < directories; i++)
            entries[PageEntries + i] = (at + (2 + (ulong)i) * Page) | PresentWritable;
        for (int i = 0; i < directories * PageEntries; i++)
            entries[2 * PageEntries + i] = ((ulong)i * LargePage) | PresentWritable | Large;
        return MemoryMarshal.AsBytes<ulong>(entries).ToArray();
    }
}
