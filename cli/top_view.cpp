#include "cli/top_view.hpp"

#include <algorithm>
#include <cstdio>
#include <ranges>

#include "cli/printable.hpp"

namespace opwire::cli {
namespace {

constexpr std::size_t kGap = 2;          // columns between fields and between columns of a table
constexpr std::size_t kLeastColumn = 6;  // what is cut to less says nothing
constexpr std::size_t kBar = 30;
constexpr std::size_t kTableLines = 5;       // what a table needs to be worth it, with the empty line above
constexpr std::size_t kNoLimit = 1'000'000;  // lines

template <class... Values>
std::string format(const char* pattern, Values... values) {
  char text[160];
  const int size = std::snprintf(text, sizeof text, pattern, values...);
  return {text, std::min(static_cast<std::size_t>(std::max(size, 0)), sizeof text - 1)};
}

std::string number(std::uint64_t value) {
  return std::to_string(value);
}

std::string clipped(std::string text, std::size_t columns) {
  if (text.size() > columns) text.resize(columns);
  return text;
}

/// "0x12345678..9abc": both ends of what is too long to be read.
std::string shortened(const std::string& text, std::size_t front, std::size_t back) {
  if (text.size() <= front + back + 2) return text;
  return text.substr(0, front) + ".." + text.substr(text.size() - back);
}

std::string in_words(double seconds) {
  const double size = seconds < 0 ? -seconds : seconds;
  if (size < 0.01) return format("%.1f ms", seconds * 1000);
  if (size < 1) return format("%.0f ms", seconds * 1000);
  if (size < 10) return format("%.1f s", seconds);
  if (size < 600) return format("%.0f s", seconds);
  if (size < 36'000) return format("%.0f min", seconds / 60);
  return format("%.0f h", std::min(seconds / 3600, 1e9));
}

// In whole seconds, as timestamps are.
std::string age(std::uint64_t timestamp, WallTime now) {
  const double seconds = static_cast<double>(unix_seconds(now)) - static_cast<double>(timestamp);
  const double size = seconds < 0 ? -seconds : seconds;
  const std::string text = size < 10 ? format("%.0f s", size) : in_words(size);
  return seconds < 0 ? "in " + text : text + " old";
}

std::string with_age(const std::optional<TopHead>& head, WallTime now) {
  return head ? number(head->number) + " (" + age(head->timestamp, now) + ")" : "-";
}

/// Lines of fields, as many in each as there is room for.
class Screen {
 public:
  explicit Screen(std::size_t columns) : columns_(std::max<std::size_t>(columns, 1)) {}

  void fields(const std::vector<std::string>& all) {
    std::string line;
    for (const std::string& field : all) {
      if (!line.empty() && line.size() + kGap + field.size() > columns_) add(std::exchange(line, ""));
      line += (line.empty() ? "" : std::string(kGap, ' ')) + field;
    }
    add(line);
  }
  void add(const std::string& text, bool heading = false) {
    lines_.push_back({clipped(printable(text, columns_), columns_), heading});
  }
  std::size_t columns() const noexcept { return columns_; }
  std::size_t size() const noexcept { return lines_.size(); }
  std::vector<TopLine> take() { return std::move(lines_); }

 private:
  std::size_t columns_;
  std::vector<TopLine> lines_;
};

/// The first columns are the ones that matter most: the last ones go, or are cut, where the screen is narrow.
struct Table {
  std::vector<std::string> titles;
  std::vector<bool> right;  // aligned
  std::vector<std::vector<std::string>> rows;

  std::size_t width(std::size_t column) const {
    std::size_t most = titles[column].size();
    for (const auto& row : rows) most = std::max(most, row[column].size());
    return most;
  }
  /// Widths of the columns that fit.
  std::vector<std::size_t> fit(std::size_t columns) const {
    std::vector<std::size_t> widths;
    std::size_t used = 0;
    for (std::size_t i = 0; i < titles.size(); ++i) {
      const std::size_t gap = i == 0 ? 0 : kGap;
      const std::size_t room = columns - std::min(columns, used + gap);
      const std::size_t wanted = width(i);
      if (i > 0 && room < wanted && (right[i] || room < kLeastColumn)) break;
      widths.push_back(std::min(wanted, room));
      used += gap + widths.back();
      if (room < wanted) break;
    }
    return widths;
  }
  std::string line(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) const {
    std::string text;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      const std::string cell = clipped(cells[i], widths[i]);
      const std::string pad(widths[i] - cell.size(), ' ');
      text += (i == 0 ? "" : std::string(kGap, ' ')) + (right[i] ? pad + cell : cell + pad);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
  }
  void draw(Screen& screen, std::size_t most_rows) const {
    const std::vector<std::size_t> widths = fit(screen.columns());
    screen.add(line(titles, widths), true);
    const std::size_t shown = rows.size() <= most_rows ? rows.size() : most_rows - std::min<std::size_t>(most_rows, 1);
    for (std::size_t i = 0; i < shown; ++i) screen.add(line(rows[i], widths));
    if (shown < rows.size() && most_rows > 0) screen.add("and " + number(rows.size() - shown) + " more");
  }
};

std::vector<std::string> sync_fields(const TopData& data) {
  if (data.sync) {
    const TopSync& sync = *data.sync;
    const double done = sync.wanted == 0 ? 1 : static_cast<double>(sync.proved) / static_cast<double>(sync.wanted);
    const auto filled = static_cast<std::size_t>(std::clamp(done, 0.0, 1.0) * kBar);
    return {"[" + std::string(filled, '#') + std::string(kBar - filled, '.') + "]",
            number(sync.proved) + " of " + number(sync.wanted) + " blocks", "from " + number(sync.peers) + " peers",
            "for " + number(sync.seconds) + " s"};
  }
  if (data.head && data.gossiped && data.gossiped->number > data.head->number) {
    return {"sync " + number(data.gossiped->number - data.head->number) + " blocks behind gossip"};
  }
  return {"sync nothing is being fetched"};
}

std::string clock_text(const TopData& data) {
  std::string text = "clock " + (data.clock.empty() ? "-" : data.clock);
  if (data.skew_ms) text += " (" + in_words(*data.skew_ms / 1000) + ")";
  return text;
}

void draw_head(Screen& screen, const TopData& data, const TopFrame& frame) {
  const auto printed = [](const std::string& text) { return printable(text); };
  screen.fields({"opwire " + printed(data.version), printed(data.chain) + " (" + number(data.chain_id) + ")",
                 printed(frame.url)});
  if (!frame.problem.empty()) screen.add("NO ANSWER: " + printed(frame.problem), true);
  screen.fields({"head " + with_age(data.head, frame.now), "gossip " + with_age(data.gossiped, frame.now),
                 "safe " + (data.safe ? number(data.safe->number) : "-"),
                 "finalized " + (data.finalized ? number(data.finalized->number) : "-")});
  screen.fields(sync_fields(data));
  screen.fields({"accepted " + number(data.accepted), "rejected " + number(data.rejected),
                 "ignored " + number(data.ignored), "throttled " + number(data.throttled),
                 "equivocations " + number(data.equivocations), printed(clock_text(data))});
  std::vector<std::string> peers{"peers " + number(data.connected), "known " + number(data.known),
                                 "banned " + number(data.banned)};
  if (data.discovery) {
    peers.push_back("discovery " + number(data.discovery->table) + " nodes");
    peers.push_back(number(data.discovery->live) + " live");
    peers.push_back(number(data.discovery->candidates) + " candidates");
  }
  screen.fields(peers);
}

// The newest version, which is the one in use, first.
Table topics_table(const TopData& data) {
  Table table{{"TOPIC", "MESH", "PEERS"}, {false, true, true}, {}};
  for (const TopTopic& topic : std::views::reverse(data.topics)) {
    table.rows.push_back({printable(topic.name, 40), number(topic.mesh), number(topic.peers)});
  }
  return table;
}

Table blocks_table(const TopData& data) {
  Table table{{"BLOCK", "LATE", "BYTES", "CHECKED", "HASH", "FROM"}, {true, true, true, true, false, false}, {}};
  for (const TopBlock& block : data.blocks) {
    table.rows.push_back({number(block.number),
                          block.late ? in_words(std::chrono::duration<double>(*block.late).count()) : "-",
                          number(block.bytes), format("%.1f ms", static_cast<double>(block.checked_us) / 1000),
                          shortened(printable(block.hash), 10, 4), shortened(printable(block.from), 8, 6)});
  }
  return table;
}

Table peers_table(const TopData& data) {
  Table table{{"PEER", "SCORE", "LATENCY", "DIR", "AGENT", "ADDRESS"}, {false, true, true, false, false, false}, {}};
  for (const TopPeer& peer : data.peers) {
    const char* const direction = peer.direction == 1 ? "in" : peer.direction == 2 ? "out" : "-";
    table.rows.push_back({shortened(printable(peer.id), 8, 6), format("%.2f", std::clamp(peer.score, -1e9, 1e9)),
                          peer.latency_ns > 0 ? in_words(peer.latency_ns / 1e9) : "-",
                          std::string(direction) + (peer.gossips ? "" : " mute"), printable(peer.agent, 24),
                          printable(peer.address, 60)});
  }
  return table;
}

}  // namespace

std::vector<TopLine> top_lines(const TopData& data, const TopFrame& frame) {
  Screen screen(frame.columns);
  draw_head(screen, data, frame);
  std::vector<Table> tables{topics_table(data), blocks_table(data), peers_table(data)};
  while (frame.lines != 0 && tables.size() > 1 && frame.lines < screen.size() + kTableLines * tables.size()) {
    tables.erase(tables.begin());
  }
  // Beside the headings and the empty lines above them: a third for topics and for blocks, or more where peers are few.
  const std::size_t fixed = screen.size() + 2 * tables.size();
  std::size_t room = frame.lines == 0 ? kNoLimit : frame.lines - std::min(frame.lines, fixed);
  std::size_t later = 0;
  for (const Table& table : tables) later += table.rows.size();
  for (const Table& table : tables) {
    later -= table.rows.size();
    const std::size_t most = std::max(later == 0 ? room : room / 3, room - std::min(room, later));
    screen.add("");
    table.draw(screen, most);
    room -= std::min({room, table.rows.size(), most});
  }
  std::vector<TopLine> lines = screen.take();
  if (frame.lines != 0 && lines.size() > frame.lines) lines.resize(frame.lines);
  return lines;
}

}  // namespace opwire::cli
