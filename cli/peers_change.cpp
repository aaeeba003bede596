// What `opwire peers` changes: in the file, where no node has it open, or through a node's RPC.
#include <cstdio>
#include <filesystem>

#include <boost/json.hpp>

#include "cli/command.hpp"
#include "cli/files.hpp"
#include "cli/go_values.hpp"
#include "cli/peers.hpp"
#include "cli/printable.hpp"
#include "opwire/base/log.hpp"
#include "opwire/node/api/peer_book_methods.hpp"
#include "opwire/node/peer_books.hpp"
#include "opwire/node/peer_import.hpp"
#include "opwire/p2p/swarm/memory_peer_store.hpp"
#include "opwire/runtime/reactor.hpp"
#include "opwire/store/errors.hpp"
#include "opwire/store/file_lock.hpp"

namespace opwire::cli {
namespace {

namespace json = boost::json;

constexpr Duration kForever = std::chrono::days(365 * 50);  // scores are the node's to forget

using Answer = Result<json::value, std::string>;

/// action: int(PeerBooks&, WallTime).
template <class Action>
Task<int> change_and_close(Loop& loop, WorkerPool& pool, const std::filesystem::path& path, const Action& action) {
  swarm::PeerStoreOptions all;
  all.max_peers = 1'000'000;
  swarm::MemoryPeerStore store(loop, all);
  node::PeerBooks books(loop, kForever);
  const auto opened = co_await books.open(pool, path, false, store, nullptr);
  int code = kOk;
  if (opened) {
    code = action(books, loop.wall_now());
    const auto written = co_await books.write();
    if (!written) code = fail(kFailed, path.string() + ": " + written.error().message());
  } else {
    code = fail(kUsage, opened.error());
  }
  co_await books.close();
  co_return code;
}

/// A line for the user, where the file cannot be changed here.
std::optional<std::string> why_not(const std::filesystem::path& path, bool may_create) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    if (may_create) return std::nullopt;
    return path.string() + ": no such file; is that the node's --p2p.peerstore.path?";
  }
  std::filesystem::path lock = path;
  const auto taken = store::FileLock::take(lock += ".lock");
  if (taken || !taken.error().is(store::errors::kBusy)) return std::nullopt;
  return path.string() + ": a node has it open: give --rpc with that node's URL";
}

template <class Action>
int with_books(const PeersOptions& options, bool may_create, const Action& action) {
  if (const auto why = why_not(options.path(), may_create)) return fail(kUsage, *why);
  ReactorLoop loop;
  WorkerPool pool(0);
  const std::filesystem::path path = options.path();
  return loop.run(change_and_close(loop, pool, path, action));
}

void keep_logs_quiet() {
  (void)log::configure(*log::parse_levels("error"));
}

Result<PeerId, std::string> peer_of(const PeersOptions& options) {
  const auto peer = PeerId::parse_text(options.peer);
  if (!peer) return "'" + printable(options.peer) + "' is not a peer id: " + peer.error().message();
  return *peer;
}

int said_ban(const PeerId& peer, WallTime until) {
  std::printf("%s is banned until %llu\n", peer.to_string().c_str(),
              static_cast<unsigned long long>(unix_seconds(until)));
  return kOk;
}

int said_unban(const PeerId& peer, bool was_banned) {
  if (!was_banned) return fail(kFailed, peer.to_string() + " was not banned");
  std::printf("%s is banned no more\n", peer.to_string().c_str());
  return kOk;
}

Task<int> ban_remotely(NodeRpc& node, PeerId peer, Duration duration, std::string reason) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
  const json::array params{peer.to_string(), seconds, reason};
  const Answer answer = co_await node.ask("opwire_banPeer", json::serialize(params));
  if (!answer) co_return fail(kFailed, answer.error());
  const json::object* const ban = answer->if_object();
  const json::value* const until = ban == nullptr ? nullptr : ban->if_contains("until");
  if (until == nullptr || !until->is_int64()) co_return fail(kFailed, "the node's answer cannot be read");
  co_return said_ban(peer, from_unix_seconds(static_cast<std::uint64_t>(until->get_int64())));
}

Task<int> unban_remotely(NodeRpc& node, PeerId peer) {
  const json::array params{peer.to_string()};
  const Answer answer = co_await node.ask("opwire_unbanPeer", json::serialize(params));
  if (!answer) co_return fail(kFailed, answer.error());
  const bool* const was_banned = answer->if_bool();
  co_return said_unban(peer, was_banned != nullptr && *was_banned);
}

/// What came of an import.
struct Outcome {
  std::uint64_t taken = 0;
  std::uint64_t foreign = 0;
  std::uint64_t wrong = 0;
};

void complain(const std::string& source, const std::string& where, const std::string& why) {
  std::fprintf(stderr, "%s: %s: %s\n", printable(source).c_str(), printable(where).c_str(), printable(why).c_str());
}

std::uint64_t count_of(const json::value& answer, std::string_view name) {
  const json::object* const fields = answer.if_object();
  const json::value* const value = fields == nullptr ? nullptr : fields->if_contains(name);
  return value != nullptr && value->is_int64() ? static_cast<std::uint64_t>(value->get_int64()) : 0;
}

void take_refused(const json::value& answer, const std::vector<node::PeerEntry>& entries, std::size_t first,
                  const std::string& source, Outcome& outcome) {
  const json::object* const fields = answer.if_object();
  const json::value* const refused = fields == nullptr ? nullptr : fields->if_contains("refused");
  if (refused == nullptr || !refused->is_array()) return;
  for (const json::value& one : refused->get_array()) {
    ++outcome.wrong;
    const std::size_t index = first + count_of(one, "entry");
    const json::object* const about = one.if_object();
    const json::value* const why = about == nullptr ? nullptr : about->if_contains("why");
    if (index >= entries.size() || why == nullptr || !why->is_string()) continue;
    complain(source, entries[index].peer.to_string(), std::string(why->get_string()));
  }
}

Task<Result<void, std::string>> import_remotely(NodeRpc& node, const std::vector<node::PeerEntry>& entries,
                                                const std::string& source, Outcome& outcome) {
  for (std::size_t first = 0; first < entries.size(); first += node::kMaxImported) {
    const std::size_t end = std::min(first + node::kMaxImported, entries.size());
    std::string params = "[[";
    for (std::size_t i = first; i < end; ++i) params += (i > first ? "," : "") + node::to_json(entries[i]);
    const Answer answer = co_await node.ask("opwire_importPeers", params + "]]");
    if (!answer) co_return answer.error();
    outcome.taken += count_of(*answer, "taken");
    outcome.foreign += count_of(*answer, "foreign");
    take_refused(*answer, entries, first, source, outcome);
  }
  co_return Result<void, std::string>();
}

int import_here(node::PeerBooks& books, const std::vector<node::PeerEntry>& entries, const std::string& source,
                Outcome& outcome) {
  for (const node::PeerEntry& entry : entries) {
    const auto taken = books.import(entry);
    ++(taken ? outcome.taken : outcome.wrong);
    if (!taken) complain(source, entry.peer.to_string(), taken.error().message());
  }
  return kOk;
}

int report(const Outcome& outcome) {
  const auto number = [](std::uint64_t value) { return static_cast<unsigned long long>(value); };
  std::printf("%llu peers imported, %llu of other chains left out\n", number(outcome.taken), number(outcome.foreign));
  if (outcome.wrong == 0) return kOk;
  return fail(kFailed, std::to_string(outcome.wrong) + " entries are wrong and were left out");
}

}  // namespace

int ban_peer(const PeersOptions& options) {
  const auto peer = peer_of(options);
  if (!peer) return fail(kUsage, peer.error());
  const auto duration = parse_go_duration(options.duration);
  const Duration longest = opstack::reputation::kBanRecordKept;
  if (!duration || *duration < std::chrono::seconds(1) || *duration > longest) {
    return fail(kUsage, "--for: '" + printable(options.duration) + "': a duration of 1s to 168h, as in 90m");
  }
  keep_logs_quiet();
  if (!options.rpc.url.empty()) {
    const auto action = [&](NodeRpc& node) { return ban_remotely(node, *peer, *duration, options.reason); };
    return with_node_rpc(options.rpc, action);
  }
  return with_books(options, false, [&](node::PeerBooks& books, WallTime now) {
    const auto ban = books.bans().peers.ban(*peer, now + *duration, options.reason, std::nullopt, now);
    return ban ? said_ban(*peer, ban->expiry) : fail(kFailed, "there are as many bans as are kept, and all end later");
  });
}

int unban_peer(const PeersOptions& options) {
  const auto peer = peer_of(options);
  if (!peer) return fail(kUsage, peer.error());
  keep_logs_quiet();
  if (!options.rpc.url.empty()) {
    const auto action = [&](NodeRpc& node) { return unban_remotely(node, *peer); };
    return with_node_rpc(options.rpc, action);
  }
  return with_books(options, false, [&](node::PeerBooks& books, WallTime) {
    books.forgive(*peer);
    return said_unban(*peer, books.bans().peers.lift(*peer));
  });
}

int import_peers(const PeersOptions& options) {
  const auto chain = options.chain();
  if (!chain) return fail(kUsage, chain.error());
  const auto content = read_input(options.input, node::kMaxImport);
  if (!content) return fail(kUsage, content.error());
  const std::string source = options.input == "-" ? "standard input" : options.input;
  const auto import = node::parse_peer_import(as_text(*content), *chain, SystemClock().wall_now());
  if (!import) return fail(kUsage, source + ": " + import.error());
  if (import->is_bootstore && !*chain && options.rpc.url.empty() && !import->entries.empty()) {
    return fail(kUsage, source + ": most records of a bootstore are of other chains: give --network or --chain-id");
  }
  keep_logs_quiet();
  Outcome outcome{0, import->foreign, import->wrong};
  for (const auto& problem : import->problems) complain(source, problem.where, problem.why);
  int code = kOk;
  if (options.rpc.url.empty()) {
    code = with_books(options, true, [&](node::PeerBooks& books, WallTime) {
      return import_here(books, import->entries, source, outcome);
    });
  } else {
    Result<void, std::string> done;
    const auto action = [&](NodeRpc& node) -> Task<int> {
      return [](NodeRpc& to, const std::vector<node::PeerEntry>& entries, const std::string& from, Outcome& so_far,
                Result<void, std::string>& result) -> Task<int> {
        result = co_await import_remotely(to, entries, from, so_far);
        co_return kOk;
      }(node, import->entries, source, outcome, done);
    };
    code = with_node_rpc(options.rpc, action);
    if (code == kOk && !done) code = fail(kFailed, done.error());
  }
  return code == kOk ? report(outcome) : code;
}

}  // namespace opwire::cli
