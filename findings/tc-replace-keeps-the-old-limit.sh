#!/usr/bin/env bash
# `tc qdisc replace` makes no new queue when the old one is of the same kind.
# Pinned: iproute2 6.1.0-3 (Debian 12); the kernel is the machine's, seen on Linux 6.18; needs
#   user namespaces or root.
# One would guess: replace is remove and add in one, as the manual puts it. What is not said is at
#   its default, counters begin at zero, and it works for every kind of queue.
# What happens: with a queue of that kind in place it is a change. Settings that are not said stay
#   as they were, the counters go on, and a kind that knows no change refuses. With another kind in
#   place it is what the manual says.
# Seen 2026-11-28: pfifo with limit 7, then `replace ... pfifo`: limit 7p, and the 10 packets sent
#   before are still counted; by way of bfifo: limit 1000p, 0 packets. htb after htb: "Change
#   operation not supported by specified qdisc", exit 2.
# Why it matters: a script that sets up a link again with fewer words, to get the default queue
#   back, measures the former one; a run's drops include those of the run before.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download iproute2=6.1.0-3 || exit 2
dpkg-deb -x iproute2_*.deb root

cat > queues.sh <<'QUEUES'
set -eu
tc=$PWD/root/sbin/tc
ip link set lo up

# Prints the limit of the queue and the packets it has sent.
queue() {
  "$tc" -s qdisc show dev lo | sed -nE 's/.* limit (\S+).*/\1/p; s/.*Sent .* ([0-9]+) pkt.*/\1/p' |
    paste -sd ' '
}

"$tc" qdisc add dev lo root pfifo limit 7
python3 - <<'PROGRAM'
import socket

receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
receiver.bind(("127.0.0.1", 0))
for _ in range(10):
    receiver.sendto(b"x", receiver.getsockname())
PROGRAM
echo "pfifo limit 7: $(queue)"
"$tc" qdisc replace dev lo root pfifo
echo "pfifo by pfifo: $(queue)"
"$tc" qdisc replace dev lo root bfifo
"$tc" qdisc replace dev lo root pfifo
echo "by way of bfifo: $(queue)"
"$tc" qdisc replace dev lo root htb
status=0
"$tc" qdisc replace dev lo root htb 2> htb.log || status=$?
echo "htb by htb: exit $status, $(cat htb.log)"
QUEUES
unshare --user --map-root-user --net bash queues.sh > seen.txt || exit 2
cat seen.txt
diff seen.txt - <<'STATED'
pfifo limit 7: 7p 10
pfifo by pfifo: 7p 10
by way of bfifo: 1000p 0
htb by htb: exit 2, Error: Change operation not supported by specified qdisc.
STATED
