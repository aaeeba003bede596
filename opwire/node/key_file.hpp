// The peer's private key in op-node's file format: 32 bytes of secp256k1 in hex.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "opwire/base/result.hpp"
#include "opwire/base/rng.hpp"
#include "opwire/crypto/keys.hpp"

namespace opwire::node {

/// Hex with or without 0x, white space around it. The error does not repeat the text.
Result<crypto::PrivateKey, std::string> parse_key_hex(std::string_view text);
std::string to_key_hex(const crypto::PrivateKey& key);

struct KeyFile {
  crypto::PrivateKey key;
  bool created = false;
  bool readable_by_others = false;  ///< its mode lets group or others read it: worth a warning
};
/// Errors: a line that names the file and the reason.
Result<KeyFile, std::string> read_key_file(const std::filesystem::path& path);
/// Writes lower-case hex, no newline, mode 0600. Never overwrites.
Result<void, std::string> create_key_file(const std::filesystem::path& path, const crypto::PrivateKey& key);
/// Reads it, or makes a new key and file when there is none.
Result<KeyFile, std::string> read_or_create_key_file(const std::filesystem::path& path, Rng& rng);

}  // namespace opwire::node
