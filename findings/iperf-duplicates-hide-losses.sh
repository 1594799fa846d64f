#!/usr/bin/env bash
# iperf and iperf3 report no loss when one datagram in ten is lost and another one comes twice.
# Pinned: iperf3 and libiperf0 3.12-1+deb12u2, libsctp1 1.0.19+dfsg-2, iperf 2.1.8+dfsg-1 (Debian
#   12); any Python 3.
# One would guess: datagrams are numbered, so "lost" are the numbers that did not arrive, and a
#   number that arrives twice is a duplicate or is ignored.
# What happens: a number that is not above the highest one is late. It counts as out of order, and
#   as one less lost, since the gap it left was counted as a loss. A duplicate left no gap, so it
#   takes back a loss of another datagram, and its bytes count again.
# Seen 2026-11-29, 750 datagrams, one of ten dropped: 75 of 750 lost by iperf3, 75 of 753 by iperf.
#   With another one of ten sent twice: 0 of 750 and 0 of 753, at the full bit rate, and "75
#   datagrams received out-of-order" on a path that keeps the order.
# Why it matters: duplication set beside loss, or a radio link that repeats frames, makes a lossy
#   path look clean. Reordering is reported where there is none.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download iperf3=3.12-1+deb12u2 \
  libiperf0=3.12-1+deb12u2 libsctp1=1.0.19+dfsg-2 iperf=2.1.8+dfsg-1 || exit 2
for package in ./*.deb; do dpkg-deb -x "$package" root; done
LD_LIBRARY_PATH=$(dirname "$(find "$work/root" -name libiperf.so.0)")
export LD_LIBRARY_PATH

cat > probe.py <<'PROBE'
import contextlib
import re
import select
import socket
import subprocess
import sys
import threading
import time

TEST_BYTES = 1000


def pump(source, target):
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


def carry_control(listener, server_port):
    while True:
        near, _ = listener.accept()
        far = socket.create_connection(("127.0.0.1", server_port))
        for pair in ((near, far), (far, near)):
            threading.Thread(target=pump, args=pair, daemon=True).start()


def carry_datagrams(near, server_port, twice, counts):
    """Drops the fifth of each ten datagrams of a test, and sends the tenth twice if asked to."""
    far = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    far.connect(("127.0.0.1", server_port))
    while True:
        for ready in select.select([near, far], [], [])[0]:
            if ready is far:
                near.sendto(far.recv(65536), client)
                continue
            data, client = near.recvfrom(65536)
            if len(data) == TEST_BYTES:
                counts["sent"] += 1
                if counts["sent"] % 10 == 5:
                    counts["dropped"] += 1
                    continue
                if twice and counts["sent"] % 10 == 0:
                    counts["doubled"] += 1
                    far.send(data)
            far.send(data)


def relay(server_port, twice):
    counts = dict.fromkeys(("sent", "dropped", "doubled"), 0)
    listener = socket.create_server(("127.0.0.1", 0))
    near = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    near.bind(listener.getsockname())
    for carry, arguments in (
        (carry_control, (listener, server_port)),
        (carry_datagrams, (near, server_port, twice, counts)),
    ):
        threading.Thread(target=carry, args=arguments, daemon=True).start()
    return listener.getsockname()[1], counts


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def bound(port):
    tables = (open(f"/proc/net/{name}").read() for name in ("tcp", "tcp6", "udp"))
    return any(f":{port:04X} 0" in table for table in tables)


def measure(tool, twice):
    """The losses and the datagrams that the tool reports, and what the relay did."""
    port = free_port()
    server = [f"root/usr/bin/{tool}", "-s", "-p", str(port), *(["-u"] if tool == "iperf" else [])]
    running = subprocess.Popen(server, stdout=subprocess.DEVNULL)
    while not bound(port):
        if running.poll() is not None:
            sys.exit(2)
        time.sleep(0.05)
    front, counts = relay(port, twice)
    client = [f"root/usr/bin/{tool}", "-c", "127.0.0.1", "-p", str(front), "-u", "-b", "2000000"]
    text = subprocess.run(
        [*client, "-l", str(TEST_BYTES), "-t", "3"], capture_output=True, text=True, check=True
    ).stdout
    running.kill()
    lost, total = map(int, re.findall(r"([0-9]+)/([0-9]+) +\(", text)[-1])
    print(f"{tool}: {lost} of {total} lost; on the path {counts}")
    return lost, counts


good = True
for tool in ("iperf3", "iperf"):
    lost, counts = measure(tool, twice=False)
    if abs(lost - counts["dropped"]) > 1:
        sys.exit(2)
    lost, counts = measure(tool, twice=True)
    good = good and counts["dropped"] > 70 and lost <= 1
sys.exit(0 if good else 1)
PROBE
python3 probe.py
