#!/usr/bin/env bash
# A socket that is connected already can still be given a name, if it is a Unix socket.
# Pinned: nothing to install; the kernel that runs, any Python 3.
# One would guess: a name is for a socket that will listen or connect, so bind(2) on a connected one
#   fails (EINVAL), as it does for TCP, and the two ends of socketpair(2) have no names for good.
# What happens: each end of a connected pair takes a name by bind(2), in the abstract namespace
#   without a file, and from then on getpeername(2) of the other end has it, also in a process that
#   inherited the end. A second bind on the same end fails.
# Seen 2026-11-30, Linux 6.18: getpeername '' before, the given name after; TCP EINVAL.
# Why it matters: who hands a connection on as a descriptor, whatever carries it, can name the peer
#   in it, where the receiver looks for an address anyway, without a protocol of their own.
set -euo pipefail

python3 - << 'PROGRAM'
import errno
import os
import socket
import sys


def refused(bind, address):
    try:
        bind(address)
    except OSError as error:
        return error.errno == errno.EINVAL
    return False


ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
before = theirs.getpeername()
name = b"\x00" + b"192.0.2.7 40000 " + os.urandom(8).hex().encode()
ours.bind(name)
is_told = theirs.getpeername() == name
sys.stdout.flush()
child = os.fork()
if child == 0:
    os._exit(0 if theirs.getpeername() == name else 1)
is_told_to_child = os.waitpid(child, 0)[1] == 0
is_second_refused = refused(ours.bind, name + b" again")

listener = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(listener.getsockname())
is_tcp_refused = refused(client.bind, ("127.0.0.1", 0))

print(f"before: {before!r}; the name after: {is_told}, in a child too: {is_told_to_child}")
print(f"bind again: {'EINVAL' if is_second_refused else 'taken'}; of connected TCP: {'EINVAL' if is_tcp_refused else 'taken'}")
holds = before == "" and is_told and is_told_to_child and is_second_refused and is_tcp_refused
sys.exit(0 if holds else 1)
PROGRAM
