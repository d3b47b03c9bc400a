using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;

namespace KvmPS.Native.Abi;

/// <summary>Registers that are read and written one by one, by an id that holds architecture, size and number.</summary>
/// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.68 KVM_SET_ONE_REG</seealso>
public static class OneRegister
{
    private const string Unnamed = "Other";

    private static readonly ConcurrentDictionary<ulong, RegisterSet> ById = new();

    /// <summary>Those of this architecture that have names.</summary>
    public static IReadOnlyList<RegisterSet> Known => field ??= Load();

    /// <summary>The register of an id, each a set of its own.</summary>
    /// <returns>Null where the id tells no size that a register can have.</returns>
    public static RegisterSet? Of(ulong id)
    {
        _ = Known;
        if (ById.TryGetValue(id, out RegisterSet? found))
            return found;
        (string group, string name) = Arm64System.NameOf(id) is { } system ? (Arm64System.Group, system) : (Unnamed, $"0x{id:X}");
        return SizeOf(id) <= MaxSize ? ById.GetOrAdd(id, Make(id, group, name)) : null;
    }

    /// <summary>The register of a name, in any case: one of the table, S3_0_C1_C0_0 on arm64, or the number itself.</summary>
    /// <returns>Null where it is no such name.</returns>
    public static RegisterSet? Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            return ulong.TryParse(name.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong id) && id >> ArchShift != 0 ? Of(id) : null;
        return Known.FirstOrDefault(set => string.Equals(set.Registers[0].Name, name, StringComparison.OrdinalIgnoreCase))
            ?? (RuntimeInformation.ProcessArchitecture == Architecture.Arm64 && Arm64System.IdOf(name) is { } system ? Of(system) : null);
    }

    // KVM_REG_ARCH_MASK's lowest bit; KVM_REG_SIZE_U2048 is the greatest size.
    private const int ArchShift = 56;
    private const int MaxSize = 256;

    private static int SizeOf(ulong id) => 1 << (int)((id & OneReg.KVM_REG_SIZE_MASK) >> (int)OneReg.KVM_REG_SIZE_SHIFT);

    private static RegisterSet Make(ulong id, string group, string name)
    {
        int size = SizeOf(id);
        AttrPayload type = AttrPayload.Parse(size <= sizeof(ulong) ? $"u{size * 8}" : $"u8[{size}]");
        return new RegisterSet(
            group, Requests.KVM_GET_ONE_REG, Requests.KVM_SET_ONE_REG, size, [new Register(name, type, [new RegisterPart(0, size)])])
        {
            Id = id,
        };
    }

    private static RegisterSet[] Load()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.Arm64)
            return [];
        var all = new List<RegisterSet>();
        foreach (string[] columns in RegisterCatalog.ReadRows("one-registers-arm64.tsv", 3))
        {
            ulong id = ulong.Parse(columns[1].AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            all.Add(ById.GetOrAdd(id, Make(id, columns[0], columns[2])));
        }
        return [.. all];
    }

    /// <summary>The system registers of arm64 by the name that assemblers give to those without one: S3_0_C1_C0_0.</summary>
    /// <seealso href="https://developer.arm.com/documentation/ddi0487">Arm Architecture Reference Manual, D24.1</seealso>
    private static class Arm64System
    {
        public const string Group = "System";

        private const ulong Fixed = OneReg.KVM_REG_ARM64 | OneReg.KVM_REG_SIZE_U64 | Arm64Reg.KVM_REG_ARM64_SYSREG;

        // op0, op1, CRn, CRm, op2
        private static readonly (string Before, int Shift, uint Mask)[] Fields =
        [
            ("S", (int)Arm64Reg.KVM_REG_ARM64_SYSREG_OP0_SHIFT, Arm64Reg.KVM_REG_ARM64_SYSREG_OP0_MASK),
            ("_", (int)Arm64Reg.KVM_REG_ARM64_SYSREG_OP1_SHIFT, Arm64Reg.KVM_REG_ARM64_SYSREG_OP1_MASK),
            ("_C", (int)Arm64Reg.KVM_REG_ARM64_SYSREG_CRN_SHIFT, Arm64Reg.KVM_REG_ARM64_SYSREG_CRN_MASK),
            ("_C", (int)Arm64Reg.KVM_REG_ARM64_SYSREG_CRM_SHIFT, Arm64Reg.KVM_REG_ARM64_SYSREG_CRM_MASK),
            ("_", (int)Arm64Reg.KVM_REG_ARM64_SYSREG_OP2_SHIFT, Arm64Reg.KVM_REG_ARM64_SYSREG_OP2_MASK),
        ];

        public static string? NameOf(ulong id) => (id & ~0xFFFFul) == Fixed
            ? string.Concat(Fields.Select(field => $"{field.Before}{(id & field.Mask) >> field.Shift}"))
            : null;

        public static ulong? IdOf(string name)
        {
            string[] parts = name.Split('_');
            if (parts.Length != Fields.Length)
                return null;
            ulong id = Fixed;
            for (int i = 0; i < parts.Length; i++)
            {
                (string before, int shift, uint mask) = Fields[i];
                string letter = before.TrimStart('_');
                if (!parts[i].StartsWith(letter, StringComparison.OrdinalIgnoreCase)
                    || !uint.TryParse(parts[i].AsSpan(letter.Length), NumberStyles.None, CultureInfo.InvariantCulture, out uint value)
                    || value > mask >> shift)
                    return null;
                id |= (ulong)value << shift;
            }
            return id;
        }
    }
}
