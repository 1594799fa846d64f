# Becomes the User-Mode Linux guest. Node can do neither of the two things that must be done before:
#
#   launch.pl INTERFACE INTERFACE -- linux.uml ARGUMENT...
#
# 1. Each interface gets a packet socket that the guest inherits (transport=fd) instead of one that
#    it opens itself (transport=raw): only so can its receive buffer hold a burst. The usual 212,992
#    bytes are about 90 full frames.
# 2. The guest's kernel saves floating-point state in 2,696 bytes, but CPUs with AMX need 11,008,
#    and the host refuses: "ptrace set fp regs failed, errno = 14". A filter that fails ptrace's
#    GETREGSET and SETREGSET makes the guest use GETFPREGS (x87 and SSE). AVX state is then lost in
#    the guest (`ls` crashed), so a setting keeps its glibc from using it (uml.ts).
use strict;
use warnings;

use constant { AF_PACKET => 17, SOCK_RAW => 3, ETH_P_ALL => 3, SOL_SOCKET => 1, SO_RCVBUFFORCE => 33, SO_SNDBUFFORCE => 32 };
use constant { SOL_PACKET => 263, PACKET_QDISC_BYPASS => 20, PACKET_IGNORE_OUTGOING => 23 };
use constant { SYS_PRCTL => 157, PR_SET_NO_NEW_PRIVS => 38, PR_SET_SECCOMP => 22, SECCOMP_MODE_FILTER => 2 };
use constant { SYS_PTRACE => 101, PTRACE_GETREGSET => 0x4204, PTRACE_SETREGSET => 0x4205, EIO => 5 };
use constant { RECEIVE_BUFFER_BYTES => 16 << 20, SEND_BUFFER_BYTES => 4 << 20, VECTOR_DEPTH => 128 };
use constant { LOAD => 0x20, JUMP_IF_EQUAL => 0x15, RETURN => 0x06, ALLOW => 0x7fff0000, FAIL => 0x00050000 };

$^F = 255;    # keep the sockets open across exec

my @interfaces = (shift, shift);
shift;
my @sockets = map { packet_socket($_) } @interfaces;
refuse_register_sets();
my @vectors = map { "vec$_:transport=fd,fd=" . fileno($sockets[$_]) . ",depth=" . VECTOR_DEPTH . ",gro=0" } 0 .. $#sockets;
exec(@ARGV, @vectors) or die "starting $ARGV[0]: $!\n";

sub packet_socket {
  my ($interface) = @_;
  open(my $file, "<", "/sys/class/net/$interface/ifindex") or die "index of $interface: $!\n";
  chomp(my $index = <$file>);
  socket(my $socket, AF_PACKET, SOCK_RAW, 0) or die "packet socket: $!\n";
  option($socket, SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER_BYTES / 2);    # the kernel doubles it
  option($socket, SOL_SOCKET, SO_SNDBUFFORCE, SEND_BUFFER_BYTES / 2);
  option($socket, SOL_PACKET, PACKET_QDISC_BYPASS, 1);
  option($socket, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1);
  bind($socket, pack("SnlSCCx8", AF_PACKET, ETH_P_ALL, $index, 0, 0, 0)) or die "packet socket on $interface: $!\n";
  return $socket;
}

sub option {
  my ($socket, $level, $name, $value) = @_;
  setsockopt($socket, $level, $name, $value) or die "socket option $name: $!\n";
}

sub refuse_register_sets {
  my @filter = (
    [LOAD, 0, 0, 0],                                    # the system call's number
    [JUMP_IF_EQUAL, 0, 4, SYS_PTRACE],
    [LOAD, 0, 0, 16],                                   # its first argument
    [JUMP_IF_EQUAL, 1, 0, PTRACE_GETREGSET],
    [JUMP_IF_EQUAL, 0, 1, PTRACE_SETREGSET],
    [RETURN, 0, 0, FAIL | EIO],
    [RETURN, 0, 0, ALLOW],
  );
  my $instructions = join "", map { pack "SCCL", @$_ } @filter;
  my $program = pack "Sx6P", scalar(@filter), $instructions;
  syscall(SYS_PRCTL, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 or die "no_new_privs: $!\n";
  syscall(SYS_PRCTL, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, $program) == 0 or die "seccomp: $!\n";
}
