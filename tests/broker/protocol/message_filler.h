// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <deque>
#include <random>
#include <string>

#include "broker/protocol/io/field_rules.h"
#include "broker/protocol/io/wire_type.h"

namespace weir::protocol::test {

/// Random values out of one seed, and the memory that views among them point into.
class Chance {
public:
    explicit Chance(std::uint64_t seed) : m_engine(seed) {}

    std::uint64_t next() { return m_engine(); }
    std::size_t below(std::size_t bound) { return static_cast<std::size_t>(m_engine() % bound); }
    bool oneIn(std::size_t n) { return below(n) == 0; }
    std::string text() {
        std::string text(below(9), '\0');
        for (char& c : text) {
            c = static_cast<char>('a' + below(26));
        }
        return text;
    }
    Bytes bytes() {
        Bytes bytes(below(12));
        for (std::byte& b : bytes) {
            b = static_cast<std::byte>(next());
        }
        return bytes;
    }
    std::string_view keptText() { return m_texts.emplace_back(text()); }
    ByteView keptBytes() { return m_bytes.emplace_back(bytes()); }

private:
    std::mt19937_64 m_engine;
    std::deque<std::string> m_texts;
    std::deque<Bytes> m_bytes;
};

/// Another Io over `describe`: fills a message with what its version can say, at random.
template <class Struct>
class FillIo {
public:
    FillIo(Chance& chance, Struct& out, ApiVersion version, bool flexible)
        : m_chance(chance), m_out(out), m_version(version), m_flexible(flexible) {}

    template <class T>
    void field(const char*, T Struct::*member, FieldRules rules = {}) {
        if (rules.presentIn(m_version)) {
            fill(m_out.*member, rules.nullableIn(m_version));
        }
    }
    template <class T>
    void tagged(std::uint32_t, const char* name, T Struct::*member, FieldRules rules = {}) {
        if (m_chance.oneIn(2)) {
            field(name, member, rules);
        }
    }

private:
    template <class T>
    void fill(T& out, bool nullable) {
        if constexpr (std::same_as<T, bool>) {
            out = m_chance.oneIn(2);
        } else if constexpr (wire::Integer<T>) {
            const std::uint64_t bits = m_chance.oneIn(3) ? m_chance.below(4) - 2 : m_chance.next();
            out = static_cast<T>(static_cast<wire::IntegerOf<T>>(bits));
        } else if constexpr (std::same_as<T, double>) {
            out = static_cast<double>(m_chance.below(1'000'000)) / 8;
        } else if constexpr (std::same_as<T, Uuid>) {
            for (std::byte& b : out.bytes) {
                b = static_cast<std::byte>(m_chance.next());
            }
        } else if constexpr (std::same_as<T, std::string>) {
            out = m_chance.text();
        } else if constexpr (std::same_as<T, std::string_view>) {
            out = m_chance.keptText();
        } else if constexpr (std::same_as<T, Bytes>) {
            out = m_chance.bytes();
        } else if constexpr (std::same_as<T, RecordsView>) {
            out = nullable && m_chance.oneIn(4) ? RecordsView() : RecordsView(m_chance.keptBytes());
        } else if constexpr (wire::Described<T>) {
            fillStruct(m_chance, out, m_version, m_flexible);
        } else if constexpr (wire::Optional<T>) {
            if (nullable && m_chance.oneIn(3)) {
                out.reset();
            } else {
                fill(out.emplace(typename T::value_type{}), false);  // spelled out for clang 14, see decode.h
            }
        } else {
            out.clear();
            for (std::size_t i = m_chance.below(4); i > 0; --i) {
                fill(out.emplace_back(), false);
            }
        }
    }

    Chance& m_chance;
    Struct& m_out;
    ApiVersion m_version;
    bool m_flexible;
};

template <class Struct>
void fillStruct(Chance& chance, Struct& out, ApiVersion version, bool flexible) {
    FillIo<Struct> io(chance, out, version, flexible);
    Struct::describe(io);
    if (flexible && chance.oneIn(6)) {
        std::uint32_t tag = 90;
        for (std::size_t i = chance.below(3); i > 0; --i) {
            tag += static_cast<std::uint32_t>(1 + chance.below(1000));
            out.unknownTags.push_back({tag, chance.bytes()});
        }
    }
}

template <class Message>
Message randomMessage(Chance& chance, ApiVersion version) {
    Message message;
    fillStruct(chance, message, version, version.value >= Message::kFirstFlexible);
    return message;
}

}  // namespace weir::protocol::test
