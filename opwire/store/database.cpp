#include "opwire/store/database.hpp"

#include "opwire/store/errors.hpp"
#include "opwire/store/lmdb_file.hpp"
#include "opwire/store/open_file.hpp"
#include "opwire/store/sealed_value.hpp"

namespace opwire::store {
namespace {

constexpr std::size_t kMaxKey = 511;  // LMDB's
constexpr auto kRetry = std::chrono::milliseconds(10);

}  // namespace

void Batch::put(TableId table, ByteView key, std::uint64_t rank, ByteView value) {
  OPW_CHECK(!key.empty() && key.size() <= kMaxKey);
  changes_.push_back({table, to_bytes(key), seal_value(key, rank, value)});
  bytes_ += key.size() + changes_.back().sealed.size();
}

void Batch::erase(TableId table, ByteView key) {
  OPW_CHECK(!key.empty() && key.size() <= kMaxKey);
  changes_.push_back({table, to_bytes(key), {}});
  bytes_ += key.size();
}

Database::Database(Loop& loop, WorkerPool& store_thread, std::unique_ptr<LmdbFile> file)
    : loop_(loop), store_thread_(store_thread), file_(std::move(file)), version_(file_->version()) {}
Database::~Database() = default;

Task<Result<std::unique_ptr<Database>, OpenError>> Database::open(Loop& loop, WorkerPool& store_thread,
                                                                  DatabaseOptions options) {
  const WallTime now = loop.wall_now();
  const auto job = [&options, now] { return open_file(options, now); };
  auto ran = co_await store_thread.run(loop, job);
  if (!ran) co_return OpenError{ran.error(), options.path.string() + ": " + ran.error().message()};
  OPW_CO_TRY(std::unique_ptr<LmdbFile> file, std::move(*ran));
  co_return std::unique_ptr<Database>(new Database(loop, store_thread, std::move(file)));
}

Task<Result<std::size_t>> Database::write(Batch batch) {
  if (!file_) co_return opwire::errors::kClosed;
  const auto job = [file = file_.get(), &batch] { return file->write(batch); };
  OPW_CO_TRY(auto written, co_await store_thread_.run(loop_, job));
  co_return written;
}

Task<Result<Contents>> Database::scan(TableId table) {
  if (!file_) co_return opwire::errors::kClosed;
  const auto job = [file = file_.get(), table] { return file->scan(table); };
  OPW_CO_TRY(auto contents, co_await store_thread_.run(loop_, job));
  co_return contents;
}

Task<void> Database::close() {
  // Taken at once: jobs that wait before this one still have the file, since it ends in the same queue.
  std::unique_ptr<LmdbFile> file = std::move(file_);
  const auto job = [&file] { return file.reset(), true; };
  while (file) {
    const auto ran = co_await store_thread_.run(loop_, job);
    if (ran) co_return;
    // So many wait for the store thread: they have the file still.
    co_await clear_cancellation();
    (void)co_await sleep_for(loop_, kRetry);
  }
}

}  // namespace opwire::store
