/*
 * The kernel's messages about devices (lib/kobject_uevent.c), from the other side:
 * listen N [SECONDS]  prints "SEQNUM ACTION-OF-KVM PID CREATED COUNT STATS_PATH" of N messages about VMs
 * forge PORT          sends a message about a VM to a process's socket, as the kernel would
 * inject N [LINES...] has the kernel tell this network namespace N messages of our own about VMs, with LINES in place of the usual ones
 */
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static const char *field(const char *message, ssize_t length, const char *key)
{
	for (const char *at = message; at < message + length; at += strlen(at) + 1)
		if (!strncmp(at, key, strlen(key)) && at[strlen(key)] == '=')
			return at + strlen(key) + 1;
	return "-";
}

static size_t make(char *message, int argc, char **argv)
{
	static char *usual[] = { "ACTION=change", "DEVPATH=/devices/virtual/misc/kvm", "SUBSYSTEM=misc", "CREATED=7", "COUNT=1",
				 "EVENT=create", "PID=1", "STATS_PATH=/kvm/1-9", "MAJOR=10", "MINOR=232", "DEVNAME=kvm" };
	size_t length = sprintf(message, "change@/devices/virtual/misc/kvm") + 1;

	if (!argc) {
		argv = usual;
		argc = sizeof(usual) / sizeof(*usual);
	}
	for (int i = 0; i < argc; i++)
		length += sprintf(message + length, "%s", argv[i]) + 1;
	return length;
}

int main(int argc, char **argv)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_KOBJECT_UEVENT);
	int count = argc > 2 ? atoi(argv[2]) : 0;
	char message[8192];

	if (fd < 0 || argc < 3)
		return 2;
	if (!strcmp(argv[1], "listen")) {
		struct timeval patience = { .tv_sec = argc > 3 ? atoi(argv[3]) : 30 };

		address.nl_groups = 1;
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
		if (bind(fd, (struct sockaddr *)&address, sizeof(address)))
			return 2;
		printf("ready\n");
		fflush(stdout);
		while (count > 0) {
			ssize_t length = recv(fd, message, sizeof(message) - 1, 0);

			if (length < 0)
				return 3;
			message[length] = 0;
			if (strcmp(field(message, length, "DEVNAME"), "kvm") || field(message, length, "EVENT")[0] == '-')
				continue;
			printf("%s %s %s %s %s %s\n", field(message, length, "SEQNUM"), field(message, length, "EVENT"), field(message, length, "PID"),
			       field(message, length, "CREATED"), field(message, length, "COUNT"), field(message, length, "STATS_PATH"));
			fflush(stdout);
			count--;
		}
		return 0;
	}
	if (!strcmp(argv[1], "forge")) {
		size_t length = make(message, 0, NULL);

		address.nl_pid = count;
		return sendto(fd, message, length, 0, (struct sockaddr *)&address, sizeof(address)) == (ssize_t)length ? 0 : 3;
	}
	for (size_t length = make(message, argc - 3, argv + 3); count > 0; count--) {
		/* The kernel takes this header off, and puts a sequence number behind (uevent_net_broadcast). */
		struct nlmsghdr head = { .nlmsg_len = NLMSG_HDRLEN + length, .nlmsg_type = NLMSG_MIN_TYPE, .nlmsg_flags = NLM_F_REQUEST };
		struct iovec parts[] = { { &head, NLMSG_HDRLEN }, { message, length } };
		struct msghdr header = { .msg_name = &address, .msg_namelen = sizeof(address), .msg_iov = parts, .msg_iovlen = 2 };

		if (sendmsg(fd, &header, 0) < 0)
			return 3;
	}
	return 0;
}
