// The whole terminal for as long as a command shows something live; afterwards it is as it was.
#pragma once

#include <termios.h>

#include <optional>

#include "cli/top_view.hpp"

namespace opwire::cli {

struct TerminalSize {
  std::size_t columns = 80;
  std::size_t lines = 24;
  friend bool operator==(const TerminalSize&, const TerminalSize&) = default;
};
/// Of the terminal behind standard output; 80 by 24 where it does not say.
TerminalSize terminal_size();

/// The alternate screen without a cursor, keys without Enter. Ctrl-C stays a signal; Ctrl-Z and Ctrl-\, which would
/// leave the screen as it is, do nothing. Only one at a time.
class TerminalScreen {
 public:
  TerminalScreen();
  ~TerminalScreen();
  TerminalScreen(const TerminalScreen&) = delete;
  TerminalScreen& operator=(const TerminalScreen&) = delete;

  static void draw(const std::vector<TopLine>& lines);
  /// The oldest key that was pressed and not taken yet; none: there is none.
  std::optional<char> key();

 private:
  std::optional<termios> before_;  // of standard input; none: that is no terminal
};

}  // namespace opwire::cli
