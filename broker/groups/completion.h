// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <concepts>
#include <exception>
#include <memory>
#include <type_traits>
#include <utility>

#include "broker/base/assert.h"

namespace weir::groups {

/// A callback that is called exactly once. Move-only, so it may own what it needs (a connection, a promise).
/// Calling it twice, or destroying it uncalled, is a bug of the coordinator and asserts: a client whose JoinGroup is
/// dropped would wait until its own timeout. Only an exception (no memory) may drop it: what it owns then closes the
/// client's connection. Not thread safe itself; it may be called from any thread.
template <class... Args>
class Completion {
public:
    Completion() = default;
    template <class F>
    requires(!std::same_as<std::remove_cvref_t<F>, Completion> && std::invocable<F&, Args...>)
        Completion(F&& callable)  // NOLINT: implicit by design, callers pass lambdas
        : m_callable(std::make_unique<Holder<std::decay_t<F>>>(std::forward<F>(callable))) {}

    Completion(Completion&&) noexcept = default;
    Completion& operator=(Completion&& other) noexcept {
        WEIR_ASSERT(!m_callable);
        m_callable = std::move(other.m_callable);
        return *this;
    }
    Completion(const Completion&) = delete;
    Completion& operator=(const Completion&) = delete;
    ~Completion() { WEIR_ASSERT(!m_callable || std::uncaught_exceptions() != 0); }

    [[nodiscard]] explicit operator bool() const { return m_callable != nullptr; }

    void operator()(Args... args) {
        WEIR_ASSERT(m_callable);
        const auto callable = std::move(m_callable);
        callable->call(std::forward<Args>(args)...);
    }

private:
    struct Callable {
        virtual ~Callable() = default;
        virtual void call(Args... args) = 0;
    };
    template <class F>
    struct Holder final : Callable {
        template <class G>
        explicit Holder(G&& f) : function(std::forward<G>(f)) {}
        void call(Args... args) override { function(std::forward<Args>(args)...); }
        F function;
    };

    std::unique_ptr<Callable> m_callable;
};

}  // namespace weir::groups
