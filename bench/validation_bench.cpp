// bench_validation TXS SIZE COUNT [ROUNDS]
//
// CPU time of checking a block as gossip does (message id included), over COUNT distinct valid V4 messages of TXS
// transactions of SIZE bytes; and beside it that of the primitives which no implementation can leave out, on the same
// bytes: snappy, SHA-256 of the message id, Keccak of the SSZ, of each transaction and of the header, key recovery.
// The rounds alternate between the two; one JSON line tells the medians.
#include <snappy.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

#include "bench/meter.hpp"
#include "bench/signed_blocks.hpp"
#include "opwire/base/check.hpp"
#include "opwire/crypto/ecdsa_recovery.hpp"
#include "opwire/crypto/hash.hpp"
#include "opwire/opstack/gossip/message.hpp"
#include "opwire/opstack/payload/gossip_body.hpp"
#include "opwire/opstack/payload/ssz.hpp"

namespace {
std::size_t allocations = 0;
std::size_t allocated_bytes = 0;
}  // namespace

void* operator new(std::size_t size) {
  ++allocations;
  allocated_bytes += size;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace opwire::bench {
namespace {

constexpr std::size_t kHeaderSize = 640;  // of a V4 header in RLP, within a few bytes
constexpr std::size_t kSigningInput = 96;

void validate(const SignedBlocks& blocks, const Bytes& message) {
  const auto plain = opstack::decompress_message(message);
  const auto id = opstack::message_id(blocks.topic, message, plain);
  asm volatile("" : : "g"(&id) : "memory");
  OPW_CHECK(opstack::check_block(blocks.context, opstack::PayloadVersion::kV4, plain).block.has_value());
}

// The primitives alone: no structure, no allocation.
class Primitives {
 public:
  explicit Primitives(const SignedBlocks& blocks) : plain_(blocks.plain_size) {
    const opstack::SharedBytes plain = opstack::decompress_message(blocks.messages.front()).value();
    const auto body = opstack::parse_gossip_body(plain).value();
    const auto envelope = opstack::decode_ssz(opstack::PayloadVersion::kV4, body.ssz).value();
    const opstack::TransactionList& transactions = envelope.payload.transactions;
    for (std::size_t i = 0; i < transactions.size(); ++i) {
      const ByteView transaction = transactions[i];
      transactions_.push_back(ByteView(plain_).subspan(
          static_cast<std::size_t>(transaction.data() - plain.view().data()), transaction.size()));
    }
  }

  void run(const Bytes& message) {
    auto* out = reinterpret_cast<char*>(plain_.data());
    OPW_CHECK(snappy::RawUncompress(reinterpret_cast<const char*>(message.data()), message.size(), out));
    const ByteView plain(plain_);
    keep(crypto::sha256(plain));
    const ByteView ssz = plain.subspan(crypto::RecoverableSignature::kSize);
    keep(crypto::keccak256(ssz));
    for (const ByteView transaction : transactions_) keep(crypto::keccak256(transaction));
    keep(crypto::keccak256(ssz.first(kHeaderSize)));
    const Hash256 digest = crypto::keccak256(ssz.first(kSigningInput));
    const auto signature = crypto::RecoverableSignature::from(plain.first(crypto::RecoverableSignature::kSize));
    keep(crypto::recover_address(*signature, digest));
  }

 private:
  template <class T>
  static void keep(const T& value) {
    asm volatile("" : : "g"(&value) : "memory");
  }

  Bytes plain_;
  std::vector<ByteView> transactions_;
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

template <class Work>
double cpu_us_each(const SignedBlocks& blocks, Work work) {
  const Meter meter;
  for (const Bytes& message : blocks.messages) work(message);
  return meter.cpu_seconds() / static_cast<double>(blocks.messages.size()) * 1e6;
}

int run(std::size_t transactions, std::size_t size, std::size_t count, std::size_t rounds) {
  const SignedBlocks blocks = make_signed_blocks(count, transactions, size);
  Primitives primitives(blocks);
  const auto whole = [&](const Bytes& message) { validate(blocks, message); };
  const auto parts = [&](const Bytes& message) { primitives.run(message); };
  cpu_us_each(blocks, whole);
  cpu_us_each(blocks, parts);
  std::vector<double> validation;
  std::vector<double> primitive;
  for (std::size_t i = 0; i < rounds; ++i) {
    validation.push_back(cpu_us_each(blocks, whole));
    primitive.push_back(cpu_us_each(blocks, parts));
  }
  allocations = allocated_bytes = 0;
  cpu_us_each(blocks, whole);
  const auto per_message = [&](std::size_t total) { return static_cast<double>(total) / static_cast<double>(count); };
  std::printf(R"({"event":"bench","txs":%zu,"tx_size":%zu,"count":%zu,"plain_bytes":%zu,"wire_bytes":%zu,)"
              R"("cpu_us_per_message":%.2f,"primitives_cpu_us_per_message":%.2f,)"
              R"("allocations_per_message":%.1f,"bytes_per_message":%.0f})"
              "\n",
              transactions, size, count, blocks.plain_size, blocks.messages.front().size(), median(validation),
              median(primitive), per_message(allocations), per_message(allocated_bytes));
  return 0;
}

std::size_t number(const char* text) {
  std::size_t value = 0;
  const char* end = text + std::strlen(text);
  if (std::from_chars(text, end, value).ptr != end) {
    std::fprintf(stderr, "bench_validation: '%s' is not a number\n", text);
    std::exit(2);
  }
  return value;
}

}  // namespace
}  // namespace opwire::bench

int main(int argc, char** argv) {
  using namespace opwire::bench;
  if (argc < 4 || argc > 5 || number(argv[3]) == 0 || (argc == 5 && number(argv[4]) == 0)) {
    std::fputs("usage: bench_validation TXS SIZE COUNT [ROUNDS]\n", stderr);
    return 2;
  }
  return run(number(argv[1]), number(argv[2]), number(argv[3]), argc == 5 ? number(argv[4]) : 5);
}
