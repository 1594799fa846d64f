#!/usr/bin/env bash
# The receiver's round trip in `ss -i`, rcv_rtt, grows to the sender's pauses.
# Pinned: iproute2 6.1.0-3 (ss, Debian 12); any Python 3; needs user namespaces or root. The
#   estimate is the kernel's (tcpi_rcv_rtt), seen with 6.18.
# One would guess: who only receives learns the round trip from TCP's timestamps, which show when
#   each ACK was sent. A pause does not lengthen the path.
# What happens: the kernel takes the age of the timestamp that a segment echoes. The first segment
#   after a pause echoes the last ACK, so the pause counts as a round trip.
# Seen 2026-11-28 over loopback, 200,000 bytes every half second: rcv_rtt is 0.1 ms twice, then 87,
#   153, 200 and so on to 593 ms after 20 times; the rtt in the same lines is 0.1 to 0.4 ms.
# Why it matters: it is the only round trip that a server has of an upload. A client on a LAN that
#   sends reports now and then looks farther away than a satellite.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download iproute2=6.1.0-3 || exit 2
dpkg-deb -x ./*.deb root
ss=$(find root -path '*bin/ss')

cat > probe.py << 'PROBE'
import re
import socket
import subprocess
import sys
import threading
import time

listener = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(listener.getsockname())
server, _ = listener.accept()


def read():
    while server.recv(1 << 20):
        pass


def millis(field, end):
    port = f"= :{listener.getsockname()[1]}"
    command = [sys.argv[1], "-tinH", "state", "established", end, port]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return float(re.search(rf"\b{field}:([0-9.]+)", text)[1])


threading.Thread(target=read, daemon=True).start()
for _ in range(20):
    client.sendall(bytes(200_000))
    time.sleep(0.5)
    received, sent = millis("rcv_rtt", "sport"), millis("rtt", "dport")
    print(f"rcv_rtt {received} ms; the sender's rtt {sent} ms", flush=True)
sys.exit(0 if received > 250 and sent < 50 else 1)
PROBE

cat > in-a-namespace.sh << 'PROBE'
ip link set lo up || exit 2
echo "Linux $(uname -r)"
python3 probe.py "$1"
PROBE
unshare --user --map-root-user --net true || exit 2
unshare --user --map-root-user --net bash in-a-namespace.sh "$ss"
