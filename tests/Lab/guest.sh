# shellcheck shell=bash
# What the run-in-guest scripts share: a command on an emulated machine, as if it ran here. Such a script sets, and then
# calls run_in_guest with its own arguments:
#   about      for the usage: what is seen in the guest, and what -k takes
#   kernel     the default of -k
#   shell      what runs without a command
#   terminal   the device in the guest that -i uses, and the qemu options that connect it to the chardev of that name
#   prepare    a function that takes what -k was given and sets qemu (the program and the options of the machine),
#              append (of the kernel's command line, where $temp/init is what becomes PID 1 at last) and findings (a
#              regular expression of what its log must not have, beside what no kernel's log must have)

guest_usage() {
    cat <<END
usage: run-in-guest [option...] [--] [command [argument...]]

Boots a kernel in qemu (pure emulation, no KVM needed) and runs the command on it, in this directory. Output comes as it
is written. Without a command: a shell. $about

  -c LINE     run LINE with sh -c, instead of a command
  -e NAME[=VALUE]   an environment variable for the command; without a value, the value it has here
  -o DIR      a directory that the command may write to; what it writes is here afterwards
  -i          connect the command to this terminal
  -t SECONDS  give up after that long (default 300; 0, or with -i: never)
  -m MIB      memory of the guest (default 2048)
  -s CPUS     its processors (default: all of this machine's, 4 at most)
  -l FILE     keep the kernel's log in FILE
  -q          do not report how long it took

In the guest /tmp, /run and /dev/shm are its own, empty and writable, except for this directory and the repository
where they lie in one of them. PATH is passed on, HOME is a fresh directory.

Exit status: the command's own, or
  120   the guest's kernel reported an oops, a warning, a leak or the like, which is shown
  124   the time was up
  125   the guest could not be run, or stopped without the command having ended
END
}

die() {
    printf 'run-in-guest: %s\n' "$*" >&2
    exit 125
}

quote() {
    local argument
    for argument; do printf "'%s' " "${argument//\'/\'\\\'\'}"; done
}

# shellcheck disable=SC2317 # called by the trap
finish() {
    trap '' EXIT INT TERM HUP
    [ -z "$guest" ] || kill "$guest" 2> /dev/null || true
    [ -z "$guest" ] || wait "$guest" 2> /dev/null || true
    [ -z "$settings" ] || stty "$settings" < /dev/tty || true
    [ -z "$log" ] || [ ! -e "$temp/console" ] || cp "$temp/console" "$log" || true
    rm -rf "$temp"
}

# What guest-init reads: the command as a script, what must be visible, and what may be written to.
write_orders() {
    local variable
    {
        for variable in "${environment[@]}"; do
            case $variable in
                *=*) printf 'export %s=%s\n' "${variable%%=*}" "$(quote "${variable#*=}")" ;;
                *) [ -z "${!variable+set}" ] || printf 'export %s=%s\n' "$variable" "$(quote "${!variable}")" ;;
            esac
        done
        [ -z "$interactive" ] || printf 'export TERM=%s\nstty %s\n' "$(quote "${TERM:-linux}")" \
            "$(stty size 2> /dev/null | sed 's/\(.*\) \(.*\)/rows \1 cols \2/')"
        printf 'cd %s\nexec %s\n' "$(quote "$PWD")" "$(quote "$@")"
    } > "$temp/command"
    printf '%s\n' "$PWD" "$(readlink -f "$here/../../..")" > "$temp/visible"
    [ -z "$interactive" ] || printf '%s\n' "${terminal[0]}" > "$temp/interactive"
}

share_directories() {
    local share tag
    : > "$temp/shares"
    for share in "${shares[@]}"; do
        [ -d "$share" ] || die "$share: no such directory"
        tag=share$(wc -l < "$temp/shares")
        printf '%s %s\n' "$tag" "$share" >> "$temp/shares"
        qemu+=(-fsdev "local,id=$tag,path=${share//,/,,},security_model=none,multidevs=remap"
            -device "virtio-9p-pci,fsdev=$tag,mount_tag=$tag")
    done
}

run_qemu() {
    if [ -n "$interactive" ]; then
        [ -t 0 ] || die '-i needs a terminal'
        settings=$(stty -g)
        "${qemu[@]}" -chardev stdio,id=terminal,signal=off "${terminal[@]:1}" 2> "$temp/qemu" && ended=0 || ended=$?
        stty "$settings"
        settings=
        return
    fi
    mkfifo "$temp/out" "$temp/err"
    # setpriv, because the guest must not outlive this script even if that is killed with SIGKILL.
    setpriv --pdeathsig TERM timeout --kill-after=5 "$seconds" "${qemu[@]}" \
        -chardev "file,id=out,path=$temp/out" -device virtserialport,chardev=out,name=out \
        -chardev "file,id=err,path=$temp/err" -device virtserialport,chardev=err,name=err \
        < /dev/null > /dev/null 2> "$temp/qemu" &
    guest=$!
    cat "$temp/out" &
    cat "$temp/err" >&2 &
    wait "$guest" && ended=0 || ended=$?
    guest=
    wait
}

run_in_guest() {
    local line='' environment=('PATH') shares=() interactive='' seconds=300 memory=2048 log='' quiet='' option
    local guest='' settings='' temp started ended status booted finished cpus qemu=() append='' findings=''
    cpus=$(nproc)
    [ "$cpus" -le 4 ] || cpus=4
    case ${1-} in --help) guest_usage && exit ;; esac
    while getopts k:c:e:o:it:m:s:l:q option; do
        case $option in
            k) kernel=$OPTARG ;;
            c) line=$OPTARG ;;
            e) environment+=("$OPTARG") ;;
            o) shares+=("$(readlink -f "$OPTARG")") || die "$OPTARG: no such directory" ;;
            i) interactive=1 ;;
            t) seconds=$OPTARG ;;
            m) memory=$OPTARG ;;
            s) cpus=$OPTARG ;;
            l) log=$OPTARG ;;
            q) quiet=1 ;;
            *) guest_usage >&2 && exit 125 ;;
        esac
    done
    shift $((OPTIND - 1))
    [ -z "$line" ] || [ $# = 0 ] || die 'either -c or a command, not both'
    [ -z "$line" ] || set -- /bin/sh -c "$line"
    if [ $# = 0 ]; then
        [ -t 0 ] || die 'a shell needs a terminal; give a command'
        interactive=1
        set -- "$shell"
    fi

    # The path of this folder stands on the guest kernel's command line, which knows no quoting.
    case ${TMPDIR-} in *[[:space:]]*) TMPDIR=/tmp ;; esac
    temp=$(mktemp -d -t kvmps-lab.XXXXXX)
    trap finish EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    prepare "$kernel"
    install -m 755 "$here/../guest-init" "$temp/init"
    write_orders "$@"

    append+=" lab=$temp panic=-1 oops=panic mitigations=off nokaslr random.trust_cpu=on rcupdate.rcu_cpu_stall_timeout=120"
    # shellcheck disable=SC2054 # the commas are qemu's
    qemu+=(
        -accel tcg,thread=multi,tb-size=512 -smp "$cpus" -m "$memory"
        -nodefaults -no-user-config -no-reboot -display none
        -fsdev local,id=root,path=/,security_model=none,readonly=on,multidevs=remap
        -device virtio-9p-pci,fsdev=root,mount_tag=root
        -device virtio-rng-pci
        -device virtio-serial-pci
        -chardev "file,id=console,path=$temp/console" -serial chardev:console
        -chardev "file,id=status,path=$temp/status" -device virtserialport,chardev=status,name=status
        -append "$append"
    )
    share_directories

    started=$(date +%s.%N)
    run_qemu

    findings+='|BUG:|Oops|WARNING:|KASAN|corruption|Kernel panic|refcount_t|INFO: (task|rcu|possible)|Call [Tt]race'
    if grep -aqE "$findings" "$temp/console"; then
        echo "run-in-guest: the guest's kernel reported:" >&2
        grep -aE -m 1 -B 3 -A 60 "$findings" "$temp/console" | tr -d '\r' >&2
        exit 120
    fi
    if [ "$ended" = 124 ]; then
        echo "run-in-guest: not finished after $seconds s" >&2
        exit 124
    fi
    if ! read -r status booted finished < "$temp/status"; then
        { cat "$temp/qemu"; tail -n 25 "$temp/console"; } >&2
        die "the guest stopped before the command ended (qemu: $ended)"
    fi
    [ -n "$quiet" ] || awk -v booted="$booted" -v finished="$finished" -v whole="$started $(date +%s.%N)" 'BEGIN {
        split(whole, at)
        printf "[guest: booted in %.1f s, command %.1f s, %.1f s in all]\n", booted, finished - booted, at[2] - at[1]
    }' >&2
    exit "$status"
}
