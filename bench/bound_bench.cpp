// bench_bound BYTES [--plain]
//
// The bound for one encrypted stream between two processes: raw loopback TCP and one ChaCha20-Poly1305 pass on each
// side over the same bytes, in frames of the size of a Noise frame, nothing else. The sender runs on CPU 1, the
// receiver on CPU 0. --plain leaves the encryption out. One JSON line.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "interop/metering/meter.hpp"
#include "opwire/base/check.hpp"
#include "opwire/crypto/aead.hpp"

namespace opwire::bench {
namespace {

constexpr std::size_t kPlain = 65'408;  // a multiple of 128, with its tag within a Noise frame
constexpr std::size_t kFrame = kPlain + crypto::kAeadTagSize;
constexpr std::size_t kReceiveBuffer = 4 * kFrame;
constexpr int kSenderCpu = 1;
constexpr int kReceiverCpu = 0;

void pin(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  (void)::sched_setaffinity(0, sizeof(set), &set);  // with one CPU both share it
}

crypto::AeadNonce nonce_of(std::uint64_t frame) {
  crypto::AeadNonce nonce{};
  store_le<std::uint64_t>(nonce.data() + 4, frame);
  return nonce;
}

void send_all(int socket, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), 0);
    OPW_CHECK(sent > 0);
    bytes = bytes.subspan(static_cast<std::size_t>(sent));
  }
}

void send_frames(int socket, std::uint64_t frames, bool encrypt) {
  crypto::ChaCha20Poly1305 cipher(crypto::AeadKey{});
  const Bytes plain(kPlain, 0x5a);
  const ByteView piece(plain);
  Bytes frame(kFrame);
  for (std::uint64_t i = 0; i < frames; ++i) {
    if (encrypt) cipher.seal(nonce_of(i), ByteView(), std::span(&piece, 1), frame);
    send_all(socket, frame);
  }
  ::shutdown(socket, SHUT_WR);
}

std::uint64_t receive_frames(int socket, bool encrypt) {
  crypto::ChaCha20Poly1305 cipher(crypto::AeadKey{});
  Bytes buffer(kReceiveBuffer);
  std::size_t held = 0;
  std::uint64_t frames = 0;
  while (true) {
    const ssize_t got = ::recv(socket, buffer.data() + held, buffer.size() - held, 0);
    OPW_CHECK(got >= 0);
    if (got == 0) return frames;
    held += static_cast<std::size_t>(got);
    std::size_t used = 0;
    for (; held - used >= kFrame; used += kFrame, ++frames) {
      if (encrypt) {
        OPW_CHECK(cipher.open(nonce_of(frames), ByteView(), MutableByteView(buffer).subspan(used, kFrame)));
      }
    }
    std::memmove(buffer.data(), buffer.data() + used, held - used);
    held -= used;
  }
}

struct Sockets {
  int sending;
  int receiving;
};

Sockets connect_loopback() {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  OPW_CHECK(::bind(listener, generic, length) == 0 && ::listen(listener, 1) == 0);
  OPW_CHECK(::getsockname(listener, generic, &length) == 0);
  const int sending = ::socket(AF_INET, SOCK_STREAM, 0);
  OPW_CHECK(::connect(sending, generic, length) == 0);
  const int receiving = ::accept(listener, nullptr, nullptr);
  OPW_CHECK(receiving >= 0);
  const int on = 1;
  ::setsockopt(sending, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  ::close(listener);
  return {sending, receiving};
}

double cpu_of_child(pid_t child) {
  int status = 0;
  rusage usage{};
  OPW_CHECK(::wait4(child, &status, 0, &usage) == child && status == 0);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

int run(std::uint64_t bytes, bool encrypt) {
  const std::uint64_t frames = std::max<std::uint64_t>(1, bytes / kPlain);
  const Sockets sockets = connect_loopback();
  const pid_t child = ::fork();
  OPW_CHECK(child >= 0);
  if (child == 0) {
    ::close(sockets.receiving);
    pin(kSenderCpu);
    send_frames(sockets.sending, frames, encrypt);
    ::_exit(0);
  }
  ::close(sockets.sending);
  pin(kReceiverCpu);
  const interop::Meter meter;
  OPW_CHECK(receive_frames(sockets.receiving, encrypt) == frames);
  const double seconds = meter.wall_seconds();
  const double receiver = meter.cpu_seconds();
  const double mib = static_cast<double>(frames * kPlain) / (1 << 20);
  std::printf(R"({"event":"bound","encrypted":%s,"mib":%.1f,"seconds":%.4f,"sender_cpu_seconds":%.4f,)"
              R"("receiver_cpu_seconds":%.4f,"mib_per_second":%.1f})"
              "\n",
              encrypt ? "true" : "false", mib, seconds, cpu_of_child(child), receiver, mib / seconds);
  return 0;
}

}  // namespace
}  // namespace opwire::bench

int main(int argc, char** argv) {
  const std::string_view size = argc > 1 ? argv[1] : "";
  const bool plain = argc == 3 && std::string_view(argv[2]) == "--plain";
  std::uint64_t bytes = 0;
  const auto parsed = std::from_chars(size.data(), size.data() + size.size(), bytes);
  if (size.empty() || parsed.ptr != size.data() + size.size() || (argc > 2 && !plain) || argc > 3) {
    std::fputs("usage: bench_bound BYTES [--plain]\n", stderr);
    return 2;
  }
  return opwire::bench::run(bytes, !plain);
}
