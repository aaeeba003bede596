// How `opwire top` looks: a pure function from what a node says to lines of text.
#pragma once

#include "cli/top_data.hpp"

namespace opwire::cli {

struct TopLine {
  std::string text;  ///< printable ASCII, whatever peers call themselves
  bool heading = false;

  friend bool operator==(const TopLine&, const TopLine&) = default;
};

struct TopFrame {
  std::string url;
  std::string problem;  ///< why the data is old; empty: it is not
  WallTime now{};
  std::size_t columns = 80;  ///< no line is longer
  std::size_t lines = 0;     ///< nor are there more; 0: as many as it takes
};

std::vector<TopLine> top_lines(const TopData& data, const TopFrame& frame);

}  // namespace opwire::cli
