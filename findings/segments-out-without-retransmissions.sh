#!/usr/bin/env bash
# TcpOutSegs leaves retransmissions out, so a host retransmits more segments than it sends.
# Pinned: iproute2 6.1.0-3 (ss and nstat, Debian 12); any Python 3; needs user namespaces or root.
#   The counters are the kernel's, seen with 6.18.
# One would guess: TcpOutSegs counts the segments that go out and TcpRetransSegs those of them that
#   are repeats, so the one over the other is the share of repeats. `netstat -s` words it so, and
#   in `ss -i` segs_out is such a count.
# What happens: TcpOutSegs has only segments that carry something new, as RFC 4022 defines it; a
#   socket's segs_out, by RFC 4898, has the repeats. Their names do not say so.
# Seen 2026-11-28, one segment of data to a neighbour that has gone: after 4 s ss says segs_out 8
#   and retrans 5; nstat TcpOutSegs 3 (SYN, ACK, data) and TcpRetransSegs 5, or 167 %.
# Why it matters: at a true share p of repeats the ratio is p / (1 - p): 11 % for 10, 100 % for 50.
#   Data rates from TcpOutSegs are of first transmissions, beside packet counts of all.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download iproute2=6.1.0-3 || exit 2
dpkg-deb -x ./*.deb root

cat > probe.py << 'PROBE'
import re
import socket
import subprocess
import sys
import time

FAR = "192.0.2.2"


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


nstat, ss, far_process = sys.argv[1:]
client = socket.create_connection((FAR, 7777))
time.sleep(0.5)
run("ip", "neigh", "replace", FAR, "lladdr", "02:00:00:00:00:99", "dev", "near", "nud", "permanent")
client.sendall(b"x" * 100)
time.sleep(4)
names = ["TcpOutSegs", "TcpRetransSegs"]
rows = [line.split() for line in run(nstat, "-asz", *names).splitlines() if line.startswith("Tcp")]
host = [int(value) for _, value, _ in rows]
text = run(ss, "-tinH", "dport", "= :7777")
segs_out = int(re.search(r"segs_out:([0-9]+)", text)[1])
repeats = int(re.search(r"retrans:[0-9]+/([0-9]+)", text)[1])
print(f"ss: segs_out {segs_out}, retrans {repeats}")
print(f"nstat: TcpOutSegs {host[0]}, TcpRetransSegs {host[1]}: {host[1] / host[0]:.0%}")
sys.exit(0 if host == [3, repeats] and segs_out == 3 + repeats and repeats > 3 else 1)
PROBE

cat > far.py << 'PROGRAM'
import socket

listener = socket.create_server(("192.0.2.2", 7777))
print("ready", flush=True)
connection, _ = listener.accept()
connection.recv(100)
PROGRAM

cat > in-a-namespace.sh << 'PROBE'
unshare --net sh -c 'echo $$; exec sleep 60' > pid.txt &
until [[ -s pid.txt ]]; do sleep 0.05; done
far=$(< pid.txt)
trap 'kill "$far"' EXIT
ip link add near type veth peer name far netns "$far" || exit 2
ip addr add 192.0.2.1/24 dev near
ip link set near up
nsenter -t "$far" --net sh -c 'ip addr add 192.0.2.2/24 dev far && ip link set far up'
nsenter -t "$far" --net python3 far.py > far.log &
listener=$!
trap 'kill "$far" "$listener"' EXIT
until grep -q ready far.log; do
  kill -0 "$listener" || exit 2
  sleep 0.05
done
echo "Linux $(uname -r)"
python3 probe.py "$@" "$far"
PROBE
unshare --user --map-root-user --net true || exit 2
unshare --user --map-root-user --net bash in-a-namespace.sh \
  "$(find root -path '*bin/nstat')" "$(find root -path '*bin/ss')"
