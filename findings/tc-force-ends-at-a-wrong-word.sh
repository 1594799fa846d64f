#!/usr/bin/env bash
# `tc -force -batch` goes on after a command that fails, but not after one with a wrong word.
# Pinned: iproute2 6.1.0-3 (Debian 12), its libraries the machine's; needs user namespaces or root.
# One would guess: "-force: don't terminate tc on errors in batch mode" (tc(8)) holds for every
#   error, and the lines that follow are carried out.
# What happens: an unknown qdisc, a device that is not there and a refusal of the kernel are
#   reported with "Command failed", and the batch goes on. A handle or a parent that is no number
#   ends tc at once, with exit 255 and without a "Command failed", and the lines that follow are
#   not carried out.
# Seen 2026-11-29: of three batches whose first line fails and whose second shows a qdisc, those
#   with an unknown qdisc and without a device print it and exit 1; that with the handle "one:"
#   prints nothing and exits 255.
# Why it matters: who rebuilds many queues by one forced batch, so that what is there already does
#   no harm, has none of those after a slip of the pen; who keeps such a tc open loses it.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download iproute2=6.1.0-3 || exit 2
dpkg-deb -x ./*.deb root
root/sbin/tc -Version

# Prints how many qdiscs the second line of a batch shows, and tc's exit.
batch() {
  local status=0
  printf '%s\n' "$1" "qdisc show dev lo" \
    | unshare --user --map-root-user --net sh -c 'ip link set lo up && exec "$@"' sh \
      root/sbin/tc -j -force -batch - > seen.json 2> said.txt || status=$?
  echo "$(grep -c '"kind"' seen.json || true) $status"
}
unshare --user --map-root-user --net true || exit 2
for line in "qdisc add dev lo root nosuchqdisc" "qdisc add dev nowhere root pfifo" \
  "qdisc add dev lo root handle one: pfifo"; do
  echo "$(batch "$line")  after: $line"
done | tee results.txt
[[ "$(cut -d ' ' -f 1,2 results.txt | paste -sd ' ')" == "1 1 1 1 0 255" ]] || exit 1
