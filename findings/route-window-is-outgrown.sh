#!/usr/bin/env bash
# The window of a route (ip-route(8), `window 16384`) does not bound what a receiver advertises.
# Pinned: iproute2 6.1.0-3 (Debian 12); any Python 3; the kernel is the machine's, seen on Linux
#   6.18; needs user namespaces or root, and /dev/net/tun.
# One would guess: "the maximal window for TCP to advertise to these destinations, it limits maximal
#   data bursts that our TCP peers are allowed to send to us", as the manual has it: at 100 ms a
#   window of 16 KiB lets 164 kB a second through, whatever the buffers.
# What happens: the first full segments undo it. The kernel then knows how much of a packet's memory
#   is data, and sets the bound anew by the receive buffer alone (tcp_measure_rcv_mss), with
#   net.ipv4.tcp_moderate_rcvbuf or without.
# Seen 2026-11-30, a path that gives each packet back after 50 ms, a reader that waits for nothing:
#   654 kB a second, four times the window for each round trip; 652 without moderation.
# Why it matters: a study of window / RTT that sets the window by a route finds four times its
#   model, and the model is blamed. A buffer of fixed size does bound it.
set -euo pipefail

[[ -c /dev/net/tun ]] || exit 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download iproute2=6.1.0-3 || exit 2
dpkg-deb -x ./*.deb root

cat > probe.py <<'PROBE'
import fcntl
import os
import select
import socket
import struct
import subprocess
import sys
import threading
import time

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 1, 0x1000
NEAR, FAR, ONE_WAY_SECONDS, WINDOW, SECONDS = "192.0.2.1", "192.0.2.2", 0.05, 16384, 4

tun = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH", b"path", IFF_TUN | IFF_NO_PI))
for command in (
    "ip addr add 192.0.2.1/32 dev path",
    "ip link set path mtu 1500 up",
    f"ip route add 192.0.2.2/32 dev path src 192.0.2.1 window {WINDOW}",
):
    subprocess.run(command.split(), check=True)


def carry():
    """Gives each packet back after the delay with its addresses swapped: this host is both ends."""
    due = []
    while True:
        wait = max(0, due[0][0] - time.monotonic()) if due else None
        if select.select([tun], [], [], wait)[0]:
            packet = os.read(tun, 65535)
            if packet[0] >> 4 == 4:
                swapped = packet[:12] + packet[16:20] + packet[12:16] + packet[20:]
                due.append((time.monotonic() + ONE_WAY_SECONDS, swapped))
        while due and due[0][0] <= time.monotonic():
            os.write(tun, due.pop(0)[1])


def bytes_per_second(moderate):
    with open("/proc/sys/net/ipv4/tcp_moderate_rcvbuf", "w") as file:
        file.write(moderate)
    with socket.create_server((NEAR, 0)) as listener:
        receiver = socket.create_connection((FAR, listener.getsockname()[1]))
        sender, _ = listener.accept()
    threading.Thread(target=send_all, args=(sender,), daemon=True).start()
    began, received = time.monotonic(), 0
    counted_from = None
    while (now := time.monotonic()) - began < SECONDS:
        read = len(receiver.recv(1 << 20))
        if now - began > SECONDS / 2:
            counted_from = counted_from or now
            received += read
    receiver.close()
    return received / (SECONDS / 2)


def send_all(sender):
    try:
        while True:
            sender.sendall(bytes(1 << 16))
    except OSError:
        pass


threading.Thread(target=carry, daemon=True).start()
bound = WINDOW / (2 * ONE_WAY_SECONDS)
moderated, fixed = bytes_per_second("1"), bytes_per_second("0")
print(f"window / RTT: {bound / 1000:.0f} kB/s; with moderation {moderated / 1000:.0f}, without {fixed / 1000:.0f}")
sys.exit(0 if min(moderated, fixed) > 2 * bound else 1)
PROBE
export PATH="$work/root/bin:$work/root/sbin:$PATH"
status=0
timeout 60 unshare --user --map-root-user --net python3 probe.py || status=$?
[[ $status -le 1 ]] || exit 2
exit "$status"
