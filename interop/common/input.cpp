#include "interop/common/input.hpp"

#include <poll.h>
#include <unistd.h>

#include "opwire/base/check.hpp"

namespace opwire::interop {
namespace {
constexpr std::size_t kMaxWaiting = 1024;
}

Input::Input(Loop& loop) : lines_(std::make_shared<Lines>(loop, kMaxWaiting)) {
  OPW_CHECK(::pipe(stop_) == 0);
  thread_ = std::thread([this, &loop] { read_all(loop); });
}

Input::~Input() {
  ::close(stop_[1]);
  thread_.join();
  ::close(stop_[0]);
}

void Input::read_all(Loop& loop) {
  std::string text;
  char piece[4096];
  while (true) {
    pollfd waiting[2] = {{STDIN_FILENO, POLLIN, 0}, {stop_[0], POLLIN, 0}};
    if (::poll(waiting, 2, -1) < 0 || waiting[1].revents != 0) return;
    const ssize_t got = ::read(STDIN_FILENO, piece, sizeof(piece));
    if (got <= 0) break;
    text.append(piece, static_cast<std::size_t>(got));
    for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n')) {
      loop.post([lines = lines_, line = text.substr(0, end)] { lines->push(line); });
      text.erase(0, end + 1);
    }
  }
  loop.post([lines = lines_] { lines->close(); });
}

}  // namespace opwire::interop
