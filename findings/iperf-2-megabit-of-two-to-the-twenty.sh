#!/usr/bin/env bash
# iperf 2 takes 10M for 10,485,760 bit/s, and prints what it reached in megabits of 10^6.
# Pinned: iperf 2.1.8+dfsg-1 (Debian 12); any Python 3.
# One would guess: `-u -b 10M` offers 10 Mbit/s, as in iperf3 and as the same program prints rates.
#   Upper and lower case are the same.
# What happens: the capital M is 2^20 and m is 10^6, for a rate too. The result is printed in
#   decimal Mbits/sec, so it is not what was asked for.
# Seen 2026-11-28, datagrams of 1,250 bytes over loopback: 10M sends one every
#   953.67 us and prints 10.5 Mbits/sec, 10m one every 1,000 us and 10.0 Mbits/sec.
# Why it matters: what fills a link of 10 Mbit/s to the brim by iperf3 overflows it by 4.9 % here.
#   Its queue is full throughout, and that delay and loss are taken for the path's.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download iperf=2.1.8+dfsg-1 || exit 2
dpkg-deb -x ./*.deb root

# Reads what arrives and acknowledges nothing, so the client reports its own side alone.
cat > sink.py <<'PROGRAM'
import socket

sink = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sink.bind(("127.0.0.1", 0))
print(sink.getsockname()[1], flush=True)
while True:
    sink.recv(65536)
PROGRAM
python3 sink.py > port.txt &
sink=$!
trap 'kill "$sink"; rm -rf "$work"' EXIT
until [[ -s port.txt ]]; do
  kill -0 "$sink" || exit 2
  sleep 0.05
done

for rate in 10M 10m; do
  timeout 60 root/usr/bin/iperf -u -l 1250 -c 127.0.0.1 -p "$(< port.txt)" -b "$rate" -t 2 \
    > $rate.txt 2> iperf.log || exit 2
  gap=$(sed -nE 's/.*IPG target: ([0-9.]+) us.*/\1/p' $rate.txt)
  reached=$(grep -o '[0-9.]* Mbits/sec' $rate.txt)
  echo "-b $rate: a datagram every $gap us, $reached"
done | tee seen.txt
grep -q -- '-b 10M: .* 953.67 us' seen.txt && grep -q -- '-b 10m: .* 1000.00 us' seen.txt
