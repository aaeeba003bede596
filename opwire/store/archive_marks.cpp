#include "opwire/store/archive_marks.hpp"

#include <algorithm>

#include "opwire/store/errors.hpp"
#include "opwire/store/lmdb_env.hpp"
#include "opwire/store/lmdb_error.hpp"
#include "opwire/store/sealed_value.hpp"

namespace opwire::store {
namespace {

constexpr std::string_view kFormatKey = "format";
constexpr std::string_view kChainKey = "chain";
constexpr std::string_view kStateKey = "state";
/// Of the tables, their keys and the seals; what a record holds is told by itself.
constexpr std::uint32_t kFormat = 1;
// Order of arrival (8), highest signed number and whether there is one (9), head and whether there is one (41).
constexpr std::size_t kStateSize = 58;

Result<void> put_mark(MDB_txn* txn, MDB_dbi marks, std::string_view name, ByteView value) {
  return lmdb_put(txn, marks, as_bytes(name), seal_value(as_bytes(name), 0, value));
}

Result<ByteView> read_mark(MDB_txn* txn, MDB_dbi marks, std::string_view name) {
  MDB_val key = lmdb_val(as_bytes(name));
  MDB_val value{};
  const int code = mdb_get(txn, marks, &key, &value);
  if (code == MDB_NOTFOUND) return Error(errors::kDamaged, "mark");
  OPW_TRYV(lmdb_check(code));
  const auto opened = open_value(as_bytes(name), lmdb_view(value));
  if (!opened) return Error(errors::kDamaged, "mark");
  return opened->bytes;
}

}  // namespace

Result<void> put_archive_marks(MDB_txn* txn, MDB_dbi marks, ChainId chain) {
  ByteArray<4> format;
  store_le(format.data(), kFormat);
  OPW_TRYV(put_mark(txn, marks, kFormatKey, format));
  ByteArray<8> id;
  store_le(id.data(), chain.value);
  OPW_TRYV(put_mark(txn, marks, kChainKey, id));
  return put_archive_state(txn, marks, {});
}

Result<ChainId> check_archive_marks(MDB_txn* txn, MDB_dbi marks) {
  OPW_TRY(const ByteView format, read_mark(txn, marks, kFormatKey));
  if (format.size() != sizeof(kFormat)) return Error(errors::kDamaged, "mark");
  const auto number = load_le<std::uint32_t>(format.data());
  if (number > kFormat) return Error(errors::kNewerFormat);
  if (number < kFormat) return Error(errors::kDamaged, "mark");
  OPW_TRY(const ByteView chain, read_mark(txn, marks, kChainKey));
  if (chain.size() != sizeof(std::uint64_t)) return Error(errors::kDamaged, "mark");
  return ChainId{load_le<std::uint64_t>(chain.data())};
}

Result<void> put_archive_state(MDB_txn* txn, MDB_dbi marks, const ArchiveState& state) {
  ByteArray<kStateSize> value{};
  store_le(value.data(), state.next_arrival);
  value[8] = state.highest_signed ? 1 : 0;
  store_le(value.data() + 9, state.highest_signed.value_or(BlockNumber{}).value);
  if (state.head) {
    value[17] = 1;
    store_le(value.data() + 18, state.head->number.value);
    std::ranges::copy(state.head->hash.bytes, value.begin() + 26);
  }
  return put_mark(txn, marks, kStateKey, value);
}

Result<ArchiveState> read_archive_state(MDB_txn* txn, MDB_dbi marks) {
  OPW_TRY(const ByteView value, read_mark(txn, marks, kStateKey));
  if (value.size() != kStateSize) return Error(errors::kDamaged, "mark");
  ArchiveState state{load_le<std::uint64_t>(value.data()), {}, {}};
  if (value[8] != 0) state.highest_signed = BlockNumber{load_le<std::uint64_t>(value.data() + 9)};
  if (value[17] != 0) {
    state.head = {*Hash256::from(value.subspan(26, Hash256::kSize)), {load_le<std::uint64_t>(value.data() + 18)}};
  }
  return state;
}

}  // namespace opwire::store
