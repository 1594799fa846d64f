#!/bin/sh
# Gives a host's network namespace its routes, switches its offloads off, and proves both. After an
# interruption it may run again. A helper in that namespace runs it, with NET_ADMIN and nothing else
# (topology/apply/wiring.ts):
#
#   wire.sh [prove] [aside ADDRESS SUBNET] [watcher ADDRESS]...
#           [route SUBNET VIA CONGESTION_CONTROL]... [blackhole ADDRESS]... [plain ADDRESS]...
#
# prove: nothing is set, which needs no rights. aside: of SUBNET, which ADDRESS is on, only the
# watchers after it are reached. plain: the interface with this address sends and receives frames as
# they are on the wire, none above the MTU, because the loss, queue and rate of a link would
# otherwise act on whole super-packets. Addresses without a route are unreachable. Interfaces are
# found by address: Docker gives their names in no fixed order.
#
# Each host has a route to each network, so with a program for each route the time of a testbed
# would grow with their product. One `ip` sets all routes, and one shows them for the proof. A
# failed proof's message has the error of the first.
set -eu

OFFLOADS="tx-checksumming rx-checksumming tcp-segmentation-offload generic-segmentation-offload generic-receive-offload"
NEWLINE="
"

said=
fail() {
  echo "$*${said:+: $said}" >&2
  exit 1
}

addresses=$NEWLINE$(ip -4 -o address show)
interfaces=$(echo "$addresses" | while read -r _ name _; do echo "$name"; done)

# The variable `interface` becomes the one with this address.
find_interface() {
  case $addresses in
    *" inet $1/"*) ;;
    *) fail "no interface has the address $1" ;;
  esac
  interface=${addresses%%" inet $1/"*}
  interface=${interface##*"$NEWLINE"}
  interface=${interface#*: }
  interface=${interface%% *}
}

# Prints the commands of `ip` for the words.
commands() {
  echo "route replace unreachable default"
  while [ $# -gt 0 ]; do
    case $1 in
      aside)
        find_interface "$2"
        address=$2
        # Where this runs again, it is gone.
        ip route del "$3" dev "$interface" 2>/dev/null || true
        echo "route replace unreachable $3"
        shift 3
        ;;
      watcher) echo "route replace $2 dev $interface src $address"; shift 2 ;;
      route) echo "route replace $2 via $3 congctl $4"; shift 4 ;;
      blackhole) echo "route replace blackhole $2"; shift 2 ;;
      *) shift 2 ;;
    esac
  done
}

# Whether a route is shown that begins with these words.
is_shown() {
  case $routes in
    *"$NEWLINE$1"[" $NEWLINE"]*) return 0 ;;
  esac
  return 1
}

prove_no_way_out() {
  if is_shown default || ! is_shown "unreachable default"; then
    fail "a way out is left: $(ip route show default)"
  fi
}

prove_aside() {
  find_interface "$1"
  aside=$interface
  ! is_shown "$2" || fail "all of $2 can be reached"
  is_shown "unreachable $2" || fail "unreachable $2: it did not take"
}

prove_route() {
  for interface in $interfaces; do
    if is_shown "$1 via $2 dev $interface congctl $3"; then return 0; fi
  done
  fail "route to $1 via $2 with $3: it did not take"
}

make_plain() {
  find_interface "$1"
  if [ "$proves" = no ]; then
    ethtool -K "$interface" tso off gso off gro off tx off rx off >/dev/null 2>&1 || true
  fi
  features=$(ethtool -k "$interface")
  for offload in $OFFLOADS; do
    case $features in
      *"$offload: off"*) ;;
      *) fail "$offload of $interface ($1) could not be switched off" ;;
    esac
  done
}

proves=no
if [ "${1:-}" = prove ]; then
  proves=yes
  shift
else
  batch=$(commands "$@")
  said=$(echo "$batch" | ip -batch - 2>&1) || true
fi
routes=$NEWLINE$(ip route show)$NEWLINE

prove_no_way_out
while [ $# -gt 0 ]; do
  case $1 in
    aside) prove_aside "$2" "$3"; shift 3 ;;
    watcher) is_shown "$2 dev $aside" || fail "route to the watcher $2: it did not take"; shift 2 ;;
    route) prove_route "$2" "$3" "$4"; shift 4 ;;
    blackhole) is_shown "blackhole $2" || fail "blackhole of $2: it did not take"; shift 2 ;;
    plain) make_plain "$2"; shift 2 ;;
    *) fail "unknown word: $1" ;;
  esac
done
