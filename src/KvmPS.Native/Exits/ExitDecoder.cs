using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <summary>Makes an object of an exit: the one place that knows which reason has which fields.</summary>
internal static class ExitDecoder
{
    private delegate KvmExit Decoder(in KvmExitFrame frame, ulong sequence);

    private static readonly Dictionary<ExitReason, Decoder> Decoders = new()
    {
        [ExitReason.Unknown] = static (in frame, sequence) => Other<kvm_run.hw_t>(
            frame, sequence, ("hardware_exit_reason", frame.Run.hw.hardware_exit_reason)),
        [ExitReason.Exception] = static (in frame, sequence) => Other<kvm_run.ex_t>(
            frame, sequence, ("exception", frame.Run.ex.exception), ("error_code", frame.Run.ex.error_code)),
        [ExitReason.Io] = static (in frame, sequence) => new KvmIoExit(frame, sequence),
        [ExitReason.Hypercall] = static (in frame, sequence) => new KvmHypercallExit(frame, sequence),
        [ExitReason.Debug] = static (in frame, sequence) => RuntimeInformation.ProcessArchitecture == Architecture.X64
            ? new KvmDebugExit(frame, sequence)
            : new KvmArm64DebugExit(frame, sequence),
        [ExitReason.Hlt] = Plain,
        [ExitReason.Mmio] = static (in frame, sequence) => new KvmMmioExit(frame, sequence),
        [ExitReason.IrqWindowOpen] = Plain,
        [ExitReason.Shutdown] = Plain,
        [ExitReason.FailEntry] = static (in frame, sequence) => new KvmFailEntryExit(frame, sequence),
        [ExitReason.Intr] = Plain,
        [ExitReason.SetTpr] = Plain,
        [ExitReason.TprAccess] = static (in frame, sequence) => Other<kvm_run.tpr_access_t>(
            frame, sequence, ("rip", frame.Run.tpr_access.rip), ("is_write", frame.Run.tpr_access.is_write)),
        [ExitReason.S390Sieic] = static (in frame, sequence) => Other<kvm_run.s390_sieic_t>(
            frame, sequence, ("icptcode", frame.Run.s390_sieic.icptcode), ("ipa", frame.Run.s390_sieic.ipa),
            ("ipb", frame.Run.s390_sieic.ipb)),
        [ExitReason.S390Reset] = static (in frame, sequence) => Other<ulong>(
            frame, sequence, ("s390_reset_flags", frame.Run.s390_reset_flags)),
        [ExitReason.Dcr] = static (in frame, sequence) => Other<kvm_run.dcr_t>(
            frame, sequence, ("dcrn", frame.Run.dcr.dcrn), ("data", frame.Run.dcr.data), ("is_write", frame.Run.dcr.is_write))
            .AnsweredAt(At(frame, ref frame.Run.dcr.data), Unsafe.SizeOf<uint>()),
        [ExitReason.Nmi] = Plain,
        [ExitReason.InternalError] = static (in frame, sequence) => new KvmInternalErrorExit(frame, sequence),
        [ExitReason.Osi] = static (in frame, sequence) => Other<kvm_run.osi_t>(
            frame, sequence, ("gprs", Values(frame.Run.osi.gprs)))
            .AnsweredAt(At(frame, ref frame.Run.osi.gprs), Unsafe.SizeOf<Array32<ulong>>()),
        [ExitReason.PaprHcall] = static (in frame, sequence) => Other<kvm_run.papr_hcall_t>(
            frame, sequence, ("nr", frame.Run.papr_hcall.nr), ("ret", frame.Run.papr_hcall.ret),
            ("args", Values(frame.Run.papr_hcall.args)))
            .AnsweredAt(At(frame, ref frame.Run.papr_hcall.ret), Unsafe.SizeOf<ulong>()),
        [ExitReason.S390Ucontrol] = static (in frame, sequence) => Other<kvm_run.s390_ucontrol_t>(
            frame, sequence, ("trans_exc_code", frame.Run.s390_ucontrol.trans_exc_code),
            ("pgm_code", frame.Run.s390_ucontrol.pgm_code)),
        [ExitReason.Watchdog] = Plain,
        [ExitReason.S390Tsch] = static (in frame, sequence) => Other<kvm_run.s390_tsch_t>(
            frame, sequence, ("subchannel_id", frame.Run.s390_tsch.subchannel_id),
            ("subchannel_nr", frame.Run.s390_tsch.subchannel_nr), ("io_int_parm", frame.Run.s390_tsch.io_int_parm),
            ("io_int_word", frame.Run.s390_tsch.io_int_word), ("ipb", frame.Run.s390_tsch.ipb),
            ("dequeued", frame.Run.s390_tsch.dequeued)),
        [ExitReason.Epr] = static (in frame, sequence) => Other<kvm_run.epr_t>(frame, sequence, ("epr", frame.Run.epr.epr))
            .AnsweredAt(At(frame, ref frame.Run.epr.epr), Unsafe.SizeOf<uint>()),
        [ExitReason.SystemEvent] = static (in frame, sequence) => new KvmSystemEventExit(frame, sequence),
        [ExitReason.S390Stsi] = static (in frame, sequence) => Other<kvm_run.s390_stsi_t>(
            frame, sequence, ("addr", frame.Run.s390_stsi.addr), ("ar", frame.Run.s390_stsi.ar), ("fc", frame.Run.s390_stsi.fc),
            ("sel1", frame.Run.s390_stsi.sel1), ("sel2", frame.Run.s390_stsi.sel2)),
        [ExitReason.IoapicEoi] = static (in frame, sequence) => Other<kvm_run.eoi_t>(
            frame, sequence, ("vector", frame.Run.eoi.vector)),
        [ExitReason.Hyperv] = Hyperv,
        [ExitReason.ArmNisv] = ArmNisv,
        [ExitReason.Rdmsr] = static (in frame, sequence) => new KvmMsrExit(frame, sequence),
        [ExitReason.Wrmsr] = static (in frame, sequence) => new KvmMsrExit(frame, sequence),
        [ExitReason.DirtyRingFull] = Plain,
        [ExitReason.ApResetHold] = Plain,
        [ExitReason.BusLock] = Plain,
        [ExitReason.Xen] = static (in frame, sequence) => Other<kvm_xen_exit>(
            frame, sequence, ("type", frame.Run.xen.type), ("longmode", frame.Run.xen.u.hcall.longmode),
            ("cpl", frame.Run.xen.u.hcall.cpl), ("input", frame.Run.xen.u.hcall.input), ("result", frame.Run.xen.u.hcall.result),
            ("params", Values(frame.Run.xen.u.hcall.@params)))
            .AnsweredAt(At(frame, ref frame.Run.xen.u.hcall.result), Unsafe.SizeOf<ulong>()),
        [ExitReason.RiscvSbi] = static (in frame, sequence) => Other<kvm_run.riscv_sbi_t>(
            frame, sequence, ("extension_id", frame.Run.riscv_sbi.extension_id), ("function_id", frame.Run.riscv_sbi.function_id),
            ("args", Values(frame.Run.riscv_sbi.args)), ("ret", Values(frame.Run.riscv_sbi.ret)))
            .AnsweredAt(At(frame, ref frame.Run.riscv_sbi.ret), Unsafe.SizeOf<Array2<ulong>>()),
        [ExitReason.RiscvCsr] = static (in frame, sequence) => Other<kvm_run.riscv_csr_t>(
            frame, sequence, ("csr_num", frame.Run.riscv_csr.csr_num), ("new_value", frame.Run.riscv_csr.new_value),
            ("write_mask", frame.Run.riscv_csr.write_mask), ("ret_value", frame.Run.riscv_csr.ret_value))
            .AnsweredAt(At(frame, ref frame.Run.riscv_csr.ret_value), Unsafe.SizeOf<ulong>()),
        [ExitReason.Notify] = static (in frame, sequence) => Other<kvm_run.notify_t>(
            frame, sequence, ("flags", frame.Run.notify.flags)),
        [ExitReason.LoongarchIocsr] = static (in frame, sequence) => new KvmMmioExit(frame, sequence),
        [ExitReason.MemoryFault] = static (in frame, sequence) => new KvmMemoryFaultExit(frame, sequence),
        [ExitReason.Tdx] = static (in frame, sequence) => Other<kvm_run.tdx_t>(
            frame, sequence, ("flags", frame.Run.tdx.flags), ("nr", frame.Run.tdx.nr), ("ret", frame.Run.tdx.unknown.ret),
            ("data", Values(frame.Run.tdx.unknown.data)))
            .AnsweredAt(At(frame, ref frame.Run.tdx.unknown.ret), Unsafe.SizeOf<ulong>()),
        [ExitReason.ArmSea] = static (in frame, sequence) => Other<kvm_run.arm_sea_t>(
            frame, sequence, ("flags", frame.Run.arm_sea.flags), ("esr", frame.Run.arm_sea.esr), ("gva", frame.Run.arm_sea.gva),
            ("gpa", frame.Run.arm_sea.gpa)),
        [ExitReason.ArmLdst64b] = ArmNisv,
        [ExitReason.SnpReqCerts] = static (in frame, sequence) => Other<kvm_exit_snp_req_certs>(
            frame, sequence, ("gpa", frame.Run.snp_req_certs.gpa), ("npages", frame.Run.snp_req_certs.npages),
            ("ret", frame.Run.snp_req_certs.ret))
            .AnsweredAt(At(frame, ref frame.Run.snp_req_certs.ret), Unsafe.SizeOf<ulong>()),
    };

    public static KvmExit Decode(in KvmExitFrame frame, ulong sequence) =>
        Decoders.TryGetValue(frame.Reason, out Decoder? decoder)
            ? decoder(frame, sequence)
            : new KvmOtherExit(frame, sequence, KvmExitFrame.UnionSize);

    private static KvmExit Plain(in KvmExitFrame frame, ulong sequence) => new(frame, sequence, size: 0);

    private static KvmOtherExit ArmNisv(in KvmExitFrame frame, ulong sequence) => Other<kvm_run.arm_nisv_t>(
        frame, sequence, ("esr_iss", frame.Run.arm_nisv.esr_iss), ("fault_ipa", frame.Run.arm_nisv.fault_ipa));

    private static KvmOtherExit Hyperv(in KvmExitFrame frame, ulong sequence)
    {
        kvm_hyperv_exit.u_t u = frame.Run.hyperv.u;
        return (HyperVExitType)frame.Run.hyperv.type switch
        {
            HyperVExitType.Synic => Other<kvm_hyperv_exit>(
                frame, sequence, ("type", HyperVExitType.Synic), ("msr", u.synic.msr), ("control", u.synic.control),
                ("evt_page", u.synic.evt_page), ("msg_page", u.synic.msg_page)),
            HyperVExitType.Hcall => Other<kvm_hyperv_exit>(
                frame, sequence, ("type", HyperVExitType.Hcall), ("input", u.hcall.input), ("result", u.hcall.result),
                ("params", Values(u.hcall.@params)))
                .AnsweredAt(At(frame, ref frame.Run.hyperv.u.hcall.result), sizeof(ulong)),
            var type => Other<kvm_hyperv_exit>(
                frame, sequence, ("type", type), ("msr", u.syndbg.msr), ("control", u.syndbg.control),
                ("status", u.syndbg.status), ("send_page", u.syndbg.send_page), ("recv_page", u.syndbg.recv_page),
                ("pending_page", u.syndbg.pending_page)),
        };
    }

    private enum HyperVExitType : uint
    {
        Synic = HyperVExit.KVM_EXIT_HYPERV_SYNIC,
        Hcall = HyperVExit.KVM_EXIT_HYPERV_HCALL,
        Syndbg = HyperVExit.KVM_EXIT_HYPERV_SYNDBG,
    }

    private static KvmOtherExit Other<T>(
        in KvmExitFrame frame, ulong sequence, params ReadOnlySpan<(string Name, object Value)> fields)
        where T : unmanaged => new(frame, sequence, Unsafe.SizeOf<T>(), fields);

    private static int At<T>(in KvmExitFrame frame, ref T member)
        where T : unmanaged => (int)Unsafe.ByteOffset(
            in frame.Describing(1)[0], in Unsafe.As<T, byte>(ref member));

    private static ulong[] Values(ReadOnlySpan<ulong> values) => values.ToArray();
}
