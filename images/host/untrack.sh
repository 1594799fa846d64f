#!/bin/sh
# Keeps packets of a testbed's data networks out of the machine's connection tracking, or lets them
# in again. Bridged packets pass iptables where br_netfilter is loaded, so a table of 262,144
# entries would be full at some 2,200 new connections/s. Run by a helper in the machine's network
# namespace with NET_ADMIN and NET_RAW (topology/apply/tracking.ts):
#
#   untrack.sh try COMMENT SUBNET...     untrack.sh remove COMMENT
#
# COMMENT marks the rules, so they are found again without knowing the subnets. A machine without
# such rules tracks, and the script says so.
set -eu

action=$1
comment=$2
shift 2

for tool in iptables-nft iptables-legacy none; do
  if rules=$("$tool" -w -t raw -S PREROUTING 2>/dev/null); then break; fi
done
if [ "$tool" = none ]; then
  echo "connections stay tracked: the raw table of iptables cannot be had here"
  exit 0
fi

echo "$rules" | while read -r _ chain rule; do
  case " $rule " in
    # Unquoted on purpose: a rule is many words.
    *" --comment $comment "*) "$tool" -w -t raw -D "$chain" $rule ;;
  esac
done
[ "$action" = try ] || exit 0

for subnet in "$@"; do
  if ! "$tool" -w -t raw -A PREROUTING -s "$subnet" -m comment --comment "$comment" -j CT --notrack; then
    echo "connections from $subnet stay tracked"
  fi
done
