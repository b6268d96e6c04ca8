// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/search/text_search.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#if defined(__x86_64__) && defined(__GNUC__)
#define WEIR_HAVE_AVX2 1
#include <immintrin.h>
#endif

namespace weir::app {

namespace {

constexpr std::array<unsigned char, 256> makeLowerTable() {
    std::array<unsigned char, 256> table{};
    for (unsigned i = 0; i < 256; ++i) {
        table[i] = static_cast<unsigned char>(i >= 'A' && i <= 'Z' ? i + 32 : i);
    }
    return table;
}
constexpr std::array<unsigned char, 256> kLower = makeLowerTable();

bool isLowerLetter(unsigned char c) {
    return c >= 'a' && c <= 'z';
}

}  // namespace

TextSearch::TextSearch(std::string_view needle) : m_needle(needle), m_find(&TextSearch::findPlain) {
    for (char& c : m_needle) {
        c = static_cast<char>(kLower[static_cast<unsigned char>(c)]);
    }
#ifdef WEIR_HAVE_AVX2
    if (__builtin_cpu_supports("avx2")) {
        m_find = &TextSearch::findAvx2;
    }
#endif
}

std::size_t TextSearch::find(ByteView text, std::size_t from) const {
    if (m_needle.empty()) {
        return from <= text.size() ? from : kNotFound;
    }
    if (from > text.size() || text.size() - from < m_needle.size()) {
        return kNotFound;
    }
    return (this->*m_find)(reinterpret_cast<const unsigned char*>(text.data()), text.size(), from);
}

bool TextSearch::equalsAt(const unsigned char* text) const {
    for (std::size_t i = 0; i < m_needle.size(); ++i) {
        if (kLower[text[i]] != static_cast<unsigned char>(m_needle[i])) {
            return false;
        }
    }
    return true;
}

std::size_t TextSearch::findPlain(const unsigned char* text, std::size_t size, std::size_t from) const {
    const auto first = static_cast<unsigned char>(m_needle.front());
    for (std::size_t at = from; at + m_needle.size() <= size; ++at) {
        if (kLower[text[at]] == first && equalsAt(text + at)) {
            return at;
        }
    }
    return kNotFound;
}

#ifdef WEIR_HAVE_AVX2
// A letter matches both cases when bit 5 is set on both sides; `fold` is that bit for letters and 0 for the rest. The
// fold also lets "[" pass for "{", which equalsAt() then refuses.
__attribute__((target("avx2,bmi"))) std::size_t TextSearch::findAvx2(const unsigned char* text, std::size_t size,
                                                                     std::size_t from) const {
    const std::size_t last = m_needle.size() - 1;
    const auto firstChar = static_cast<unsigned char>(m_needle.front());
    const auto lastChar = static_cast<unsigned char>(m_needle.back());
    const __m256i firstFold = _mm256_set1_epi8(isLowerLetter(firstChar) ? 0x20 : 0);
    const __m256i lastFold = _mm256_set1_epi8(isLowerLetter(lastChar) ? 0x20 : 0);
    const __m256i first = _mm256_set1_epi8(static_cast<char>(firstChar));
    const __m256i final = _mm256_set1_epi8(static_cast<char>(lastChar));
    std::size_t at = from;
    while (at + last + 32 <= size) {
        const __m256i head = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + at));
        const __m256i tail = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + at + last));
        const __m256i isHead = _mm256_cmpeq_epi8(_mm256_or_si256(head, firstFold), first);
        const __m256i isTail = _mm256_cmpeq_epi8(_mm256_or_si256(tail, lastFold), final);
        auto candidates = static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_and_si256(isHead, isTail)));
        while (candidates != 0) {
            const auto bit = static_cast<std::size_t>(std::countr_zero(candidates));
            if (equalsAt(text + at + bit)) {
                return at + bit;
            }
            candidates &= candidates - 1;
        }
        at += 32;
    }
    return findPlain(text, size, at);
}
#else
std::size_t TextSearch::findAvx2(const unsigned char* text, std::size_t size, std::size_t from) const {
    return findPlain(text, size, from);
}
#endif

}  // namespace weir::app
