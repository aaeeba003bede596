#include "opwire/dns_tree/client.hpp"

#include <algorithm>

#include "opwire/base/check.hpp"

namespace opwire::dns_tree {
namespace {

// A token's time, and a little more for rounding.
constexpr Duration kPause = std::chrono::milliseconds(334);

/// That nobody else is in there.
class Turn {
 public:
  explicit Turn(bool& busy) : busy_(busy) {
    OPW_CHECK(!busy_);
    busy_ = true;
  }
  ~Turn() { busy_ = false; }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  bool& busy_;
};

}  // namespace

Result<std::unique_ptr<TreeClient>> TreeClient::make(Loop& loop, Rng& rng, net::Resolver& resolver,
                                                     std::vector<Link> links) {
  OPW_TRY(Forest forest, Forest::make(std::move(links)));
  return std::unique_ptr<TreeClient>(new TreeClient(loop, rng, resolver, std::move(forest)));
}

Task<Result<std::vector<discv5::RecordPtr>>> TreeClient::next(std::size_t max, TimePoint deadline) {
  const Turn turn(busy_);
  std::vector<discv5::RecordPtr> found;
  while (found.size() < max && loop_.now() < deadline && forest_.has_question(loop_.now())) {
    if (!questions_.try_take(loop_.now())) {
      const TimePoint refilled = std::min(deadline, loop_.now() + kPause);
      if (!co_await sleep_until(loop_, refilled)) co_return opwire::errors::kCancelled;
      continue;
    }
    std::string name = *forest_.question(loop_.now(), rng_);
    const TimePoint answered_by = std::min(deadline, loop_.now() + kQuestionPatience);
    const auto texts = co_await resolver_.texts(std::move(name), answered_by);
    if (texts) {
      if (auto record = forest_.on_texts(*texts, loop_.now())) found.push_back(std::move(record));
    } else if (texts.error().is(opwire::errors::kCancelled)) {
      co_return opwire::errors::kCancelled;
    } else if (loop_.now() < deadline) {  // else we had no patience; it is asked again
      forest_.on_no_answer(loop_.now());
    }
  }
  co_return found;
}

}  // namespace opwire::dns_tree
