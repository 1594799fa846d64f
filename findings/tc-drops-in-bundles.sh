#!/usr/bin/env bash
# `tc -s` counts what a queue sent in segments, and what it dropped in bundles of some forty.
# Pinned: iproute2 6.1.0-3 (Debian 12); any Python 3; the kernel is the machine's, seen on Linux
#   6.18; needs user namespaces or root.
# One would guess: "Sent 20912488 bytes 13824 pkt (dropped 77" are counts of one thing, so this
#   queue dropped 77 of 13,901 packets, 0.6 %.
# What happens: TCP hands the queue bundles of up to 64 KB that are cut later, on a veth too
#   (segmentation offload). "Sent" adds the segments of each, "dropped" adds one. `ip -s link` also
#   counts a bundle as a packet.
# Seen 2026-11-29, 20 MB by way of tbf with 100 Mbit/s and 100 KB of queue: tc sent 13,824 packets
#   and dropped 77, when TCP had put out 16,881 segments, of which 3,057 were missing, 18 %, and
#   `ip -s link` has 465 packets. With bundles of one (gso_max_segs 1) tc dropped 283, and 277 were
#   missing, 2 %.
# Why it matters: drops over packets is a usual estimate of loss, and here it is thirty times too
#   small. (That TCP does not repeat such segments is another matter: own-drops-are-no-losses.sh.)
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download iproute2=6.1.0-3 || exit 2
dpkg-deb -x ./*.deb root

cat > far.py << 'PROGRAM'
import socket

listener = socket.create_server(("192.0.2.2", 7777))
print("ready", flush=True)
connection, _ = listener.accept()
while connection.recv(1 << 20):
    pass
connection.sendall(b"x")
PROGRAM

cat > probe.py << 'PROBE'
import re
import socket
import subprocess
import sys

tc, nstat = sys.argv[1:]
client = socket.create_connection(("192.0.2.2", 7777))
client.sendall(bytes(20_000_000))
client.shutdown(socket.SHUT_WR)
client.recv(1)


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


queue = run(tc, "-s", "qdisc", "show", "dev", "near")
sent, dropped = map(int, re.search(r"([0-9]+) pkt \(dropped ([0-9]+),", queue).groups())
segments = int(re.search(r"TcpOutSegs +([0-9]+)", run(nstat, "-asz", "TcpOutSegs"))[1])
link = run("ip", "-s", "link", "show", "near").splitlines()[-1].split()[1]
print(
    f"tc: sent {sent}, dropped {dropped}, {dropped / (sent + dropped):.1%}; TCP: {segments} out, "
    f"so {segments - sent} missing, {(segments - sent) / segments:.1%}; ip -s link: {link} packets"
)
PROBE

# Sends 20 MB by way of a queue, in bundles of at most so many segments.
cat > in-a-namespace.sh << 'PROBE'
rm -f pid.txt far.log
unshare --net sh -c 'echo $$; exec sleep 60' > pid.txt &
until [[ -s pid.txt ]]; do sleep 0.05; done
far=$(< pid.txt)
trap 'kill "$far"' EXIT
ip link add near type veth peer name far netns "$far" || exit 2
ip addr add 192.0.2.1/24 dev near
ip link set near gso_max_segs "$1" up
nsenter -t "$far" --net sh -c 'ip addr add 192.0.2.2/24 dev far && ip link set far up'
root/sbin/tc qdisc add dev near root tbf rate 100mbit burst 100k limit 100k || exit 2
nsenter -t "$far" --net python3 far.py > far.log &
listener=$!
trap 'kill "$far" "$listener"' EXIT
until grep -q ready far.log; do
  kill -0 "$listener" || exit 2
  sleep 0.05
done
python3 probe.py root/sbin/tc "$(find root -path '*bin/nstat')"
PROBE
unshare --user --map-root-user --net true || exit 2
echo "Linux $(uname -r)"
for segments in 65535 1; do
  unshare --user --map-root-user --net bash in-a-namespace.sh "$segments" 2> namespace.log || exit 2
done | tee seen.txt
# The queue also sent a few packets that are not TCP's: neighbour discovery.
awk '{ gsub(/,/, ""); dropped[NR] = $5; missing[NR] = $11 }
  END {
    bundles = dropped[1] > 0 && missing[1] > 10 * dropped[1]
    one_by_one = dropped[2] > 0 && dropped[2] >= missing[2] && dropped[2] < missing[2] + 20
    exit bundles && one_by_one ? 0 : 1
  }' seen.txt
