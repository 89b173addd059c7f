"""confined.py "SYSCALL …" COMMAND …: runs a command that may make these system calls, and gets EPERM for all others.

What systemd does for SystemCallFilter= and SystemCallErrorNumber=EPERM, by the same library.
"""
import ctypes
import errno
import os
import sys

seccomp = ctypes.CDLL("libseccomp.so.2")
seccomp.seccomp_init.restype = ctypes.c_void_p
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM

context = ctypes.c_void_p(seccomp.seccomp_init(ctypes.c_uint32(REFUSE)))
for name in sys.argv[1].split():
    number = seccomp.seccomp_syscall_resolve_name(name.encode())
    if number >= 0:  # calls of other processors are below
        if seccomp.seccomp_rule_add(context, ctypes.c_uint32(ALLOW), ctypes.c_int(number), ctypes.c_uint(0)) != 0:
            sys.exit(f"no rule can be made for {name}")
if seccomp.seccomp_load(context) != 0:
    sys.exit("the filter was refused")
os.execv(sys.argv[2], sys.argv[2:])
