// Result<T>: a value, or the Error that took its place. The way every function reports what a peer, a file or the
// network can cause.
#pragma once

#include <type_traits>
#include <utility>
#include <variant>

#include "opwire/base/check.hpp"
#include "opwire/base/error.hpp"

namespace opwire {

template <class T = void, class E = Error>
class [[nodiscard]] Result {
  using Value = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

 public:
  using value_type = T;

  Result()
    requires std::is_void_v<T>
      : state_(std::in_place_index<0>) {}
  // NOLINTBEGIN(google-explicit-constructor): returning a value or an error is the whole point
  Result(Value value)
    requires(!std::is_void_v<T>)
      : state_(std::in_place_index<0>, std::move(value)) {}
  Result(E error) : state_(std::in_place_index<1>, std::move(error)) {}
  Result(const ErrorKind& kind)
    requires std::is_same_v<E, Error>
      : state_(std::in_place_index<1>, Error(kind)) {}
  // NOLINTEND(google-explicit-constructor)

  bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  Value& value() & { return OPW_CHECK(has_value()), *std::get_if<0>(&state_); }
  const Value& value() const& { return OPW_CHECK(has_value()), *std::get_if<0>(&state_); }
  Value&& value() && { return OPW_CHECK(has_value()), std::move(*std::get_if<0>(&state_)); }
  Value& operator*() & { return value(); }
  const Value& operator*() const& { return value(); }
  Value&& operator*() && { return std::move(*this).value(); }
  Value* operator->() { return &value(); }
  const Value* operator->() const { return &value(); }

  const E& error() const& { return OPW_CHECK(!has_value()), *std::get_if<1>(&state_); }
  E&& error() && { return OPW_CHECK(!has_value()), std::move(*std::get_if<1>(&state_)); }

  Value value_or(Value other) && { return has_value() ? std::move(*this).value() : std::move(other); }

 private:
  std::variant<Value, E> state_;
};

}  // namespace opwire

#define OPW_CONCAT_(a, b) a##b
#define OPW_CONCAT(a, b) OPW_CONCAT_(a, b)

#define OPW_TRY_(result, declaration, return_, ...) \
  auto result = (__VA_ARGS__);                      \
  if (!result) return_ std::move(result).error();   \
  declaration = std::move(result).value()
#define OPW_CHECKED_(result, return_, ...)                                       \
  do {                                                                           \
    if (auto result = (__VA_ARGS__); !result) return_ std::move(result).error(); \
  } while (false)

/// OPW_TRY(auto x, f()); declares x, or returns f's error. OPW_TRYV(f()) is the same for Result<void>.
#define OPW_TRY(declaration, ...) OPW_TRY_(OPW_CONCAT(opw_result_, __LINE__), declaration, return, __VA_ARGS__)
#define OPW_TRYV(...) OPW_CHECKED_(opw_result_, return, __VA_ARGS__)
/// The same inside a coroutine: OPW_CO_TRY(auto x, co_await f());
#define OPW_CO_TRY(declaration, ...) OPW_TRY_(OPW_CONCAT(opw_result_, __LINE__), declaration, co_return, __VA_ARGS__)
#define OPW_CO_TRYV(...) OPW_CHECKED_(opw_result_, co_return, __VA_ARGS__)
