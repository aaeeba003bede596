#include "cli/block_writer.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "opwire/opstack/payload/payload_json.hpp"
#include "opwire/opstack/payload/ssz.hpp"

namespace opwire::cli {

Result<BlockWriter, std::string> BlockWriter::make(const std::string& out, const std::string& format) {
  if (format != "json" && format != "ssz") return "--format: '" + format + "' is not json or ssz";
  if (format == "ssz" && out == "-") {
    return std::string("--format ssz: give --out DIR too, for SSZ does not say where a block ends");
  }
  std::error_code failed;
  if (out != "-") std::filesystem::create_directories(out, failed);
  if (failed) return "--out " + out + ": " + failed.message();
  return BlockWriter(out, format);
}

bool BlockWriter::write(const opstack::Envelope& envelope) {
  const std::string text =
      format_ == "ssz" ? std::string(as_text(opstack::encode_ssz(envelope))) : opstack::to_json(envelope) + "\n";
  return out_ == "-" ? print(text) : write_file(envelope.payload.number, text);
}

bool BlockWriter::print(const std::string& text) {
  const bool whole = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (!whole) problem_ = std::string("stdout: ") + std::strerror(errno);
  return whole;
}

bool BlockWriter::write_file(BlockNumber number, const std::string& text) {
  const std::string path = out_ + "/" + std::to_string(number.value) + "." + format_;
  const std::string part = path + ".part";
  std::FILE* file = std::fopen(part.c_str(), "wb");
  bool whole = file != nullptr && std::fwrite(text.data(), 1, text.size(), file) == text.size();
  if (file != nullptr) whole = std::fclose(file) == 0 && whole;
  whole = whole && std::rename(part.c_str(), path.c_str()) == 0;
  if (!whole) problem_ = path + ": " + std::strerror(errno);
  return whole;
}

}  // namespace opwire::cli
