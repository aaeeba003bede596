// Text from elsewhere, made fit for a terminal.
#pragma once

#include <string>
#include <string_view>

namespace opwire::cli {

/// What a terminal might obey, and whatever is not ASCII, is replaced by a question mark; cut at so many characters.
inline std::string printable(std::string_view text, std::size_t most = 200) {
  std::string shown(text.substr(0, most));
  for (char& c : shown) {
    if (c < ' ' || c > '~') c = '?';
  }
  return shown;
}

}  // namespace opwire::cli
