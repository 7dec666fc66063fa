// Callback: a move-only function without arguments, called at most once. (std::move_only_function costs <functional>.)
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

namespace courier {

class Callback {
 public:
  Callback() = default;
  template <class F>
    requires(!std::is_same_v<std::decay_t<F>, Callback>)
  Callback(F&& f) : body_(std::make_unique<Held<std::decay_t<F>>>(std::forward<F>(f))) {}  // NOLINT: converts on purpose

  [[nodiscard]] explicit operator bool() const { return body_ != nullptr; }
  // Runs the function and forgets it.
  void operator()() {
    const auto body = std::move(body_);
    body->call();
  }

 private:
  struct Body {
    virtual ~Body() = default;
    virtual void call() = 0;
  };
  template <class F>
  struct Held final : Body {
    explicit Held(F&& f) : function(std::move(f)) {}
    explicit Held(const F& f) : function(f) {}
    void call() override { function(); }
    F function;
  };
  std::unique_ptr<Body> body_;
};

}  // namespace courier
