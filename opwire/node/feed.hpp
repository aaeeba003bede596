// The feed: one JSON line for each accepted block, for programs that read a file or a pipe.
//
//   {"number":…,"hash":"0x…","parentHash":"0x…","timestamp":…,"version":4,"topic":"/optimism/10/3/blocks","from":"16Uiu2…",
//    "signer":"0x…","bytes":…,"received_at":"2024-05-01T12:00:00.123456Z","validated_us":…}
//
// version is the payload's (1 to 4), bytes the size as gossiped, validated_us how long the checks took.
#pragma once

#include <deque>
#include <memory>
#include <string>

#include "opwire/base/log.hpp"
#include "opwire/opstack/gossip/block_sink.hpp"
#include "opwire/runtime/loop.hpp"

namespace opwire::node {

/// "2024-05-01T12:00:00.123456Z": RFC 3339, UTC, microseconds.
std::string to_rfc3339(WallTime time);
/// One object on one line, without the newline.
std::string to_feed_line(const opstack::AcceptedBlock& block);

/// Appends to a file. Each line is written as soon as it is there, whole. A reader that is slow holds nothing up: lines
/// wait for it, kMaxPending bytes of them, and are then left out with a warning. A write that fails is a warning too.
class Feed final : public opstack::BlockSink {
 public:
  static constexpr std::size_t kMaxPending = std::size_t{1} << 20;

  /// path: created when missing, appended to otherwise; "-" is standard output. SIGPIPE must be ignored where the
  /// reader may go away. Errors: a line that names the file and the reason.
  static Result<std::unique_ptr<Feed>, std::string> open(Loop& loop, const std::string& path);
  ~Feed() override;

  void on_block(const opstack::AcceptedBlock& block) override;
  /// What still waits for the reader, in bytes.
  std::size_t pending() const noexcept { return pending_bytes_; }

 private:
  Feed(Loop& loop, std::string path, int fd, bool owned);
  /// Writes what can be written without waiting.
  void write_pending();
  bool writable() const;
  void warn(std::string_view what, int system_error);

  Loop& loop_;
  std::string path_;
  int fd_;
  bool owned_;
  std::deque<std::string> pending_;
  std::size_t pending_bytes_ = 0;
  std::size_t written_of_first_ = 0;
  bool broken_line_ = false;  ///< the file ends in the middle of a line
  log::Limit warnings_;
  Timer retry_;
};

}  // namespace opwire::node
