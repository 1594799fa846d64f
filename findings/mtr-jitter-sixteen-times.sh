#!/usr/bin/env bash
# mtr's interarrival jitter is sixteen times that of RFC 3550.
# Pinned: mtr-tiny 0.95-1, libjansson4 2.14-2 (Debian 12); needs user namespaces or root.
# One would guess: the column Jint is RFC 3550's estimator J += (|D| - J) / 16, a smoothed mean
#   of the differences D that Jttr, Javg and Jmax show, and thus never above Jmax.
# What happens: mtr keeps the estimator in the scaled form of the RFC's sample code, where the
#   sum is 16 J, and prints the sum. After two probes Jint equals Jttr instead of a
#   sixteenth of it; in a long run it tends to sixteen times the mean.
# Seen 2026-11-27, loopback, ms: two probes, five times: Jttr 0.027 0.069 0.020 0.097 0.039, Jint
#   0.027 0.069 0.020 0.097 0.039; 300 probes: Javg 0.033, Jmax 0.144, Jint 0.284.
# Why it matters: beside the jitter of iperf3, RTP or Wireshark, all of the same RFC, a path looks
#   sixteen times as restless by mtr, and a calm one fails a bound for voice.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download \
  mtr-tiny=0.95-1 libjansson4=2.14-2 || exit 2
for package in ./*.deb; do dpkg-deb -x "$package" root; done
library=$(dirname "$(find "$work/root" -name libjansson.so.4)")

unshare --user --map-root-user --net true || exit 2

# Prints Jttr, Javg, Jmax and Jint of so many probes, in milliseconds.
probe() {
  MTR_PACKET="$work/root/usr/bin/mtr-packet" LD_LIBRARY_PATH="$library" \
    unshare --user --map-root-user --net sh -c 'ip link set lo up && exec "$@"' sh \
    "$work/root/usr/bin/mtr" --no-dns --json --report-cycles "$1" --interval "$2" \
    --order JMXI 127.0.0.1 > report.json
  sed -nE 's/.*"(Jttr|Javg|Jmax|Jint)": ([0-9.]+).*/\2/p' report.json | paste -sd ' '
}

for _ in 1 2 3 4 5 6 7 8; do probe 2 0.1; done > two.txt
echo "Jttr Javg Jmax Jint after two probes:"
cat two.txt
echo "after 300: $(probe 300 0.02)"
awk '{ last += $1; smoothed += $4 }
  END { if (last == 0) exit 2; ratio = smoothed / last; exit ratio > 0.9 && ratio < 1.1 ? 0 : 1 }
' two.txt
