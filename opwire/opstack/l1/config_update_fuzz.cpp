// Any text as a log of L1: what is taken as a new signer is the log of that signer, and of no other contract.
#include <boost/json/parse.hpp>

#include "opwire/base/check.hpp"
#include "opwire/codec/hex.hpp"
#include "opwire/opstack/l1/config_update.hpp"
#include "opwire/opstack/l1/errors.hpp"

namespace {

using namespace opwire;

// The log that announces this signer, as the specification lays it out.
boost::json::value log_of(const opstack::SignerUpdate& update, const Address& config) {
  const std::string zeros(24, '0');
  const std::string word(62, '0');
  const std::string signer = codec::to_hex(update.signer.view());
  return boost::json::object{
      {"address", codec::to_hex0x(config.view())},
      {"topics", boost::json::array{"0x1d2b0bda21d56b8bd12d4f94ebacffdfb35f5e226f84b461103bb8beab6353be",
                                    "0x" + word + "00", "0x" + word + "03"}},
      {"data", "0x" + word + "20" + word + "20" + zeros + signer},
      {"removed", update.removed}};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Address config = *Address::from(ByteArray<20>{1, 2, 3});
  const std::string_view text = as_text({data, size});
  boost::json::error_code failed;
  const boost::json::value log = boost::json::parse({text.data(), text.size()}, failed);
  if (failed) return 0;
  const auto update = opstack::parse_signer_update(log, config);
  if (!update) {
    OPW_CHECK(update.error().is(opstack::errors::kL1Log));
    return 0;
  }
  const auto same = opstack::parse_signer_update(log_of(*update, config), config);
  OPW_CHECK(same && same->signer == update->signer && same->removed == update->removed);
  OPW_CHECK(!opstack::parse_signer_update(log, Address{}));
  return 0;
}
