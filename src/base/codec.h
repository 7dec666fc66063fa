// One field list per struct gives its binary form (channels, journals) and its JSON form (logs, tools, plug-ins).
//
//   struct Point {
//     std::int64_t x = 0;
//     std::string name;
//     template <class V> void fields(V& v) { v("x", x); v("name", name); }
//   };
//   std::string bytes = encode(point);
//   Point p; if (!decode(bytes, p)) ...
//
// Field types: bool, integers, enums (as their number), std::string, SharedBytes (written like a string), std::vector and
// std::optional of these, and structs with a field list. A variant travels as an enum and the fields of all its cases. Both ends are of one build: the binary
// form carries no names. Integers are little-endian and of fixed width; strings and vectors carry a 32-bit count.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/shared_bytes.h"

namespace courier {

// Appends the binary form of fields to `out`: what has append(const char*, size) as a string has.
template <class Out>
class Encoder {
 public:
  explicit Encoder(Out& out) : out_(out) {}

  template <class T>
  void operator()(const char*, T& value) {
    put(value);
  }

 private:
  template <class T>
  void put(T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      out_.append(value ? "\1" : "\0", 1);
    } else if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
      char bytes[sizeof(T)];
      std::memcpy(bytes, &value, sizeof(T));
      out_.append(bytes, sizeof(T));
    } else {
      value.fields(*this);
    }
  }
  void put(std::string& value) { put_bytes(value); }
  void put(SharedBytes& value) { put_bytes(value.view()); }
  template <class T>
  void put(std::vector<T>& values) {
    put_count(values.size());
    for (auto&& value : values) put(value);
  }
  template <class T>
  void put(std::optional<T>& value) {
    bool present = value.has_value();
    put(present);
    if (present) put(*value);
  }
  void put_bytes(std::string_view bytes) {
    put_count(bytes.size());
    out_.append(bytes.data(), bytes.size());
  }
  void put_count(std::size_t count) {
    auto number = static_cast<std::uint32_t>(count);
    put(number);
  }

  Out& out_;
};

// Reads fields from their binary form. After the first fault nothing more is read and ok() is false.
class Decoder {
 public:
  explicit Decoder(std::string_view in) : in_(in) {}
  // May move `whole` away: SharedBytes that are at least half of it are a part of it, the others are copied. So none of them keeps
  // more than twice its size in memory.
  explicit Decoder(std::string* whole) : in_(*whole), whole_(whole) {}

  template <class T>
  void operator()(const char*, T& value) {
    get(value);
  }

  // Everything was there, and nothing is left over.
  [[nodiscard]] bool complete() const { return ok_ && in_.empty(); }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::string_view rest() const { return in_; }

 private:
  template <class T>
  void get(T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      const std::string_view byte = take(1);
      if (!ok_) return;
      if (byte[0] != '\0' && byte[0] != '\1') ok_ = false;
      value = byte[0] == '\1';
    } else if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
      const std::string_view bytes = take(sizeof(T));
      if (ok_) std::memcpy(&value, bytes.data(), sizeof(T));
    } else {
      if (ok_) value.fields(*this);
    }
  }
  void get(std::string& value) {
    const std::size_t count = get_count();
    value = take(count);
  }
  void get(SharedBytes& value) {
    const std::string_view bytes = take(get_count());
    if (!whole_ || bytes.empty() || 2 * bytes.size() < whole_->size()) {
      value = std::string(bytes);
      return;
    }
    // No second run of bytes is as large: this one has it. A short string moves with its bytes.
    const std::size_t end = whole_->size() - in_.size();
    const auto owner = std::make_shared<const std::string>(std::move(*std::exchange(whole_, nullptr)));
    in_ = std::string_view(*owner).substr(end);
    value = SharedBytes(owner, std::string_view(*owner).substr(end - bytes.size(), bytes.size()));
    owner_ = owner;
  }
  template <class T>
  void get(std::vector<T>& values) {
    const std::size_t count = get_count();
    values.clear();
    // An element takes at least one byte: a larger count is a lie, found before memory is taken for it.
    if (count > in_.size()) ok_ = false;
    for (std::size_t i = 0; ok_ && i < count; ++i) get(values.emplace_back());
  }
  template <class T>
  void get(std::optional<T>& value) {
    bool present = false;
    get(present);
    value.reset();
    if (ok_ && present) get(value.emplace());
  }
  std::size_t get_count() {
    std::uint32_t count = 0;
    get(count);
    return ok_ ? count : 0;
  }
  std::string_view take(std::size_t count) {
    if (!ok_ || count > in_.size()) {
      ok_ = false;
      return {};
    }
    const std::string_view bytes = in_.substr(0, count);
    in_.remove_prefix(count);
    return bytes;
  }

  std::string_view in_;
  bool ok_ = true;
  std::string* whole_ = nullptr;  // what is decoded, when it was given to us
  std::shared_ptr<const void> owner_;  // of the same, once a part of it is shared
};

// Writes JSON (RFC 8259). Bytes that are not UTF-8 become U+FFFD.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  template <class T>
  void operator()(const char* name, T& value) {
    if (!first_) out_ += ',';
    first_ = false;
    text(name);
    out_ += ':';
    write(value);
  }
  // The value alone, without a name.
  template <class T>
  void write(T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      out_ += value ? "true" : "false";
    } else if constexpr (std::is_enum_v<T>) {
      out_ += std::to_string(static_cast<long long>(value));
    } else if constexpr (std::is_integral_v<T>) {
      out_ += std::to_string(value);
    } else {
      out_ += '{';
      first_ = true;
      value.fields(*this);
      out_ += '}';
      first_ = false;
    }
  }
  void write(std::string& value) { text(value); }
  void write(SharedBytes& value) { text(value.view()); }
  template <class T>
  void write(std::vector<T>& values) {
    out_ += '[';
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i != 0) out_ += ',';
      write(values[i]);
    }
    out_ += ']';
  }
  template <class T>
  void write(std::optional<T>& value) {
    if (value) {
      write(*value);
    } else {
      out_ += "null";
    }
  }

 private:
  void text(std::string_view value);
  std::string& out_;
  bool first_ = true;
};

template <class T>
[[nodiscard]] std::string encode(const T& value) {
  struct Size {
    void append(const char*, std::size_t count) { sum += count; }
    std::size_t sum = 0;
  } size;
  struct Place {
    void append(const char* bytes, std::size_t count) { at = std::copy_n(bytes, count, at); }
    char* at;
  };
  auto& fields = const_cast<T&>(value);  // one list serves reading and writing; an Encoder only reads
  Encoder measure(size);
  fields.fields(measure);
  std::string out;
  // What the callback is told as its size may be more (libstdc++ 12 names the capacity).
  out.resize_and_overwrite(size.sum, [&](char* begin, std::size_t) {
    Place place{begin};
    Encoder encoder(place);
    fields.fields(encoder);
    return size.sum;
  });
  return out;
}

template <class T>
[[nodiscard]] bool decode(std::string_view bytes, T& value) {
  Decoder decoder(bytes);
  value.fields(decoder);
  return decoder.complete();
}
// Takes `bytes`: their memory is gone afterwards, or SharedBytes in `value` have it.
template <class T>
[[nodiscard]] bool decode(std::string&& bytes, T& value) {
  std::string whole = std::move(bytes);
  Decoder decoder(&whole);
  value.fields(decoder);
  return decoder.complete();
}

template <class T>
[[nodiscard]] std::string to_json(const T& value) {
  std::string out;
  JsonWriter writer(out);
  writer.write(const_cast<T&>(value));
  return out;
}

// `text` with the quotes around it, as JSON wants it.
[[nodiscard]] std::string json_string(std::string_view text);

}  // namespace courier
