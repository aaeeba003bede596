// Follows who signs blocks, from the start of a node to its end.
//
// At the start L1 is asked up to start_attempts times. op-node gives up then; here the registry's address goes on being
// used, a warning says so, and L1 is asked again every retry_interval until it has answered once. From then on it is
// asked every reload_interval, and a failure is a warning.
//
// A log of SystemConfig only says when to look: the address always comes from the state, as far below the head as was
// asked for. So after a log L1 is asked at once, and again every kL1BlockTime until it says what the log said, for
// confirmations + kExtraLooks blocks at most.
#pragma once

#include <functional>
#include <optional>

#include "opwire/base/log.hpp"
#include "opwire/opstack/l1/read_signer.hpp"
#include "opwire/runtime/event.hpp"

namespace opwire::opstack {

struct SignerWatchOptions {
  SignerWatchOptions() = default;

  SignerReadOptions read;
  Address registry;  ///< what is used until L1 has answered; zero: none
  int start_attempts = 5;
  Duration start_pause = std::chrono::seconds(10);
  Duration reload_interval = std::chrono::minutes(10);  ///< 0 or less: only after logs
  Duration retry_interval = std::chrono::minutes(1);
  Duration stale_after = std::chrono::minutes(10);  ///< an L1 head older than this is warned of
};

class SignerWatch {
 public:
  enum class Source : unsigned char { kRegistry, kL1 };
  static constexpr Duration kL1BlockTime = std::chrono::seconds(12);
  static constexpr std::uint64_t kExtraLooks = 5;

  /// Gets L1's address, the first one and each that differs; on the loop. first: nothing but the registry's was known
  /// before. As in op-node no grace period follows then, so that an address which the registry keeps for too long is
  /// not accepted beside the right one.
  using OnSigner = std::function<void(const Address& signer, bool first)>;

  /// caller outlives this.
  SignerWatch(Loop& loop, rpc::Caller& caller, const SignerWatchOptions& options, OnSigner on_signer);

  /// Until its task is cancelled. Once.
  Task<void> run();
  /// What eth_subscribe(signer_update_subscription()) brings; on the loop. Others' logs are passed over.
  void on_log(const boost::json::value& log);

  Source source() const noexcept { return signer_ ? Source::kL1 : Source::kRegistry; }
  /// In use: L1's, or the registry's.
  const Address& signer() const noexcept { return signer_ ? *signer_ : options_.registry; }

 private:
  Task<bool> start();
  Task<Result<void>> look();
  Task<bool> wait();
  std::optional<Duration> pause() const;
  void adopt(const SignerReading& reading);
  void note_signer(const SignerReading& reading);
  void warn_if_stale(const SignerReading& reading);

  Loop& loop_;
  rpc::Caller& caller_;
  SignerWatchOptions options_;
  OnSigner on_signer_;
  std::optional<Address> signer_;  // L1's
  std::optional<Address> announced_;
  std::uint64_t looks_left_ = 0;  // for what was announced
  bool look_now_ = false;
  Event logged_;
};

std::string_view to_string(SignerWatch::Source source) noexcept;

}  // namespace opwire::opstack
