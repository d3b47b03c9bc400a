// What guests cost without us: nanoseconds per port exit, per VM with memory and a vCPU, and the same in a process that has as
// many mappings as one of .NET's, each on a line. run.c <exits> <vms>
#include <fcntl.h>
#include <linux/kvm.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static void *sleeper(void *unused)
{
	pause();
	return unused;
}

static double now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return at.tv_sec * 1e9 + at.tv_nsec;
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void *add_memory(int vm, unsigned slot, unsigned long address, size_t size)
{
	struct kvm_userspace_memory_region region = { .slot = slot, .guest_phys_addr = address, .memory_size = size };
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	region.userspace_addr = (unsigned long)memory;
	if (memory == MAP_FAILED || ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region))
		die("memory");
	return memory;
}

static double per_exit(int kvm, long count)
{
	// jmp to F000:F000; l: out 0x80,al; jmp l
	static const unsigned char reset[] = { 0xE9, 0x0D, 0xF0 }, code[] = { 0xE6, 0x80, 0xEB, 0xFC };
	int vm = ioctl(kvm, KVM_CREATE_VM, 0), vcpu = ioctl(vm, KVM_CREATE_VCPU, 0);
	struct kvm_run *run = mmap(NULL, ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0), PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
	unsigned char *rom = add_memory(vm, 0, 0xFFFFF000, 4096);
	double from, took;

	if (run == MAP_FAILED)
		die("mmap");
	memcpy(rom + 0xFF0, reset, sizeof(reset));
	memcpy(rom, code, sizeof(code));
	from = now();
	for (long i = 0; i < count; i++)
		if (ioctl(vcpu, KVM_RUN, 0) || run->exit_reason != KVM_EXIT_IO)
			die("KVM_RUN");
	took = now() - from;
	close(vcpu);
	close(vm);
	return took / count;
}

static double per_vm(int kvm, long count)
{
	int *fds = calloc(count, 2 * sizeof(int));
	void **memory = calloc(count, sizeof(void *));
	double from = now();

	for (long i = 0; i < count; i++) {
		fds[2 * i] = ioctl(kvm, KVM_CREATE_VM, 0);
		memory[i] = add_memory(fds[2 * i], 0, 0, 64 << 20);
		fds[2 * i + 1] = ioctl(fds[2 * i], KVM_CREATE_VCPU, 0);
		if (fds[2 * i + 1] < 0)
			die("KVM_CREATE_VCPU");
	}
	for (long i = 0; i < count; i++) {
		close(fds[2 * i + 1]);
		close(fds[2 * i]);
		munmap(memory[i], 64 << 20);
	}
	return (now() - from) / count;
}

// KVM_CREATE_VM takes the locks of all mappings of its process (mm_take_all_locks).
static void map_as_dotnet_does(void)
{
	const int count = 800;
	char *memory = mmap(NULL, count * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		die("mmap");
	memset(memory, 1, count * 4096);
	for (int i = 0; i < count; i += 2)
		if (mprotect(memory + i * 4096, 4096, PROT_READ))
			die("mprotect");
}

int main(int argc, char **argv)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	pthread_t thread;

	if (argc != 3 || kvm < 0 || pthread_create(&thread, NULL, sleeper, NULL))
		die("run");
	printf("%.1f\n", per_exit(kvm, atol(argv[1])));
	printf("%.1f\n", per_vm(kvm, atol(argv[2])));
	map_as_dotnet_does();
	printf("%.1f\n", per_vm(kvm, atol(argv[2])));
	return 0;
}
