// opwire peers ls|show|ban|unban|export|import.
#include "cli/peers.hpp"

#include <unistd.h>

#include <cstdio>
#include <memory>

#include "cli/command.hpp"
#include "cli/peers_view.hpp"
#include "cli/printable.hpp"
#include "cli/terminal_screen.hpp"
#include "opwire/node/peer_books.hpp"
#include "opwire/node/peer_file.hpp"
#include "opwire/node/peer_import.hpp"
#include "opwire/opstack/chain/registry.hpp"

namespace opwire::cli {
namespace {

constexpr const char* kFooter = R"(
The file is that of `opwire run --p2p.peerstore.path`; reading it is no matter to a node that runs. ban, unban and import
change it when no node has it open, and otherwise go to that node with --rpc.

  opwire peers ls
  opwire peers show PEER_OR_ITS_END
  opwire peers ban 16Uiu2HA… --for 24h --reason "floods" --rpc http://127.0.0.1:9545
  opwire peers export > peers.jsonl
  opwire peers import ~/.kona/10/bootstore.json --network op-mainnet)";

int with_file(const PeersOptions& options, int (*command)(const node::PeerFile&, const PeersOptions&, WallTime)) {
  const WallTime now = SystemClock().wall_now();
  const auto file = node::read_peer_file(options.path(), now);
  if (!file) return fail(kUsage, file.error());
  const int code = command(**file, options, now);
  const bool is_partial = code == kOk && (*file)->unreadable > 0;
  if (is_partial) return fail(kFailed, std::to_string((*file)->unreadable) + " records cannot be read");
  return code;
}

int list(const node::PeerFile& file, const PeersOptions& options, WallTime now) {
  if (options.json) {
    for (const node::PeerEntry& entry : file.peers) std::printf("%s\n", node::to_json(entry).c_str());
    for (const std::string& line : address_json_lines(file, now)) std::printf("%s\n", line.c_str());
    return kOk;
  }
  const bool is_terminal = isatty(STDOUT_FILENO) != 0;
  for (const std::string& line : peer_table(file, now, is_terminal ? terminal_size().columns : 0)) {
    std::printf("%s\n", line.c_str());
  }
  return kOk;
}

/// Whose id this is, or ends in it.
Result<const node::PeerEntry*, std::string> find(const node::PeerFile& file, const std::string& name) {
  const node::PeerEntry* found = nullptr;
  for (const node::PeerEntry& entry : file.peers) {
    const std::string id = entry.peer.to_string();
    if (id == name) return &entry;
    if (!id.ends_with(name)) continue;
    if (found != nullptr) return "'" + printable(name) + "' is the end of more than one peer's id";
    found = &entry;
  }
  if (found != nullptr) return found;
  // Its id in another form.
  const auto peer = PeerId::parse_text(name);
  for (const node::PeerEntry& entry : file.peers) {
    if (peer && entry.peer == *peer) return &entry;
  }
  return "nothing is known of '" + printable(name) + "'";
}

int show(const node::PeerFile& file, const PeersOptions& options, WallTime now) {
  const auto found = find(file, options.peer);
  if (!found) return fail(kFailed, found.error());
  if (options.json) {
    std::printf("%s\n", node::to_json(**found).c_str());
    return kOk;
  }
  for (const std::string& line : peer_lines(**found, now)) std::printf("%s\n", line.c_str());
  return kOk;
}

int export_peers(const node::PeerFile& file, const PeersOptions& options, WallTime) {
  const auto chain = options.chain();
  if (!chain) return fail(kUsage, chain.error());
  if (options.kona) {
    std::printf("%s\n", node::to_bootstore(file.peers, *chain).c_str());
    return kOk;
  }
  for (const node::PeerEntry& entry : file.peers) {
    const bool is_foreign = *chain && entry.metadata && entry.metadata->chain != **chain;
    if (!is_foreign) std::printf("%s\n", node::to_json(entry).c_str());
  }
  return kOk;
}

void add_chain(CLI::App& app, PeersOptions& options) {
  app.add_option("--network", options.network, "Only peers of this chain of the registry: op-mainnet ...");
  app.add_option("--chain-id", options.chain_id, "Only peers of the chain with this id");
}

}  // namespace

std::filesystem::path PeersOptions::path() const {
  return file.empty() ? node::peer_books_file(peerstore) : std::filesystem::path(file);
}

Result<std::optional<ChainId>, std::string> PeersOptions::chain() const {
  if (!network.empty() && chain_id != 0) return std::string("give --network or --chain-id, not both");
  if (chain_id != 0) return std::optional(ChainId{chain_id});
  if (network.empty()) return std::optional<ChainId>();
  const auto found = opstack::find_chain(network);
  if (!found) return "--network: " + found.error();
  return std::optional((*found)->config.l2_chain_id);
}

std::vector<Command> add_peers(CLI::App& root) {
  CLI::App* group = root.add_subcommand("peers", "What a node knows of its peers: list, ban, export, import.");
  group->require_subcommand(1)->footer(kFooter);
  const auto options = std::make_shared<PeersOptions>();
  const auto add = [&](const char* name, const char* text) {
    CLI::App* app = group->add_subcommand(name, text);
    app->add_option("--file", options->file, "The file itself; default: by --p2p.peerstore.path")->type_name("FILE");
    app->add_option("--p2p.peerstore.path", options->peerstore, "As the node has it")
        ->type_name("FOLDER")
        ->capture_default_str();
    return app;
  };
  CLI::App* ls = add("ls", "A line a peer: score, when it was seen, agent, address, ban.");
  ls->add_flag("--json", options->json, "JSON, a line a peer");
  CLI::App* shown = add("show", "All that is known of one peer.");
  shown->add_option("PEER", options->peer, "Its id, or the end of it")->required();
  shown->add_flag("--json", options->json, "JSON");
  CLI::App* banned = add("ban", "Keep a peer out for a time.");
  banned->add_option("PEER", options->peer, "Its id")->required();
  banned->add_option("--for", options->duration, "How long, seven days at most")
      ->type_name("DURATION")
      ->capture_default_str();
  banned->add_option("--reason", options->reason, "For people who look later");
  CLI::App* unbanned = add("unban", "Lift a peer's ban.");
  unbanned->add_option("PEER", options->peer, "Its id")->required();
  CLI::App* exported = add("export", "All peers to standard output: JSON, a line a peer.");
  exported->add_flag("--kona", options->kona, "kona's bootstore: a JSON array of node records");
  CLI::App* imported = add("import", "Peers from a file: exported ones, kona's bootstore, op-node's opp2p_peers.");
  imported->add_option("FILE", options->input, "-: standard input")->required();
  for (CLI::App* app : {exported, imported}) add_chain(*app, *options);
  for (CLI::App* app : {banned, unbanned, imported})
    add_node_rpc(*app, options->rpc, "The RPC of the node that has the file open");
  return {{ls, [options] { return with_file(*options, list); }},
          {shown, [options] { return with_file(*options, show); }},
          {banned, [options] { return ban_peer(*options); }},
          {unbanned, [options] { return unban_peer(*options); }},
          {exported, [options] { return with_file(*options, export_peers); }},
          {imported, [options] { return import_peers(*options); }}};
}

}  // namespace opwire::cli
