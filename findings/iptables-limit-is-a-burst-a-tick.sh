#!/usr/bin/env bash
# One command of iptables, `--limit 10000/second`, passes 1,250 packets a second in its legacy
# variant and about 9,900 in the one on nftables.
# Pinned: iptables 1.8.9-2, both variants, with the libraries it depends on (Debian 12); any Python
#   3; the kernel is the machine's, seen on Linux 6.18, 250 ticks a second; needs user namespaces or
#   root.
# One would guess: the limit is the average rate, up to the 10,000 a second that iptables takes, and
#   `--limit-burst` only says how many may come at once. Both variants have the same rules.
# What happens: the legacy variant's bucket is filled in whole ticks of the kernel, and it holds the
#   burst, 5 when not given. So no more pass than the burst a tick, whatever the limit is. The other
#   variant makes the rule a limit of nftables, which counts nanoseconds. In both the rate is first
#   made 10,000 by a whole number: 6000/second becomes 10000/second.
# Seen 2026-12-01, the best of three half seconds: the legacy variant passes 1,260 packets a second
#   of 10000/second, 250 with a burst of 1 and 10,880 with one of 100, as for 6000/second; the other
#   one 9,996. All are listed as 10000/sec.
# Why it matters: a limiter of a load in packets a second has an eighth of its rate on one host and
#   all of it on the next, by the variant that is the default there, or by the kernel's ticks.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir partial
touch nothing-installed
apt-get -qq -y --download-only --no-install-recommends -o APT::Sandbox::User=root \
  -o Debug::NoLocking=1 -o Dir::State::status="$work/nothing-installed" \
  -o Dir::Cache::archives="$work" \
  install iptables=1.8.9-2 > /dev/null || exit 2
rm libc6_*.deb
for package in ./*.deb; do dpkg-deb -x "$package" root; done

cat > probe.py << 'PROBE'
import socket
import sys
import time

receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
receiver.bind(("127.0.0.1", 9000))
receiver.setblocking(False)
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
best = 0
for _ in range(3):
    sent, passed, start = 0, 0, time.monotonic()
    while time.monotonic() < start + 0.5:
        sender.sendto(b"x", ("127.0.0.1", 9000))
        sent += 1
        try:
            receiver.recv(10)
            passed += 1
        except BlockingIOError:
            pass
    if sent > 10_000:
        best = max(best, 2 * passed)
print(best, "packets a second pass")
sys.exit(0 if best > 0 else 2)
PROBE

# Prints what passes a rule of this variant, rate and burst, in a namespace of its own.
cat > in-a-namespace.sh << 'PROBE'
variant=$1 rate=$2 burst=$3
export XTABLES_LOCKFILE=$PWD/lock
extensions=$(dirname "$(find "$PWD/root" -name libxt_limit.so)")
libraries=root/usr/lib/x86_64-linux-gnu:root/lib/x86_64-linux-gnu
iptables() {
  LD_LIBRARY_PATH=$libraries XTABLES_LIBDIR=$extensions \
    "root/usr/sbin/xtables-$variant-multi" iptables "$@"
}
ip link set lo up
iptables -A INPUT -p udp --dport 9000 -m limit --limit "$rate/second" --limit-burst "$burst" \
  -j ACCEPT || exit 2
iptables -A INPUT -p udp --dport 9000 -j DROP || exit 2
listed=$(iptables -S INPUT | grep -o 'limit [0-9]*/sec')
passed=$(python3 probe.py) || exit 2
echo "$variant: $rate/second, burst $burst, listed as $listed: $passed"
PROBE
unshare --user --map-root-user --net true || exit 2
echo "Linux $(uname -r)"
for rule in "legacy 10000 5" "legacy 10000 1" "legacy 10000 100" "legacy 6000 100" "nft 10000 5"; do
  read -ra words <<< "$rule"
  unshare --user --map-root-user --net bash in-a-namespace.sh "${words[@]}" || exit 2
done | tee seen.txt
awk -F ': ' '{ passed[NR] = $3 + 0; listed += / limit 10000\/sec/ }
  END {
    a_tick = passed[2] < 0.3 * passed[1] && passed[1] < 0.7 * passed[3]
    rounded = passed[4] > 7500 && passed[4] < 12000
    exit listed == 5 && a_tick && rounded && passed[5] > 1.3 * passed[1] ? 0 : 1
  }' seen.txt
