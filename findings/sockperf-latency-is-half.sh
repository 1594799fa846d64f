#!/usr/bin/env bash
# sockperf's ping-pong reports half of the round trip as its latency, in every quantile.
# Pinned: sockperf 3.7-1 (Debian 12); Python 3.
# One would guess: ping-pong sends a message, waits for the answer and reports that time, as ping
#   and netperf's TCP_RR do; "Latency is" and the percentiles are round trips.
# What happens: each time is divided by two before it is counted, whether or not the path is as
#   slow one way as the other, and no line of the output says so. --full-rtt gives round trips.
# Seen 2026-11-28, loopback, a relay that holds each answer, and nothing else, for 50 ms: "Latency
#   is 25502 usec", least 25192; with --full-rtt "Round trip is 50916 usec". 50 observations print a
#   99.999th percentile, which is their maximum.
# Why it matters: beside a ping of the same path sockperf's path is twice as fast; and what it
#   calls a latency is neither direction's where they differ.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download sockperf=3.7-1 || exit 2
dpkg-deb -x ./*.deb root

cat > relay.py << 'PROGRAM'
import socket, sys, threading, time

front = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
back = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
front.bind(("127.0.0.1", int(sys.argv[1])))
back.connect(("127.0.0.1", int(sys.argv[2])))
client = None


def pass_answers():
    while True:
        data = back.recv(65536)
        time.sleep(0.05)
        front.sendto(data, client)


threading.Thread(target=pass_answers, daemon=True).start()
print("ready", flush=True)
while True:
    data, client = front.recvfrom(65536)
    back.send(data)
PROGRAM

port=$((20000 + RANDOM % 10000))
root/usr/bin/sockperf server -i 127.0.0.1 -p "$port" > server.log 2>&1 &
server=$!
python3 relay.py $((port + 1)) "$port" > relay.log 2>&1 &
relay=$!
trap 'kill "$server" "$relay"; rm -rf "$work"' EXIT
until grep -q ready relay.log && grep -q "$(printf '0100007F:%04X' "$port")" /proc/net/udp; do
  kill -0 "$server" && kill -0 "$relay" || exit 2
  sleep 0.05
done

# Prints the mean in microseconds.
probe() {
  root/usr/bin/sockperf ping-pong -i 127.0.0.1 -p $((port + 1)) -t 3 "$@" 2>&1 |
    sed -nE 's/.*Summary: (Latency|Round trip) is ([0-9]+).*/\2/p'
}
latency=$(probe)
trip=$(probe --full-rtt)
echo "ping-pong: $latency us, with --full-rtt: $trip us; each answer is held for 50000 us"
((latency > 25000 && latency < 40000 && trip > 50000 && trip < 80000))
