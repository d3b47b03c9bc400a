using System.Text;
using KvmPS.Native;

namespace KvmPS.Fuzz;

/// <summary>ELF files and kernels whose headers lead anywhere.</summary>
internal static class ImageFuzz
{
    private const int FileSize = 0x4000;
    private const int SetupHeader = 0x1F1;

    /// <summary>Loads changed images into a VM with memory here and there.</summary>
    public static Tally Run(int seed, int rounds, string folder)
    {
        var random = new Random(seed);
        using KvmVm vm = new KvmSystem().CreateVm("images");
        vm.AddMemory(new KvmMemoryOptions { GuestAddress = 0, Size = 0xA0000 });
        vm.AddMemory(new KvmMemoryOptions { GuestAddress = 0x100000, Size = 4 << 20 });
        string path = Path.Combine(folder, "image");
        string initrd = Path.Combine(folder, "initrd");
        File.WriteAllBytes(initrd, new byte[5000]);
        var tally = new Tally();
        for (int round = 0; round < rounds; round++)
        {
            bool isElf = random.Next(2) == 0;
            byte[] image = isElf ? Elf() : Kernel();
            for (int change = random.Next(4); change > 0; change--)
            {
                int size = 1 << random.Next(4);
                int at = isElf ? random.Next(176 / size) * size : SetupHeader - 1 + random.Next(0xA0 / size) * size;
                Hostile.Put(image, at, size, Hostile.Number(random));
            }
            File.WriteAllBytes(path, random.Next(10) == 0 ? image[..random.Next(image.Length)] : image);
            try
            {
                vm.ImportImage(new KvmImageOptions
                {
                    Path = path,
                    Address = random.Next(4) == 0 ? Hostile.Number(random) : null,
                    CommandLine = random.Next(2) == 0 ? "quiet" : null,
                    InitrdPath = !isElf && random.Next(2) == 0 ? initrd : null,
                });
                tally.Taken++;
            }
            catch (Exception exception) when (exception is KvmException or IOException)
            {
                tally.Refused++;
            }
        }
        return tally;
    }

    // Two segments at 1 MiB and 2 MiB, the second with more memory than file.
    private static byte[] Elf()
    {
        byte[] elf = new byte[FileSize];
        Encoding.Latin1.GetBytes("\u007FELF\u0002\u0001\u0001").CopyTo(elf, 0);
        Hostile.Put(elf, 16, 2, 2);
        Hostile.Put(elf, 18, 2, 62);
        Hostile.Put(elf, 24, 8, 0x100000);
        Hostile.Put(elf, 32, 8, 64);
        Hostile.Put(elf, 54, 2, 56);
        Hostile.Put(elf, 56, 2, 2);
        for (int i = 0; i < 2; i++)
        {
            int at = 64 + 56 * i;
            Hostile.Put(elf, at, 4, 1);
            Hostile.Put(elf, at + 8, 8, 0x1000);
            Hostile.Put(elf, at + 16, 8, (ulong)(0x100000 << i));
            Hostile.Put(elf, at + 24, 8, (ulong)(0x100000 << i));
            Hostile.Put(elf, at + 32, 8, 0x1000);
            Hostile.Put(elf, at + 40, 8, (ulong)(0x1000 << i));
        }
        return elf;
    }

    // A bzImage of boot protocol 2.15, relocatable, with a 64-bit entry.
    private static byte[] Kernel()
    {
        byte[] kernel = new byte[FileSize];
        kernel[SetupHeader] = 1;
        Hostile.Put(kernel, 0x1F4, 4, 0x100);
        Hostile.Put(kernel, 0x1FE, 2, 0xAA55);
        Hostile.Put(kernel, 0x200, 2, 0x66EB);
        Encoding.ASCII.GetBytes("HdrS").CopyTo(kernel, 0x202);
        Hostile.Put(kernel, 0x206, 2, 0x20F);
        kernel[0x211] = 1;
        Hostile.Put(kernel, 0x22C, 4, 0x7FFFFFFF);
        Hostile.Put(kernel, 0x230, 4, 0x100000);
        kernel[0x234] = 1;
        Hostile.Put(kernel, 0x236, 2, 3);
        Hostile.Put(kernel, 0x238, 4, 2047);
        Hostile.Put(kernel, 0x258, 8, 0x100000);
        Hostile.Put(kernel, 0x260, 4, 0x100000);
        return kernel;
    }
}
