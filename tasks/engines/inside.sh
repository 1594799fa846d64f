# Runs a test's command beside an engine, in its network and among its processes, with the machine's
# files. The socket at the usual place leads to that engine too, and to no other.
# Usage: sh inside.sh SOCKET COMMAND [WORD…]
set -e
socket=$1
shift
mount --make-rprivate /
mount -t proc proc /proc
mkdir -p /run
touch /run/docker.sock 2>/dev/null || true
mount --bind "$socket" /run/docker.sock
exec "$@"
