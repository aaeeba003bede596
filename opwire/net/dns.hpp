// Names to addresses, without blocking the loop.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "opwire/base/bytes.hpp"
#include "opwire/base/result.hpp"
#include "opwire/runtime/loop.hpp"

namespace opwire::net {

enum class IpFamily : unsigned char { kV4, kV6 };

class Resolver {
 public:
  virtual ~Resolver() = default;
  /// The name's addresses of that family, 4 or 16 bytes each; at least one. Errors: kResolve, kTimeout, kCancelled,
  /// kLimit (too many questions at once).
  virtual Task<Result<std::vector<Bytes>>> addresses(std::string name, IpFamily family, TimePoint deadline) = 0;
  /// Its TXT records; at least one. Errors: the same.
  virtual Task<Result<std::vector<std::string>>> texts(std::string name, TimePoint deadline) = 0;
};

/// Answers from memory, for tests and the simulator.
class StaticResolver final : public Resolver {
 public:
  void add_address(const std::string& name, ByteView ip) { addresses_.emplace(name, to_bytes(ip)); }
  void add_text(const std::string& name, std::string text) { texts_.emplace(name, std::move(text)); }

  Task<Result<std::vector<Bytes>>> addresses(std::string name, IpFamily family, TimePoint deadline) override;
  Task<Result<std::vector<std::string>>> texts(std::string name, TimePoint deadline) override;

 private:
  std::multimap<std::string, Bytes> addresses_;
  std::multimap<std::string, std::string> texts_;
};

}  // namespace opwire::net
