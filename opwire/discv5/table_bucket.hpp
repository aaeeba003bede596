// A bucket of the table: nodes at about one distance from us, and those that wait for a place among them.
#pragma once

#include <vector>

#include "opwire/base/time.hpp"
#include "opwire/discv5/contact.hpp"

namespace opwire::discv5 {

/// Tables are many in a simulation: id and key are the record's.
struct TableNode {
  enum class State : std::uint8_t {
    kNew,      ///< has not answered at this endpoint
    kLive,     ///< answered when it was asked last
    kDoubted,  ///< live, but silent when it was asked last
  };

  RecordPtr record;
  net::Endpoint endpoint;    ///< the record's
  std::uint32_t credit = 0;  ///< answers, of which a silence takes two thirds
  State state = State::kNew;
  TimePoint due{};  ///< not to be checked before

  bool is_live() const noexcept { return state != State::kNew; }
  /// Among those that are checked by chance and soon.
  bool is_unproven() const noexcept { return state != State::kLive; }
  Contact contact() const;
};

/// Takes memory only when somebody is in it.
struct TableBucket {
  std::vector<TableNode> nodes;
  std::vector<TableNode> waiting;  ///< who came first stands first

  TableNode* find_node(const NodeId& id) noexcept;
  TableNode* find_waiting(const NodeId& id) noexcept;
};

}  // namespace opwire::discv5
