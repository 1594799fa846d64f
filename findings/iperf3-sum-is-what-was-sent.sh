#!/usr/bin/env bash
# The sum of a UDP test in iperf3's JSON has the bit rate that was sent beside the losses.
# Pinned: iperf3 and libiperf0 3.12-1+deb12u2, libsctp1 1.0.19+dfsg-2, iproute2 6.1.0-3 (Debian 12);
#   any Python 3; needs user namespaces or root.
# One would guess: jitter and lost_percent are the receiver's, so bytes and bits_per_second in the
#   same object are what arrived: with half of it lost, half of what was sent.
# What happens: end.sum and end.streams take bytes and bits_per_second from the sender, jitter and
#   losses from the receiver. Only end.sum_received has the rate that arrived.
# Seen 2026-11-29, 10 Mbit/s in datagrams of 1,000 bytes through a bottleneck of 5 Mbit/s, which
#   lets 4.8 of payload through: end.sum and end.streams 10.00 Mbit/s and 51 % lost,
#   end.sum_received 4.84 Mbit/s and 51 % lost.
# Why it matters: a rate read from end.sum is what the test asked for, whatever the path carries.
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
root/sbin/tc qdisc add dev lo root tbf rate 5mbit burst 20k limit 20k || exit 2
root/usr/bin/iperf3 --client 127.0.0.1 --udp --bitrate 10M --length 1000 --time 3 --json \
  > result.json || exit 2
wait "$server"
PROBE
unshare --user --map-root-user --net true || exit 2
unshare --user --map-root-user --net bash in-a-namespace.sh || exit 2

cat > read.py <<'PROBE'
import json
import sys

with open("result.json") as file:
    end = json.load(file)["end"]
objects = {
    "sum": end["sum"],
    "streams": end["streams"][0]["udp"],
    "sum_received": end["sum_received"],
}
rates, losses = {}, {}
for name, values in objects.items():
    rates[name], losses[name] = values["bits_per_second"] / 1e6, values["lost_percent"]
    print(f"end.{name}: {rates[name]:.2f} Mbit/s, {losses[name]:.1f} % lost")
if not 40 < losses["sum_received"] < 60:
    sys.exit(2)
as_sent = all(rates[name] > 9 and losses[name] > 40 for name in ("sum", "streams"))
sys.exit(0 if as_sent and rates["sum_received"] < 6 else 1)
PROBE
python3 read.py
