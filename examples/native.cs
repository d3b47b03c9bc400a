// KVM from C#, without PowerShell: dotnet run examples/native.cs
#:project ../src/KvmPS.Native/KvmPS.Native.csproj
using KvmPS.Native;
using KvmPS.Native.Abi;

using KvmVm vm = new KvmSystem().CreateVm("from C#");
foreach (KvmDeviceType type in vm.GetDeviceTypes().Where(type => type.Supported == true))
    Console.WriteLine($"{vm} can have a {type} device");
try
{
    vm.CreateDevice(DeviceTypes.Find("XICS")!.Number);
}
catch (KvmNotSupportedException exception)
{
    Console.WriteLine($"{exception.Operation}: {exception.Errno}");
}
