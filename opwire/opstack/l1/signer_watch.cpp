#include "opwire/opstack/l1/signer_watch.hpp"

#include "opwire/codec/hex.hpp"
#include "opwire/opstack/l1/config_update.hpp"
#include "opwire/opstack/l1/errors.hpp"

namespace opwire::opstack {
namespace {
constexpr log::Logger kLog{"l1"};
}  // namespace

std::string_view to_string(SignerWatch::Source source) noexcept {
  return source == SignerWatch::Source::kL1 ? "l1" : "registry";
}

SignerWatch::SignerWatch(Loop& loop, rpc::Caller& caller, const SignerWatchOptions& options, OnSigner on_signer)
    : loop_(loop), caller_(caller), options_(options), on_signer_(std::move(on_signer)), logged_(loop) {}

Task<void> SignerWatch::run() {
  if (!co_await start()) co_return;
  while (co_await wait()) {
    look_now_ = false;
    const auto looked = co_await look();
    if (announced_ && looks_left_-- == 0) announced_.reset();
    if (looked) continue;
    if (looked.error().is(opwire::errors::kCancelled)) co_return;
    kLog.warn(
        "the block signer cannot be read from L1",
        {{"reason", looked.error()}, {"in_use", codec::to_checksum_hex(signer())}, {"source", to_string(source())}});
  }
}

// False: cancelled.
Task<bool> SignerWatch::start() {
  std::optional<Error> why;
  for (int attempt = 1; attempt <= options_.start_attempts; ++attempt) {
    const auto looked = co_await look();
    if (looked) co_return true;
    why = looked.error();
    if (why->is(opwire::errors::kCancelled)) co_return false;
    kLog.warn("the block signer cannot be read from L1", {{"attempt", attempt}, {"reason", *why}});
    if (why->is(errors::kL1WrongChain) || attempt == options_.start_attempts) break;
    const bool slept = co_await sleep_for(loop_, options_.start_pause);
    if (!slept) co_return false;
  }
  if (why) {
    kLog.warn("blocks are checked against the registry's signer until L1 can be read",
              {{"source", to_string(source())}, {"in_use", codec::to_checksum_hex(signer())}, {"reason", *why}});
  }
  co_return true;
}

Task<Result<void>> SignerWatch::look() {
  OPW_CO_TRY(const SignerReading reading, co_await read_signer(loop_, caller_, options_.read));
  warn_if_stale(reading);
  adopt(reading);
  co_return Result<void>();
}

void SignerWatch::adopt(const SignerReading& reading) {
  if (announced_ == reading.signer) announced_.reset();
  if (signer_ == reading.signer) return;
  note_signer(reading);
  const bool first = !signer_;
  signer_ = reading.signer;
  on_signer_(reading.signer, first);
}

// Every address that plays a part, in one line.
void SignerWatch::note_signer(const SignerReading& reading) {
  const bool mismatch = reading.signer != signer();
  const auto level = mismatch ? log::Level::kWarn : log::Level::kInfo;
  kLog.write(level, mismatch ? "L1 names another block signer" : "L1 confirms the block signer",
             {{"seen", codec::to_checksum_hex(reading.signer)},
              {"previous", codec::to_checksum_hex(signer())},
              {"previous_source", to_string(source())},
              {"registry", codec::to_checksum_hex(options_.registry)},
              {"l1_block", reading.block.number.value},
              {"proven", !options_.read.trust_rpc}});
}

void SignerWatch::warn_if_stale(const SignerReading& reading) {
  const WallTime head = from_unix_seconds(reading.head_timestamp);
  const Duration age = loop_.wall_now() - head;
  if (age <= options_.stale_after) return;
  kLog.warn("the L1 node's head is old: a new block signer may be unknown to it",
            {{"age_s", std::chrono::duration_cast<std::chrono::seconds>(age).count()}});
}

// None: until a log comes.
std::optional<Duration> SignerWatch::pause() const {
  if (announced_) return kL1BlockTime;
  if (!signer_) return options_.retry_interval;
  if (options_.reload_interval > Duration::zero()) return options_.reload_interval;
  return std::nullopt;
}

// False: cancelled.
Task<bool> SignerWatch::wait() {
  const TimePoint began = loop_.now();
  while (!look_now_) {
    const std::optional<Duration> after = pause();
    const TimePoint until = after ? began + *after : TimePoint::max();
    Wake woken = Wake::kNotified;
    if (after) {
      woken = co_await logged_.wait_until(until);
    } else {
      const bool notified = co_await logged_.wait();
      woken = notified ? Wake::kNotified : Wake::kCancelled;
    }
    if (woken == Wake::kCancelled) co_return false;
    if (woken == Wake::kTimeout) co_return true;
  }
  co_return true;
}

void SignerWatch::on_log(const boost::json::value& log) {
  const auto update = parse_signer_update(log, options_.read.system_config);
  if (!update) {
    kLog.debug("a log of L1 is passed over", {{"reason", update.error()}});
    return;
  }
  kLog.info(update->removed ? "L1 took back a change of the block signer" : "L1 announces a block signer",
            {{"signer", codec::to_checksum_hex(update->signer)}});
  announced_.reset();
  if (!update->removed) announced_ = update->signer;
  looks_left_ = options_.read.confirmations + kExtraLooks;
  look_now_ = true;
  logged_.notify_all();
}

}  // namespace opwire::opstack
