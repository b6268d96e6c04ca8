// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "broker/base/result.h"

namespace weir::registry {

/// A JSON value that comes out as it went in: members keep their order and numbers their digits, because the text of a
/// schema is its identity. A repeated member keeps its first place and its last value. Immutable where shared.
class Json {
public:
    enum class Kind { kNull, kBoolean, kNumber, kString, kArray, kObject };
    using Member = std::pair<std::string, Json>;

    /// Deeper nesting than this is refused, so that nobody who walks a value can run out of stack.
    static constexpr int kMaxDepth = 200;

    Json() = default;
    static Json boolean(bool value);
    static Json number(std::int64_t value);
    /// Digits as they stand; the caller vouches for them.
    static Json rawNumber(std::string digits);
    static Json string(std::string value);
    static Json array(std::vector<Json> items = {});
    static Json object(std::vector<Member> members = {});

    /// The error says what is wrong and at which byte.
    static Result<Json, std::string> parse(std::string_view text);

    [[nodiscard]] Kind kind() const { return m_kind; }
    [[nodiscard]] bool isNull() const { return m_kind == Kind::kNull; }
    [[nodiscard]] bool isBoolean() const { return m_kind == Kind::kBoolean; }
    [[nodiscard]] bool isNumber() const { return m_kind == Kind::kNumber; }
    [[nodiscard]] bool isString() const { return m_kind == Kind::kString; }
    [[nodiscard]] bool isArray() const { return m_kind == Kind::kArray; }
    [[nodiscard]] bool isObject() const { return m_kind == Kind::kObject; }

    [[nodiscard]] bool isTrue() const { return m_kind == Kind::kBoolean && m_text == "true"; }
    /// Of a string its value, of a number its digits, else empty.
    [[nodiscard]] const std::string& text() const { return m_text; }
    /// Of a number without fraction that fits.
    [[nodiscard]] std::optional<std::int64_t> integer() const;
    /// 0 when it is no number.
    [[nodiscard]] double real() const;
    /// Empty when it is no array, or no object.
    [[nodiscard]] const std::vector<Json>& items() const { return m_items; }
    [[nodiscard]] const std::vector<Member>& members() const { return m_members; }
    /// Null when it is no object or has no such member.
    [[nodiscard]] const Json* find(std::string_view key) const;
    /// The member's value when it is a string, else empty.
    [[nodiscard]] std::string_view textOf(std::string_view key) const;

    /// Appends, or replaces the value of that name.
    void set(std::string key, Json value);
    void push(Json value) { m_items.push_back(std::move(value)); }

    /// Compact, one line.
    [[nodiscard]] std::string toText() const;
    void appendTo(std::string& out) const;
    /// Quoted; a byte that is no UTF-8 becomes U+FFFD.
    static void appendString(std::string& out, std::string_view text);
    /// The same with the members of every object in order of their names.
    [[nodiscard]] Json sorted() const;
    /// Equal as JSON: the order of members does not count, nor how a number is written.
    [[nodiscard]] bool same(const Json& other) const;

private:
    friend class JsonReader;
    using Index = std::unordered_map<std::string, std::size_t>;

    Kind m_kind = Kind::kNull;
    std::string m_text;
    std::vector<Json> m_items;
    std::vector<Member> m_members;
    /// Only for objects with many members.
    std::shared_ptr<Index> m_index;
};

}  // namespace weir::registry
