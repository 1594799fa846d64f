# Samples the kernel's own numbers from inside a network namespace until SIGTERM, and writes them
# out only then, so that it takes next to nothing while something is measured. Perl is in every
# image and in a link's guest, starts in some milliseconds and holds 5 MB, where Node takes ten
# times as much of both.
#
#   sample.pl FILE EVERY_MILLIS MOST tcp ADDRESS
#   sample.pl FILE EVERY_MILLIS MOST queues DEVICE...
#
# tcp: TCP connections of this local address (sock_diag(7), tcp_info). queues: packets that wait in
# the root qdiscs of devices (rtnetlink(7), tc(8)), and no line while nothing changes.
#
# FILE is whole when it is there; `-` is stdout. It holds at most MOST lines; docs/results.md says
# what becomes of them.
#
#   tcp:    millis local-port peer peer-port state cwnd ssthresh rtt-micros least-rtt-micros resent
#           unacked rate acked
#   queues: millis of the monotonic clock, then packets, bytes and drops of each device
use strict;
use warnings;
use POSIX ();

# perl-base has no clock finer than seconds, so the kernel's is asked for by its number.
my $CLOCK_GETTIME = { x86_64 => 228, aarch64 => 113 }->{ (POSIX::uname())[4] } or die "no number of clock_gettime is known here\n";
use constant { AF_INET => 2, AF_NETLINK => 16, AF_PACKET => 17, SOCK_DGRAM => 2, SOCK_RAW => 3, MSG_DONTWAIT => 64 };
use constant { NETLINK_ROUTE => 0, NETLINK_SOCK_DIAG => 4, REQUEST => 1, DUMP => 0x300, DONE => 3, ERROR => 2, HEADER_BYTES => 16 };
use constant { SOCK_DIAG_BY_FAMILY => 20, TCPDIAG_GETSOCK => 18, IPPROTO_TCP => 6, INFO => 2, NO_COOKIE => 0xffffffff };
use constant { NOT_THERE => -2, ANOTHER => -116, DIAG_BYTES => 72, INFO_BYTES => 168, MOST_CONNECTIONS => 64 };
# States of connections that may still carry data, and of those that are over or never began.
use constant { STATES => 1 << 1 | 1 << 4 | 1 << 8 | 1 << 9 | 1 << 11 };
my %GONE = map { $_ => 1 } 5, 6, 7, 10;
use constant { ETH_P_IP => 0x0800, SOL_SOCKET => 1, SO_ATTACH_FILTER => 26, SYN => 2, LOAD_BYTE => 0x30, LOAD_LENGTH => 0xb1 };
use constant { LOAD_BYTE_BEHIND => 0x50, JUMP_IF_EQUAL => 0x15, JUMP_IF_SET => 0x45, RETURN => 0x06 };
use constant { GET_QDISC => 38, ROOT => 0xffffffff, TC_BYTES => 20, STATS2 => 7, STATS_QUEUE => 3, NESTED => 0x3fff };

my ($file, $every_millis, $most, $what, @which) = @ARGV;
my %samplers = (tcp => \&tcp_sampler, queues => \&queues_sampler);
my $sample = $samplers{ $what // "" }->(@which);

# Of a guest's clocks the monotonic one is steady; its agent finds the difference to the machine's.
my $clock = $what eq "queues" ? 1 : 0;
my $ended = 0;
$SIG{TERM} = sub { $ended = 1 };
my @lines;
my $due = now();
until ($ended) {
  my $millis = sprintf "%.1f", now() * 1000;
  push @lines, map { "$millis $_\n" } $sample->() if @lines < $most;
  $due += $every_millis / 1000;
  my $left = $due - now();
  if ($left > 0) { select undef, undef, undef, $left }
  else { $due = now() }
}
$#lines = $most - 1 if @lines > $most;
write_out(join "", @lines);

sub now {
  my $time = "\0" x 16;
  syscall($CLOCK_GETTIME, $clock, $time);
  my ($seconds, $nanoseconds) = unpack "qq", $time;
  return $seconds + $nanoseconds / 1e9;
}

sub write_out {
  my ($text) = @_;
  if ($file eq "-") { print $text; return }
  open(my $out, ">", "$file.part") or die "writing $file: $!\n";
  print $out $text;
  close($out) and rename("$file.part", $file) or die "writing $file: $!\n";
}

# The kernel finds one connection by its addresses at once, but lists them all only by walking a
# table of the whole machine, which takes milliseconds. So this walks it once, and sees later
# connections by their SYN as it comes in (packet(7)).
sub tcp_sampler {
  my ($address) = @_;
  my $own = pack "C4", split /\./, $address;
  my $socket = netlink(NETLINK_SOCK_DIAG);
  my $arrivals = syn_socket();
  my $everything = pack "CCCxx48LL", 0, 0, 0, 1 << INFO - 1, STATES, 0;
  my %mine = map { $_ => 1 } $own . "\0" x 12, "\0" x 10 . "\xff\xff" . $own;    # also of a socket for both families
  my @known = map { identity($_) } grep { $mine{ substr $_, 8, 16 } } answers($socket, TCPDIAG_GETSOCK, DUMP, $everything);
  return sub {
    while (defined recv($arrivals, my $packet, 128, MSG_DONTWAIT)) {
      my ($from, $to) = unpack "x12 a4 a4", $packet;
      my ($far, $near) = unpack "nn", substr $packet, 4 * (ord($packet) & 15);
      next if $to ne $own or @known >= MOST_CONNECTIONS;
      push @known, pack "CCCxL nn a16 a16 LLL", AF_INET, IPPROTO_TCP, 1 << INFO - 1, STATES, $near, $far, $own, $from, 0, (NO_COOKIE) x 2;
    }
    my @messages = grep { not $GONE{ unpack "xC", $_ } } map { answers($socket, SOCK_DIAG_BY_FAMILY, 0, $_) } @known;
    @known = map { identity($_) } @messages;
    return map { connection_line($_) } @messages;
  };
}

# The question after the very connection that an answer was about.
sub identity {
  my ($message) = @_;
  return pack "CCCxL a48", unpack("C", $message), IPPROTO_TCP, 1 << INFO - 1, STATES, substr $message, 4, 48;
}

# Gets the packets that come in with SYN set, from the IPv4 header on.
sub syn_socket {
  socket(my $socket, AF_PACKET, SOCK_DGRAM, unpack "S", pack "n", ETH_P_IP) or die "packet socket: $!\n";
  my @filter = (
    [LOAD_BYTE, 0, 0, 9],                # the protocol
    [JUMP_IF_EQUAL, 0, 4, IPPROTO_TCP],
    [LOAD_LENGTH, 0, 0, 0],              # of the IPv4 header
    [LOAD_BYTE_BEHIND, 0, 0, 13],        # TCP's flags
    [JUMP_IF_SET, 0, 1, SYN],
    [RETURN, 0, 0, 128],
    [RETURN, 0, 0, 0],
  );
  my $instructions = join "", map { pack "SCCL", @$_ } @filter;
  setsockopt($socket, SOL_SOCKET, SO_ATTACH_FILTER, pack "Sx6P", scalar(@filter), $instructions) or die "filter: $!\n";
  return $socket;
}

sub connection_line {
  my ($message) = @_;
  my ($family, $near, $far, $peer) = unpack "C x3 nn x16 a16", $message;
  my $info = attribute(INFO, substr $message, DIAG_BYTES) // return;
  return if length $info < INFO_BYTES;
  my ($recovery, $unacked, $rtt, $threshold, $window, $resent, $acked, $least, $rate) =
    unpack '@1 C @24 L @68 L @76 L @80 L @100 L @120 Q @148 L @160 Q', $info;
  my $to = join ".", unpack "C4", $family == AF_INET ? $peer : substr $peer, 12;
  return "$near $to $far $recovery $window $threshold $rtt $least $resent $unacked $rate $acked";
}

sub queues_sampler {
  my %place = map { index_of($_[$_]) => $_ } 0 .. $#_;
  my $count = @_;
  my $socket = netlink(NETLINK_ROUTE);
  my $request = "\0" x TC_BYTES;
  my $last = "";
  return sub {
    my @queues = ("0 0 0") x $count;
    for my $message (answers($socket, GET_QDISC, DUMP, $request)) {
      my ($index, $parent) = unpack "x4lx4L", $message;
      next unless $parent == ROOT and exists $place{$index};
      my $stats = attribute(STATS2, substr $message, TC_BYTES) // next;
      my ($packets, $bytes, $drops) = unpack "LLL", attribute(STATS_QUEUE, $stats) // next;
      $queues[ $place{$index} ] = "$packets $bytes $drops";
    }
    my $now = join " ", @queues;
    return () if $now eq $last;
    $last = $now;
    return ($now);
  };
}

sub index_of {
  my ($device) = @_;
  open(my $index, "<", "/sys/class/net/$device/ifindex") or die "index of $device: $!\n";
  return 0 + <$index>;
}

sub netlink {
  my ($protocol) = @_;
  socket(my $socket, AF_NETLINK, SOCK_RAW, $protocol) or die "netlink socket: $!\n";
  return $socket;
}

# The bodies of the kernel's answers to a request: about every connection with DUMP, else about the
# named one, if it exists.
sub answers {
  my ($socket, $type, $flags, $body) = @_;
  defined send($socket, pack("LSSLL", HEADER_BYTES + length $body, $type, REQUEST | $flags, 0, 0) . $body, 0)
    or die "netlink request: $!\n";
  my @bodies;
  while (1) {
    defined recv($socket, my $answer, 1 << 16, 0) or next;    # a signal came first
    while (length $answer >= HEADER_BYTES) {
      my ($length, $kind) = unpack "LS", $answer;
      return @bodies if $kind == DONE;
      if ($kind == ERROR) {
        my $error = unpack "x16l", $answer;
        return () if $error == NOT_THERE or $error == ANOTHER;
        die "netlink answer: error $error\n";
      }
      push @bodies, substr $answer, HEADER_BYTES, $length - HEADER_BYTES;
      return @bodies if $flags == 0;
      substr($answer, 0, $length + 3 & ~3) = "";
    }
  }
}

# One attribute of many (netlink(7)), or undef.
sub attribute {
  my ($wanted, $all) = @_;
  while (length $all >= 4) {
    my ($length, $kind) = unpack "SS", $all;
    return substr $all, 4, $length - 4 if ($kind & NESTED) == $wanted;
    last if $length < 4;
    substr($all, 0, $length + 3 & ~3) = "";
  }
  return undef;
}
