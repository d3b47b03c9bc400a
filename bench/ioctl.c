// What KVM_HAS_DEVICE_ATTR on a device and KVM_GET_DEVICE_ATTR on a vCPU cost without us: nanoseconds per call, each
// on a line, in a process with a second thread, as .NET's are. The second line is 0 where there is no attribute to read.
#include <fcntl.h>
#include <linux/kvm.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static void *sleeper(void *unused)
{
	pause();
	return unused;
}

static double per_call(int fd, unsigned long request, struct kvm_device_attr *attr, long count)
{
	struct timespec from, to;

	clock_gettime(CLOCK_MONOTONIC, &from);
	for (long i = 0; i < count; i++)
		if (ioctl(fd, request, attr))
			return 0;
	clock_gettime(CLOCK_MONOTONIC, &to);
	return ((to.tv_sec - from.tv_sec) * 1e9 + (to.tv_nsec - from.tv_nsec)) / count;
}

int main(int argc, char **argv)
{
	long count = argc > 1 ? atol(argv[1]) : 100000;
	struct kvm_create_device create = { .type = KVM_DEV_TYPE_VFIO };
	struct kvm_device_attr has = { .group = 1, .attr = 1 };
	unsigned long long value;
	struct kvm_device_attr get = { .addr = (unsigned long)&value };
	pthread_t thread;
	int vm = ioctl(open("/dev/kvm", O_RDWR | O_CLOEXEC), KVM_CREATE_VM, 0);
	int vcpu = ioctl(vm, KVM_CREATE_VCPU, 0);

	if (vm < 0 || vcpu < 0 || ioctl(vm, KVM_CREATE_DEVICE, &create) || pthread_create(&thread, NULL, sleeper, NULL)) {
		perror("ioctl");
		return 1;
	}
	printf("%.1f\n", per_call(create.fd, KVM_HAS_DEVICE_ATTR, &has, count));
	printf("%.1f\n", per_call(vcpu, KVM_GET_DEVICE_ATTR, &get, count));
	return 0;
}
