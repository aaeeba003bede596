// Any text as a file of peers: what is taken is inside its limits, and is the same when it is written as lines, or as a
// bootstore, and read again.
#include "opwire/base/check.hpp"
#include "opwire/node/peer_import.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace opwire;
  using namespace opwire::node;
  const WallTime now = from_unix_seconds(1'700'000'000);
  const auto import = parse_peer_import(as_text({data, size}), std::nullopt, now);
  if (!import) return 0;
  OPW_CHECK(import->problems.size() <= kMaxProblems && import->problems.size() <= import->wrong);
  std::string lines;
  std::size_t records = 0;
  for (const PeerEntry& entry : import->entries) {
    lines += to_json(entry) + "\n";
    if (entry.metadata) ++records;
  }
  const auto again = parse_peer_import(lines + "{}\n{}", std::nullopt, now).value();
  OPW_CHECK(again.wrong == 2 && again.entries.size() == import->entries.size());
  for (std::size_t i = 0; i < again.entries.size(); ++i) {
    // Doubles of JSON come out a little off (Boost's).
    PeerEntry one = import->entries[i];
    PeerEntry other = again.entries[i];
    OPW_CHECK(one.scores.has_value() == other.scores.has_value() && one.ban.has_value() == other.ban.has_value());
    one.scores.reset(), other.scores.reset();
    if (one.ban) one.ban->scores.reset(), other.ban->scores.reset();
    OPW_CHECK(one == other);
  }
  const auto kona = parse_peer_import(to_bootstore(import->entries, std::nullopt), std::nullopt, now).value();
  OPW_CHECK(kona.wrong == 0 && kona.entries.size() == std::min<std::size_t>(records, 2048));
  // Foreign ones are those of another chain than the one that is asked for.
  const auto chosen = parse_peer_import(lines + "{}\n{}", ChainId{10}, now).value();
  OPW_CHECK(chosen.entries.size() + chosen.foreign == import->entries.size());
  return 0;
}
