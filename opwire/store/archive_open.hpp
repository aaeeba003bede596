// From a path to an open archive.
#pragma once

#include <memory>

#include "opwire/store/archive_file.hpp"
#include "opwire/store/payload_archive.hpp"

namespace opwire::store {

/// To write. Blocks; on the store thread. now: for the name of a damaged file. Errors: PayloadArchive::open()'s.
Result<std::unique_ptr<ArchiveFile>, OpenError> open_archive(const PayloadArchiveOptions& options, WallTime now);
/// To read, beside a process that writes, if any. Errors: kCannotOpen, kDamaged, kNewerFormat.
Result<std::unique_ptr<ArchiveFile>, OpenError> open_archive_to_read(const std::filesystem::path& path);

}  // namespace opwire::store
