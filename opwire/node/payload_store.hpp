// The payloads that a node keeps and gives to peers: in the archive where there is one, else the newest in memory; what
// is in neither comes from the execution engine.
#pragma once

#include <deque>
#include <memory>

#include "opwire/opstack/driver/engine_client.hpp"
#include "opwire/opstack/gossip/block_check.hpp"
#include "opwire/opstack/sync/payload_source.hpp"
#include "opwire/opstack/sync/recent_payloads.hpp"
#include "opwire/store/payload_archive.hpp"

namespace opwire::node {

/// Errors: those of snappy frames and SSZ.
Result<opstack::Envelope> decode_archived(const store::ArchivedPayload& record);

class PayloadStore final : public opstack::PayloadSource {
 public:
  /// Of blocks that are being encoded for the archive; beyond it they are left out, and a line says so.
  static constexpr std::size_t kMaxEncoding = std::size_t{64} << 20;
  /// For the engine to say which block is our chain's.
  static constexpr auto kTellWithin = std::chrono::seconds(2);

  /// Both outlive it.
  PayloadStore(Loop& loop, WorkerPool& pool);

  /// What is put from now on goes there. Once.
  void use_archive(std::unique_ptr<store::PayloadArchive> archive) { archive_ = std::move(archive); }
  /// It says which block of a height is our chain's, and has payloads perhaps. It outlives the store.
  void use_engine(opstack::EngineClient& engine) { engine_ = &engine; }

  /// Encoded on the pool: nothing waits for it.
  void put_signed(const opstack::Envelope& envelope, const opstack::GossipBody& body);
  void put_linked(const opstack::Envelope& envelope);
  void set_head(const opstack::BlockId& head);

  /// Where the archive has several blocks of that height: the one of the engine's chain. When the engine cannot tell,
  /// the one that the archive prefers. Errors: also those of the archive and the engine; kTimeout.
  Task<Result<opstack::FramedPayload>> payload(BlockNumber number, TimePoint deadline) override;

  /// Of what is kept. None: it is not there, or cannot be read.
  Task<std::optional<opstack::Envelope>> by_hash(Hash256 hash);
  /// The hash of the block below that one, where it is kept.
  Task<std::optional<Hash256>> parent_of(opstack::BlockId block);
  /// All of that height, the preferred one first.
  Task<std::vector<opstack::Envelope>> at(BlockNumber number);

  const store::PayloadArchive* archive() const noexcept { return archive_.get(); }

  /// For the archive.
  struct Waiting {
    std::size_t bytes = 0;       ///< of blocks that are being encoded
    std::uint64_t left_out = 0;  ///< blocks that were not encoded, for want of room
  };
  Waiting waiting() const noexcept { return {encoding_bytes_, left_out_}; }

  /// Writes what waits and closes the archive.
  Task<void> close();

 private:
  struct Kept {
    opstack::Envelope envelope;
    opstack::GossipBody body;  // of kSigned
    store::PayloadKind kind;
  };
  void put(Kept kept);
  Task<void> encode();
  Task<Result<opstack::FramedPayload>> from_archive(BlockNumber number, TimePoint deadline);
  Task<Result<opstack::FramedPayload>> from_memory(BlockNumber number, TimePoint deadline);
  Task<std::optional<Hash256>> hash_on_our_chain(BlockNumber number, TimePoint deadline);
  Task<Result<opstack::FramedPayload>> from_engine(BlockNumber number, TimePoint deadline);

  Loop& loop_;
  WorkerPool& pool_;
  opstack::RecentPayloads recent_;
  std::unique_ptr<store::PayloadArchive> archive_;
  opstack::EngineClient* engine_ = nullptr;
  std::deque<Kept> to_encode_;
  std::size_t encoding_bytes_ = 0;
  bool is_encoding_ = false;  // encode() will look at the queue once more
  std::uint64_t left_out_ = 0;
  log::Limit complaints_;
  Scope encoding_;
};

}  // namespace opwire::node
