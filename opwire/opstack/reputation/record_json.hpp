// Reads the text of a record into the fields that its kind has. Private to this library.
//
//   RecordReader reader;
//   reader.time("/lastUpdate", record.last_update);
//   reader.scores("/peerScores", record.scores);
//   OPW_TRYV(reader.read(text));
//
// The parser is Boost.JSON's; numbers are read here, because it reads those of many digits a little off, and a record
// would change whenever it is read and written.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <variant>

#include "opwire/opstack/reputation/peer_scores.hpp"

namespace opwire::opstack::reputation {

class RecordReader {
 public:
  // Paths are static text; what is filled outlives read().
  /// Unix seconds.
  void time(std::string_view path, WallTime& into) { add({path, "", &into}); }
  void text(std::string_view path, std::string& into) { add({path, "", &into}); }
  /// A whole number of up to 64 bits.
  void count(std::string_view path, std::uint64_t& into) { add({path, "", &into}); }
  /// Whose being there tells nothing, but which must be one.
  void object(std::string_view path) { add({path, "", &objects_}); }
  /// there: set where the text has them.
  void scores(std::string_view path, PeerScores& into, bool& there);

  /// Fields that are missing, or null, are left as they are. Errors: kRecordTooLong, kRecordJson, kRecordNumber,
  /// kRecordTime.
  Result<void> read(std::string_view json);

  struct Field {
    std::string_view path;    // /peerScores
    std::string_view inside;  // /gossip/total
    // bool: an object, and whether it is there
    std::variant<bool*, double*, WallTime*, std::string*, std::uint64_t*> into;
    double least = -kMaxScore;  // of a double
  };

 private:
  void add(const Field& field);

  static constexpr std::size_t kMaxFields = 20;
  std::array<Field, kMaxFields> fields_;
  std::size_t size_ = 0;
  bool objects_ = false;  // those in between, whose being there tells nothing
};

}  // namespace opwire::opstack::reputation
