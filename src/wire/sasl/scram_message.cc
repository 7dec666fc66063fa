#include "wire/sasl/scram_message.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/encode.h"
#include "base/text.h"
#include "wire/sasl/plain.h"

namespace courier::sasl {

namespace {

constexpr std::size_t max_message = 8192;

// printable = %x21-2B / %x2D-7E
bool is_printable(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= 0x21 && c <= 0x7e && c != ','; });
}

// cb-name = 1*(ALPHA / DIGIT / "." / "-")
bool is_binding_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return ascii_alpha(c) || ascii_digit(c) || c == '.' || c == '-'; });
}

// saslname = 1*(value-safe-char / "=2C" / "=3D")
std::optional<std::string> decode_name(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::string name;
  while (!text.empty()) {
    if (text.starts_with("=2C")) {
      name += ',';
      text.remove_prefix(3);
    } else if (text.starts_with("=3D")) {
      name += '=';
      text.remove_prefix(3);
    } else if (text[0] == '=' || text[0] == '\0') {
      return std::nullopt;
    } else {
      name += text[0];
      text.remove_prefix(1);
    }
  }
  return name.size() <= max_credential ? std::optional(name) : std::nullopt;
}

std::string encode_name(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (c == ',') {
      text += "=2C";
    } else if (c == '=') {
      text += "=3D";
    } else {
      text += c;
    }
  }
  return text;
}

// Walks over the comma-separated attributes of a message.
class Attributes {
 public:
  explicit Attributes(std::string_view message) : message_(message) {}

  // The value of the next attribute, which must be called `name`.
  std::optional<std::string_view> take(char name) {
    if (done_ || !message_.substr(at_).starts_with(std::string{name, '='})) return std::nullopt;
    return piece().substr(2);
  }
  // Up to the next comma, whatever it is.
  std::string_view piece() {
    const std::string_view rest = message_.substr(at_);
    const std::size_t comma = rest.find(',');
    done_ = comma == std::string_view::npos;
    at_ = done_ ? message_.size() : at_ + comma + 1;
    return rest.substr(0, comma);
  }
  // extensions = attr-val *("," attr-val); attr-val = ALPHA "=" 1*value-char. Up to the attribute `stop`, if any.
  std::optional<std::string> extensions(char stop = '\0') {
    const std::size_t begin = at_;
    std::size_t end = at_;
    while (!done_ && (stop == '\0' || !message_.substr(at_).starts_with(std::string{stop, '='}))) {
      const std::string_view one = piece();
      if (one.size() < 3 || !ascii_alpha(one[0]) || one[1] != '=' || one.find('\0') != std::string_view::npos) {
        return std::nullopt;
      }
      end = begin + static_cast<std::size_t>(one.data() + one.size() - (message_.data() + begin));
    }
    return std::string(message_.substr(begin, end - begin));
  }
  [[nodiscard]] bool done() const { return done_; }
  [[nodiscard]] std::unexpected<SyntaxError> expected(const char* what) const { return fail(SyntaxError{at_, what}); }

 private:
  std::string_view message_;
  std::size_t at_ = 0;
  bool done_ = false;
};

std::string with_extensions(std::string message, const std::string& extensions) {
  return extensions.empty() ? message : message + ',' + extensions;
}

// gs2-cbind-flag = ("p=" cb-name) / "n" / "y"
bool read_binding_flag(std::string_view text, ClientFirst& message) {
  if (text == "n") {
    message.flag = BindingFlag::None;
  } else if (text == "y") {
    message.flag = BindingFlag::NotOffered;
  } else if (text.starts_with("p=") && is_binding_name(text.substr(2))) {
    message.flag = BindingFlag::Used;
    message.binding_name = text.substr(2);
  } else {
    return false;
  }
  return true;
}

}  // namespace

// client-first-message = gs2-header client-first-message-bare
// gs2-header = gs2-cbind-flag "," [authzid] ","
// client-first-message-bare = [reserved-mext ","] username "," nonce ["," extensions]
Parsed<ClientFirst> parse_client_first(std::string_view message) {
  Attributes in(message);
  if (message.size() > max_message || !is_utf8(message)) return in.expected("a short message in UTF-8");
  ClientFirst out;
  if (!read_binding_flag(in.piece(), out)) return in.expected("channel binding flag n, y or p=");
  if (in.done()) return in.expected("authorization identity");
  if (const std::string_view authzid = in.piece(); !authzid.empty()) {
    const auto name = authzid.starts_with("a=") ? decode_name(authzid.substr(2)) : std::nullopt;
    if (!name) return in.expected("authorization identity");
    out.authorization = *name;
  }
  // A mandatory extension ("m=") is one that this side does not know: RFC 5802, section 5.1.
  const auto user = in.take('n');
  const auto name = user ? decode_name(*user) : std::nullopt;
  if (!name) return in.expected("user name n=");
  out.user = *name;
  const auto nonce = in.take('r');
  if (!nonce || !is_printable(*nonce)) return in.expected("nonce r=");
  out.nonce = *nonce;
  auto extensions = in.extensions();
  if (!extensions) return in.expected("extension");
  out.extensions = std::move(*extensions);
  return out;
}

std::string write_client_first(const ClientFirst& message) {
  std::string out;
  switch (message.flag) {
    case BindingFlag::None: out = "n"; break;
    case BindingFlag::NotOffered: out = "y"; break;
    case BindingFlag::Used: out = "p=" + message.binding_name; break;
  }
  out += ',';
  if (!message.authorization.empty()) out += "a=" + encode_name(message.authorization);
  out += ",n=" + encode_name(message.user) + ",r=" + message.nonce;
  return with_extensions(std::move(out), message.extensions);
}

std::string_view gs2_header(std::string_view message) { return message.substr(0, message.find(',', message.find(',') + 1) + 1); }
std::string_view client_first_bare(std::string_view message) { return message.substr(gs2_header(message).size()); }

// server-first-message = [reserved-mext ","] nonce "," salt "," iteration-count ["," extensions]
Parsed<ServerFirst> parse_server_first(std::string_view message) {
  Attributes in(message);
  if (message.size() > max_message || !is_utf8(message)) return in.expected("a short message in UTF-8");
  ServerFirst out;
  const auto nonce = in.take('r');
  if (!nonce || !is_printable(*nonce)) return in.expected("nonce r=");
  out.nonce = *nonce;
  const auto salt = in.take('s');
  auto bytes = salt ? base64_decode(*salt) : std::nullopt;
  if (!bytes || bytes->empty()) return in.expected("salt s=");
  out.salt = std::move(*bytes);
  const auto iterations = in.take('i');
  const auto count = iterations && !iterations->starts_with('0') ? to_u32(*iterations) : std::nullopt;
  if (!count) return in.expected("iteration count i=");
  out.iterations = *count;
  auto extensions = in.extensions();
  if (!extensions) return in.expected("extension");
  out.extensions = std::move(*extensions);
  return out;
}

std::string write_server_first(const ServerFirst& message) {
  return with_extensions("r=" + message.nonce + ",s=" + base64_encode(message.salt) + ",i=" + std::to_string(message.iterations),
                         message.extensions);
}

// client-final-message = channel-binding "," nonce ["," extensions] "," proof
Parsed<ClientFinal> parse_client_final(std::string_view message) {
  Attributes in(message);
  if (message.size() > max_message || !is_utf8(message)) return in.expected("a short message in UTF-8");
  ClientFinal out;
  const auto binding = in.take('c');
  auto bytes = binding ? base64_decode(*binding) : std::nullopt;
  if (!bytes || bytes->empty()) return in.expected("channel binding c=");
  out.binding = std::move(*bytes);
  const auto nonce = in.take('r');
  if (!nonce || !is_printable(*nonce)) return in.expected("nonce r=");
  out.nonce = *nonce;
  auto extensions = in.extensions('p');
  if (!extensions) return in.expected("extension");
  out.extensions = std::move(*extensions);
  const auto proof = in.take('p');
  auto proven = proof ? base64_decode(*proof) : std::nullopt;
  if (!proven || proven->empty() || !in.done()) return in.expected("proof p= at the end");
  out.proof = std::move(*proven);
  return out;
}

std::string write_client_final(const ClientFinal& message) {
  return with_extensions("c=" + base64_encode(message.binding) + ",r=" + message.nonce, message.extensions) +
         ",p=" + base64_encode(message.proof);
}

std::string_view client_final_without_proof(std::string_view message) { return message.substr(0, message.rfind(",p=")); }

// server-final-message = (server-error / verifier) ["," extensions]
Parsed<ServerFinal> parse_server_final(std::string_view message) {
  Attributes in(message);
  if (message.size() > max_message || !is_utf8(message)) return in.expected("a short message in UTF-8");
  ServerFinal out;
  if (const auto error = in.take('e')) {
    if (error->empty() || error->find('\0') != std::string_view::npos) return in.expected("error e=");
    out.error = *error;
  } else {
    const auto verifier = in.take('v');
    auto bytes = verifier ? base64_decode(*verifier) : std::nullopt;
    if (!bytes || bytes->empty()) return in.expected("verifier v= or error e=");
    out.signature = std::move(*bytes);
  }
  auto extensions = in.extensions();
  if (!extensions) return in.expected("extension");
  out.extensions = std::move(*extensions);
  return out;
}

std::string write_server_final(const ServerFinal& message) {
  return with_extensions(message.error.empty() ? "v=" + base64_encode(message.signature) : "e=" + message.error, message.extensions);
}

}  // namespace courier::sasl
