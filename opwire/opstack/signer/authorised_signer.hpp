// Whose signature a block must bear, and for how long after a rotation the former one's still counts.
#pragma once

#include <optional>

#include "opwire/base/strong.hpp"
#include "opwire/base/time.hpp"

namespace opwire::opstack {

/// op-node's rule (v1.17.0 and later): after a change the previous address is accepted for three hours, or until the
/// first block by the current one verifies. A plain value: checks on other threads get a copy.
class AuthorisedSigner {
 public:
  static constexpr Duration kGrace = std::chrono::hours(3);

  AuthorisedSigner() = default;
  explicit AuthorisedSigner(const Address& current) : current_(current) {}

  enum class Match : unsigned char {
    kNoneConfigured,  ///< nothing can be judged yet
    kCurrent,
    kPrevious,  ///< inside the grace period
    kUnknown,
  };
  Match match(const Address& signer, WallTime now) const noexcept;

  /// Sets the address. A change from one that was not zero starts the grace period; only the latest one has it.
  void rotate(const Address& current, WallTime now) noexcept;
  /// A block by the current signer verified: the previous one is out.
  void confirm() noexcept { previous_.reset(); }

  const Address& current() const noexcept { return current_; }
  std::optional<Address> previous(WallTime now) const noexcept;

 private:
  Address current_;
  std::optional<Address> previous_;
  WallTime grace_ends_{};
};

}  // namespace opwire::opstack
