/* Reads counters (Documentation/virt/kvm/api.rst, KVM_GET_STATS_FD) of another process's descriptor; prints a name and its values a line. */
#include <linux/kvm.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct kvm_stats_header header;
	int process = argc == 3 ? syscall(434, atoi(argv[1]), 0) : -1;
	int fd = syscall(438, process, atoi(argv[2]), 0);

	if (fd < 0 || pread(fd, &header, sizeof(header), 0) != sizeof(header)) {
		perror("stats");
		return 1;
	}
	for (unsigned int i = 0; i < header.num_desc; i++) {
		size_t size = sizeof(struct kvm_stats_desc) + header.name_size;
		struct kvm_stats_desc *desc = malloc(size);
		if (pread(fd, desc, size, header.desc_offset + i * size) != (ssize_t)size)
			return 1;
		printf("%s", desc->name);
		for (int j = 0; j < desc->size; j++) {
			uint64_t value;
			if (pread(fd, &value, sizeof(value), header.data_offset + desc->offset + j * sizeof(value)) != sizeof(value))
				return 1;
			printf(" %llu", (unsigned long long)value);
		}
		printf("\n");
		free(desc);
	}
	return 0;
}
