// Waits in KVM_RUN as a process does that is up to something: the kernel takes 32 bits of a descriptor, and shows others the
// whole register that it came in.
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
    int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
    int vm = ioctl(kvm, KVM_CREATE_VM, 0);
    // With an interrupt controller in the kernel another vCPU than the first waits for its start.
    ioctl(vm, KVM_CREATE_IRQCHIP, 0);
    int vcpu = ioctl(vm, KVM_CREATE_VCPU, 1);
    if (vcpu < 0)
        return 1;
    printf("%d\n", vcpu);
    fflush(stdout);
    return syscall(SYS_ioctl, 0x100000000L | vcpu, KVM_RUN, 0) < 0;
}
