#include "opwire/p2p/gossipsub/arrivals.hpp"

namespace opwire::gossipsub {

Arrivals::Arrival::Arrival(Arrivals& all, Stream& stream, std::size_t size)
    : all_(all), stream_(stream), size_(size), deadline_(all.loop_.now() + all.timeout_) {
  while (!all_.standing_.empty() && all_.bytes_ + size > all_.max_bytes_) all_.standing_.front().give_up();
  all_.standing_.push_back(*this);
  all_.bytes_ += size;
  if (!all_.slow_.armed()) all_.slow_.arm(deadline_);
}

Arrivals::Arrival::~Arrival() {
  if (!given_up_) all_.bytes_ -= size_;
}

void Arrivals::Arrival::give_up() {
  unlink();
  all_.bytes_ -= size_;
  given_up_ = true;
  stream_.reset();
}

void Arrivals::give_up_late_ones() {
  while (!standing_.empty() && standing_.front().deadline_ <= loop_.now()) standing_.front().give_up();
  if (!standing_.empty()) slow_.arm(standing_.front().deadline_);
}

}  // namespace opwire::gossipsub
