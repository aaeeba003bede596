#include "opwire/p2p/multistream/negotiation.hpp"

#include "opwire/base/check.hpp"
#include "opwire/p2p/multistream/errors.hpp"

namespace opwire::multistream {

Proposer::Proposer(std::vector<std::string> protocols) : protocols_(std::move(protocols)) {
  OPW_CHECK(!protocols_.empty());
}

Bytes Proposer::start() const {
  Bytes bytes;
  append_token(bytes, kHeader);
  append_token(bytes, protocols_.front());
  return bytes;
}

Result<Step> Proposer::on_token(std::string_view token) {
  Step step;
  if (!header_seen_) {
    if (token != kHeader) return errors::kBadHeader;
    header_seen_ = true;
  } else if (token == protocols_[proposed_]) {
    step.selected = protocols_[proposed_];
  } else if (token != kNotAvailable) {
    return errors::kWrongAnswer;
  } else if (++proposed_ == protocols_.size()) {
    return errors::kNotSupported;
  } else {
    append_token(step.send, protocols_[proposed_]);
  }
  return step;
}

Bytes Responder::start() const {
  Bytes bytes;
  append_token(bytes, kHeader);
  return bytes;
}

Result<Step> Responder::on_token(std::string_view token) {
  Step step;
  if (!header_seen_) {
    if (token != kHeader) return errors::kBadHeader;
    header_seen_ = true;
  } else if (++proposals_ > kMaxProposals) {
    return errors::kTooManyProposals;
  } else if (supports_(token)) {
    append_token(step.send, token);
    step.selected = std::string(token);
  } else {
    append_token(step.send, kNotAvailable);
  }
  return step;
}

}  // namespace opwire::multistream
