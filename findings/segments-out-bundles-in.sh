#!/usr/bin/env bash
# A host counts TCP's segments out and bundles of them in, and UDP the other way round.
# Pinned: iproute2 6.1.0-3 (nstat, Debian 12); any Python 3; needs user namespaces or root. The
#   counters are the kernel's, seen with 6.18.
# One would guess: over a link that loses nothing TcpInSegs of one host is TcpOutSegs of the other,
#   and UdpInDatagrams and UdpInErrors are UdpOutDatagrams; IpExtInCEPkts over IpInReceives is the
#   share of packets with a congestion mark.
# What happens: TCP, and UDP with UDP_SEGMENT as in QUIC stacks, hand over bundles that are cut
#   later. Over a veth they arrive whole, from a network card they are put together again (GRO).
#   TcpInSegs, IpInReceives, IpOutRequests and UdpOutDatagrams count bundles, TcpOutSegs,
#   UdpInDatagrams, UdpInErrors and IpExtIn*Pkts what is in them.
# Seen 2026-11-30, 20 MB by TCP, and by UDP 100 sends of 40 marked datagrams to a socket with room
#   for a part: TcpOutSegs 13,819 and TcpInSegs 330; UdpOutDatagrams 100, UdpInDatagrams 163 and
#   UdpRcvbufErrors 3,837; IpInReceives 430, IpExtInCEPkts 4,000 and IpExtInNoECTPkts 13,819.
# Why it matters: out less in is no loss: here 98 % of TCP's segments seem lost, of which none was,
#   and more datagrams came in than went out, when 96 % were dropped. The share of marks is 930 %.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download iproute2=6.1.0-3 || exit 2
dpkg-deb -x ./*.deb root

cat > far.py << 'PROGRAM'
import contextlib
import socket

receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 150_000)
receiver.bind(("192.0.2.2", 7777))
listener = socket.create_server(("192.0.2.2", 7777))
print("ready", flush=True)
connection, _ = listener.accept()
while connection.recv(65536):
    pass
connection.close()
receiver.setblocking(False)
with contextlib.suppress(BlockingIOError):
    while receiver.recv(2000):
        pass
PROGRAM

cat > near.py << 'PROGRAM'
import socket

CONGESTION_EXPERIENCED, UDP_SEGMENT = 3, 103
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sender.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, CONGESTION_EXPERIENCED)
sender.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, 1000)
for _ in range(100):
    sender.sendto(bytes(40_000), ("192.0.2.2", 7777))
connection = socket.create_connection(("192.0.2.2", 7777))
connection.sendall(bytes(20_000_000))
connection.shutdown(socket.SHUT_WR)
connection.recv(1)
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
receiver=$!
trap 'kill "$far" "$receiver" 2> kill.log' EXIT
until grep -q ready far.log; do
  kill -0 "$receiver" || exit 2
  sleep 0.05
done
python3 near.py || exit 2
wait "$receiver" || exit 2
"$1" -asz TcpOutSegs TcpRetransSegs UdpOutDatagrams
nsenter -t "$far" --net "$1" -asz TcpInSegs UdpInDatagrams UdpRcvbufErrors IpInReceives \
  IpExtInCEPkts IpExtInNoECTPkts
PROBE
unshare --user --map-root-user --net true || exit 2
echo "Linux $(uname -r)"
unshare --user --map-root-user --net bash in-a-namespace.sh "$(find root -path '*bin/nstat')" \
  > seen.txt || exit 2
awk '!/^#/ { print $1, $2 }' seen.txt
awk '{ count[$1] = $2 }
  END {
    tcp = count["TcpOutSegs"] > 10000 && count["TcpInSegs"] < 2000
    all = count["IpExtInNoECTPkts"] == count["TcpOutSegs"] + count["TcpRetransSegs"]
    arrived = count["UdpInDatagrams"] + count["UdpRcvbufErrors"]
    udp = count["UdpOutDatagrams"] == 100 && arrived == 4000 && count["UdpInDatagrams"] > 100
    marks = count["IpExtInCEPkts"] == 4000 && count["IpInReceives"] < 2100
    exit tcp && all && udp && marks ? 0 : 1
  }' seen.txt
