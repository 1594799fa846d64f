#!/usr/bin/env bash
# nginx's limit_rate sends 64 KB at the speed of the wire and then nothing for most of a second.
# Pinned: nginx 1.22.1-9+deb12u11, libpcre2-8-0 10.42-1+deb12u2, libssl3 3.0.22-1~deb12u2 (Debian
#   12); any Python 3.
# One would guess: `limit_rate 100k` makes of a connection a link of 100 KiB/s: bytes come evenly,
#   or with a bucket's burst at the start alone.
# What happens: only the mean is 100 KiB/s. nginx writes a block and sleeps until the mean is
#   right again; the blocks reach 64 KiB, and the sleeps are as long as they take at the rate.
# Seen 2026-11-28, 500,000 bytes at 100k: blocks of 33,007, seven times 65,536 and 8,480 bytes
#   in 4.83 s, 4.81 s of them silence; in another run blocks of 40,721 to 65,536.
# Why it matters: as a slow link it has the rate and nothing else of one: each block meets the
#   queues of the path at full speed, and a meter below a second sees either everything or nothing.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download nginx=1.22.1-9+deb12u11 \
  libpcre2-8-0=10.42-1+deb12u2 libssl3=3.0.22-1~deb12u2 || exit 2
for package in ./*.deb; do dpkg-deb -x "$package" root; done
library=$(dirname "$(find "$work/root" -name libssl.so.3)")

mkdir files
head -c 500000 /dev/zero > files/download
port=$((20000 + RANDOM % 10000))
cat > nginx.conf << CONFIGURATION
daemon off;
pid $work/pid;
error_log $work/error.log;
events {}
http {
  access_log off;
  client_body_temp_path $work/body;
  proxy_temp_path $work/proxy;
  fastcgi_temp_path $work/fastcgi;
  uwsgi_temp_path $work/uwsgi;
  scgi_temp_path $work/scgi;
  server { listen 127.0.0.1:$port; root $work/files; limit_rate 100k; }
}
CONFIGURATION
chmod -R a+rX "$work"
LD_LIBRARY_PATH="$library" root/usr/sbin/nginx -p "$work" -c "$work/nginx.conf" \
  -e "$work/error.log" &
server=$!
trap 'kill "$server"; wait "$server"; rm -rf "$work"' EXIT
until grep -q "$(printf '0100007F:%04X 00000000:0000 0A' "$port")" /proc/net/tcp; do
  kill -0 "$server" || exit 2
  sleep 0.05
done

cat > probe.py << 'PROBE'
import socket
import sys
import time

client = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
client.sendall(b"GET /download HTTP/1.0\r\n\r\n")
start = last = time.monotonic()
blocks, silent = [0], 0
while data := client.recv(1 << 20):
    now = time.monotonic()
    if now - last > 0.1:
        silent += now - last
        blocks.append(0)
    blocks[-1] += len(data)
    last = now
whole = last - start
print(f"{sum(blocks)} bytes in {whole:.2f} s, {sum(blocks) / 1024 / whole:.0f} KiB/s")
print(f"in blocks of {blocks}, with {silent:.2f} s of silence between them")
even = 85 < sum(blocks) / 1024 / whole < 125
sys.exit(0 if even and max(blocks) > 60_000 and silent > 0.9 * whole else 1)
PROBE
python3 probe.py "$port"
