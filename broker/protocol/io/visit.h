// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "broker/protocol/field_visitor.h"
#include "broker/protocol/io/field_rules.h"
#include "broker/protocol/io/wire_type.h"

/// The walk over `describe` that tells a FieldVisitor what a message says.
namespace weir::protocol {

template <class Struct>
void visitStruct(FieldVisitor& visitor, const Struct& in, ApiVersion version);

template <class T>
void visitValue(FieldVisitor& visitor, std::string_view name, const T& value, ApiVersion version) {
    if constexpr (std::same_as<T, bool> || std::same_as<T, double> || std::same_as<T, Uuid> ||
                  std::same_as<T, ErrorCode>) {
        visitor.value(name, value);
    } else if constexpr (wire::Integer<T>) {
        visitor.value(name, static_cast<std::int64_t>(wire::toInteger(value)));
    } else if constexpr (wire::Text<T>) {
        visitor.value(name, std::string_view(value));
    } else if constexpr (std::same_as<T, Bytes>) {
        visitor.value(name, ByteView(value));
    } else if constexpr (std::same_as<T, RecordsView>) {
        if (value.isNull()) {
            visitor.value(name, std::monostate{});
        } else {
            visitor.records(name, value.bytes());
        }
    } else if constexpr (wire::Described<T>) {
        visitor.beginStruct(name);
        visitStruct(visitor, value, version);
        visitor.endStruct();
    } else if constexpr (wire::Optional<T>) {
        if (value) {
            visitValue(visitor, name, *value, version);
        } else {
            visitor.value(name, std::monostate{});
        }
    } else {
        visitor.beginArray(name, value.size());
        for (const auto& element : value) {
            visitValue(visitor, {}, element, version);
        }
        visitor.endArray();
    }
}

template <class Struct>
class VisitIo {
public:
    VisitIo(FieldVisitor& visitor, const Struct& in, ApiVersion version)
        : m_visitor(visitor), m_in(in), m_version(version) {}

    template <class T>
    void field(const char* name, T Struct::*member, FieldRules rules = {}) {
        if (rules.presentIn(m_version)) {
            visitValue(m_visitor, name, m_in.*member, m_version);
        }
    }
    /// A tagged field at its default is not on the wire, so it is not shown.
    template <class T>
    void tagged(std::uint32_t, const char* name, T Struct::*member, FieldRules rules = {}) {
        if (rules.presentIn(m_version) && !(m_in.*member == defaultOf<Struct>().*member)) {
            visitValue(m_visitor, name, m_in.*member, m_version);
        }
    }

private:
    FieldVisitor& m_visitor;
    const Struct& m_in;
    ApiVersion m_version;
};

template <class Struct>
void visitStruct(FieldVisitor& visitor, const Struct& in, ApiVersion version) {
    VisitIo<Struct> io(visitor, in, version);
    Struct::describe(io);
    for (const UnknownTag& unknown : in.unknownTags) {
        visitor.unknownTag(unknown.tag, unknown.value);
    }
}

}  // namespace weir::protocol
