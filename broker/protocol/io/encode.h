// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <bit>
#include <limits>

#include "broker/protocol/io/field_rules.h"
#include "broker/protocol/io/wire_type.h"
#include "broker/protocol/io/wire_writer.h"

/// The encoder over `describe`; `Sink` is SizeCounter or WireWriter.
namespace weir::protocol {

inline constexpr std::size_t kMaxWireText = 32767;
inline constexpr std::size_t kMaxWireLength = 0x7fffffff;

template <class Struct, class Sink>
void writeStruct(Sink& out, const Struct& in);

/// -1 for null.
template <class T, class Sink>
void writeLength(Sink& out, std::int64_t length, const char* name) {
    if (length > static_cast<std::int64_t>(wire::Text<T> ? kMaxWireText : kMaxWireLength)) {
        out.problem(ProtocolErrc::kTooLarge, name);
    }
    if (out.flexible()) {
        out.putUnsignedVarint(static_cast<std::uint32_t>(length + 1));
    } else if constexpr (wire::Text<T>) {
        out.putInt(static_cast<std::int16_t>(length));
    } else {
        out.putInt(static_cast<std::int32_t>(length));
    }
}

template <class T, class Sink>
void writeNull(Sink& out, bool nullable, const char* name) {
    if (!nullable) {
        out.problem(ProtocolErrc::kUnexpectedNull, name);
    }
    writeLength<T>(out, -1, name);
}

template <class T, class Sink>
void writeValue(Sink& out, const T& value, bool nullable, const char* name) {
    if constexpr (std::same_as<T, bool>) {
        out.putInt(static_cast<std::int8_t>(value));
    } else if constexpr (wire::Integer<T>) {
        out.putInt(wire::toInteger(value));
    } else if constexpr (std::same_as<T, double>) {
        out.putInt(std::bit_cast<std::int64_t>(value));
    } else if constexpr (std::same_as<T, Uuid>) {
        out.putView(value.bytes);
    } else if constexpr (wire::Described<T>) {
        writeStruct(out, value);
    } else if constexpr (wire::Optional<T>) {
        using Value = typename T::value_type;
        if constexpr (wire::Described<Value>) {
            if (nullable) {
                out.putInt(static_cast<std::int8_t>(value ? 1 : -1));
            } else if (!value) {
                out.problem(ProtocolErrc::kUnexpectedNull, name);
            }
            if (value) {
                writeStruct(out, *value);
            }
        } else if (value) {
            writeValue(out, *value, nullable, name);
        } else {
            writeNull<Value>(out, nullable, name);
        }
    } else if constexpr (wire::Text<T>) {
        writeLength<T>(out, static_cast<std::int64_t>(value.size()), name);
        out.putView(asBytes(value));
    } else if constexpr (std::same_as<T, Bytes>) {
        writeLength<T>(out, static_cast<std::int64_t>(value.size()), name);
        out.putView(value);
    } else if constexpr (std::same_as<T, RecordsView>) {
        if (value.isNull()) {
            writeNull<T>(out, nullable, name);
        } else {
            writeLength<T>(out, static_cast<std::int64_t>(value.bytes().size()), name);
            out.putRecords(value.bytes());
        }
    } else {
        writeLength<T>(out, static_cast<std::int64_t>(value.size()), name);
        for (const auto& element : value) {
            writeValue(out, element, false, name);
        }
    }
}

/// Pass one over a struct: the fields in order.
template <class Struct, class Sink>
class EncodeFieldsIo {
public:
    EncodeFieldsIo(Sink& out, const Struct& in) : m_out(out), m_in(in) {}

    template <class T>
    void field(const char* name, T Struct::*member, FieldRules rules = {}) {
        if (rules.presentIn(m_out.version())) {
            writeValue(m_out, m_in.*member, rules.nullableIn(m_out.version()), name);
        } else if constexpr (std::same_as<Sink, SizeCounter>) {
            refuseLoss(name, member, rules);
        }
    }
    template <class T>
    void tagged(std::uint32_t, const char* name, T Struct::*member, FieldRules rules = {}) {
        if constexpr (std::same_as<Sink, SizeCounter>) {
            if (!rules.presentIn(m_out.version())) {
                refuseLoss(name, member, rules);
            }
        }
    }

private:
    template <class T>
    void refuseLoss(const char* name, T Struct::*member, FieldRules rules) {
        if (!rules.mayBeDropped && !(m_in.*member == defaultOf<Struct>().*member)) {
            m_out.problem(ProtocolErrc::kNotRepresentable, name);
        }
    }

    Sink& m_out;
    const Struct& m_in;
};

/// Counts the tagged fields that are not at their default: the others are left out.
template <class Struct>
class CountTagsIo {
public:
    CountTagsIo(const Struct& in, ApiVersion version) : m_in(in), m_version(version) {}

    template <class T>
    void field(const char*, T Struct::*, FieldRules = {}) {}
    template <class T>
    void tagged(std::uint32_t, const char*, T Struct::*member, FieldRules rules = {}) {
        if (rules.presentIn(m_version) && !(m_in.*member == defaultOf<Struct>().*member)) {
            ++m_count;
        }
    }
    [[nodiscard]] std::uint32_t count() const { return m_count; }

private:
    const Struct& m_in;
    ApiVersion m_version;
    std::uint32_t m_count = 0;
};

/// Pass two: known and unknown tags merged in ascending order; `describe` names the known ones in that order.
template <class Struct, class Sink>
class EncodeTagsIo {
public:
    EncodeTagsIo(Sink& out, const Struct& in) : m_out(out), m_in(in) {}

    template <class T>
    void field(const char*, T Struct::*, FieldRules = {}) {}
    template <class T>
    void tagged(std::uint32_t tag, const char* name, T Struct::*member, FieldRules rules = {}) {
        if (!rules.presentIn(m_out.version()) || m_in.*member == defaultOf<Struct>().*member) {
            return;
        }
        writeUnknownBelow(tag);
        const bool nullable = rules.nullableIn(m_out.version());
        SizeCounter size(m_out.version(), m_out.flexible());
        writeValue(size, m_in.*member, nullable, name);
        m_out.putUnsignedVarint(tag);
        m_out.putUnsignedVarint(static_cast<std::uint32_t>(size.size()));
        writeValue(m_out, m_in.*member, nullable, name);
    }
    void writeUnknownBelow(std::uint64_t tag) {
        for (; m_next < m_in.unknownTags.size() && m_in.unknownTags[m_next].tag < tag; ++m_next) {
            const UnknownTag& unknown = m_in.unknownTags[m_next];
            m_out.putUnsignedVarint(unknown.tag);
            m_out.putUnsignedVarint(static_cast<std::uint32_t>(unknown.value.size()));
            m_out.putView(unknown.value);
        }
    }

private:
    Sink& m_out;
    const Struct& m_in;
    std::size_t m_next = 0;
};

template <class Struct, class Sink>
void writeStruct(Sink& out, const Struct& in) {
    EncodeFieldsIo<Struct, Sink> fields(out, in);
    Struct::describe(fields);
    if (!out.flexible()) {
        if (!in.unknownTags.empty()) {
            out.problem(ProtocolErrc::kNotRepresentable, "tagged fields");
        }
        return;
    }
    CountTagsIo<Struct> known(in, out.version());
    Struct::describe(known);
    out.putUnsignedVarint(known.count() + static_cast<std::uint32_t>(in.unknownTags.size()));
    EncodeTagsIo<Struct, Sink> tags(out, in);
    Struct::describe(tags);
    tags.writeUnknownBelow(std::numeric_limits<std::uint64_t>::max());
}

}  // namespace weir::protocol
