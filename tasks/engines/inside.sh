# Runs a test's command beside an engine, in its network and among its processes, with the machine's
# files. The socket at the usual place leads to that engine too, and to no other, and names are
# asked of the engine's servers.
# Usage: sh inside.sh STATE COMMAND [WORD…]
set -e
state=$1
shift
mount --make-rprivate /
mount -t proc proc /proc
# Where the machine has no file to put the socket over, none is made for it: it would stay.
if [ ! -e /run/docker.sock ]; then
  mkdir -p "$state/run"
  mount --rbind /run "$state/run"
  mount -t tmpfs tmpfs /run
  ln -s "$state"/run/* /run
  touch /run/docker.sock
fi
mount --bind "$state/docker.sock" /run/docker.sock
[ ! -e /etc/resolv.conf ] || mount --bind "$state/resolv.conf" /etc/resolv.conf
exec "$@"
