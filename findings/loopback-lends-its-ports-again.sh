#!/usr/bin/env bash
# Connections one after another go on for ever to 127.0.0.1; to any other address, one of the same
# machine too, they stop for a minute when the ports are used up.
# Pinned: iproute2 6.1.0-3 (Debian 12); any Python 3; the kernel is the machine's, seen on Linux
#   6.18; needs user namespaces or root.
# One would guess: a port stays in TIME-WAIT for 60 s wherever the connection went, so 28,232 ports
#   of a client, the default, are 470 connections a second to one server, on any path.
# What happens: tcp_tw_reuse is 2 since Linux 4.19, which lends a port out again after one second if
#   the address is 127.0.0.0/8 or ::1, not if it is another that is also reached over the loopback.
# Seen 2026-12-01, a client with 100 ports that connects and closes for 3.5 s: 400 connections to
#   127.0.0.1; 100 to 192.0.2.1, of the same machine, at once, and then none; the same to 192.0.2.2.
# Why it matters: a load without keep-alive that was tried on 127.0.0.1, at 28,000 connections a
#   second, fails with EADDRNOTAVAIL between two hosts above a sixtieth of that, and the errors are
#   put down to the server under test.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download iproute2=6.1.0-3 || exit 2
dpkg-deb -x ./*.deb root

cat > probe.py << 'PROBE'
import errno
import socket
import sys
import time

PORTS, SECONDS = 100, 3.5


def connections(address):
    """How many connections to an address can be made and closed, and how many fail."""
    listener = socket.create_server((address, 7777))
    made, failed, end = 0, 0, time.monotonic() + SECONDS
    while time.monotonic() < end:
        try:
            client = socket.create_connection((address, 7777))
        except OSError as error:
            if error.errno != errno.EADDRNOTAVAIL:
                sys.exit(2)
            failed += 1
            time.sleep(0.02)
            continue
        server, _ = listener.accept()
        client.close()
        server.recv(1)
        server.close()
        made += 1
    print(f"{address}: {made} connections, {failed} times EADDRNOTAVAIL")
    return made


loopback, other, next_one = map(connections, ["127.0.0.1", "192.0.2.1", "192.0.2.2"])
sys.exit(0 if loopback >= 3 * PORTS and other == next_one == PORTS else 1)
PROBE
cat > in-a-namespace.sh << 'PROBE'
root/bin/ip link set lo up || exit 2
root/bin/ip addr add 192.0.2.1/32 dev lo || exit 2
root/bin/ip addr add 192.0.2.2/32 dev lo || exit 2
echo "40000 40099" > /proc/sys/net/ipv4/ip_local_port_range || exit 2
echo "tcp_tw_reuse $(< /proc/sys/net/ipv4/tcp_tw_reuse)"
python3 probe.py
PROBE
unshare --user --map-root-user --net true || exit 2
echo "Linux $(uname -r)"
unshare --user --map-root-user --net bash in-a-namespace.sh
