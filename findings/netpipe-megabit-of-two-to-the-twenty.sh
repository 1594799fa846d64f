#!/usr/bin/env bash
# NetPIPE's Mbps are of 2^20 bits.
# Pinned: netpipe-tcp 3.7.2-8+b1 (Debian 12).
# One would guess: rates on a wire are decimal, and nothing but sizes of memory is counted in 2^20.
# What happens: NetPIPE divides the bits by 2^20 and calls them Mbps, on the screen and in the file
#   that it writes for plots. The time in the same line is right.
# Seen 2026-11-28, messages of 1,048,576 bytes over loopback: 1.40642 ms and
#   5688.19 Mbps; decimal 5,964.5.
# Why it matters: the rate is 4.6 % low, about what the headers of TCP, IP and Ethernet take, so
#   the difference to the link's rate is taken for them. Other tools seem faster on the same path.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download netpipe-tcp=3.7.2-8+b1 || exit 2
dpkg-deb -x ./*.deb root

port=$((20000 + RANDOM % 10000))
netpipe() {
  timeout 60 root/usr/bin/NPtcp -P "$port" -l 1048576 -u 1048576 -p 0 "$@"
}
netpipe -o receiver.out > receiver.log 2>&1 &
receiver=$!
until grep -q "$(printf ':%04X 00000000:0000 0A' "$port")" /proc/net/tcp; do
  kill -0 "$receiver" || exit 2
  sleep 0.05
done
netpipe -h 127.0.0.1 -o sender.out > sender.log 2>&1 || exit 2
wait "$receiver" || exit 2
awk '{ printf "%d bytes in %s s: %s Mbps; decimal %.1f\n", $1, $3, $2, $1 * 8 / $3 / 1e6
    ratio = $1 * 8 / $3 / $2 / 2^20 }
  END { exit ratio > 0.999 && ratio < 1.001 ? 0 : 1 }' sender.out
