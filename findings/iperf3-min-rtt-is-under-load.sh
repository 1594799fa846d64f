#!/usr/bin/env bash
# iperf3's min_rtt is the least of one smoothed round trip a second, not the least round trip.
# Pinned: iperf3 and libiperf0 3.12-1+deb12u2, libsctp1 1.0.19+dfsg-2, iproute2 6.1.0-3 (Debian 12);
#   any Python 3; the kernel is the machine's, seen on Linux 6.18; needs user namespaces or root.
# One would guess: min_rtt and max_rtt in the JSON of a TCP test are the least and the greatest
#   round trip of the connection. Linux keeps the least one, which `ss -i` shows as minrtt.
# What happens: iperf3 reads the smoothed round trip at the end of each interval. min_rtt and
#   max_rtt are the least and the greatest of these few, taken while the test fills the queue.
# Seen 2026-11-29, 3 s over loopback with a queue of 400 KB at 20 Mbit/s, 4 streams: minrtt is 0.007
#   ms; iperf3's min_rtt 158, 171, 206 and 180 ms, the last of three samples of each stream.
# Why it matters: min_rtt is taken for the path's delay, and max_rtt less min_rtt for its queue. The
#   path then seems long, and most of the queue is gone.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download iperf3=3.12-1+deb12u2 \
  libiperf0=3.12-1+deb12u2 libsctp1=1.0.19+dfsg-2 iproute2=6.1.0-3 || exit 2
for package in ./*.deb; do dpkg-deb -x "$package" root; done
LD_LIBRARY_PATH=$(dirname "$(find "$work/root" -name libiperf.so.0)")
export LD_LIBRARY_PATH

cat > in-a-namespace.sh << 'PROBE'
ip link set lo up mtu 1500
root/usr/bin/iperf3 --server --one-off > server.log 2>&1 &
server=$!
until grep -q ':1451 0* *.*0A' /proc/net/tcp6; do
  kill -0 "$server" || exit 2
  sleep 0.05
done
root/sbin/tc qdisc add dev lo root tbf rate 20mbit burst 20k limit 400k || exit 2
(
  sleep 2.5
  "$(find root -path '*bin/ss')" -tinH dport = :5201 > sockets.txt
) &
root/usr/bin/iperf3 --client 127.0.0.1 --parallel 4 --time 3 --json > result.json || exit 2
wait "$server"
PROBE
unshare --user --map-root-user --net true || exit 2
unshare --user --map-root-user --net bash in-a-namespace.sh || exit 2

cat > read.py <<'PROBE'
import json
import re
import sys

with open("result.json") as file:
    result = json.load(file)
with open("sockets.txt") as file:
    kernel = [float(value) for value in re.findall(r"minrtt:([0-9.]+)", file.read())]
least = max(kernel)
print(f"ss: minrtt at most {least} ms on {len(kernel)} connections")
as_stated = len(kernel) >= 4
for number, stream in enumerate(result["end"]["streams"]):
    samples = [interval["streams"][number]["rtt"] / 1000 for interval in result["intervals"]]
    low, high = stream["sender"]["min_rtt"] / 1000, stream["sender"]["max_rtt"] / 1000
    print(f"iperf3: min_rtt {low} ms, max_rtt {high} ms; rtt of its intervals {samples}")
    as_stated = as_stated and low == min(samples) and high == max(samples) and low > 10 * least
sys.exit(0 if as_stated else 1)
PROBE
echo "Linux $(uname -r)"
python3 read.py
