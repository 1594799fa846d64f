#!/bin/sh
# Lets the members of a testbed's management network reach nobody there but its watchers: their
# ports of its bridge are isolated (bridge(8)), so that no frame passes between two of them,
# whatever address, protocol or interface is asked for. Run by a helper in the machine's network
# namespace with NET_ADMIN (topology/apply/tracking.ts):
#
#   isolate.sh GATEWAY WATCHER...
#
# GATEWAY is the bridge's own address; a WATCHER is the index of the machine's end of its interface.
set -eu

gateway=$1
shift

bridge=$(ip -4 -o address show | while read -r _ name _ address _; do
  if [ "${address%/*}" = "$gateway" ]; then echo "$name"; fi
done)
if [ -z "$bridge" ]; then
  echo "no bridge has the address $gateway" >&2
  exit 1
fi

for port in "/sys/class/net/$bridge/brif"/*; do
  [ -e "$port" ] || continue # nobody is on it
  name=${port##*/}
  wanted=on
  for watcher in "$@"; do
    if [ "$(cat "/sys/class/net/$name/ifindex")" = "$watcher" ]; then wanted=off; fi
  done
  bridge link set dev "$name" isolated "$wanted"
  case $(bridge -d link show dev "$name") in
    *"isolated $wanted"*) ;;
    *)
      echo "the port $name of $bridge: isolation did not become $wanted" >&2
      exit 1
      ;;
  esac
done
