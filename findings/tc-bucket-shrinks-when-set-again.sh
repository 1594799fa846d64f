#!/usr/bin/env bash
# A token bucket that is set to what `tc` prints of it is a smaller one, each time again.
# Pinned: iproute2 6.1.0-3 (Debian 12), its libraries and kernel the machine's; needs user
#   namespaces or root, and sch_tbf.
# One would guess: what `tc -j qdisc show` prints is what was set, so that a saved configuration
#   can be restored as often as one likes.
# What happens: the kernel keeps a bucket as a time, in ticks of 64 ns, rounds it down, and tc
#   prints it back in bytes from whole microseconds. At rates at which the time comes out a tick
#   short, the printed bucket is a microsecond of the rate smaller, and so is that of the next time.
# Seen 2026-11-30, Linux 6.18, "tbf rate 150mbit burst 75000b": 74981, 74962 and 74943 bytes after
#   one, two and three times, 74812 after ten; at 37mbit 18500 become 18453. At 100mbit 50000 stay.
# Why it matters: who reads a link back to see that it is as it was set finds a difference where
#   there is none, and who restores links from what they print moves them.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download iproute2=6.1.0-3 || exit 2
dpkg-deb -x ./*.deb root

cat > in-a-namespace.sh << 'PROBE'
set -e
ip link add near type veth peer name far
ip link set near up
for asked in 150mbit:75000 37mbit:18500 100mbit:50000; do
  rate=${asked%:*} bytes=${asked#*:}
  printf '%s %s:' "$rate" "$bytes"
  for _ in {1..10}; do
    root/sbin/tc qdisc replace dev near root tbf rate "$rate" burst "${bytes}b" limit 1000000b
    bytes=$(root/sbin/tc -j qdisc show dev near | grep -o '"burst":[0-9]*' | cut -d: -f2)
    printf ' %s' "$bytes"
  done
  echo
  root/sbin/tc qdisc del dev near root
done
PROBE
unshare --user --map-root-user --net bash in-a-namespace.sh > seen 2> namespace.log || exit 2

root/sbin/tc -Version
cat seen
grep -qx '150mbit 75000: 74981 74962 74943 74925 74906 74887 74868 74850 74831 74812' seen || exit 1
grep -qx '37mbit 18500: 18495 .* 18453' seen || exit 1
grep -qx '100mbit 50000:\( 50000\)\{10\}' seen || exit 1
