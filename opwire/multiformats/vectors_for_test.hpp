// What the tests of this library share: hex literals and the vectors in testdata.
#pragma once

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "opwire/codec/hex.hpp"

namespace opwire::multiformats {

inline Bytes unhex(std::string_view text) {
  return codec::from_hex(text).value();
}

inline std::string read_testdata(const std::string& name) {
  std::ifstream file(OPWIRE_TESTDATA "/" + name);
  EXPECT_TRUE(file) << name;
  return {std::istreambuf_iterator<char>(file), {}};
}

inline boost::json::value load_vectors(const std::string& name) {
  return boost::json::parse(read_testdata(name));
}

inline std::string_view text_at(const boost::json::value& object, std::string_view key) {
  return object.at(key).as_string();
}

}  // namespace opwire::multiformats
