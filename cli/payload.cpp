// opwire payload show|verify|sign|publish: a block in a file.
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>

#include "cli/chain_options.hpp"
#include "cli/command.hpp"
#include "cli/payload_input.hpp"
#include "cli/payload_publish.hpp"
#include "cli/verdict.hpp"
#include "opwire/codec/hex.hpp"
#include "opwire/codec/snappy.hpp"
#include "opwire/opstack/gossip/block_check.hpp"
#include "opwire/opstack/gossip/topics.hpp"
#include "opwire/opstack/payload/block_hash.hpp"
#include "opwire/opstack/payload/gossip_body.hpp"
#include "opwire/opstack/payload/payload_json.hpp"
#include "opwire/opstack/payload/ssz.hpp"
#include "opwire/opstack/signer/block_signer.hpp"
#include "opwire/opstack/signer/signing_hash.hpp"
#include "opwire/runtime/reactor.hpp"

namespace opwire::cli {
namespace {

struct PayloadOptions {
  std::string file;
  ChainOptions chain;
  bool json = false;
  std::string at;
  std::string key;
  std::string out = "-";
};

void row(const char* name, const std::string& value) {
  std::printf("%-18s %s\n", name, value.c_str());
}
void row(const char* name, ByteView bytes) {
  row(name, codec::to_hex0x(bytes));
}
void row(const char* name, std::uint64_t number) {
  row(name, std::to_string(number));
}

void show_table(const PayloadInput& input) {
  const opstack::ExecutionPayload& payload = input.envelope.payload;
  row("form", input.form);
  row("version", "V" + std::to_string(static_cast<int>(payload.version)));
  row("number", payload.number.value);
  row("hash", payload.block_hash.view());
  const bool consistent = opstack::check_block_hash(input.envelope).has_value();
  row("hash is right", consistent ? "yes" : "NO: " + codec::to_hex0x(opstack::block_hash(input.envelope).view()));
  row("parent hash", payload.parent_hash.view());
  row("timestamp", payload.timestamp);
  row("transactions", payload.transactions.size());
  row("gas used", payload.gas_used);
  row("gas limit", payload.gas_limit);
  row("fee recipient", codec::to_checksum_hex(payload.fee_recipient));
  row("state root", payload.state_root.view());
  row("extra data", payload.extra_data.view());
  if (opstack::has_blob_gas(payload.version)) row("blob gas used", payload.blob_gas_used);
  if (opstack::has_beacon_root(payload.version)) row("beacon root", input.envelope.parent_beacon_block_root.view());
  if (opstack::has_withdrawals_root(payload.version)) row("withdrawals root", payload.withdrawals_root.view());
  row("SSZ bytes", opstack::encode_ssz(input.envelope).size());
  if (input.signature) row("signature", input.signature->view());
}

int show(const PayloadOptions& options) {
  const auto input = load_payload(options.file);
  if (!input) return fail(kUsage, input.error());
  if (options.json) {
    std::printf("%s\n", opstack::to_json(input->envelope).c_str());
  } else {
    show_table(*input);
  }
  return kOk;
}

Result<WallTime, std::string> time_option(const std::string& text, std::uint64_t block_time) {
  if (text.empty()) return SystemClock().wall_now();
  if (text == "block") return from_unix_seconds(block_time);
  std::uint64_t seconds = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (problem != std::errc() || end != text.data() + text.size()) {
    return "--at: '" + text + "' is neither Unix seconds nor 'block'";
  }
  return from_unix_seconds(seconds);
}

int report_verdict(const opstack::CheckOutcome& outcome, const PayloadInput& input) {
  if (outcome.block) {
    std::printf("ACCEPT block %llu %s, signed by %s\n",
                static_cast<unsigned long long>(input.envelope.payload.number.value),
                codec::to_hex0x(input.envelope.payload.block_hash.view()).c_str(),
                codec::to_checksum_hex(outcome.block->signer).c_str());
    return kOk;
  }
  return report_refusal(outcome.block.error());
}

int verify(const PayloadOptions& options) {
  const auto chain = choose_chain(options.chain);
  if (!chain) return fail(kUsage, chain.error());
  const auto input = load_payload(options.file);
  if (!input) return fail(kUsage, input.error());
  if (!input->signature) return fail(kUsage, options.file + ": " + input->form + " has no signature to verify");
  const auto now = time_option(options.at, input->envelope.payload.timestamp);
  if (!now) return fail(kUsage, now.error());
  opstack::CheckContext context;
  context.chain = chain->config.l2_chain_id;
  context.forks = chain->config.forks;
  context.signer = opstack::AuthorisedSigner(chain->signer);
  context.now = *now;
  const opstack::SharedBytes plain(opstack::make_gossip_body(*input->signature, opstack::encode_ssz(input->envelope)));
  return report_verdict(opstack::check_block(context, input->envelope.payload.version, plain), *input);
}

int write_frame(const std::string& out, const Bytes& frame) {
  if (out == "-") {
    std::printf("%s\n", codec::to_hex0x(frame).c_str());
    return kOk;
  }
  std::FILE* file = std::fopen(out.c_str(), "wbx");
  if (file == nullptr) return fail(kUsage, out + ": " + std::strerror(errno) + "; nothing was written");
  const bool complete = std::fwrite(frame.data(), 1, frame.size(), file) == frame.size();
  return (std::fclose(file) == 0 && complete) ? kOk : fail(kFailed, out + ": " + std::strerror(errno));
}

int sign(const PayloadOptions& options) {
  const auto chain = choose_chain(options.chain);
  if (!chain) return fail(kUsage, chain.error());
  const auto input = load_payload(options.file);
  if (!input) return fail(kUsage, input.error());
  auto signer = opstack::LocalSigner::from_hex(chain->config.l2_chain_id, options.key);
  if (!signer) return fail(kUsage, "--p2p.sequencer.key: " + signer.error().message());
  const Bytes ssz = opstack::encode_ssz(input->envelope);
  ReactorLoop loop;
  const auto signature = loop.run(signer->sign(opstack::payload_hash(ssz)));
  if (!signature) return fail(kFailed, signature.error().message());
  return write_frame(options.out, codec::snappy::compress(opstack::make_gossip_body(*signature, ssz)));
}

}  // namespace

std::vector<Command> add_payload(CLI::App& root) {
  CLI::App* group = root.add_subcommand("payload", "Show, verify, sign or publish a block in a file.");
  group->require_subcommand(1);
  const auto options = std::make_shared<PayloadOptions>();
  const auto add = [&](const char* name, const char* text) {
    CLI::App* app = group->add_subcommand(name, text);
    add_payload_file(*app, options->file);
    return app;
  };
  CLI::App* show_app = add("show", "Print what the block says.");
  show_app->add_flag("--json", options->json, "As Engine API JSON");
  CLI::App* verify_app = add("verify", "Check a signed block as a node would on gossip; say which check fails.");
  add_chain_options(*verify_app, options->chain);
  verify_app->add_option("--at", options->at, "When: Unix seconds, or block for the block's own time; default: now");
  CLI::App* sign_app = add("sign", "Sign a block and print the gossip frame in hex.");
  add_chain_options(*sign_app, options->chain);
  sign_app->add_option("--p2p.sequencer.key", options->key, "The block signer's private key in hex")->required();
  sign_app->add_option("--out", options->out, "Write the frame to a new file, in binary")->type_name("FILE");
  std::vector<Command> commands{{show_app, [options] { return show(*options); }},
                                {verify_app, [options] { return verify(*options); }},
                                {sign_app, [options] { return sign(*options); }}};
  for (Command& command : add_payload_publish(*group)) commands.push_back(std::move(command));
  return commands;
}

}  // namespace opwire::cli
