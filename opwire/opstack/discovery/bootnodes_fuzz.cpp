// Any text as a bootnode: a record or an enode URL that can be asked, or an error that repeats the text.
#include "opwire/base/check.hpp"
#include "opwire/opstack/discovery/bootnodes.hpp"

using namespace opwire;
using namespace opwire::opstack;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text(ByteView(data, size));
  const auto bootnode = parse_bootnode(text);
  if (!bootnode) {
    OPW_CHECK(bootnode.error().find(text) != std::string::npos);
    return 0;
  }
  OPW_CHECK((bootnode->record != nullptr) != bootnode->enode.has_value());
  OPW_CHECK(!bootnode->enode || bootnode->enode->udp != 0);
  const std::string shown = bootnode->record ? bootnode->record->to_text() : bootnode->enode->to_text();
  OPW_CHECK(parse_bootnode(shown).has_value());
  return 0;
}
