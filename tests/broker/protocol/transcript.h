// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "broker/protocol/error_code.h"
#include "broker/protocol/field_visitor.h"

namespace weir::protocol::test {

/// Writes what it hears in one line.
class Transcript final : public FieldVisitor {
public:
    std::string text;

    void value(std::string_view name, const FieldValue& value) override {
        put(name);
        if (const auto* number = std::get_if<std::int64_t>(&value)) {
            text += std::to_string(*number);
        } else if (const auto* string = std::get_if<std::string_view>(&value)) {
            text += "'" + std::string(*string) + "'";
        } else if (const auto* code = std::get_if<ErrorCode>(&value)) {
            text += errorName(*code);
        } else if (std::holds_alternative<std::monostate>(value)) {
            text += "null";
        } else if (const auto* flag = std::get_if<bool>(&value)) {
            text += *flag ? "true" : "false";
        } else if (const auto* real = std::get_if<double>(&value)) {
            text += std::to_string(*real);
        } else if (const auto* uuid = std::get_if<Uuid>(&value)) {
            text += uuid->toString();
        } else {
            text += std::to_string(std::get<ByteView>(value).size()) + "B";
        }
        text += ' ';
    }
    void records(std::string_view name, ByteView batches) override {
        put(name);
        text += std::to_string(batches.size()) + "B ";
    }
    void beginStruct(std::string_view name) override {
        put(name);
        text += "{ ";
    }
    void endStruct() override { text += "} "; }
    void beginArray(std::string_view name, std::size_t count) override {
        put(name);
        text += std::to_string(count) + "[ ";
    }
    void endArray() override { text += "] "; }
    void unknownTag(std::uint32_t tag, ByteView value) override {
        text += "tag" + std::to_string(tag) + ":" + std::to_string(value.size()) + "B ";
    }

private:
    void put(std::string_view name) { text += name.empty() ? std::string() : std::string(name) + "="; }
};

}  // namespace weir::protocol::test
