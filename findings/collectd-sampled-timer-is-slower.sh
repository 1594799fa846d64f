#!/usr/bin/env bash
# collectd takes a timer sampled at 10 % for one of ten times the duration: 100 ms are 1 s.
# Pinned: collectd-core 5.12.0-14 (Debian 12).
# One would guess: "|@0.1" says that a value stands for ten requests, as in statsd. It changes how
#   many there were, and no duration.
# What happens: the statsd plugin divides by the rate what it was sent. Of a counter that is a
#   number, of a timer it is milliseconds; the timer's number stays what was sent.
# Seen 2026-12-01, ten times `plain:100|ms` and ten times `sampled:100|ms|@0.1`: average 0.100 and
#   1.000 s, median 0.100 and 0.999 s, upper 0.100 and 1.000 s, sum 1 and 10 s, count 10 and 10.
# Why it matters: the sum is right, so a load by Little's law looks well. The latencies are off by
#   the sampling alone: the lower a busy service sets its rate, the slower it seems.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download collectd-core=5.12.0-14 || exit 2
dpkg-deb -x ./*.deb root

port=$((20000 + RANDOM % 10000))
cat > collectd.conf << CONFIGURATION
Hostname "host"
Interval 1
TypesDB "$work/root/usr/share/collectd/types.db"
PluginDir "$work/root/usr/lib/collectd"
PIDFile "$work/pid"
LoadPlugin csv
<Plugin csv>
  DataDir "$work"
</Plugin>
LoadPlugin statsd
<Plugin statsd>
  Host "127.0.0.1"
  Port "$port"
  TimerPercentile 50
  TimerUpper true
  TimerSum true
  TimerCount true
</Plugin>
CONFIGURATION
root/usr/sbin/collectd -f -C collectd.conf > collectd.log 2>&1 &
collectd=$!
trap 'kill "$collectd"; wait "$collectd"; rm -rf "$work"' EXIT
until grep -q "$(printf ' 0100007F:%04X ' "$port")" /proc/net/udp; do
  kill -0 "$collectd" || exit 2
  sleep 0.05
done
# All values of a timer go in one datagram, so that no flush comes in between.
for timer in 'plain:100|ms' 'sampled:100|ms|@0.1'; do
  for _ in {1..10}; do echo "$timer"; done > values.txt
  cat values.txt > "/dev/udp/127.0.0.1/$port"
done
# Each of two timers has five files, with a line of names above the values.
until [[ $(awk 'FNR == 2' host/statsd/* 2> wait.log | wc -l) == 10 ]]; do
  kill -0 "$collectd" || exit 2
  sleep 0.05
done

first() {
  sed -n '2s/.*,//p' host/statsd/"$1"-2*
}
for timer in plain sampled; do
  echo "$timer: average $(first "latency-$timer-average")" \
    "median $(first "latency-$timer-percentile-50") upper $(first "latency-$timer-upper")" \
    "sum $(first "latency-$timer-sum") count $(first "gauge-$timer-count")"
done | tee seen.txt
awk '{ printf "%s %.2f %.2f %.2f %d %d\n", $1, $3, $5, $7, $9, $11 }' seen.txt | diff - <(
  printf '%s\n' "plain: 0.10 0.10 0.10 1 10" "sampled: 1.00 1.00 1.00 10 10"
)
