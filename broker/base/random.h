// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <mutex>
#include <random>

namespace weir {

/// Where randomness comes from. Passed in, so that one seed repeats one run. Thread safe.
class Random {
public:
    virtual ~Random() = default;
    virtual std::uint64_t next() = 0;
};

class SeededRandom final : public Random {
public:
    explicit SeededRandom(std::uint64_t seed) : m_engine(seed) {}
    std::uint64_t next() override {
        const std::lock_guard lock(m_mutex);
        return m_engine();
    }

private:
    std::mutex m_mutex;
    std::mt19937_64 m_engine;
};

/// The operating system's source: for ids that must never repeat.
class SystemRandom final : public Random {
public:
    std::uint64_t next() override {
        const std::lock_guard lock(m_mutex);
        return (static_cast<std::uint64_t>(m_device()) << 32) | m_device();
    }

private:
    std::mutex m_mutex;
    std::random_device m_device;
};

}  // namespace weir
