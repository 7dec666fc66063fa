// Callback: a move-only function without arguments, called at most once. (std::move_only_function costs <functional>.)
// A small function lies inside it, a larger one on the heap.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace courier {

class Callback {
 public:
  Callback() = default;
  template <class F>
    requires(!std::is_same_v<std::decay_t<F>, Callback>)
  Callback(F&& function) {  // NOLINT: converts on purpose
    using Function = std::decay_t<F>;
    if constexpr (fits_inside<Function>) {
      ::new (room_) Function(std::forward<F>(function));
      kind_ = &inside<Function>;
    } else {
      ::new (room_) Heap<Function>(std::make_unique<Function>(std::forward<F>(function)));
      kind_ = &inside<Heap<Function>>;
    }
  }
  Callback(Callback&& other) noexcept { take(other); }
  Callback& operator=(Callback&& other) noexcept {
    Callback old(std::move(*this));
    take(other);
    return *this;
  }
  ~Callback() {
    if (kind_) kind_->destroy(room_);
  }

  [[nodiscard]] explicit operator bool() const { return kind_ != nullptr; }
  // Runs the function and forgets it.
  void operator()() {
    Callback running(std::move(*this));
    running.kind_->call(running.room_);
  }

 private:
  static constexpr std::size_t size = 4 * sizeof(void*);
  template <class F>
  static constexpr bool fits_inside = sizeof(F) <= size && alignof(F) <= alignof(void*) && std::is_nothrow_move_constructible_v<F>;

  template <class F>
  struct Heap {
    std::unique_ptr<F> function;
    void operator()() { (*function)(); }
  };

  // What can be done with the function in the room of a callback.
  struct Kind {
    void (*call)(void* function);
    void (*move)(void* from, void* to);  // destroys the former
    void (*destroy)(void* function);
  };
  template <class F>
  static constexpr Kind inside{[](void* function) { (*static_cast<F*>(function))(); },
                               [](void* from, void* to) {
                                 ::new (to) F(std::move(*static_cast<F*>(from)));
                                 static_cast<F*>(from)->~F();
                               },
                               [](void* function) { static_cast<F*>(function)->~F(); }};

  void take(Callback& other) {
    kind_ = std::exchange(other.kind_, nullptr);
    if (kind_) kind_->move(other.room_, room_);
  }

  const Kind* kind_ = nullptr;
  alignas(void*) std::byte room_[size];
};

}  // namespace courier
