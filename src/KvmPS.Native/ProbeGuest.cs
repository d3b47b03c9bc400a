using System.Runtime.InteropServices;
using KvmPS.Native.Abi;
using Mono.Unix.Native;

namespace KvmPS.Native;

/// <summary>A guest of three instructions that computes 42 and tells it, by a port or by an address without memory.</summary>
internal static class ProbeGuest
{
    private const ulong Answer = 42;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Whether this architecture's guest is known.</summary>
    public static bool IsKnown => RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    /// <summary>Runs it.</summary>
    /// <exception cref="KvmException">It did not run, or did not compute 42.</exception>
    public static void Run(KvmVm vm)
    {
        KvmVcpu vcpu = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? PrepareArm64(vm) : PrepareX86(vm);
        using KvmRun run = vcpu.BeginRun();
        using var timer = new Timer(static run => ((KvmRun)run!).Stop(), run, Patience, Timeout.InfiniteTimeSpan);
        KvmExit exit = run.Next();
        if (exit is not KvmAccessExit { Value: Answer })
            throw new KvmException(nameof(Requests.KVM_RUN), Errno.EPROTO, vcpu, $"A guest of three instructions did not come to its end: {exit}.");
    }

    // At the reset vector, in real mode: mov al,40; add al,2; out 0x80,al
    private static KvmVcpu PrepareX86(KvmVm vm)
    {
        vm.AddMemory(new KvmMemoryOptions { GuestAddress = 0xFFFF_F000, Size = 0x1000 });
        vm.WriteMemory(0xFFFF_FFF0, [0xB0, 40, 0x04, 2, 0xE6, 0x80]);
        return vm.CreateVcpu();
    }

    // At 0, where a vCPU begins: mov x1,#0x10000; mov w0,#40; add w0,w0,#2; str w0,[x1]
    private static KvmVcpu PrepareArm64(KvmVm vm)
    {
        vm.AddMemory(new KvmMemoryOptions { GuestAddress = 0, Size = 0x10000 });
        vm.WriteMemory(0, MemoryMarshal.AsBytes<uint>([0xD2A0_0021, 0x5280_0500, 0x1100_0800, 0xB900_0020]));
        KvmVcpu vcpu = vm.CreateVcpu();
        vcpu.Initialize();
        return vcpu;
    }
}
