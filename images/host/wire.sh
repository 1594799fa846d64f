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
set -eu

OFFLOADS="tx-checksumming rx-checksumming tcp-segmentation-offload generic-segmentation-offload generic-receive-offload"

fail() {
  echo "$*" >&2
  exit 1
}

proves=no
set_up() {
  [ "$proves" = yes ] || "$@"
}

interface_of() {
  ip -4 -o address show | while read -r _ name _ address _; do
    if [ "${address%/*}" = "$1" ]; then echo "$name"; fi
  done
}

no_way_out() {
  set_up ip route replace unreachable default
  case $(ip route show default) in
    "unreachable default"*via*) fail "a way out is left: $(ip route show default)" ;;
    "unreachable default"*) ;;
    *) fail "a way out is left: $(ip route show default)" ;;
  esac
}

route() {
  set_up ip route replace "$1" via "$2" congctl "$3"
  case $(ip route show exact "$1") in
    *"via $2 "*"congctl $3"*) ;;
    *) fail "route to $1 via $2 with $3: it did not take" ;;
  esac
}

blackhole() {
  set_up ip route replace blackhole "$1"
  case $(ip route show exact "$1") in
    blackhole*) ;;
    *) fail "blackhole of $1: it did not take" ;;
  esac
}

aside() {
  aside_address=$1
  aside_interface=$(interface_of "$1")
  [ -n "$aside_interface" ] || fail "no interface has the address $1"
  set_up ip route del "$2" dev "$aside_interface" 2>/dev/null || true
  set_up ip route replace unreachable "$2"
  case $(ip route show exact "$2") in
    *dev\ "$aside_interface"*) fail "all of $2 can be reached" ;;
    unreachable*) ;;
    *) fail "unreachable $2: it did not take" ;;
  esac
}

watcher() {
  set_up ip route replace "$1" dev "$aside_interface" src "$aside_address"
  case $(ip route show exact "$1") in
    *"dev $aside_interface "*) ;;
    *) fail "route to the watcher $1: it did not take" ;;
  esac
}

plain() {
  interface=$(interface_of "$1")
  [ -n "$interface" ] || fail "no interface has the address $1"
  set_up ethtool -K "$interface" tso off gso off gro off tx off rx off >/dev/null 2>&1 || true
  features=$(ethtool -k "$interface")
  for offload in $OFFLOADS; do
    case $features in
      *"$offload: off"*) ;;
      *) fail "$offload of $interface ($1) could not be switched off" ;;
    esac
  done
}

if [ "${1:-}" = prove ]; then
  proves=yes
  shift
fi
no_way_out
while [ $# -gt 0 ]; do
  case $1 in
    route) route "$2" "$3" "$4"; shift 4 ;;
    blackhole) blackhole "$2"; shift 2 ;;
    aside) aside "$2" "$3"; shift 3 ;;
    watcher) watcher "$2"; shift 2 ;;
    plain) plain "$2"; shift 2 ;;
    *) fail "unknown word: $1" ;;
  esac
done
