#!/usr/bin/env bash
# `ss -s` in an empty network namespace has hundreds of closed TCP sockets: the others' open ones.
# Pinned: iproute2 6.1.0-3 (ss, Debian 12); any Python 3; needs user namespaces or root. The
#   counters are the kernel's, seen with 6.18.
# One would guess: `ss -s` is the summary of what `ss -a` lists, so a namespace without a socket
#   has none, and "closed" ones are sockets that someone forgot to close.
# What happens: "closed" is the sockets of /proc/net/sockstat's `alloc` less those in a table of
#   this namespace. `inuse` and `tw` there are of the namespace, `alloc` and `mem`, in the same
#   line, are of the machine. Connections of another namespace are closed here.
# Seen 2026-11-30, 100 connections over the loopback of one namespace, with 100 KB unread in each:
#   in an empty one "TCP: 226 (estab 0, closed 226, orphaned 0, timewait 0)", 201 more than before,
#   and "TCP: inuse 0 orphan 0 tw 0 alloc 226 mem 2749", 191 pages before; `ss -a` lists none.
# Why it matters: a test of two hosts in namespaces or containers sees a leak of sockets on both,
#   and a neighbour's buffers as its own. Exporters pass alloc and mem on for each container.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download iproute2=6.1.0-3 || exit 2
dpkg-deb -x ./*.deb root

cat > probe.py << 'PROBE'
import re
import socket
import subprocess
import sys

CONNECTIONS, UNREAD = 100, bytes(100_000)


def empty_namespace(*command):
    command = ["unshare", "--net", *command]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def summary():
    """What an empty namespace has: closed sockets, pages of buffers, and sockets of its own."""
    ss = re.search(r"^TCP:.*", empty_namespace(sys.argv[1], "-s"), re.MULTILINE)[0]
    file = empty_namespace("grep", "^TCP:", "/proc/net/sockstat").strip()
    print(" ".join(ss.split()), file, sep="\n")
    total, established, closed = map(int, re.findall(r"[0-9]+", ss)[:3])
    in_use, pages = (int(re.search(rf"{name} ([0-9]+)", file)[1]) for name in ("inuse", "mem"))
    return closed, pages, (total - closed, established, in_use)


before, pages_before, _ = summary()
listener = socket.create_server(("127.0.0.1", 0), backlog=CONNECTIONS)
kept = []
for _ in range(CONNECTIONS):
    kept.append(socket.create_connection(listener.getsockname()))
    kept.append(listener.accept()[0])
    kept[-2].sendall(UNREAD)
after, pages_after, own = summary()
listed = empty_namespace(sys.argv[1], "-aHtn").splitlines()
closed, pages = after - before, pages_after - pages_before
print(f"{closed} more closed, {pages} more pages, {len(listed)} listed")
# Others on the machine open and close some, too.
more = 180 < closed < 220 and pages > 1000
sys.exit(0 if more and own == (0, 0, 0) and not listed else 1)
PROBE
unshare --user --map-root-user --net true || exit 2
unshare --user --map-root-user --net sh -c 'ip link set lo up || exit 2; python3 probe.py "$1"' sh \
  "$(find root -path '*bin/ss')"
