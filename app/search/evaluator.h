// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/search/expression.h"
#include "broker/model/record.h"

namespace re2 {
class RE2;
}

/// The inside of Filter: the tree in the shape that evaluates fast, and one record's evaluation.
namespace weir::app::filter {

/// What a part of the expression is worth for one record. Texts are views into the record, the expression or the
/// evaluation's scratch.
struct Operand {
    enum class Kind : std::uint8_t { kMissing, kNull, kBool, kInteger, kReal, kNumberText, kText, kComposite };
    Kind kind = Kind::kMissing;
    bool boolean = false;
    std::int64_t integer = 0;
    double real = 0;
    /// kNumberText: the digits as written in the document, parsed only when compared.
    std::string_view text;
};

struct Node {
    Op op = Op::kLiteral;
    Literal literal;
    std::string header;
    /// Into the extracted fields; -1 for the whole key or value.
    int slot = -1;
    std::shared_ptr<const re2::RE2> regex;
    std::vector<Node> children;
    std::string source;
};

struct Shared {
    json::PathSet valuePaths;
    json::PathSet keyPaths;
};

/// One record at a time; fields are extracted when first asked for, all of one document in one pass.
class Evaluation {
public:
    void begin(const Shared& shared, const RecordView& record, PartitionId partition);
    [[nodiscard]] bool test(const Node& node);
    [[nodiscard]] Operand operand(const Node& node);

private:
    [[nodiscard]] Operand arithmetic(const Node& node);
    [[nodiscard]] Operand wholeOf(const std::optional<ByteView>& bytes);
    [[nodiscard]] Operand fieldOf(const std::optional<ByteView>& document, const json::PathSet& paths, int slot,
                                  std::vector<json::Field>& fields, bool& isExtracted);
    [[nodiscard]] Operand header(const std::string& name);
    [[nodiscard]] bool textTest(const Node& node);
    [[nodiscard]] std::string& scratch();

    const Shared* m_shared = nullptr;
    const RecordView* m_record = nullptr;
    PartitionId m_partition;
    bool m_hasValueFields = false;
    bool m_hasKeyFields = false;
    std::vector<json::Field> m_valueFields;
    std::vector<json::Field> m_keyFields;
    /// Texts made during this record; a deque so that views stay valid.
    std::deque<std::string> m_texts;
    std::size_t m_textsUsed = 0;
};

}  // namespace weir::app::filter
