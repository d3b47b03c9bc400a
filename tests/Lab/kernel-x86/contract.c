/*
 * The contract of KVM_DESTROY_DEVICE, each clause tried on the running kernel: `contract patched` where the kernel has
 * the ioctl, `contract control` where it has not. Prints TAP; the exit status is 0 if every clause holds.
 */
#define _GNU_SOURCE
#include "kvmlab.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <linux/userfaultfd.h>
#include <linux/vfio.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int kvm, tests, failures;

/* expected: 0 for success, otherwise the errno. */
static void check(const char *what, long result, int expected)
{
    int got = result < 0 ? errno : 0;
    bool ok = got == expected;

    tests++;
    failures += !ok;
    printf("%sok %d - %s: %s\n", ok ? "" : "not ", tests, what, expected ? strerrorname_np(expected) : "0");
    if (!ok)
        printf("# got %s\n", got ? strerrorname_np(got) : "0");
}

static void check_true(const char *what, bool ok)
{
    tests++;
    failures += !ok;
    printf("%sok %d - %s\n", ok ? "" : "not ", tests, what);
}

static int must(const char *what, int result)
{
    if (result < 0) {
        printf("Bail out! %s: %s\n", what, strerror(errno));
        exit(1);
    }
    return result;
}

static int new_vm(void)
{
    return must("KVM_CREATE_VM", ioctl(kvm, KVM_CREATE_VM, 0));
}

static int new_device(int vm)
{
    return must("KVM_CREATE_DEVICE", create_device(vm));
}

static int destroy_with_flags(int vm, int fd, unsigned int flags)
{
    struct kvm_destroy_device destroy = { .fd = fd, .flags = flags };

    return ioctl(vm, KVM_DESTROY_DEVICE, &destroy);
}

static int map(int fd)
{
    return mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED ? -1 : 0;
}

static void refusals(void)
{
    int vm = new_vm(), other = new_vm(), device = new_device(vm);
    int null = must("/dev/null", open("/dev/null", O_RDWR)), path = must("O_PATH", open("/dev/null", O_PATH));
    int vcpu = must("KVM_CREATE_VCPU", ioctl(vm, KVM_CREATE_VCPU, 0)), closed = dup(null);

    close(closed);
    check("no descriptor (-1)", destroy_device(vm, -1), EBADF);
    check("a closed descriptor", destroy_device(vm, closed), EBADF);
    check("an O_PATH descriptor", destroy_device(vm, path), EBADF);
    check("/dev/null", destroy_device(vm, null), ENODEV);
    check("/dev/kvm", destroy_device(vm, kvm), ENODEV);
    check("a VM", destroy_device(vm, vm), ENODEV);
    check("a vCPU", destroy_device(vm, vcpu), ENODEV);
    check("a device of another VM", destroy_device(other, device), EPERM);
    check("a struct that cannot be read", ioctl(vm, KVM_DESTROY_DEVICE, (void *)8), EFAULT);
    check("an unknown flag", destroy_with_flags(vm, device, 1), EINVAL);
    check("an unknown flag, no descriptor", destroy_with_flags(vm, -1, 1u << 31), EINVAL);
    check("after all this the device lives", has_attr(device), 0);
    check("a second device of the type", create_device(vm), EBUSY);

    if (fork() == 0)
        _exit(destroy_device(vm, device) < 0 ? errno : 0);
    int status;
    wait(&status);
    check_true("from another process: EIO", WIFEXITED(status) && WEXITSTATUS(status) == EIO);
    check("and the device lives", has_attr(device), 0);

    close(device);
    close(vcpu);
    close(path);
    close(null);
    close(other);
    close(vm);
}

static void destruction(void)
{
    int vm = new_vm(), device = new_device(vm), twin = dup(device), next, none = -1;

    check("destroy", destroy_device(vm, device), 0);
    check("destroy again", destroy_device(vm, device), ENODEV);
    check("destroy a duplicate of it", destroy_device(vm, twin), ENODEV);
    check("KVM_HAS_DEVICE_ATTR on it", has_attr(device), ENODEV);
    check("KVM_HAS_DEVICE_ATTR on a duplicate", has_attr(twin), ENODEV);
    check("KVM_SET_DEVICE_ATTR on it", group_attr(device, KVM_DEV_VFIO_GROUP_ADD, &none), ENODEV);
    check("KVM_GET_DEVICE_ATTR on it", ioctl(device, KVM_GET_DEVICE_ATTR, NULL), ENODEV);
    check("an unknown ioctl on it", ioctl(device, KVM_CHECK_EXTENSION, 0), ENODEV);
    check("mmap of it", map(device), ENODEV);

    check("a new device while the old one's file is open", next = create_device(vm), 0);
    check("close the old file", close(device), 0);
    check("close its duplicate", close(twin), 0);
    check("the new device lives", has_attr(next), 0);

    twin = dup(next);
    close(next);
    check("destroy by the duplicate that is left", destroy_device(vm, twin), 0);
    close(twin);

    device = new_device(vm);
    check("a new device after that too", destroy_device(vm, device), 0);
    check("close the VM first", close(vm), 0);
    check("then the destroyed device is still ENODEV", has_attr(device), ENODEV);
    check("and can be closed", close(device), 0);

    vm = new_vm();
    device = new_device(vm);
    close(vm);
    check("a device that was not destroyed outlives the VM's descriptor", has_attr(device), 0);
    close(device);
}

/*
 * A call on the device that stays inside the kernel as long as it pleases us: the group's descriptor that it wants to
 * read is in a page that userfaultfd keeps from it.
 */
struct stalled {
    int uffd, device, result, error;
    int *page;
    pthread_t thread;
};

static void *stalled_call(void *argument)
{
    struct stalled *stalled = argument;

    stalled->result = group_attr(stalled->device, KVM_DEV_VFIO_GROUP_ADD, stalled->page);
    stalled->error = errno;
    return NULL;
}

static void stall(struct stalled *stalled, int device)
{
    struct uffdio_api api = { .api = UFFD_API };
    struct uffdio_register registration = { .mode = UFFDIO_REGISTER_MODE_MISSING };
    struct uffd_msg message;

    stalled->device = device;
    stalled->uffd = must("userfaultfd", syscall(SYS_userfaultfd, O_CLOEXEC));
    must("UFFDIO_API", ioctl(stalled->uffd, UFFDIO_API, &api));
    stalled->page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    registration.range.start = (unsigned long)stalled->page;
    registration.range.len = 4096;
    must("UFFDIO_REGISTER", ioctl(stalled->uffd, UFFDIO_REGISTER, &registration));
    pthread_create(&stalled->thread, NULL, stalled_call, stalled);
    must("the fault", read(stalled->uffd, &message, sizeof(message)));
}

static void resume(struct stalled *stalled)
{
    static int source[1024] = { -1 };
    struct uffdio_copy copy = {
        .dst = (unsigned long)stalled->page, .src = (unsigned long)source, .len = 4096
    };

    must("UFFDIO_COPY", ioctl(stalled->uffd, UFFDIO_COPY, &copy));
    pthread_join(stalled->thread, NULL);
    munmap(stalled->page, 4096);
    close(stalled->uffd);
}

struct destroyer {
    int vm, device, result, error;
    volatile bool done;
};

static void *destroyer_thread(void *argument)
{
    struct destroyer *destroyer = argument;

    destroyer->result = destroy_device(destroyer->vm, destroyer->device);
    destroyer->error = errno;
    destroyer->done = true;
    return NULL;
}

static int destroyer_process(void *argument)
{
    struct destroyer *destroyer = argument;

    destroy_device(destroyer->vm, destroyer->device);
    return 0;
}

/* Until a destroyer keeps others out; it is then waiting for the call that is stalled. */
static bool wait_until_closed(int device)
{
    for (int i = 0; i < 2000 && has_attr(device) == 0; i++)
        usleep(5000);
    return has_attr(device) < 0;
}

static void call_under_way(void)
{
    struct destroyer destroyer = { .vm = new_vm() };
    struct stalled stalled;
    pthread_t thread;

    destroyer.device = new_device(destroyer.vm);
    stall(&stalled, destroyer.device);
    pthread_create(&thread, NULL, destroyer_thread, &destroyer);
    check_true("a destroy keeps new calls out", wait_until_closed(destroyer.device));
    usleep(300000);
    check_true("while it waits for the one under way", !destroyer.done);
    check("meanwhile an ioctl does not wait", has_attr(destroyer.device), ENODEV);
    check("nor mmap", map(destroyer.device), ENODEV);
    check("nor another destroy", destroy_device(destroyer.vm, destroyer.device), ENODEV);
    resume(&stalled);
    pthread_join(thread, NULL);
    errno = stalled.error;
    check("the call under way gets its own answer", stalled.result, EBADF);
    errno = destroyer.error;
    check("then the device is destroyed", destroyer.result, 0);
    check("and a new one can be made", create_device(destroyer.vm), 0);
    close(destroyer.device);
    close(destroyer.vm);
}

static void killed_while_waiting(void)
{
    struct destroyer destroyer = { .vm = new_vm() };
    struct stalled stalled;
    char *stack = malloc(65536);
    int child;

    destroyer.device = new_device(destroyer.vm);
    stall(&stalled, destroyer.device);
    child = must("clone", clone(destroyer_process, stack + 65536, CLONE_VM | CLONE_FILES | SIGCHLD, &destroyer));
    check_true("a process that shares our memory waits to destroy", wait_until_closed(destroyer.device));
    kill(child, SIGKILL);
    check("it can be killed", waitpid(child, NULL, 0), 0);
    check("the device has survived", has_attr(destroyer.device), 0);
    resume(&stalled);
    check("and can be destroyed", destroy_device(destroyer.vm, destroyer.device), 0);
    close(destroyer.device);
    close(destroyer.vm);
    free(stack);
}

/* The lab's guest has a PCI device bound to vfio-pci. */
static void with_a_group(void)
{
    int vm = new_vm(), device = new_device(vm), container, group;
    glob_t groups;

    if (glob("/dev/vfio/[0-9]*", 0, NULL, &groups)) {
        printf("# no VFIO group here\n");
        return;
    }
    container = must("/dev/vfio/vfio", open("/dev/vfio/vfio", O_RDWR));
    group = must(groups.gl_pathv[0], open(groups.gl_pathv[0], O_RDWR));
    must("VFIO_GROUP_SET_CONTAINER", ioctl(group, VFIO_GROUP_SET_CONTAINER, &container));
    must("VFIO_SET_IOMMU", ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU));

    check("give the device a VFIO group", group_attr(device, KVM_DEV_VFIO_GROUP_ADD, &group), 0);
    check("twice", group_attr(device, KVM_DEV_VFIO_GROUP_ADD, &group), EEXIST);
    check("destroy it with the group in it", destroy_device(vm, device), 0);
    close(device);
    device = new_device(vm);
    check("the next device knows no group", group_attr(device, KVM_DEV_VFIO_GROUP_DEL, &group), ENOENT);
    check("and can be given it", group_attr(device, KVM_DEV_VFIO_GROUP_ADD, &group), 0);
    close(group);
    close(container);
    check("destroy it after the group's file was closed", destroy_device(vm, device), 0);
    close(device);
    close(vm);
    globfree(&groups);
}

static void control(void)
{
    int vm = new_vm(), device = new_device(vm);

    check("no descriptor (-1)", destroy_device(vm, -1), ENOTTY);
    check("a device", destroy_device(vm, device), ENOTTY);
    check("which lives on", has_attr(device), 0);
    close(device);
    close(vm);
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    kvm = must("/dev/kvm", open("/dev/kvm", O_RDWR | O_CLOEXEC));
    if (argc == 2 && !strcmp(argv[1], "patched")) {
        refusals();
        destruction();
        call_under_way();
        killed_while_waiting();
        with_a_group();
    } else if (argc == 2 && !strcmp(argv[1], "control")) {
        control();
    } else {
        fprintf(stderr, "usage: contract patched | control\n");
        return 2;
    }
    printf("1..%d\n", tests);
    return failures > 0;
}
