/* The least that an echo server on epoll can do, and a load for echo servers: what `npm run bench structures` compares
 * echo with. Every connection sends a message, waits until all of it is back, and sends the next. epoll(7), accept4(2).
 *
 *   echo serve PORT
 *   echo load PORT CONNECTIONS BYTES SECONDS      prints how many messages came back, and the seconds
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS = 256, MOST_BYTES = 65536, BACKLOG = 4096, PATIENCE_MILLIS = 10000 };

static char octets[MOST_BYTES];

static void fail(const char *attempt) {
  fprintf(stderr, "%s: %s\n", attempt, strerror(errno));
  exit(1);
}

static struct sockaddr_in loopback(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  return address;
}

static void watch(int epoll, int fd) {
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0) fail("watching a socket");
}

static void at_once(int fd) {
  int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/* The kernel's buffer takes a message of this load whole: one that did not fit would end the connection. */
static void serve(int port) {
  int epoll = epoll_create1(0), listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  struct sockaddr_in address = loopback(port);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0) fail("binding");
  if (listen(listener, BACKLOG) < 0) fail("listening");
  watch(epoll, listener);
  struct epoll_event events[EVENTS];
  for (;;) {
    int count = epoll_wait(epoll, events, EVENTS, -1);
    for (int at = 0; at < count; at++) {
      int fd = events[at].data.fd;
      if (fd == listener) {
        for (int client; (client = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
          at_once(client);
          watch(epoll, client);
        }
        continue;
      }
      ssize_t got = read(fd, octets, sizeof octets);
      if (got < 0 && errno == EAGAIN) continue;
      if (got <= 0 || write(fd, octets, got) != got) close(fd);
    }
  }
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static void load(int port, int connections, int bytes, double seconds) {
  int epoll = epoll_create1(0), most = 0;
  int *fds = calloc(connections, sizeof *fds);
  struct sockaddr_in address = loopback(port);
  for (int at = 0; at < connections; at++) {
    fds[at] = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fds[at], (struct sockaddr *)&address, sizeof address) < 0) fail("connecting");
    at_once(fds[at]);
    watch(epoll, fds[at]);
    if (fds[at] > most) most = fds[at];
  }
  int *missing = calloc(most + 1, sizeof *missing);
  for (int at = 0; at < connections; at++) {
    missing[fds[at]] = bytes;
    if (write(fds[at], octets, bytes) != bytes) fail("sending");
  }
  long returned = 0;
  double began = now(), ends = began + seconds, at_end = began;
  struct epoll_event events[EVENTS];
  while ((at_end = now()) < ends) {
    int count = epoll_wait(epoll, events, EVENTS, PATIENCE_MILLIS);
    if (count == 0) {
      fprintf(stderr, "no message came back for %d ms\n", PATIENCE_MILLIS);
      exit(1);
    }
    for (int at = 0; at < count; at++) {
      int fd = events[at].data.fd;
      ssize_t got = read(fd, octets, missing[fd]);
      if (got <= 0) fail("receiving");
      missing[fd] -= got;
      if (missing[fd] > 0) continue;
      returned++;
      missing[fd] = bytes;
      if (write(fd, octets, bytes) != bytes) fail("sending");
    }
  }
  printf("%ld %f\n", returned, at_end - began);
}

int main(int count, char **words) {
  if (count == 3 && strcmp(words[1], "serve") == 0) serve(atoi(words[2]));
  if (count != 6 || strcmp(words[1], "load") != 0) return 2;
  load(atoi(words[2]), atoi(words[3]), atoi(words[4]), atof(words[5]));
  return 0;
}
