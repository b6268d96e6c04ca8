// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/search/evaluator.h"

#include <re2/re2.h>
#include <spdlog/fmt/fmt.h>

#include <cmath>
#include <optional>

#include "app/serdes/visible_text.h"

namespace weir::app::filter {

namespace {

using Kind = Operand::Kind;

Operand ofInteger(std::int64_t value) {
    return {Kind::kInteger, false, value, static_cast<double>(value), {}};
}
Operand ofReal(double value) {
    return {Kind::kReal, false, 0, value, {}};
}
Operand ofText(std::string_view text) {
    return {Kind::kText, false, 0, 0, text};
}
Operand ofBool(bool value) {
    return {Kind::kBool, value, 0, 0, {}};
}

std::optional<json::Number> numberOf(const Operand& operand) {
    switch (operand.kind) {
        case Kind::kInteger:
            return json::Number{true, operand.integer, operand.real};
        case Kind::kReal:
            return json::Number{false, 0, operand.real};
        case Kind::kNumberText:
        case Kind::kText:
            return json::parseNumber(operand.text);
        default:
            return std::nullopt;
    }
}

bool isNumeric(const Operand& operand) {
    return operand.kind == Kind::kInteger || operand.kind == Kind::kReal || operand.kind == Kind::kNumberText;
}

bool isNothing(const Operand& operand) {
    return operand.kind == Kind::kMissing || operand.kind == Kind::kNull;
}

enum class Order { kLess, kEqual, kGreater, kNone };

template <class T>
Order orderOf(const T& a, const T& b) {
    return a < b ? Order::kLess : b < a ? Order::kGreater : a == b ? Order::kEqual : Order::kNone;
}

Order compare(const Operand& a, const Operand& b) {
    if (isNothing(a) || isNothing(b)) {
        return isNothing(a) && isNothing(b) ? Order::kEqual : Order::kNone;
    }
    if (a.kind == Kind::kBool || b.kind == Kind::kBool) {
        return a.kind == b.kind ? orderOf(a.boolean, b.boolean) : Order::kNone;
    }
    if (isNumeric(a) || isNumeric(b)) {
        const auto left = numberOf(a);
        const auto right = numberOf(b);
        if (left && right) {
            return left->isInteger && right->isInteger ? orderOf(left->integer, right->integer)
                                                       : orderOf(left->real, right->real);
        }
        // A number beside text that is none: they may still be equal as written ("007" and 007 are not).
        return a.text == b.text && !a.text.empty() ? Order::kEqual : Order::kNone;
    }
    return orderOf(a.text, b.text);
}

bool holds(Op op, Order order) {
    switch (op) {
        case Op::kEqual:
            return order == Order::kEqual;
        case Op::kNotEqual:
            return order != Order::kEqual;
        case Op::kLess:
            return order == Order::kLess;
        case Op::kLessEqual:
            return order == Order::kLess || order == Order::kEqual;
        case Op::kGreater:
            return order == Order::kGreater;
        default:
            return order == Order::kGreater || order == Order::kEqual;
    }
}

Operand ofLiteral(const Literal& literal) {
    switch (literal.kind) {
        case Literal::Kind::kNull:
            return {Kind::kNull, false, 0, 0, {}};
        case Literal::Kind::kBool:
            return ofBool(literal.boolean);
        case Literal::Kind::kInteger:
            return ofInteger(literal.integer);
        case Literal::Kind::kReal:
            return ofReal(literal.real);
        case Literal::Kind::kText:
            return ofText(literal.text);
    }
    return {};
}

// Kafka's own number serializers write one, two, four or eight bytes, which are hardly ever text.
std::optional<std::int64_t> asBinaryInteger(ByteView bytes) {
    switch (bytes.size()) {
        case 1:
            return static_cast<std::int8_t>(bytes[0]);
        case 2:
            return loadBigEndian<std::int16_t>(bytes.data());
        case 4:
            return loadBigEndian<std::int32_t>(bytes.data());
        case 8:
            return loadBigEndian<std::int64_t>(bytes.data());
        default:
            return std::nullopt;
    }
}

}  // namespace

void Evaluation::begin(const Shared& shared, const RecordView& record, PartitionId partition) {
    m_shared = &shared;
    m_record = &record;
    m_partition = partition;
    m_hasValueFields = false;
    m_hasKeyFields = false;
    m_textsUsed = 0;
}

std::string& Evaluation::scratch() {
    if (m_textsUsed == m_texts.size()) {
        m_texts.emplace_back();
    }
    std::string& text = m_texts[m_textsUsed++];
    text.clear();
    return text;
}

bool Evaluation::test(const Node& node) {
    switch (node.op) {
        case Op::kOr:
            return test(node.children[0]) || test(node.children[1]);
        case Op::kAnd:
            return test(node.children[0]) && test(node.children[1]);
        case Op::kNot:
            return !test(node.children[0]);
        case Op::kEqual:
        case Op::kNotEqual:
        case Op::kLess:
        case Op::kLessEqual:
        case Op::kGreater:
        case Op::kGreaterEqual:
            return holds(node.op, compare(operand(node.children[0]), operand(node.children[1])));
        case Op::kMatches:
        case Op::kNotMatches:
        case Op::kContains:
        case Op::kStartsWith:
        case Op::kEndsWith:
            return textTest(node);
        case Op::kIn:
        case Op::kNotIn: {
            const Operand needle = operand(node.children[0]);
            for (std::size_t i = 1; i < node.children.size(); ++i) {
                if (compare(needle, operand(node.children[i])) == Order::kEqual) {
                    return node.op == Op::kIn;
                }
            }
            return node.op == Op::kNotIn;
        }
        case Op::kHas:
            return operand(node.children[0]).kind != Kind::kMissing;
        default:
            break;
    }
    // A bare operand: true is true, and a field counts when it is there and is neither null nor false.
    const Operand value = operand(node);
    return value.kind == Kind::kBool ? value.boolean : !isNothing(value);
}

bool Evaluation::textTest(const Node& node) {
    const Operand left = operand(node.children[0]);
    const bool isNegated = node.op == Op::kNotMatches;
    if (isNothing(left)) {
        return isNegated;
    }
    std::string_view text = left.text;
    if (left.kind == Kind::kInteger || left.kind == Kind::kReal || left.kind == Kind::kBool) {
        std::string& made = scratch();
        made = left.kind == Kind::kInteger ? fmt::format("{}", left.integer)
               : left.kind == Kind::kReal  ? fmt::format("{}", left.real)
                                           : (left.boolean ? "true" : "false");
        text = made;
    }
    if (node.regex != nullptr) {
        return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *node.regex) != isNegated;
    }
    const Operand right = operand(node.children[1]);
    std::string_view needle = right.text;
    if (right.kind == Kind::kInteger || right.kind == Kind::kReal) {
        std::string& made = scratch();
        made = right.kind == Kind::kInteger ? fmt::format("{}", right.integer) : fmt::format("{}", right.real);
        needle = made;
    } else if (isNothing(right)) {
        return false;
    }
    switch (node.op) {
        case Op::kStartsWith:
            return text.starts_with(needle);
        case Op::kEndsWith:
            return text.ends_with(needle);
        default:
            return text.find(needle) != std::string_view::npos;
    }
}

Operand Evaluation::operand(const Node& node) {
    switch (node.op) {
        case Op::kLiteral:
            return ofLiteral(node.literal);
        case Op::kValue:
            return node.slot < 0
                       ? wholeOf(m_record->value)
                       : fieldOf(m_record->value, m_shared->valuePaths, node.slot, m_valueFields, m_hasValueFields);
        case Op::kKey:
            return node.slot < 0 ? wholeOf(m_record->key)
                                 : fieldOf(m_record->key, m_shared->keyPaths, node.slot, m_keyFields, m_hasKeyFields);
        case Op::kHeader:
            return header(node.header);
        case Op::kPartition:
            return ofInteger(m_partition.value);
        case Op::kOffset:
            return ofInteger(m_record->offset.value);
        case Op::kTimestamp:
            return ofInteger(m_record->timestamp.value);
        case Op::kSize:
            return ofInteger(m_record->sizeBytes);
        case Op::kAdd:
        case Op::kSubtract:
        case Op::kMultiply:
        case Op::kDivide:
        case Op::kNegate:
            return arithmetic(node);
        case Op::kLower: {
            const Operand inner = operand(node.children[0]);
            if (isNothing(inner)) {
                return inner;
            }
            std::string& made = scratch();
            made = inner.text;
            for (char& c : made) {
                c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
            }
            return ofText(made);
        }
        case Op::kLength: {
            const Operand inner = operand(node.children[0]);
            return isNothing(inner) ? Operand{} : ofInteger(static_cast<std::int64_t>(inner.text.size()));
        }
        default:
            return ofBool(test(node));
    }
}

Operand Evaluation::arithmetic(const Node& node) {
    const auto left = numberOf(operand(node.children[0]));
    if (node.op == Op::kNegate) {
        if (!left) {
            return {};
        }
        return left->isInteger && left->integer != INT64_MIN ? ofInteger(-left->integer) : ofReal(-left->real);
    }
    const auto right = numberOf(operand(node.children[1]));
    if (!left || !right) {
        return {};
    }
    std::int64_t exact = 0;
    if (left->isInteger && right->isInteger) {
        const bool overflows =
            node.op == Op::kAdd        ? __builtin_add_overflow(left->integer, right->integer, &exact)
            : node.op == Op::kSubtract ? __builtin_sub_overflow(left->integer, right->integer, &exact)
            : node.op == Op::kMultiply ? __builtin_mul_overflow(left->integer, right->integer, &exact)
                                       : true;
        if (!overflows) {
            return ofInteger(exact);
        }
    }
    switch (node.op) {
        case Op::kAdd:
            return ofReal(left->real + right->real);
        case Op::kSubtract:
            return ofReal(left->real - right->real);
        case Op::kMultiply:
            return ofReal(left->real * right->real);
        default:
            return right->real == 0 ? Operand{} : ofReal(left->real / right->real);
    }
}

Operand Evaluation::wholeOf(const std::optional<ByteView>& bytes) {
    if (!bytes) {
        return {Kind::kNull, false, 0, 0, {}};
    }
    const std::string_view text = asText(*bytes);
    if (text.size() <= 8 && !isReadableText(text)) {
        if (const auto integer = asBinaryInteger(*bytes)) {
            std::string& made = scratch();
            made = std::to_string(*integer);
            Operand operand = ofInteger(*integer);
            operand.text = made;
            return operand;
        }
    }
    return ofText(text);
}

Operand Evaluation::fieldOf(const std::optional<ByteView>& document, const json::PathSet& paths, int slot,
                            std::vector<json::Field>& fields, bool& isExtracted) {
    if (!document) {
        return {};
    }
    if (!isExtracted) {
        fields.resize(paths.size());
        paths.extract(*document, fields);
        isExtracted = true;
    }
    const json::Field& field = fields[static_cast<std::size_t>(slot)];
    switch (field.kind) {
        case json::Kind::kMissing:
            return {};
        case json::Kind::kNull:
            return {Kind::kNull, false, 0, 0, {}};
        case json::Kind::kBool:
            return ofBool(field.isTrue());
        case json::Kind::kNumber:
            return {Kind::kNumberText, false, 0, 0, field.raw};
        case json::Kind::kString:
            return ofText(field.raw.find('\\') == std::string_view::npos ? field.raw : field.text(scratch()));
        case json::Kind::kObject:
        case json::Kind::kArray:
            return {Kind::kComposite, false, 0, 0, field.raw};
    }
    return {};
}

Operand Evaluation::header(const std::string& name) {
    if (m_record->headerCount == 0) {
        return {};
    }
    // Headers are few and rarely asked for; decoding copies, which keeps this simple.
    for (const Header& header : decodeHeaders(*m_record)) {
        if (header.key == name) {
            if (!header.value) {
                return {Kind::kNull, false, 0, 0, {}};
            }
            std::string& made = scratch();
            made = asText(*header.value);
            return ofText(made);
        }
    }
    return {};
}

}  // namespace weir::app::filter
