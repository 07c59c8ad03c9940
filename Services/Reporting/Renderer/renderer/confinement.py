"""What the process cannot do any more, whatever a document makes of the libraries that read it.

Three lines, each of which is enough by itself against what WeasyPrint can be asked for; the fetcher is the fourth.
  1. a network namespace with no network in it, where the system lets a process make one;
  2. a seccomp filter: no sockets, no programs, no other processes, no writing of files;
  3. an audit hook: Python's own open() reads nothing but libraries and fonts.
"""

import ctypes
import os
import platform
import resource
import signal
import struct
import sys

libc = ctypes.CDLL(None, use_errno=True)

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 1, 38, 22, 2

# Numbers of the kernel's calls, x86-64 and arm64; 0 where a machine has no such call.
SYSTEM_CALLS = {
    "socket": (41, 198), "connect": (42, 203), "bind": (49, 200), "listen": (50, 201), "accept": (43, 202),
    "accept4": (288, 242), "socketpair": (53, 199), "sendto": (44, 206), "sendmsg": (46, 211),
    "execve": (59, 221), "execveat": (322, 281), "ptrace": (101, 117), "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271), "mount": (165, 40), "umount2": (166, 39), "unshare": (272, 97),
    "setns": (308, 268), "io_uring_setup": (425, 425), "bpf": (321, 280), "keyctl": (250, 219),
    "add_key": (248, 217), "userfaultfd": (323, 282), "perf_event_open": (298, 241), "creat": (85, 0),
    "openat2": (437, 437), "rename": (82, 0), "renameat": (264, 38), "renameat2": (316, 276), "unlink": (87, 0),
    "unlinkat": (263, 35), "mkdir": (83, 0), "mkdirat": (258, 34), "link": (86, 0), "linkat": (265, 37),
    "symlink": (88, 0), "symlinkat": (266, 36), "truncate": (76, 45), "chmod": (90, 0), "fchmodat": (268, 53),
    "pidfd_open": (434, 434), "pidfd_getfd": (438, 438),
}  # fmt: skip
# The warm process ends a child that takes too long; the child ends nobody.
SIGNALS = {"kill": (62, 129), "tkill": (200, 130), "tgkill": (234, 131), "pidfd_send_signal": (424, 424)}
# The open calls, and which of their arguments holds the flags.
OPENS = {"open": (2, 0, 1), "openat": (257, 56, 2)}
ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
EPERM = 1


def leave_the_network() -> bool:
    """False where the system does not let us (containers often do not); the other lines hold."""
    return libc.unshare(CLONE_NEWNET) == 0 or libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0


def filtered(calls: dict[str, tuple[int, int]], opens: bool) -> bool:
    """Puts a seccomp filter on this process and its children; they stack. False where the machine is unknown."""
    if platform.machine() not in ARCHITECTURES:
        return False
    column, architecture = ARCHITECTURES[platform.machine()]
    numbers = [pair[column] for pair in calls.values() if pair[column]]

    def operation(code, constant, if_true=0, if_false=0):
        return struct.pack("HBBI", code, if_true, if_false, constant)

    load, equal, above, bits, answer = 0x20, 0x15, 0x35, 0x45, 0x06
    refuse, allow, end = operation(answer, 0x00050000 | EPERM), operation(answer, 0x7FFF0000), 0x80000000
    program = [
        operation(load, 4), operation(equal, architecture, 1, 0), operation(answer, end),  # another machine's calls
        operation(load, 0), operation(above, 0x40000000, 0, 1), refuse,  # the x32 calls
    ]  # fmt: skip
    for number in numbers:
        program += [operation(equal, number, 0, 1), refuse]
    if opens:
        writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
        for *pair, argument in OPENS.values():
            if number := pair[column]:
                program += [
                    operation(equal, number, 0, 4),
                    operation(load, 16 + 8 * argument), operation(bits, writing, 0, 1), refuse, allow,
                ]  # fmt: skip
    program.append(allow)
    code = b"".join(program)

    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_void_p)]

    buffer = ctypes.create_string_buffer(code, len(code))
    filter = Program(len(program), ctypes.addressof(buffer))
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    return libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(filter), 0, 0) == 0


def watch_opens() -> None:
    """No way back: a hook cannot be taken off."""
    roots = tuple(
        os.path.realpath(root) + os.sep
        for root in {*sys.path, sys.prefix, sys.base_prefix, "/usr/lib", "/usr/share/fonts"}
        if root and os.path.isdir(root)
    )

    def hook(event, arguments):
        if event == "open":
            path = arguments[0]
            if isinstance(path, int):
                return
            path = os.path.realpath(os.fsdecode(path))
            if not path.startswith(roots):
                raise PermissionError(EPERM, "the renderer opens no files", path)
        elif event.startswith(("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "ctypes.dlopen")):
            raise PermissionError(EPERM, f"the renderer does not: {event}")

    sys.addaudithook(hook)


def confine_process() -> list[str]:
    """For the warm process, once; its children inherit it. What could be had, by name."""
    lines = []
    if leave_the_network():
        lines.append("network namespace")
    if filtered(SYSTEM_CALLS, opens=True):
        lines.append("seccomp")
    return lines


def confine_document(cpu: int, memory: int) -> None:
    """For one document's process: its share of time and memory, and no way out of it."""
    # It does not outlive a worker that was killed.
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    with open("/proc/self/statm") as file:
        taken = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + memory, taken + memory))
    # The second second is for Python to say so; then the kernel ends it.
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    filtered(SIGNALS, opens=False)
    watch_opens()
