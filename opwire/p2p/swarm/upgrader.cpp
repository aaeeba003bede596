#include "opwire/p2p/swarm/upgrader.hpp"

#include <algorithm>

#include "opwire/p2p/multistream/errors.hpp"
#include "opwire/p2p/multistream/select.hpp"
#include "opwire/p2p/swarm/errors.hpp"

namespace opwire::swarm {
namespace {

template <class Part>
std::vector<std::string> protocols_of(const std::vector<std::unique_ptr<Part>>& parts) {
  std::vector<std::string> names;
  for (const auto& part : parts) names.emplace_back(part->protocol());
  return names;
}

template <class Part>
Part* find_part(const std::vector<std::unique_ptr<Part>>& parts, std::string_view protocol) {
  const auto found = std::find_if(parts.begin(), parts.end(), [&](const auto& p) { return p->protocol() == protocol; });
  return found == parts.end() ? nullptr : found->get();
}

Task<Result<std::string>> negotiate(Stream& stream, Role role, std::vector<std::string> ours) {
  if (role == Role::kDialer) {
    Result<std::string> agreed = co_await multistream::select_protocol(stream, std::move(ours));
    if (!agreed && agreed.error().is(multistream::errors::kNotSupported)) co_return errors::kNoCommonProtocol;
    co_return agreed;
  }
  co_return co_await multistream::accept_protocol(
      stream, [&ours](std::string_view offered) { return std::find(ours.begin(), ours.end(), offered) != ours.end(); });
}

}  // namespace

Upgrader::Upgrader(Loop& loop, std::vector<std::unique_ptr<Security>> securities,
                   std::vector<std::unique_ptr<Muxer>> muxers, ConnectionGater* gater)
    : loop_(loop), securities_(std::move(securities)), muxers_(std::move(muxers)), gater_(gater) {
  OPW_CHECK(!securities_.empty() && !muxers_.empty());
}

Task<Result<Upgraded>> Upgrader::upgrade(RawConnection raw, Role role, std::optional<PeerId> expected,
                                         TimePoint deadline) {
  bool late = false;
  Stream* const stream = raw.stream.get();
  Timer timer(loop_, [&late, stream] {
    late = true;
    stream->reset();
  });
  timer.arm(deadline);
  Result<Upgraded> upgraded = co_await upgrade_stages(std::move(raw), role, std::move(expected));
  if (late) co_return Error(opwire::errors::kTimeout, "connection upgrade");
  co_return upgraded;
}

Task<Result<Upgraded>> Upgrader::upgrade_stages(RawConnection raw, Role role, std::optional<PeerId> expected) {
  Stream* const stream = raw.stream.get();
  std::string security;
  OPW_CO_TRY(SecuredConnection secured, co_await secure(raw, role, std::move(expected), security));
  if (gater_ != nullptr && !gater_->allow_secured(role, secured.remote, raw.remote)) co_return errors::kGated;
  OPW_CO_TRY(Muxer* const muxer, co_await choose_muxer(secured, role));
  co_return Upgraded{muxer->make(std::move(secured.stream), role),
                     stream,
                     role,
                     secured.remote,
                     secured.remote_key,
                     std::move(security),
                     std::string(muxer->protocol()),
                     std::move(raw.local),
                     std::move(raw.remote)};
}

Task<Result<SecuredConnection>> Upgrader::secure(RawConnection& raw, Role role, std::optional<PeerId> expected,
                                                 std::string& chosen) {
  OPW_CO_TRY(chosen, co_await negotiate(*raw.stream, role, protocols_of(securities_)));
  Security* const security = find_part(securities_, chosen);
  co_return co_await security->secure(std::move(raw.stream), role, std::move(expected));
}

Task<Result<Muxer*>> Upgrader::choose_muxer(SecuredConnection& secured, Role role) {
  if (!secured.early_muxer.empty()) {
    Muxer* const early = find_part(muxers_, secured.early_muxer);
    if (early == nullptr) co_return errors::kNoCommonProtocol;
    co_return early;
  }
  OPW_CO_TRY(const std::string agreed, co_await negotiate(*secured.stream, role, protocols_of(muxers_)));
  co_return find_part(muxers_, agreed);
}

}  // namespace opwire::swarm
