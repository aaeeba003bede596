#include "opwire/node/peer_import.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace opwire::node {
namespace {

namespace json = boost::json;

constexpr std::size_t kBootstoreRecords = 2048;  // kona's

json::parse_options limits() {
  json::parse_options options;
  options.max_depth = 16;
  return options;
}

std::optional<json::value> parse(std::string_view text) {
  json::error_code failed;
  json::value value = json::parse(text, failed, {}, limits());
  return failed ? std::nullopt : std::optional(std::move(value));
}

class Import {
 public:
  Import(std::optional<ChainId> chain, WallTime now) : chain_(chain), now_(now) {}

  /// False: nothing of the kind.
  bool take_whole(const json::value& value) {
    if (const json::array* const all = value.if_array()) return take_array(*all), true;
    const json::object* const fields = value.if_object();
    if (fields == nullptr) return false;
    if (const json::value* const result = fields->if_contains("result")) return take_whole(*result);
    if (const json::value* const peers = fields->if_contains("peers")) {
      return peers->is_object() && take_map(peers->get_object());
    }
    if (!fields->contains("peerID")) return take_map(*fields);
    return take(value, {}, "line 1"), true;
  }

  void take_lines(std::string_view text) {
    for (std::size_t number = 1; !text.empty(); ++number) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      const std::string_view line = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      if (line.find_first_not_of(" \t\r") == line.npos) continue;
      const std::string where = "line " + std::to_string(number);
      const auto value = parse(line);
      value ? take(*value, {}, where) : fail(where, "not JSON");
    }
  }

  PeerImport finish() { return std::move(out_); }

 private:
  void take_array(const json::array& all) {
    out_.is_bootstore = std::ranges::all_of(all, [](const json::value& one) { return one.is_string(); });
    for (std::size_t i = 0; i < all.size(); ++i) {
      const std::string where = "entry " + std::to_string(i + 1);
      const json::string* const enr = all[i].if_string();
      enr != nullptr ? take_record(*enr, where) : take(all[i], {}, where);
    }
  }
  bool take_map(const json::object& all) {
    const bool is_map = std::ranges::all_of(all, [](const auto& one) { return one.value().is_object(); });
    if (!is_map) return false;
    for (const auto& [name, value] : all) take(value, name, std::string(name.substr(0, 80)));
    return true;
  }

  void take_record(std::string_view enr, const std::string& where) {
    auto entry = entry_of_record(enr, now_);
    entry ? add(std::move(*entry)) : fail(where, entry.error().message());
  }
  void take(const json::value& value, std::string_view name, const std::string& where) {
    auto entry = parse_peer_entry(value, now_, name);
    entry ? add(std::move(*entry)) : fail(where, entry.error());
  }
  void add(PeerEntry entry) {
    if (chain_ && entry.metadata && entry.metadata->chain != *chain_) {
      ++out_.foreign;
    } else {
      out_.entries.push_back(std::move(entry));
    }
  }
  void fail(const std::string& where, const std::string& why) {
    ++out_.wrong;
    if (out_.problems.size() < kMaxProblems) out_.problems.push_back({where, why});
  }

  std::optional<ChainId> chain_;
  WallTime now_;
  PeerImport out_;
};

}  // namespace

Result<PeerImport, std::string> parse_peer_import(std::string_view text, std::optional<ChainId> chain, WallTime now) {
  if (text.size() > kMaxImport) return std::string("larger than 64 MiB");
  Import import(chain, now);
  if (const auto whole = parse(text)) {
    if (!import.take_whole(*whole)) return std::string("neither node records nor peers");
  } else if (text.find('{') == text.npos) {
    return std::string("not JSON");
  } else {
    import.take_lines(text);
  }
  return import.finish();
}

std::string to_bootstore(const std::vector<PeerEntry>& entries, std::optional<ChainId> chain) {
  std::vector<const PeerEntry*> with_record;
  for (const PeerEntry& entry : entries) {
    const bool counts = entry.metadata && !entry.metadata->enr.empty() && (!chain || entry.metadata->chain == *chain);
    if (counts) with_record.push_back(&entry);
  }
  // Those of one moment stay in their order, which is that of their places in memory.
  std::ranges::sort(with_record, {},
                    [](const PeerEntry* entry) { return std::pair(entry->metadata->last_update, entry); });
  const std::size_t left_out = with_record.size() - std::min(with_record.size(), kBootstoreRecords);
  json::array records;
  for (std::size_t i = left_out; i < with_record.size(); ++i) records.emplace_back(with_record[i]->metadata->enr);
  return json::serialize(records);
}

}  // namespace opwire::node
