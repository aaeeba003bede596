// What the tests of this library share: published values from testdata.
#pragma once

#include <boost/json.hpp>
#include <fstream>
#include <sstream>
#include <string>

namespace opwire::discv5::test {

inline boost::json::object load(const std::string& name) {
  std::ifstream file(std::string(OPWIRE_TESTDATA "/") + name);
  std::stringstream text;
  text << file.rdbuf();
  return boost::json::parse(text.str()).as_object();
}

inline std::string text_at(const boost::json::object& object, std::string_view key) {
  return std::string(object.at(key).as_string());
}

}  // namespace opwire::discv5::test
