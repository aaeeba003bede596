// opwire archive ls|show|export|verify: the payload archive of a node, which may be running.
#include <cstdio>
#include <limits>
#include <map>
#include <set>

#include <boost/json.hpp>

#include "cli/block_writer.hpp"
#include "cli/command.hpp"
#include "opwire/codec/hex.hpp"
#include "opwire/crypto/ecdsa_recovery.hpp"
#include "opwire/node/feed.hpp"
#include "opwire/node/payload_store.hpp"
#include "opwire/opstack/payload/block_hash.hpp"
#include "opwire/opstack/payload/payload_json.hpp"
#include "opwire/opstack/payload/ssz.hpp"
#include "opwire/opstack/signer/signing_hash.hpp"
#include "opwire/store/errors.hpp"
#include "opwire/store/payload_archive_reader.hpp"

namespace opwire::cli {
namespace {

constexpr const char* kFooter = R"(
The archive is that of `opwire run --archive.path`, which may be running. A block is "signed" when it came by gossip,
with the sequencer's signature, and "linked" when it was fetched from peers and is the parent of a block that was there.

  opwire archive ls --from 120000000 --to 120000099
  opwire archive show 120000000
  opwire archive export --out blocks --format ssz
  opwire archive verify --signer 0x…)";

struct ArchiveOptions {
  std::string file = "opwire_payloads.mdb";
  std::uint64_t from = 0;
  std::uint64_t to = std::numeric_limits<std::uint64_t>::max();
  std::string block;
  std::string out = "-";
  std::string format = "json";
  std::string signer;
  bool json = false;
};

using store::ArchivedPayload;
using store::ArchiveEntry;
using store::PayloadKind;

const char* name_of(PayloadKind kind) {
  return kind == PayloadKind::kSigned ? "signed" : "linked";
}

std::string hex(const Hash256& hash) {
  return codec::to_hex0x(hash.view());
}

/// Opens it and gives it to the command.
int with_archive(const ArchiveOptions& options, int (*command)(store::PayloadArchiveReader&, const ArchiveOptions&)) {
  if (options.from > options.to) return fail(kUsage, "--from is above --to");
  const auto reader = store::PayloadArchiveReader::open(options.file);
  if (!reader) return fail(kUsage, reader.error().text);
  return command(**reader, options);
}

void print_row(const ArchiveEntry& entry) {
  const auto number = static_cast<unsigned long long>(entry.number.value);
  if (!entry.payload) {
    std::printf("%12llu %s DAMAGED: %s\n", number, hex(entry.hash).c_str(), entry.payload.error().message().c_str());
    return;
  }
  const ArchivedPayload& payload = *entry.payload;
  std::printf("%12llu %s %s V%d %s %zu\n", number, hex(entry.hash).c_str(), name_of(payload.kind),
              static_cast<int>(payload.version), node::to_rfc3339(from_unix_seconds(payload.timestamp)).c_str(),
              payload.framed.size());
}

void print_line(const ArchiveEntry& entry) {
  boost::json::object line{{"number", entry.number.value}, {"hash", hex(entry.hash)}};
  if (entry.payload) {
    const ArchivedPayload& payload = *entry.payload;
    line["parentHash"] = hex(payload.parent_hash);
    line["timestamp"] = payload.timestamp;
    line["kind"] = name_of(payload.kind);
    line["version"] = static_cast<int>(payload.version);
    line["bytes"] = payload.framed.size();
  } else {
    line["error"] = entry.payload.error().message();
  }
  std::printf("%s\n", boost::json::serialize(line).c_str());
}

int list(store::PayloadArchiveReader& reader, const ArchiveOptions& options) {
  if (!options.json) std::printf("%12s %-66s %-6s %s %-27s %s\n", "number", "hash", "kind", "V ", "time", "bytes");
  const auto listed = reader.visit({options.from}, {options.to}, [&](const ArchiveEntry& entry) {
    options.json ? print_line(entry) : print_row(entry);
    return std::ferror(stdout) == 0;
  });
  if (!listed) return fail(kFailed, options.file + ": " + listed.error().message());
  std::fprintf(stderr, "%llu blocks of chain %llu\n", static_cast<unsigned long long>(*listed),
               static_cast<unsigned long long>(reader.chain().value));
  return kOk;
}

Result<std::optional<ArchivedPayload>> find(store::PayloadArchiveReader& reader, const std::string& block) {
  if (const auto hash = codec::from_hex_as<Hash256>(block)) return reader.by_hash(*hash);
  return reader.by_number({std::strtoull(block.c_str(), nullptr, 10)});
}

int show(store::PayloadArchiveReader& reader, const ArchiveOptions& options) {
  const auto found = find(reader, options.block);
  if (!found) return fail(kFailed, options.block + ": " + found.error().message());
  if (!*found) return fail(kFailed, "no block " + options.block + " in " + options.file);
  const auto envelope = node::decode_archived(**found);
  if (!envelope) return fail(kFailed, options.block + ": " + envelope.error().message());
  std::printf("%s\n", opstack::to_json(*envelope).c_str());
  return kOk;
}

int export_blocks(store::PayloadArchiveReader& reader, const ArchiveOptions& options) {
  auto writer = BlockWriter::make(options.out, options.format);
  if (!writer) return fail(kUsage, writer.error());
  std::uint64_t damaged = 0;
  std::optional<BlockNumber> last;  // the preferred one of a height goes out, and it alone
  const auto visited = reader.visit({options.from}, {options.to}, [&](const ArchiveEntry& entry) {
    if (last == entry.number) return true;
    last = entry.number;
    const auto preferred = reader.by_number(entry.number);
    auto envelope = preferred && *preferred ? node::decode_archived(**preferred)
                                            : Result<opstack::Envelope>(store::errors::kBadValue);
    if (envelope) return writer->write(*envelope);
    ++damaged;
    return true;
  });
  if (!writer->problem().empty()) return fail(kFailed, writer->problem());
  if (!visited) return fail(kFailed, options.file + ": " + visited.error().message());
  if (damaged > 0) return fail(kFailed, std::to_string(damaged) + " blocks are damaged and were left out");
  return kOk;
}

/// Each kind by its rule: who signed a signed one, which block names a linked one as its parent.
class Verification {
 public:
  Verification(ChainId chain, const std::optional<Address>& signer) : chain_(chain), signer_(signer) {}

  void take(const ArchiveEntry& entry) {
    if (entry.number != number_) next_height(entry.number);
    const std::string problem = check(entry);
    if (!problem.empty()) complain(entry.number, entry.hash, problem);
    take_parent(entry);
    if (entry.payload && entry.payload->kind == PayloadKind::kLinked) unnamed_.insert(entry.hash);
  }

  /// What it names as its parent alone.
  void take_parent(const ArchiveEntry& entry) {
    if (entry.number != number_) next_height(entry.number);
    if (entry.payload) unnamed_below_.erase(entry.payload->parent_hash);
  }

  int report() {
    next_height({number_.value + 1});
    next_height({number_.value + 1});
    std::printf("%llu blocks: %llu signed, %llu linked\n", count(signed_ + linked_), count(signed_), count(linked_));
    for (const auto& [signer, blocks] : signers_) {
      std::printf("%llu signed by %s\n", count(blocks), codec::to_checksum_hex(signer).c_str());
    }
    if (wrong_ == 0) return kOk;
    return fail(kFailed, std::to_string(wrong_) + " blocks are wrong");
  }

 private:
  static unsigned long long count(std::uint64_t value) { return value; }

  std::string check(const ArchiveEntry& entry) {
    if (!entry.payload) return entry.payload.error().message();
    const ArchivedPayload& record = *entry.payload;
    ++(record.kind == PayloadKind::kSigned ? signed_ : linked_);
    const auto envelope = node::decode_archived(record);
    if (!envelope) return envelope.error().message();
    const opstack::ExecutionPayload& payload = envelope->payload;
    const bool same = payload.number == entry.number && payload.block_hash == entry.hash &&
                      payload.parent_hash == record.parent_hash && payload.timestamp == record.timestamp;
    if (!same) return "its contents are another block's";
    const auto hash = opstack::check_block_hash(*envelope);
    if (!hash) return hash.error().message();
    return record.kind == PayloadKind::kSigned ? check_signature(record, *envelope) : "";
  }

  std::string check_signature(const ArchivedPayload& record, const opstack::Envelope& envelope) {
    crypto::RecoverableSignature signature;
    signature.bytes = *record.signature;
    const Hash256 payload_hash = opstack::payload_hash(opstack::encode_ssz(envelope));
    const auto signer = crypto::recover_address(signature, opstack::signing_hash(chain_, payload_hash));
    if (!signer) return signer.error().message();
    ++signers_[*signer];
    if (signer_ && *signer != *signer_) return "signed by " + codec::to_checksum_hex(*signer);
    return "";
  }

  /// Linked blocks two below the next height have met all that could name them.
  void next_height(BlockNumber number) {
    for (const Hash256& hash : unnamed_below_) complain({number_.value - 1}, hash, "no block names it as its parent");
    unnamed_below_.clear();
    if (number.value == number_.value + 1) {
      unnamed_below_.swap(unnamed_);
    } else {
      for (const Hash256& hash : unnamed_) complain(number_, hash, "no block names it as its parent");
      unnamed_.clear();
    }
    number_ = number;
  }

  void complain(BlockNumber number, const Hash256& hash, const std::string& problem) {
    ++wrong_;
    std::printf("WRONG %llu %s: %s\n", count(number.value), hex(hash).c_str(), problem.c_str());
  }

  ChainId chain_;
  std::optional<Address> signer_;
  BlockNumber number_;
  std::set<Hash256> unnamed_;        // linked ones of number_
  std::set<Hash256> unnamed_below_;  // of the number below
  std::map<Address, std::uint64_t> signers_;
  std::uint64_t signed_ = 0;
  std::uint64_t linked_ = 0;
  std::uint64_t wrong_ = 0;
};

int verify(store::PayloadArchiveReader& reader, const ArchiveOptions& options) {
  std::optional<Address> signer;
  if (!options.signer.empty()) {
    const auto parsed = codec::from_hex_as<Address>(options.signer);
    if (!parsed) return fail(kUsage, "--signer: '" + options.signer + "' is not an address");
    signer = *parsed;
  }
  Verification verification(reader.chain(), signer);
  // One above the range, for what it names.
  const BlockNumber end{options.to + (options.to < std::numeric_limits<std::uint64_t>::max() ? 1 : 0)};
  const auto visited = reader.visit({options.from}, end, [&](const ArchiveEntry& entry) {
    entry.number.value <= options.to ? verification.take(entry) : verification.take_parent(entry);
    return true;
  });
  if (!visited) return fail(kFailed, options.file + ": " + visited.error().message());
  return verification.report();
}

}  // namespace

std::vector<Command> add_archive(CLI::App& root) {
  CLI::App* group = root.add_subcommand("archive", "List, show, export or verify what a node has archived.");
  group->require_subcommand(1)->footer(kFooter);
  const auto options = std::make_shared<ArchiveOptions>();
  const auto add = [&](const char* name, const char* text, bool range) {
    CLI::App* app = group->add_subcommand(name, text);
    app->add_option("--archive.path", options->file, "The archive")->type_name("FILE")->capture_default_str();
    if (!range) return app;
    app->add_option("--from", options->from, "First block number");
    app->add_option("--to", options->to, "Last block number");
    return app;
  };
  CLI::App* ls = add("ls", "A line a block: number, hash, kind, version, time, bytes.", true);
  ls->add_flag("--json", options->json, "JSON, a line a block");
  CLI::App* shown = add("show", "One block as Engine API JSON.", false);
  shown->add_option("BLOCK", options->block, "Its number or hash")->required();
  CLI::App* exported = add("export", "Blocks to files or standard output, lowest first.", true);
  exported->add_option("--out", options->out, "Folder for a file a block; -: standard output")->capture_default_str();
  exported->add_option("--format", options->format, "json or ssz")->capture_default_str();
  CLI::App* verified = add("verify", "Check hashes, signatures, and that linked blocks are linked.", true);
  verified->add_option("--signer", options->signer, "Whose signatures count; default: anybody's")->type_name("ADDRESS");
  return {{ls, [options] { return with_archive(*options, list); }},
          {shown, [options] { return with_archive(*options, show); }},
          {exported, [options] { return with_archive(*options, export_blocks); }},
          {verified, [options] { return with_archive(*options, verify); }}};
}

}  // namespace opwire::cli
