// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace weir::simulation {

/// What happened in a run, as one number: two runs of one seed have the same. With a file it is written there as well,
/// so that two runs that differ can be compared line by line.
class Trace {
public:
    explicit Trace(std::FILE* file = nullptr) : m_file(file) {}

    void note(std::string_view what, std::uint64_t a = 0, std::uint64_t b = 0) {
        for (const char c : what) {
            mix(static_cast<unsigned char>(c));
        }
        mix(a);
        mix(b);
        ++m_count;
        if (m_file != nullptr) {
            std::fprintf(m_file, "%.*s %llu %llu\n", static_cast<int>(what.size()), what.data(),
                         static_cast<unsigned long long>(a), static_cast<unsigned long long>(b));
        }
    }
    [[nodiscard]] std::uint64_t hash() const { return m_hash; }
    [[nodiscard]] std::uint64_t count() const { return m_count; }

private:
    /// splitmix64's finisher over a running sum.
    void mix(std::uint64_t value) {
        std::uint64_t z = m_hash + value + 0x9e3779b97f4a7c15ULL;
        z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
        m_hash = z ^ (z >> 31U);
    }

    std::FILE* m_file;
    std::uint64_t m_hash = 0;
    std::uint64_t m_count = 0;
};

}  // namespace weir::simulation
