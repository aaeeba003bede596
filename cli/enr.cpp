// opwire enr show|make: node records.
#include <algorithm>
#include <chrono>
#include <cstdio>

#include <boost/json.hpp>

#include "cli/chain_options.hpp"
#include "cli/command.hpp"
#include "cli/discovery_options.hpp"
#include "cli/files.hpp"
#include "cli/printable.hpp"
#include "opwire/codec/hex.hpp"
#include "opwire/codec/rlp_reader.hpp"
#include "opwire/discv5/enode_url.hpp"
#include "opwire/node/key_file.hpp"
#include "opwire/opstack/chain/registry.hpp"
#include "opwire/opstack/discovery/chain_entry.hpp"

namespace opwire::cli {
namespace {

using discv5::NodeRecord;

constexpr std::size_t kMaxText = 4096;
constexpr const char* kKnownKeys[] = {"id", "ip", "ip6", "tcp", "tcp6", "udp", "udp6", "secp256k1", "opstack"};

std::string trimmed(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return std::string(text);
}

boost::json::object describe(const NodeRecord& record) {
  const discv5::IpFamilies both{true, true};
  boost::json::object object{{"enr", record.to_text()},
                             {"seq", record.seq()},
                             {"node_id", codec::to_hex(record.id().bytes)},
                             {"peer_id", opstack::peer_id_of(record).to_string()}};
  if (const auto entry = opstack::chain_entry(record)) {
    object["chain"] = chain_label(record);
    object["chain_id"] = entry->chain.value;
    object["chain_version"] = entry->version;
  }
  if (const auto at = discv5::udp_endpoint(record, both)) object["udp"] = at->to_string();
  if (const auto at = opstack::tcp_address(record, both)) {
    object["multiaddr"] = at->with_peer(opstack::peer_id_of(record)).to_string();
  }
  if (const auto enode = discv5::EnodeUrl::of(record)) object["enode"] = enode->to_text();
  object["size"] = std::to_string(record.encoded().size()) + " of 300 bytes";
  for (const std::string& key : record.keys()) {
    if (std::ranges::find(kKnownKeys, key) != std::end(kKnownKeys)) continue;
    object["entry " + printable(key)] = codec::to_hex(*record.find(key));
  }
  return object;
}

void print(const boost::json::object& object, bool json) {
  if (json) {
    std::printf("%s\n", boost::json::serialize(object).c_str());
    return;
  }
  for (const auto& [name, value] : object) {
    const std::string text = value.is_string() ? std::string(value.as_string()) : boost::json::serialize(value);
    std::printf("%-14s %s\n", std::string(name).c_str(), text.c_str());
  }
}

struct ShowOptions {
  std::string record;
  bool json = false;
};

int show(const ShowOptions& options) {
  std::string text = options.record;
  if (text == "-") {
    const auto input = read_input("-", kMaxText);
    if (!input) return fail(kUsage, input.error());
    text = as_text(*input);
  }
  const auto record = NodeRecord::parse_text(trimmed(text));
  if (!record) return fail(kFailed, "not a valid node record: " + record.error().message());
  print(describe(*record), options.json);
  return kOk;
}

struct MakeOptions {
  std::string key_file;
  std::string network;
  std::uint64_t chain = 0;
  std::string ip, ip6;
  std::uint16_t tcp = 0, udp = 0;
  std::uint64_t seq = 0;
  bool json = false;
};

Result<std::uint64_t, std::string> chain_of(const MakeOptions& options) {
  if (options.network.empty()) return options.chain;
  const auto chain = opstack::find_chain(options.network);
  if (!chain) return "--network: " + chain.error();
  return (*chain)->config.l2_chain_id.value;
}

Result<discv5::NodeRecordDraft, std::string> draft_of(const MakeOptions& options) {
  discv5::NodeRecordDraft draft;
  OPW_TRY(const std::uint64_t chain, chain_of(options));
  if (chain != 0) draft.set(opstack::kChainEntryKey, opstack::encode({ChainId{chain}, 0}));
  for (const auto& [key, text] : {std::pair("ip", options.ip), std::pair("ip6", options.ip6)}) {
    if (text.empty()) continue;
    OPW_TRY(const net::Endpoint at, parse_listen(text, 0, "--" + std::string(key)));
    if (at.is_v6 != (key == std::string("ip6")))
      return "--" + std::string(key) + ": '" + text + "' is of the other kind";
    draft.set(key, at.ip());
  }
  if (options.tcp != 0) draft.set("tcp", std::uint64_t{options.tcp});
  if (options.udp != 0) draft.set("udp", std::uint64_t{options.udp});
  return draft;
}

int make(const MakeOptions& options) {
  const auto key = node::read_key_file(options.key_file);
  if (!key) return fail(kUsage, "--key: " + key.error());
  const auto draft = draft_of(options);
  if (!draft) return fail(kUsage, draft.error());
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(SystemClock().wall_now().time_since_epoch());
  const std::uint64_t seq = options.seq != 0 ? options.seq : static_cast<std::uint64_t>(now.count());
  const auto record = draft->sign(key->key.data(), seq);
  if (!record) return fail(kFailed, record.error().message());
  if (options.json) {
    print(describe(*record), true);
  } else {
    std::printf("%s\n", record->to_text().c_str());
  }
  return kOk;
}

}  // namespace

std::vector<Command> add_enr(CLI::App& root) {
  CLI::App* group = root.add_subcommand("enr", "Show or make a node record, as discovery tells it.");
  group->require_subcommand(1);
  CLI::App* show_app = group->add_subcommand("show", "Verify a record and print what it says.");
  const auto shown = std::make_shared<ShowOptions>();
  show_app->add_option("RECORD", shown->record, "enr:…; - for standard input")->required()->type_name("");
  show_app->add_flag("--json", shown->json, "Print one JSON object");

  CLI::App* make_app = group->add_subcommand("make", "Sign a record with a peer's key.");
  const auto made = std::make_shared<MakeOptions>();
  make_app->add_option("--key", made->key_file, "Private key file")->required()->type_name("FILE");
  CLI::Option* network = make_app->add_option("--network", made->network, "Chain by name, for the opstack entry");
  make_app->add_option("--chain", made->chain, "Chain by its id")->excludes(network);
  make_app->add_option("--ip", made->ip, "IPv4 address");
  make_app->add_option("--ip6", made->ip6, "IPv6 address");
  make_app->add_option("--tcp", made->tcp, "TCP port");
  make_app->add_option("--udp", made->udp, "UDP port");
  make_app->add_option("--seq", made->seq, "Sequence number; default: the time in milliseconds");
  make_app->add_flag("--json", made->json, "Print one JSON object");
  return {{show_app, [shown] { return show(*shown); }}, {make_app, [made] { return make(*made); }}};
}

}  // namespace opwire::cli
