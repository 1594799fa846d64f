#!/bin/sh
# Waits until a program listens at a port of this network namespace, and says where it listens instead while it does not.
# Run by a helper in a host's namespace, because the host's own image may have no program but its own (topology/apply/await-port.ts):
#
#   await-port.sh ADDRESS PORT SECONDS
set -eu

address=$1
port=$2
tenths=$(($3 * 10))

while [ "$tenths" -gt 0 ]; do
  listening=$(ss -Hltn | while read -r _ _ _ at _; do echo "$at"; done)
  for at in $listening; do
    case $at in
      "$address:$port" | "0.0.0.0:$port" | "*:$port" | "[::]:$port") exit 0 ;;
    esac
  done
  tenths=$((tenths - 1))
  sleep 0.1
done
# Docker's own resolver listens at 127.0.0.11.
others=$(echo "$listening" | grep -v '^127\.0\.0\.11:' | tr '\n' ' ')
echo "nobody listens at $address:$port${others:+, but at $others}"
exit 1
