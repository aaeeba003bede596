// DNS by c-ares, on the loop.
#pragma once

#include <memory>

#include "opwire/net/dns.hpp"

namespace opwire::net {

struct DnsOptions {
  DnsOptions() = default;
  std::string servers;                             ///< "127.0.0.1:5353,[::1]:53"; empty: the system's
  Duration try_timeout = std::chrono::seconds(2);  ///< for the first try; it grows with each
  int tries = 3;
  std::size_t max_questions = 64;  ///< at once; more fail with kLimit
};

class CaresResolver final : public Resolver {
 public:
  /// Errors: kResolve (the system's settings or the servers cannot be understood).
  static Result<std::unique_ptr<CaresResolver>> make(Loop& loop, const DnsOptions& options = DnsOptions());
  /// Questions under way end with kClosed.
  ~CaresResolver() override;

  /// /etc/hosts counts too.
  Task<Result<std::vector<Bytes>>> addresses(std::string name, IpFamily family, TimePoint deadline) override;
  Task<Result<std::vector<std::string>>> texts(std::string name, TimePoint deadline) override;

 private:
  class Channel;
  explicit CaresResolver(std::unique_ptr<Channel> channel);
  std::unique_ptr<Channel> channel_;
};

}  // namespace opwire::net
