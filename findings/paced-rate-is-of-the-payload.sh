#!/usr/bin/env bash
# A socket paced to 2 Mbit/s sends 3.5 Mbit/s in small packets: only their payload counts.
# Pinned: any Python 3 and iproute2; the kernel is the machine's, seen on Linux 6.18; needs user
#   namespaces or root.
# One would guess: SO_MAX_PACING_RATE is a rate of packets, as those of a link and of a token bucket
#   are. A sender paced to the rate of its link sends no more than it carries.
# What happens: on a device without the queue fq TCP paces itself, and of a segment it counts the
#   payload. The headers of TCP, IP and Ethernet come on top: 66 bytes with time stamps.
# Seen 2026-12-01, 1 MB at 250,000 bytes a second over a veth pair, no bundles: with segments of
#   1,448 bytes 1.01 times the rate in payload and 1.06 in packets; of 88 bytes 0.99 and 1.74.
# Why it matters: paced to the rate of its link, a sender fills the queue with 5 % of what it sends
#   for as long as it sends, and by its own figures it keeps to the rate.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat > far.py << 'PROGRAM'
import socket

listener = socket.create_server(("192.0.2.2", 7777))
print("ready", flush=True)
while True:
    connection, _ = listener.accept()
    while connection.recv(1 << 16):
        pass
    connection.sendall(b"x")
PROGRAM

cat > near.py << 'PROGRAM'
import re
import socket
import sys
import time

SO_MAX_PACING_RATE, RATE, SIZE = 47, 250_000, 1_000_000
TCP_INFO_MSS = slice(16, 20)  # tcpi_snd_mss


def sent():
    device = re.search(r"out:(.*)", open("/proc/net/dev").read())
    return int(device.group(1).split()[8])


client = socket.socket()
client.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, int(sys.argv[1]))
client.setsockopt(socket.SOL_SOCKET, SO_MAX_PACING_RATE, RATE)
client.connect(("192.0.2.2", 7777))
info = client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 100)
before, start = sent(), time.monotonic()
client.sendall(bytes(SIZE))
client.shutdown(socket.SHUT_WR)
client.recv(1)
seconds = time.monotonic() - start
payload, packets = (size / seconds / RATE for size in (SIZE, sent() - before))
size = int.from_bytes(info[TCP_INFO_MSS], sys.byteorder)
print(f"segments of {size} bytes: {payload:.2f} of the rate in payload, {packets:.2f} in packets")
PROGRAM

cat > in-a-namespace.sh << 'PROBE'
unshare --net sh -c 'echo $$; exec sleep 60' > far.pid &
until [[ -s far.pid ]]; do sleep 0.05; done
far=$(< far.pid)
trap 'kill "$far"' EXIT
on_far() {
  nsenter -t "$far" --net "$@"
}
ip link add out type veth peer name in netns "$far" || exit 2
ip addr add 192.0.2.1/24 dev out
on_far ip addr add 192.0.2.2/24 dev in
ip link set out gso_max_segs 1 up
on_far ip link set in up
on_far python3 far.py > far.log &
listener=$!
trap 'kill "$listener" "$far"' EXIT
until grep -q ready far.log; do
  kill -0 "$listener" || exit 2
  sleep 0.05
done
for segment in 1460 100; do python3 near.py "$segment" || exit 2; done
PROBE
unshare --user --map-root-user --net true || exit 2
echo "Linux $(uname -r)"
unshare --user --map-root-user --net bash in-a-namespace.sh 2> namespace.log | tee seen.txt
awk '{ payload[$3] = $5; packets[$3] = $11 }
  END {
    large = payload[1448] > 0.97 && payload[1448] < 1.03 && packets[1448] > 1.03
    small = payload[88] > 0.95 && payload[88] < 1.03 && packets[88] > 1.65
    exit large && small ? 0 : 1
  }' seen.txt
