#!/usr/bin/env bash
# mtail's histogram counts a time of 0.000 s, but has it in no bucket, not even in le="+Inf".
# Pinned: mtail 3.0.0~rc50-1+b6 (Debian 12).
# One would guess: a bucket of Prometheus' format has all that is not above its bound, so a zero is
#   in each of them, and le="+Inf" is the count.
# What happens: mtail's buckets have a lower bound too, which is not part of them. The lowest begins
#   above 0, whether 0 is given as a bound or not, and a zero is in the count and the sum alone.
# Seen 2026-12-01, times in seconds 0.000 three times, 0.050, 0.100, 0.200, 0.500 and 0.700 with
#   bounds 0.1, 0.2 and 0.5: le="0.1" 2 for 5, le="0.2" 3 for 6, le="0.5" 4 for 7, le="+Inf" 5 and
#   count 8.
# Why it matters: nginx logs a request_time in whole milliseconds, and in a LAN most of them are
#   0.000. histogram_quantile() then has the quantiles of the slow rest, and le over count, the
#   share that met a target, misses all of the fastest. The mean beside them is right.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download mtail=3.0.0~rc50-1+b6 || exit 2
dpkg-deb -x ./*.deb root

mkdir programs
cat > programs/times.mtail << 'PROGRAM'
histogram plain buckets 0.1, 0.2, 0.5
histogram zero buckets 0, 0.1, 0.2, 0.5
/^(\d+\.\d+)$/ {
  plain = $1
  zero = $1
}
PROGRAM
printf '%s\n' 0.000 0.000 0.000 0.050 0.100 0.200 0.500 0.700 > access.log
root/usr/bin/mtail --progs programs --logs "$work/access.log" --one_shot \
  --one_shot_format=prometheus > metrics.txt 2> mtail.log || exit 2
for name in plain zero; do
  grep "^$name" metrics.txt | sed -E 's/prog="[^"]*",?//; s/\{\}//'
done | tee seen.txt
for name in plain zero; do
  cat << STATED
${name}_bucket{le="0.1"} 2
${name}_bucket{le="0.2"} 3
${name}_bucket{le="0.5"} 4
${name}_bucket{le="+Inf"} 5
${name}_sum 1.55
${name}_count 8
STATED
done | diff seen.txt -
