// Where a PeerFinder gets node records from.
#pragma once

#include <cstddef>
#include <vector>

#include "opwire/discv5/service.hpp"

namespace opwire::opstack {

/// The DHT, as far as a PeerFinder needs it.
class NodeFinder {
 public:
  virtual ~NodeFinder() = default;
  /// Asks its way towards the target; returns those nearest to it that answered.
  virtual Task<std::vector<discv5::RecordPtr>> lookup(discv5::NodeId target) = 0;
  virtual std::size_t table_size() const = 0;
  virtual std::size_t table_live() const = 0;
};

class ServiceNodeFinder final : public NodeFinder {
 public:
  /// service outlives it.
  explicit ServiceNodeFinder(discv5::Service& service) : service_(service) {}
  /// Empty where the lookup fails.
  Task<std::vector<discv5::RecordPtr>> lookup(discv5::NodeId target) override;
  std::size_t table_size() const override { return service_.protocol().table().size(); }
  std::size_t table_live() const override { return service_.protocol().table().live(); }

 private:
  discv5::Service& service_;
};

/// A further source, such as a signed tree in DNS.
class RecordSource {
 public:
  virtual ~RecordSource() = default;
  /// Some records, others each time where there are; verified. Empty: none, for now.
  virtual Task<std::vector<discv5::RecordPtr>> more() = 0;
};

}  // namespace opwire::opstack
