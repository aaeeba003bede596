// A database that something happened to. Input: patches of three bytes each (where, in two; what, in one), and before
// them one byte that says how many blocks of 512 are cut off. What passes the check is then read and written all over:
// LMDB takes it as it is.
#include <algorithm>

#include "opwire/store/image_for_test.hpp"

using namespace opwire;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const store::test::Folder folder;
  static const store::test::Image image = store::test::make_image(folder / "whole");
  static const store::DatabaseOptions options = store::test::image_options(folder / "db");
  if (size == 0) return 0;
  std::string file = image.bytes;
  for (std::size_t i = 1; i + 3 <= size; i += 3) {
    file[load_be<std::uint16_t>(bytes + i) % file.size()] ^= static_cast<char>(bytes[i + 2]);
  }
  file.resize(file.size() - std::min<std::size_t>(file.size() - 1, std::size_t{bytes[0]} * 512));
  store::test::write_file(options.path, file);
  (void)store::test::use(options, image);
  return 0;
}
