/*
 * Threads that create, use, duplicate, map, destroy and close the same few devices of two VMs, all at once: `stress
 * [seconds]`, 20 by default. What it is looking for shows in the kernel's log (KASAN, lockdep, kmemleak); the exit
 * status is 0 if besides no call gave an answer that the contract does not know.
 */
#define _GNU_SOURCE
#include "kvmlab.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 8, SLOTS = 6, VMS = 2 };
enum call { CREATE, ATTR, GROUP, MAP, DUP, DESTROY, CLOSE, CALLS };

static const char *const names[CALLS] = { "create", "has attr", "add group", "mmap", "dup", "destroy", "close" };

/* The errnos that each call may have, besides 0. A slot's descriptor may have been closed by another thread. */
static const int allowed[CALLS][4] = {
    [CREATE] = { EBUSY },
    [ATTR] = { ENODEV, EBADF },
    [GROUP] = { ENODEV, EBADF },
    [MAP] = { ENODEV, EBADF },
    [DUP] = { EBADF },
    [DESTROY] = { ENODEV, EBADF, EPERM },
    [CLOSE] = { 0 },
};

/* VFIO devices cannot be mapped, and no group is at hand. */
static const bool never_succeeds[CALLS] = { [GROUP] = true, [MAP] = true };

static int vms[VMS];
static atomic_int slots[SLOTS];
static atomic_bool stop;
static atomic_long done[CALLS], refused[CALLS], wrong;

static bool record(enum call call, long result)
{
    int error = errno;

    if (result >= 0) {
        atomic_fetch_add(&done[call], 1);
        return true;
    }
    atomic_fetch_add(&refused[call], 1);
    for (int i = 0; i < 4; i++)
        if (allowed[call][i] == error)
            return false;
    if (atomic_fetch_add(&wrong, 1) < 10)
        printf("%s: %s\n", names[call], strerror(error));
    return false;
}

static void put_into_slot(atomic_int *slot, int fd)
{
    int old = atomic_exchange(slot, fd);

    if (old >= 0)
        record(CLOSE, close(old));
}

static long map_and_unmap(int fd)
{
    void *at = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);

    return at == MAP_FAILED ? -1 : munmap(at, 4096);
}

static void *work(void *argument)
{
    unsigned int seed = (unsigned int)(long)argument;
    int none = -1, made;

    while (!atomic_load(&stop)) {
        int vm = vms[rand_r(&seed) % VMS];
        atomic_int *slot = &slots[rand_r(&seed) % SLOTS];
        int fd = atomic_load(slot);

        switch ((enum call)(rand_r(&seed) % CALLS)) {
        case CREATE:
            made = create_device(vm);
            if (record(CREATE, made))
                put_into_slot(slot, made);
            break;
        case ATTR:
            record(ATTR, has_attr(fd));
            break;
        case GROUP:
            record(GROUP, group_attr(fd, KVM_DEV_VFIO_GROUP_ADD, &none));
            break;
        case MAP:
            record(MAP, map_and_unmap(fd));
            break;
        case DUP:
            made = fcntl(fd, F_DUPFD_CLOEXEC, 0);
            if (record(DUP, made))
                put_into_slot(&slots[rand_r(&seed) % SLOTS], made);
            break;
        case DESTROY:
            record(DESTROY, destroy_device(vm, fd));
            break;
        default:
            put_into_slot(slot, -1);
        }
    }
    return NULL;
}

/* One round ends with descriptors left over; half of them are closed before their VMs are, half after. */
static void round_of(int kvm, int number)
{
    pthread_t threads[THREADS];

    for (int i = 0; i < SLOTS; i++)
        atomic_store(&slots[i], -1);
    for (int i = 0; i < VMS; i++)
        vms[i] = ioctl(kvm, KVM_CREATE_VM, 0);
    atomic_store(&stop, false);
    for (long i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, work, (void *)(number * THREADS + i + 1));
    sleep(1);
    atomic_store(&stop, true);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);

    for (int i = 0; i < SLOTS / 2; i++)
        put_into_slot(&slots[i], -1);
    for (int i = 0; i < VMS; i++)
        close(vms[i]);
    for (int i = SLOTS / 2; i < SLOTS; i++)
        put_into_slot(&slots[i], -1);
}

int main(int argc, char **argv)
{
    time_t end = time(NULL) + (argc > 1 ? atoi(argv[1]) : 20);
    int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);

    if (kvm < 0) {
        perror("/dev/kvm");
        return 2;
    }
    for (int number = 0; time(NULL) < end; number++)
        round_of(kvm, number);
    for (int call = 0; call < CALLS; call++) {
        printf("%-10s %8ld done %8ld refused\n", names[call], done[call], refused[call]);
        if (!done[call] != never_succeeds[call]) {
            printf("%s %s succeeded\n", names[call], done[call] ? "has" : "never");
            wrong++;
        }
    }
    return wrong > 0;
}
