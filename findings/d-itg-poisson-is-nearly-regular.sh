#!/usr/bin/env bash
# D-ITG's "Poisson" traffic is nearly regular; its exponential gaps make a Poisson process.
# Pinned: d-itg 2.8.1-r1023-6, libsctp1 1.0.19+dfsg-2 (Debian 12); any Python 3; needs user
#   namespaces or root.
# One would guess: `-O 20`, "Poisson distribution" among the inter-departure times, makes Poisson
#   traffic of 20 packets a second: gaps vary as much as they last, and many are near zero.
# What happens: each gap is a second divided by a Poisson number of mean 20, so it varies by a
#   quarter of its length; at 100 a second by a tenth. Gaps of Poisson traffic are exponential,
#   which is `-E`.
# Seen 2026-11-29, 10 s by the kernel's time stamps: -O 20: gaps of 53 ms with a
#   deviation of 14 ms, none below half of the mean; -E 20: 54 and 53 ms, 39 % below half.
# Why it matters: a queue grows with the square of that variation (Kingman's formula). Under such
#   "Poisson" traffic of 100 packets a second packets wait a hundredth of what M/D/1 predicts, and
#   the theory seems refuted.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download d-itg=2.8.1-r1023-6 libsctp1=1.0.19+dfsg-2 ||
  exit 2
for package in ./*.deb; do dpkg-deb -x "$package" root; done
LD_LIBRARY_PATH=$(dirname "$(find "$work/root" -name 'libsctp.so.1')")
export LD_LIBRARY_PATH

cat > probe.py <<'PROBE'
import socket
import statistics
import struct
import subprocess
import sys
import time

SO_TIMESTAMPNS, PACKET_OUTGOING, PORT = 35, 4, 5000


def departures(option):
    """The times in seconds at which a sender's datagrams enter the loopback."""
    tap = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
    tap.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    tap.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_000_000)
    tap.bind(("lo", 3))
    command = ["root/usr/bin/ITGSend", "-T", "UDP", "-a", "127.0.0.1", "-rp", str(PORT)]
    command += [option, "20", "-c", "100", "-t", "10000"]
    subprocess.run(command, stdout=subprocess.DEVNULL, timeout=60, check=True)
    tap.setblocking(False)
    times = []
    while True:
        try:
            packet, control, _, address = tap.recvmsg(2048, 1024)
        except BlockingIOError:
            return times
        if packet[9] == socket.IPPROTO_UDP and address[2] == PACKET_OUTGOING:
            if struct.unpack("!H", packet[22:24])[0] == PORT:
                seconds, nanos = struct.unpack("qq", control[0][2])
                times.append(seconds + nanos / 1e9)


def variation(option):
    times = departures(option)
    gaps = [1000 * (later - earlier) for earlier, later in zip(times, times[1:])]
    mean, deviation = statistics.mean(gaps), statistics.pstdev(gaps)
    short = sum(gap < mean / 2 for gap in gaps) / len(gaps)
    print(
        f"{option} 20: {len(times)} packets, gaps of {mean:.1f} ms, deviation {deviation:.1f} ms, "
        f"{short:.0%} below half of the mean"
    )
    return deviation / mean


receiver = subprocess.Popen(
    ["root/usr/bin/ITGRecv"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
)
time.sleep(1)  # ITGSend gives up when ITGRecv does not listen yet.
poisson, exponential = variation("-O"), variation("-E")
receiver.kill()
sys.exit(0 if poisson < 0.5 and exponential > 0.8 else 1)
PROBE
unshare --user --map-root-user --net true || exit 2
unshare --user --map-root-user --net sh -c 'ip link set lo up && python3 probe.py'
