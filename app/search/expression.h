// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/serdes/json_path.h"
#include "broker/base/result.h"
#include "broker/model/ids.h"

/// The filter language, from text to tree. Grammar (words without case, spaces free):
///
///     or      := and { ("||" | "or") and }
///     and     := unary { ("&&" | "and") unary }
///     unary   := ("!" | "not") unary | test
///     test    := sum [ ("==" | "=" | "!=" | "<" | "<=" | ">" | ">=") sum
///                    | ("~" | "=~" | "matches" | "!~") text
///                    | ("contains" | "startsWith" | "endsWith") sum
///                    | ["not"] "in" "(" sum { "," sum } ")" ]
///     sum     := product { ("+" | "-") product }
///     product := operand { ("*" | "/") operand }
///     operand := "(" or ")" | number | duration | text | "true" | "false" | "null" | "now" | field | call | "-"
///     operand field   := ("value" | "key") path | "headers" ("." name | "[" text "]") | "partition" | "offset" |
///     "timestamp"
///                | "size"
///     call    := ("has" | "lower" | "length") "(" or ")"
///
/// Numbers may hold underscores; durations are 500ms, 30s, 5m, 2h, 7d. Text stands in "…" or '…'; a backslash keeps
/// its meaning for regular expressions except before a quote, a backslash, n and t.
namespace weir::app {

struct FilterError {
    /// A sentence in plain words.
    std::string message;
    /// Where in the expression, in bytes from 0.
    int column = 0;
};

enum class Op : std::uint8_t {
    kOr,
    kAnd,
    kNot,
    kEqual,
    kNotEqual,
    kLess,
    kLessEqual,
    kGreater,
    kGreaterEqual,
    kMatches,
    kNotMatches,
    kContains,
    kStartsWith,
    kEndsWith,
    kIn,
    kNotIn,
    kAdd,
    kSubtract,
    kMultiply,
    kDivide,
    kNegate,
    kHas,
    kLower,
    kLength,
    // Leaves.
    kLiteral,
    kValue,
    kKey,
    kHeader,
    kPartition,
    kOffset,
    kTimestamp,
    kSize
};

/// A constant. kText views are made by whoever evaluates.
struct Literal {
    enum class Kind : std::uint8_t { kNull, kBool, kInteger, kReal, kText };
    Kind kind = Kind::kNull;
    bool boolean = false;
    std::int64_t integer = 0;
    double real = 0;
    std::string text;
};

struct Expression {
    Op op = Op::kLiteral;
    Literal literal;
    /// kValue, kKey: empty for the whole; kHeader: one step with the header's name.
    json::Path path;
    std::vector<std::unique_ptr<Expression>> children;
    /// The part of the text this came from, for explanations.
    std::string source;
    int column = 0;
};

/// `now` is what the word now stands for; text that is compared with `timestamp` is read as a time here.
[[nodiscard]] Result<std::unique_ptr<Expression>, FilterError> parseExpression(std::string_view text, Timestamp now);

/// "2026-01-31", "2026-01-31 10:20", "2026-01-31T10:20:30.5Z", with "+02:00" or without a zone (UTC).
[[nodiscard]] bool parseIsoTime(std::string_view text, Timestamp& out);

}  // namespace weir::app
