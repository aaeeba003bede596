#include "opwire/rpc/method_table.hpp"

#include <boost/json/serialize.hpp>
#include <memory>
#include <set>

namespace opwire::rpc {
namespace {

Task<MethodAnswer> answer_at_once(std::shared_ptr<const PlainMethod> method, boost::json::array params) {
  co_return (*method)(params);
}

}  // namespace

void MethodTable::add(std::string name, Method method, Access access) {
  if (access == Access::kAdmin && !admin_) return;
  methods_[std::move(name)] = std::move(method);
}

void MethodTable::add_plain(std::string name, PlainMethod method, Access access) {
  auto shared = std::make_shared<const PlainMethod>(std::move(method));
  const Method wrapped = [shared](boost::json::array params, const Context&) {
    return answer_at_once(shared, std::move(params));
  };
  add(std::move(name), wrapped, access);
}

const std::pair<const std::string, Method>* MethodTable::find(std::string_view name) const {
  const auto found = methods_.find(name);
  return found == methods_.end() ? nullptr : &*found;
}

std::vector<std::string> MethodTable::names() const {
  std::vector<std::string> names;
  for (const auto& [name, method] : methods_) names.push_back(name);
  return names;
}

std::string MethodTable::modules() const {
  std::set<std::string> modules{"rpc"};
  for (const auto& [name, method] : methods_) modules.insert(name.substr(0, name.find('_')));
  boost::json::object object;
  for (const std::string& module : modules) object[module] = "1.0";
  return boost::json::serialize(object);
}

}  // namespace opwire::rpc
