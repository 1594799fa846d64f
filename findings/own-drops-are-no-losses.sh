#!/usr/bin/env bash
# TCP has no loss from a drop in the sender's own queue: it repeats nothing, and nothing is missed.
# Pinned: iproute2 6.1.0-3 (Debian 12); any Python 3; the kernel is the machine's, seen on Linux
#   6.18; needs user namespaces or root.
# One would guess: a packet that `tc -s` calls dropped is a loss like any other, found by duplicate
#   acknowledgements a round trip later and sent again, wherever the queue is on the path.
# What happens: the sender's queue returns an error to TCP for the segment. TCP takes it for one
#   that was not sent yet and goes on with it. No counter of retransmissions moves and the
#   receiver sees no gap, but TcpOutSegs counts each attempt.
# Seen 2026-11-29, 20 MB by way of tbf with 100 Mbit/s and 100 KB of queue, no bundles: on the
#   sender it dropped 322, none was repeated and none came out of order; one hop further, on a
#   router, it dropped 712, 712 were repeated and 802 came out of order.
# Why it matters: the sender's own interface is the easiest place for a queue. A study of loss
#   recovery then has drops but no recovery, and its transport looks better than it is.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download iproute2=6.1.0-3 || exit 2
dpkg-deb -x ./*.deb root

cat > far.py << 'PROGRAM'
import socket

listener = socket.create_server(("198.51.100.2", 7777))
print("ready", flush=True)
connection, _ = listener.accept()
while connection.recv(1 << 20):
    pass
connection.sendall(b"x")
PROGRAM

cat > near.py << 'PROGRAM'
import socket

client = socket.create_connection(("198.51.100.2", 7777))
client.sendall(bytes(20_000_000))
client.shutdown(socket.SHUT_WR)
client.recv(1)
PROGRAM

# Sends 20 MB over a router, with the queue on the sender or on the router.
cat > in-a-namespace.sh << 'PROBE'
rm -f ./*.pid far.log
for host in router far; do
  unshare --net sh -c 'echo $$; exec sleep 60' > $host.pid &
  until [[ -s $host.pid ]]; do sleep 0.05; done
done
router=$(< router.pid)
far=$(< far.pid)
trap 'kill "$router" "$far"' EXIT
on() {
  nsenter -t "$1" --net "${@:2}"
}
ip link add out type veth peer name left netns "$router" || exit 2
on "$router" ip link add out type veth peer name right netns "$far"
ip addr add 192.0.2.1/24 dev out
on "$router" ip addr add 192.0.2.2/24 dev left
on "$router" ip addr add 198.51.100.1/24 dev out
on "$far" ip addr add 198.51.100.2/24 dev right
ip link set out gso_max_segs 1 up
on "$router" ip link set left up
on "$router" ip link set out gso_max_segs 1 up
on "$far" ip link set right gso_max_segs 1 up
ip route add default via 192.0.2.2
on "$far" ip route add default via 198.51.100.1
on "$router" sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward' || exit 2
queue=$$
[[ $1 == router ]] && queue=$router
on "$queue" root/sbin/tc qdisc add dev out root tbf rate 100mbit burst 100k limit 100k || exit 2
on "$far" python3 far.py > far.log &
listener=$!
trap 'kill "$router" "$far" "$listener"' EXIT
until grep -q ready far.log; do
  kill -0 "$listener" || exit 2
  sleep 0.05
done
python3 near.py
dropped=$(on "$queue" root/sbin/tc -s qdisc show dev out | sed -nE 's/.*dropped ([0-9]+),.*/\1/p')
nstat=$(find root -path '*bin/nstat')
count() {
  on "$1" "$nstat" -asz "$2" | awk -v name="$2" '$1 == name { print $2 }'
}
echo "queue on the $1: dropped $dropped, repeated $(count $$ TcpRetransSegs)," \
  "out of order at the receiver $(count "$far" TcpExtTCPOFOQueue)"
PROBE
unshare --user --map-root-user --net true || exit 2
echo "Linux $(uname -r)"
for host in sender router; do
  unshare --user --map-root-user --net bash in-a-namespace.sh "$host" 2> namespace.log || exit 2
done | tee seen.txt
awk '{ gsub(/,/, ""); dropped[$4] = $6; repeated[$4] = $8; late[$4] = $15 }
  END {
    own = dropped["sender:"] > 0 && repeated["sender:"] == 0 && late["sender:"] == 0
    further = repeated["router:"] > 0 && late["router:"] > 0
    exit own && further ? 0 : 1
  }' seen.txt
