"""What the kernel refuses a submission, as a filter that bubblewrap hands to it (seccomp-bpf).

The namespaces hide the machine, and the limits bound one process. What is left are the calls
that make a second process or a connection, memory that no limit counts, or a larger hole: with
the filter they fail as not permitted. On a processor that is not listed here there is no filter,
and the namespaces and the limits stand alone.
"""

import platform
import struct

PROCESSORS = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # column below, and audit name
REFUSED = {  # the number of each call on x86_64 and on aarch64
    "fork": (57, None),
    "vfork": (58, None),
    "clone": (56, 220),
    "clone3": (435, 435),
    "socket": (41, 198),
    "socketpair": (53, 199),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "io_uring_setup": (425, 425),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsmount": (432, 432),
    "mount_setattr": (442, 442),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "inotify_init1": (294, 26),
    "fanotify_init": (300, 262),
}
LOAD, JUMP_EQUAL, JUMP_FROM, RETURN = 0x20, 0x15, 0x35, 0x06  # instructions of the filter
NUMBER, PROCESSOR = 0, 4  # where the kernel puts them
ALLOW, NOT_PERMITTED, KILL = 0x7FFF0000, 0x00050001, 0x80000000
SECOND_SET = 0x40000000  # x86_64 has its calls twice; from here on come those of x32


def seccomp_filter(processor: str | None = None) -> bytes:
    """Return the filter for a processor, by default this one; empty for one that is not listed."""
    column, audit = PROCESSORS.get(processor or platform.machine(), (None, None))
    if column is None:
        return b""
    numbers = [row[column] for row in REFUSED.values() if row[column] is not None]
    program = [
        (LOAD, 0, 0, PROCESSOR),
        (JUMP_EQUAL, 1, 0, audit),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, NUMBER),
        (JUMP_FROM, len(numbers) + 1, 0, SECOND_SET),
        *((JUMP_EQUAL, len(numbers) - k, 0, number) for k, number in enumerate(numbers)),
        (RETURN, 0, 0, ALLOW),
        (RETURN, 0, 0, NOT_PERMITTED),
    ]
    return b"".join(struct.pack("=HBBI", *line) for line in program)
