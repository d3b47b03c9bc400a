/* PID 1 of a guest without a C library: greets, asks where ASK is defined, and resets the machine. */
static long call(long number, long a, long b, long c, long d)
{
    long result;
    register long r10 __asm__("r10") = d;

    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10) : "rcx", "r11", "memory");
    return result;
}

static void tell(const char *text, long length)
{
    call(1 /* write */, 1, (long)text, length, 0);
}

void _start(void)
{
    static const char greeting[] = "Hello from user space\n";

    tell(greeting, sizeof greeting - 1);
#ifdef ASK
    static const char question[] = "name? ", answer[] = "You are ";
    char name[64];

    tell(question, sizeof question - 1);
    long length = call(0 /* read */, 0, (long)name, sizeof name, 0);
    tell(answer, sizeof answer - 1);
    tell(name, length);
#endif
    call(169 /* reboot */, 0xfee1dead, 672274793, 0x01234567 /* LINUX_REBOOT_CMD_RESTART */, 0);
    for (;;)
        ;
}
