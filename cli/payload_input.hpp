// A block from a file, in any of the forms in which people have them.
#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "opwire/base/result.hpp"
#include "opwire/crypto/ecdsa_recovery.hpp"
#include "opwire/opstack/payload/execution_payload.hpp"

namespace opwire::cli {

struct PayloadInput {
  opstack::Envelope envelope;
  std::string form;  ///< "gossip frame", "signed body", "SSZ", "JSON"
  std::optional<crypto::RecoverableSignature> signature;
  Bytes frame;  ///< snappy, as gossiped; only of a gossip frame
};

void add_payload_file(CLI::App& app, std::string& file);

/// Takes a gossip frame (snappy), a signed body (65-byte signature and SSZ), SSZ, each in binary or hex, or the Engine
/// API's JSON. The version is the one whose layout fits. The error says what each form lacked.
Result<PayloadInput, std::string> load_payload(const std::string& file);

}  // namespace opwire::cli
