# Process 1 of an engine's namespaces (mount, network, processes): makes ROOT its root and starts
# the engine in it. A plain chroot is not enough, because the engine remounts its root.
# Usage: sh start.sh ROOT STATE REPOSITORY PROGRAM [WORD…]. Prints its process number as the machine
# sees it, then waits for a line: by then the machine has given it an interface.
set -e
root=$1 state=$2 repository=$3
shift 3
read -r pid rest </proc/self/stat
echo "$pid"
read -r interface address gateway

mount --make-rprivate /
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount --rbind /sys/fs/cgroup "$root/sys/fs/cgroup"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/run"
mount --bind "$state" "$root/mnt"
# Files that a testbed binds have the same path for the tests and for the engine.
mkdir -p "$root$repository" "$root/run/lock" "$root/run/old"
mount --bind "$repository" "$root$repository"
mount --bind /tmp "$root/tmp"

cd "$root"
pivot_root . run/old
cd /
umount -l run/old
rm -f /etc/resolv.conf # a link could lead elsewhere
cat /mnt/resolv.conf >/etc/resolv.conf
ip link set lo up
ip address add "$address" dev "$interface"
ip link set "$interface" up
ip route add default via "$gateway"
# The shell stays, because the engine does not wait for processes that become its children.
"$@" >/mnt/engine.log 2>&1 </dev/null &
wait $!
