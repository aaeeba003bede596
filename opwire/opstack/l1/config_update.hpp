// The log in which SystemConfig announces a new block signer (OP Stack specs, system_config: ConfigUpdate, type 3).
#pragma once

#include <boost/json/value.hpp>
#include <string>

#include "opwire/base/result.hpp"
#include "opwire/base/strong.hpp"

namespace opwire::opstack {

struct SignerUpdate {
  Address signer;
  bool removed = false;  ///< a reorganisation took it back
};

/// A log of eth_subscribe or eth_getLogs. Errors: kL1Log (another contract's, another kind of update, malformed).
Result<SignerUpdate> parse_signer_update(const boost::json::value& log, const Address& system_config);

/// The parameters of eth_subscribe for these logs alone.
std::string signer_update_subscription(const Address& system_config);

}  // namespace opwire::opstack
