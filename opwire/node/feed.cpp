#include "opwire/node/feed.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>

#include <boost/json.hpp>

#include "opwire/codec/hex.hpp"

namespace opwire::node {
namespace {

constexpr log::Logger kLog{"feed"};
constexpr Duration kRetry = std::chrono::milliseconds(50);
// What a pipe that poll() calls writable takes at once (PIPE_BUF).
constexpr std::size_t kPiece = 4096;

}  // namespace

std::string to_rfc3339(WallTime time) {
  const auto micros = std::chrono::floor<std::chrono::microseconds>(time.time_since_epoch()).count();
  const std::time_t seconds = static_cast<std::time_t>(micros / 1'000'000);
  std::tm calendar{};
  gmtime_r(&seconds, &calendar);
  std::array<char, 64> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &calendar);
  std::snprintf(text.data() + size, text.size() - size, ".%06dZ", static_cast<int>(micros % 1'000'000));
  return text.data();
}

std::string to_feed_line(const opstack::AcceptedBlock& block) {
  const opstack::ExecutionPayload& payload = block.envelope.payload;
  const boost::json::object line{
      {"number", payload.number.value},
      {"hash", codec::to_hex0x(payload.block_hash.view())},
      {"parentHash", codec::to_hex0x(payload.parent_hash.view())},
      {"timestamp", payload.timestamp},
      {"version", static_cast<int>(payload.version)},
      {"topic", block.topic},
      {"from", block.from.to_string()},
      {"signer", codec::to_checksum_hex(block.signer)},
      {"bytes", block.wire_size},
      {"received_at", to_rfc3339(block.received_at)},
      {"validated_us", std::chrono::duration_cast<std::chrono::microseconds>(block.validated_in).count()},
  };
  return boost::json::serialize(line);
}

Feed::Feed(Loop& loop, std::string path, int fd, bool owned)
    : loop_(loop), path_(std::move(path)), fd_(fd), owned_(owned), retry_(loop, [this] { write_pending(); }) {}

Feed::~Feed() {
  write_pending();
  if (owned_) ::close(fd_);
}

Result<std::unique_ptr<Feed>, std::string> Feed::open(Loop& loop, const std::string& path) {
  if (path == "-") return std::unique_ptr<Feed>(new Feed(loop, "standard output", STDOUT_FILENO, false));
  // Non-blocking: a named pipe without a reader is an error and not a wait.
  const int fd = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0644);
  if (fd < 0) {
    return "feed file " + path + ": " + (errno == ENXIO ? "a pipe that nobody reads" : std::strerror(errno));
  }
  return std::unique_ptr<Feed>(new Feed(loop, path, fd, true));
}

void Feed::on_block(const opstack::AcceptedBlock& block) {
  std::string line = broken_line_ && pending_.empty() ? "\n" : "";
  line += to_feed_line(block) + "\n";
  if (pending_bytes_ + line.size() > kMaxPending) {
    warn("the feed's reader is too slow: a block is left out", 0);
    return;
  }
  pending_bytes_ += line.size();
  pending_.push_back(std::move(line));
  write_pending();
}

bool Feed::writable() const {
  pollfd query{fd_, POLLOUT, 0};
  return ::poll(&query, 1, 0) == 1;
}

void Feed::write_pending() {
  while (!pending_.empty() && writable()) {
    const std::string_view rest = std::string_view(pending_.front()).substr(written_of_first_);
    const ssize_t size = ::write(fd_, rest.data(), std::min(rest.size(), kPiece));
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EAGAIN) break;
    if (size < 0) {
      warn("cannot write the feed; the node goes on", errno);
      broken_line_ = broken_line_ || written_of_first_ > 0;
      written_of_first_ = 0;
      pending_bytes_ = 0;
      pending_.clear();
      return;
    }
    broken_line_ = false;
    written_of_first_ += static_cast<std::size_t>(size);
    if (written_of_first_ == pending_.front().size()) {
      pending_bytes_ -= pending_.front().size();
      pending_.pop_front();
      written_of_first_ = 0;
    }
  }
  if (!pending_.empty()) retry_.arm_in(kRetry);
}

void Feed::warn(std::string_view what, int system_error) {
  if (!warnings_.admit(loop_.now())) return;
  kLog.warn(what, {{"file", path_},
                   {"reason", system_error == 0 ? "" : std::strerror(system_error)},
                   {"left_out", warnings_.suppressed()}});
}

}  // namespace opwire::node
