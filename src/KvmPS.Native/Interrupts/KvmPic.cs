using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <summary>The state of an 8259 interrupt controller. In a mask bit n is line n.</summary>
/// <seealso href="https://docs.kernel.org/virt/kvm/api.html">struct kvm_pic_state</seealso>
public sealed class KvmPic
{
    private kvm_pic_state state;

    internal KvmPic(in kvm_pic_state state) => this.state = state;

    /// <summary>The levels that edges were last seen against.</summary>
    public byte LastIrr { get => state.last_irr; set => state.last_irr = value; }

    /// <summary>The interrupt request register: lines that wait.</summary>
    public byte Irr { get => state.irr; set => state.irr = value; }

    /// <summary>The interrupt mask register: lines that are held back.</summary>
    public byte Imr { get => state.imr; set => state.imr = value; }

    /// <summary>The in-service register: lines that the guest is handling.</summary>
    public byte Isr { get => state.isr; set => state.isr = value; }

    /// <summary>The line of the highest priority.</summary>
    public byte PriorityAdd { get => state.priority_add; set => state.priority_add = value; }

    /// <summary>The vector of line 0.</summary>
    public byte IrqBase { get => state.irq_base; set => state.irq_base = value; }

    /// <summary>1 where the guest reads ISR next, 0 for IRR.</summary>
    public byte ReadRegisterSelect { get => state.read_reg_select; set => state.read_reg_select = value; }

    /// <summary>1 where the next read acknowledges.</summary>
    public byte Poll { get => state.poll; set => state.poll = value; }

    /// <summary>1 in special mask mode.</summary>
    public byte SpecialMask { get => state.special_mask; set => state.special_mask = value; }

    /// <summary>Which initialisation word comes next, 0 for none.</summary>
    public byte InitState { get => state.init_state; set => state.init_state = value; }

    /// <summary>1 where an interrupt ends by being acknowledged.</summary>
    public byte AutoEoi { get => state.auto_eoi; set => state.auto_eoi = value; }

    /// <summary>1 where priorities rotate then.</summary>
    public byte RotateOnAutoEoi { get => state.rotate_on_auto_eoi; set => state.rotate_on_auto_eoi = value; }

    /// <summary>1 in special fully nested mode.</summary>
    public byte SpecialFullyNestedMode
    {
        get => state.special_fully_nested_mode;
        set => state.special_fully_nested_mode = value;
    }

    /// <summary>1 where the initialisation has a fourth word.</summary>
    public byte Init4 { get => state.init4; set => state.init4 = value; }

    /// <summary>Lines that are triggered by level.</summary>
    public byte Elcr { get => state.elcr; set => state.elcr = value; }

    /// <summary>Lines for which the guest can choose that.</summary>
    public byte ElcrMask { get => state.elcr_mask; set => state.elcr_mask = value; }

    internal ref readonly kvm_pic_state State => ref state;

    /// <inheritdoc/>
    public override string ToString() => $"IRR {Irr:X2} IMR {Imr:X2} ISR {Isr:X2} base {IrqBase:X2}";
}
