// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "broker/base/assert.h"

namespace weir {

/// An error of one module: its own enum class and a sentence for the log. `Code` has no "none" value: no error is a
/// Result that holds a value. Translation to Kafka's error codes happens once, in broker/server.
template <class Code>
struct Error {
    Code code;
    std::string message;
};

template <class E>
struct Failure {
    E error;
};

/// `return fail(Error{…})` or `return fail(SomeCode::kBroken, "what happened")`.
template <class E>
Failure<E> fail(E error) {
    return Failure<E>{std::move(error)};
}
template <class Code>
Failure<Error<Code>> fail(Code code, std::string message) {
    return Failure<Error<Code>>{Error<Code>{code, std::move(message)}};
}

/// A value of T or an error of E: how every expected failure is returned. Not thread safe, cheap to move.
/// Reading the side that is not there is a bug and asserts.
template <class T, class E>
class [[nodiscard]] Result {
public:
    Result(T value) : m_state(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit by design
    template <class F>
    Result(Failure<F> failure) : m_state(std::in_place_index<1>, std::move(failure.error)) {}  // NOLINT

    [[nodiscard]] bool ok() const { return m_state.index() == 0; }
    explicit operator bool() const { return ok(); }

    [[nodiscard]] T& value() & {
        WEIR_ASSERT(ok());
        return std::get<0>(m_state);
    }
    [[nodiscard]] const T& value() const& {
        WEIR_ASSERT(ok());
        return std::get<0>(m_state);
    }
    [[nodiscard]] T&& value() && {
        WEIR_ASSERT(ok());
        return std::get<0>(std::move(m_state));
    }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

    [[nodiscard]] const E& error() const& {
        WEIR_ASSERT(!ok());
        return std::get<1>(m_state);
    }
    [[nodiscard]] E&& error() && {
        WEIR_ASSERT(!ok());
        return std::get<1>(std::move(m_state));
    }

private:
    std::variant<T, E> m_state;
};

template <class E>
class [[nodiscard]] Result<void, E> {
public:
    Result() = default;
    template <class F>
    Result(Failure<F> failure) : m_error(std::move(failure.error)) {}  // NOLINT: implicit by design

    [[nodiscard]] bool ok() const { return !m_error.has_value(); }
    explicit operator bool() const { return ok(); }
    [[nodiscard]] const E& error() const& {
        WEIR_ASSERT(!ok());
        return *m_error;
    }
    [[nodiscard]] E&& error() && {
        WEIR_ASSERT(!ok());
        return *std::move(m_error);
    }

private:
    std::optional<E> m_error;
};

}  // namespace weir
