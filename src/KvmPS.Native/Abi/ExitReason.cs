namespace KvmPS.Native.Abi;

/// <summary>Why KVM_RUN returned.</summary>
public enum ExitReason : uint
{
    /// <summary>The hardware left the guest for a reason that KVM does not know.</summary>
    [KernelName("KVM_EXIT_UNKNOWN")]
    Unknown = 0,

    /// <summary>Not used by current kernels.</summary>
    [KernelName("KVM_EXIT_EXCEPTION")]
    Exception = 1,

    /// <summary>The guest reads or writes a port; a read waits for its data.</summary>
    [KernelName("KVM_EXIT_IO")]
    Io = 2,

    /// <summary>The guest makes a hypercall that user space handles.</summary>
    [KernelName("KVM_EXIT_HYPERCALL")]
    Hypercall = 3,

    /// <summary>A breakpoint or a single step.</summary>
    [KernelName("KVM_EXIT_DEBUG")]
    Debug = 4,

    /// <summary>The guest waits for an interrupt, and the interrupt controller is in user space.</summary>
    [KernelName("KVM_EXIT_HLT")]
    Hlt = 5,

    /// <summary>The guest reads or writes an address without memory; a read waits for its data.</summary>
    [KernelName("KVM_EXIT_MMIO")]
    Mmio = 6,

    /// <summary>The guest can take an interrupt again, as was asked for.</summary>
    [KernelName("KVM_EXIT_IRQ_WINDOW_OPEN")]
    IrqWindowOpen = 7,

    /// <summary>The guest ran into a triple fault or asked for a shutdown.</summary>
    [KernelName("KVM_EXIT_SHUTDOWN")]
    Shutdown = 8,

    /// <summary>The hardware refused to enter the guest.</summary>
    [KernelName("KVM_EXIT_FAIL_ENTRY")]
    FailEntry = 9,

    /// <summary>A signal came.</summary>
    [KernelName("KVM_EXIT_INTR")]
    Intr = 10,

    /// <summary>The guest wrote the task priority.</summary>
    [KernelName("KVM_EXIT_SET_TPR")]
    SetTpr = 11,

    /// <summary>The guest touched the task priority, as was asked for.</summary>
    [KernelName("KVM_EXIT_TPR_ACCESS")]
    TprAccess = 12,

    /// <summary>An interception on s390.</summary>
    [KernelName("KVM_EXIT_S390_SIEIC")]
    S390Sieic = 13,

    /// <summary>The guest asked for a reset on s390.</summary>
    [KernelName("KVM_EXIT_S390_RESET")]
    S390Reset = 14,

    /// <summary>Not used by current kernels.</summary>
    [KernelName("KVM_EXIT_DCR")]
    Dcr = 15,

    /// <summary>A non-maskable interrupt came on powerpc.</summary>
    [KernelName("KVM_EXIT_NMI")]
    Nmi = 16,

    /// <summary>KVM cannot go on, for example because it cannot emulate an instruction.</summary>
    [KernelName("KVM_EXIT_INTERNAL_ERROR")]
    InternalError = 17,

    /// <summary>An Open Source Interface call on powerpc.</summary>
    [KernelName("KVM_EXIT_OSI")]
    Osi = 18,

    /// <summary>A PAPR hypercall on powerpc.</summary>
    [KernelName("KVM_EXIT_PAPR_HCALL")]
    PaprHcall = 19,

    /// <summary>A page fault of a user-controlled VM on s390.</summary>
    [KernelName("KVM_EXIT_S390_UCONTROL")]
    S390Ucontrol = 20,

    /// <summary>The guest's watchdog expired on powerpc.</summary>
    [KernelName("KVM_EXIT_WATCHDOG")]
    Watchdog = 21,

    /// <summary>The guest tests a subchannel on s390.</summary>
    [KernelName("KVM_EXIT_S390_TSCH")]
    S390Tsch = 22,

    /// <summary>The guest acknowledges an interrupt on powerpc.</summary>
    [KernelName("KVM_EXIT_EPR")]
    Epr = 23,

    /// <summary>The guest asked for shutdown, reset, suspend or told of a crash.</summary>
    [KernelName("KVM_EXIT_SYSTEM_EVENT")]
    SystemEvent = 24,

    /// <summary>The guest asks for system information on s390.</summary>
    [KernelName("KVM_EXIT_S390_STSI")]
    S390Stsi = 25,

    /// <summary>The guest completed an interrupt of the I/O APIC in user space.</summary>
    [KernelName("KVM_EXIT_IOAPIC_EOI")]
    IoapicEoi = 26,

    /// <summary>A Hyper-V call or register that user space handles.</summary>
    [KernelName("KVM_EXIT_HYPERV")]
    Hyperv = 27,

    /// <summary>An access on arm64 that the hardware does not describe.</summary>
    [KernelName("KVM_EXIT_ARM_NISV")]
    ArmNisv = 28,

    /// <summary>The guest reads an MSR that user space handles.</summary>
    [KernelName("KVM_EXIT_X86_RDMSR")]
    Rdmsr = 29,

    /// <summary>The guest writes an MSR that user space handles.</summary>
    [KernelName("KVM_EXIT_X86_WRMSR")]
    Wrmsr = 30,

    /// <summary>The dirty ring is full and has to be harvested.</summary>
    [KernelName("KVM_EXIT_DIRTY_RING_FULL")]
    DirtyRingFull = 31,

    /// <summary>A vCPU of an SEV-ES guest waits for its start.</summary>
    [KernelName("KVM_EXIT_AP_RESET_HOLD")]
    ApResetHold = 32,

    /// <summary>The guest locked the bus.</summary>
    [KernelName("KVM_EXIT_X86_BUS_LOCK")]
    BusLock = 33,

    /// <summary>A Xen hypercall that user space handles.</summary>
    [KernelName("KVM_EXIT_XEN")]
    Xen = 34,

    /// <summary>A firmware call on RISC-V.</summary>
    [KernelName("KVM_EXIT_RISCV_SBI")]
    RiscvSbi = 35,

    /// <summary>An access to a control register on RISC-V.</summary>
    [KernelName("KVM_EXIT_RISCV_CSR")]
    RiscvCsr = 36,

    /// <summary>The guest ran too long without an interrupt window.</summary>
    [KernelName("KVM_EXIT_NOTIFY")]
    Notify = 37,

    /// <summary>An access to an I/O control register on LoongArch.</summary>
    [KernelName("KVM_EXIT_LOONGARCH_IOCSR")]
    LoongarchIocsr = 38,

    /// <summary>KVM cannot resolve an access to memory; KVM_RUN fails with EFAULT or EHWPOISON besides.</summary>
    [KernelName("KVM_EXIT_MEMORY_FAULT")]
    MemoryFault = 39,

    /// <summary>A call of a TDX guest that user space handles.</summary>
    [KernelName("KVM_EXIT_TDX")]
    Tdx = 40,

    /// <summary>A synchronous external abort on arm64.</summary>
    [KernelName("KVM_EXIT_ARM_SEA")]
    ArmSea = 41,

    /// <summary>A 64-byte load or store on arm64 without memory behind it.</summary>
    [KernelName("KVM_EXIT_ARM_LDST64B")]
    ArmLdst64b = 42,

    /// <summary>An SEV-SNP guest asks for certificates.</summary>
    [KernelName("KVM_EXIT_SNP_REQ_CERTS")]
    SnpReqCerts = 43,
}
