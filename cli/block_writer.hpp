// Blocks out of the program: lines of JSON on standard output, or a file a block.
#pragma once

#include <string>

#include "opwire/opstack/payload/execution_payload.hpp"

namespace opwire::cli {

class BlockWriter {
 public:
  /// out: a folder, or "-"; format: "json" or "ssz". Errors: a line that names the flag.
  static Result<BlockWriter, std::string> make(const std::string& out, const std::string& format);

  /// A file is there whole or not at all. False: problem() says why.
  bool write(const opstack::Envelope& envelope);
  const std::string& problem() const noexcept { return problem_; }

 private:
  BlockWriter(std::string out, std::string format) : out_(std::move(out)), format_(std::move(format)) {}
  bool print(const std::string& text);
  bool write_file(BlockNumber number, const std::string& text);

  std::string out_;
  std::string format_;
  std::string problem_;
};

}  // namespace opwire::cli
