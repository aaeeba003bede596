// bench_validation TXS SIZE COUNT [ROUNDS [KERNEL]]
//
// CPU time of checking a block as gossip does (message id included), over COUNT distinct valid V4 messages of TXS
// transactions of SIZE bytes; of refusing the same where another key should have signed them; and of the primitives
// (primitives.hpp) on the same bytes, hashed one by one and together. KERNEL is one of Keccak's kernels that the
// machine has, by default the fastest. The rounds alternate between the four; one JSON line tells the medians.
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "bench/primitives.hpp"
#include "bench/signed_blocks.hpp"
#include "interop/metering/allocation_count.hpp"
#include "interop/metering/meter.hpp"
#include "opwire/base/check.hpp"
#include "opwire/crypto/keccak_kernels.hpp"
#include "opwire/opstack/gossip/message.hpp"

namespace opwire::bench {
namespace {

bool is_valid(const opstack::CheckContext& context, const std::string& topic, const Bytes& message) {
  const auto plain = opstack::decompress_message(message);
  const auto id = opstack::message_id(topic, message, plain);
  asm volatile("" : : "g"(&id) : "memory");
  return opstack::check_block(context, opstack::PayloadVersion::kV4, plain).block.has_value();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

template <class Work>
double cpu_us_each(const SignedBlocks& blocks, const Work& work) {
  const interop::Meter meter;
  for (const Bytes& message : blocks.messages) work(message);
  return meter.cpu_seconds() / static_cast<double>(blocks.messages.size()) * 1e6;
}

struct Medians {
  double valid = 0;
  double refused = 0;
  double one_by_one = 0;
  double together = 0;
};

Medians measure(const SignedBlocks& blocks, std::size_t rounds) {
  Primitives primitives(blocks);
  opstack::CheckContext other = blocks.context;
  Address nobody;
  nobody.bytes[0] = 1;
  other.signer = opstack::AuthorisedSigner(nobody);
  std::array<std::vector<double>, 4> times;
  for (std::size_t i = 0; i <= rounds; ++i) {
    const std::array now{
        cpu_us_each(blocks, [&](const Bytes& m) { OPW_CHECK(is_valid(blocks.context, blocks.topic, m)); }),
        cpu_us_each(blocks, [&](const Bytes& m) { OPW_CHECK(!is_valid(other, blocks.topic, m)); }),
        cpu_us_each(blocks, [&](const Bytes& m) { primitives.one_by_one(m); }),
        cpu_us_each(blocks, [&](const Bytes& m) { primitives.together(m); })};
    if (i == 0) continue;  // warms up
    for (std::size_t j = 0; j < now.size(); ++j) times[j].push_back(now[j]);
  }
  return {median(times[0]), median(times[1]), median(times[2]), median(times[3])};
}

int run(std::size_t transactions, std::size_t size, std::size_t count, std::size_t rounds) {
  const SignedBlocks blocks = make_signed_blocks(count, transactions, size);
  const Medians medians = measure(blocks, rounds);
  const interop::Allocations before = interop::allocations();
  cpu_us_each(blocks, [&](const Bytes& m) { is_valid(blocks.context, blocks.topic, m); });
  const interop::Allocations after = interop::allocations();
  const auto per_message = [&](std::size_t total) { return static_cast<double>(total) / static_cast<double>(count); };
  std::printf(
      R"({"event":"bench","kernel":"%s","txs":%zu,"tx_size":%zu,"count":%zu,"plain_bytes":%zu,"wire_bytes":%zu,)"
      R"("cpu_us_per_message":%.2f,"refused_cpu_us_per_message":%.2f,)"
      R"("primitives_cpu_us_per_message":%.2f,"batch_primitives_cpu_us_per_message":%.2f,)"
      R"("allocations_per_message":%.1f,"bytes_per_message":%.0f})"
      "\n",
      std::string(crypto::keccak::kernel().name).c_str(), transactions, size, count, blocks.plain_size,
      blocks.messages.front().size(), medians.valid, medians.refused, medians.one_by_one, medians.together,
      per_message(after.count - before.count), per_message(after.bytes - before.bytes));
  return 0;
}

[[noreturn]] void refuse(const char* word, const char* what) {
  std::fprintf(stderr, "bench_validation: '%s' is not %s\n", word, what);
  std::exit(2);
}

std::size_t number(const char* text) {
  std::size_t value = 0;
  const char* end = text + std::strlen(text);
  if (std::from_chars(text, end, value).ptr != end) refuse(text, "a number");
  return value;
}

void use_kernel(std::string_view name) {
  for (const crypto::keccak::Kernel& kernel : crypto::keccak::kernels_here()) {
    if (kernel.name == name) return crypto::keccak::use_kernel(kernel);
  }
  refuse(std::string(name).c_str(), "a kernel that this machine has");
}

}  // namespace
}  // namespace opwire::bench

int main(int argc, char** argv) {
  using namespace opwire::bench;
  if (argc < 4 || argc > 6 || number(argv[3]) == 0 || (argc > 4 && number(argv[4]) == 0)) {
    std::fputs("usage: bench_validation TXS SIZE COUNT [ROUNDS [KERNEL]]\n", stderr);
    return 2;
  }
  if (argc > 5) use_kernel(argv[5]);
  return run(number(argv[1]), number(argv[2]), number(argv[3]), argc > 4 ? number(argv[4]) : 5);
}
