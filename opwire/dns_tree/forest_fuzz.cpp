// Trees built as the bytes say, under good roots, and answers as the bytes say: limits hold, and it comes to an end.
#include <map>

#include "opwire/base/check.hpp"
#include "opwire/dns_tree/forest.hpp"
#include "opwire/dns_tree/make_tree.hpp"

using namespace opwire;
using namespace opwire::dns_tree;

namespace {

const Bytes kPrivateKey(32, 7);
constexpr std::string_view kRecord =
    "enr:-"
    "HW4QOFzoVLaFJnNhbgMoDXPnOvcdVuj7pDpqRvh6BRDO68aVi5ZcjB3vzQRZH2IcLBGHzo8uUN3snqmgTiE56CH3AMBgmlkgnY0iXNlY3AyNTZr"
    "MaECC2_24YYkYHEgdzxlSNKQEnHhuNAbNlMlWJxrJxbAFvA";

class Input {
 public:
  explicit Input(ByteView bytes) : left_(bytes) {}
  bool empty() const { return left_.empty(); }
  std::uint8_t byte() {
    if (left_.empty()) return 0;
    const std::uint8_t first = left_.front();
    left_ = left_.subspan(1);
    return first;
  }

 private:
  ByteView left_;
};

struct World {
  std::map<std::string, std::string> zone;
  std::vector<EntryHash> entries;
  std::uint64_t seq = 0;
};

std::string entry_text(World& world, Input& input, const Link& link) {
  const std::uint8_t kind = input.byte();
  if (kind % 4 == 0) return std::string(kRecord);
  if (kind % 4 == 1) {
    const std::string own = link.to_text();
    return own.substr(0, own.find('@') + 1) + static_cast<char>('a' + kind / 4 % 40);  // beyond z: no domain
  }
  if (kind % 4 == 2) return std::string(kind / 4, 'x');
  Branch branch;
  for (std::size_t i = kind / 4; i > 0; --i) {
    const std::uint8_t which = input.byte();
    branch.push_back(world.entries.empty() ? EntryHash{} : world.entries[which % world.entries.size()]);
  }
  return to_text(branch);
}

void grow(World& world, Input& input, const Link& link) {
  for (std::uint8_t count = input.byte() % 32; count > 0; --count) {
    std::string text = entry_text(world, input, link);
    world.entries.push_back(hash_of(text));
    world.zone[to_text(world.entries.back())] = std::move(text);
  }
  if (world.entries.empty()) return;
  Root root;
  root.records = world.entries[input.byte() % world.entries.size()];
  root.links = world.entries[input.byte() % world.entries.size()];
  root.seq = world.seq += input.byte() % 3;
  world.zone[link.domain()] = sign_root(root, kPrivateKey).value();
}

/// At whatever domain, the same tree is.
void answer(World& world, Input& input, Forest& forest, const std::string& name, TimePoint now) {
  const std::size_t dot = name.find('.');
  const auto entry = world.zone.find(dot == std::string::npos ? "root" : name.substr(0, dot));
  const std::uint8_t how = input.byte();
  if (how == 1) return;  // asked anew
  if (entry == world.zone.end() || how == 2) return forest.on_no_answer(now);
  std::vector<std::string> texts{entry->second};
  if (how > 240) texts.insert(texts.begin(), std::string(how, 'y'));
  if (how == 3) texts.clear();
  (void)forest.on_texts(texts, now);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Link link = make_tree({}, "root", kPrivateKey).value().link;
  Input input({data, size});
  World world;
  Forest forest = Forest::make({link}).value();
  SeededRng rng(1);
  TimePoint now{std::chrono::hours(1)};
  for (int round = 0; round < 4 && !input.empty(); ++round) {
    grow(world, input, link);
    for (int i = 0; i < 100'000 && forest.has_question(now); ++i) {
      answer(world, input, forest, forest.question(now, rng).value(), now);
      OPW_CHECK(forest.trees().size() <= kMaxTrees && forest.size() <= kMaxEntries + 2 * kMaxTrees);
    }
    OPW_CHECK(!forest.has_question(now));
    now = forest.next_check();
  }
  return 0;
}
