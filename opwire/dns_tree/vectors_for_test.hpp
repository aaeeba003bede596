// The trees of testdata/dns-tree-eip1459.json.
#pragma once

#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include <boost/json.hpp>

namespace opwire::dns_tree::test {

struct PublishedTree {
  std::string link;
  std::string root;
  std::map<std::string, std::string> entries;  // by subdomain
};

inline boost::json::object published(const std::string& name) {
  std::ifstream file(OPWIRE_TESTDATA "/dns-tree-eip1459.json");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return boost::json::parse(text).at(name).as_object();
}
inline PublishedTree published_tree(const std::string& name) {
  const auto object = published(name);
  PublishedTree tree{std::string(object.at("link").as_string()), std::string(object.at("root").as_string()), {}};
  for (const auto& entry : object.at("entries").as_object()) tree.entries[entry.key()] = entry.value().as_string();
  return tree;
}

}  // namespace opwire::dns_tree::test
