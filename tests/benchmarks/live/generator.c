/* Subscribers: holds many graphql-transport-ws sockets in one thread and counts what arrives (Linux, epoll).
 *
 * generator PORT SHARED REQUESTS AT_ONCE PACE (connects a second at most): REQUESTS holds, for each socket, an HTTP upgrade, a connection_init and a
 * subscribe, ready to be sent. SHARED is a file of the layout below, which generator.py maps too.
 *
 * A subscribe that says "@CURSOR" is one of a client that resumes: the text is replaced by the last cursor that its
 * socket was told (in an event, or in a ping), CURSOR at first. While shared->returns is set, a socket that is cut
 * comes back at once, and every RETRY_NS while nobody takes it; each shared->cut has all of them cut by us.
 *
 * An event carries its number as "n": NUMBER. Socket i expects FIRST + i % STEP, then every STEP-th: a number again or
 * out of order, a number left out, and a number that is another's are counted apart, so exactly once is checked for
 * each socket. Numbers below FIRST are of an earlier measurement. Latency is from times[number], written by whoever publishes, to the read (both CLOCK_MONOTONIC).
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { RETRY_NS = 100000000, CURSOR = 120, TEXT = 8192 };
enum { TIMES = 1 << 20, SAMPLE = 1 << 17, BUCKETS = 80000, FINE = 20000, READ = 1 << 18, PER_ADDRESS = 8000 };

typedef struct {
  uint64_t sockets, acked, hearing, received, bytes, again, stale, missed, foreign, odd, closed, close_code, shortest, longest;
  int64_t began_at, acked_at;
  uint64_t command, done, first, step, sample_bytes; /* a new command starts the counts anew */
  uint64_t returns, cut, refused; /* refused: attempts of those who come back that came to nothing */
  char sample[SAMPLE], trouble[1024];
  uint64_t latency[BUCKETS]; /* FINE of 50 us, then of 1 ms */
  int64_t times[TIMES];
} Shared;

enum { UPGRADING, INITIALISING, SUBSCRIBED, CLOSED, AWAY, CONNECTING }; /* those after SUBSCRIBED hear nothing */

typedef struct {
  char *text[3]; /* what is said in each state */
  uint32_t length[3];
  int fd, state, heard;
  int64_t last, due; /* when one that is away tries again */
  char cursor[CURSOR];
  char *rest; /* the begin of a frame whose end has not come */
  size_t kept;
} Socket;

static Shared *shared;
static Socket *sockets;
static uint32_t count, opened, away;
static uint64_t cuts;
static int poller, port;
static size_t place; /* where the number stood in the last frame: the next one is likely to have it there */
static char buffer[READ * 2];

static int64_t now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return at.tv_sec * 1000000000LL + at.tv_nsec;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void trouble(const char *text, size_t length) {
  if (!shared->trouble[0]) memcpy(shared->trouble, text, length < 1023 ? length : 1023);
}

static void say(Socket *one, const char *text, size_t length) {
  if (send(one->fd, text, length, MSG_NOSIGNAL) != (ssize_t)length) trouble("a short write", 13);
}

static void lose(Socket *one, int code) {
  int followed = one->state == SUBSCRIBED;
  if (one->state == CLOSED || one->state == AWAY) return;
  close(one->fd);
  one->kept = 0;
  if (shared->returns) {
    one->state = AWAY;
    one->due = now() + (followed ? 0 : RETRY_NS);
    away++;
    shared->acked -= (uint64_t)followed;
    shared->refused += (uint64_t)!followed;
  } else {
    one->state = CLOSED;
  }
  if (followed || !shared->returns) {
    shared->closed++;
    if (code) shared->close_code = (uint64_t)code;
  }
}

/* What stands between before and the next quote. */
static void keep_cursor(Socket *one, const char *text, size_t length, const char *before) {
  const char *found = memmem(text, length, before, strlen(before));
  if (!found) return;
  found += strlen(before);
  const char *end = memchr(found, '"', length - (size_t)(found - text));
  if (!end || end - found >= CURSOR) return;
  memcpy(one->cursor, found, (size_t)(end - found));
  one->cursor[end - found] = 0;
}

static void subscribe(Socket *one) {
  const char *text = one->text[SUBSCRIBED], *end = text + one->length[SUBSCRIBED];
  const char *at = memmem(text, one->length[SUBSCRIBED], "\"@", 2);
  if (!at) {
    say(one, text, one->length[SUBSCRIBED]);
    return;
  }
  if (!one->cursor[0]) keep_cursor(one, text, one->length[SUBSCRIBED], "\"@");
  const char *begin = text + ((text[1] & 127) == 126 ? 8 : 6), *rest = memchr(at + 1, '"', (size_t)(end - at - 1));
  char made[TEXT];
  int size = snprintf(made + 8, TEXT - 8, "%.*s%s%.*s", (int)(at + 1 - begin), begin, one->cursor, (int)(end - rest), rest);
  if (size >= TEXT - 8) fail("a subscribe too long");
  memcpy(made, (char[]){(char)0x81, (char)0xfe, (char)(size >> 8), (char)size, 0, 0, 0, 0}, 8);
  say(one, made, (size_t)size + 8);
}

static void join(uint32_t index) {
  Socket *one = &sockets[index];
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK + index / PER_ADDRESS)};
  struct sockaddr_in there = {
      .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int on = 1;
  if ((one->fd = socket(AF_INET, SOCK_STREAM, 0)) < 0) fail("socket");
  setsockopt(one->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  setsockopt(one->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (bind(one->fd, (struct sockaddr *)&here, sizeof here)) fail("bind");
  fcntl(one->fd, F_SETFL, O_NONBLOCK);
  one->state = CONNECTING;
  if (connect(one->fd, (struct sockaddr *)&there, sizeof there) && errno != EINPROGRESS) {
    if (!shared->returns) fail("connect");
    lose(one, 0);
    return;
  }
  struct epoll_event wish = {.events = EPOLLIN | EPOLLOUT, .data.u32 = index};
  if (epoll_ctl(poller, EPOLL_CTL_ADD, one->fd, &wish)) fail("epoll_ctl");
}

static void connected(uint32_t index) {
  Socket *one = &sockets[index];
  socklen_t size = sizeof errno;
  getsockopt(one->fd, SOL_SOCKET, SO_ERROR, &errno, &size);
  if (errno) {
    if (!shared->returns) fail("connect");
    lose(one, 0);
    return;
  }
  struct epoll_event wish = {.events = EPOLLIN, .data.u32 = index};
  if (epoll_ctl(poller, EPOLL_CTL_MOD, one->fd, &wish)) fail("epoll_ctl");
  one->state = UPGRADING;
  say(one, one->text[UPGRADING], one->length[UPGRADING]);
}

static void storm(void) {
  int64_t at = now();
  struct linger hard = {1, 0};
  for (uint32_t i = 0; cuts < shared->cut && i < opened; i++) {
    if (sockets[i].state == CLOSED || sockets[i].state == AWAY) continue;
    setsockopt(sockets[i].fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    lose(&sockets[i], 1006);
  }
  cuts = shared->cut;
  for (uint32_t i = 0; away && i < opened; i++)
    if (sockets[i].state == AWAY && sockets[i].due <= at) {
      away--;
      join(i);
    }
}

static void take(Socket *one, const char *text, const char *digits, size_t length, int64_t at) {
  int64_t number = 0;
  if (*digits == ' ') digits++;
  if (*digits == '"') digits++;
  while (*digits >= '0' && *digits <= '9') number = number * 10 + (*digits++ - '0');
  if (!one->heard) {
    one->heard = 1;
    shared->hearing++;
  }
  if (number < (int64_t)shared->first) { /* of an earlier measurement */
    shared->stale++;
    return;
  }
  if (number <= one->last) {
    shared->again++;
    return;
  }
  int64_t ahead = number - one->last, step = (int64_t)shared->step;
  one->last = number;
  if (ahead % step) shared->foreign++;
  else shared->missed += (uint64_t)(ahead / step - 1);
  if (!shared->sample_bytes) memcpy(shared->sample, text, shared->sample_bytes = length < SAMPLE ? length : SAMPLE);
  if (length < shared->shortest) shared->shortest = length;
  if (length > shared->longest) shared->longest = length;
  shared->received++;
  shared->bytes += length;
  int64_t took = at - shared->times[number % TIMES];
  uint64_t slot = took < 0 ? 0 : (uint64_t)took / 50000;
  if (slot >= FINE) slot = FINE - FINE / 20 + slot / 20;
  shared->latency[slot < BUCKETS ? slot : BUCKETS - 1]++;
}

static void text_frame(Socket *one, const char *text, size_t length, int64_t at) {
  const char *found = NULL;
  if (length > place + 4 && !memcmp(text + place, "\"n\":", 4)) found = text + place;
  else if ((found = memmem(text, length, "\"n\":", 4))) place = (size_t)(found - text);
  if (found) {
    if (shared->returns) keep_cursor(one, text, length, "\"cursor\":\"");
    take(one, text, found + 4, length, at);
  } else if (one->state == INITIALISING && memmem(text, length, "connection_ack", 14)) {
    one->state = SUBSCRIBED;
    subscribe(one);
    if (++shared->acked == count) shared->acked_at = at;
  } else if (memmem(text, length, "\"ping\"", 6)) {
    keep_cursor(one, text, length, "\"cursors\":{\"1\":\"");
    say(one, "\x81\x8f\0\0\0\0{\"type\":\"pong\"}", 21);
  } else {
    shared->odd++;
    trouble(text, length);
  }
}

static void frame(Socket *one, unsigned char head, const char *text, size_t length, int64_t at) {
  char pong[131] = {(char)0x8a, (char)(0x80 | length)};
  switch (head) {
    case 0x81: text_frame(one, text, length, at); break;
    case 0x88:
      trouble(text + 2, length > 2 ? length - 2 : 0);
      lose(one, length >= 2 ? (unsigned char)text[0] << 8 | (unsigned char)text[1] : 1005);
      break;
    case 0x89:
      memcpy(pong + 6, text, length & 127);
      say(one, pong, 6 + (length & 127));
      break;
    case 0x8a: break;
    default: shared->odd++; trouble("a frame that is no whole, plain text", 36);
  }
}

/* The bytes of the whole frames in data. */
static size_t frames(Socket *one, const char *data, size_t length, int64_t at) {
  size_t from = 0;
  while (one->state <= SUBSCRIBED && length - from >= 2) {
    const unsigned char *head = (const unsigned char *)data + from;
    size_t long_ = head[1] & 127, prefix = long_ == 126 ? 4 : long_ == 127 ? 10 : 2;
    if (length - from < prefix) break;
    if (prefix == 4) long_ = (size_t)head[2] << 8 | head[3];
    if (prefix == 10) long_ = (size_t)head[6] << 24 | (size_t)head[7] << 16 | (size_t)head[8] << 8 | head[9];
    if (length - from < prefix + long_) break;
    frame(one, head[0], (const char *)head + prefix, long_, at);
    from += prefix + long_;
  }
  return from;
}

static void hear(Socket *one) {
  memcpy(buffer, one->rest, one->kept);
  ssize_t got = recv(one->fd, buffer + one->kept, READ, 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) {
    lose(one, 1006);
    return;
  }
  size_t length = one->kept + (size_t)got, from = 0;
  int64_t at = now();
  if (one->state == UPGRADING) {
    char *end = memmem(buffer, length, "\r\n\r\n", 4);
    if (end) {
      if (memcmp(buffer, "HTTP/1.1 101", 12)) {
        trouble(buffer, length);
        lose(one, 0);
        return;
      }
      from = (size_t)(end - buffer) + 4;
      one->state = INITIALISING;
      say(one, one->text[INITIALISING], one->length[INITIALISING]);
    }
  }
  if (one->state != UPGRADING) from += frames(one, buffer + from, length - from, at);
  if (one->state > SUBSCRIBED) return;
  one->kept = length - from;
  if (one->kept > READ) fail("a frame too long");
  if (one->kept) memcpy(one->rest = realloc(one->rest, one->kept), buffer + from, one->kept);
}

static void obey(void) {
  uint64_t command = __atomic_load_n(&shared->command, __ATOMIC_ACQUIRE);
  if (!command || shared->done == command) return;
  for (uint32_t i = 0; i < count; i++)
    sockets[i].last = (int64_t)(shared->first + i % shared->step) - (int64_t)shared->step;
  shared->received = shared->bytes = shared->again = shared->stale = shared->missed = shared->foreign = shared->odd = 0;
  shared->sample_bytes = shared->longest = 0;
  shared->shortest = UINT64_MAX;
  memset(shared->latency, 0, sizeof shared->latency);
  __atomic_store_n(&shared->done, command, __ATOMIC_RELEASE);
}

static void load(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file || fread(&count, 4, 1, file) != 1 || !count) fail(path);
  sockets = calloc(count, sizeof *sockets);
  for (uint32_t i = 0; i < count; i++)
    for (int part = 0; part < 3; part++) {
      if (fread(&sockets[i].length[part], 4, 1, file) != 1) fail(path);
      sockets[i].text[part] = malloc(sockets[i].length[part]);
      if (fread(sockets[i].text[part], 1, sockets[i].length[part], file) != sockets[i].length[part]) fail(path);
    }
  fclose(file);
}

int main(int given, char **words) {
  if (given != 6) return 2;
  int file = open(words[2], O_RDWR);
  shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (file < 0 || shared == MAP_FAILED) fail(words[2]);
  port = atoi(words[1]);
  uint32_t at_once = (uint32_t)atoi(words[4]), pace = (uint32_t)atoi(words[5]);
  load(words[3]);
  poller = epoll_create1(0);
  for (uint32_t i = 0; i < count; i++)
    sockets[i].last = (int64_t)(shared->first + i % shared->step) - (int64_t)shared->step;
  shared->shortest = UINT64_MAX;
  shared->began_at = now();
  shared->sockets = count;
  struct epoll_event ready[512];
  for (;;) {
    int64_t due = 1 + (now() - shared->began_at) / 1000 * pace / 1000000;
    while (opened < count && opened < due && opened - shared->acked - shared->closed < at_once) join(opened++);
    int found = epoll_wait(poller, ready, 512, 5);
    for (int i = 0; i < found; i++)
      if (sockets[ready[i].data.u32].state <= SUBSCRIBED) hear(&sockets[ready[i].data.u32]);
      else if (sockets[ready[i].data.u32].state == CONNECTING) connected(ready[i].data.u32);
    storm();
    obey();
  }
}
