using System.Collections;
using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Errors;
using KvmPS.Native;
using KvmPS.Native.Abi;

namespace KvmPS.Commands.Register;

/// <summary>Set-KvmRegister: changes registers of vCPUs, all that are given or none.</summary>
[Cmdlet(VerbsCommon.Set, "KvmRegister", SupportsShouldProcess = true)]
public sealed class SetKvmRegisterCommand : VcpuCmdlet
{
    /// <summary>The registers and their values: @{ rip = 0x1000; cs = @{ base = 0 } }. Fields that are left out stay.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ArgumentCompleter(typeof(RegisterValueCompleter))]
    [ValidateNotNull]
    public Hashtable Value { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KvmVcpu vcpu in Vcpu)
        {
            if (ShouldProcess(vcpu.ToString(), $"Set {string.Join(", ", Value.Keys.Cast<object>().Select(RegisterName.Of).Order())}"))
                Attempt(() => Set(vcpu));
        }
    }

    private void Set(KvmVcpu vcpu)
    {
        var values = new List<(RegisterSet, Native.Abi.Register, byte[])>();
        var read = new Dictionary<RegisterSet, byte[]>();
        foreach (DictionaryEntry entry in Value)
        {
            string name = RegisterName.Of(entry.Key);
            if (vcpu.FindRegister(name) is not var (set, register))
            {
                WriteError(LookupErrors.RegisterUnknown(vcpu, name));
                return;
            }
            if (!read.TryGetValue(set, out byte[]? bytes))
                read[set] = bytes = vcpu.ReadRegisters(set);
            byte[] value = register.Read(bytes);
            if (AttrValueEncoder.WriteInPlace(entry.Value, register.Type, value) is { } problem)
            {
                WriteError(LookupErrors.RegisterValueInvalid(vcpu, $"{register.Name}: {problem}"));
                return;
            }
            values.Add((set, register, value));
        }
        vcpu.WriteRegisters(values);
    }
}
