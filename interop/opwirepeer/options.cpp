#include "interop/opwirepeer/options.hpp"

#include <charconv>
#include <map>

namespace opwire::interop {
namespace {

using Status = Result<void, std::string>;
using Setter = Status (*)(Options&, const std::string& value);

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin < list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    if (end > begin) parts.push_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

Status only(const std::string& flag, const std::string& value, const std::string& spoken) {
  if (value != spoken) return flag + " " + value + " is not spoken here: use " + spoken;
  return {};
}

Status set_key_type(Options& options, const std::string& value) {
  static const std::map<std::string, crypto::KeyType> kTypes{{"secp256k1", crypto::KeyType::kSecp256k1},
                                                             {"ed25519", crypto::KeyType::kEd25519},
                                                             {"ecdsa", crypto::KeyType::kEcdsa}};
  const auto found = kTypes.find(value);
  if (found == kTypes.end()) return "--key-type " + value + " is not made here: use secp256k1, ed25519 or ecdsa";
  options.key_type = found->second;
  return {};
}

// "90s", "5m", or plain seconds.
Status set_timeout(Options& options, const std::string& value) {
  const bool minutes = value.ends_with('m');
  const auto count = parse_count(minutes || value.ends_with('s') ? value.substr(0, value.size() - 1) : value);
  if (!count) return "--timeout: " + count.error();
  options.timeout = minutes ? Duration(std::chrono::minutes(*count)) : Duration(std::chrono::seconds(*count));
  return {};
}

Status set_in_flight(Options& options, const std::string& value) {
  const auto count = parse_count(value);
  if (!count) return "--in-flight: " + count.error();
  options.in_flight = *count;
  return {};
}

const std::map<std::string, Setter>& setters() {
  static const std::map<std::string, Setter> kSetters{
      {"--key-type", set_key_type},
      {"--timeout", set_timeout},
      {"--in-flight", set_in_flight},
      {"--security", [](Options&, const std::string& value) { return only("--security", value, "noise"); }},
      {"--muxer", [](Options&, const std::string& value) { return only("--muxer", value, "yamux"); }},
      {"--gossip", [](Options& options, const std::string& value) { return options.gossip = split(value), Status(); }},
      {"--listen", [](Options& options, const std::string& value) { return options.listen = value, Status(); }},
      {"--connect",
       [](Options& options, const std::string& value) { return options.connect = split(value), Status(); }},
  };
  return kSetters;
}

// The flags without a value.
bool set(Options& options, const std::string& flag) {
  if (flag == "--op-ids") return options.op_ids = true;
  if (flag == "--no-iwant") return options.asks = false, true;
  return false;
}

}  // namespace

Result<std::size_t, std::string> parse_count(const std::string& text) {
  std::size_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size() || value == 0) {
    return "'" + text + "' is not a positive number";
  }
  return value;
}

Result<Options, std::string> parse_options(int argc, char** argv) {
  Options options;
  const std::vector<std::string> words(argv + 1, argv + argc);
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!words[i].starts_with("--")) {
      (options.command.empty() ? options.command : options.arguments.emplace_back()) = words[i];
      continue;
    }
    if (set(options, words[i])) continue;
    const std::size_t equals = words[i].find('=');
    const auto setter = setters().find(words[i].substr(0, equals));
    if (setter == setters().end()) return "unknown flag " + words[i];
    const bool attached = equals != std::string::npos;
    if (!attached && i + 1 == words.size()) return words[i] + " needs a value";
    OPW_TRYV(setter->second(options, attached ? words[i].substr(equals + 1) : words[++i]));
  }
  if (options.command != "listen" && options.command != "dial") return std::string("the command is listen or dial");
  return options;
}

}  // namespace opwire::interop
