// Keeps the number of connections between two waters, and the tags that say which of them are worth keeping.
#pragma once

#include <functional>
#include <vector>

#include "opwire/p2p/swarm/tag_book.hpp"
#include "opwire/p2p/swarm/trimming.hpp"

namespace opwire::swarm {

/// What the manager works with; all of it outlives the manager.
struct ConnectionManagerContext {
  Loop& loop;
  const ConnectionManagerOptions& options;
  /// All connections that are not being closed.
  std::function<std::vector<Standing>()> standing;
  std::function<bool(const PeerId&)> is_connected;
  std::function<void(ConnectionId)> close;
};

/// When the high water is reached, it waits for the grace, so that all who made it rise can be compared, then closes
/// down to the low water; for the next trim at least the silence.
class ConnectionManager final : public PeerTags {
 public:
  explicit ConnectionManager(ConnectionManagerContext context);

  /// count: all connections there are now.
  void on_opened(std::size_t count);
  void on_peer_connected(const PeerId& peer) { book_.on_connected(peer, now()); }
  void on_peer_disconnected(const PeerId& peer) { book_.forget_values(peer); }
  std::vector<PeerId> static_peers() const { return book_.protected_by(kStaticTag); }
  /// See Network::trim_connections.
  std::size_t trim_in_emergency();
  /// Connections closed so far.
  std::uint64_t trimmed() const noexcept { return trimmed_; }
  /// No trims from now on.
  void stop() { timer_.cancel(); }

  void protect(const PeerId& peer, std::string_view tag) override { book_.protect(peer, tag); }
  void unprotect(const PeerId& peer, std::string_view tag) override { book_.unprotect(peer, tag); }
  bool is_protected(const PeerId& peer) const override { return book_.is_protected(peer); }
  bool is_protected_by(const PeerId& peer, std::string_view tag) const override {
    return book_.is_protected_by(peer, tag);
  }
  void set_tag(const PeerId& peer, std::string_view tag, int value) override { book_.set(peer, tag, value, now()); }
  void remove_tag(const PeerId& peer, std::string_view tag) override { book_.remove(peer, tag); }
  void define_decaying(DecayingTag tag) override { book_.define_decaying(std::move(tag), now()); }
  void remove_decaying(std::string_view tag) override { book_.remove_decaying(tag); }
  void bump(const PeerId& peer, std::string_view tag, int by) override { book_.bump(peer, tag, by, now()); }
  std::int64_t value(const PeerId& peer) const override { return book_.value(peer, now()); }

 private:
  TimePoint now() const { return context_.loop.now(); }
  bool is_high(std::size_t count) const { return context_.options.high > 0 && count >= context_.options.high; }
  void trim();
  void close(const std::vector<ConnectionId>& connections, std::size_t of, const char* why);

  const ConnectionManagerContext context_;
  TagBook book_;
  TimePoint last_trim_{};
  std::uint64_t trimmed_ = 0;
  Timer timer_;
};

}  // namespace opwire::swarm
