#!/bin/sh
# Waits until a program listens at a port of this network namespace, or says where it listens
# instead. Run by a helper in a host's namespace, because the host's own image may have no program
# but its own (topology/apply/await-port.ts):
#
#   await-port.sh ADDRESS PORT SECONDS
#
# Many hosts come up at once on a busy machine, so a look starts no process: it reads the kernel's
# own table (proc_net_tcp).
set -eu

address=$1
port=$2
looks=$(($3 * 5))

# The table has 10.0.0.1 as 0100000A, in the machine's byte order, which is little endian wherever
# the images' Node runs.
hex_port=$(printf '%04X' "$port")
hex_address=$(echo "$address" | { IFS=. read -r a b c d; printf '%02X%02X%02X%02X' "$d" "$c" "$b" "$a"; })
all=00000000

listens() {
  while read -r _ at _ state _; do
    [ "$state" = 0A ] || continue
    case $at in
      "$hex_address:$hex_port" | "$all:$hex_port" | "$all$all$all$all:$hex_port") return 0 ;;
    esac
  done <"$1"
  return 1
}

while [ "$looks" -gt 0 ]; do
  if listens /proc/net/tcp; then exit 0; fi
  if [ -e /proc/net/tcp6 ] && listens /proc/net/tcp6; then exit 0; fi
  looks=$((looks - 1))
  sleep 0.2
done
# Docker's own resolver listens at 127.0.0.11.
others=$(ss -Hltn | while read -r _ _ _ at _; do echo "$at"; done | grep -v '^127\.0\.0\.11:' | tr '\n' ' ')
echo "nobody listens at $address:$port${others:+, but at $others}"
exit 1
