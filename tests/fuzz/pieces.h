// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>

#include "broker/base/bytes.h"

namespace weir::fuzz {

/// Cuts a stream into pieces of random sizes below 2^`scale`, but not into more than a few hundred.
class Pieces {
public:
    Pieces(ByteView stream, unsigned scale, unsigned seed)
        : m_rest(stream),
          m_smallest(1 + stream.size() / kMost),
          m_largest(std::max<std::size_t>(m_smallest, std::size_t{1} << (scale % kScales))),
          m_random(seed + 1) {}

    /// Empty at the end.
    ByteView next() {
        const std::size_t size = m_smallest + m_random() % (m_largest - m_smallest + 1);
        const ByteView piece = m_rest.first(std::min(size, m_rest.size()));
        m_rest = m_rest.subspan(piece.size());
        return piece;
    }

private:
    static constexpr std::size_t kMost = 300;
    static constexpr unsigned kScales = 18;
    ByteView m_rest;
    std::size_t m_smallest;
    std::size_t m_largest;
    std::minstd_rand m_random;
};

}  // namespace weir::fuzz
