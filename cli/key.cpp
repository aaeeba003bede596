// opwire key new|show: the peer's identity.
#include <cstdio>

#include <boost/json.hpp>

#include "cli/command.hpp"
#include "cli/files.hpp"
#include "opwire/codec/hex.hpp"
#include "opwire/crypto/ecdsa_recovery.hpp"
#include "opwire/multiformats/peer_id.hpp"
#include "opwire/node/key_file.hpp"

namespace opwire::cli {
namespace {

constexpr std::size_t kMaxKeyText = 1024;

struct KeyOptions {
  std::string file;
  bool json = false;
};

void print_identity(const crypto::PublicKey& key, bool json) {
  const std::string peer_id = PeerId::of(key).to_string();
  const std::string node_id = codec::to_hex(crypto::ethereum_key_hash(key.data()).value().bytes);
  const std::string address = codec::to_checksum_hex(crypto::ethereum_address(key.data()).value());
  if (json) {
    const boost::json::object object{{"peer_id", peer_id}, {"node_id", node_id}, {"address", address}};
    std::printf("%s\n", boost::json::serialize(object).c_str());
  } else {
    std::printf("peer_id  %s\nnode_id  %s\naddress  %s\n", peer_id.c_str(), node_id.c_str(), address.c_str());
  }
}

int make_key(const KeyOptions& options) {
  SystemRng rng;
  const auto key = crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng);
  if (options.file == "-") {
    std::printf("%s\n", node::to_key_hex(key).c_str());
    return kOk;
  }
  const auto created = node::create_key_file(options.file, key);
  if (!created) return fail(kUsage, created.error() + "; nothing was written");
  print_identity(key.public_key(), options.json);
  return kOk;
}

Result<crypto::PrivateKey, std::string> read_key(const KeyOptions& options) {
  if (options.file == "-") {
    OPW_TRY(const Bytes content, read_input("-", kMaxKeyText));
    auto key = node::parse_key_hex(as_text(content));
    if (!key) return "standard input: " + key.error();
    return std::move(*key);
  }
  OPW_TRY(node::KeyFile file, node::read_key_file(options.file));
  if (file.readable_by_others) {
    std::fprintf(stderr, "opwire: warning: others can read %s; run chmod 600 %s\n", options.file.c_str(),
                 options.file.c_str());
  }
  return std::move(file.key);
}

int show_key(const KeyOptions& options) {
  const auto key = read_key(options);
  if (!key) return fail(kUsage, key.error());
  print_identity(key->public_key(), options.json);
  return kOk;
}

}  // namespace

std::vector<Command> add_key(CLI::App& root) {
  CLI::App* group = root.add_subcommand("key", "Make or show a peer's private key file (op-node's format).");
  group->require_subcommand(1);
  const auto options = std::make_shared<KeyOptions>();
  const auto add = [&](const char* name, const char* text) {
    CLI::App* app = group->add_subcommand(name, text);
    app->add_option("FILE", options->file, "The key file; - for standard output (new) or input (show)")
        ->required()
        ->type_name("");
    app->add_flag("--json", options->json, "Print one JSON object");
    return app;
  };
  CLI::App* make = add("new", "Make a new key, mode 0600; an existing file is never overwritten.");
  CLI::App* show = add("show", "Print peer_id (libp2p), node_id (discv5) and address (Ethereum) of a key.");
  return {{make, [options] { return make_key(*options); }}, {show, [options] { return show_key(*options); }}};
}

}  // namespace opwire::cli
