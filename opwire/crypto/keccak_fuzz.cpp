// The input says how it is cut into messages; every kernel must give each its digest as FIPS 202's loops do.
#include "opwire/base/check.hpp"
#include "opwire/crypto/keccak_batch.hpp"
#include "opwire/crypto/keccak_for_test.hpp"

using namespace opwire;
using namespace opwire::crypto;

namespace {

ByteView take(ByteView& data, std::size_t size) {
  const ByteView front = data.first(std::min(size, data.size()));
  data = data.subspan(front.size());
  return front;
}
std::size_t take_number(ByteView& data) {
  const ByteView front = take(data, 1);
  return front.empty() ? 0 : front[0];
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  ByteView data(bytes, size);
  const ByteView beside = take(data, 16 * take_number(data));
  std::vector<ByteView> heads;
  std::vector<ByteView> bodies;
  std::vector<Hash256> expected;
  while (!data.empty() && bodies.size() < 24) {
    const std::size_t head = take_number(data) % 137;
    const ByteView whole = take(data, 8 * take_number(data) + head % 8);
    heads.push_back(whole.first(std::min(head, whole.size())));
    bodies.push_back(whole.subspan(heads.back().size()));
    expected.push_back(reference_keccak256(whole));
  }
  const Hash256 expected_beside = reference_keccak256(beside);
  with_each_keccak_kernel([&](std::string_view) {
    std::vector<Hash256> digests(bodies.size());
    std::vector<Keccak256Batch::Message> messages;
    for (std::size_t i = 0; i < bodies.size(); ++i) messages.push_back({heads[i], bodies[i], &digests[i]});
    Keccak256Batch batch(beside);
    batch.run(messages);
    OPW_CHECK(digests == expected);
    OPW_CHECK(batch.finish_beside() == expected_beside);
    OPW_CHECK(keccak256(beside) == expected_beside);
  });
  return 0;
}
