#include "opwire/opstack/gossip/equivocations.hpp"

#include <gtest/gtest.h>

#include <list>

#include "opwire/base/rng.hpp"

namespace opwire::opstack {
namespace {

PeerId peer(std::uint64_t number) {
  SeededRng rng(number);
  return PeerId::of(crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng).public_key());
}

Sighting sighting(std::uint64_t number, std::uint8_t content, std::uint8_t signature = 1) {
  Sighting one;
  one.block.number = {number};
  one.block.timestamp = 1'700'000'000 + 2 * number;
  one.block.hash.bytes[0] = content;
  one.block.payload_hash.bytes[0] = content;
  one.block.signature.bytes[0] = signature;
  one.at = from_unix_seconds(one.block.timestamp);
  return one;
}

TEST(Equivocations, TwoBlocksAtOneHeightAreEvidence) {
  Equivocations seen;
  Sighting first = sighting(7, 1);
  first.from = peer(1);
  EXPECT_EQ(seen.note(first, false), nullptr);
  EXPECT_EQ(seen.note(sighting(8, 2), false), nullptr);
  const Equivocation* const found = seen.note(sighting(7, 2, 9), false);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->number, BlockNumber{7});
  ASSERT_EQ(found->blocks.size(), 2u);
  EXPECT_EQ(found->blocks[0].from, peer(1));
  EXPECT_EQ(found->blocks[0].block.signature.bytes[0], 1);
  EXPECT_EQ(found->blocks[1].block.payload_hash.bytes[0], 2);
  EXPECT_EQ(found->blocks[1].block.signature.bytes[0], 9);
  EXPECT_EQ(found->blocks[1].from, std::nullopt);
  EXPECT_EQ(seen.all().size(), 1u);
  EXPECT_EQ(seen.total(), 1u);
}

TEST(Equivocations, TheSameContentUnderAnotherSignatureIsNone) {
  Equivocations seen;
  for (std::uint8_t signature = 1; signature < 5; ++signature) {
    EXPECT_EQ(seen.note(sighting(7, 1, signature), false), nullptr);
  }
  EXPECT_NE(seen.note(sighting(7, 2), false), nullptr);
  EXPECT_EQ(seen.note(sighting(7, 2, 7), false), nullptr);
  EXPECT_EQ(seen.note(sighting(7, 1, 7), false), nullptr);
  EXPECT_EQ(seen.total(), 1u);
}

TEST(Equivocations, KeepsSixteenOfAHeight) {
  Equivocations seen;
  for (std::uint8_t content = 0; content < Equivocations::kBlocks; ++content) {
    EXPECT_EQ(seen.note(sighting(7, content), false) != nullptr, content > 0);
  }
  EXPECT_FALSE(seen.all().front().more);
  EXPECT_EQ(seen.note(sighting(7, 200), false), nullptr);
  EXPECT_TRUE(seen.all().front().more);
  EXPECT_EQ(seen.all().front().blocks.size(), Equivocations::kBlocks);
  EXPECT_EQ(seen.total(), Equivocations::kBlocks - 1);
}

TEST(Equivocations, KeepsTheNewestHeights) {
  Equivocations seen;
  for (std::uint64_t number = 0; number < 100; ++number) {
    (void)seen.note(sighting(number, 1), false);
    EXPECT_NE(seen.note(sighting(number, 2), false), nullptr);
  }
  EXPECT_EQ(seen.all().size(), Equivocations::kHeights);
  EXPECT_EQ(seen.all().front().number, BlockNumber{100 - Equivocations::kHeights});
  EXPECT_EQ(seen.all().back().number, BlockNumber{99});
  EXPECT_EQ(seen.total(), 100u);
}

TEST(Equivocations, OldBlocksPushNothingOut) {
  Equivocations seen;
  (void)seen.note(sighting(100'000, 1), false);
  for (std::uint64_t number = 0; number < 5000; ++number) EXPECT_EQ(seen.note(sighting(number, 1), true), nullptr);
  EXPECT_EQ(seen.note(sighting(3, 2), true), nullptr) << "nor are they remembered";
  EXPECT_NE(seen.note(sighting(100'000, 2), true), nullptr) << "but they are compared";
  for (std::uint64_t number = 0; number < Equivocations::kRemembered; ++number) {
    (void)seen.note(sighting(number, 1), false);
  }
  EXPECT_NE(seen.note(sighting(100'000, 3), false), nullptr) << "evidence outlives the memory of the first block";
}

/// The same rules in the plainest form: lists of everything, cut at their ends.
struct Model {
  std::list<std::pair<std::uint64_t, std::uint8_t>> first;  // the latest first
  std::list<std::pair<std::uint64_t, std::vector<std::uint8_t>>> all;
  std::uint64_t total = 0;

  void note(std::uint64_t number, std::uint8_t content, bool too_old) {
    const auto of = [number](const auto& one) { return one.first == number; };
    auto known = std::ranges::find_if(all, of);
    if (known == all.end()) {
      const auto before = std::ranges::find_if(first, of);
      if (before == first.end()) {
        if (!too_old) first.emplace_front(number, content);
        if (first.size() > Equivocations::kRemembered) first.pop_back();
        return;
      }
      if (before->second == content) return;
      if (all.size() == Equivocations::kHeights) all.pop_front();
      all.push_back({number, {before->second}});
      known = std::prev(all.end());
    }
    std::vector<std::uint8_t>& blocks = known->second;
    if (std::ranges::count(blocks, content) > 0 || blocks.size() == Equivocations::kBlocks) return;
    blocks.push_back(content);
    ++total;
  }
};

TEST(Equivocations, AreThoseOfAPlainModel) {
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    SeededRng rng(seed);
    Equivocations seen;
    Model model;
    const std::uint64_t heights = 80 + 200 * seed;  // up to more than are remembered
    for (int step = 0; step < 3000; ++step) {
      const std::uint64_t number = rng.below(heights);
      const auto content = static_cast<std::uint8_t>(rng.below(rng.below(20) == 0 ? 30 : 2));
      const bool too_old = rng.below(4) == 0;
      const std::uint64_t before = model.total;
      model.note(number, content, too_old);
      const Equivocation* const told = seen.note(sighting(number, content), too_old);
      ASSERT_EQ(told != nullptr, model.total > before);
      if (told != nullptr) ASSERT_EQ(told->blocks.back().block.payload_hash.bytes[0], content);
    }
    ASSERT_EQ(seen.total(), model.total);
    ASSERT_EQ(seen.all().size(), model.all.size());
    auto expected = model.all.begin();
    for (const Equivocation& one : seen.all()) {
      ASSERT_EQ(one.number.value, expected->first);
      ASSERT_EQ(one.blocks.size(), expected->second.size());
      for (std::size_t i = 0; i < one.blocks.size(); ++i) {
        ASSERT_EQ(one.blocks[i].block.payload_hash.bytes[0], expected->second[i]);
        ASSERT_EQ(one.blocks[i].block.number, one.number);
      }
      ++expected;
    }
  }
}

}  // namespace
}  // namespace opwire::opstack
