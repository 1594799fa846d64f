#!/usr/bin/env bash
# tc's JSON has the rate in bytes a second; its text has bits, under the same key.
# Pinned: iproute2 6.1.0-3 (Debian 12); the kernel is the machine's, seen on Linux 6.18; needs
#   user namespaces or root, and the kernel's tbf and htb.
# One would guess: `tc -j` is the text as data: what was set as 1mbit and reads "rate 1Mbit" is
#   1000000, or says its unit. And `tc -j class` prints JSON.
# What happens: the rate is 125000 (bytes), the latency 50000 (microseconds), both bare
#   numbers. For a class of htb, tc ignores -j and prints text, with exit status 0.
# Seen 2026-11-27: text `rate 1Mbit burst 5Kb lat 50ms`, JSON `"rate":125000,"burst":5120,
#   "lat":50000`; `tc -j class show` of htb: `class htb 1:1 root prio 0 rate 8Mbit ...`.
# Why it matters: a testbed that reads its links back finds a rate an eighth of what it set, or,
#   having given tc bare 125000, sets 125 kbit/s: numbers without a unit go in as bits.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download iproute2=6.1.0-3 || exit 2
dpkg-deb -x iproute2_*.deb root

cat > links.sh <<'LINKS'
set -eu
tc=$PWD/root/sbin/tc
"$tc" qdisc add dev lo root tbf rate 1mbit burst 5kb latency 50ms
"$tc" qdisc show dev lo > tbf.text
"$tc" -j qdisc show dev lo > tbf.json
"$tc" qdisc replace dev lo root tbf rate 125000 burst 5kb latency 50ms
"$tc" qdisc show dev lo > bare.text
"$tc" qdisc del dev lo root
"$tc" qdisc add dev lo root handle 1: htb
"$tc" class add dev lo parent 1: classid 1:1 htb rate 8mbit
"$tc" -j class show dev lo > htb.json
LINKS
unshare --user --map-root-user --net sh links.sh || exit 2

for output in tbf.text tbf.json bare.text htb.json; do
  echo "$output: $(cat "$output")"
done
grep -q 'rate 1Mbit burst 5Kb lat 50ms' tbf.text &&
  grep -q '"rate":125000,"burst":5120,"lat":50000' tbf.json &&
  grep -q 'rate 125Kbit' bare.text &&
  grep -q '^class htb 1:1 .*rate 8Mbit' htb.json || exit 1
