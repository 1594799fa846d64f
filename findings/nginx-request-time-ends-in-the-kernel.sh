#!/usr/bin/env bash
# nginx logs an answer of a megabyte as done in 0.000 s, three seconds before the client reads it.
# Pinned: nginx 1.22.1-9+deb12u11, libpcre2-8-0 10.42-1+deb12u2, libssl3 3.0.22-1~deb12u2 (Debian
#   12); any Python 3. The buffers are the kernel's, seen with Linux 6.18.
# One would guess: $request_time goes to the last byte sent to the client, as the manual says, so it
#   has the path and the client's pace in it, as an access log's figure for slow downloads should.
# What happens: a byte is sent when the kernel has taken it. What fits into the socket's buffers,
#   which grow to megabytes, is logged at once, and status and size tell of success. Only the rest
#   of a larger answer waits.
# Seen 2026-11-28, a client that asks and begins to read after 3 s: an answer of 1,000,000 bytes
#   has a $request_time of 0.000 s, one of 20,000,000 bytes 3.094 s.
# Why it matters: against the client's own times the log of a server says that nearly all of a
#   download is the path's and none the server's, or that slow clients do not exist; a mean over
#   sizes has a step at that of the buffers.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download nginx=1.22.1-9+deb12u11 \
  libpcre2-8-0=10.42-1+deb12u2 libssl3=3.0.22-1~deb12u2 || exit 2
for package in ./*.deb; do dpkg-deb -x "$package" root; done
library=$(dirname "$(find "$work/root" -name libssl.so.3)")

mkdir files
head -c 1000000 /dev/zero > files/small
head -c 20000000 /dev/zero > files/large
port=$((20000 + RANDOM % 10000))
cat > nginx.conf << CONFIGURATION
daemon off;
pid $work/pid;
error_log $work/error.log;
events {}
http {
  log_format times '\$request_uri \$status \$body_bytes_sent \$request_time';
  access_log $work/access.log times;
  client_body_temp_path $work/body;
  proxy_temp_path $work/proxy;
  fastcgi_temp_path $work/fastcgi;
  uwsgi_temp_path $work/uwsgi;
  scgi_temp_path $work/scgi;
  server { listen 127.0.0.1:$port; root $work/files; }
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

cat > client.py << 'PROGRAM'
import socket
import sys
import time

for path in ("/small", "/large"):
    client = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    client.sendall(b"GET %s HTTP/1.0\r\n\r\n" % path.encode())
    start = time.monotonic()
    time.sleep(3)
    size = 0
    while data := client.recv(1 << 20):
        size += len(data)
    print(f"client: {path} {size} bytes with their header after {time.monotonic() - start:.2f} s")
PROGRAM
python3 client.py "$port" || exit 2
until [[ $(wc -l < access.log) == 2 ]]; do sleep 0.05; done
sed 's/^/log: /' access.log
awk '$2 != 200 { exit 2 } $1 == "/small" { if ($3 != 1000000 || $4 > 0.5) exit 1 }
  $1 == "/large" { if ($3 != 20000000 || $4 < 2.5) exit 1 }' access.log
