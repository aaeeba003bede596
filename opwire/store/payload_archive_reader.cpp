#include "opwire/store/payload_archive_reader.hpp"

#include "opwire/store/archive_file.hpp"
#include "opwire/store/archive_open.hpp"

namespace opwire::store {

PayloadArchiveReader::PayloadArchiveReader(std::unique_ptr<ArchiveFile> file) : file_(std::move(file)) {}
PayloadArchiveReader::~PayloadArchiveReader() = default;

Result<std::unique_ptr<PayloadArchiveReader>, OpenError> PayloadArchiveReader::open(const std::filesystem::path& file) {
  OPW_TRY(std::unique_ptr<ArchiveFile> opened, open_archive_to_read(file));
  return std::unique_ptr<PayloadArchiveReader>(new PayloadArchiveReader(std::move(opened)));
}

ChainId PayloadArchiveReader::chain() const noexcept {
  return file_->chain();
}

Result<ArchiveExtent> PayloadArchiveReader::extent() {
  return file_->extent();
}

Result<std::optional<ArchivedPayload>> PayloadArchiveReader::by_number(BlockNumber number) {
  return file_->by_number(number);
}

Result<std::vector<ArchivedPayload>> PayloadArchiveReader::all_by_number(BlockNumber number) {
  return file_->all_by_number(number);
}

Result<std::optional<ArchivedPayload>> PayloadArchiveReader::by_hash(const Hash256& hash) {
  return file_->by_hash(hash);
}

Result<std::uint64_t> PayloadArchiveReader::visit(BlockNumber from, BlockNumber to, const Visitor& visitor) {
  std::uint64_t visited = 0;
  std::optional<ArchiveEntry> last;
  for (;;) {
    OPW_TRY(std::vector<ArchiveEntry> entries, file_->some(from, last ? &*last : nullptr, to));
    if (entries.empty()) return visited;
    for (const ArchiveEntry& entry : entries) {
      ++visited;
      if (!visitor(entry)) return visited;
    }
    last = std::move(entries.back());
  }
}

}  // namespace opwire::store
