// What the tests of this library share: hex literals and the vectors in testdata.
#pragma once

#include <boost/json.hpp>
#include <fstream>
#include <sstream>
#include <string>

#include "opwire/codec/hex.hpp"

namespace opwire::crypto {

inline Bytes unhex(std::string_view text) {
  return codec::from_hex(text).value();
}
inline std::string hex(ByteView bytes) {
  return codec::to_hex(bytes);
}
inline std::string hex(const Hash256& hash) {
  return codec::to_hex(hash.view());
}

inline boost::json::value load_vectors(const std::string& name) {
  std::ifstream file(std::string(OPWIRE_TESTDATA "/") + name);
  OPW_CHECK(file.is_open());
  std::stringstream text;
  text << file.rdbuf();
  return boost::json::parse(text.str());
}

inline std::string_view text_at(const boost::json::value& object, std::string_view key) {
  return object.at(key).as_string();
}

}  // namespace opwire::crypto
