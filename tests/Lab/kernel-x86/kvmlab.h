/* The contract of KVM_DESTROY_DEVICE, written down a second time: not taken from the patch that is under test. */
#ifndef KVMLAB_H
#define KVMLAB_H

#include <linux/kvm.h>
#include <sys/ioctl.h>

#ifndef KVM_DESTROY_DEVICE
struct kvm_destroy_device {
    __u32 fd;
    __u32 flags;
};
#define KVM_DESTROY_DEVICE _IOWR(KVMIO, 0xf0, struct kvm_destroy_device)
#endif

_Static_assert(sizeof(struct kvm_destroy_device) == 8, "the struct is two 32-bit numbers");
_Static_assert(KVM_DESTROY_DEVICE == 0xC008AEF0, "the request is 0xC008AEF0");

static inline int create_device(int vm)
{
    struct kvm_create_device create = { .type = KVM_DEV_TYPE_VFIO };

    return ioctl(vm, KVM_CREATE_DEVICE, &create) ? -1 : (int)create.fd;
}

static inline int destroy_device(int vm, int fd)
{
    struct kvm_destroy_device destroy = { .fd = fd };

    return ioctl(vm, KVM_DESTROY_DEVICE, &destroy);
}

/* 0 on a device that lives. */
static inline int has_attr(int fd)
{
    struct kvm_device_attr attr = { .group = KVM_DEV_VFIO_GROUP, .attr = KVM_DEV_VFIO_GROUP_ADD };

    return ioctl(fd, KVM_HAS_DEVICE_ATTR, &attr);
}

/* Gives the device the VFIO group whose descriptor is at addr. */
static inline int group_attr(int fd, __u64 attr_number, const void *addr)
{
    struct kvm_device_attr attr = {
        .group = KVM_DEV_VFIO_GROUP, .attr = attr_number, .addr = (__u64)(unsigned long)addr
    };

    return ioctl(fd, KVM_SET_DEVICE_ATTR, &attr);
}

#endif
