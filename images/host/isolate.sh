#!/bin/sh
# Lets the members of a testbed's management network reach nobody there but its watchers: their
# ports of its bridge are isolated (bridge(8)), so that no frame passes between two of them,
# whatever address, protocol or interface is asked for. Run by a helper in the machine's network
# namespace with NET_ADMIN (topology/apply/tracking.ts):
#
#   isolate.sh GATEWAY WATCHER...
#
# GATEWAY is the bridge's own address; a WATCHER is the index of the machine's end of its interface.
# One `bridge` sets all ports; each port's state is read back from the kernel.
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

# The ports of its members, each with what it is to be.
wishes=$(
  for port in "/sys/class/net/$bridge/brif"/*; do
    [ -e "$port" ] || continue # nobody is on it
    name=${port##*/}
    read -r index <"/sys/class/net/$name/ifindex"
    case " $* " in
      *" $index "*) echo "$name off" ;;
      *) echo "$name on" ;;
    esac
  done
)
[ -n "$wishes" ] || exit 0

said=$(echo "$wishes" | while read -r name wanted; do
  echo "link set dev $name isolated $wanted"
done | bridge -batch - 2>&1) || true

echo "$wishes" | while read -r name wanted; do
  read -r is_isolated <"/sys/class/net/$name/brport/isolated"
  case $is_isolated$wanted in
    1on | 0off) ;;
    *)
      echo "the port $name of $bridge: isolation did not become $wanted${said:+: $said}" >&2
      exit 1
      ;;
  esac
done
