#include "cli/terminal_screen.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>

namespace opwire::cli {
namespace {

constexpr const char* kEnter = "\x1b[?1049h\x1b[?25l\x1b[2J";
constexpr const char* kLeave = "\x1b[0m\x1b[?25h\x1b[?1049l";

void put(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

}  // namespace

TerminalSize terminal_size() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0) return {};
  return {size.ws_col, size.ws_row};
}

TerminalScreen::TerminalScreen() {
  termios settings{};
  if (tcgetattr(STDIN_FILENO, &settings) == 0) {
    before_ = settings;
    settings.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    settings.c_cc[VMIN] = 0;
    settings.c_cc[VTIME] = 0;
    settings.c_cc[VSUSP] = _POSIX_VDISABLE;
    settings.c_cc[VQUIT] = _POSIX_VDISABLE;
    (void)tcsetattr(STDIN_FILENO, TCSANOW, &settings);
  }
  put(kEnter);
}

TerminalScreen::~TerminalScreen() {
  put(kLeave);
  if (before_) (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &*before_);
}

void TerminalScreen::draw(const std::vector<TopLine>& lines) {
  std::string out = "\x1b[H";
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const TopLine& line = lines[i];
    out += line.heading ? "\x1b[1m" + line.text + "\x1b[0m" : line.text;
    out += "\x1b[K";  // what is left of a longer line before
    if (i + 1 < lines.size()) out += "\r\n";
  }
  put(out + "\x1b[J");
}

std::optional<char> TerminalScreen::key() {
  pollfd query{STDIN_FILENO, POLLIN, 0};
  char pressed = 0;
  if (!before_ || ::poll(&query, 1, 0) != 1 || ::read(STDIN_FILENO, &pressed, 1) != 1) return std::nullopt;
  return pressed;
}

}  // namespace opwire::cli
