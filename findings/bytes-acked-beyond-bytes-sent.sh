#!/usr/bin/env bash
# TCP's bytes_acked counts the SYN and the FIN, so more is acknowledged than was sent.
# Pinned: iproute2 6.1.0-3 (ss, Debian 12); any Python 3; needs user namespaces or root. The
#   counters are the kernel's (struct tcp_info), seen with 6.18.
# One would guess: in `ss -i`, bytes_sent less bytes_acked is what is on its way, and at the end
#   both ends agree: what one sent and has acknowledged is what the other received.
# What happens: bytes_sent has data alone. bytes_acked and bytes_received follow the sequence
#   numbers, in which SYN and FIN take one each. The SYN counts at the end that connects and not at
#   the other, the FIN at both.
# Seen 2026-11-28, 1000 bytes from client to server and 500 back. The client: bytes_sent 1000,
#   bytes_acked 1001, after its FIN 1002. The server: bytes_sent 500, bytes_acked 500;
#   bytes_received 1000, after the FIN 1001. A client that has sent nothing: bytes_acked 1.
# Why it matters: an idle connection has -1 bytes in flight, and as these are unsigned numbers,
#   2^64 - 1. A check that bytes are conserved fails by one or two, and only from one side.
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
import time

listener = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(listener.getsockname())
server, _ = listener.accept()
seen = []


def show(moment):
    time.sleep(0.3)
    for name, end in (("client", "dport"), ("server", "sport")):
        port = f"= :{listener.getsockname()[1]}"
        command = [sys.argv[1], "-tinH", "state", "connected", end, port]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        counts = dict(re.findall(r"bytes_(sent|acked|received):([0-9]+)", text))
        row = [int(counts.get(key, 0)) for key in ("sent", "acked", "received")]
        print(f"{moment}, {name}: sent {row[0]}, acked {row[1]}, received {row[2]}")
        seen.append(row)


show("connected")
client.sendall(bytes(1000))
server.recv(2000)
server.sendall(bytes(500))
client.recv(2000)
show("1000 there, 500 back")
client.shutdown(socket.SHUT_WR)
show("the client's FIN")
stated = [[0, 1, 0], [0, 0, 0], [1000, 1001, 500], [500, 500, 1000]]
stated += [[1000, 1002, 500], [500, 500, 1001]]
sys.exit(0 if seen == stated else 1)
PROBE

cat > in-a-namespace.sh << 'PROBE'
ip link set lo up || exit 2
echo "Linux $(uname -r)"
python3 probe.py "$1"
PROBE
unshare --user --map-root-user --net true || exit 2
unshare --user --map-root-user --net bash in-a-namespace.sh "$ss"
