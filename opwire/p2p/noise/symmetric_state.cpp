#include "opwire/p2p/noise/symmetric_state.hpp"

#include "opwire/base/check.hpp"
#include "opwire/crypto/hash.hpp"

namespace opwire::noise {

namespace {
/// The framework's HKDF of two outputs is RFC 5869's with an empty info.
std::pair<ByteArray<32>, ByteArray<32>> hkdf2(ByteView chaining_key, ByteView input) {
  ByteArray<64> out;
  crypto::hkdf_sha256(chaining_key, input, {}, out);
  std::pair<ByteArray<32>, ByteArray<32>> keys;
  std::memcpy(keys.first.data(), out.data(), 32);
  std::memcpy(keys.second.data(), out.data() + 32, 32);
  return keys;
}
}  // namespace

SymmetricState::SymmetricState(std::string_view name) {
  OPW_CHECK(name.size() == Hash256::kSize);
  std::memcpy(hash_.bytes.data(), name.data(), name.size());
  chaining_key_ = hash_;
}

void SymmetricState::mix_hash(ByteView data) {
  hash_ = crypto::Sha256().update(hash_.view()).update(data).finish();
}

void SymmetricState::mix_key(ByteView secret) {
  const auto [next, key] = hkdf2(chaining_key_.view(), secret);
  chaining_key_.bytes = next;
  cipher_.emplace(key);
}

Result<void> SymmetricState::encrypt_and_hash(ByteView text, Bytes& out) {
  const std::size_t before = out.size();
  if (cipher_) {
    out.resize(before + text.size() + kTagSize);
    OPW_TRYV(cipher_->seal(hash_.view(), {&text, 1}, MutableByteView(out).subspan(before)));
  } else {
    out.insert(out.end(), text.begin(), text.end());
  }
  mix_hash(ByteView(out).subspan(before));
  return {};
}

Result<Bytes> SymmetricState::decrypt_and_hash(ByteView data) {
  Bytes text = to_bytes(data);
  if (cipher_) {
    OPW_TRY(const MutableByteView opened, cipher_->open(hash_.view(), text));
    text.resize(opened.size());
  }
  mix_hash(data);
  return text;
}

std::pair<CipherState, CipherState> SymmetricState::split() const {
  const auto [first, second] = hkdf2(chaining_key_.view(), {});
  return {CipherState(first), CipherState(second)};
}

}  // namespace opwire::noise
