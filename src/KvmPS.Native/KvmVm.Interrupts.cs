using KvmPS.Native.Abi;
using Mono.Unix.Native;

namespace KvmPS.Native;

/// <content>The interrupt controllers and the timer in the kernel, and raising interrupts.</content>
public sealed partial class KvmVm
{
    private bool? reportsDelivery;

    /// <summary>Which interrupt controllers <see cref="CreateIrqChip"/> has made; null before.</summary>
    public KvmIrqChipMode? IrqChip { get; private set; }

    /// <summary>KVM_CREATE_IRQCHIP, or KVM_CAP_SPLIT_IRQCHIP: makes interrupt controllers in the kernel.</summary>
    /// <param name="mode">Which.</param>
    /// <param name="routes">Split: how many GSIs are kept for the monitor's IOAPIC, 24 for one of the usual kind.</param>
    /// <exception cref="KvmException">EEXIST: the VM has some; EINVAL, EEXIST: it has vCPUs already.</exception>
    /// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.24 KVM_CREATE_IRQCHIP, 7.5 KVM_CAP_SPLIT_IRQCHIP</seealso>
    public unsafe KvmIrqChip CreateIrqChip(KvmIrqChipMode mode = KvmIrqChipMode.Full, uint routes = Irq.KVM_IOAPIC_NUM_PINS)
    {
        lock (gate)
        {
            if (mode == KvmIrqChipMode.Full)
            {
                Ioctl(Requests.KVM_CREATE_IRQCHIP);
            }
            else
            {
                var enable = new kvm_enable_cap { cap = (uint)Capability.KVM_CAP_SPLIT_IRQCHIP };
                enable.args[0] = routes;
                if (!TryIoctl(Requests.KVM_ENABLE_CAP, &enable, out _, out Errno errno))
                    throw KvmException.From(nameof(Capability.KVM_CAP_SPLIT_IRQCHIP), errno, this);
            }
            IrqChip = mode;
        }
        return GetIrqChip();
    }

    /// <summary>KVM_GET_IRQCHIP of every controller that is in the kernel.</summary>
    /// <exception cref="KvmException">ENXIO: the VM has none.</exception>
    public unsafe KvmIrqChip GetIrqChip()
    {
        var chip = new kvm_irqchip { chip_id = Irq.KVM_IRQCHIP_PIC_MASTER };
        if (!TryIoctl(Requests.KVM_GET_IRQCHIP, &chip, out _, out Errno errno))
        {
            // Local APICs are their vCPUs' state, and other architectures' controllers are devices with attributes.
            return IrqChip is { } mode
                ? new KvmIrqChip(this, mode)
                : throw KvmException.From(nameof(Requests.KVM_GET_IRQCHIP), errno, this);
        }
        return new KvmIrqChip(this, KvmIrqChipMode.Full)
        {
            PicMaster = new KvmPic(chip.chip.pic),
            PicSlave = new KvmPic(Get(Irq.KVM_IRQCHIP_PIC_SLAVE).chip.pic),
            Ioapic = new KvmIoapic(Get(Irq.KVM_IRQCHIP_IOAPIC).chip.ioapic),
        };
    }

    /// <summary>KVM_SET_IRQCHIP of the controllers that the state has.</summary>
    /// <param name="state">The state, of this VM or of another.</param>
    /// <exception cref="KvmException">ENXIO: the VM has none.</exception>
    public void SetIrqChip(KvmIrqChip state)
    {
        ArgumentNullException.ThrowIfNull(state);
        lock (gate)
        {
            ThrowIfRemoved(nameof(Requests.KVM_SET_IRQCHIP));
            if (state.PicMaster is { } master)
                Set(new kvm_irqchip { chip_id = Irq.KVM_IRQCHIP_PIC_MASTER, chip = { pic = master.State } });
            if (state.PicSlave is { } slave)
                Set(new kvm_irqchip { chip_id = Irq.KVM_IRQCHIP_PIC_SLAVE, chip = { pic = slave.State } });
            if (state.Ioapic is { } ioapic)
                Set(new kvm_irqchip { chip_id = Irq.KVM_IRQCHIP_IOAPIC, chip = { ioapic = ioapic.ToState() } });
        }
    }

    /// <summary>KVM_CREATE_PIT2: makes an i8254 timer in the kernel.</summary>
    /// <param name="speakerDummy">The kernel answers for the speaker's port 0x61 too.</param>
    /// <exception cref="KvmException">EEXIST: the VM has one; ENOENT: its PICs are not in the kernel.</exception>
    /// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.70 KVM_CREATE_PIT2</seealso>
    public KvmPit CreatePit(bool speakerDummy = false)
    {
        var config = new kvm_pit_config { flags = speakerDummy ? Pit.KVM_PIT_SPEAKER_DUMMY : 0 };
        Ioctl(Requests.KVM_CREATE_PIT2, ref config);
        return GetPit();
    }

    /// <summary>KVM_GET_PIT2.</summary>
    /// <exception cref="KvmException">ENXIO: the VM has no timer.</exception>
    public KvmPit GetPit()
    {
        var state = new kvm_pit_state2();
        Ioctl(Requests.KVM_GET_PIT2, ref state);
        return new KvmPit(this, state);
    }

    /// <summary>KVM_SET_PIT2.</summary>
    /// <param name="state">The state, of this VM or of another.</param>
    /// <exception cref="KvmException">ENXIO: the VM has no timer.</exception>
    public void SetPit(KvmPit state)
    {
        ArgumentNullException.ThrowIfNull(state);
        kvm_pit_state2 argument = state.ToState();
        Ioctl(Requests.KVM_SET_PIT2, ref argument);
    }

    /// <summary>KVM_IRQ_LINE: raises or lowers an interrupt line.</summary>
    /// <param name="line">
    /// The GSI on x86. On arm64 vCPU, type and number are packed into it: see the seealso.
    /// </param>
    /// <param name="level">Whether the line is active. One that is triggered by its edge has to be lowered in between.</param>
    /// <returns>What became of it, where the kernel says it (KVM_CAP_IRQ_INJECT_STATUS).</returns>
    /// <exception cref="KvmException">ENXIO: the VM has no interrupt controller in the kernel.</exception>
    /// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.25 KVM_IRQ_LINE</seealso>
    public KvmIrqDelivery SetIrqLine(uint line, bool level)
    {
        reportsDelivery ??= CheckExtension((uint)Capability.KVM_CAP_IRQ_INJECT_STATUS) != 0;
        var argument = new kvm_irq_level { irq = line, level = level ? 1u : 0 };
        Ioctl(reportsDelivery.Value ? Requests.KVM_IRQ_LINE_STATUS : Requests.KVM_IRQ_LINE, ref argument);
        return new KvmIrqDelivery(this, reportsDelivery.Value ? argument.status : null);
    }

    /// <summary>KVM_SIGNAL_MSI: delivers a message-signalled interrupt, as a device's write would.</summary>
    /// <param name="address">The message's address: on x86 0xFEE00000 with the destination's APIC id in bits 12 to 19.</param>
    /// <param name="data">The message's data: on x86 the vector in bits 0 to 7, the delivery mode in bits 8 to 10.</param>
    /// <param name="deviceId">The device's id, where the controller asks for it (GICv3 ITS).</param>
    /// <exception cref="KvmException">
    /// EINVAL: the VM has no interrupt controller in the kernel; EPERM: no vCPU is the message's destination.
    /// </exception>
    /// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.70 KVM_SIGNAL_MSI</seealso>
    public KvmIrqDelivery SignalMsi(ulong address, uint data, uint? deviceId = null)
    {
        var message = new kvm_msi
        {
            address_lo = (uint)address,
            address_hi = (uint)(address >> 32),
            data = data,
            flags = deviceId is null ? 0 : Irq.KVM_MSI_VALID_DEVID,
            devid = deviceId ?? 0,
        };
        return new KvmIrqDelivery(this, Ioctl(Requests.KVM_SIGNAL_MSI, ref message));
    }

    private kvm_irqchip Get(uint controller)
    {
        var chip = new kvm_irqchip { chip_id = controller };
        Ioctl(Requests.KVM_GET_IRQCHIP, ref chip);
        return chip;
    }

    private void Set(kvm_irqchip chip) => Ioctl(Requests.KVM_SET_IRQCHIP, ref chip);
}
