// A peer that sends anything, between an application that opens, reads, writes and closes.
// Input: an op byte and its arguments, again and again. What must hold: no stream keeps more than its window, what
// waits to be sent stays within its limits, and an error is final.
#include <vector>

#include "opwire/base/check.hpp"
#include "opwire/p2p/yamux/core.hpp"

namespace opwire::yamux {
namespace {

class Player {
 public:
  explicit Player(ByteView input)
      : input_(input), core_(take() % 2 ? Role::kDialer : Role::kListener, limits(), now_) {}

  void play() {
    while (!input_.empty()) {
      now_ += std::chrono::milliseconds(take());
      step(take() % 8);
      OPW_CHECK(core_.incoming_count() <= limits().max_incoming_streams);
    }
    for (const StreamId id : open_) core_.release(id, now_);
  }

 private:
  static Options limits() {
    Options options;
    options.max_incoming_streams = 8;
    options.max_control_frames = 16;
    options.max_window = 1024 * 1024;
    return options;
  }

  std::uint8_t take() {
    if (input_.empty()) return 0;
    const std::uint8_t byte = input_[0];
    input_ = input_.subspan(1);
    return byte;
  }

  void step(unsigned op) {
    switch (op) {
      case 0:
      case 1:
      case 2:
        return feed(take());
      case 3:
        return read();
      case 4:
        return open();
      case 5:
        return write();
      case 6:
        return collect();
      case 7:
        return close();
    }
  }

  void feed(std::size_t size) {
    const ByteView bytes = input_.first(std::min(size, input_.size()));
    input_ = input_.subspan(bytes.size());
    const bool over = core_.error().has_value();
    const Result<void> done = core_.feed(Buffer::copy_of(bytes), now_);
    OPW_CHECK(!over || !done);
    while (const auto touched = core_.next_touched()) {
      if (touched->what & kNew) open_.push_back(touched->stream);
    }
  }

  void read() {
    for (const StreamId id : open_) {
      std::size_t total = 0;
      for (;;) {
        const auto got = core_.read(id, 1 + take() * 100u, now_);
        if (!got || !*got || (*got)->empty()) break;
        total += (*got)->size();
      }
      OPW_CHECK(total <= limits().max_window);
    }
  }

  void open() {
    if (const auto id = core_.open(now_)) open_.push_back(*id);
  }

  void write() {
    if (open_.empty()) return;
    const StreamId id = open_[take() % open_.size()];
    const auto room = core_.write_room(id);
    if (!room) return;
    core_.write_copy(id, Bytes(std::min<std::size_t>(*room, take() * 256u)));
    OPW_CHECK(core_.unsent(id) <= limits().max_copied);
  }

  void collect() {
    std::vector<OutPiece> pieces;
    core_.collect(pieces, 100'000, now_);
    std::size_t due = 0;  // of the payload that the last header announced
    for (const OutPiece& piece : pieces) {
      if (piece.header) {
        OPW_CHECK(due == 0);
        const Result<Header> header = parse_header(*piece.header);
        OPW_CHECK(header.has_value());
        due = header->type == FrameType::kData ? header->length : 0;
      }
      OPW_CHECK(piece.payload.size() <= due);
      due -= piece.payload.size();
    }
    OPW_CHECK(due == 0);
    core_.on_written();
    if (const auto done = core_.on_time(now_); !done) OPW_CHECK(core_.error().has_value());
  }

  void close() {
    if (open_.empty()) return;
    const std::size_t index = take() % open_.size();
    const StreamId id = open_[index];
    switch (take() % 4) {
      case 0:
        return core_.close_write(id);
      case 1:
        return core_.close_read(id);
      case 2:
        return core_.reset(id);
      case 3:
        core_.release(id, now_);
        open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(index));
    }
  }

  ByteView input_;
  TimePoint now_{std::chrono::hours(1)};
  SessionCore core_;
  std::vector<StreamId> open_;
};

}  // namespace
}  // namespace opwire::yamux

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  opwire::yamux::Player(opwire::ByteView(data, size)).play();
  return 0;
}
