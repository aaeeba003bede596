// Reads records in the very form in which they are written here, several times faster than a reader of any JSON: a node
// begins with a hundred thousand of them. What is in another form is not wrong, and is left to RecordReader; what is
// read here is what RecordReader reads. Private to this library.
#pragma once

#include <string>
#include <string_view>

#include "opwire/opstack/reputation/peer_scores.hpp"

namespace opwire::opstack::reputation {

/// Each reader returns false where something else stands there; then all is to be read again from the beginning.
class OwnForm {
 public:
  /// A text that is too long for a record is in no form.
  explicit OwnForm(std::string_view text) noexcept : rest_(text.size() <= kMaxRecordText ? text : std::string_view()) {}

  bool literal(std::string_view expected) noexcept {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }
  bool number(double& into, double least) noexcept;
  bool time(WallTime& into) noexcept;
  /// Up to the quote that ends it; nothing in it is escaped.
  bool plain_text(std::string& into);
  /// The peerScores object.
  bool scores(PeerScores& into) noexcept;
  bool done() const noexcept { return rest_.empty(); }

 private:
  std::string_view rest_;
};

}  // namespace opwire::opstack::reputation
