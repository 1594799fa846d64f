#!/usr/bin/env bash
# softflowd dates the flows of an old capture some multiple of 49.7 days later, and nfcapd ends each
# flow of its IPFIX before it begins.
# Pinned: softflowd 1.1.0-1+b1, nfdump 1.7.1-2+deb12u1, libpcap0.8 1.10.3-1 (Debian 12); any Python
#   3; needs user namespaces or root.
# One would guess: `softflowd -r` exports the times of the packets in the file, as nfpcapd does, and
#   a flow is the same in nfdump whether it came by NetFlow 5, NetFlow 9 or IPFIX.
# What happens: the times are 32-bit milliseconds since softflowd started. The capture was before
#   that, so they wrap, and nfcapd dates the flow by the day of the reading, in the future for
#   NetFlow 9. In IPFIX it takes flowEndSysUpTime for the start and flowStartSysUpTime for the end,
#   of any capture. With `-A milli`, absolute times, all is right.
# Seen 2026-11-29, a flow of 5.99 s from 2023-11-14 22:13:20: by NetFlow 5 it is of 2026-11-12
#   13:14:40, 22 times 2^32 ms later; by NetFlow 9 of 2027-01-01 06:17:27, 23 times; by IPFIX of the
#   same day and -5.99 s long. By NetFlow 9 and IPFIX with -A milli it is as in the file.
# Why it matters: flows of an archived trace are joined with a log by their time, and a date of this
#   month looks like one. Rates of IPFIX flows are 0 bit/s in nfdump's summary.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download softflowd=1.1.0-1+b1 nfdump=1.7.1-2+deb12u1 \
  libpcap0.8=1.10.3-1 || exit 2
for package in ./*.deb; do dpkg-deb -x "$package" root; done
LD_LIBRARY_PATH=$(dirname "$(find "$work/root" -name libpcap.so.0.8)")
export LD_LIBRARY_PATH

cat > probe.py <<'PROBE'
import datetime
import re
import signal
import struct
import subprocess
import sys
import tempfile
import time

BEGIN, WRAP_MILLIS = 1_700_000_000_000, 2**32

with open("old.pcap", "wb") as file:
    file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))
    for millis in [*range(0, 1000, 10), *range(5000, 6000, 10)]:
        seconds, rest = divmod(BEGIN + millis, 1000)
        udp = struct.pack("!HHHH", 4000, 5000, 108, 0) + bytes(100)
        ip = struct.pack("!BBHHHBBH", 69, 0, 128, 0, 16384, 64, 17, 0)
        packet = ip + bytes([192, 0, 2, 1, 192, 0, 2, 2]) + udp
        file.write(struct.pack("<IIII", seconds, 1000 * rest, 128, 128) + packet)


def flow(*options):
    """The first and the last millisecond of the capture's flow by way of softflowd and nfcapd."""
    with tempfile.TemporaryDirectory(dir=".") as folder:
        collector = subprocess.Popen(
            ["root/usr/bin/nfcapd", "-l", folder, "-p", "2055"], stderr=subprocess.DEVNULL
        )
        while ":0807 " not in open("/proc/net/udp").read():
            time.sleep(0.05)
        exporter = ["root/usr/sbin/softflowd", "-d", "-r", "old.pcap", "-n", "127.0.0.1:2055", "-v"]
        subprocess.run([*exporter, *options], capture_output=True, check=True)
        time.sleep(0.5)  # No file or socket shows when nfcapd has read the datagram.
        collector.send_signal(signal.SIGINT)
        collector.wait()
        reader = ["root/usr/bin/nfdump", "-R", folder, "-o", "raw"]
        text = subprocess.run(reader, capture_output=True, text=True, check=True).stdout
    ends = re.findall(r" (?:first|last) +=\s+([0-9]+)", text)
    if len(ends) != 2:
        sys.exit(2)
    first, last = map(int, ends)
    date = datetime.datetime.fromtimestamp(first / 1000, datetime.timezone.utc)
    off = (min(first, last) - BEGIN) / WRAP_MILLIS
    print(
        f"-v {' '.join(options)}: from {date:%Y-%m-%d %H:%M:%S}, {(last - first) / 1000} s, "
        f"{off:.3f} times 2^32 ms off"
    )
    return off, last - first


def wrapped(off):
    return round(off) > 0 and abs(off - round(off)) * WRAP_MILLIS < 10_000


five, nine, ipfix = flow("5"), flow("9"), flow("10")
absolute = [flow("9", "-A", "milli"), flow("10", "-A", "milli")]
if absolute != [(0, 5990), (0, 5990)]:
    sys.exit("the exporter and the collector do not agree on absolute times either")
dates = all(wrapped(off) for off, _ in (five, nine, ipfix))
durations = [five[1], nine[1], ipfix[1]]
sys.exit(0 if dates and durations == [5990, 5990, -5990] else 1)
PROBE
unshare --user --map-root-user --net true || exit 2
unshare --user --map-root-user --net sh -c 'ip link set lo up && python3 probe.py'
