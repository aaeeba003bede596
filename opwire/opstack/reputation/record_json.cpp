#include "opwire/opstack/reputation/record_json.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <charconv>
#include <limits>
#include <span>
#include <vector>

#include "opwire/base/check.hpp"
#include "opwire/multiformats/ip_text.hpp"
#include "opwire/opstack/reputation/errors.hpp"

namespace opwire::opstack::reputation {
namespace {

namespace json = boost::json;
using Field = RecordReader::Field;

constexpr std::size_t kMaxDepth = 16;

/// What JSON has at one place.
enum class Found : std::uint8_t { kObject, kNumber, kText, kOther };

/// The nearest double, and no negative zero; infinite where it is too large.
double exact(std::string_view digits) noexcept {
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc::result_out_of_range) return value + 0.0;
  const std::size_t exponent = digits.find_first_of("eE");
  const bool is_tiny = exponent != digits.npos && digits.substr(exponent + 1).starts_with('-');
  return is_tiny ? 0 : std::numeric_limits<double>::infinity();
}

// Each writes what was found, or says what is wrong with it.
const ErrorKind* fill(const Field&, bool* there, Found what, std::string_view) {
  if (what != Found::kObject) return &errors::kRecordJson;
  return *there = true, nullptr;
}
const ErrorKind* fill(const Field& field, double* into, Found what, std::string_view text) {
  if (what != Found::kNumber) return &errors::kRecordJson;
  const double number = exact(text);
  if (number < field.least || number > kMaxScore) return &errors::kRecordNumber;
  return *into = number, nullptr;
}
const ErrorKind* fill(const Field&, WallTime* into, Found what, std::string_view text) {
  if (what != Found::kNumber) return &errors::kRecordJson;
  const auto seconds = multiformats::parse_decimal(text, kMaxRecordTime);
  if (!seconds) return &errors::kRecordTime;
  return *into = from_unix_seconds(*seconds), nullptr;
}
const ErrorKind* fill(const Field&, std::uint64_t* into, Found what, std::string_view text) {
  if (what != Found::kNumber) return &errors::kRecordJson;
  const auto number = multiformats::parse_decimal(text, std::numeric_limits<std::uint64_t>::max());
  if (!number) return &errors::kRecordNumber;
  return *into = *number, nullptr;
}
const ErrorKind* fill(const Field&, std::string* into, Found what, std::string_view text) {
  if (what != Found::kText) return &errors::kRecordJson;
  return *into = text, nullptr;
}

/// Called by Boost's parser. Knows the path of the value that comes next (/peerScores/gossip), and fills the field that
/// has it. What is in arrays is not looked at.
class Handler {
 public:
  static constexpr std::size_t max_object_size = kMaxRecordText;
  static constexpr std::size_t max_array_size = kMaxRecordText;
  static constexpr std::size_t max_key_size = kMaxRecordText;
  static constexpr std::size_t max_string_size = kMaxRecordText;
  using Code = json::error_code;
  using Text = json::string_view;

  explicit Handler(std::span<const Field> fields) : fields_(fields) {}
  /// The first thing that was.
  const ErrorKind* wrong() const noexcept { return wrong_; }

  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_object_begin(Code&) {
    if (arrays_ > 0) return true;
    if (!ends_.empty()) found(Found::kObject, "");
    return ends_.push_back(path_.size()), true;
  }
  bool on_object_end(std::size_t, Code&) {
    if (arrays_ > 0) return true;
    return ends_.pop_back(), leave();
  }
  bool on_array_begin(Code&) {
    found(Found::kOther, "");
    return ++arrays_, true;
  }
  bool on_array_end(std::size_t, Code&) { return --arrays_, leave(); }

  bool on_key_part(Text part, std::size_t, Code&) { return text_.append(part), true; }
  bool on_key(Text part, std::size_t, Code&) {
    text_.append(part);
    // A key with a slash in it is none of ours, and must not look like a path.
    if (arrays_ == 0) path_.append("/").append(text_.find('/') == text_.npos ? text_ : "?");
    return text_.clear(), true;
  }
  bool on_string_part(Text part, std::size_t, Code&) { return text_.append(part), true; }
  bool on_string(Text part, std::size_t, Code&) { return value(Found::kText, part); }
  bool on_number_part(Text part, Code&) { return text_.append(part), true; }
  bool on_int64(std::int64_t, Text part, Code&) { return value(Found::kNumber, part); }
  bool on_uint64(std::uint64_t, Text part, Code&) { return value(Found::kNumber, part); }
  bool on_double(double, Text part, Code&) { return value(Found::kNumber, part); }
  bool on_bool(bool, Code&) { return value(Found::kOther, ""); }
  bool on_null(Code&) {
    if (ends_.empty()) wrong_ = &errors::kRecordJson;
    return leave();
  }
  bool on_comment_part(Text, Code&) { return true; }
  bool on_comment(Text, Code&) { return true; }

 private:
  bool value(Found what, std::string_view part) {
    text_.append(part);
    found(what, text_);
    return text_.clear(), leave();
  }
  // A value has ended: back to the object around it.
  bool leave() {
    if (arrays_ == 0) path_.resize(ends_.empty() ? 0 : ends_.back());
    return true;
  }
  void found(Found what, std::string_view text) {
    if (arrays_ > 0 || wrong_ != nullptr) return;
    if (ends_.empty()) wrong_ = &errors::kRecordJson;  // the whole is no object
    // Records are written with the fields in their order, so the next one is mostly the right one.
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      const std::size_t which = (next_ + i) % fields_.size();
      const Field& field = fields_[which];
      if (!is_here(field)) continue;
      wrong_ = std::visit([&](auto* into) { return fill(field, into, what, text); }, field.into);
      next_ = which + 1;
      return;
    }
  }
  bool is_here(const Field& field) const noexcept {
    const std::string_view path = path_;
    return path.size() == field.path.size() + field.inside.size() && path.ends_with(field.inside) &&
           path.starts_with(field.path);
  }

  std::span<const Field> fields_;
  std::size_t next_ = 0;  // behind the one that was found last
  std::string path_;
  std::string text_;               // what came of a key, a string or a number
  std::vector<std::size_t> ends_;  // how long the path is at each object that is open
  std::size_t arrays_ = 0;         // that are open
  const ErrorKind* wrong_ = nullptr;
};

}  // namespace

void RecordReader::add(const Field& field) {
  OPW_CHECK(size_ < fields_.size());
  fields_[size_++] = field;
}

void RecordReader::scores(std::string_view path, PeerScores& into, bool& there) {
  GossipScores& gossip = into.gossip;
  ReqRespScores& counters = into.req_resp;
  const Field fields[] = {
      {path, "", &there},
      {path, "/gossip", &objects_},
      {path, "/gossip/total", &gossip.total},
      {path, "/gossip/blocks", &objects_},
      {path, "/gossip/blocks/timeInMesh", &gossip.blocks.time_in_mesh},
      {path, "/gossip/blocks/firstMessageDeliveries", &gossip.blocks.first_message_deliveries},
      {path, "/gossip/blocks/meshMessageDeliveries", &gossip.blocks.mesh_message_deliveries},
      {path, "/gossip/blocks/invalidMessageDeliveries", &gossip.blocks.invalid_message_deliveries},
      {path, "/gossip/IPColocationFactor", &gossip.ip_colocation_factor},
      {path, "/gossip/behavioralPenalty", &gossip.behavioral_penalty},
      {path, "/reqResp", &objects_},
      {path, "/reqResp/validResponses", &counters.valid_responses, 0},
      {path, "/reqResp/errorResponses", &counters.error_responses, 0},
      {path, "/reqResp/rejectedPayloads", &counters.rejected_payloads, 0},
  };
  for (const Field& field : fields) add(field);
}

Result<void> RecordReader::read(std::string_view text) {
  if (text.size() > kMaxRecordText) return errors::kRecordTooLong;
  json::parse_options options;
  options.max_depth = kMaxDepth;
  json::basic_parser<Handler> parser(options, std::span<const Field>(fields_).first(size_));
  json::error_code failed;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), failed);
  if (failed || read != text.size()) return errors::kRecordJson;
  if (parser.handler().wrong() != nullptr) return *parser.handler().wrong();
  return {};
}

}  // namespace opwire::opstack::reputation
