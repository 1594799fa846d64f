#!/usr/bin/env bash
# In a batch of `tc`, a `qdisc show` of all devices shows the one that an earlier line asked for.
# Pinned: iproute2 6.1.0-3 (Debian 12), its libraries the machine's; needs user namespaces or root.
# One would guess: the lines of a batch are independent, as the same commands one by one are.
# What happens: the device of `qdisc show dev X` stays for all later lines of the batch. A plain
#   `qdisc show` then lists the qdiscs of X alone, and leaves the device's name out of each.
# Seen 2026-11-29, two devices with a pfifo each, and lo: the lines "qdisc show", "qdisc show dev
#   near", "qdisc show" print 3, 1 and 1 qdiscs in one batch, and 3, 1 and 3 one by one. In the
#   batch's last line no qdisc has a "dev".
# Why it matters: who keeps one tc open to read many devices, because starting it is slow, takes
#   the queues of all but one for gone.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download iproute2=6.1.0-3 || exit 2
dpkg-deb -x ./*.deb root

cat > in-a-namespace.sh << 'PROBE'
set -e
ip link set lo up
ip link add near type veth peer name far
for device in near far; do
  ip link set "$device" up
  root/sbin/tc qdisc add dev "$device" root pfifo
done
lines=("qdisc show" "qdisc show dev near" "qdisc show")
printf '%s\n' "${lines[@]}" | root/sbin/tc -j -batch - > batch.json
for line in "${lines[@]}"; do root/sbin/tc -j $line; done > apart.json
PROBE
unshare --user --map-root-user --net bash in-a-namespace.sh 2> namespace.log || exit 2

# How many qdiscs each line has, and how many of the last line's name their device.
counts() { grep -v '^$' "$1" | while read -r line; do grep -o '"kind"' <<< "$line" | wc -l; done | paste -sd ' '; }
named() { tail -n 1 "$1" | grep -o '"dev"' | wc -l || true; }
root/sbin/tc -Version
echo "in a batch: $(counts batch.json), with a name in the last line: $(named batch.json)"
echo "one by one: $(counts apart.json), with a name in the last line: $(named apart.json)"
[[ "$(counts batch.json)" == "3 1 1" && "$(named batch.json)" == 0 ]] || exit 1
[[ "$(counts apart.json)" == "3 1 3" && "$(named apart.json)" == 3 ]] || exit 1
