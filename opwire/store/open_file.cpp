#include "opwire/store/open_file.hpp"

#include "opwire/store/lmdb_file.hpp"
#include "opwire/store/opening.hpp"
#include "opwire/store/page_check.hpp"

namespace opwire::store {

Result<std::unique_ptr<LmdbFile>, OpenError> open_file(const DatabaseOptions& options, WallTime now) {
  std::unique_ptr<LmdbFile> file;
  Opening opening{options.path, options.reset_damaged, options.reset_flag, {}, {}};
  opening.create = [&](const std::filesystem::path& path) { return LmdbFile::create(path, options); };
  opening.open = [&]() -> Result<void> {
    OPW_TRYV(check_pages(options.path, LmdbFile::map_size(options)));
    OPW_TRY(file, LmdbFile::open(options.path, options));
    return {};
  };
  OPW_TRY(FileLock lock, open_under_lock(opening, now));
  file->hold(std::move(lock));
  return file;
}

}  // namespace opwire::store
