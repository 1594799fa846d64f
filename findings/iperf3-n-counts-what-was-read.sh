#!/usr/bin/env bash
# iperf3 -n reports fewer bytes received than were sent, on a path that loses nothing.
# Pinned: iperf3 and libiperf0 3.12-1+deb12u2, libsctp1 1.0.19+dfsg-2 (Debian 12).
# One would guess: a test of 10 MB over TCP ends when 10 MB have arrived; bytes received equal
#   bytes sent, and their time is the transfer's completion time.
# What happens: the client's word that it has sent everything travels on another connection and
#   overtakes the data. The server stops reading there and reports what it had read by then,
#   even 0 bytes. The exit status is 0 and no message says so.
# Seen 2026-11-27, loopback, `-n 10M`, received of 10,485,760 in five runs: 6,419,456, 5,111,808,
#   6,291,456, 7,864,320, 10,485,760; with `-P 4` one of five reported 0.
# Why it matters: completion times of short transfers are taken with -n. The reported goodput is
#   that of the part that was read, by chance, and the missing share looks like loss.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download \
  iperf3=3.12-1+deb12u2 libiperf0=3.12-1+deb12u2 libsctp1=1.0.19+dfsg-2 || exit 2
for package in ./*.deb; do dpkg-deb -x "$package" root; done
LD_LIBRARY_PATH=$(dirname "$(find "$work/root" -name libiperf.so.0)")
export LD_LIBRARY_PATH

port=$((20000 + RANDOM % 10000))
listening=$(printf '0100007F:%04X 00000000:0000 0A' "$port")
root/usr/bin/iperf3 --server --bind 127.0.0.1 --port "$port" > server.log 2>&1 &
server=$!
trap 'kill "$server"; rm -rf "$work"' EXIT
until grep -q "$listening" /proc/net/tcp; do
  kill -0 "$server" || exit 2
  sleep 0.05
done

short=0
for _ in 1 2 3 4 5 6 7 8 9 10; do
  root/usr/bin/iperf3 --client 127.0.0.1 --port "$port" --bytes 10M --json > run.json || exit 2
  sent=$(sed -n '/"sum_sent"/,/}/s/.*"bytes":[^0-9]*\([0-9]*\).*/\1/p' run.json | tail -1)
  received=$(sed -n '/"sum_received"/,/}/s/.*"bytes":[^0-9]*\([0-9]*\).*/\1/p' run.json | tail -1)
  echo "sent $sent, received $received"
  if ((received < sent)); then short=$((short + 1)); fi
done
echo "short in $short of 10"
((short > 0))
