#include "opwire/net/dns.hpp"
#include "opwire/net/errors.hpp"

namespace opwire::net {

Task<Result<std::vector<Bytes>>> StaticResolver::addresses(std::string name, IpFamily family, TimePoint deadline) {
  (void)deadline;
  std::vector<Bytes> found;
  const auto [first, last] = addresses_.equal_range(name);
  for (auto entry = first; entry != last; ++entry) {
    if ((entry->second.size() == 16) == (family == IpFamily::kV6)) found.push_back(entry->second);
  }
  if (found.empty()) co_return errors::kResolve;
  co_return found;
}

Task<Result<std::vector<std::string>>> StaticResolver::texts(std::string name, TimePoint deadline) {
  (void)deadline;
  std::vector<std::string> found;
  const auto [first, last] = texts_.equal_range(name);
  for (auto entry = first; entry != last; ++entry) found.push_back(entry->second);
  if (found.empty()) co_return errors::kResolve;
  co_return found;
}

}  // namespace opwire::net
