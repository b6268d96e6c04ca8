// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <coroutine>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

namespace weir::simulation {

/// What a simulated client does, written straight down: a coroutine that begins when it is awaited (or started) and is
/// destroyed with this object, wherever it stands.
template <class T = void>
class Script;

namespace detail {

struct ScriptEnd {
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> ended) const noexcept {
        const std::coroutine_handle<> next = ended.promise().continuation;
        return next ? next : std::noop_coroutine();
    }
    void await_resume() const noexcept {}
};

struct ScriptPromiseBase {
    std::coroutine_handle<> continuation;

    [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }
    [[nodiscard]] ScriptEnd final_suspend() const noexcept { return {}; }
    void unhandled_exception() { std::terminate(); }
};

template <class T>
struct ScriptPromise : ScriptPromiseBase {
    std::optional<T> value;

    Script<T> get_return_object();
    void return_value(T given) { value = std::move(given); }
    T take() { return std::move(*value); }
};

template <>
struct ScriptPromise<void> : ScriptPromiseBase {
    Script<void> get_return_object();
    void return_void() {}
    void take() {}
};

}  // namespace detail

template <class T>
class Script {
public:
    using promise_type = detail::ScriptPromise<T>;
    using Handle = std::coroutine_handle<promise_type>;

    explicit Script(Handle handle) : m_handle(handle) {}
    Script(Script&& other) noexcept : m_handle(std::exchange(other.m_handle, nullptr)) {}
    Script& operator=(Script&& other) noexcept {
        std::swap(m_handle, other.m_handle);
        return *this;
    }
    ~Script() {
        if (m_handle) {
            m_handle.destroy();
        }
    }

    void start() { m_handle.resume(); }
    [[nodiscard]] bool isDone() const { return m_handle.done(); }

    [[nodiscard]] bool await_ready() const { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> caller) {
        m_handle.promise().continuation = caller;
        return m_handle;
    }
    T await_resume() { return m_handle.promise().take(); }

private:
    Handle m_handle;
};

namespace detail {

template <class T>
Script<T> ScriptPromise<T>::get_return_object() {
    return Script<T>(Script<T>::Handle::from_promise(*this));
}
inline Script<void> ScriptPromise<void>::get_return_object() {
    return Script<void>(Script<void>::Handle::from_promise(*this));
}

}  // namespace detail

/// Something that happens once, which one script may wait for. Shared by the script and by whoever makes it happen,
/// because either may go first.
template <class T>
class Moment {
public:
    void happen(T value) {
        m_value.emplace(std::move(value));
        if (const auto waiter = std::exchange(m_waiter, nullptr)) {
            waiter.resume();
        }
    }
    [[nodiscard]] bool hasHappened() const { return m_value.has_value(); }

    /// `co_await moment->wait()`; the script may be destroyed meanwhile.
    auto wait() { return Waiting{this}; }

private:
    struct Waiting {
        Moment* moment;
        explicit Waiting(Moment* of) : moment(of) {}
        Waiting(const Waiting&) = delete;
        Waiting& operator=(const Waiting&) = delete;
        ~Waiting() { moment->m_waiter = nullptr; }

        [[nodiscard]] bool await_ready() const { return moment->hasHappened(); }
        void await_suspend(std::coroutine_handle<> waiter) { moment->m_waiter = waiter; }
        T await_resume() { return *moment->m_value; }
    };

    std::optional<T> m_value;
    std::coroutine_handle<> m_waiter;
};

}  // namespace weir::simulation
