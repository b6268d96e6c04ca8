// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <utility>

#include "broker/protocol/io/field_rules.h"
#include "broker/protocol/io/wire_reader.h"
#include "broker/protocol/io/wire_type.h"

/// The decoder over `describe`. Recursion follows the message's types, never its bytes.
namespace weir::protocol {

template <class Struct>
void readStruct(WireReader& in, Struct& out);
template <class T>
std::size_t minimalSize(ApiVersion version, bool flexible);

/// Adds up the fewest bytes that a struct can take in a version: what an array's claimed count is held against.
template <class Struct>
class MinimalSizeIo {
public:
    MinimalSizeIo(ApiVersion version, bool flexible) : m_version(version), m_flexible(flexible) {}

    template <class T>
    void field(const char*, T Struct::*, FieldRules rules = {}) {
        if (!rules.presentIn(m_version)) {
            return;
        }
        if constexpr (wire::Optional<T>) {
            using Value = typename T::value_type;
            const bool isMarkedStruct = wire::Described<Value> && rules.nullableIn(m_version);
            m_size += isMarkedStruct ? 1 : minimalSize<Value>(m_version, m_flexible);
        } else {
            m_size += minimalSize<T>(m_version, m_flexible);
        }
    }
    template <class T>
    void tagged(std::uint32_t, const char*, T Struct::*, FieldRules = {}) {}

    [[nodiscard]] std::size_t size() const { return m_size + (m_flexible ? 1 : 0); }

private:
    ApiVersion m_version;
    bool m_flexible;
    std::size_t m_size = 0;
};

template <class T>
std::size_t minimalSize(ApiVersion version, bool flexible) {
    if constexpr (std::same_as<T, bool>) {
        return 1;
    } else if constexpr (wire::Integer<T>) {
        return sizeof(wire::IntegerOf<T>);
    } else if constexpr (std::same_as<T, double>) {
        return sizeof(double);
    } else if constexpr (std::same_as<T, Uuid>) {
        return sizeof(Uuid);
    } else if constexpr (wire::Text<T>) {
        return flexible ? 1 : 2;
    } else if constexpr (wire::Described<T>) {
        MinimalSizeIo<T> io(version, flexible);
        T::describe(io);
        return std::max<std::size_t>(io.size(), 1);
    } else {
        return flexible ? 1 : 4;
    }
}

/// The body of a length-prefixed value; `length` is known to fit.
template <class T>
void readPayload(WireReader& in, T& out, std::size_t length) {
    if constexpr (wire::Text<T>) {
        out = asText(in.readView(length));
    } else if constexpr (std::same_as<T, Bytes>) {
        out = toBytes(in.readView(length));
    } else if constexpr (std::same_as<T, RecordsView>) {
        out = RecordsView(in.readView(length));
    } else {
        using Element = typename T::value_type;
        out.clear();
        if constexpr (wire::Integer<Element>) {
            out.reserve(length);
        } else {
            // Elements that turn out not to be there must not have cost memory first.
            out.reserve(std::min<std::size_t>(length, 64));
        }
        for (std::size_t i = 0; i < length && !in.failed(); ++i) {
            readValue(in, out.emplace_back(), false);
        }
    }
}

template <class T>
std::optional<std::size_t> readLength(WireReader& in) {
    if constexpr (wire::Text<T>) {
        return in.readTextLength();
    } else if constexpr (std::same_as<T, Bytes> || std::same_as<T, RecordsView>) {
        return in.readBytesLength();
    } else {
        using Element = typename T::value_type;
        return in.readArrayCount(minimalSize<Element>(in.version(), in.flexible()), !wire::Integer<Element>);
    }
}

template <class T>
void readValue(WireReader& in, T& out, bool nullable) {
    if constexpr (std::same_as<T, bool>) {
        out = in.readBool();
    } else if constexpr (wire::Integer<T>) {
        out = static_cast<T>(in.readInt<wire::IntegerOf<T>>());
    } else if constexpr (std::same_as<T, double>) {
        out = in.readDouble();
    } else if constexpr (std::same_as<T, Uuid>) {
        out = in.readUuid();
    } else if constexpr (wire::Described<T>) {
        readStruct(in, out);
    } else if constexpr (wire::Optional<T>) {
        using Value = typename T::value_type;
        if constexpr (wire::Described<Value>) {
            if (nullable && in.readInt<std::int8_t>() < 0) {
                out.reset();
            } else {
                // Spelled out because clang 14 holds nested structs with defaults not to be default constructible here.
                readStruct(in, out.emplace(Value{}));
            }
        } else if (const auto length = readLength<Value>(in)) {
            readPayload(in, out.emplace(), *length);
        } else {
            out.reset();
            if (!nullable) {
                in.fail(ProtocolErrc::kUnexpectedNull);
            }
        }
    } else {
        const auto length = readLength<T>(in);
        if (length) {
            readPayload(in, out, *length);
        } else if (!nullable) {
            in.fail(ProtocolErrc::kUnexpectedNull);
        } else {
            out = T{};
        }
    }
}

/// Pass one over a struct: the fields in order.
template <class Struct>
class DecodeFieldsIo {
public:
    DecodeFieldsIo(WireReader& in, Struct& out) : m_in(in), m_out(out) {}

    template <class T>
    void field(const char* name, T Struct::*member, FieldRules rules = {}) {
        if (rules.presentIn(m_in.version())) {
            m_in.setField(name);
            readValue(m_in, m_out.*member, rules.nullableIn(m_in.version()));
        }
    }
    template <class T>
    void tagged(std::uint32_t, const char*, T Struct::*, FieldRules = {}) {}

private:
    WireReader& m_in;
    Struct& m_out;
};

/// Pass two, once for each tag on the wire: reads the field that has it.
template <class Struct>
class DecodeTagIo {
public:
    DecodeTagIo(WireReader& in, Struct& out, std::uint32_t tag) : m_in(in), m_out(out), m_tag(tag) {}

    template <class T>
    void field(const char*, T Struct::*, FieldRules = {}) {}
    template <class T>
    void tagged(std::uint32_t tag, const char* name, T Struct::*member, FieldRules rules = {}) {
        if (tag == m_tag && rules.presentIn(m_in.version())) {
            m_found = true;
            m_in.setField(name);
            readValue(m_in, m_out.*member, rules.nullableIn(m_in.version()));
        }
    }
    [[nodiscard]] bool found() const { return m_found; }

private:
    WireReader& m_in;
    Struct& m_out;
    std::uint32_t m_tag;
    bool m_found = false;
};

/// Tags ascend strictly (KIP-482), which also rules out the same tag twice.
template <class Struct>
void readTags(WireReader& in, Struct& out) {
    const std::uint32_t count = in.readUnsignedVarint();
    std::int64_t previous = -1;
    for (std::uint32_t i = 0; i < count && !in.failed(); ++i) {
        in.setField("tagged fields");
        const std::uint32_t tag = in.readUnsignedVarint();
        const std::uint32_t size = in.readUnsignedVarint();
        if (in.failed() || static_cast<std::int64_t>(tag) <= previous) {
            in.fail(ProtocolErrc::kInvalidTag);
            return;
        }
        previous = tag;
        const std::byte* outerEnd = in.enter(size);
        DecodeTagIo<Struct> io(in, out, tag);
        Struct::describe(io);
        if (!io.found()) {
            in.countElements(1);
            out.unknownTags.push_back({tag, toBytes(in.readView(in.failed() ? 0 : size))});
        }
        in.leave(outerEnd);
    }
}

template <class Struct>
void readStruct(WireReader& in, Struct& out) {
    DecodeFieldsIo<Struct> io(in, out);
    Struct::describe(io);
    if (in.flexible()) {
        readTags(in, out);
    }
}

}  // namespace weir::protocol
